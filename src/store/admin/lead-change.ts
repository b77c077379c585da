/**
 * What a later row says of a lead that is there: its name, its attributes, its numbers.
 *
 * One rule to remember: a number that was taken out stays out. Only what a list itself withdrew, a list brings back.
 */
import { campaignId, leadId, type LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Queryable, SqlValue } from "../database.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { clippedOrNull, dateOf, dateOrNull, jsonOf } from "../rows.ts";
import type { ZoneIds } from "../time-zones.ts";
import { assignLeads } from "./assign.ts";
import type { LeadToImport, NumberToImport } from "./import-types.ts";

/** The list no longer has the number: it may be another person's by now. */
const WITHDRAWN = "withdrawn";
const POSITION_MAX = 255;

export interface LeadChange {
  readonly leadId: LeadId;
  /** Values that are null, and attributes that are not named, stay as they are. Without numbers, all of them stay. */
  readonly row: Omit<LeadToImport, "line" | "priority"> & { readonly priority?: number | null };
  readonly at: Instant;
  readonly hashKey: NumberHashKey;
  readonly zones: ZoneIds;
  readonly defaultTimeZone: string | null;
}

export interface LeadChanged {
  /** False for one that was erased, or is not there. */
  readonly found: boolean;
  /** Numbers that another lead of the campaign has. */
  readonly leftOut: readonly PhoneNumber[];
  readonly numbersAdded: number;
  readonly numbersWithdrawn: number;
}

interface LeadRow {
  readonly campaign_id: number;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly reason: string | null;
  readonly attributes: string;
  readonly attempts: number;
  readonly next_number_id: number | null;
}

interface NumberRow {
  readonly number_id: number;
  readonly position: number;
  readonly e164: string;
  readonly time_zone: string | null;
  readonly permanent_outcome: string | null;
}

const NOT_FOUND: LeadChanged = { found: false, leftOut: [], numbersAdded: 0, numbersWithdrawn: 0 };

/** Within a transaction that has the campaign's gate. */
export const changeLead = async (tx: Queryable, change: LeadChange): Promise<LeadChanged> => {
  const [lead] = await tx.rows<LeadRow>(
    `select campaign_id, state, reason, attributes, attempts_counted + carrier_tries as attempts, next_number_id
     from campaign_lead where lead_id = ? and erased_at is null for update`,
    [change.leadId],
  );
  if (lead === undefined) return NOT_FOUND;
  const { row, at } = change;
  const attributes = { ...(JSON.parse(lead.attributes) as Record<string, string>), ...row.attributes };
  await tx.write(
    `update campaign_lead set name = coalesce(?, name), attributes = ?, priority = coalesce(?, priority),
       region = coalesce(?, region), consent_kind = coalesce(?, consent_kind),
       consent_reference = coalesce(?, consent_reference), consent_at = coalesce(?, consent_at), changed_at = ?
     where lead_id = ?`,
    [
      ...[clippedOrNull(row.name, 200), jsonOf(attributes), row.priority ?? null, row.region ?? null],
      ...[row.consent?.kind ?? null, row.consent?.reference ?? null, dateOrNull(row.consent?.givenAt ?? null)],
      ...[dateOf(at), change.leadId],
    ],
  );
  const numbers = row.numbers.length === 0 ? NOT_FOUND : await changeNumbers(tx, change, lead);
  if (row.numbers.length > 0) await settle(tx, change, lead);
  // Segments ask for attributes and kinds of numbers: another source may take it now.
  await assignLeads(tx, campaignId(lead.campaign_id), [change.leadId], at);
  return { ...numbers, found: true };
};

const readNumbers = (tx: Queryable, lead: LeadId): Promise<NumberRow[]> =>
  tx.rows<NumberRow>(
    `select n.number_id, n.position, n.e164, n.time_zone, n.permanent_outcome
     from lead_number n where n.lead_id = ? order by n.position`,
    [lead],
  );

