/** What becomes of a lead: one statement for the refusal before an attempt, and its columns for the end of one. */
import type { LeadVerdict } from "../../engine/ports.ts";
import type { LeadId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { LEAD_QUEUES } from "../../domain/lead.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { queuePromised } from "../admin/callbacks.ts";
import { told } from "../attempt-columns.ts";
import { clipped, dateOf } from "../rows.ts";

/** Longest reason that a row keeps. */
const REASON_CHARACTERS_MAX = 64;

/** Of the number, as a claim looks for it; 0 where nobody knows. */
const ZONE_OF_NUMBER = `coalesce((
  select z.zone_id from lead_number n join list s on s.list_id = campaign_lead.list_id
  join time_zone z on z.name = coalesce(n.time_zone, s.default_time_zone)
  where n.number_id = ?), 0)`;

/** Set on a lead that is in hand when it is taken back: whoever settles it next ends it, whatever they wanted of it. */
export const WITHDRAWN = "withdrawn";

/** Column and what it is set to, with its values. The state comes last: until then the others see what it was. */
export type Assignment = readonly [column: string, sql: string, values: readonly SqlValue[]];

export const settlement = (verdict: LeadVerdict, at: Instant): Assignment[] => [
  ...(verdict.type === "requeue" ? [] : [reason(clipped(verdict.because, REASON_CHARACTERS_MAX))]),
  ...(verdict.type === "retry" ? nextTry(verdict) : []),
  set("lease_node", null),
  set("lease_until", null),
  set("changed_at", dateOf(at)),
  state(verdict.type === "retry" || verdict.type === "requeue" ? "ready" : verdict.type),
];

const reason = (because: string): Assignment => ["reason", "if(reason <=> ?, reason, ?)", [WITHDRAWN, because]];
const state = (next: string): Assignment => ["state", "if(reason <=> ?, 'done', ?)", [WITHDRAWN, next]];
const set = (column: string, value: SqlValue): Assignment => [column, "?", [value]];

/** Only leads never tried and never put off have a turn: the others go by when they are due. */
const nextTry = ({ at, queue, numberId }: Extract<LeadVerdict, { type: "retry" }>): Assignment[] => [
  set("due_at", dateOf(at)),
  set("queue", LEAD_QUEUES.indexOf(queue)),
  set("turn", 0),
  set("next_number_id", numberId),
  ...(numberId === null ? [] : [["zone_id", ZONE_OF_NUMBER, [numberId]] as const]),
];

/** What {@link SETTLE_DIALLED} is told of a verdict; what is left out is null there. */
export const settlementToTell = (verdict: LeadVerdict, at: Instant): Readonly<Record<string, string | number>> => ({
  changed_at: told(at),
  state: verdict.type === "retry" || verdict.type === "requeue" ? "ready" : verdict.type,
  ...(verdict.type === "requeue" ? {} : { because: clipped(verdict.because, REASON_CHARACTERS_MAX) }),
  ...(verdict.type === "retry" ? { due_at: told(verdict.at), queue: LEAD_QUEUES.indexOf(verdict.queue) } : {}),
  ...(verdict.type === "retry" && verdict.numberId !== null ? { number_id: verdict.numberId } : {}),
});

/**
 * Leads whose attempts have ended, as {@link settlement} would have them one by one; a verdict counts only while the lead is
 * being dialled. Nothing here depends on what is assigned first: servers differ in that where tables are joined.
 */
export const SETTLE_DIALLED = `
  update json_table(?, '$[*]' columns (
    lead_id bigint unsigned path '$.lead_id', attempt_id varchar(36) path '$.attempt_id', counted int path '$.counted',
    carrier int path '$.carrier', tried_at datetime(3) path '$.tried_at', because varchar(64) path '$.because',
    due_at datetime(3) path '$.due_at', queue int path '$.queue', number_id bigint unsigned path '$.number_id',
    changed_at datetime(3) path '$.changed_at', state varchar(8) path '$.state')) as c
  straight_join campaign_lead l on l.lead_id = c.lead_id
  left join lead_number n on n.number_id = c.number_id
  left join list s on s.list_id = l.list_id
  left join time_zone z on z.name = coalesce(n.time_zone, s.default_time_zone)
  set l.attempts_counted = l.attempts_counted + c.counted, l.carrier_tries = l.carrier_tries + c.carrier,
    l.last_attempt_id = c.attempt_id, l.last_attempt_at = coalesce(c.tried_at, l.last_attempt_at),
    l.due_at = if(l.state = 'dialling' and c.due_at is not null, c.due_at, l.due_at),
    l.queue = if(l.state = 'dialling' and c.due_at is not null, c.queue, l.queue),
    l.turn = if(l.state = 'dialling' and c.due_at is not null, 0, l.turn),
    l.next_number_id = if(l.state = 'dialling' and c.due_at is not null, c.number_id, l.next_number_id),
    l.zone_id = if(l.state = 'dialling' and c.number_id is not null, coalesce(z.zone_id, 0), l.zone_id),
    l.lease_node = if(l.state = 'dialling', null, l.lease_node),
    l.lease_until = if(l.state = 'dialling', null, l.lease_until),
    l.changed_at = if(l.state = 'dialling', c.changed_at, l.changed_at),
    l.reason = if(l.state <> 'dialling' or c.because is null or l.reason <=> ?, l.reason, c.because),
    l.state = if(l.state <> 'dialling', l.state, if(l.reason <=> ?, 'done', c.state))`;

/** After a refusal before dialling: only while this node has the lease. */
export const releaseLead = async (
  db: Database,
  node: NodeId,
  lead: LeadId,
  verdict: LeadVerdict,
  at: Instant,
): Promise<void> => {
  const columns = settlement(verdict, at);
  await db.transaction(async (tx) => {
    const { matched } = await tx.write(
      `update campaign_lead set ${columns.map(([column, sql]) => `${column} = ${sql}`).join(", ")}
       where lead_id = ? and state = 'leased' and lease_node = ?`,
      [...columns.flatMap(([, , values]) => values), lead, node],
    );
    if (matched !== 1) return;
    await settlePromise(tx, verdict, at);
    // Somebody may have promised it something while it was in the hopper.
    await queuePromised(tx, lead, at, verdict.promise?.callbackId ?? null);
  });
};

/** One that would wait on is taken back with its lead. */
const TO_WAIT = `
  update callback b join campaign_lead l on l.lead_id = b.lead_id
  set b.agent_id = if(?, b.agent_id, null),
    b.settled_at = if(l.state = 'done' and l.reason <=> ?, ?, b.settled_at),
    b.state = if(l.state = 'done' and l.reason <=> ?, 'withdrawn', 'waiting')
  where b.callback_id = ? and b.state in (?)`;

/** After its lead has been settled: what the promise has come to; one that was settled, by whoever, stays so. */
export const settlePromise = async (tx: Queryable, { promise }: LeadVerdict, at: Instant): Promise<void> => {
  if (promise === undefined) return;
  const { callbackId, fate } = promise;
  switch (fate) {
    case "waiting":
      await tx.write(TO_WAIT, [1, WITHDRAWN, dateOf(at), WITHDRAWN, callbackId, ["taken"]]);
      return;
    case "anyone":
      await tx.write(TO_WAIT, [0, WITHDRAWN, dateOf(at), WITHDRAWN, callbackId, ["waiting", "taken"]]);
      return;
    case "kept":
    case "missed":
    case "unreached":
      await tx.write(
        `update callback set state = ?, settled_at = ? where callback_id = ? and state in ('waiting', 'taken')`,
        [fate === "kept" ? "kept" : "missed", dateOf(at), callbackId],
      );
  }
};
