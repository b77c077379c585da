/**
 * Promises whose time is over and that nobody tried to keep: no daemon ran, the campaign was stopped, nobody was logged in.
 *
 * One rule to remember: a lead that somebody has in hand is left to them; their call may be the one that was promised.
 */
import { leadId, type LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { LEAD_QUEUES } from "../../domain/lead.ts";
import type { Database, Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";
import { missedBefore } from "./callbacks.ts";

const PUT_OFF = LEAD_QUEUES.indexOf("putOff");
const REDIAL = LEAD_QUEUES.indexOf("redial");
const CALLBACK = LEAD_QUEUES.indexOf("callback");

/** Settled in one go; what is left is there in a minute. */
const AT_ONCE_MAX = 1_000;

export interface MissedCallback {
  readonly callbackId: number;
  readonly leadId: LeadId;
}

/** By campaign, because that is how they are indexed; those that wait and are due are few. */
export const OVERDUE_QUESTION = `
  select straight_join b.callback_id, b.lead_id
  from campaign c join callback b force index (callback_of_campaign) on b.campaign_id = c.campaign_id
  where b.state = 'waiting' and b.due_at < ? and b.until_at < ?
  order by b.due_at limit ?`;

/** Marks them missed, and lets their leads go on among the others; returns those that were. Any daemon may, at any time. */
export const settleMissed = async (db: Database, at: Instant): Promise<MissedCallback[]> => {
  const before = dateOf(missedBefore(at));
  const overdue = await db.rows<{ callback_id: number; lead_id: number }>(OVERDUE_QUESTION, [
    ...[before, before, AT_ONCE_MAX],
  ]);
  const missed: MissedCallback[] = [];
  for (const { callback_id: callbackId, lead_id } of overdue) {
    if (await db.transaction((tx) => settleOne(tx, callbackId, lead_id, at))) {
      missed.push({ callbackId, leadId: leadId(lead_id) });
    }
  }
  return missed;
};

interface Lead {
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly queue: number;
  readonly tried: number;
  readonly in_hand: number;
}

const settleOne = async (tx: Queryable, callback: number, id: number, at: Instant): Promise<boolean> => {
  // The lead first, as everybody else locks them; whoever has it locked is about to call it.
  const [lead] = await tx.rows<Lead>(
    `select state, queue, last_attempt_id is not null as tried,
       state = 'dialling' or (state = 'leased' and lease_until > ?) as in_hand
     from campaign_lead force index (primary) where lead_id = ? for update skip locked`,
    [dateOf(at), id],
  );
  if (lead === undefined || lead.in_hand === 1) return false;
  const { matched } = await tx.write(
    "update callback set state = 'missed', settled_at = ? where callback_id = ? and state = 'waiting' and until_at < ?",
    [dateOf(at), callback, dateOf(missedBefore(at))],
  );
  if (matched === 0) return false;
  if (lead.queue !== CALLBACK || (lead.state !== "ready" && lead.state !== "leased")) return true;
  // They wanted to be called: late, by the ordinary rules, is what is left.
  await tx.write(
    `update campaign_lead set state = 'ready', lease_node = null, lease_until = null, queue = ?, turn = 0, due_at = ?,
       reason = 'callback-missed', changed_at = ?
     where lead_id = ?`,
    [lead.tried === 0 ? PUT_OFF : REDIAL, dateOf(at), dateOf(at), id],
  );
  return true;
};
