/**
 * What CRMs hand in, row by row, and the verdicts that they read.
 *
 * One rule to remember: a row is locked while it is worked on, and each within a savepoint of its own; so two daemons
 * never take the same one, and a row that fails takes no other with it.
 */
import { leadId, numberId, type CampaignId, type LeadId, type NumberId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import type { Database, Queryable } from "../database.ts";
import { DatabaseError } from "../errors.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf, instantOrNull } from "../rows.ts";

/** As it was handed in; texts cut off behind their bound, so that no row is larger than a list's. */
export interface IntakeRow {
  readonly intakeId: number;
  readonly action: string;
  readonly campaign: string | null;
  readonly externalKey: string | null;
  readonly leadId: LeadId | null;
  readonly name: string | null;
  readonly numbers: string | null;
  readonly attributes: string | null;
  readonly timeZone: string | null;
  readonly region: string | null;
  readonly priority: string | null;
  readonly dueAt: Instant | null;
  readonly untilAt: Instant | null;
  readonly agent: string | null;
  readonly fallback: string | null;
  readonly reason: string | null;
  readonly note: string | null;
}

export interface IntakeVerdict {
  readonly status: "done" | "refused";
  /** For programs; never changes its meaning. */
  readonly code: string;
  /** For people, one sentence. */
  readonly says: string;
  readonly leadId: LeadId | null;
  readonly callbackId: number | null;
}

/** One character more than is ever read, so that what is too long is seen to be. */
const TEXT_CHARACTERS = 65_537;

interface RawRow {
  readonly intake_id: number;
  readonly action: string;
  readonly campaign: string | null;
  readonly external_key: string | null;
  readonly lead_id: number | null;
  readonly name: string | null;
  readonly numbers: string | null;
  readonly attributes: string | null;
  readonly time_zone: string | null;
  readonly region: string | null;
  readonly priority: string | null;
  readonly due_at: Date | null;
  readonly until_at: Date | null;
  readonly agent: string | null;
  readonly fallback: string | null;
  readonly reason: string | null;
  readonly note: string | null;
}

/** In the order in which they came, without those that somebody else has. */
const lockRows = (tx: Queryable, limit: number): Promise<RawRow[]> =>
  tx.rows<RawRow>(
    `select intake_id, action, campaign, external_key, lead_id, name, left(numbers, ?) as numbers,
       left(attributes, ?) as attributes, time_zone, region, priority, due_at, until_at, agent, fallback, reason, note
     from crm_intake force index (intake_to_settle)
     where status = 'new' order by intake_id limit ? for update skip locked`,
    [TEXT_CHARACTERS, TEXT_CHARACTERS, limit],
  );

const rowOf = (row: RawRow): IntakeRow => ({
  intakeId: row.intake_id,
  action: row.action,
  campaign: row.campaign,
  externalKey: row.external_key,
  leadId: row.lead_id === null ? null : leadId(row.lead_id),
  name: row.name,
  numbers: row.numbers,
  attributes: row.attributes,
  timeZone: row.time_zone,
  region: row.region,
  priority: row.priority,
  dueAt: instantOrNull(row.due_at),
  untilAt: instantOrNull(row.until_at),
  agent: row.agent,
  fallback: row.fallback,
  reason: row.reason,
  note: row.note,
});

const FAILED: IntakeVerdict = {
  status: "refused",
  code: "intake-failed",
  says: "The row could not be carried out, and nothing of it was: the daemon's log says why.",
  leadId: null,
  callbackId: null,
};

/** Whether what went wrong is about this row, and not about the connection or a lock that somebody else wanted. */
const isAboutRow = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || error.kind === "broken" || error.kind === "conflict";

/**
 * Some rows at most, each carried out by `work` and given its verdict. Returns how many; 0 when none waits. After a lock
 * that two wanted the whole is repeated, `work` with it.
 */
export const settleIntake = async (
  db: Database,
  limit: number,
  at: () => Instant,
  work: (tx: Queryable, row: IntakeRow) => Promise<IntakeVerdict>,
  failed: (intakeId: number, error: unknown) => void,
): Promise<number> => {
  // Asked for ever, and nearly always there is nothing: that costs one statement and no transaction.
  const [any] = await db.rows("select 1 from crm_intake force index (intake_to_settle) where status = 'new' limit 1");
  if (any === undefined) return 0;
  return db.transaction(async (tx) => {
    const rows = await lockRows(tx, limit);
    for (const raw of rows) {
      await tx.write("savepoint intake_row");
      let verdict = FAILED;
      try {
        verdict = await work(tx, rowOf(raw));
      } catch (error) {
        if (!isAboutRow(error)) throw error;
        await tx.write("rollback to savepoint intake_row");
        failed(raw.intake_id, error);
      }
      await tx.write(
        `update crm_intake set status = ?, code = ?, says = ?, lead_id = coalesce(?, lead_id), callback_id = ?,
           settled_at = ?
         where intake_id = ?`,
        [
          ...[verdict.status, clipped(verdict.code, 40), clipped(verdict.says, 500), verdict.leadId],
          ...[verdict.callbackId, dateOf(at()), raw.intake_id],
        ],
      );
    }
    return rows.length;
  });
};

/** Rows that were settled before; what waits stays, however old it is. Returns how many. */
export const forgetIntake = async (db: Database, before: Instant, goOn: () => boolean): Promise<number> => {
  let forgotten = 0;
  while (goOn()) {
    const { matched } = await db.write(
      "delete from crm_intake where settled_at < ? and status <> 'new' order by settled_at limit 5000",
      [dateOf(before)],
    );
    forgotten += matched;
    if (matched === 0) break;
  }
  return forgotten;
};

export interface IntakeLead {
  readonly leadId: LeadId;
  readonly campaignId: CampaignId;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly reason: string | null;
}

/** Locked, so that nobody takes it meanwhile. Null for none, and for one that was erased. */
export const lockLead = async (tx: Queryable, lead: LeadId): Promise<IntakeLead | null> => {
  const [row] = await tx.rows<{ campaign_id: number; state: IntakeLead["state"]; reason: string | null }>(
    "select campaign_id, state, reason from campaign_lead where lead_id = ? and erased_at is null for update",
    [lead],
  );
  return row === undefined
    ? null
    : { leadId: lead, campaignId: row.campaign_id as CampaignId, state: row.state, reason: row.reason };
};

/**
 * No more attempts. One that is in hand has no number left from now on, and bears the word, so that whoever settles it ends
 * it as withdrawn; a call that goes on is its last.
 */
export const withdrawLead = async (tx: Queryable, lead: IntakeLead, at: Instant): Promise<void> => {
  if (lead.state === "dialling" || lead.state === "leased") {
    await tx.write(
      "update lead_number set permanent_outcome = 'withdrawn' where lead_id = ? and permanent_outcome is null",
      [lead.leadId],
    );
    await tx.write("update campaign_lead set reason = 'withdrawn', changed_at = ? where lead_id = ?", [
      dateOf(at),
      lead.leadId,
    ]);
  } else {
    await tx.write("update campaign_lead set state = 'done', reason = 'withdrawn', changed_at = ? where lead_id = ?", [
      dateOf(at),
      lead.leadId,
    ]);
  }
  await tx.write("update callback set state = 'withdrawn', settled_at = ? where lead_id = ? and state = 'waiting'", [
    dateOf(at),
    lead.leadId,
  ]);
};

/** As far as they can be read; one that was erased cannot. */
export const numbersOfLead = async (tx: Queryable, lead: LeadId): Promise<PhoneNumber[]> => {
  const rows = await tx.rows<{ e164: string }>("select e164 from lead_number where lead_id = ? order by position", [
    lead,
  ]);
  return rows.flatMap(({ e164 }) => (isPhoneNumber(e164) ? [e164] : []));
};

/** Null where the lead has no such number. */
export const ownNumber = async (
  tx: Queryable,
  lead: LeadId,
  number: PhoneNumber,
  hashKey: NumberHashKey,
): Promise<NumberId | null> => {
  const [own] = await tx.rows<{ number_id: number }>(
    "select number_id from lead_number where lead_id = ? and e164 in (?) limit 1",
    [lead, numberKeysOf(number, hashKey)],
  );
  return own === undefined ? null : numberId(own.number_id);
};
