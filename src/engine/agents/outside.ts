/** Whether a person may be passed on to a number outside: screened as any number is that is dialled, and limited. */
import { ownNumber } from "../../compliance/own-number.ts";
import type { CampaignRules, DialFacts } from "../../compliance/dial-facts.ts";
import { numberRefusal } from "../../compliance/toll.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { TrunkLimits } from "../ports.ts";

export interface OutsideRules {
  /** As the campaign is now, and not as it was when the person was called. */
  campaign(live: LiveCall): Campaign | null;
  rulesOf(live: LiveCall): CampaignRules | null;
  /** The kill switch, desired state that cannot be read, a number of ours that may not be presented … */
  isBarred(campaign: Campaign, rules: CampaignRules | null, at: Instant): boolean;
  /** What this node may call, and may spend on it. */
  toll(campaign: Campaign): NonNullable<DialFacts["toll"]> | null;
  trunk(name: string): TrunkLimits | null;
  linesOf(trunk: string): number;
  /** Of the campaign, with an outside number now. */
  outside(campaign: Campaign): number;
}

/** In a word; null where it may be called. */
export function outsideRefusal(live: LiveCall, number: PhoneNumber, at: Instant, ask: OutsideRules): string | null {
  const campaign = ask.campaign(live);
  if (campaign?.desk.outsideNumbers.includes(number) !== true) return "number-not-allowed";
  const rules = ask.rulesOf(live);
  if (rules === null || ask.isBarred(campaign, rules, at)) return "may-not-dial";
  const known = ownNumber(number);
  if (known === null || known.isPremium) return "premium-number";
  if (known.country === null || !rules.profile.countries.includes(known.country)) return "country-not-allowed";
  const { country, lineType } = known;
  if (numberRefusal({ number, country, lineType, toll: ask.toll(campaign) }, rules) !== null) return "toll-guard";
  if (ask.outside(campaign) >= campaign.desk.outsideMax) return "outside-limit";
  const trunk = ask.trunk(campaign.trunk);
  return trunk === null || ask.linesOf(campaign.trunk) >= trunk.linesMax ? "no-line" : null;
}
