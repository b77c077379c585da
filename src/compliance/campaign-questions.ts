/** The questions that concern a campaign as a whole: no lead is used up on a no to one of them. */
import { isBefore, msBetween, toIso } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { cliProblem, ownershipProblem } from "./cli-check.ts";
import type { AmdTest, CampaignFacts, CampaignRules } from "./dial-facts.ts";
import { messageProblem } from "./message-check.ts";
import type { Questions, Refusal } from "./questions.ts";
import { registersFor, staleness } from "./registers.ts";
import { spendRefusal } from "./toll.ts";

const DAY_MS = 86_400_000;

const orNull = (says: string | null): Refusal | null => (says === null ? null : { says });

export const CAMPAIGN_QUESTIONS: Questions<[facts: CampaignFacts, rules: CampaignRules, at: Instant]> = {
  "KILL-SWITCH": ({ killSwitch }) =>
    killSwitch === null
      ? null
      : {
          says: `All dialling is stopped since ${toIso(killSwitch.since)} by ${killSwitch.by}: ${killSwitch.because}.`,
        },
  "TOLL-SPEND": spendRefusal,
  SECTOR: (_facts, { profile, sector, sectorAuthority }) => {
    if (!profile.blockedSectors.includes(sector)) return null;
    if (sectorAuthority !== null && sectorAuthority.trim() !== "") return null;
    return { says: `Calling for ${sector} needs an authority, and the campaign names none.` };
  },
  "REGISTER-STALE": (facts, { profile, purpose }, at) => {
    for (const rule of registersFor(profile.registers, purpose, null)) {
      const says = staleness(rule, facts.registers, at);
      if (says !== null) return rule.ruleId === undefined ? { says } : { says, ruleId: rule.ruleId };
    }
    return null;
  },
  "CLI-VALID": ({ cliNumber }, { profile }) => orNull(cliProblem(cliNumber, profile)),
  "CLI-OWNED": ({ cliNumber, cliOwned }) => orNull(ownershipProblem(cliNumber, cliOwned)),
  "MESSAGE-APPROVED": ({ message, principal }, { profile }, at) =>
    orNull(messageProblem(message, principal, profile.message, at)),
  "MESSAGE-PLAYS": ({ messagePlays }) => {
    if (messagePlays === "played") return null;
    const what = messagePlays === "failed" ? "could not be played" : "has not been test-played yet";
    return { says: `The information message ${what} on this node.` };
  },
  "AMD-TEST": ({ amdTest = null }, { amdDrops, profile }, at) =>
    orNull(amdDrops ? amdProblem(amdTest, profile.amdTestAgeMaxDays, at) : null),
};

function amdProblem(test: AmdTest | null, ageMaxDays: number, at: Instant): string | null {
  if (test === null) return "Calls may not be dropped on AMD's word: no test of it is on record.";
  if (isBefore(at, test.testedAt) || msBetween(test.testedAt, at) > ageMaxDays * DAY_MS) {
    return `The last test of AMD, ${test.testId}, is not from the last ${ageMaxDays} days.`;
  }
  const counts = [test.sampled, test.humansFound];
  const isSound =
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) && test.humansFound <= test.sampled;
  return isSound && test.sampled > 0 ? null : `The test of AMD ${test.testId} has listened to nothing.`;
}
