/** Some hundred rows of an import: which are loaded, which are refused and why, and the statements that load them. */
import { leadId, type CampaignId, type LeadId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Consent } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError } from "../../engine/ports.ts";
import type { RejectionCode } from "../../lead/import/rejection.ts";
import type { Queryable } from "../database.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { clippedOrNull, dateOf, dateOrNull, jsonOf } from "../rows.ts";

export interface LeadToImport {
  /** In the file, counted from 1; unique within the list. */
  readonly line: number;
  readonly externalKey: string | null;
  readonly name: string | null;
  /** 0 to 255; higher is dialled first. A few different ones, not one for each lead: a claim looks at each. */
  readonly priority: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** State, province or nation, ISO 3166-2 or its last part; null or left out when the list does not say. */
  readonly region?: string | null;
  readonly consent?: Consent | null;
  /** The one to try first in front; never empty. */
  readonly numbers: readonly {
    readonly number: PhoneNumber;
    readonly type: string;
    readonly timeZone: string | null;
  }[];
}

export type ImportRefusal = Extract<
  RejectionCode,
  "duplicate-number-in-file" | "duplicate-key-in-file" | "duplicate-number-in-campaign" | "duplicate-key-in-campaign"
>;

export type ImportNotice = ImportRefusal | Extract<RejectionCode, "number-suppressed" | "number-taken-out">;

export interface ImportedRow {
  readonly line: number;
  /** Null when the row was refused. */
  readonly leadId: LeadId | null;
  readonly refused: ImportRefusal | null;
  /**
   * Numbers worth a word: left out because another lead has them; on a suppression list (kept, and not dialled while
   * it is there); or taken out for good (kept with that status; a lead with no other number is done).
   */
  readonly notices: readonly { readonly number: PhoneNumber; readonly code: ImportNotice }[];
}

export interface ImportTarget {
  readonly campaignId: CampaignId;
  readonly listId: ListId;
  readonly at: Instant;
  /** Suppressions and the like may be kept by hash. */
  readonly hashKey: NumberHashKey;
}

/** Whose a number or a key is already. */
type Owner = "file" | "campaign";

interface Known {
  readonly numbers: Map<string, Owner>;
  readonly keys: Map<string, Owner>;
  readonly suppressed: ReadonlySet<string>;
  readonly takenOut: ReadonlySet<string>;
}

type Decision = Omit<ImportedRow, "leadId"> & { readonly lead: LeadToImport; readonly done: boolean };

export const importChunk = async (
  tx: Queryable,
  target: ImportTarget,
  rows: readonly LeadToImport[],
): Promise<{ readonly results: ImportedRow[]; readonly numbersLoaded: number }> => {
  const known = await whatIsKnown(tx, target, rows);
  const decisions = rows.map((row) => decide(row, known));
  const loaded = decisions.filter(({ refused }) => refused === null);
  const ids = loaded.length === 0 ? new Map<number, LeadId>() : await insertLeads(tx, target, loaded);
  const numbersLoaded = loaded.length === 0 ? 0 : await insertNumbers(tx, target, loaded, ids);
  const results = decisions.map(({ line, refused, notices }) => ({
    line,
    leadId: ids.get(line) ?? null,
    refused,
    notices,
  }));
  return { results, numbersLoaded };
};

/** Takes the row's numbers and key as the file's, so that later rows find them. */
const decide = (row: LeadToImport, known: Known): Decision => {
  const keyOwner = row.externalKey === null ? undefined : known.keys.get(row.externalKey);
  if (keyOwner !== undefined) {
    return { lead: row, line: row.line, refused: `duplicate-key-in-${keyOwner}`, notices: [], done: false };
  }
  const notices: { number: PhoneNumber; code: ImportNotice }[] = [];
  let refused: ImportRefusal | null = null;
  const kept = row.numbers.filter(({ number }) => {
    const owner = known.numbers.get(number);
    if (owner === undefined) return true;
    refused ??= `duplicate-number-in-${owner}`;
    notices.push({ number, code: `duplicate-number-in-${owner}` });
    return false;
  });
  if (kept.length === 0) return { lead: row, line: row.line, refused, notices, done: false };
  if (row.externalKey !== null) known.keys.set(row.externalKey, "file");
  for (const { number } of kept) {
    known.numbers.set(number, "file");
    if (known.suppressed.has(number)) notices.push({ number, code: "number-suppressed" });
    if (known.takenOut.has(number)) notices.push({ number, code: "number-taken-out" });
  }
  const done = kept.every(({ number }) => known.takenOut.has(number));
  return { lead: { ...row, numbers: kept }, line: row.line, refused: null, notices, done };
};

