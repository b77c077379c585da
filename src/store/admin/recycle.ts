/**
 * Leads that are done come back for another round.
 *
 * Two rules to remember. A new round forgets how often somebody was tried, and nothing else: who said no, whose number is
 * out, who is suppressed stay where they are. And nobody comes back who was tried within the last eight days: what limits
 * by the day and the week count lies there, and redialling is for that.
 */
import { leadId, type CampaignId, type ListId } from "../../domain/ids.ts";
import { LEAD_QUEUES } from "../../domain/lead.ts";
import { after, type Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeysOf } from "../number-key.ts";
import { clipped, dateOf, jsonOf } from "../rows.ts";
import { assignLeads } from "./assign.ts";
import type { Authority } from "./campaigns.ts";
import { FINAL_REASONS } from "./callbacks.ts";

/** What limits by the week look back on, and a day for the calendars of the world. */
export const RECYCLE_AGE_MIN_MS = 8 * 86_400_000;

/** Looked at in one question; those of them that come back are changed in one transaction. */
const LEADS_AT_ONCE = 500;

export interface RecycleAsked {
  readonly campaignId: CampaignId;
  /** Null for every list. */
  readonly listId: ListId | null;
  /** Of the latest attempt. */
  readonly outcomes: readonly Outcome[];
  /** Of the latest attempt, at least. */
  readonly olderThanMs: number;
  /** In the round that is over; null for however many. */
  readonly attemptsMax: number | null;
}

/** Why a lead with one of these outcomes stays where it is, in the order in which they are asked. */
export const STAYS_OUT = [
  "erased",
  "still-worked",
  "held",
  "opted-out",
  "tried-lately",
  "tried-too-often",
  "number-out",
  "suppressed",
] as const;
export type StaysOut = (typeof STAYS_OUT)[number];

export interface RecycleReport {
  /** By outcome of the latest attempt. */
  readonly comingBack: Readonly<Partial<Record<Outcome, number>>>;
  readonly stayingOut: Readonly<Partial<Record<StaysOut, number>>>;
}

interface LeadRow {
  readonly lead_id: number;
  readonly line: number;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly reason: string | null;
  readonly attempts_counted: number;
  readonly last_attempt_at: Date | null;
  readonly erased: number;
  readonly outcome: Outcome;
  readonly kind: string | null;
}

interface NumberRow {
  readonly lead_id: number;
  readonly number_id: number;
  readonly e164: string;
  readonly is_out: number;
}

