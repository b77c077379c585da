/**
 * Claimed leads with all that is known of them: their numbers, what became of earlier attempts, what was promised.
 * Four questions for any number of leads, each along an index.
 */
import { agentId, campaignId, leadId, listId, numberId } from "../domain/ids.ts";
import { NUMBER_KINDS, type CallbackPromise, type LeadNumber } from "../domain/lead.ts";
import { CALLBACK, FRESH, PUT_OFF } from "../domain/lead-mix.ts";
import { CONSENT_KINDS, type Consent, type NumberFacts } from "../domain/number-facts.ts";
import { isOutcome, outcomeFacts, type Outcome } from "../domain/outcome.ts";
import { isPhoneNumber, type PhoneNumber } from "../domain/phone-number.ts";
import type { DialNumber, LeadToDial } from "../engine/ports.ts";
import type { PastAttempt } from "../lead/redial/story.ts";
import type { Queryable } from "./database.ts";
import { NO_FACTS, numberFacts, type WhoCalls } from "./number-facts.ts";
import { instantOf, instantOrNull, parsed } from "./rows.ts";

/** What is kept of the lead itself. */
export const LEAD_COLUMNS = `l.lead_id, l.list_id, l.campaign_id, l.source_id, l.queue, l.next_number_id,
  l.attempts_counted, l.carrier_tries, l.recycled_at, l.region, l.consent_kind, l.consent_reference, l.consent_at,
  l.attributes`;

export interface LeadColumns {
  readonly lead_id: number;
  readonly list_id: number;
  readonly campaign_id: number;
  readonly source_id: number;
  readonly queue: number;
  readonly next_number_id: number | null;
  readonly attempts_counted: number;
  readonly carrier_tries: number;
  readonly recycled_at: Date | null;
  readonly region: string | null;
  readonly consent_kind: string | null;
  readonly consent_reference: string | null;
  readonly consent_at: Date | null;
  readonly attributes: string;
}

interface NumberRow {
  readonly lead_id: number;
  readonly number_id: number;
  readonly e164: string;
  readonly number_type: string;
  readonly kind: string;
  readonly attempts_counted: number;
  readonly last_attempt_at: Date | null;
  readonly last_outcome: string | null;
  readonly time_zone: string | null;
  readonly permanent_outcome: string | null;
}

/**
 * What was found out is this lead's or the number's. In this order of tables: after a large import, before the server has
 * counted anew, it would begin with the whole list (measured: 90 ms for 50 leads). And without the leads themselves: they
 * are being leased meanwhile, and the server would undo that for every row that is looked at.
 */
export const NUMBERS_QUESTION = `
  select straight_join n.lead_id, n.number_id, n.e164, n.number_type, n.kind, n.attempts_counted, n.last_attempt_at,
    n.last_outcome, n.time_zone, coalesce(n.permanent_outcome, t.permanent_outcome) as permanent_outcome
  from lead_number n force index (number_of_lead)
  left join number_status t on t.e164 = n.e164
  where n.lead_id in (?)
  order by n.lead_id, n.position`;

interface PastRow {
  readonly lead_id: number;
  readonly number_id: number;
  readonly decided_at: Date;
  readonly outcome: string;
}

/** Of numbers that name no zone of their own. */
export const ZONES_QUESTION = "select list_id, default_time_zone from list where list_id in (?)";

/** All there ever were: a lead has a dozen in one round at most, and a row of failures may reach back for weeks. */
export const STORIES_QUESTION = `
  select a.lead_id, a.number_id, a.decided_at, a.outcome
  from attempt a force index (attempt_of_lead)
  where a.lead_id in (?) and a.state = 'ended'
  order by a.lead_id, a.decided_at desc`;

interface PromiseRow {
  readonly callback_id: number;
  readonly lead_id: number;
  readonly number_id: number | null;
  readonly agent_id: number | null;
  readonly due_at: Date;
  readonly until_at: Date;
  readonly fallback: "anyone" | "missed";
}

export const PROMISES_QUESTION = `
  select callback_id, lead_id, number_id, agent_id, due_at, until_at, fallback
  from callback force index (callback_of_lead)
  where lead_id in (?) and state in ('waiting', 'taken')
  order by lead_id, due_at`;

