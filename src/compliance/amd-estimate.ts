/**
 * How many of the calls dropped as machines may have been people (rule UK-ACR-4): by the tests in force now, as the gate
 * asks, or by those that the decisions of past days cite, as a statement asks.
 *
 * The rule to remember: a test counts by the upper bound of what it found. Where none is valid, every call was a person's;
 * where several may have been meant, the worst is.
 */
import { readAmdTestId } from "../domain/amd-label.ts";
import { earliest, instant } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { falsePositivesOf } from "./abandon-rate.ts";
import type { FalsePositives } from "./abandon-rate.ts";
import type { AmdTest } from "./dial-facts.ts";

/** The more of those dropped may have been people, the heavier; a missing estimate takes all of them for people. */
export const weightOf = (people: FalsePositives): number =>
  people.kind === "notUsed" ? -1 : people.kind === "missing" ? 1_000_000 : people.perMillion;

/** Of equals the first. */
export const worstOf = (all: readonly FalsePositives[]): FalsePositives =>
  all.reduce((a, b) => (weightOf(b) > weightOf(a) ? b : a), NOT_USED);

const NOT_USED: FalsePositives = { kind: "notUsed" };

/** A campaign's detection as it is set now. */
export interface CampaignDetection {
  readonly campaignId: number;
  /** Of this very detection; null where there is none. */
  readonly test: AmdTest | null;
  /** Calls are dropped on its word now. */
  readonly drops: boolean;
  readonly ageMaxDays: number;
}

/** How many of those dropped as machines were people, by whose account it is. */
export type PeopleIn = (account: { readonly scope: { readonly campaignId: number | null } }) => FalsePositives;

/**
 * A campaign's by its own test; of the centre's, nobody knows whose they were, so the worst of all tests holds. Worked out
 * when it is asked for, and once: of all campaigns it takes long, and most accounts are a campaign's own.
 */
export function peopleAmong(all: () => Iterable<CampaignDetection>, campaignId: number, at: Instant): PeopleIn {
  const of = ({ test, drops, ageMaxDays }: CampaignDetection): FalsePositives =>
    falsePositivesOf(test, drops, at, ageMaxDays);
  let own: FalsePositives | null = null;
  let worst: FalsePositives | null = null;
  const ofOwn = (): FalsePositives => {
    if (own !== null) return own;
    for (const each of all()) if (each.campaignId === campaignId) return (own = of(each));
    return (own = NOT_USED);
  };
  return ({ scope }) => (scope.campaignId === null ? (worst ??= worstOf([ofOwn(), ...[...all()].map(of)])) : ofOwn());
}

/** Attempts of some days whose decisions cite the same test, or none. */
export interface TestCited {
  readonly testId: string | null;
  /** How many of them were dropped as machines. */
  readonly dropped: number;
  /** Of the last of them. */
  readonly decidedAt: Instant;
}

const DAY_MS = 86_400_000;

/**
 * By the tests that were in force when the calls were made: evidence does not change, and neither does a day that was
 * closed by it. A test's name tells its day, not its hour; the engine, which knew the hour, held to the age itself.
 */
export const peopleCited = (cited: readonly TestCited[], ageMaxDays: number): FalsePositives =>
  worstOf(
    cited.map(({ testId, dropped, decidedAt }) => {
      const test = testId === null ? null : testNamed(testId, decidedAt);
      return falsePositivesOf(test, dropped > 0, decidedAt, ageMaxDays);
    }),
  );

function testNamed(testId: string, citedAt: Instant): AmdTest | null {
  const read = readAmdTestId(testId);
  if (read === null) return null;
  const { day, sampled, humansFound } = read;
  const dayStart = Date.parse(day);
  // A test from a day after the call that cites it is none.
  if (dayStart > citedAt) return null;
  return { testId, sampled, humansFound, testedAt: earliest(instant(dayStart + DAY_MS), citedAt), labelledBy: "" };
}
