/**
 * Where a campaign's leads wait: which sources, queues and zones there are, and which leads come first in each.
 *
 * One rule to remember: every question is a hop to the end of a stretch of the index lead_to_claim, however many leads lie
 * in it, and dozens of hops travel as one statement.
 */
import type { CampaignId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { FRESH, type Cell } from "../domain/lead-mix.ts";
import type { Queryable, SqlValue } from "./database.ts";
import { dateOf } from "./rows.ts";

const QUEUES = [0, 1, 2, 3] as const;
/** What its column holds. */
export const PRIORITY_MAX = 255;

export interface Source {
  readonly sourceId: number;
  readonly weight: number;
  readonly isReady: boolean;
}

/** With the zone's id in place of its name. */
export type Place = Omit<Cell, "priority"> & { readonly zone: number };
export type SqlCell = Place & { priority: number };

export const SOURCES_QUESTION = `
  select c.principal, s.source_id, s.weight, s.state
  from campaign c left join campaign_source s on s.campaign_id = c.campaign_id
  where c.campaign_id = ?
  order by s.position, s.source_id`;

/** For whom the campaign calls, and what it takes leads from. */
export const sourcesOf = async (
  db: Queryable,
  campaign: CampaignId,
): Promise<{ readonly principal: string; readonly sources: readonly Source[] }> => {
  const rows = await db.rows<{ principal: string; source_id: number | null; weight: number; state: string }>(
    SOURCES_QUESTION,
    [campaign],
  );
  const sources = rows.flatMap(({ source_id, weight, state }) =>
    source_id === null ? [] : [{ sourceId: source_id, weight, isReady: state === "ready" }],
  );
  return { principal: rows[0]?.principal ?? "", sources };
};

/** Those that leads stand under, also of sources that are gone, and 0; by hops along the index. */
export const sourcesOfLeads = async (db: Queryable, campaign: number): Promise<number[]> => {
  const sources: number[] = [];
  for (;;) {
    const [row] = await db.rows<{ source_id: number | null }>(
      `select min(source_id) as source_id from campaign_lead force index (lead_to_claim)
       where campaign_id = ? and source_id >= ?`,
      [campaign, (sources.at(-1) ?? -1) + 1],
    );
    const next = row?.source_id ?? null;
    if (next === null) return sources;
    sources.push(next);
  }
};

const FIRST_ZONE = `
  select ? as source_id, ? as queue, min(zone_id) as zone_id from campaign_lead force index (lead_to_claim)
  where campaign_id = ? and source_id = ? and state = 'ready' and queue = ? and zone_id >= ?`;

interface Hop {
  readonly sourceId: number;
  readonly queue: number;
  /** The least zone that is looked for. */
  readonly zone: number;
}

/** For the test that explains it. */
export const placesQuestion = (campaign: CampaignId, hops: readonly Hop[]): [sql: string, values: SqlValue[]] => [
  hops.map(() => `(${FIRST_ZONE})`).join(" union all "),
  hops.flatMap(({ sourceId, queue, zone }) => [sourceId, queue, campaign, sourceId, queue, zone]),
];

/** Every zone in which leads of these sources are ready, by queue: as many rounds as there are zones. */
export const placesOf = async (db: Queryable, campaign: CampaignId, sources: readonly Source[]): Promise<Place[]> => {
  const places: Place[] = [];
  let open = sources.flatMap(({ sourceId, weight }) => QUEUES.map((queue) => ({ sourceId, weight, queue, zone: 0 })));
  while (open.length > 0) {
    const rows = await db.rows<{ source_id: number; queue: number; zone_id: number | null }>(
      ...placesQuestion(campaign, open),
    );
    open = open.flatMap((each) => {
      const found = rows.find(({ source_id, queue }) => source_id === each.sourceId && queue === each.queue);
      const zone = found?.zone_id ?? null;
      if (zone === null) return [];
      places.push({ sourceId: each.sourceId, weight: each.weight, queue: each.queue, zone });
      return [{ ...each, zone: zone + 1 }];
    });
  }
  return places;
};

const HIGHEST = `
  select ? as cell, max(priority) as priority from campaign_lead force index (lead_to_claim)
  where campaign_id = ? and source_id = ? and state = 'ready' and queue = ? and zone_id = ? and priority < ?`;

/** For the test that explains it. */
export const highestQuestion = (
  campaign: CampaignId,
  cells: readonly (Place & { readonly below: number })[],
): [sql: string, values: SqlValue[]] => [
  cells.map(() => `(${HIGHEST})`).join(" union all "),
  cells.flatMap(({ sourceId, queue, zone, below }, index) => [index, campaign, sourceId, queue, zone, below]),
];

/** The highest priority below that one in each place; places that have none are left out. */
export const highestPriorities = async (
  db: Queryable,
  campaign: CampaignId,
  cells: readonly (Place & { readonly below: number })[],
): Promise<SqlCell[]> => {
  if (cells.length === 0) return [];
  const rows = await db.rows<{ cell: number; priority: number | null }>(...highestQuestion(campaign, cells));
  return rows.flatMap(({ cell, priority }) => {
    const place = cells[cell];
    if (place === undefined || priority === null) return [];
    const { sourceId, weight, queue, zone } = place;
    return [{ sourceId, weight, queue, zone, priority }];
  });
};

/** Leads never tried go by their turn; for all others it is 0, and they go by when they are due. */
const candidatesSql = ({ queue }: SqlCell): string => `
  select ? as cell, lead_id from campaign_lead force index (lead_to_claim)
  where campaign_id = ? and source_id = ? and state = 'ready' and queue = ? and zone_id = ? and priority = ?
    ${queue === FRESH ? "" : "and turn = 0"} and due_at <= ?
  order by turn, due_at, lead_id
  limit ?`;

/** For the test that explains it. */
export const candidatesQuestion = (
  campaign: CampaignId,
  wanted: readonly (readonly [cell: SqlCell, count: number])[],
  at: Instant,
): [sql: string, values: (SqlValue | Date)[]] => [
  wanted.map(([cell]) => `(${candidatesSql(cell)})`).join(" union all "),
  wanted.flatMap(([{ sourceId, queue, zone, priority }, count], index) => [
    ...[index, campaign, sourceId, queue, zone, priority],
    ...[dateOf(at), count],
  ]),
];

/** The first so many leads of each cell that are due, as they stand in its order. Nothing is locked. */
export const firstDue = async (
  db: Queryable,
  campaign: CampaignId,
  wanted: readonly (readonly [cell: SqlCell, count: number])[],
  at: Instant,
): Promise<Map<SqlCell, number[]>> => {
  const found = new Map<SqlCell, number[]>(wanted.map(([cell]) => [cell, []]));
  if (wanted.length === 0) return found;
  const rows = await db.rows<{ cell: number; lead_id: number }>(...candidatesQuestion(campaign, wanted, at));
  for (const { cell, lead_id } of rows) {
    const asked = wanted[cell]?.[0];
    if (asked !== undefined) found.get(asked)?.push(lead_id);
  }
  return found;
};
