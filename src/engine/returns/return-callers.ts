/** Whose somebody is who calls back: the campaign that speaks for the number they rang, and whether it has agents for them. */
import type { LivingReturn } from "../../call/return-call.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { type Instant, msBetween } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { callerNumber, rungNumber } from "../../lead/caller-number.ts";
import type { Agents } from "../agents/agents.ts";

/** Who has time for them. */
export interface Room {
  /** Campaigns whose calls ring, or are answered, and hold no agent. */
  needy(): ReadonlySet<CampaignId>;
  /** Whether an agent would be left if everybody who is being called now were to answer. */
  isOneToSpare(campaignId: CampaignId): boolean;
}

/** As the carrier writes them. */
export interface Said {
  readonly caller: string | null;
  readonly rung: string;
}

/** @param own every number of ours; a call from one of them is a call of ours that came back */
export function callerOf(
  { caller, rung }: Said,
  own: ReadonlySet<PhoneNumber>,
): { readonly cliNumber: PhoneNumber | null; readonly caller: PhoneNumber | null; readonly isOwn: boolean } {
  const cliNumber = rungNumber(rung, own);
  const number = cliNumber === null ? null : callerNumber(caller, cliNumber);
  return { cliNumber, caller: number, isOwn: number !== null && own.has(number) };
}

export function campaignNamed(campaigns: Iterable<Campaign>, campaignId: CampaignId | null): Campaign | null {
  for (const each of campaigns) if (each.campaignId === campaignId) return each;
  return null;
}

/** Whose message a stranger hears: of the campaigns that show the number that was rung, one that runs. */
export function campaignOfNumber(campaigns: Iterable<Campaign>, cliNumber: PhoneNumber | null): Campaign | null {
  const showing = [...campaigns].filter((each) => each.cliNumber === cliNumber);
  return showing.find(({ desiredState }) => desiredState === "running") ?? showing[0] ?? null;
}

/** Whether somebody of the campaign is here who is free, or will be. */
export function hasAgents(agents: Agents, { campaignId }: Campaign): boolean {
  for (const { profile, agent } of agents.loggedIn()) {
    if (profile.campaignIds.includes(campaignId) && agent.state.state !== "paused") return true;
  }
  return false;
}

/**
 * Whom we called must not be met with a message because somebody took their agent in between: who calls us hears it ring
 * meanwhile. Nothing more is placed while they wait, so that the half of their time in which they give way mostly suffices.
 */
export const givesWay = ({ arrivedAt, waitUntil }: LivingReturn, at: Instant): boolean =>
  msBetween(arrivedAt, at) < msBetween(arrivedAt, waitUntil) / 2;
