/** What managers do with campaigns. */
import type { Campaign, CampaignState } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";

export type CampaignDraft = Omit<Campaign, "campaignId">;

/** Who decided, and when: kept with every change. */
export interface Authority {
  readonly by: string;
  readonly at: Instant;
}

export interface LeadCounts {
  readonly ready: number;
  /** Those of `ready` that may be offered now. */
  readonly due: number;
  readonly leased: number;
  readonly dialling: number;
  readonly held: number;
  readonly done: number;
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
}

/** Rejects with `conflict` when the name is taken. */
export const addCampaign = async (_db: Database, _draft: CampaignDraft, _who: Authority): Promise<CampaignId> => {
  throw new Error("not built");
};

/** False when there is no such campaign. */
export const changeCampaign = async (
  _db: Database,
  _campaignId: CampaignId,
  _change: Partial<CampaignDraft>,
  _who: Authority,
): Promise<boolean> => {
  throw new Error("not built");
};

/** The state before, or null when there is no such campaign. */
export const setCampaignState = async (
  _db: Database,
  _campaignId: CampaignId,
  _state: CampaignState,
  _who: Authority,
): Promise<CampaignState | null> => {
  throw new Error("not built");
};

/** By name, whatever its case. */
export const findCampaign = async (_db: Database, _name: string): Promise<Campaign | null> => {
  throw new Error("not built");
};

/** All of them, for finding the nearest one. */
export const campaignNames = async (_db: Database): Promise<string[]> => {
  throw new Error("not built");
};

/** Of one campaign, or all by name. */
export const campaignSummaries = async (
  _db: Database,
  _at: Instant,
  _campaignId?: CampaignId,
): Promise<CampaignSummary[]> => {
  throw new Error("not built");
};