/** @param dialled by lead: the number that is being dialled; else the one that was chosen, or the first that may be. */
export const leadsToDial = async (
  db: Queryable,
  leads: readonly LeadColumns[],
  who: WhoCalls,
  dialled: ReadonlyMap<number, number> = new Map(),
): Promise<LeadToDial[]> => {
  if (leads.length === 0) return [];
  const tried = leads.filter(({ queue, lead_id }) => (queue !== FRESH && queue !== PUT_OFF) || dialled.has(lead_id));
  const promised = leads.filter(({ queue }) => queue === CALLBACK);
  const [[numbers, facts], past, promises] = await Promise.all([
    numbersAndFacts(db, leads, who),
    whereAny(tried, (some) => db.rows<PastRow>(STORIES_QUESTION, [some])).then(byLead),
    whereAny(promised, (some) => db.rows<PromiseRow>(PROMISES_QUESTION, [some])).then(byLead),
  ]);
  return leads.flatMap((lead) => {
    const of = {
      numbers: numbers.get(lead.lead_id) ?? [],
      past: ofThisRound(past.get(lead.lead_id) ?? [], lead.recycled_at),
      promise: promises.get(lead.lead_id)?.[0] ?? null,
    };
    const made = leadOf(lead, of, facts, dialled.get(lead.lead_id) ?? null);
    return made === null ? [] : [made];
  });
};

/** Whose story began anew has none from before. */
const ofThisRound = (past: readonly PastRow[], recycledAt: Date | null): readonly PastRow[] =>
  recycledAt === null ? past : past.filter(({ decided_at }) => decided_at >= recycledAt);

const numbersAndFacts = async (
  db: Queryable,
  leads: readonly LeadColumns[],
  who: WhoCalls,
): Promise<[Map<number, NumberRow[]>, ReadonlyMap<PhoneNumber, NumberFacts>]> => {
  const rows = await db.rows<NumberRow>(NUMBERS_QUESTION, [leads.map(({ lead_id }) => lead_id)]);
  const usable = rows.flatMap((row) => (isUsable(row) ? [row.e164 as PhoneNumber] : []));
  const [zoned, facts] = await Promise.all([withZones(db, leads, rows), numberFacts(db, who, [...new Set(usable)])]);
  return [byLead(zoned), facts];
};

/** The zone is the number's, else the list's. */
const withZones = async (
  db: Queryable,
  leads: readonly LeadColumns[],
  rows: readonly NumberRow[],
): Promise<readonly NumberRow[]> => {
  if (rows.every(({ time_zone }) => time_zone !== null)) return rows;
  const listOf = new Map(leads.map(({ lead_id, list_id }) => [lead_id, list_id]));
  const unsaid = rows.flatMap(({ lead_id, time_zone }) => (time_zone === null ? (listOf.get(lead_id) ?? []) : []));
  const lists = await db.rows<{ list_id: number; default_time_zone: string | null }>(ZONES_QUESTION, [
    [...new Set(unsaid)],
  ]);
  const zoneOf = new Map(lists.map(({ list_id, default_time_zone }) => [list_id, default_time_zone]));
  return rows.map((row) =>
    row.time_zone === null ? { ...row, time_zone: zoneOf.get(listOf.get(row.lead_id) ?? 0) ?? null } : row,
  );
};

const whereAny = async <Row>(
  leads: readonly LeadColumns[],
  ask: (ids: readonly number[]) => Promise<Row[]>,
): Promise<Row[]> => (leads.length === 0 ? [] : ask(leads.map(({ lead_id }) => lead_id)));

const byLead = <Row extends { readonly lead_id: number }>(rows: readonly Row[]): Map<number, Row[]> => {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const known = groups.get(row.lead_id);
    if (known === undefined) groups.set(row.lead_id, [row]);
    else known.push(row);
  }
  return groups;
};

/** A number that was erased since cannot be dialled. */
const isUsable = ({ permanent_outcome, e164 }: NumberRow): boolean => permanent_outcome === null && isPhoneNumber(e164);

