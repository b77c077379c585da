/**
 * May this number be dialled now? The questions of DIAL_RULES in their order; the first that fails wins, and what is
 * unknown means no. The evidence goes into the attempt's row, so that the decision can be shown a year later.
 */
import type { Instant } from "../domain/instant.ts";
import { msBetween } from "../domain/instant.ts";
import { appliesTo, calendarsOf, frequencyOf, hoursOf, regionsOf } from "./applies.ts";
import { isTimeZone } from "./calling-window.ts";
import { CAMPAIGN_QUESTIONS } from "./campaign-questions.ts";
import { isConsentTo } from "./consent.ts";
import type { CampaignFacts, CampaignRules, DialFacts, DialRule, DialVerdict, Evidence } from "./dial-facts.ts";
import { DIAL_RULES } from "./dial-rules.ts";
import { campaignEvidence, dialEvidence } from "./evidence.ts";
import type { ComplianceProfile, RegionRules } from "./profile.ts";
import type { Questions, Refusal } from "./questions.ts";
import { listing, registersFor } from "./registers.ts";
import { ruleBehind, ruleSetting } from "./rule-id.ts";
import { countryRefusal, rateRefusal, typeRefusal } from "./toll.ts";
import { nextAllowed, timeRefusal } from "./when.ts";
import type { TimeRefusal, TimeRules } from "./when.ts";

type Regions = readonly (readonly [code: string, rules: RegionRules])[];

/** What concerns every number of the campaign alike; the others concern one number. */
const OF_THE_CAMPAIGN: ReadonlySet<DialRule> = new Set([
  "KILL-SWITCH",
  "TOLL-SPEND",
  "SECTOR",
  "REGISTER-STALE",
  "CLI-VALID",
  "CLI-OWNED",
  "MESSAGE-APPROVED",
  "MESSAGE-PLAYS",
  "AMD-TEST",
]);

/** Asked before leads are taken, when a campaign is started, and by `check`: what no lead can change. */
export const mayCampaignDial = (facts: CampaignFacts, rules: CampaignRules, at: Instant): DialVerdict =>
  verdict(whyCampaignMayNot(facts, rules, at), campaignEvidence(facts, rules, at));

export function mayDial(facts: DialFacts, rules: CampaignRules, at: Instant): DialVerdict {
  const regions = regionsOf(rules.profile, facts.region, facts.number);
  const time = timeRules(facts, rules, regions);
  return verdict(refusalOfDial(facts, rules, regions, time, at), dialEvidence(facts, rules, time, at));
}

/** The same answer as {@link mayCampaignDial}, for who asks many times a second and keeps no evidence: null for yes. */
export const whyCampaignMayNot = (facts: CampaignFacts, rules: CampaignRules, at: Instant): DialRefusal | null =>
  firstRefusal(rules.profile, (rule) => CAMPAIGN_QUESTIONS[rule]?.(facts, rules, at) ?? null);

/** The same answer as {@link mayDial} without the evidence: null for yes. */
export function whyNotDial(facts: DialFacts, rules: CampaignRules, at: Instant): DialRefusal | null {
  const regions = regionsOf(rules.profile, facts.region, facts.number);
  const time = timeRules(facts, rules, regions);
  return refusalOfDial(facts, rules, regions, time, at);
}

export type DialRefusal = Omit<Extract<DialVerdict, { allowed: false }>, "allowed" | "evidence">;

function refusalOfDial(
  facts: DialFacts,
  rules: CampaignRules,
  regions: Regions,
  time: TimeRules | null,
  at: Instant,
): DialRefusal | null {
  const ofTime = timeQuestions(time, rules.profile, regions, at);
  return firstRefusal(
    rules.profile,
    // Each question is in one of the sets.
    (rule) => (CAMPAIGN_QUESTIONS[rule] ?? NUMBER_QUESTIONS[rule])?.(facts, rules, at) ?? ofTime[rule]?.() ?? null,
  );
}

function firstRefusal(profile: ComplianceProfile, ask: (rule: DialRule) => Refusal | null): DialRefusal | null {
  for (const rule of DIAL_RULES) {
    const refusal = ask(rule);
    if (refusal === null) continue;
    const { says, ruleId = ruleBehind(profile, rule), againAt = null } = refusal;
    const concerns = OF_THE_CAMPAIGN.has(rule) ? "campaign" : "number";
    return { rule, ruleId, concerns, says, againAt };
  }
  return null;
}

const verdict = (refusal: DialRefusal | null, evidence: Evidence): DialVerdict =>
  refusal === null ? { allowed: true, evidence } : { allowed: false, ...refusal, evidence };

