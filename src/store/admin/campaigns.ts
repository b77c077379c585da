/** What managers do with campaigns. A running daemon sees it within a second, because it asks that often. */
import type { Campaign, CampaignState } from "../../domain/campaign.ts";
import { campaignId, type CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { campaignAssignments, campaignOf, SELECT_CAMPAIGN, type CampaignRow } from "../campaign-row.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";
import { countLeads, NO_LEADS, type LeadCounts } from "./lead-counts.ts";
import { orTaken } from "./taken.ts";

export type CampaignDraft = Omit<Campaign, "campaignId">;

/** Who decided, and when: kept with every change. */
export interface Authority {
  readonly by: string;
  readonly at: Instant;
}

export interface CampaignSummary {
  readonly campaign: Campaign;
  readonly leads: LeadCounts;
  /** Attempts not ended, over all nodes. */
  readonly attemptsOpen: number;
  readonly agentsAssigned: number;
  readonly agentsLoggedIn: number;
  readonly changedAt: Instant;
  readonly changedBy: string;
  /** Why the daemon stopped it; null when a manager did, or nobody. */
  readonly stoppedBecause: string | null;
}

const BY_CHARACTERS_MAX = 100;

/** Rejects with `conflict` when the name is taken. */
export const addCampaign = async (db: Database, draft: CampaignDraft, who: Authority): Promise<CampaignId> => {
  const assignments = campaignAssignments(draft);
  const { insertId } = await orTaken(
    `there is already a campaign "${draft.name}"`,
    db.write(
      // The names of the columns are ours; the values are given apart.
      `insert into campaign (${assignments.map(([column]) => column).join(", ")}, added_at, changed_at, changed_by)
       values (?, ?, ?, ?)`,
      [assignments.map(([, value]) => value), dateOf(who.at), dateOf(who.at), clipped(who.by, BY_CHARACTERS_MAX)],
    ),
  );
  return campaignId(insertId);
};

/** False when there is no such campaign. Rejects with `conflict` when its new name is taken. */
export const changeCampaign = async (
  db: Database,
  campaign: CampaignId,
  change: Partial<CampaignDraft>,
  who: Authority,
): Promise<boolean> => {
  const assignments = campaignAssignments(change);
  const { matched } = await orTaken(
    `there is already a campaign "${change.name ?? ""}"`,
    db.write(
      `update campaign set ${assignments.map(([column]) => `${column} = ?, `).join("")}changed_at = ?, changed_by = ?
       where campaign_id = ?`,
      [...assignments.map(([, value]) => value), dateOf(who.at), clipped(who.by, BY_CHARACTERS_MAX), campaign],
    ),
  );
  return matched === 1;
};

/** The state before, or null when there is no such campaign. */
export const setCampaignState = async (
  db: Database,
  campaign: CampaignId,
  state: CampaignState,
  who: Authority,
): Promise<CampaignState | null> =>
  db.transaction(async (tx) => {
    const [row] = await tx.rows<{ desired_state: CampaignState }>(
      "select desired_state from campaign where campaign_id = ? for update",
      [campaign],
    );
    if (row === undefined) return null;
    // The first start is never moved: thirty-day blocks count from it.
    await tx.write(
      `update campaign set desired_state = ?, stopped_because = null, changed_at = ?, changed_by = ?,
         first_started_at = if(? = 'running', coalesce(first_started_at, ?), first_started_at)
       where campaign_id = ?`,
      [state, dateOf(who.at), clipped(who.by, BY_CHARACTERS_MAX), state, dateOf(who.at), campaign],
    );
    return row.desired_state;
  });

/** By name, whatever its case. */
export const findCampaign = async (db: Database, name: string): Promise<Campaign | null> => {
  const [row] = await db.rows<CampaignRow>(`${SELECT_CAMPAIGN} where name = ?`, [name]);
  return row === undefined ? null : campaignOf(row);
};

/** Null for one that is not there. */
export const campaignById = async (db: Queryable, campaign: CampaignId): Promise<Campaign | null> => {
  const [row] = await db.rows<CampaignRow>(`${SELECT_CAMPAIGN} where campaign_id = ?`, [campaign]);
  return row === undefined ? null : campaignOf(row);
};

/** All of them, for finding the nearest one. */
export const campaignNames = async (db: Database): Promise<string[]> =>
  (await db.rows<{ name: string }>("select name from campaign order by name")).map(({ name }) => name);

/** Of one campaign, or all by name. */
export const campaignSummaries = async (
  db: Database,
  at: Instant,
  campaign?: CampaignId,
): Promise<CampaignSummary[]> => {
  const rows = await db.rows<CampaignRow>(`${SELECT_CAMPAIGN} where ? is null or campaign_id = ? order by name`, [
    campaign ?? null,
    campaign ?? null,
  ]);
  const ids = rows.map(({ campaign_id }) => campaign_id);
  if (ids.length === 0) return [];
  const leads = await countLeads(db, "campaign", ids, at);
  const open = await countOpenAttempts(db, ids);
  const agents = await countAgents(db, ids);
  return rows.map((row) => ({
    campaign: campaignOf(row),
    leads: leads.get(row.campaign_id) ?? NO_LEADS,
    attemptsOpen: open.get(row.campaign_id) ?? 0,
    agentsAssigned: agents.get(row.campaign_id)?.assigned ?? 0,
    agentsLoggedIn: agents.get(row.campaign_id)?.loggedIn ?? 0,
    changedAt: instantOf(row.changed_at),
    changedBy: row.changed_by,
    stoppedBecause: row.stopped_because,
  }));
};

/** Node by node, along the index that finds a node's open attempts. */
const countOpenAttempts = async (db: Queryable, campaigns: readonly number[]): Promise<Map<number, number>> => {
  const rows = await db.rows<{ campaign_id: number; attempts: number }>(
    `select a.campaign_id, count(*) as attempts
     from node o join attempt a on a.node_id = o.node_id and a.state <> 'ended'
     where a.campaign_id in (?)
     group by a.campaign_id`,
    [campaigns],
  );
  return new Map(rows.map(({ campaign_id, attempts }) => [campaign_id, attempts]));
};

const countAgents = async (
  db: Queryable,
  campaigns: readonly number[],
): Promise<Map<number, { assigned: number; loggedIn: number }>> => {
  const rows = await db.rows<{ campaign_id: number; assigned: number; logged_in: number }>(
    `select c.campaign_id, count(*) as assigned,
       count(case when v.state is not null and v.state <> 'loggedOut' then 1 end) as logged_in
     from agent_campaign c
     join agent a on a.agent_id = c.agent_id and a.enabled = 1
     left join agent_live v on v.agent_id = a.agent_id
     where c.campaign_id in (?)
     group by c.campaign_id`,
    [campaigns],
  );
  return new Map(rows.map((row) => [row.campaign_id, { assigned: row.assigned, loggedIn: row.logged_in }]));
};
