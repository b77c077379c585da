/** How far a campaign's leads have been put into its sources since these changed. */
import { campaignId, type CampaignId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { dateOf, instantOf } from "../rows.ts";

export interface AssignmentState {
  /** Grows with every change of the sources. */
  readonly version: number;
  readonly isPending: boolean;
  /** The last lead that was looked at, in order of lists and of lines within one. */
  readonly listId: number;
  readonly line: number;
  readonly changedAt: Instant;
}

interface StateRow {
  readonly version: number;
  readonly state: "pending" | "done";
  readonly list_id: number;
  readonly line: number;
  readonly changed_at: Date;
}

/** Null for a campaign whose sources never changed. */
export const assignmentState = async (db: Queryable, campaign: CampaignId): Promise<AssignmentState | null> => {
  const [row] = await db.rows<StateRow>(
    "select version, state, list_id, line, changed_at from campaign_assignment where campaign_id = ?",
    [campaign],
  );
  if (row === undefined) return null;
  const { version, state, list_id, line, changed_at } = row;
  return { version, isPending: state === "pending", listId: list_id, line, changedAt: instantOf(changed_at) };
};

/** Those that somebody has to go on with, by id. */
export const pendingAssignments = async (db: Queryable): Promise<CampaignId[]> => {
  const rows = await db.rows<{ campaign_id: number }>(
    "select campaign_id from campaign_assignment where state = 'pending' order by campaign_id",
  );
  return rows.map(({ campaign_id }) => campaignId(campaign_id));
};

/**
 * To be called in the transaction that changes the sources, before anything else of it: it also makes two such changes
 * wait for one another. From this list on, where the earlier ones stay as they are.
 */
export const requestAssignment = async (
  tx: Queryable,
  campaign: CampaignId,
  at: Instant,
  from: ListId | null = null,
): Promise<void> => {
  await tx.write(
    `insert into campaign_assignment (campaign_id, version, state, list_id, line, changed_at)
     values (?, 1, 'pending', ?, 0, ?)
     on duplicate key update
       line = if(state = 'pending' and list_id < ?, line, 0),
       list_id = if(state = 'pending', least(list_id, ?), ?),
       version = version + 1, state = 'pending', changed_at = ?`,
    [...[campaign, from ?? 0, dateOf(at)], ...[from ?? 0, from ?? 0, from ?? 0], dateOf(at)],
  );
};

/** False when the sources have changed meanwhile, or somebody else has come to the end. */
export const noteAssigned = async (
  tx: Queryable,
  campaign: CampaignId,
  version: number,
  to: { readonly listId: number; readonly line: number } | "done",
  at: Instant,
): Promise<boolean> => {
  const { matched } =
    to === "done"
      ? await tx.write(
          `update campaign_assignment set state = 'done', changed_at = ?
           where campaign_id = ? and version = ? and state = 'pending'`,
          [dateOf(at), campaign, version],
        )
      : await tx.write(
          `update campaign_assignment set list_id = ?, line = ?, changed_at = ?
           where campaign_id = ? and version = ? and state = 'pending'`,
          [to.listId, to.line, dateOf(at), campaign, version],
        );
  return matched === 1;
};
