/** The questions that concern a campaign as a whole: no lead is used up on a no to one of them. */
import { isBefore, msBetween, toIso } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { cliProblem, ownershipProblem } from "./cli-check.ts";
import type { AmdTest, CampaignFacts, CampaignRules } from "./dial-facts.ts";
import { messageProblem } from "./message-check.ts";
import type { Questions, Refusal } from "./questions.ts";
import { registersFor, staleness } from "./registers.ts";

const DAY_MS = 86_400_000;

const orNull = (says: string | null): Refusal | null => (says === null ? null : { says });

export function campaignQuestions(facts: CampaignFacts, rules: CampaignRules, at: Instant): Questions {
  const { profile, purpose, sector, sectorAuthority } = rules;
  const { killSwitch, cliNumber } = facts;
  return {
    "KILL-SWITCH": () =>
      killSwitch === null
        ? null
        : {
            says: `All dialling is stopped since ${toIso(killSwitch.since)} by ${killSwitch.by}: ${killSwitch.because}.`,
          },
    SECTOR: () => {
      if (!profile.blockedSectors.includes(sector)) return null;
      if (sectorAuthority !== null && sectorAuthority.trim() !== "") return null;
      return { says: `Calling for ${sector} needs an authority, and the campaign names none.` };
    },
    "REGISTER-STALE": () => {
      for (const rule of registersFor(profile.registers, purpose, null)) {
        const says = staleness(rule, facts.registers, at);
        if (says !== null) return rule.ruleId === undefined ? { says } : { says, ruleId: rule.ruleId };
      }
      return null;
    },
    "CLI-VALID": () => orNull(cliProblem(cliNumber, profile)),
    "CLI-OWNED": () => orNull(ownershipProblem(cliNumber, facts.cliOwned)),
    "MESSAGE-APPROVED": () => orNull(messageProblem(facts.message, facts.principal, profile.message, at)),
    "MESSAGE-PLAYS": () => {
      if (facts.messagePlays === "played") return null;
      const what = facts.messagePlays === "failed" ? "could not be played" : "has not been test-played yet";
      return { says: `The information message ${what} on this node.` };
    },
    "AMD-TEST": () => orNull(rules.amdDrops ? amdProblem(facts.amdTest ?? null, profile.amdTestAgeMaxDays, at) : null),
  };
}

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
