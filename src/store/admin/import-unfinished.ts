/** Imports that were cut off: how far they came, and how their leads are removed, which nobody ever saw. */
import { listId, type CampaignId, type ListId } from "../../domain/ids.ts";
import { instantOf } from "../rows.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { Database, Queryable } from "../database.ts";
import { ImportMemory } from "./import-memory.ts";

/** Where whoever reads the file goes on. */
export interface ImportProgress {
  /** Of the file, heading and blank ones included. */
  readonly recordsDone: number;
  readonly rejectsPart: string | null;
  readonly rejectsBytes: number;
  /** The reader's own counts, as it gave them. */
  readonly account: unknown;
}

export interface UnfinishedImport {
  readonly listId: ListId;
  readonly name: string;
  readonly importedAt: Instant;
  /** Null for one that nobody can go on with. */
  readonly optionsHash: string | null;
  readonly progress: ImportProgress;
  /** The store's counts, as it kept them. */
  readonly counts: unknown;
}

interface UnfinishedRow {
  readonly list_id: number;
  readonly name: string;
  readonly imported_at: Date;
  readonly options_hash: string | null;
  readonly records_done: number | null;
  readonly rejects_part: string | null;
  readonly rejects_bytes: number | null;
  readonly account: string | null;
}

export const unfinishedImports = async (db: Queryable, campaign: CampaignId): Promise<UnfinishedImport[]> => {
  const rows = await db.rows<UnfinishedRow>(
    `select l.list_id, l.name, l.imported_at, i.options_hash, i.records_done, i.rejects_part, i.rejects_bytes, i.account
     from list l left join list_import i on i.list_id = l.list_id
     where l.campaign_id = ? and l.state = 'loading'`,
    [campaign],
  );
  return rows.map((row) => {
    const kept = (row.account === null ? {} : JSON.parse(row.account)) as { counts?: unknown; reader?: unknown };
    return {
      listId: listId(row.list_id),
      name: row.name,
      importedAt: instantOf(row.imported_at),
      optionsHash: row.options_hash,
      counts: kept.counts,
      progress: {
        recordsDone: row.records_done ?? 0,
        rejectsPart: row.rejects_part,
        rejectsBytes: row.rejects_bytes ?? 0,
        account: kept.reader,
      },
    };
  });
};

/** A statement's share; each is a transaction of its own, so that nobody waits for a million rows. */
const REMOVED_AT_ONCE = 5_000;

/** Only of a list that is still `loading`: one that is ready has been seen, and stays. */
export const removeUnfinished = async (db: Queryable, campaign: CampaignId, list: ListId): Promise<void> => {
  const [still] = await db.rows("select 1 from list where list_id = ? and state = 'loading'", [list]);
  if (still === undefined) return;
  // The source first: from here on nothing can be taken from it, whatever happens.
  await db.write("delete from campaign_source where list_id = ? and state = 'loading'", [list]);
  // And the row that says where to go on: what is half removed is never gone on with.
  await db.write("delete from list_import where list_id = ?", [list]);
  for (;;) {
    const leads = await db.rows<{ lead_id: number }>(
      "select lead_id from campaign_lead force index (lead_of_list) where list_id = ? and campaign_id = ? limit ?",
      [list, campaign, REMOVED_AT_ONCE],
    );
    if (leads.length === 0) break;
    const ids = leads.map(({ lead_id }) => lead_id);
    await db.write("delete from lead_number where lead_id in (?)", [ids]);
    await db.write("delete from campaign_lead where lead_id in (?)", [ids]);
  }
  await db.write("delete from list_import_change where list_id = ?", [list]);
  await db.write("delete from list where list_id = ? and state = 'loading'", [list]);
};

const REMEMBERED_AT_ONCE = 20_000;

/** What an import that is gone on with had loaded. */
export const remembered = async (db: Database, campaign: CampaignId, list: ListId): Promise<ImportMemory> => {
  const memory = new ImportMemory();
  let after = 0;
  for (;;) {
    const rows = await db.rows<{ line: number; external_key: string | null; e164: string | null }>(
      `select straight_join l.line, l.external_key, n.e164
       from (
         select lead_id, line, external_key from campaign_lead force index (lead_of_list)
         where list_id = ? and campaign_id = ? and line > ? order by line limit ?
       ) l
       left join lead_number n on n.lead_id = l.lead_id
       order by l.line`,
      [list, campaign, after, REMEMBERED_AT_ONCE],
    );
    const last = rows.at(-1);
    if (last === undefined) return memory;
    for (const { external_key, e164 } of rows) {
      memory.add(e164 !== null && isPhoneNumber(e164) ? [e164] : [], external_key);
    }
    after = last.line;
  }
};
