/**
 * How many of those dropped as machines may have been people: of days that are over by the tests that their own decisions
 * cite, of this moment by the tests in force, as the daemon's gate reckons. One rule to remember: no test, no deduction.
 */
import type { FalsePositives } from "../../compliance/abandon-rate.ts";
import { peopleAmong, peopleCited, type PeopleIn } from "../../compliance/amd-estimate.ts";
import { amdLicence } from "../../compliance/amd-licence.ts";
import { spanOfDay } from "../../compliance/account.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { amdTestOf, wantsDrops, type Detectors } from "../../engine/calls/amd.ts";
import { amdTestsCited, readComplianceState, type Database, type Queryable } from "../../store/index.ts";
import type { Days } from "./collect.ts";
import type { Held } from "./held.ts";

export interface Whose {
  /** Null for all campaigns. */
  readonly campaignId: CampaignId | null;
  /** Null for all centres. */
  readonly centre: string | null;
  readonly profile: Pick<ComplianceProfile, "abandon" | "amdTestAgeMaxDays">;
}

/** Of days that were dialled, both included, in the profile's zone. */
export const peopleOfDays = async (
  moment: Queryable,
  { campaignId, centre, profile }: Whose,
  { fromDay, toDay }: Days,
): Promise<FalsePositives> => {
  const { from } = spanOfDay(profile.abandon, fromDay);
  const { to } = spanOfDay(profile.abandon, toDay);
  return peopleCited(await amdTestsCited(moment, { campaignId, centre, from, to }), profile.amdTestAgeMaxDays);
};

/** Of the account as it stands: by what each campaign's detection is set to at this moment. */
export const peopleNow = async (
  database: Database,
  held: readonly Held[],
  campaignId: CampaignId,
  { detectors, at }: { readonly detectors: Detectors; readonly at: Instant },
): Promise<PeopleIn> => {
  const { amdTests } = await readComplianceState(database);
  const detections = held.map(({ campaign, profile }) => {
    const test = amdTestOf(campaign, detectors, amdTests);
    const ageMaxDays = profile.amdTestAgeMaxDays;
    const drops = wantsDrops(campaign) && amdLicence(test, ageMaxDays, at).allowed;
    return { campaignId: campaign.campaignId, test, drops, ageMaxDays };
  });
  return peopleAmong(() => detections, campaignId, at);
};