export interface RecycleRun {
  readonly who: Authority;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Kept with its figures, unless it is only tried out. Cut off, what came back stays; run again, it goes on with the rest. */
export const recycle = async (
  db: Database,
  asked: RecycleAsked,
  { who, dryRun, onProgress = () => undefined }: RecycleRun,
): Promise<RecycleReport> => {
  const recyclingId = dryRun ? null : await noteBegun(db, asked, who);
  const comingBack: Partial<Record<Outcome, number>> = {};
  const stayingOut: Partial<Record<StaysOut, number>> = {};
  const lists = await db.rows<{ list_id: number; leads_loaded: number }>(
    "select list_id, leads_loaded from list where campaign_id = ? and state = 'ready' and (? is null or list_id = ?) order by list_id",
    [asked.campaignId, asked.listId, asked.listId],
  );
  const total = lists.reduce((sum, { leads_loaded }) => sum + leads_loaded, 0);
  let seen = 0;
  for (const { list_id } of lists) {
    for (let line = 0; ;) {
      const to = await endOfStretch(db, asked.campaignId, list_id, line);
      if (to === null) break;
      const leads = await leadsBetween(db, asked, list_id, line, to.line);
      const verdicts = await judged(db, asked, leads, who.at);
      for (const { lead, stays } of verdicts) {
        if (stays === null) comingBack[lead.outcome] = (comingBack[lead.outcome] ?? 0) + 1;
        else stayingOut[stays] = (stayingOut[stays] ?? 0) + 1;
      }
      const back = verdicts.flatMap(({ lead, stays }) => (stays === null ? [lead.lead_id] : []));
      if (recyclingId !== null && back.length > 0) {
        await db.transaction((tx) => bringBack(tx, asked.campaignId, back, who.at, recyclingId));
      }
      seen += to.leads;
      line = to.line;
      onProgress(seen, total);
    }
  }
  if (recyclingId !== null) {
    await db.write("update recycling set ended_at = ? where recycling_id = ?", [dateOf(who.at), recyclingId]);
  }
  return { comingBack, stayingOut };
};

const noteBegun = async (db: Queryable, asked: RecycleAsked, { by, at }: Authority): Promise<number> => {
  const { campaignId, listId, ...rest } = asked;
  const { insertId } = await db.write(
    "insert into recycling (campaign_id, list_id, asked, began_at, asked_by) values (?, ?, ?, ?, ?)",
    [campaignId, listId, jsonOf(rest), dateOf(at), clipped(by, 100)],
  );
  return insertId;
};

const endOfStretch = async (
  db: Queryable,
  campaign: CampaignId,
  list: number,
  line: number,
): Promise<{ readonly line: number; readonly leads: number } | null> => {
  const [row] = await db.rows<{ last: number | null; leads: number }>(
    `select max(x.line) as last, count(*) as leads from (
       select l.line from campaign_lead l force index (lead_of_list)
       where l.list_id = ? and l.campaign_id = ? and l.line > ? order by l.line limit ?
     ) x`,
    [list, campaign, line, LEADS_AT_ONCE],
  );
  return row === undefined || row.last === null ? null : { line: row.last, leads: row.leads };
};

/** Those with one of the outcomes, by line; along the index lead_of_list. */
const leadsBetween = (
  db: Queryable,
  { campaignId, outcomes }: RecycleAsked,
  list: number,
  from: number,
  to: number,
): Promise<LeadRow[]> =>
  db.rows<LeadRow>(
    `select l.lead_id, l.line, l.state, l.reason, l.attempts_counted, l.last_attempt_at,
       l.erased_at is not null as erased, a.outcome, a.disposition_kind as kind
     from campaign_lead l force index (lead_of_list) join attempt a on a.attempt_id = l.last_attempt_id
     where l.list_id = ? and l.campaign_id = ? and l.line > ? and l.line <= ? and a.outcome in (?)
     order by l.line`,
    [list, campaignId, from, to, [...outcomes]],
  );

interface Judged {
  readonly lead: LeadRow;
  readonly stays: StaysOut | null;
}

const judged = async (
  db: Database,
  asked: RecycleAsked,
  leads: readonly LeadRow[],
  at: Instant,
): Promise<readonly Judged[]> => {
  const first = leads.map((lead) => ({ lead, stays: ownReason(lead, asked, at) }));
  const open = first.flatMap(({ lead, stays }) => (stays === null ? [lead.lead_id] : []));
  if (open.length === 0) return first;
  const numbers = await db.rows<NumberRow>(
    `select n.lead_id, n.number_id, n.e164, n.permanent_outcome is not null or t.e164 is not null as is_out
     from lead_number n force index (number_of_lead) left join number_status t on t.e164 = n.e164
     where n.lead_id in (?)`,
    [open],
  );
  const usable = numbers.filter(({ is_out, e164 }) => is_out === 0 && isPhoneNumber(e164));
  const suppressed = await suppressedNumbers(db, asked.campaignId, usable);
  const withNumber = new Set(usable.map(({ lead_id }) => lead_id));
  const withFreeNumber = new Set(
    usable.flatMap(({ lead_id, number_id }) => (suppressed.has(number_id) ? [] : [lead_id])),
  );
  return first.map(({ lead, stays }) => {
    if (stays !== null) return { lead, stays };
    if (!withNumber.has(lead.lead_id)) return { lead, stays: "number-out" as const };
    return { lead, stays: withFreeNumber.has(lead.lead_id) ? null : ("suppressed" as const) };
  });
};

/** What the lead itself says, whatever its numbers are. */
const ownReason = (lead: LeadRow, { olderThanMs, attemptsMax }: RecycleAsked, at: Instant): StaysOut | null => {
  const { state, reason, erased, kind, last_attempt_at, attempts_counted } = lead;
  if (erased !== 0) return "erased";
  if (state === "held") return "held";
  if (state !== "done") return "still-worked";
  if (kind === "opt-out-requested" || (reason !== "invalid" && FINAL_REASONS.some((final) => final === reason))) {
    return "opted-out";
  }
  const ageMs = Math.max(olderThanMs, RECYCLE_AGE_MIN_MS);
  if (last_attempt_at !== null && last_attempt_at.getTime() > after(at, -ageMs)) return "tried-lately";
  if (attemptsMax !== null && attempts_counted > attemptsMax) return "tried-too-often";
  // Which of its numbers is out is asked of each.
  return null;
};

const suppressedNumbers = async (
  db: Database,
  campaign: CampaignId,
  numbers: readonly NumberRow[],
): Promise<ReadonlySet<number>> => {
  const keys = new Map<string, number[]>();
  for (const { e164, number_id } of numbers) {
    if (!isPhoneNumber(e164)) continue;
    for (const key of numberKeysOf(e164, db.numberHashKey)) keys.set(key, [...(keys.get(key) ?? []), number_id]);
  }
  if (keys.size === 0) return new Set();
  const rows = await db.rows<{ e164: string }>(
    `select p.e164 from suppression p force index (primary) where p.e164 in (?)
       and (p.principal = '' or p.principal = (select c.principal from campaign c where c.campaign_id = ?))`,
    [[...keys.keys()], campaign],
  );
  return new Set(rows.flatMap(({ e164 }) => keys.get(e164) ?? []));
};

const REDIAL = LEAD_QUEUES.indexOf("redial");

/** Whoever began to work on one of them meanwhile keeps it. */
const bringBack = async (
  tx: Queryable,
  campaign: CampaignId,
  leads: readonly number[],
  at: Instant,
  recyclingId: number,
): Promise<void> => {
  const rows = await tx.rows<{ lead_id: number }>(
    "select lead_id from campaign_lead where lead_id in (?) and state = 'done' and erased_at is null order by lead_id for update",
    [leads],
  );
  const done = rows.map(({ lead_id }) => lead_id);
  if (done.length === 0) return;
  await tx.write(
    `update campaign_lead l
     set l.state = 'ready', l.reason = 'recycled', l.queue = ?, l.turn = 0, l.due_at = ?, l.recycled_at = ?,
       l.attempts_counted = 0, l.carrier_tries = 0, l.next_number_id = null, l.changed_at = ?,
       l.zone_id = coalesce((
         select z.zone_id from lead_number n
         join list s on s.list_id = l.list_id
         join time_zone z on z.name = coalesce(n.time_zone, s.default_time_zone)
         left join number_status t on t.e164 = n.e164
         where n.lead_id = l.lead_id and n.permanent_outcome is null and t.e164 is null
         order by n.position limit 1
       ), 0)
     where l.lead_id in (?)`,
    [REDIAL, dateOf(at), dateOf(at), dateOf(at), done],
  );
  await tx.write("update lead_number set attempts_counted = 0 where lead_id in (?)", [done]);
  await assignLeads(tx, campaign, done.map(leadId), at);
  await tx.write("update recycling set leads = leads + ? where recycling_id = ?", [done.length, recyclingId]);
};