const NUMBER_QUESTIONS: Questions<[facts: DialFacts, rules: CampaignRules, at: Instant]> = {
  JURISDICTION: ({ country }, { profile }) => {
    if (country === null) return { says: "Nobody knows which country's number it is." };
    if (profile.countries.includes(country)) return null;
    return { says: `It is a number of ${country}, and ${profile.name} covers ${profile.countries.join(", ")}.` };
  },
  "TOLL-COUNTRY": countryRefusal,
  "TOLL-TYPE": typeRefusal,
  "TOLL-RATE": rateRefusal,
  CONSENT: ({ numberType, consent }, { profile, purpose }, at) => {
    const missing = profile.consent.find(
      (rule) => appliesTo(rule, purpose, numberType) && !isConsentTo(rule.kind, consent, at),
    );
    if (missing === undefined) return null;
    const what = missing.kind === "written" ? "written consent" : "consent";
    return refusalOf(`The list shows no ${what} of this person with a reference to its proof.`, missing.ruleId);
  },
  SUPPRESSED: ({ facts: { suppressed } }) => (suppressed ? { says: "It is on our own suppression list." } : null),
  "NUMBER-OUT": ({ facts: { permanentOutcome } }) =>
    permanentOutcome === null ? null : { says: `An earlier call took it out for good: ${permanentOutcome}.` },
  "REGISTER-LISTED": ({ numberType, consent, facts: { registers } }, { profile, purpose }, at) => {
    const listed = listing(registersFor(profile.registers, purpose, numberType), registers, consent, at);
    return listed === null ? null : refusalOf(`It is listed on the register ${listed.name}.`, listed.ruleId);
  },
};

const refusalOf = (says: string, ruleId: string | undefined): Refusal =>
  ruleId === undefined ? { says } : { says, ruleId };

/** Null where nobody knows what time it is there. */
function timeRules(facts: DialFacts, rules: CampaignRules, regions: Regions): TimeRules | null {
  const { timeZone, region, numberType, guaranteed } = facts;
  const { profile, purpose } = rules;
  if (timeZone === null || !isTimeZone(timeZone)) return null;
  const campaigns = { hours: rules.callingHours, closedOnHolidays: false, ruleId: null };
  const profiles = hoursOf(profile, regions, purpose, numberType).map(({ hours, closedOnHolidays, ruleId = null }) => ({
    hours,
    closedOnHolidays,
    ruleId,
  }));
  const calendars = calendarsOf(profile, region).map((code) => [code, profile.holidays?.[code] ?? null] as const);
  return {
    openings: [...profiles, campaigns],
    calendars: new Map(calendars),
    frequency: frequencyOf(profile, regions),
    timeZone,
    guaranteed,
    facts: facts.facts,
  };
}

function timeQuestions(
  time: TimeRules | null,
  profile: ComplianceProfile,
  regions: Regions,
  at: Instant,
): Questions<[]> {
  if (time === null) return { "ZONE-KNOWN": () => ({ says: "Nobody knows what time it is where they are." }) };
  const refusal = timeRefusal(time, at);
  if (refusal === null) return {};
  return {
    [refusal.rule]: () => ({
      says: refusal.says,
      ruleId: ruleIdOf(refusal, profile, regions, at),
      againAt: nextAllowed(time, at),
    }),
  };
}

function ruleIdOf(refusal: TimeRefusal, profile: ComplianceProfile, regions: Regions, at: Instant): string | null {
  switch (refusal.rule) {
    case "CALLING-WINDOW":
    case "HOLIDAY":
      return refusal.ruleId;
    case "FREQUENCY": {
      const ofRegion = regions.map(([code]) => ruleSetting(profile, `regions.${code}.frequency`));
      return ofRegion.find((id) => id !== null) ?? ruleSetting(profile, "frequency");
    }
    case "GUARANTEED-ONLY":
      return guaranteedRule(profile, refusal.until === null ? Infinity : msBetween(at, refusal.until));
  }
}

/** The flag does not say what set it; what is left of it may. */
function guaranteedRule(profile: ComplianceProfile, leftMs: number): string | null {
  const abandoned = ruleSetting(profile, "guaranteedAfterAbandonMs");
  const machine = ruleSetting(profile, "guaranteedAfterMachineMs");
  if (leftMs > profile.guaranteedAfterMachineMs || machine === null) return abandoned ?? machine;
  return abandoned === null || abandoned === machine ? machine : `${machine} or ${abandoned}`;
}