const changeNumbers = async (
  tx: Queryable,
  { leadId: lead, row, hashKey }: LeadChange,
  { campaign_id }: LeadRow,
): Promise<Omit<LeadChanged, "found">> => {
  const there = await readNumbers(tx, lead);
  const rowOf = (number: PhoneNumber): NumberRow | undefined => {
    const keys = numberKeysOf(number, hashKey);
    return there.find(({ e164 }) => keys.includes(e164));
  };
  const fresh = row.numbers.filter(({ number }) => rowOf(number) === undefined);
  const taken = await othersNumbers(tx, campaign_id, lead, fresh);
  const added = fresh.filter(({ number }) => !taken.has(number));
  const leftOut = fresh.flatMap(({ number }) => (taken.has(number) ? [number] : []));
  const known = row.numbers.flatMap((number) => {
    const found = rowOf(number.number);
    return found === undefined ? [] : [{ number, found }];
  });
  // A row all of whose numbers are somebody else's says nothing about these.
  if (added.length === 0 && known.length === 0) return { leftOut, numbersAdded: 0, numbersWithdrawn: 0 };
  for (const { number, found } of known) await renew(tx, number, found);
  const gone = there.filter(
    ({ number_id, permanent_outcome }) =>
      permanent_outcome === null && !known.some(({ found }) => found.number_id === number_id),
  );
  if (gone.length > 0) {
    await tx.write("update lead_number set permanent_outcome = ? where number_id in (?)", [
      WITHDRAWN,
      gone.map(({ number_id }) => number_id),
    ]);
  }
  const next = Math.max(0, ...there.map(({ position }) => position)) + 1;
  const fitting = added.slice(0, Math.max(0, POSITION_MAX + 1 - next));
  if (fitting.length > 0) await addNumbers(tx, { lead, campaign: campaign_id, next }, fitting);
  return { leftOut, numbersAdded: fitting.length, numbersWithdrawn: gone.length };
};

const othersNumbers = async (
  tx: Queryable,
  campaign: number,
  lead: LeadId,
  numbers: readonly NumberToImport[],
): Promise<ReadonlySet<string>> => {
  if (numbers.length === 0) return new Set();
  const rows = await tx.rows<{ e164: string }>(
    `select e164 from lead_number force index (number_in_campaign)
     where campaign_id = ? and e164 in (?) and lead_id <> ?`,
    [campaign, numbers.map(({ number }) => number), lead],
  );
  return new Set(rows.map(({ e164 }) => e164));
};

const renew = async (
  tx: Queryable,
  { type, kind, timeZone, country }: NumberToImport,
  { number_id }: NumberRow,
): Promise<void> => {
  await tx.write(
    `update lead_number set number_type = ?, kind = coalesce(?, kind), time_zone = coalesce(?, time_zone),
       country = coalesce(?, country), permanent_outcome = nullif(permanent_outcome, ?)
     where number_id = ?`,
    [type, kind ?? null, timeZone, country ?? null, WITHDRAWN, number_id],
  );
};

const addNumbers = async (
  tx: Queryable,
  { lead, campaign, next }: { readonly lead: LeadId; readonly campaign: number; readonly next: number },
  numbers: readonly NumberToImport[],
): Promise<void> => {
  await tx.write(
    "insert into lead_number (lead_id, campaign_id, position, e164, number_type, time_zone, kind, country) values ?",
    [
      numbers.map(({ number, type, kind, timeZone, country }, index): SqlValue[] => [
        ...[lead, campaign, next + index, number, type, timeZone, kind ?? "other"],
        country ?? null,
      ]),
    ],
  );
};

/** A lead that had no number left may have one now, and the other way round; one that is being dialled is left alone. */
const settle = async (
  tx: Queryable,
  { leadId: lead, at, zones, defaultTimeZone }: LeadChange,
  { state, reason, attempts, next_number_id }: LeadRow,
): Promise<void> => {
  const usable = await tx.rows<NumberRow>(
    `select n.number_id, n.position, n.e164, n.time_zone, n.permanent_outcome
     from lead_number n left join number_status t on t.e164 = n.e164
     where n.lead_id = ? and n.permanent_outcome is null and t.e164 is null order by n.position`,
    [lead],
  );
  const next = usable.find(({ number_id }) => number_id === next_number_id);
  const [first] = usable;
  if (next === undefined) {
    await tx.write("update campaign_lead set next_number_id = null, zone_id = ? where lead_id = ?", [
      zones.of((first?.time_zone ?? null) === null ? defaultTimeZone : (first?.time_zone ?? null)),
      lead,
    ]);
  }
  if (first === undefined && (state === "ready" || state === "held")) {
    await tx.write("update campaign_lead set state = 'done', reason = 'invalid' where lead_id = ?", [lead]);
  }
  if (first !== undefined && state === "done" && reason === "invalid") {
    await tx.write("update campaign_lead set state = 'ready', reason = null, due_at = ?, queue = ? where lead_id = ?", [
      ...[dateOf(at), attempts > 0 ? 2 : 0, lead],
    ]);
  }
};

/** A lead of the campaign by the CRM's key; the youngest, if there were ever two. Null for none. */
export const leadByKey = async (tx: Queryable, campaign: number, key: string): Promise<LeadId | null> => {
  const [row] = await tx.rows<{ lead_id: number }>(
    `select lead_id from campaign_lead force index (lead_by_external_key)
     where campaign_id = ? and external_key = ? and erased_at is null order by lead_id desc limit 1`,
    [campaign, key],
  );
  return row === undefined ? null : leadId(row.lead_id);
};
