/** Some hundred rows of an import: which are loaded, which are refused and why, and the statements that load them. */
import { leadId, type LeadId } from "../../domain/ids.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { clippedOrNull, dateOf, dateOrNull, jsonOf } from "../rows.ts";
import type { ZoneIds } from "../time-zones.ts";
import { whatIsKnown, type Around, type Known } from "./import-known.ts";
import type { ImportMemory } from "./import-memory.ts";
import type { ImportedRow, ImportNotice, ImportRefusal, ImportTarget, LeadToImport } from "./import-types.ts";

export interface ChunkNeeds {
  readonly target: ImportTarget;
  readonly around: Around;
  readonly memory: ImportMemory;
  readonly zones: ZoneIds;
}

interface Decision extends ImportedRow {
  readonly lead: LeadToImport;
  /** Those of its numbers that nobody else has. */
  readonly numbers: LeadToImport["numbers"];
  /** Without a number that may be dialled, the lead has an end before its beginning. */
  readonly done: boolean;
  /** Of its first number that may be dialled. */
  readonly timeZone: string | null;
}

/** Within a transaction that has the gate. The memory takes what was loaded: after a failure, it is of no use. */
export const importChunk = async (
  tx: Queryable,
  needs: ChunkNeeds,
  rows: readonly LeadToImport[],
): Promise<{ readonly results: ImportedRow[]; readonly numbersLoaded: number }> => {
  const { target, memory } = needs;
  const known = await whatIsKnown(tx, target, needs.around, memory, rows);
  const decisions = rows.map((row) => decide(row, known, target));
  const loaded = decisions.filter(({ outcome }) => outcome === "loaded");
  const ids = loaded.length === 0 ? new Map<number, LeadId>() : await insertLeads(tx, needs, loaded);
  const numbersLoaded = loaded.length === 0 ? 0 : await insertNumbers(tx, target, loaded, ids);
  const changed = decisions.filter(({ outcome }) => outcome === "changed");
  if (changed.length > 0) await keepChanges(tx, target, changed);
  for (const { lead, numbers } of loaded) {
    memory.add(
      numbers.map(({ number }) => number),
      lead.externalKey,
    );
  }
  const results = decisions.map(({ line, leadId: there, outcome, refused, notices }) => ({
    line,
    leadId: ids.get(line) ?? there,
    outcome,
    refused,
    notices,
  }));
  return { results, numbersLoaded };
};

/** Takes the row's numbers and key as the file's, so that later rows find them. */
const decide = (row: LeadToImport, known: Known, { policy, defaultTimeZone }: ImportTarget): Decision => {
  const isSkipped = policy.onDuplicate === "skip";
  const refuse = (refused: ImportRefusal, notices: ImportedRow["notices"] = []): Decision => {
    const outcome = isSkipped ? "skipped" : "refused";
    return decision(row, {
      numbers: row.numbers,
      leadId: null,
      outcome,
      refused,
      notices,
      done: false,
      timeZone: null,
    });
  };
  const sameKey = row.externalKey === null ? undefined : known.keys.get(row.externalKey);
  if (sameKey !== undefined) {
    const { owner } = sameKey;
    if (owner === "campaign" && policy.onDuplicate === "update" && row.externalKey !== null) {
      // Whatever comes later with this key contradicts this row, or repeats it.
      known.keys.set(row.externalKey, { owner: "file", leadId: sameKey.leadId });
      const { leadId: there } = sameKey;
      const asItIs = { refused: null, notices: [], done: false, timeZone: null } as const;
      return decision(row, { numbers: row.numbers, leadId: there, outcome: "changed", ...asItIs });
    }
    return refuse(owner === "elsewhere" ? "duplicate-key-elsewhere" : `duplicate-key-in-${owner}`);
  }
  const others: { number: PhoneNumber; code: ImportRefusal }[] = [];
  const kept = row.numbers.filter(({ number }) => {
    const owner = known.numbers.get(number);
    if (owner === undefined) return true;
    others.push({
      number,
      code: owner === "elsewhere" ? "duplicate-number-elsewhere" : `duplicate-number-in-${owner}`,
    });
    return false;
  });
  if (kept.length === 0) return refuse(others[0]?.code ?? "duplicate-number-in-file", others);
  const notices: { number: PhoneNumber; code: ImportNotice }[] = others;
  if (row.externalKey !== null && policy.by !== "number")
    known.keys.set(row.externalKey, { owner: "file", leadId: null });
  for (const { number } of kept) {
    if (policy.by !== "key") known.numbers.set(number, "file");
    if (known.suppressed.has(number)) notices.push({ number, code: "number-suppressed" });
    if (known.takenOut.has(number)) notices.push({ number, code: "number-taken-out" });
  }
  const dialled = kept.find(({ number }) => !known.takenOut.has(number));
  const done = dialled === undefined;
  const timeZone = (dialled ?? kept[0])?.timeZone ?? defaultTimeZone;
  return decision(row, { numbers: kept, leadId: null, outcome: "loaded", refused: null, notices, done, timeZone });
};