const whatIsKnown = async (tx: Queryable, target: ImportTarget, rows: readonly LeadToImport[]): Promise<Known> => {
  const numbers = [...new Set(rows.flatMap((row) => row.numbers.map(({ number }) => number)))];
  const keys = [...new Set(rows.flatMap(({ externalKey }) => (externalKey === null ? [] : [externalKey])))];
  const ownerOf = (list: number): Owner => (list === target.listId ? "file" : "campaign");
  const numberRows = await read<{ e164: string; list_id: number }>(
    tx,
    `select n.e164, l.list_id from lead_number n join campaign_lead l on l.lead_id = n.lead_id
     where n.campaign_id = ? and n.e164 in (?)`,
    [target.campaignId],
    numbers,
  );
  const keyRows = await read<{ external_key: string; list_id: number }>(
    tx,
    "select external_key, list_id from campaign_lead where campaign_id = ? and external_key in (?)",
    [target.campaignId],
    keys,
  );
  const numberOf = new Map(
    numbers.flatMap((number) => numberKeysOf(number, target.hashKey).map((key) => [key, number])),
  );
  const suppressed = await read<{ e164: string }>(
    tx,
    `select e164 from suppression
     where principal in ('', (select principal from campaign where campaign_id = ?)) and e164 in (?)`,
    [target.campaignId],
    [...numberOf.keys()],
  );
  const takenOut = await read<{ e164: string }>(
    tx,
    "select e164 from number_status where e164 in (?)",
    [],
    [...numberOf.keys()],
  );
  return {
    numbers: new Map(numberRows.map((row) => [row.e164, ownerOf(row.list_id)])),
    keys: new Map(keyRows.map((row) => [row.external_key, ownerOf(row.list_id)])),
    suppressed: new Set(suppressed.map(({ e164 }) => numberOf.get(e164) ?? e164)),
    takenOut: new Set(takenOut.map(({ e164 }) => numberOf.get(e164) ?? e164)),
  };
};

/** With nothing to look for, `in ()` would be no SQL. */
const read = async <Row>(tx: Queryable, sql: string, first: number[], wanted: readonly string[]): Promise<Row[]> =>
  wanted.length === 0 ? [] : tx.rows<Row>(sql, [...first, wanted]);

const insertLeads = async (
  tx: Queryable,
  { campaignId, listId, at }: ImportTarget,
  decisions: readonly Decision[],
): Promise<Map<number, LeadId>> => {
  await tx.write(
    `insert into campaign_lead (list_id, campaign_id, line, external_key, name, attributes, priority, state, reason,
       due_at, changed_at, region, consent_kind, consent_reference, consent_at)
     values ?`,
    [
      decisions.map(({ lead, done }) => [
        ...[listId, campaignId, lead.line, lead.externalKey, clippedOrNull(lead.name, 200), jsonOf(lead.attributes)],
        ...[lead.priority, done ? "done" : "ready", done ? "invalid" : null, dateOf(at), dateOf(at)],
        ...[lead.region ?? null, lead.consent?.kind ?? null, lead.consent?.reference ?? null],
        dateOrNull(lead.consent?.givenAt ?? null),
      ]),
    ],
  );
  // Asked for and not computed from the first: on a cluster the server's numbers go in steps.
  const rows = await tx.rows<{ lead_id: number; line: number }>(
    "select lead_id, line from campaign_lead where list_id = ? and campaign_id = ? and line in (?)",
    [listId, campaignId, decisions.map(({ line }) => line)],
  );
  return new Map(rows.map(({ lead_id, line }) => [line, leadId(lead_id)]));
};

const insertNumbers = async (
  tx: Queryable,
  { campaignId }: ImportTarget,
  decisions: readonly Decision[],
  ids: ReadonlyMap<number, LeadId>,
): Promise<number> => {
  const rows = decisions.flatMap(({ line, lead }) => {
    const id = ids.get(line);
    if (id === undefined) throw new StoreError("broken", "a lead that was just written is not there");
    return lead.numbers.map(({ number, type, timeZone }, index) => [id, campaignId, index + 1, number, type, timeZone]);
  });
  await tx.write("insert into lead_number (lead_id, campaign_id, position, e164, number_type, time_zone) values ?", [
    rows,
  ]);
  return rows.length;
};
