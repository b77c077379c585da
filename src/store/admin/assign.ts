/**
 * Puts leads into sources: the first, in order of position, whose list and segment a lead fits; 0 where none takes it.
 *
 * Two rules to remember. A lead is looked at and moved under its lock, in order of lead_id, so that whoever changes it at
 * the same moment is either seen or sorts it themselves. And locks are held for a few milliseconds: most of the work is a
 * look without any lock at who has to move at all.
 */
import type { CampaignId, LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database, Queryable } from "../database.ts";
import { placementSql, readPlacement, type Placement } from "./assign-sql.ts";
import { assignmentState, noteAssigned } from "./assignment-state.ts";
import { aloneOf } from "./retention.ts";
import { turnSql } from "../segment-sql.ts";

/** Looked at in one question. */
const LEADS_LOOKED_AT = 2_000;
/** Locked at a time, for a few milliseconds. Whoever ends an attempt to one of them waits so long; claims pass them over. */
const LEADS_LOCKED = 100;

/**
 * Puts these leads of one campaign where they belong now; returns how many moved. In the caller's transaction, which may
 * have written or locked them already. For the leads of an import, and for a lead whose attributes or numbers changed.
 */
export const assignLeads = async (
  tx: Queryable,
  campaign: CampaignId,
  leads: readonly LeadId[],
  at: Instant,
): Promise<number> => {
  if (leads.length === 0) return 0;
  const placement = await readPlacement(tx, campaign);
  let moved = 0;
  for (const some of slices(
    [...leads].sort((a, b) => a - b),
    LEADS_LOOKED_AT,
  )) {
    moved += await placeLocked(tx, placement, some, at);
  }
  return moved;
};

/**
 * For the transaction that ended or disposed an attempt, after it has written the lead: sorts the lead anew where a
 * segment of its campaign asks for history. Costs one look at an index where none does.
 */
export const reassignAfterAttempt = async (
  tx: Queryable,
  campaign: CampaignId,
  lead: LeadId,
  at: Instant,
): Promise<void> => {
  const [asking] = await tx.rows<{ source_id: number }>(
    `select s.source_id from campaign_source s join segment g on g.segment_id = s.segment_id
     where s.campaign_id = ? and g.asks_history = 1 limit 1`,
    [campaign],
  );
  if (asking !== undefined) await assignLeads(tx, campaign, [lead], at);
};

