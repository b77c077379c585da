/**
 * Writes down that these attempts are about to be made: their rows, and their leads as being dialled, together.
 *
 * One rule to remember: a lead is dialled only by the node that holds its lease. A node that was away for longer than
 * its leases finds out here, before anything rings.
 */
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { NodeId } from "../../domain/ids.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { dateOf, jsonOf } from "../rows.ts";

const HOUR_MS = 3_600_000;

export const insertAttempts = async (db: Database, node: NodeId, orders: readonly AttemptOrder[]): Promise<void> => {
  if (orders.length === 0) return;
  await db.transaction(async (tx) => {
    const fresh = await notYetWritten(tx, orders);
    if (fresh.length === 0) return;
    await markDialling(tx, node, fresh);
    await tx.write(
      `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, agent_id,
         reserved_agent_id, decided_at, decided_hour, evidence, state)
       values ?`,
      [fresh.map((order) => rowOf(node, order))],
    );
  });
};

/** A batch whose commit was not heard of comes again; what is there stays as it is, however far it has gone. */
const notYetWritten = async (tx: Queryable, orders: readonly AttemptOrder[]): Promise<AttemptOrder[]> => {
  const rows = await tx.rows<{ attempt_id: string }>("select attempt_id from attempt where attempt_id in (?)", [
    orders.map(({ attemptId }) => attemptId),
  ]);
  const written = new Set(rows.map(({ attempt_id }) => attempt_id));
  return orders.filter(({ attemptId }) => !written.has(attemptId));
};

const markDialling = async (tx: Queryable, node: NodeId, orders: readonly AttemptOrder[]): Promise<void> => {
  const [first] = orders;
  const leads = new Set(orders.map(({ leadId }) => leadId));
  const { matched } = await tx.write(
    `update campaign_lead set state = 'dialling', lease_until = null, changed_at = ?
     where lead_id in (?) and state = 'leased' and lease_node = ?`,
    [first === undefined ? null : dateOf(first.decidedAt), [...leads], node],
  );
  if (matched === orders.length && leads.size === orders.length) return;
  throw new StoreError(
    "conflict",
    `${orders.length - matched} of ${orders.length} leads are not leased by this node any more`,
  );
};

const rowOf = (node: NodeId, order: AttemptOrder): SqlValue[] => [
  order.attemptId,
  node,
  order.campaignId,
  order.leadId,
  order.numberId,
  order.number,
  order.cliNumber,
  order.trunk,
  order.agentId,
  order.agentId,
  dateOf(order.decidedAt),
  new Date(Math.floor(order.decidedAt / HOUR_MS) * HOUR_MS),
  jsonOf(order.evidence),
  "placing",
];
