/** Where a lead belongs, as one expression over all sources of its campaign. */
import type { Filter } from "../../lead/segment/filter.ts";
import type { SourceOrder } from "../../lead/segment/turn.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { filterSql, turnSql, type SqlPart } from "../segment-sql.ts";
import { filterOf } from "./segments.ts";
import { orderOf, type OrderColumns } from "./source-order.ts";

export interface PlacedSource {
  readonly sourceId: number;
  /** Null for every list. */
  readonly listId: number | null;
  /** Null for every lead. */
  readonly filter: Filter | null;
  readonly order: SourceOrder;
  /** Its list is being imported, and nothing is taken from it yet. */
  readonly isLoading: boolean;
}

export interface Placement {
  readonly campaignId: CampaignId;
  /** In order of position: the first that fits is it. */
  readonly sources: readonly PlacedSource[];
  /** Nothing of these may be taken before they are loaded whole. */
  readonly listsLoading: readonly number[];
}

interface SourceRow extends OrderColumns {
  readonly source_id: number;
  readonly list_id: number | null;
  readonly tree: string | null;
  readonly state: "loading" | "ready";
}

export const readPlacement = async (db: Queryable, campaign: CampaignId): Promise<Placement> => {
  const rows = await db.rows<SourceRow>(
    `select s.source_id, s.list_id, g.tree, s.ordering, s.attribute, s.descending, s.state
     from campaign_source s left join segment g on g.segment_id = s.segment_id
     where s.campaign_id = ? order by s.position, s.source_id`,
    [campaign],
  );
  const loading = await db.rows<{ list_id: number }>(
    "select list_id from list where campaign_id = ? and state = 'loading'",
    [campaign],
  );
  return {
    campaignId: campaign,
    sources: rows.map((row) => ({
      sourceId: row.source_id,
      listId: row.list_id,
      filter: row.tree === null ? null : filterOf(row.tree),
      order: orderOf(row),
      isLoading: row.state === "loading",
    })),
    listsLoading: loading.map(({ list_id }) => list_id),
  };
};

/**
 * Of a row of campaign_lead called `l`: source × 2³² + turn, so that one comparison tells whether it is in its place.
 * Only leads never tried have a turn; the others go by when they are due.
 */
export const placementSql = ({ sources, listsLoading }: Placement, at: Instant): SqlPart => {
  const cases = sources.map((source) => caseOf(source, listsLoading, at));
  if (cases.length === 0) return { sql: "0", values: [] };
  return {
    sql: `(case ${cases.map(({ sql }) => sql).join(" ")} else 0 end)`,
    values: cases.flatMap(({ values }) => values),
  };
};

const caseOf = (source: PlacedSource, listsLoading: readonly number[], at: Instant): SqlPart => {
  const inList: SqlPart = source.listId === null ? TRUE : { sql: "l.list_id = ?", values: [source.listId] };
  const fits = source.filter === null ? TRUE : filterSql(source.filter, at);
  const turn = turnSql(source.order, source.sourceId);
  const place = `(? * 4294967296 + if(l.queue = 0, ${turn.sql}, 0))`;
  const placed: SqlPart = { sql: place, values: [source.sourceId, ...turn.values] };
  // It belongs there, but may not be taken before the whole list may.
  const then: SqlPart =
    source.isLoading || listsLoading.length === 0
      ? placed
      : { sql: `if(l.list_id in (?), 0, ${placed.sql})`, values: [listsLoading, ...placed.values] };
  return {
    sql: `when ${inList.sql} and ${fits.sql} then ${then.sql}`,
    values: [...inList.values, ...fits.values, ...then.values],
  };
};

const TRUE: SqlPart = { sql: "true", values: [] };