/** Name by name: objects made with a spread get a shape each (V8 11), and a million rows would be slow and large. */
const decision = (
  lead: LeadToImport,
  { numbers, leadId: there, outcome, refused, notices, done, timeZone }: Omit<Decision, "lead" | "line">,
): Decision => ({ lead, line: lead.line, numbers, leadId: there, outcome, refused, notices, done, timeZone });

const insertLeads = async (
  tx: Queryable,
  { target: { campaignId, listId, sourceId, at }, zones }: ChunkNeeds,
  decisions: readonly Decision[],
): Promise<Map<number, LeadId>> => {
  const due = dateOf(at);
  const { insertId } = await tx.write(
    `insert into campaign_lead (list_id, campaign_id, line, external_key, name, attributes, priority, state, reason,
       due_at, changed_at, region, consent_kind, consent_reference, consent_at, source_id, zone_id)
     values ?`,
    [
      decisions.map(({ lead, done, timeZone }) => [
        listId,
        campaignId,
        lead.line,
        lead.externalKey,
        clippedOrNull(lead.name, 200),
        jsonOf(lead.attributes),
        lead.priority,
        done ? "done" : "ready",
        done ? "invalid" : null,
        due,
        due,
        lead.region ?? null,
        lead.consent?.kind ?? null,
        lead.consent?.reference ?? null,
        dateOrNull(lead.consent?.givenAt ?? null),
        sourceId,
        zones.of(timeZone),
      ]),
    ],
  );
  return idsOf(tx, { campaignId, listId }, decisions, insertId);
};

/**
 * Numbers of the rows of one statement rise by the server's step at least, on a cluster by more than one. So if the last
 * is as far from the first as the steps between them, so is each; if not, they are asked for.
 */
const idsOf = async (
  tx: Queryable,
  { campaignId, listId }: Pick<ImportTarget, "campaignId" | "listId">,
  decisions: readonly Decision[],
  first: number,
): Promise<Map<number, LeadId>> => {
  const where = "from campaign_lead force index (lead_of_list) where list_id = ? and campaign_id = ? and line";
  const [last] = await tx.rows<{ lead_id: number; step: number }>(
    `select lead_id, @@auto_increment_increment as step ${where} = ?`,
    [listId, campaignId, decisions.at(-1)?.line ?? 0],
  );
  const step = last?.step ?? 0;
  if (last !== undefined && last.lead_id === first + (decisions.length - 1) * step) {
    return new Map(decisions.map(({ line }, index) => [line, leadId(first + index * step)]));
  }
  const rows = await tx.rows<{ lead_id: number; line: number }>(`select lead_id, line ${where} in (?)`, [
    ...[listId, campaignId],
    decisions.map(({ line }) => line),
  ]);
  return new Map(rows.map(({ lead_id, line }) => [line, leadId(lead_id)]));
};

const insertNumbers = async (
  tx: Queryable,
  { campaignId }: ImportTarget,
  decisions: readonly Decision[],
  ids: ReadonlyMap<number, LeadId>,
): Promise<number> => {
  const rows = decisions.flatMap(({ line, numbers }) => {
    const id = ids.get(line);
    if (id === undefined) throw new StoreError("broken", "a lead that was just written is not there");
    return numbers.map(({ number, type, kind, timeZone, country }, index) => [
      id,
      campaignId,
      index + 1,
      number,
      type,
      timeZone,
      kind ?? "other",
      country ?? null,
    ]);
  });
  await tx.write(
    "insert into lead_number (lead_id, campaign_id, position, e164, number_type, time_zone, kind, country) values ?",
    [rows],
  );
  return rows.length;
};

/** Nothing of another list changes before this one has been read to its end: a failure on the way changes nothing. */
const keepChanges = async (tx: Queryable, { listId }: ImportTarget, decisions: readonly Decision[]): Promise<void> => {
  await tx.write("insert into list_import_change (list_id, line, lead_id, lead_row) values ?", [
    decisions.map(({ line, lead, leadId: id }) => [listId, line, id, jsonOf(lead)]),
  ]);
};
