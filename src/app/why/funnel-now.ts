/** The funnel of a campaign as it is now: from its leads, its sources, and the hours at which each zone may be called. */
import { rulesFor, type Profiles } from "../../compliance/campaign-rules.ts";
import { isOpenSomewhere, openAt } from "../../compliance/open-at.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import { leadsStanding, sourcesOf, type Database } from "../../store/index.ts";
import { funnelOf, type Funnel } from "./funnel.ts";

export const funnelNow = async (
  database: Database,
  campaign: Campaign,
  profiles: Profiles,
  at: Instant,
): Promise<Funnel> => {
  const found = rulesFor(campaign, profiles);
  const rules = found.ok ? found.rules : null;
  const who = {
    callingHours: campaign.callingHours,
    purpose: campaign.purpose,
    profile: rules?.profile ?? null,
  };
  return funnelOf({
    standing: await leadsStanding(database, campaign.campaignId, at),
    sources: await sourcesOf(database, campaign.campaignId),
    // A campaign without rules dials nobody, and its answer says so; what its hours would be is not the question then.
    isOpen: (timeZone) => rules === null || isOpenSomewhere(rules, timeZone, at),
    opensAt: (timeZone) => (timeZone === null ? null : openAt(who, anybodyIn(campaign, timeZone), timeZone, at)),
  });
};

/** A number of which nobody knows the type counts as meant by every rule: by then it is open to all. */
const anybodyIn = ({ cliNumber }: Campaign, timeZone: string) => ({
  region: null,
  numbers: [{ number: cliNumber, numberType: "unknown", timeZone }],
});
