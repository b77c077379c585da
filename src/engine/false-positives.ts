/** How many of those dropped as machines were people, by whose account it is. */
import { falsePositivesOf } from "../compliance/abandon-rate.ts";
import type { FalsePositives } from "../compliance/abandon-rate.ts";
import type { AccountReading } from "../domain/account.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { RuleBook } from "./rule-book.ts";

export type FalsePositivesIn = (reading: AccountReading) => FalsePositives;

/** The more of those dropped may have been people, the heavier; a missing estimate takes all of them for people. */
export const weight = (people: FalsePositives): number =>
  people.kind === "notUsed" ? -1 : people.kind === "missing" ? 1_000_000 : people.perMillion;

export const perMillionIn = (people: FalsePositives): number | null =>
  people.kind === "estimated" ? people.perMillion : null;

/**
 * A campaign's by its own test; of the centre's, nobody knows whose they were, so the worst of all tests holds. Worked
 * out when it is asked for, and once: of all campaigns it takes long, and most accounts are a campaign's own.
 */
export function falsePositivesIn(
  ruleBook: Pick<RuleBook, "rulesOf" | "amdTestOf">,
  campaigns: () => Iterable<Campaign>,
  campaignId: CampaignId,
  at: Instant,
): FalsePositivesIn {
  const of = (campaign: Campaign): FalsePositives => {
    const rules = ruleBook.rulesOf(campaign.campaignId);
    return rules === null
      ? { kind: "notUsed" }
      : falsePositivesOf(ruleBook.amdTestOf(campaign), rules.amdDrops, at, rules.profile.amdTestAgeMaxDays);
  };
  let own: FalsePositives | null = null;
  let worst: FalsePositives | null = null;
  const ofOwn = (): FalsePositives => {
    if (own !== null) return own;
    for (const campaign of campaigns()) if (campaign.campaignId === campaignId) return (own = of(campaign));
    return (own = { kind: "notUsed" });
  };
  const ofAll = (): FalsePositives =>
    [...campaigns()].map(of).reduce<FalsePositives>((a, b) => (weight(b) > weight(a) ? b : a), ofOwn());
  return ({ scope }) => (scope.campaignId === null ? (worst ??= ofAll()) : ofOwn());
}
