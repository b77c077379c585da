/**
 * What a campaign takes leads from: (a list, or all) × (a segment, or every lead), with a weight in the mix and an order.
 *
 * One rule to remember: whoever changes sources asks in the same transaction for leads to be sorted anew (see assign.ts);
 * until that is done, leads are dialled from where they are.
 */
import { campaignId, listId, type CampaignId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { SourceOrder } from "../../lead/segment/turn.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";
import { requestAssignment } from "./assignment-state.ts";
import type { Authority } from "./campaigns.ts";
import { orderColumns, orderOf, type OrderColumns } from "./source-order.ts";

/** What the column holds, and more than anybody needs. */
export const SOURCE_WEIGHT_MAX = 1_000;
export const SOURCES_MAX = 50;

export interface SourceDraft {
  readonly campaignId: CampaignId;
  /** Null for every list of the campaign. */
  readonly listId: ListId | null;
  /** Null for every lead. */
  readonly segmentId: number | null;
  /** 0 takes none, and keeps them from the sources behind it. */
  readonly weight: number;
  readonly order: SourceOrder;
  /** From 1; null for the last. */
  readonly position: number | null;
}

export interface SourceChange {
  readonly weight?: number;
  readonly order?: SourceOrder;
  readonly position?: number;
}

export interface SourceRecord {
  readonly sourceId: number;
  readonly campaignId: CampaignId;
  readonly campaign: string;
  /** From 1. */
  readonly position: number;
  readonly listId: ListId | null;
  readonly list: string | null;
  readonly segmentId: number | null;
  readonly segment: string | null;
  readonly weight: number;
  readonly order: SourceOrder;
  /** Its list is being imported. */
  readonly isLoading: boolean;
  readonly changedAt: Instant;
  readonly changedBy: string;
}

interface SourceRow extends OrderColumns {
  readonly source_id: number;
  readonly campaign_id: number;
  readonly campaign: string;
  readonly list_id: number | null;
  readonly list: string | null;
  readonly segment_id: number | null;
  readonly segment: string | null;
  readonly weight: number;
  readonly state: "loading" | "ready";
  readonly changed_at: Date;
  readonly changed_by: string;
}

const SELECT_SOURCE = `
  select s.source_id, s.campaign_id, c.name as campaign, s.list_id, i.name as list, s.segment_id, g.name as segment,
    s.weight, s.ordering, s.attribute, s.descending, s.state, s.changed_at, s.changed_by
  from campaign_source s
  join campaign c on c.campaign_id = s.campaign_id
  left join list i on i.list_id = s.list_id
  left join segment g on g.segment_id = s.segment_id`;

/** Of one campaign, in order of position. */
export const sourcesOf = async (db: Queryable, campaign: CampaignId): Promise<SourceRecord[]> => {
  const rows = await db.rows<SourceRow>(`${SELECT_SOURCE} where s.campaign_id = ? order by s.position, s.source_id`, [
    campaign,
  ]);
  return rows.map((row, index) => ({
    sourceId: row.source_id,
    campaignId: campaignId(row.campaign_id),
    campaign: row.campaign,
    position: index + 1,
    listId: row.list_id === null ? null : listId(row.list_id),
    list: row.list,
    segmentId: row.segment_id,
    segment: row.segment,
    weight: row.weight,
    order: orderOf(row),
    isLoading: row.state === "loading",
    changedAt: instantOf(row.changed_at),
    changedBy: row.changed_by,
  }));
};

export const findSource = async (db: Queryable, source: number): Promise<SourceRecord | null> => {
  const [row] = await db.rows<{ campaign_id: number }>("select campaign_id from campaign_source where source_id = ?", [
    source,
  ]);
  if (row === undefined) return null;
  const all = await sourcesOf(db, campaignId(row.campaign_id));
  return all.find(({ sourceId }) => sourceId === source) ?? null;
};

/** Rejects with `conflict` when the campaign takes these leads already, or its list or segment has gone. */
export const addSource = async (db: Database, draft: SourceDraft, who: Authority): Promise<number> =>
  db.transaction(async (tx) => {
    await requestAssignment(tx, draft.campaignId, who.at);
    return insertSource(tx, draft, who);
  });

const insertSource = async (tx: Queryable, draft: SourceDraft, who: Authority): Promise<number> => {
  if (draft.segmentId !== null) await lockSegment(tx, draft.segmentId);
  const there = await tx.rows<{ source_id: number; list_id: number | null; segment_id: number | null }>(
    "select source_id, list_id, segment_id from campaign_source where campaign_id = ? order by position, source_id",
    [draft.campaignId],
  );
  const twin = there.find((row) => row.list_id === draft.listId && row.segment_id === draft.segmentId);
  if (twin !== undefined) {
    throw new StoreError("conflict", `the campaign takes these leads already, from source ${twin.source_id}`);
  }
  if (there.length >= SOURCES_MAX) throw new StoreError("conflict", `a campaign has at most ${SOURCES_MAX} sources`);
  const { insertId } = await tx.write(
    `insert into campaign_source (campaign_id, position, list_id, segment_id, weight, ordering, attribute, descending,
       state, added_at, changed_at, changed_by)
     values (?)`,
    [
      [
        ...[draft.campaignId, there.length + 1, draft.listId, draft.segmentId, draft.weight],
        ...[...orderColumns(draft.order), "ready", dateOf(who.at), dateOf(who.at), clipped(who.by, 100)],
      ],
    ],
  );
  const ids = there.map(({ source_id }) => source_id);
  await renumber(tx, [...ids, insertId], insertId, draft.position ?? ids.length + 1);
  return insertId;
};

const lockSegment = async (tx: Queryable, segment: number): Promise<void> => {
  const [row] = await tx.rows("select segment_id from segment where segment_id = ? lock in share mode", [segment]);
  if (row === undefined) throw new StoreError("conflict", "the segment has been removed meanwhile");
};

/** From 1 without gaps, with `moved` at this place, or the nearest there is. */
const renumber = async (tx: Queryable, ids: readonly number[], moved: number, position: number): Promise<void> => {
  const others = ids.filter((id) => id !== moved);
  const order = [...others.slice(0, position - 1), moved, ...others.slice(position - 1)];
  for (const [index, id] of order.entries()) {
    await tx.write("update campaign_source set position = ? where source_id = ?", [index + 1, id]);
  }
};

/** Null when there is no such source. `sorts`: leads have to be sorted anew; a weight alone asks for nothing. */
export const changeSource = async (
  db: Database,
  source: number,
  { weight, order, position }: SourceChange,
  who: Authority,
): Promise<{ readonly campaignId: CampaignId; readonly sorts: boolean } | null> => {
  const found = await findSource(db, source);
  if (found === null) return null;
  const sorts = order !== undefined || position !== undefined;
  return db.transaction(async (tx) => {
    if (sorts) await requestAssignment(tx, found.campaignId, who.at);
    const [ordering, attribute, descending] = orderColumns(order ?? found.order);
    const { matched } = await tx.write(
      `update campaign_source set weight = ?, ordering = ?, attribute = ?, descending = ?, changed_at = ?, changed_by = ?
       where source_id = ?`,
      [...[weight ?? found.weight, ordering, attribute, descending], dateOf(who.at), clipped(who.by, 100), source],
    );
    if (matched === 0) return null;
    if (position !== undefined) await renumber(tx, await idsOf(tx, found.campaignId), source, position);
    return { campaignId: found.campaignId, sorts };
  });
};

const idsOf = async (tx: Queryable, campaign: CampaignId): Promise<number[]> => {
  const rows = await tx.rows<{ source_id: number }>(
    "select source_id from campaign_source where campaign_id = ? order by position, source_id",
    [campaign],
  );
  return rows.map(({ source_id }) => source_id);
};

/** The campaign, whose leads are to be sorted anew; null when there is no such source. Rejects with `conflict` while its list loads. */
export const removeSource = async (db: Database, source: number, who: Authority): Promise<CampaignId | null> => {
  const found = await findSource(db, source);
  if (found === null) return null;
  return db.transaction(async (tx) => {
    await requestAssignment(tx, found.campaignId, who.at);
    const { matched } = await tx.write("delete from campaign_source where source_id = ? and state = 'ready'", [source]);
    if (matched === 1) return found.campaignId;
    // The import counts on it.
    if (found.isLoading) throw new StoreError("conflict", "its list is being imported; wait until it is loaded");
    return null;
  });
};

/** By name, whatever its case; null also for one that is being imported. */
export const findListId = async (db: Queryable, campaign: CampaignId, name: string): Promise<ListId | null> => {
  const [row] = await db.rows<{ list_id: number }>(
    "select list_id from list where campaign_id = ? and name = ? and state = 'ready'",
    [campaign, name],
  );
  return row === undefined ? null : listId(row.list_id);
};

/** Of every source of which the campaign has leads; 0 for leads that no source takes. */
export interface SourceCounts {
  readonly leads: number;
  /** Waiting, and never tried. */
  readonly fresh: number;
  /** Waiting, and tried before or to be called back. */
  readonly again: number;
  /** Those of the waiting that are due. */
  readonly due: number;
  /** In a hopper, or being dialled. */
  readonly inHand: number;
  readonly held: number;
  readonly done: number;
}

export const NO_SOURCE_COUNTS: SourceCounts = { leads: 0, fresh: 0, again: 0, due: 0, inHand: 0, held: 0, done: 0 };

interface CountRow {
  readonly source_id: number;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly tried: number;
  readonly leads: number;
  readonly due: number;
}

/** Reads nothing but the index lead_to_claim. */
export const countSources = async (
  db: Queryable,
  campaign: CampaignId,
  at: Instant,
): Promise<ReadonlyMap<number, SourceCounts>> => {
  const rows = await db.rows<CountRow>(
    `select source_id, state, queue >= 2 as tried, count(*) as leads, count(case when due_at <= ? then 1 end) as due
     from campaign_lead force index (lead_to_claim) where campaign_id = ? group by source_id, state, tried`,
    [dateOf(at), campaign],
  );
  const counts = new Map<number, SourceCounts>();
  for (const { source_id, state, tried, leads, due } of rows) {
    const before = counts.get(source_id) ?? NO_SOURCE_COUNTS;
    const waits = state === "ready";
    counts.set(source_id, {
      leads: before.leads + leads,
      fresh: before.fresh + (waits && tried === 0 ? leads : 0),
      again: before.again + (waits && tried !== 0 ? leads : 0),
      due: before.due + (waits ? due : 0),
      inHand: before.inHand + (state === "leased" || state === "dialling" ? leads : 0),
      held: before.held + (state === "held" ? leads : 0),
      done: before.done + (state === "done" ? leads : 0),
    });
  }
  return counts;
};

/**
 * For an import, in the transaction that makes its list `ready`: its own source gives leads from now on. True when another
 * source may take some of them, or all; `runAssignment` then sorts this list and leaves the others.
 */
export const openListSource = async (
  tx: Queryable,
  campaign: CampaignId,
  list: ListId,
  at: Instant,
): Promise<boolean> => {
  const [others] = await tx.rows<{ count: number }>(
    `select count(*) as count from campaign_source
     where campaign_id = ? and (list_id is null or (list_id = ? and segment_id is not null))`,
    [campaign, list],
  );
  const sorts = others !== undefined && others.count > 0;
  if (sorts) await requestAssignment(tx, campaign, at, list);
  await tx.write("update campaign_source set state = 'ready', changed_at = ? where list_id = ? and state = 'loading'", [
    dateOf(at),
    list,
  ]);
  return sorts;
};
