/**
 * Writes down that these attempts are about to be made: their rows, and their leads as being dialled, together.
 *
 * One rule to remember: a lead is dialled only by the node that holds its lease. A node that was away for longer than
 * its leases finds out here, before anything rings.
 */
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { AttemptId, NodeId } from "../../domain/ids.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { dateOf, jsonOf } from "../rows.ts";

const HOUR_MS = 3_600_000;

export const insertAttempts = async (
  db: Database,
  node: NodeId,
  orders: readonly AttemptOrder[],
): Promise<readonly AttemptId[]> => {
  if (orders.length === 0) return [];
  return db.transaction(async (tx) => {
    const unwritten = await notYetWritten(tx, orders);
    const barred = await barredSinceClaimed(tx, unwritten);
    const fresh = unwritten.filter(({ number }) => !barred.has(number));
    const refused = unwritten.filter(({ number }) => barred.has(number)).map(({ attemptId }) => attemptId);
    if (fresh.length === 0) return refused;
    await markDialling(tx, node, fresh);
    await tx.write(
      `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, agent_id,
         reserved_agent_id, decided_at, decided_hour, evidence, state)
       values ?`,
      [fresh.map((order) => rowOf(node, order))],
    );
    return refused;
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

/** A lead may have waited for minutes since it was claimed; whoever said no meanwhile is not to be called. */
const barredSinceClaimed = async (tx: Queryable, orders: readonly AttemptOrder[]): Promise<ReadonlySet<string>> => {
  if (orders.length === 0) return new Set();
  const numbers = orders.map(({ number }) => number);
  const rows = await tx.rows<{ e164: string }>(
    `select e164 from suppression where e164 in (?)
     union select e164 from number_status where e164 in (?)`,
    [numbers, numbers],
  );
  return new Set(rows.map(({ e164 }) => e164));
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
