/**
 * Promises to call somebody back: made, looked at, taken back.
 *
 * Two rules to remember. A lead has one promise that is open; a new one takes its place, since nobody is called back twice
 * for one wish. And a lead that is in hand when the promise is made is put into the queue by whoever settles it:
 * {@link queuePromised}, in the same transaction.
 */
import { agentId, campaignId, leadId, numberId } from "../../domain/ids.ts";
import type { AgentId, CampaignId, LeadId, NumberId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { CALLBACK_GRACE_MS, LEAD_QUEUES } from "../../domain/lead.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { clipped, clippedOrNull, dateOf, instantOf, instantOrNull } from "../rows.ts";

const PUT_OFF = LEAD_QUEUES.indexOf("putOff");
const REDIAL = LEAD_QUEUES.indexOf("redial");
const CALLBACK = LEAD_QUEUES.indexOf("callback");

export const CALLBACK_STATES = ["waiting", "taken", "kept", "missed", "withdrawn"] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** A promise that waits although it should have been kept by then is missed, whether somebody has settled it or not. */
export const missedBefore = (at: Instant): Instant => after(at, -CALLBACK_GRACE_MS);

export interface CallbackAsked {
  readonly leadId: LeadId;
  /** Null for whichever of its numbers may be dialled. */
  readonly numberId: NumberId | null;
  /** Null for anybody. */
  readonly agentId: AgentId | null;
  readonly dueAt: Instant;
  readonly untilAt: Instant;
  readonly fallback: "anyone" | "missed";
  readonly note: string | null;
  readonly askedBy: string;
  readonly at: Instant;
}

/** A reason of a lead that is done for good: no promise brings it back. */
export const FINAL_REASONS = ["opted-out", "suppressed", "invalid", "withdrawn", "erased"] as const;

interface Standing {
  readonly campaign_id: number;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly reason: string | null;
}

/**
 * Writes the promise down, within the caller's transaction, and puts the lead into the queue of callbacks unless a node has
 * it. Null where there is no such lead, or nobody may be called there any more.
 */
export const addCallback = async (tx: Queryable, asked: CallbackAsked): Promise<number | null> => {
  const { leadId: lead, dueAt, untilAt, at } = asked;
  const [standing] = await tx.rows<Standing>(
    "select campaign_id, state, reason from campaign_lead where lead_id = ? and erased_at is null for update",
    [lead],
  );
  if (standing === undefined || isFinal(standing)) return null;
  await tx.write("update callback set state = 'withdrawn', settled_at = ? where lead_id = ? and state = 'waiting'", [
    dateOf(at),
    lead,
  ]);
  const { insertId } = await tx.write(
    `insert into callback (campaign_id, lead_id, number_id, agent_id, due_at, until_at, fallback, state, note, asked_by,
       asked_at)
     values (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)`,
    [
      ...[standing.campaign_id, lead, asked.numberId, asked.agentId, dateOf(dueAt), dateOf(untilAt), asked.fallback],
      ...[clippedOrNull(asked.note, 500), clipped(asked.askedBy, 100), dateOf(at)],
    ],
  );
  await queuePromised(tx, lead, at);
  return insertId;
};

/** A lead that was taken back while it is on the telephone bears the word already. */
const isFinal = ({ state, reason }: Standing): boolean =>
  reason === "withdrawn" || (state === "done" && FINAL_REASONS.some((final) => final === reason));

interface Promised {
  readonly number_id: number | null;
  readonly due_at: Date;
}

/**
 * For the transaction that has just settled a lead, or made a promise: a lead that is promised something waits for that and
 * for nothing else. One look at an index where nothing is promised. A lead that is being dialled is left to its end.
 *
 * @param settled the promise whose next moment was chosen just now; null for none
 */
export const queuePromised = async (
  tx: Queryable,
  lead: LeadId,
  at: Instant,
  settled: number | null = null,
): Promise<void> => {
  const [promised] = await tx.rows<Promised>(
    `select number_id, due_at from callback force index (callback_of_lead)
     where lead_id = ? and state = 'waiting' and callback_id <> ? order by due_at limit 1`,
    [lead, settled ?? 0],
  );
  if (promised === undefined) return;
  // Only leads never tried have a turn: all others go by when they are due.
  await tx.write(
    `update campaign_lead l
     left join lead_number n on n.number_id = ? and n.lead_id = l.lead_id
     left join list s on s.list_id = l.list_id
     left join time_zone z on z.name = coalesce(n.time_zone, s.default_time_zone)
     set l.state = if(l.state = 'leased', 'leased', 'ready'), l.reason = 'callback', l.queue = ?, l.turn = 0, l.due_at = ?,
       l.next_number_id = coalesce(n.number_id, l.next_number_id),
       l.zone_id = if(n.number_id is null, l.zone_id, coalesce(z.zone_id, 0)), l.changed_at = ?
     where l.lead_id = ? and l.state in ('ready', 'leased', 'held', 'done') and coalesce(l.reason, '') not in (?)`,
    [promised.number_id, CALLBACK, promised.due_at, dateOf(at), lead, [...FINAL_REASONS]],
  );
};

export interface CallbackRecord {
  readonly callbackId: number;
  readonly campaignId: CampaignId;
  readonly campaign: string;
  readonly leadId: LeadId;
  readonly key: string | null;
  readonly name: string | null;
  readonly numberId: NumberId | null;
  /** Null where none was named. */
  readonly number: string | null;
  /** Of that number, else of the one to be dialled next; null when nobody knows. */
  readonly timeZone: string | null;
  readonly agentId: AgentId | null;
  readonly agent: string | null;
  readonly dueAt: Instant;
  readonly untilAt: Instant;
  readonly fallback: "anyone" | "missed";
  readonly state: CallbackState;
  readonly note: string | null;
  readonly askedBy: string;
  readonly askedAt: Instant;
  readonly settledAt: Instant | null;
}

interface CallbackRow {
  readonly callback_id: number;
  readonly campaign_id: number;
  readonly campaign: string;
  readonly lead_id: number;
  readonly external_key: string | null;
  readonly name: string | null;
  readonly number_id: number | null;
  readonly e164: string | null;
  readonly time_zone: string | null;
  readonly agent_id: number | null;
  readonly agent: string | null;
  readonly due_at: Date;
  readonly until_at: Date;
  readonly fallback: "anyone" | "missed";
  readonly state: CallbackState;
  readonly note: string | null;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly settled_at: Date | null;
}

const SELECT_CALLBACK = `
  select b.callback_id, b.campaign_id, c.name as campaign, b.lead_id, l.external_key, l.name, b.number_id, n.e164,
    coalesce(n.time_zone, z.name, s.default_time_zone) as time_zone, b.agent_id, g.name as agent, b.due_at, b.until_at,
    b.fallback, b.state, b.note, b.asked_by, b.asked_at, b.settled_at
  from callback b
  join campaign c on c.campaign_id = b.campaign_id
  join campaign_lead l on l.lead_id = b.lead_id
  join list s on s.list_id = l.list_id
  left join lead_number n on n.number_id = b.number_id
  left join time_zone z on z.zone_id = l.zone_id
  left join agent g on g.agent_id = b.agent_id`;

const recordOf = (row: CallbackRow, at: Instant): CallbackRecord => ({
  callbackId: row.callback_id,
  campaignId: campaignId(row.campaign_id),
  campaign: row.campaign,
  leadId: leadId(row.lead_id),
  key: row.external_key,
  name: row.name,
  numberId: row.number_id === null ? null : numberId(row.number_id),
  number: row.e164,
  timeZone: row.time_zone,
  agentId: row.agent_id === null ? null : agentId(row.agent_id),
  agent: row.agent,
  dueAt: instantOf(row.due_at),
  untilAt: instantOf(row.until_at),
  fallback: row.fallback,
  state: row.state === "waiting" && instantOf(row.until_at) < missedBefore(at) ? "missed" : row.state,
  note: row.note,
  askedBy: row.asked_by,
  askedAt: instantOf(row.asked_at),
  settledAt: instantOrNull(row.settled_at),
});

export interface CallbacksWanted {
  /** Null for all. */
  readonly campaignId: CampaignId | null;
  /** `open`: may still be kept; `missed`: also those that are open although their time is over. */
  readonly which: "open" | "missed" | "all";
  readonly at: Instant;
  readonly limit: number;
}

const WHICH = {
  open: "(b.state = 'taken' or (b.state = 'waiting' and b.until_at >= ?))",
  missed: "(b.state = 'missed' or (b.state in ('waiting', 'taken') and b.until_at < ?))",
  all: "true",
} as const;

/** Those that are due first in front; missed and settled ones, the latest in front. */
export const callbacks = async (
  db: Queryable,
  { campaignId: campaign, which, at, limit }: CallbacksWanted,
): Promise<CallbackRecord[]> => {
  const asked = { open: [dateOf(missedBefore(at))], missed: [dateOf(at)], all: [] };
  const values: SqlValue[] = [campaign, campaign, ...asked[which], limit];
  const rows = await db.rows<CallbackRow>(
    `${SELECT_CALLBACK} where (? is null or b.campaign_id = ?) and ${WHICH[which]}
     order by b.due_at ${which === "open" ? "" : "desc"}, b.callback_id limit ?`,
    values,
  );
  return rows.map((row) => recordOf(row, at));
};

/** Whatever became of them; due first in front. */
export const callbacksOfLead = async (db: Queryable, lead: LeadId, at: Instant): Promise<CallbackRecord[]> => {
  const rows = await db.rows<CallbackRow>(`${SELECT_CALLBACK} where b.lead_id = ? order by b.due_at, b.callback_id`, [
    lead,
  ]);
  return rows.map((row) => recordOf(row, at));
};

export const findCallback = async (db: Queryable, callback: number, at: Instant): Promise<CallbackRecord | null> => {
  const [row] = await db.rows<CallbackRow>(`${SELECT_CALLBACK} where b.callback_id = ?`, [callback]);
  return row === undefined ? null : recordOf(row, at);
};

interface Before {
  readonly state: Standing["state"];
  readonly queue: number;
  readonly tried: number;
  readonly outcome: string | null;
}

/**
 * Takes back a promise that waits; false when it does not (any more). The lead goes on as if nothing had been promised:
 * whoever was spoken with before is done, all others wait for their next turn.
 */
export const withdrawCallback = async (db: Database, callback: number, at: Instant): Promise<boolean> =>
  db.transaction((tx) => takeBack(tx, callback, at));

/** What this one promised to that lead, and what waits still: they think otherwise now. */
export const withdrawOwn = async (tx: Queryable, lead: LeadId, askedBy: string, at: Instant): Promise<void> => {
  const rows = await tx.rows<{ callback_id: number }>(
    "select callback_id from callback where lead_id = ? and state = 'waiting' and asked_by = ?",
    [lead, askedBy],
  );
  for (const { callback_id } of rows) await takeBack(tx, callback_id, at);
};

const takeBack = async (tx: Queryable, callback: number, at: Instant): Promise<boolean> => {
  // One that is missed stays so, whether somebody has settled it or not.
  const [promise] = await tx.rows<{ lead_id: number }>(
    "select lead_id from callback where callback_id = ? and state = 'waiting' and until_at >= ?",
    [callback, dateOf(missedBefore(at))],
  );
  if (promise === undefined) return false;
  // The lead first, as everybody else locks them.
  const [lead] = await tx.rows<Before>(
    `select l.state, l.queue, l.last_attempt_id is not null as tried,
         (select a.outcome from attempt a where a.attempt_id = l.last_attempt_id) as outcome
       from campaign_lead l where l.lead_id = ? for update`,
    [promise.lead_id],
  );
  const { matched } = await tx.write(
    "update callback set state = 'withdrawn', settled_at = ? where callback_id = ? and state = 'waiting'",
    [dateOf(at), callback],
  );
  if (matched === 0) return false;
  if (lead?.state !== "ready" || lead.queue !== CALLBACK) return true;
  const isDone = lead.outcome !== null && outcomeFacts(lead.outcome as never).retryClass === "none";
  await tx.write(
    "update campaign_lead set state = ?, queue = ?, due_at = ?, reason = ?, changed_at = ? where lead_id = ?",
    [
      ...[isDone ? "done" : "ready", lead.tried === 0 ? PUT_OFF : REDIAL, dateOf(at)],
      ...["callback-withdrawn", dateOf(at), promise.lead_id],
    ],
  );
  return true;
};
