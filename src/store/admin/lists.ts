/** Which lists there are, and how far they have been worked. */
import { campaignId, listId, type CampaignId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { sourcesOfLeads } from "../claim-cells.ts";
import type { Database } from "../database.ts";
import { dateOf, instantOf } from "../rows.ts";
import { countLeads, NO_LEADS, type LeadCounts } from "./lead-counts.ts";

export interface ListSummary {
  readonly listId: ListId;
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly name: string;
  readonly fileName: string | null;
  readonly fileHash: string | null;
  readonly importedBy: string;
  readonly importedAt: Instant;
  readonly defaultTimeZone: string | null;
  readonly rowsRead: number;
  readonly rowsRejected: number;
  readonly rowsDuplicate: number;
  readonly leadsLoaded: number;
  readonly numbersLoaded: number;
  readonly leads: LeadCounts;
}

interface ListRow {
  readonly list_id: number;
  readonly campaign_id: number;
  readonly campaign: string;
  readonly name: string;
  readonly file_name: string | null;
  readonly file_hash: string | null;
  readonly imported_by: string;
  readonly imported_at: Date;
  readonly default_time_zone: string | null;
  readonly rows_read: number;
  readonly rows_rejected: number;
  readonly rows_duplicate: number;
  readonly leads_loaded: number;
  readonly numbers_loaded: number;
}

/** Those that are loaded whole; newest first. */
export const listSummaries = async (db: Database, at: Instant, campaign?: CampaignId): Promise<ListSummary[]> => {
  const rows = await db.rows<ListRow>(
    `select s.list_id, s.campaign_id, c.name as campaign, s.name, s.file_name, s.file_hash, s.imported_by,
       s.imported_at, s.default_time_zone, s.rows_read, s.rows_rejected, s.rows_duplicate, s.leads_loaded,
       s.numbers_loaded
     from list s join campaign c on c.campaign_id = s.campaign_id
     where s.state = 'ready' and (? is null or s.campaign_id = ?)
     order by s.imported_at desc, s.list_id desc`,
    [campaign ?? null, campaign ?? null],
  );
  const counts = await countLeads(db, "list", [...new Set(rows.map(({ campaign_id }) => campaign_id))], at);
  return rows.map((row) => ({
    listId: listId(row.list_id),
    campaignId: campaignId(row.campaign_id),
    campaignName: row.campaign,
    name: row.name,
    fileName: row.file_name,
    fileHash: row.file_hash,
    importedBy: row.imported_by,
    importedAt: instantOf(row.imported_at),
    defaultTimeZone: row.default_time_zone,
    rowsRead: row.rows_read,
    rowsRejected: row.rows_rejected,
    rowsDuplicate: row.rows_duplicate,
    leadsLoaded: row.leads_loaded,
    numbersLoaded: row.numbers_loaded,
    leads: counts.get(row.list_id) ?? NO_LEADS,
  }));
};

/** A list of the same campaign that came from the same file, if any: worth a question before loading it again. */
export const findListByHash = async (
  db: Database,
  campaign: CampaignId,
  fileHash: string,
): Promise<{ readonly listId: ListId; readonly name: string; readonly importedAt: Instant } | null> => {
  const [row] = await db.rows<{ list_id: number; name: string; imported_at: Date }>(
    `select list_id, name, imported_at from list
     where campaign_id = ? and file_hash = ? and state = 'ready'
     order by list_id desc limit 1`,
    [campaign, fileHash],
  );
  return row === undefined
    ? null
    : { listId: listId(row.list_id), name: row.name, importedAt: instantOf(row.imported_at) };
};

export const listNames = async (db: Database, campaign: CampaignId): Promise<string[]> => {
  const rows = await db.rows<{ name: string }>(
    "select name from list where campaign_id = ? and state = 'ready' order by name",
    [campaign],
  );
  return rows.map(({ name }) => name);
};

/** Lets go of leads that were held, such as after a trunk was mended; they are due at once. Returns how many. */
export const releaseHeldLeads = async (db: Database, campaign: CampaignId, at: Instant): Promise<number> => {
  const sources = await sourcesOfLeads(db, campaign);
  if (sources.length === 0) return 0;
  const { matched } = await db.write(
    `update campaign_lead force index (lead_to_claim) set state = 'ready', due_at = ?, changed_at = ?
     where campaign_id = ? and source_id in (?) and state = 'held'`,
    [dateOf(at), dateOf(at), campaign, sources],
  );
  return matched;
};
