/** Leads that come one by one, from a CRM: into a list of the campaign's own that never ends. */
import { listId, type LeadId } from "../../domain/ids.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Queryable } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf } from "../rows.ts";
import { ZoneIds } from "../time-zones.ts";
import { assignLeads } from "./assign.ts";
import { importChunk } from "./import-chunk.ts";
import { leadsAround } from "./import-known.ts";
import { ImportMemory } from "./import-memory.ts";
import { addSourceOf, openSourceOf } from "./import-source.ts";
import { STRICT_DUPLICATES, type ImportedRow, type LeadToImport } from "./import-types.ts";
import { changeLead, type LeadChanged } from "./lead-change.ts";

/** Of each campaign. Its leads' lines are the numbers of the rows that they came in. */
export const INTAKE_LIST = "intake";
/** Of people who were called by hand. The campaign takes nobody from it by itself, unless a manager gives it a weight. */
export const BY_HAND_LIST = "by-hand";

/** Whoever changes leads of the campaign one by one takes turns with imports into it. */
export const lockGate = async (tx: Queryable, campaign: number): Promise<void> => {
  await tx.write("insert ignore into import_gate (campaign_id) values (?)", [campaign]);
  await tx.rows("select 1 from import_gate where campaign_id = ? for update", [campaign]);
};

export interface IntakeTarget {
  readonly campaign: Pick<Campaign, "campaignId">;
  readonly at: Instant;
  readonly hashKey: NumberHashKey;
  /** Outside of the transaction: zones stay, whatever becomes of it. */
  readonly db: Queryable;
}

/** As an import of one row would, duplicates in the whole campaign refused. */
export const addIntakeLead = async (
  tx: Queryable,
  { campaign: { campaignId }, at, hashKey, db }: IntakeTarget,
  row: LeadToImport,
  name: typeof INTAKE_LIST | typeof BY_HAND_LIST = INTAKE_LIST,
): Promise<ImportedRow> => {
  await lockGate(tx, campaignId);
  const list = await listNamed(tx, campaignId, name, at);
  const sourceId = await addSourceOf(tx, { campaignId, importedBy: name, importedAt: at }, listId(list));
  if (name === BY_HAND_LIST) {
    await tx.write("update campaign_source set weight = 0 where source_id = ? and state = 'loading'", [sourceId]);
  }
  await openSourceOf(tx, listId(list), at);
  const zones = new ZoneIds(db);
  await zones.learn(row.numbers.map(({ timeZone }) => timeZone));
  const target = {
    ...{ campaignId, listId: listId(list), sourceId, at, hashKey, defaultTimeZone: null },
    policy: STRICT_DUPLICATES,
  };
  // Its own list is searched like any other: what came before is another lead's.
  const around = await leadsAround(tx, { ...target, listId: listId(0) });
  const needs = { target, around, memory: new ImportMemory(), zones };
  const { results, numbersLoaded } = await importChunk(tx, needs, [row]);
  const [result] = results;
  if (result === undefined) throw new Error("a row without an answer");
  const isLoaded = result.outcome === "loaded";
  await tx.write(
    `update list set rows_read = rows_read + 1, rows_duplicate = rows_duplicate + ?, leads_loaded = leads_loaded + ?,
       numbers_loaded = numbers_loaded + ?
     where list_id = ?`,
    [isLoaded ? 0 : 1, isLoaded ? 1 : 0, numbersLoaded, list],
  );
  if (isLoaded && result.leadId !== null) await assignLeads(tx, campaignId, [result.leadId], at);
  return result;
};

const listNamed = async (tx: Queryable, campaign: number, name: string, at: Instant): Promise<number> => {
  const [there] = await tx.rows<{ list_id: number }>("select list_id from list where campaign_id = ? and name = ?", [
    campaign,
    name,
  ]);
  if (there !== undefined) return there.list_id;
  const { insertId } = await tx.write(
    "insert into list (campaign_id, name, imported_by, imported_at, state) values (?, ?, 'crm', ?, 'ready')",
    [campaign, name, dateOf(at)],
  );
  return insertId;
};

export const changeIntakeLead = async (
  tx: Queryable,
  { campaign: { campaignId }, at, hashKey, db }: IntakeTarget,
  lead: LeadId,
  row: Omit<LeadToImport, "line" | "priority"> & { readonly priority: number | null },
): Promise<LeadChanged> => {
  await lockGate(tx, campaignId);
  const zones = new ZoneIds(db);
  await zones.learn(row.numbers.map(({ timeZone }) => timeZone));
  return changeLead(tx, { leadId: lead, row, at, hashKey, zones, defaultTimeZone: null });
};

/** For everybody; an earlier no keeps its reason. */
export const suppressNumbers = async (
  tx: Queryable,
  numbers: readonly PhoneNumber[],
  about: { readonly reason: string; readonly source: string; readonly at: Instant; readonly hashKey: NumberHashKey },
): Promise<void> => {
  await tx.write(
    `insert into suppression (e164, principal, reason, source, channel, actor, added_at) values ?
     on duplicate key update added_at = suppression.added_at`,
    [
      numbers.map((number) => [
        ...[numberKeyOf(number, about.hashKey), "", clipped(about.reason, 64), clipped(about.source, 200)],
        ...["crm", "crm", dateOf(about.at)],
      ]),
    ],
  );
};
