/** All that is known of one lead, for whoever asks why it is not called. */
import { campaignId, leadId, listId, numberId } from "../../domain/ids.ts";
import type { CampaignId, LeadId, ListId, NumberId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { LEAD_QUEUES, NUMBER_KINDS, type LeadQueue, type NumberKind } from "../../domain/lead.ts";
import { CONSENT_KINDS, type Consent, type NumberFacts } from "../../domain/number-facts.ts";
import { isOutcome, outcomeFacts, type Outcome } from "../../domain/outcome.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import type { PastAttempt } from "../../lead/redial/story.ts";
import type { Database, Queryable } from "../database.ts";
import { NO_FACTS, numberFacts } from "../number-facts.ts";
import { numberKeysOf } from "../number-key.ts";
import { instantOf, instantOrNull, parsed } from "../rows.ts";

export type LeadState = "ready" | "leased" | "dialling" | "held" | "done";

export interface LeadFileNumber {
  readonly numberId: NumberId;
  /** Null for one that was erased. */
  readonly number: PhoneNumber | null;
  readonly kind: NumberKind;
  readonly numberType: string;
  readonly country: string | null;
  /** The number's, else the list's. */
  readonly timeZone: string | null;
  readonly attemptsCounted: number;
  readonly lastAttemptAt: Instant | null;
  readonly lastOutcome: Outcome | null;
  /** Why it is out for good; null while it may be dialled. */
  readonly takenOut: string | null;
  readonly facts: NumberFacts;
}

export interface LeadFile {
  readonly leadId: LeadId;
  readonly campaignId: CampaignId;
  readonly listId: ListId;
  readonly list: string;
  /** Its list is being imported, and nothing of it is seen. */
  readonly isLoading: boolean;
  readonly key: string | null;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly consent: Consent | null;
  readonly priority: number;
  readonly state: LeadState;
  readonly reason: string | null;
  readonly queue: LeadQueue;
  readonly dueAt: Instant;
  /** 0 where no source takes it. */
  readonly sourceId: number;
  readonly nextNumberId: NumberId | null;
  readonly leaseNode: string | null;
  readonly leaseUntil: Instant | null;
  readonly attemptsCounted: number;
  readonly carrierTries: number;
  readonly addedAt: Instant;
  readonly lastAttemptAt: Instant | null;
  readonly lastOutcome: Outcome | null;
  readonly lastDisposition: string | null;
  readonly recycledAt: Instant | null;
  readonly changedAt: Instant;
  readonly numbers: readonly LeadFileNumber[];
  /** Ended ones of the present round, latest first. */
  readonly attempts: readonly PastAttempt[];
}

export interface LeadSearch {
  /** Null for every campaign. */
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId | null;
  readonly key: string | null;
  readonly number: PhoneNumber | null;
}

/** Leads that were erased are not found by what they lost. The youngest first. */
export const findLeads = async (db: Database, search: LeadSearch, limit: number): Promise<LeadId[]> => {
  const found = new Set<number>();
  const { campaignId: campaign, leadId: lead, key, number } = search;
  if (lead !== null) {
    const rows = await db.rows<{ lead_id: number }>(
      "select lead_id from campaign_lead where lead_id = ? and (? is null or campaign_id = ?)",
      [lead, campaign, campaign],
    );
    for (const { lead_id } of rows) found.add(lead_id);
  }
  // The indexes begin with the campaign, and there are few of these.
  const campaigns = campaign === null ? await campaignIds(db) : [campaign];
  if (key !== null && campaigns.length > 0) {
    const rows = await db.rows<{ lead_id: number }>(
      `select lead_id from campaign_lead force index (lead_by_external_key)
       where campaign_id in (?) and external_key = ? order by lead_id desc limit ?`,
      [campaigns, key, limit],
    );
    for (const { lead_id } of rows) found.add(lead_id);
  }
  if (number !== null && campaigns.length > 0) {
    const rows = await db.rows<{ lead_id: number }>(
      `select distinct lead_id from lead_number force index (number_in_campaign)
       where campaign_id in (?) and e164 in (?) order by lead_id desc limit ?`,
      [campaigns, numberKeysOf(number, db.numberHashKey), limit],
    );
    for (const { lead_id } of rows) found.add(lead_id);
  }
  return [...found]
    .sort((a, b) => b - a)
    .slice(0, limit)
    .map(leadId);
};

const campaignIds = async (db: Queryable): Promise<number[]> =>
  (await db.rows<{ campaign_id: number }>("select campaign_id from campaign")).map(({ campaign_id }) => campaign_id);

interface LeadRow {
  readonly lead_id: number;
  readonly campaign_id: number;
  readonly principal: string;
  readonly list_id: number;
  readonly list: string;
  readonly is_loading: number;
  readonly external_key: string | null;
  readonly name: string | null;
  readonly attributes: string;
  readonly region: string | null;
  readonly consent_kind: string | null;
  readonly consent_reference: string | null;
  readonly consent_at: Date | null;
  readonly priority: number;
  readonly state: LeadState;
  readonly reason: string | null;
  readonly queue: number;
  readonly due_at: Date;
  readonly source_id: number;
  readonly next_number_id: number | null;
  readonly lease_node: string | null;
  readonly lease_until: Date | null;
  readonly attempts_counted: number;
  readonly carrier_tries: number;
  readonly added_at: Date;
  readonly last_attempt_at: Date | null;
  readonly last_outcome: string | null;
  readonly last_disposition: string | null;
  readonly recycled_at: Date | null;
  readonly changed_at: Date;
}

interface NumberRow {
  readonly number_id: number;
  readonly e164: string;
  readonly kind: string;
  readonly number_type: string;
  readonly country: string | null;
  readonly time_zone: string | null;
  readonly attempts_counted: number;
  readonly last_attempt_at: Date | null;
  readonly last_outcome: string | null;
  readonly taken_out: string | null;
}

/** Null for a lead that is not there. */
export const leadFile = async (
  db: Queryable & Pick<Database, "numberHashKey">,
  lead: LeadId,
  at: Instant,
): Promise<LeadFile | null> => {
  const [row] = await db.rows<LeadRow>(
    `select l.lead_id, l.campaign_id, c.principal, l.list_id, s.name as list, s.state = 'loading' as is_loading,
       l.external_key, l.name, l.attributes, l.region, l.consent_kind, l.consent_reference, l.consent_at, l.priority,
       l.state, l.reason, l.queue, l.due_at, l.source_id, l.next_number_id, l.lease_node, l.lease_until,
       l.attempts_counted, l.carrier_tries, l.added_at, l.last_attempt_at, a.outcome as last_outcome,
       a.disposition as last_disposition, l.recycled_at, l.changed_at
     from campaign_lead l
     join campaign c on c.campaign_id = l.campaign_id
     join list s on s.list_id = l.list_id
     left join attempt a on a.attempt_id = l.last_attempt_id
     where l.lead_id = ?`,
    [lead],
  );
  if (row === undefined) return null;
  const numbers = await db.rows<NumberRow>(
    `select n.number_id, n.e164, n.kind, n.number_type, n.country, coalesce(n.time_zone, s.default_time_zone) as time_zone,
       n.attempts_counted, n.last_attempt_at, n.last_outcome,
       coalesce(n.permanent_outcome, t.permanent_outcome) as taken_out
     from lead_number n
     join campaign_lead l on l.lead_id = n.lead_id
     join list s on s.list_id = l.list_id
     left join number_status t on t.e164 = n.e164
     where n.lead_id = ? order by n.position`,
    [lead],
  );
  const dialable = numbers.flatMap(({ e164 }) => (isPhoneNumber(e164) ? [e164] : []));
  const who = { principal: row.principal, at, hashKey: db.numberHashKey };
  const facts = await numberFacts(db, who, [...new Set(dialable)]);
  return {
    ...ofRow(row),
    numbers: numbers.map((number) => numberOf(number, facts)),
    attempts: await attemptsOf(db, lead, row.recycled_at),
  };
};

const ofRow = (row: LeadRow): Omit<LeadFile, "numbers" | "attempts"> => ({
  leadId: leadId(row.lead_id),
  campaignId: campaignId(row.campaign_id),
  listId: listId(row.list_id),
  list: row.list,
  isLoading: row.is_loading === 1,
  key: row.external_key,
  name: row.name,
  attributes: parsed(row.attributes) as Readonly<Record<string, string>>,
  region: row.region,
  consent: consentOf(row),
  priority: row.priority,
  state: row.state,
  reason: row.reason,
  queue: LEAD_QUEUES[row.queue] ?? "redial",
  dueAt: instantOf(row.due_at),
  sourceId: row.source_id,
  nextNumberId: row.next_number_id === null ? null : numberId(row.next_number_id),
  leaseNode: row.lease_node,
  leaseUntil: instantOrNull(row.lease_until),
  attemptsCounted: row.attempts_counted,
  carrierTries: row.carrier_tries,
  addedAt: instantOf(row.added_at),
  lastAttemptAt: instantOrNull(row.last_attempt_at),
  lastOutcome: outcomeOf(row.last_outcome),
  lastDisposition: row.last_disposition,
  recycledAt: instantOrNull(row.recycled_at),
  changedAt: instantOf(row.changed_at),
});

const outcomeOf = (text: string | null): Outcome | null => (text !== null && isOutcome(text) ? text : null);

/** One that names no proof, or is of a kind nobody knows, is none. */
const consentOf = ({ consent_kind, consent_reference, consent_at }: LeadRow): Consent | null => {
  const kind = CONSENT_KINDS.find((known) => known === consent_kind);
  if (kind === undefined || consent_reference === null) return null;
  return { kind, reference: consent_reference, givenAt: instantOrNull(consent_at) };
};

const numberOf = (row: NumberRow, facts: ReadonlyMap<PhoneNumber, NumberFacts>): LeadFileNumber => {
  const number = isPhoneNumber(row.e164) ? row.e164 : null;
  const known = (number === null ? undefined : facts.get(number)) ?? NO_FACTS;
  return {
    numberId: numberId(row.number_id),
    number,
    kind: NUMBER_KINDS.find((kind) => kind === row.kind) ?? "other",
    numberType: row.number_type,
    country: row.country,
    timeZone: row.time_zone,
    attemptsCounted: row.attempts_counted,
    lastAttemptAt: instantOrNull(row.last_attempt_at),
    lastOutcome: outcomeOf(row.last_outcome),
    takenOut: row.taken_out ?? known.permanentOutcome,
    facts: { ...known, permanentOutcome: row.taken_out ?? known.permanentOutcome },
  };
};

const attemptsOf = async (db: Queryable, lead: LeadId, recycledAt: Date | null): Promise<PastAttempt[]> => {
  const rows = await db.rows<{ number_id: number; decided_at: Date; outcome: string }>(
    `select number_id, decided_at, outcome from attempt force index (attempt_of_lead)
     where lead_id = ? and decided_at >= ? and state = 'ended' order by decided_at desc`,
    [lead, recycledAt ?? new Date(0)],
  );
  return rows.flatMap(({ number_id, decided_at, outcome }) =>
    // Given back as it was: nobody was called.
    isOutcome(outcome) && outcomeFacts(outcome).retryClass !== "requeue"
      ? [{ numberId: numberId(number_id), at: instantOf(decided_at), outcome }]
      : [],
  );
};