interface Known {
  readonly numbers: readonly NumberRow[];
  readonly past: readonly PastRow[];
  readonly promise: PromiseRow | null;
}

/** Null where no number is left. */
const leadOf = (
  lead: LeadColumns,
  { numbers, past, promise }: Known,
  facts: ReadonlyMap<PhoneNumber, NumberFacts>,
  dialled: number | null,
): LeadToDial | null => {
  const usable = numbers
    .filter((row) => isUsable(row) || row.number_id === dialled)
    .flatMap((row) => (isPhoneNumber(row.e164) ? [dialNumberOf(row, row.e164, facts)] : []));
  const wanted = [dialled, promise?.number_id ?? null, lead.next_number_id];
  const chosen = wanted
    .map((wish) => (wish === null ? undefined : usable.find((each) => Number(each.numberId) === wish)))
    .find((each) => each !== undefined);
  const next = chosen ?? usable[0];
  if (next === undefined) return null;
  return {
    leadId: leadId(lead.lead_id),
    listId: listId(lead.list_id),
    campaignId: campaignId(lead.campaign_id),
    sourceId: lead.source_id,
    isFresh: lead.queue === FRESH || lead.queue === PUT_OFF,
    story: {
      attemptsCounted: lead.attempts_counted,
      carrierTries: lead.carrier_tries,
      numbers: numbers.map(leadNumberOf),
      attempts: past.flatMap(pastAttemptOf),
    },
    callback: promise === null ? null : promiseOf(promise),
    numbers: usable,
    region: lead.region,
    consent: consentOf(lead),
    ...attributesOf(lead),
    ...next,
  };
};

const dialNumberOf = (
  row: NumberRow,
  number: PhoneNumber,
  facts: ReadonlyMap<PhoneNumber, NumberFacts>,
): DialNumber => {
  const known = facts.get(number) ?? NO_FACTS;
  return {
    numberId: numberId(row.number_id),
    number,
    timeZone: row.time_zone,
    numberType: row.number_type,
    facts: { ...known, permanentOutcome: row.permanent_outcome ?? known.permanentOutcome },
  };
};

const leadNumberOf = (row: NumberRow): LeadNumber => ({
  numberId: numberId(row.number_id),
  kind: NUMBER_KINDS.find((kind) => kind === row.kind) ?? "other",
  timeZone: row.time_zone,
  attemptsCounted: row.attempts_counted,
  lastAttemptAt: instantOrNull(row.last_attempt_at),
  lastOutcome: outcomeOf(row.last_outcome),
  isOut: !isUsable(row),
});

const outcomeOf = (text: string | null): Outcome | null => (text !== null && isOutcome(text) ? text : null);

/** Given back as it was: nothing was learnt, and nobody was called. An outcome of a later version says nothing to us. */
const pastAttemptOf = ({ number_id, decided_at, outcome }: PastRow): PastAttempt[] => {
  if (!isOutcome(outcome) || outcomeFacts(outcome).retryClass === "requeue") return [];
  return [{ numberId: numberId(number_id), at: instantOf(decided_at), outcome }];
};

const promiseOf = (row: PromiseRow): CallbackPromise => ({
  callbackId: row.callback_id,
  agentId: row.agent_id === null ? null : agentId(row.agent_id),
  dueAt: instantOf(row.due_at),
  untilAt: instantOf(row.until_at),
  fallback: row.fallback,
});

/** Most lists say nothing more of anybody. */
const attributesOf = ({ attributes }: LeadColumns): Pick<LeadToDial, "attributes"> => {
  const known = parsed(attributes) as Readonly<Record<string, string>>;
  return Object.keys(known).length === 0 ? {} : { attributes: known };
};

/** A consent that names no proof, or is of a kind nobody knows, is none. */
const consentOf = ({ consent_kind, consent_reference, consent_at }: LeadColumns): Consent | null => {
  const kind = CONSENT_KINDS.find((known) => known === consent_kind);
  if (kind === undefined || consent_reference === null) return null;
  return { kind, reference: consent_reference, givenAt: instantOrNull(consent_at) };
};
