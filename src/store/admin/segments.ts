/** Segments: filters with a name, for any campaign. */
import type { Filter } from "../../lead/segment/filter.ts";
import { campaignId, type CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, instantOf, jsonOf, parsed } from "../rows.ts";
import { requestAssignment } from "./assignment-state.ts";
import type { Authority } from "./campaigns.ts";
import { orTaken } from "./taken.ts";

/** Of the shape of a filter in the row: one that another version wrote in another shape is not guessed at. */
const TREE_VERSION = 1;

export interface SegmentDraft {
  /** Unique, whatever its case. */
  readonly name: string;
  /** As somebody wrote it. */
  readonly text: string;
  /** As it was read from the text. */
  readonly filter: Filter;
  readonly asksHistory: boolean;
  readonly asksClock: boolean;
}

export interface SegmentRecord extends SegmentDraft {
  readonly segmentId: number;
  readonly addedAt: Instant;
  readonly changedAt: Instant;
  readonly changedBy: string;
  /** Names of the campaigns that take leads through it. */
  readonly campaigns: readonly string[];
}

interface SegmentRow {
  readonly segment_id: number;
  readonly name: string;
  readonly filter: string;
  readonly tree: string;
  readonly asks_history: number;
  readonly asks_clock: number;
  readonly added_at: Date;
  readonly changed_at: Date;
  readonly changed_by: string;
}

const SELECT_SEGMENT = `select segment_id, name, filter, tree, asks_history, asks_clock, added_at, changed_at, changed_by
  from segment`;

const treeOf = (filter: Filter): string => jsonOf({ version: TREE_VERSION, filter });

/** Rejects with `broken` when another version wrote it in a shape of its own. */
export const filterOf = (tree: string): Filter => {
  const { version, filter } = parsed(tree) as { readonly version: number; readonly filter: Filter };
  if (version === TREE_VERSION) return filter;
  throw new StoreError("broken", "a segment was written by another version of this program; add it again");
};

/** By name. */
export const segments = async (db: Queryable): Promise<SegmentRecord[]> => {
  const rows = await db.rows<SegmentRow>(`${SELECT_SEGMENT} order by name`);
  const uses = await db.rows<{ segment_id: number; name: string }>(
    `select distinct s.segment_id, c.name from campaign_source s join campaign c on c.campaign_id = s.campaign_id
     where s.segment_id is not null order by c.name`,
  );
  return rows.map((row) => ({
    segmentId: row.segment_id,
    name: row.name,
    text: row.filter,
    filter: filterOf(row.tree),
    asksHistory: row.asks_history === 1,
    asksClock: row.asks_clock === 1,
    addedAt: instantOf(row.added_at),
    changedAt: instantOf(row.changed_at),
    changedBy: row.changed_by,
    campaigns: uses.flatMap(({ segment_id, name }) => (segment_id === row.segment_id ? [name] : [])),
  }));
};

/** Campaigns with a segment whose answers change with time alone, by id. */
export const campaignsAskingClock = async (db: Queryable): Promise<CampaignId[]> => {
  const rows = await db.rows<{ campaign_id: number }>(
    `select distinct s.campaign_id from campaign_source s join segment g on g.segment_id = s.segment_id
     where g.asks_clock = 1 order by s.campaign_id`,
  );
  return rows.map(({ campaign_id }) => campaignId(campaign_id));
};

/** By name, whatever its case. */
export const findSegment = async (db: Queryable, name: string): Promise<SegmentRecord | null> =>
  (await segments(db)).find((segment) => segment.name.toLowerCase() === name.toLowerCase()) ?? null;

/** Rejects with `conflict` when there is one of that name. */
export const addSegment = async (db: Database, draft: SegmentDraft, who: Authority): Promise<number> => {
  const { insertId } = await orTaken(
    `there is already a segment "${draft.name}"`,
    db.write(
      `insert into segment (name, filter, tree, asks_history, asks_clock, added_at, changed_at, changed_by)
       values (?)`,
      [[draft.name, ...columnsOf(draft), dateOf(who.at), dateOf(who.at), clipped(who.by, 100)]],
    ),
  );
  return insertId;
};

const columnsOf = ({ text, filter, asksHistory, asksClock }: SegmentDraft) => [
  ...[text, treeOf(filter), asksHistory ? 1 : 0, asksClock ? 1 : 0],
];

/** The campaigns whose leads must be sorted anew, which they will be (see assign.ts); null when there is no such segment. */
export const changeSegment = async (
  db: Database,
  draft: SegmentDraft,
  who: Authority,
): Promise<readonly CampaignId[] | null> =>
  db.transaction(async (tx) => {
    const id = await lockedSegment(tx, draft.name);
    if (id === null) return null;
    await tx.write(
      `update segment set filter = ?, tree = ?, asks_history = ?, asks_clock = ?, changed_at = ?, changed_by = ?
       where segment_id = ?`,
      [...columnsOf(draft), dateOf(who.at), clipped(who.by, 100), id],
    );
    const users = await usersOf(tx, id);
    for (const campaign of users) await requestAssignment(tx, campaign, who.at);
    return users;
  });

/** `used`: a source of a campaign takes leads through it. */
export const removeSegment = async (db: Database, name: string): Promise<"removed" | "used" | "unknown"> =>
  db.transaction(async (tx) => {
    const id = await lockedSegment(tx, name);
    if (id === null) return "unknown";
    if ((await usersOf(tx, id)).length > 0) return "used";
    await tx.write("delete from segment where segment_id = ?", [id]);
    return "removed";
  });

/** Whoever gives it to a source locks it too, so nobody's segment goes while they take it. */
const lockedSegment = async (tx: Queryable, name: string): Promise<number | null> => {
  const [row] = await tx.rows<{ segment_id: number }>("select segment_id from segment where name = ? for update", [
    name,
  ]);
  return row?.segment_id ?? null;
};

const usersOf = async (tx: Queryable, segment: number): Promise<CampaignId[]> => {
  const rows = await tx.rows<{ campaign_id: number }>(
    "select distinct campaign_id from campaign_source where segment_id = ? order by campaign_id",
    [segment],
  );
  return rows.map(({ campaign_id }) => campaignId(campaign_id));
};
