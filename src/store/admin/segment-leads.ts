/** Which leads a filter takes: counts, a few of them, and what attributes there are to ask for. */
import type { Filter } from "../../lead/segment/filter.ts";
import { leadId, type CampaignId, type LeadId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database, Queryable } from "../database.ts";
import { parsed } from "../rows.ts";
import { filterSql } from "../segment-sql.ts";

export interface LeadsAsked {
  readonly campaignId: CampaignId;
  /** Null for every list. */
  readonly listId: ListId | null;
  readonly filter: Filter;
  readonly at: Instant;
}

export interface FilterCounts {
  /** Looked at. */
  readonly leads: number;
  readonly fitting: number;
  /** Those of the fitting that are neither done nor held. */
  readonly open: number;
  /** The open ones by the source they are in; 0 for none. */
  readonly openBySource: ReadonlyMap<number, number>;
}

/** In one statement, so that none takes longer than a connection waits. */
const LEADS_AT_ONCE = 20_000;

/** `onProgress` with the leads looked at so far, of about so many. */
export const countFitting = async (
  db: Database,
  asked: LeadsAsked,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<FilterCounts> => {
  const lists = await db.rows<{ list_id: number; leads_loaded: number }>(
    "select list_id, leads_loaded from list where campaign_id = ? and state = 'ready' and (? is null or list_id = ?)",
    [asked.campaignId, asked.listId, asked.listId],
  );
  const total = lists.reduce((sum, { leads_loaded }) => sum + leads_loaded, 0);
  const openBySource = new Map<number, number>();
  const sums = { leads: 0, fitting: 0, open: 0 };
  for (const { list_id } of lists) {
    let line = 0;
    for (;;) {
      const [stretch] = await db.rows<{ last: number | null; leads: number }>(
        `select max(x.line) as last, count(*) as leads from (
           select l.line from campaign_lead l force index (lead_of_list)
           where l.list_id = ? and l.campaign_id = ? and l.line > ? order by l.line limit ?
         ) x`,
        [list_id, asked.campaignId, line, LEADS_AT_ONCE],
      );
      if (stretch === undefined || stretch.last === null) break;
      for (const row of await countStretch(db, asked, list_id, line, stretch.last)) {
        sums.fitting += row.leads;
        sums.open += row.open;
        openBySource.set(row.source_id, (openBySource.get(row.source_id) ?? 0) + row.open);
      }
      sums.leads += stretch.leads;
      line = stretch.last;
      onProgress(sums.leads, total);
    }
  }
  return { ...sums, openBySource };
};

const countStretch = (
  db: Queryable,
  { campaignId, filter, at }: LeadsAsked,
  list: number,
  from: number,
  to: number,
): Promise<{ source_id: number; leads: number; open: number }[]> => {
  const fits = filterSql(filter, at);
  return db.rows(
    `select l.source_id, count(*) as leads, count(case when l.state in ('held', 'done') then null else 1 end) as open
     from campaign_lead l force index (lead_of_list)
     where l.list_id = ? and l.campaign_id = ? and l.line > ? and l.line <= ? and ${fits.sql}
     group by l.source_id`,
    [list, campaignId, from, to, ...fits.values],
  );
};

export interface SampleLead {
  readonly leadId: LeadId;
  readonly list: string;
  readonly key: string | null;
  readonly name: string | null;
  readonly region: string | null;
  readonly priority: number;
  readonly attempts: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** In the list's order; to be masked where they are shown. */
  readonly numbers: readonly string[];
}

interface SampleRow {
  readonly lead_id: number;
  readonly list: string;
  readonly external_key: string | null;
  readonly name: string | null;
  readonly region: string | null;
  readonly priority: number;
  readonly attempts_counted: number;
  readonly attributes: string;
}

/** The first of those that fit, list by list. */
export const someFitting = async (
  db: Queryable,
  { campaignId, listId, filter, at }: LeadsAsked,
  limit: number,
): Promise<SampleLead[]> => {
  if (limit === 0) return [];
  const fits = filterSql(filter, at);
  const rows = await db.rows<SampleRow>(
    `select l.lead_id, s.name as list, l.external_key, l.name, l.region, l.priority, l.attempts_counted, l.attributes
     from list s straight_join campaign_lead l force index (lead_of_list)
       on l.list_id = s.list_id and l.campaign_id = s.campaign_id
     where s.campaign_id = ? and s.state = 'ready' and (? is null or s.list_id = ?) and ${fits.sql}
     limit ?`,
    [campaignId, listId, listId, ...fits.values, limit],
  );
  if (rows.length === 0) return [];
  const numbers = await db.rows<{ lead_id: number; e164: string }>(
    "select lead_id, e164 from lead_number where lead_id in (?) order by lead_id, position",
    [rows.map(({ lead_id }) => lead_id)],
  );
  return rows.map((row) => ({
    leadId: leadId(row.lead_id),
    list: row.list,
    key: row.external_key,
    name: row.name,
    region: row.region,
    priority: row.priority,
    attempts: row.attempts_counted,
    attributes: parsed(row.attributes) as Readonly<Record<string, string>>,
    numbers: numbers.flatMap(({ lead_id, e164 }) => (lead_id === row.lead_id ? [e164] : [])),
  }));
};

const LISTS_LOOKED_AT = 20;
const LEADS_OF_A_LIST = 50;

/** As the latest lists have them, from their first leads; null for every campaign. Sorted. */
export const attributeNames = async (db: Queryable, campaign: CampaignId | null): Promise<readonly string[]> => {
  const lists = await db.rows<{ list_id: number; campaign_id: number }>(
    `select list_id, campaign_id from list where state = 'ready' and (? is null or campaign_id = ?)
     order by list_id desc limit ?`,
    [campaign, campaign, LISTS_LOOKED_AT],
  );
  const names = new Set<string>();
  for (const { list_id, campaign_id } of lists) {
    const rows = await db.rows<{ attributes: string }>(
      `select attributes from campaign_lead force index (lead_of_list)
       where list_id = ? and campaign_id = ? order by line limit ?`,
      [list_id, campaign_id, LEADS_OF_A_LIST],
    );
    for (const { attributes } of rows) for (const name of Object.keys(parsed(attributes) as object)) names.add(name);
  }
  return [...names].sort((a, b) => a.localeCompare(b));
};
