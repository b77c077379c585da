/** What a decision saw, as it is kept with the attempt. Never the number that was called: the row has it, or its hash. */
import type { Instant } from "../domain/instant.ts";
import { toIso } from "../domain/instant.ts";
import type { CampaignFacts, CampaignRules, DialFacts, Evidence } from "./dial-facts.ts";
import { ageDays, registersFor } from "./registers.ts";
import { attemptsOnDay, attemptsWithin24Hours, localDay } from "./when.ts";
import type { TimeRules } from "./when.ts";

const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));

export function campaignEvidence(facts: CampaignFacts, rules: CampaignRules, at: Instant): Evidence {
  const { profile, purpose } = rules;
  const { message, cliOwned, killSwitch } = facts;
  return {
    checkedAt: toIso(at),
    profile: profile.name,
    profileVersion: profile.version,
    purpose,
    sector: rules.sector,
    sectorAuthority: rules.sectorAuthority,
    principal: facts.principal,
    killSwitch: killSwitch === null ? null : { since: toIso(killSwitch.since), by: killSwitch.by },
    registers: registersFor(profile.registers, purpose, null).map(({ name, ageMaxDays }) => {
      const state = facts.registers.find((each) => each.name === name);
      return {
        name,
        ageMaxDays,
        fileDate: iso(state?.fileDate ?? null),
        // Whole days down: the limit is compared to the millisecond, and this is for reading.
        ageDays: state === undefined ? null : Math.floor(ageDays(state, at)),
        sha256: state?.sha256 ?? null,
      };
    }),
    cliNumber: facts.cliNumber,
    cliProof: cliOwned?.proof ?? null,
    message:
      message === null
        ? null
        : { media: message.media, sha256: message.sha256, approvedBy: message.approvedBy, plays: facts.messagePlays },
    amdDrops: rules.amdDrops,
    amdTest: facts.amdTest?.testId ?? null,
    amdBuild: facts.amdBuild ?? null,
    tollSpent: facts.toll?.campaignSpent ?? null,
    tollNodeSpent: facts.toll?.nodeSpent ?? null,
    tollNodeMax: facts.toll?.nodeMax ?? null,
  };
}

/** `time` is null where the zone is not known. */
export function dialEvidence(facts: DialFacts, rules: CampaignRules, time: TimeRules | null, at: Instant): Evidence {
  const { attemptsAt, guaranteedOnlyUntil, suppressed, permanentOutcome, registers } = facts.facts;
  const { consent, timeZone } = facts;
  return {
    checkedAt: toIso(at),
    ...campaignEvidence(facts, rules, at),
    country: facts.country,
    numberType: facts.numberType,
    lineType: facts.lineType ?? null,
    tollRate: facts.toll?.rateOf(facts.number) ?? null,
    tollCountries: facts.toll?.countries ?? null,
    tollTypesAllowed: facts.toll?.typesAllowed ?? [],
    region: facts.region,
    timeZone,
    consent: consent === null ? null : { ...consent, givenAt: iso(consent.givenAt) },
    suppressed,
    permanentOutcome,
    listedOn: [...registers],
    window: rules.callingHours,
    hoursRules: time?.openings.flatMap(({ ruleId }) => (ruleId === null ? [] : [ruleId])) ?? null,
    localDay: time === null ? null : localDay(at, time.timeZone),
    holidayCalendars: time === null ? null : [...time.calendars.keys()],
    attemptsToday: time === null ? null : attemptsOnDay(attemptsAt, time.timeZone, at),
    attempts24Hours: attemptsWithin24Hours(attemptsAt, at).length,
    lastAttemptAt: attemptsAt.length === 0 ? null : new Date(Math.max(...attemptsAt)).toISOString(),
    frequency: time?.frequency ?? null,
    guaranteedOnlyUntil: iso(guaranteedOnlyUntil),
    guaranteed: facts.guaranteed,
  };
}
