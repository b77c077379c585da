/**
 * Writes down that these attempts are about to be made: their rows, and their leads as being dialled, together.
 *
 * Two rules to remember. A lead is dialled only by the node that holds its lease: one that was away for longer than its
 * leases finds out here, before anything rings. And what the guard is told is read after the locks on the numbers are
 * ours, so whoever was before us is in it, on whichever node. Locks are taken in one order everywhere: numbers, gates,
 * leads.
 */
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { AttemptId, NodeId } from "../../domain/ids.ts";
import { earliest, type Instant } from "../../domain/instant.ts";
import type { NumberFacts } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError, type InsertGuard } from "../../engine/ports.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { NO_FACTS, numberFacts } from "../number-facts.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf, jsonOf } from "../rows.ts";
import { overdialCredit } from "./overdial-credit.ts";

const HOUR_MS = 3_600_000;

export interface Insertion {
  readonly node: NodeId;
  readonly orders: readonly AttemptOrder[];
  readonly guard: InsertGuard;
  readonly hashKey: NumberHashKey;
}

export const insertAttempts = async (db: Database, insertion: Insertion): Promise<readonly AttemptId[]> => {
  const { node, orders, guard, hashKey } = insertion;
  if (orders.length === 0) return [];
  return db.transaction(async (tx) => {
    const before = await readBefore(tx, orders);
    const { unwritten } = before;
    if (unwritten.length === 0) return [];
    await lockNumbers(tx, unwritten, hashKey);
    const allowed = await allowedByGuard(tx, before, guard, hashKey);
    const fresh = await withinCredit(tx, allowed, guard);
    const written = new Set(fresh.map(({ attemptId }) => attemptId));
    if (fresh.length > 0) {
      await markDialling(tx, node, fresh);
      await insertRows(tx, node, fresh);
      await takePromises(tx, fresh);
    }
    return unwritten.filter(({ attemptId }) => !written.has(attemptId)).map(({ attemptId }) => attemptId);
  });
};

interface Before {
  /** A batch whose commit was not heard of comes again; what is there stays as it is, however far it has gone. */
  readonly unwritten: readonly AttemptOrder[];
  /** Numbers that were taken out for their lead only, and by what. */
  readonly wrong: ReadonlyMap<string, string>;
}

/** In one question, because each costs the way to the server and back. */
const readBefore = async (tx: Queryable, orders: readonly AttemptOrder[]): Promise<Before> => {
  const rows = await tx.rows<{ what: "written" | "wrong"; id: string; word: string | null }>(
    `select 'written' as what, attempt_id as id, null as word from attempt where attempt_id in (?)
     union all
     select 'wrong', cast(number_id as char), permanent_outcome from lead_number
       where number_id in (?) and permanent_outcome is not null`,
    [orders.map(({ attemptId }) => attemptId), orders.map(({ numberId }) => numberId)],
  );
  const written = new Set(rows.filter(({ what }) => what === "written").map(({ id }) => id));
  return {
    unwritten: orders.filter(({ attemptId }) => !written.has(attemptId)),
    wrong: new Map(rows.flatMap(({ what, id, word }) => (what === "wrong" && word !== null ? [[id, word]] : []))),
  };
};

/**
 * Makes the row of each number if need be, and locks it in any case until we commit. In order, so that two batches with
 * numbers in common wait for one another instead of locking each other out.
 */
const lockNumbers = async (tx: Queryable, orders: readonly AttemptOrder[], hashKey: NumberHashKey): Promise<void> => {
  const rows = new Map<string, SqlValue[]>();
  for (const { principal, number, decidedAt } of orders) {
    const key = numberKeyOf(number, hashKey);
    rows.set(JSON.stringify([principal.toLowerCase(), key]), [principal, key, dateOf(decidedAt)]);
  }
  await tx.write(
    `insert into number_rule (principal, e164, changed_at) values ?
     on duplicate key update changed_at = number_rule.changed_at`,
    [[...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)],
  );
};

/** In the order given: of two with one number, the second is told of the first. */
const allowedByGuard = async (
  tx: Queryable,
  { unwritten, wrong }: Before,
  guard: InsertGuard,
  hashKey: NumberHashKey,
): Promise<AttemptOrder[]> => {
  const allowed: AttemptOrder[] = [];
  for (const [principal, some] of byPrincipal(unwritten)) {
    const at = some.map(({ decidedAt }) => decidedAt).reduce(earliest);
    const facts = new Map(await numberFacts(tx, { principal, at, hashKey }, [...new Set(some.map((o) => o.number))]));
    for (const order of some) {
      const known = facts.get(order.number) ?? NO_FACTS;
      const permanentOutcome = wrong.get(String(order.numberId)) ?? known.permanentOutcome;
      if (!guard.mayDial(order, { ...known, permanentOutcome })) continue;
      allowed.push(order);
      noteDialled(facts, order.number, known, order.decidedAt);
    }
  }
  return allowed;
};

const noteDialled = (
  facts: Map<PhoneNumber, NumberFacts>,
  number: PhoneNumber,
  known: NumberFacts,
  at: Instant,
): void => {
  const attemptsAt = [at, ...known.attemptsAt].sort((a, b) => b - a);
  facts.set(number, { ...known, attemptsAt, onTheLineAt: at });
};

/** Nearly always one: a batch is one campaign's. */
const byPrincipal = (orders: readonly AttemptOrder[]): Map<string, AttemptOrder[]> => {
  const groups = new Map<string, AttemptOrder[]>();
  for (const order of orders) groups.set(order.principal, [...(groups.get(order.principal) ?? []), order]);
  return groups;
};

/** The first ones, as many as the accounts allow to overdial; and all that do not. */
const withinCredit = async (
  tx: Queryable,
  orders: readonly AttemptOrder[],
  { overdial }: InsertGuard,
): Promise<readonly AttemptOrder[]> => {
  if (overdial === null || !orders.some((order) => order.overdial)) return orders;
  let credit = await overdialCredit(tx, overdial);
  return orders.filter((order) => {
    if (!order.overdial) return true;
    credit -= 1;
    return credit >= 0;
  });
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

const insertRows = async (tx: Queryable, node: NodeId, orders: readonly AttemptOrder[]): Promise<void> => {
  await tx.write(
    `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, agent_id,
       reserved_agent_id, decided_at, decided_hour, evidence, state, principal, centre, overdial, profile,
       profile_version, clock, source_id, callback_id, toll_rate)
     values ?`,
    [orders.map((order) => rowOf(node, order))],
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
  clipped(order.principal, 100),
  order.centre,
  order.overdial ? 1 : 0,
  order.profile,
  order.profileVersion,
  jsonOf(order.clock),
  order.sourceId,
  order.callbackId,
  typeof order.evidence["tollRate"] === "number" ? order.evidence["tollRate"] : null,
];

const takePromises = async (tx: Queryable, orders: readonly AttemptOrder[]): Promise<void> => {
  for (const { callbackId, attemptId } of orders) {
    if (callbackId === null) continue;
    await tx.write("update callback set state = 'taken', attempt_id = ? where callback_id = ? and state = 'waiting'", [
      ...[attemptId, callbackId],
    ]);
  }
};