export interface AssignmentRun {
  readonly now: () => Instant;
  /** False to stop after what is under way; the next run goes on there. */
  readonly goOn?: () => boolean;
  /** Leads looked at so far, of about so many. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AssignmentReport {
  readonly leadsSeen: number;
  readonly leadsMoved: number;
  readonly isDone: boolean;
}

/**
 * Goes on with what `requestAssignment` asked for, until every lead of the campaign's loaded lists is where it belongs. Null
 * when another process is about it. May be stopped or killed anywhere and called again: a run ends in the same state
 * whatever was before it.
 */
export const runAssignment = (
  db: Database,
  campaign: CampaignId,
  run: AssignmentRun,
): Promise<AssignmentReport | null> =>
  aloneOf(db, `assign ${campaign}`, async () => {
    let report: AssignmentReport = { leadsSeen: 0, leadsMoved: 0, isDone: false };
    // Again from the beginning when the sources change under us.
    for (;;) {
      const part = await onePass(db, campaign, run, report);
      report = part.report;
      if (part.ended) return report;
    }
  });

interface Pass {
  readonly report: AssignmentReport;
  readonly ended: boolean;
}

const onePass = async (
  db: Database,
  campaign: CampaignId,
  { now, goOn = () => true, onProgress = () => undefined }: AssignmentRun,
  before: AssignmentReport,
): Promise<Pass> => {
  // The state first: sources that change after it are noticed by its version.
  const state = await assignmentState(db, campaign);
  if (state?.isPending !== true) return { report: { ...before, isDone: true }, ended: true };
  const { version } = state;
  const placement = await readPlacement(db, campaign);
  const lists = await listsFrom(db, campaign, state.listId);
  const total = before.leadsSeen + lists.reduce((sum, { leads_loaded }) => sum + leads_loaded, 0);
  let report = before;
  for (const { list_id } of lists) {
    let line: number | null = list_id === state.listId ? state.line : 0;
    for (;;) {
      if (!goOn()) return { report, ended: true };
      const stretch: Stretch | null = await nextStretch(db, campaign, list_id, line);
      if (stretch === null) break;
      const moved = await placeStretch(db, placement, stretch, now);
      report = { ...report, leadsSeen: report.leadsSeen + stretch.leads, leadsMoved: report.leadsMoved + moved };
      line = stretch.to;
      if (!(await noteAssigned(db, campaign, version, { listId: list_id, line }, now())))
        return { report, ended: false };
      onProgress(report.leadsSeen, total);
    }
  }
  const isLast = await noteAssigned(db, campaign, version, "done", now());
  return { report: { ...report, isDone: isLast }, ended: isLast };
};

interface ListRow {
  readonly list_id: number;
  readonly leads_loaded: number;
}

/** A list that is loading sorts its own leads. */
const listsFrom = (db: Queryable, campaign: CampaignId, from: number): Promise<ListRow[]> =>
  db.rows<ListRow>(
    "select list_id, leads_loaded from list where campaign_id = ? and state = 'ready' and list_id >= ? order by list_id",
    [campaign, from],
  );

/** Some leads of a list by their lines, the first end excluded: along the index lead_of_list. */
interface Stretch {
  readonly campaign: CampaignId;
  readonly listId: number;
  readonly after: number;
  readonly to: number;
  readonly leads: number;
}

const nextStretch = async (
  db: Queryable,
  campaign: CampaignId,
  listId: number,
  line: number,
): Promise<Stretch | null> => {
  const [row] = await db.rows<{ last: number | null; leads: number }>(
    `select max(x.line) as last, count(*) as leads from (
       select l.line from campaign_lead l force index (lead_of_list)
       where l.list_id = ? and l.campaign_id = ? and l.line > ? order by l.line limit ?
     ) x`,
    [listId, campaign, line, LEADS_LOOKED_AT],
  );
  if (row === undefined || row.last === null) return null;
  return { campaign, listId, after: line, to: row.last, leads: row.leads };
};

const placeStretch = async (
  db: Database,
  placement: Placement,
  stretch: Stretch,
  now: () => Instant,
): Promise<number> => {
  const strays = await straysOf(db, placement, stretch, now());
  let moved = 0;
  for (const some of slices(strays, LEADS_LOCKED)) {
    moved += await db.transaction((tx) => placeLocked(tx, placement, some, now()));
  }
  return moved;
};

/** Those that are not where they belong, as it looks without a lock. By id. */
const straysOf = async (
  db: Queryable,
  placement: Placement,
  { campaign, listId, after: from, to }: Stretch,
  at: Instant,
): Promise<number[]> => {
  const place = placementSql(placement, at);
  const rows = await db.rows<{ lead_id: number }>(
    `select x.lead_id from (
       select l.lead_id, l.source_id, l.turn, ${place.sql} as place
       from campaign_lead l force index (lead_of_list)
       where l.list_id = ? and l.campaign_id = ? and l.line > ? and l.line <= ?
     ) x
     where x.place <> x.source_id * 4294967296 + x.turn
     order by x.lead_id`,
    [...place.values, listId, campaign, from, to],
  );
  return rows.map(({ lead_id }) => lead_id);
};

interface PlacedRow {
  readonly lead_id: number;
  readonly source_id: number;
  readonly turn: number;
  /** As text: it may be more than a double tells apart. */
  readonly place: string;
}

/** Locks them, looks again, and moves those that have to. Returns how many. */
const placeLocked = async (
  tx: Queryable,
  placement: Placement,
  leads: readonly number[],
  at: Instant,
): Promise<number> => {
  const place = placementSql(placement, at);
  const rows = await tx.rows<PlacedRow>(
    `select l.lead_id, l.source_id, l.turn, cast(${place.sql} as char) as place
     from campaign_lead l where l.lead_id in (?) and l.campaign_id = ? order by l.lead_id for update`,
    [...place.values, leads, placement.campaignId],
  );
  const bySource = new Map<number, number[]>();
  for (const { lead_id, source_id, turn, place: packed } of rows) {
    if (BigInt(packed) === BigInt(source_id) * 4_294_967_296n + BigInt(turn)) continue;
    const wanted = Number(BigInt(packed) / 4_294_967_296n);
    const some = bySource.get(wanted);
    if (some === undefined) bySource.set(wanted, [lead_id]);
    else some.push(lead_id);
  }
  let moved = 0;
  for (const [sourceId, some] of bySource) {
    const order = placement.sources.find((source) => source.sourceId === sourceId)?.order ?? { by: "imported" };
    // The row is ours now, so its turn comes out as it did above.
    const turn = turnSql(order, sourceId);
    await tx.write(
      `update campaign_lead l set l.source_id = ?, l.turn = if(l.queue = 0, ${turn.sql}, 0) where l.lead_id in (?)`,
      [sourceId, ...turn.values, some],
    );
    moved += some.length;
  }
  return moved;
};

const slices = <Item>(items: readonly Item[], size: number): Item[][] => {
  const parts: Item[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
};
