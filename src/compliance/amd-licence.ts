/**
 * Whether a call may lose its agent because AMD takes it for a machine (rule UK-ACR-4): only where a test on record says
 * how often that is wrong, is young and large enough, and its answer is good enough.
 *
 * The rule to remember: without a licence nothing is lost but time. Machines then go to agents, whose words make the test.
 */
import { isBefore, msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { wilsonUpperPerMillion } from "../domain/wilson.ts";
import type { AmdTest } from "./dial-facts.ts";

const DAY_MS = 86_400_000;

/**
 * So many calls must have been listened to. Of fifty without a person among them, the upper bound is 7.2 %; our own
 * choice, as the smallest test that says anything. What is dropped after it makes the account dearer by its upper bound.
 */
export const AMD_SAMPLES_MIN = 50;

/** Highest upper bound of people among those taken for machines, in parts per million; our own choice. */
export const AMD_PEOPLE_MAX_PER_MILLION = 80_000;

export type AmdLicence =
  | { readonly allowed: true; readonly testId: string; readonly peoplePerMillion: number }
  | {
      readonly allowed: false;
      readonly because: "no-test" | "too-old" | "too-few" | "too-many-people";
      readonly says: string;
    };

export function amdLicence(test: AmdTest | null, ageMaxDays: number, at: Instant): AmdLicence {
  const no = (because: Extract<AmdLicence, { allowed: false }>["because"], says: string): AmdLicence => ({
    allowed: false,
    because,
    says,
  });
  if (test === null) return no("no-test", "nobody has listened yet to what it takes for machines");
  // A clock that is ahead of ours somewhere: until we get there, nobody knows how old it is.
  if (isBefore(at, test.testedAt)) return no("too-old", "its last test is from a moment that is still to come");
  if (msBetween(test.testedAt, at) > ageMaxDays * DAY_MS) {
    return no("too-old", `its last test is older than ${ageMaxDays} days`);
  }
  if (test.sampled < AMD_SAMPLES_MIN) {
    return no("too-few", `${test.sampled} of ${AMD_SAMPLES_MIN} calls that it took for machines have been listened to`);
  }
  const peoplePerMillion = wilsonUpperPerMillion(test.humansFound, test.sampled);
  if (peoplePerMillion > AMD_PEOPLE_MAX_PER_MILLION) {
    const share = (perMillion: number): string => `${(perMillion / 10_000).toFixed(1)} %`;
    return no(
      "too-many-people",
      `up to ${share(peoplePerMillion)} of what it takes for machines are people, and ${share(AMD_PEOPLE_MAX_PER_MILLION)} is the most`,
    );
  }
  return { allowed: true, testId: test.testId, peoplePerMillion };
}
