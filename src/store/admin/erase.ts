/**
 * Forgets a person, and keeps what the law wants kept without them: that they are not to be called, and that calls were
 * made as they should be, both under a keyed hash of the number.
 *
 * One rule to remember: it may be repeated. What was erased is not found again, and what a killed program left is.
 */
import { leadId as asLeadId, type CampaignId, type LeadId } from "../../domain/ids.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database } from "../database.ts";
import { numberKeyOf } from "../number-key.ts";
import { clipped, dateOf } from "../rows.ts";
import type { Authority } from "./campaigns.ts";
import { eraseAttempts, eraseLeads, keysInsteadOfNumbers, principalsOfRules } from "./erase-rows.ts";
import { holdsTraces } from "./traces.ts";
import { addSuppressions } from "./suppressions.ts";

export interface LeadFound {
  readonly leadId: LeadId;
  readonly campaignId: CampaignId;
  readonly campaign: string;
  readonly name: string | null;
  readonly externalKey: string | null;
}

/** Whom it is about, and all that would go. */
export interface ErasurePlan {
  /** Those by which they were named; the first is the one by which the erasure is remembered. */
  readonly subject: readonly PhoneNumber[];
  readonly leads: readonly LeadFound[];
  /** Of the subject and of these leads. */
  readonly numbers: readonly PhoneNumber[];
  readonly attempts: number;
  /** Under way: nothing can be erased before they have ended. */
  readonly attemptsOpen: number;
  /** Rows elsewhere in which a number stands in the clear. */
  readonly rowsInTheClear: number;
  /** Of `numbers`: not on our own list for everybody yet. */
  readonly notSuppressed: readonly PhoneNumber[];
}

export interface ErasureReport {
  readonly leads: number;
  readonly numbers: number;
  readonly attempts: number;
  readonly suppressed: number;
  /** Null when there was nothing left to erase, and so nothing to write down. */
  readonly erasureId: number | null;
}

const LEADS_AT_ONCE = 200;
const LEAD_COLUMNS = "l.lead_id, l.campaign_id, c.name as campaign, l.name, l.external_key";

interface LeadRow {
  readonly lead_id: number;
  readonly campaign_id: number;
  readonly campaign: string;
  readonly name: string | null;
  readonly external_key: string | null;
}

const leadOf = (row: LeadRow): LeadFound => ({
  leadId: asLeadId(row.lead_id),
  campaignId: row.campaign_id as CampaignId,
  campaign: row.campaign,
  name: row.name,
  externalKey: row.external_key,
});

/** In every campaign: a CRM's key may stand for two people in two of them, which is for the manager to say. */
export const leadsWithKey = async (db: Database, externalKey: string): Promise<LeadFound[]> => {
  const rows = await db.rows<LeadRow>(
    `select straight_join ${LEAD_COLUMNS}
     from campaign c join campaign_lead l force index (lead_by_external_key)
       on l.campaign_id = c.campaign_id and l.external_key = ?
     order by l.lead_id`,
    [externalKey],
  );
  return rows.map(leadOf);
};

const leadsWithNumbers = async (db: Database, numbers: readonly PhoneNumber[]): Promise<LeadFound[]> => {
  if (numbers.length === 0) return [];
  const rows = await db.rows<LeadRow>(
    `select straight_join distinct ${LEAD_COLUMNS}
     from campaign c join lead_number n force index (number_in_campaign)
       on n.campaign_id = c.campaign_id and n.e164 in (?)
     join campaign_lead l on l.lead_id = n.lead_id
     order by l.lead_id`,
    [numbers],
  );
  return rows.map(leadOf);
};

const numbersOfLeads = async (db: Database, leads: readonly LeadId[]): Promise<PhoneNumber[]> => {
  if (leads.length === 0) return [];
  const rows = await db.rows<{ e164: string }>("select distinct e164 from lead_number where lead_id in (?)", [leads]);
  return rows.map(({ e164 }) => e164).filter(isPhoneNumber);
};

/** By number: every lead that has it. By leads: they, and every other that has one of their numbers. */
export const planErasure = async (
  db: Database,
  subject: { readonly number: PhoneNumber } | { readonly leads: readonly LeadFound[] },
): Promise<ErasurePlan> => {
  const named = "number" in subject ? [] : subject.leads;
  const own =
    "number" in subject
      ? [subject.number]
      : await numbersOfLeads(
          db,
          named.map(({ leadId }) => leadId),
        );
  const sharing = await leadsWithNumbers(db, own);
  const leads = [...new Map([...named, ...sharing].map((lead) => [lead.leadId, lead])).values()];
  const ids = leads.map(({ leadId }) => leadId);
  const numbers = [...new Set([...own, ...(await numbersOfLeads(db, ids))])];
  const [attempts] = await db.rows<{ attempts: number; open: number }>(
    `select count(*) as attempts, coalesce(sum(state <> 'ended'), 0) as open
     from attempt where lead_id in (?) or e164 in (?)`,
    [ids.length === 0 ? [0] : ids, own.length === 0 ? [""] : own],
  );
  const suppressed = await db.rows<{ e164: string }>(
    "select e164 from suppression where e164 in (?) and principal = ''",
    [numbers.length === 0 ? [""] : numbers.flatMap((number) => [number, numberKeyOf(number, db.numberHashKey)])],
  );
  const known = new Set(suppressed.map(({ e164 }) => e164));
  return {
    subject: own,
    leads,
    numbers,
    attempts: attempts?.attempts ?? 0,
    attemptsOpen: attempts?.open ?? 0,
    rowsInTheClear: await countInTheClear(db, numbers),
    notSuppressed: numbers.filter((number) => !known.has(number) && !known.has(numberKeyOf(number, db.numberHashKey))),
  };
};

