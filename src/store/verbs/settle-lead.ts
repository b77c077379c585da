/** What becomes of a lead: one statement for the refusal before an attempt, and its columns for the end of one. */
import type { LeadVerdict } from "../../engine/ports.ts";
import type { LeadId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { LEAD_QUEUES } from "../../domain/lead.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { queuePromised } from "../admin/callbacks.ts";
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
