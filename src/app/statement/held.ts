/** Campaigns with the rules they are held to, and what those rules make of an attempt. */
import { accountDay, dayOf, entryOf } from "../../compliance/account.ts";
import { rulesFor, type Profiles } from "../../compliance/campaign-rules.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { AccountDay } from "../../domain/account.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { campaignNames, findCampaign, type AttemptOfDay, type Database, type Recompute } from "../../store/index.ts";
import { CliError } from "../cli-error.ts";
import { ringMinIn } from "./seen.ts";

export interface Held {
  readonly campaign: Campaign;
  /** As strict as the campaign wants it. */
  readonly profile: ComplianceProfile;
}

/** A campaign that nothing can be computed for, and why. */
export interface Unruled {
  readonly campaign: Campaign;
  readonly says: string;
}

/** Every campaign there is. */
export const allHeld = async (
  database: Database,
  profiles: Profiles,
): Promise<{ readonly held: readonly Held[]; readonly unruled: readonly Unruled[] }> => {
  const held: Held[] = [];
  const unruled: Unruled[] = [];
  for (const name of await campaignNames(database)) {
    const campaign = await findCampaign(database, name);
    if (campaign === null) continue;
    const found = ruled(campaign, profiles);
    if ("says" in found) unruled.push(found);
    else held.push(found);
  }
  return { held, unruled };
};

/** One campaign; throws a sentence when it has no rules. */
export const heldOrRefused = (campaign: Campaign, profiles: Profiles): Held => {
  const found = ruled(campaign, profiles);
  if ("says" in found) throw new CliError("profile-unusable", `${campaign.name}: ${found.says}`);
  return found;
};

const ruled = (campaign: Campaign, profiles: Profiles): Held | Unruled => {
  const found = rulesFor(campaign, profiles);
  if (found.ok) return { campaign, profile: found.rules.profile };
  // A campaign that asks what it may not still has a past to account for.
  const profile = profiles.get(campaign.profile);
  return profile === undefined ? { campaign, says: found.says } : { campaign, profile };
};

/** What an attempt is counted as, by the profile that its row names: the campaign may have had another one then. */
export const recomputeFor =
  ({ campaign, profile }: Held, profiles: Profiles): Recompute =>
  (attempt) => {
    const rules = attempt.profile === campaign.profile ? profile : profiles.get(attempt.profile ?? "");
    if (rules === undefined || attempt.clock === null || attempt.outcome === null) return "unknown";
    const ringMinMs = ringMinIn(attempt.evidence) ?? rules.ringMinMs;
    // Whether AMD dropped it is among the facts.
    const entry = entryOf(attempt.facts, attempt.outcome, attempt.clock, ringMinMs, null);
    const day = dayOf(rules.abandon, attempt.facts);
    return entry === null || day === null ? null : { entry, day };
  };

/** The day that an attempt is told under, whether it is counted or not. */
export const dayOfAttempt = ({ profile }: Held, attempt: AttemptOfDay): AccountDay =>
  dayOf(profile.abandon, attempt.facts) ?? accountDay(profile.abandon, attempt.decidedAt);