const countInTheClear = async (db: Database, numbers: readonly PhoneNumber[]): Promise<number> => {
  if (numbers.length === 0) return 0;
  // Never empty, for the sake of "in (?)".
  const principals = ["", ...(await principalsOfRules(db))];
  const [row] = await db.rows<{ found: number }>(
    `select (select count(*) from suppression where e164 in (?)) + (select count(*) from number_status where e164 in (?))
       + (select count(*) from number_rule where principal in (?) and e164 in (?))
       + (select count(*) from return_call where caller in (?))
       + (select count(*) from register_file f join register_number n on n.file_id = f.file_id and n.number_key in (?))
       as found`,
    [numbers, numbers, principals, numbers, numbers, numbers],
  );
  return row?.found ?? 0;
};

export interface ErasureOrder {
  readonly plan: ErasurePlan;
  /** Kept, so it must not hold what is erased: see {@link becauseTells}. */
  readonly because: string;
  /** Whether everybody keeps from calling them; false only for those who want to be called again. */
  readonly suppress: boolean;
  readonly who: Authority;
}

/** Whether the reason itself would keep what it is the reason for erasing. */
export const becauseTells = ({ numbers, leads }: ErasurePlan, because: string): boolean =>
  holdsTraces(because, {
    numbers,
    words: leads.flatMap(({ name, externalKey }) => [name ?? "", externalKey ?? "", ...(name ?? "").split(/\s+/)]),
  });

/**
 * Rejects with `conflict` while a call to them is under way. In batches: after a failure on the way some leads are
 * erased and others are not, and the next call goes on.
 */
export const erase = async (db: Database, { plan, because, suppress, who }: ErasureOrder): Promise<ErasureReport> => {
  const { numberHashKey } = db;
  if (numberHashKey === null) throw new StoreError("broken", "nothing can be erased without numberHashKey");
  if (plan.attemptsOpen > 0) throw new StoreError("conflict", "a call to this person is under way");
  const toSuppress = suppress ? plan.notSuppressed : [];
  const nothing = { leads: 0, numbers: 0, attempts: 0, suppressed: 0, erasureId: null };
  const inTheClear = plan.rowsInTheClear + plan.leads.length + (await attemptsInTheClear(db, plan.subject));
  if (inTheClear === 0 && toSuppress.length === 0) return nothing;

  // Before anything else goes: from here on nobody calls them meanwhile.
  await addSuppressions(
    db,
    toSuppress.map((number) => ({
      ...{ number, reason: "erasure", source: "erasure request", channel: null, actor: clipped(who.by, 100) },
    })),
    who.at,
  );
  const [subject] = plan.subject;
  const { insertId: erasureId } = await db.write(
    "insert into erasure (at, asked_by, because, subject_key) values (?, ?, ?, ?)",
    [
      ...[dateOf(who.at), clipped(who.by, 100), clipped(because, 200)],
      // A lead that was erased before has no number left to be remembered by.
      subject === undefined ? "" : numberKeyOf(subject, numberHashKey),
    ],
  );
  let leads = 0;
  let attempts = 0;
  for (let from = 0; from < plan.leads.length; from += LEADS_AT_ONCE) {
    const some = plan.leads.slice(from, from + LEADS_AT_ONCE).map(({ leadId }) => leadId);
    await db.transaction(async (tx) => {
      const done = await eraseLeads(tx, some, { hashKey: numberHashKey, at: who.at, reason: "erased" });
      await tx.write("update erasure set leads = leads + ?, attempts = attempts + ? where erasure_id = ?", [
        ...[done.leads, done.attempts, erasureId],
      ]);
      leads += done.leads;
      attempts += done.attempts;
    });
  }
  await db.transaction(async (tx) => {
    // Of leads that were erased before, or lost their numbers otherwise.
    const traces = { numbers: plan.numbers, words: [] };
    const others = await eraseAttempts(tx, { numbers: plan.subject, leads: [] }, traces, numberHashKey, who.at);
    await keysInsteadOfNumbers(tx, plan.numbers, numberHashKey);
    await tx.write("update erasure set numbers = ?, attempts = attempts + ? where erasure_id = ?", [
      ...[plan.numbers.length, others, erasureId],
    ]);
    attempts += others;
  });
  return { leads, numbers: plan.numbers.length, attempts, suppressed: toSuppress.length, erasureId };
};

const attemptsInTheClear = async (db: Database, numbers: readonly PhoneNumber[]): Promise<number> => {
  if (numbers.length === 0) return 0;
  const [row] = await db.rows<{ found: number }>("select count(*) as found from attempt where e164 in (?)", [numbers]);
  return row?.found ?? 0;
};
