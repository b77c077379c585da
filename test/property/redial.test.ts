/**
 * Whole lives of leads under any rules, hours and fates, in ten zones, judged by the machine's own tables of zones: never
 * outside the hours, no band twice on one day or two days running where nobody was there, no cap exceeded, every life
 * ends with a reason.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { numberId } from "../../src/domain/ids.ts";
import { instant } from "../../src/domain/instant.ts";
import { outcomeFacts } from "../../src/domain/outcome.ts";
import { redialPlan } from "../../src/domain/redial-rules.ts";
import { chooseAgain, chooseNext } from "../../src/lead/redial/choose-next.ts";
import { NO_RATES } from "../../src/lead/redial/contact-rates.ts";
import { explainRedial } from "../../src/lead/redial/explain.ts";
import { firstMoment, mayBeTried } from "../../src/lead/redial/refusals.ts";
import type { NextChoice } from "../../src/lead/redial/next-choice.ts";
import { storyAfter } from "../../src/lead/redial/story.ts";
import type { LeadStory } from "../../src/lead/redial/story.ts";
import { redialBreaches } from "../support/redial-judge.ts";
import type { JudgedBy } from "../support/redial-judge.ts";
import { freshLead, openFast } from "../support/redial.ts";
import { anyHours, anyJitter, anyNumbers, anyOutcome, anyRules, anyStart, ZONES } from "../support/redial-world.ts";
import { wallOf } from "./wall.ts";

const CALL_MS = 30_000;
const DAY_MS = 86_400_000;

const anyLife = fc.constantFrom(...ZONES).chain((zone) =>
  fc.record({
    zone: fc.constant(zone),
    start: anyStart(zone),
    numbers: anyNumbers(zone),
    rules: anyRules,
    hours: anyHours,
    outcomes: fc.array(anyOutcome, { minLength: 12, maxLength: 12 }),
    jitters: fc.array(anyJitter, { minLength: 12, maxLength: 12 }),
    /** Share of the slot that the dialler comes late. */
    late: fc.constantFrom(0, 0, 0.5, 0.99),
  }),
);

type AnyLife = typeof anyLife extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Follows a lead to its end. @returns how it ended, and how many attempts were made */
function live(life: AnyLife): { end: NextChoice | null; attempts: number } {
  const { zone, start, numbers, rules, hours, outcomes, jitters, late } = life;
  const context: JudgedBy = { rules, hours, wall: wallOf(zone) };
  const plan = redialPlan(rules);
  let story = freshLead(...numbers);
  let next = { numberId: numbers[0]!.numberId, at: instant(start) };
  for (const [index, outcome] of outcomes.entries()) {
    story = storyAfter(story, { ...next, outcome });
    const endedAt = instant(next.at + CALL_MS);
    const ended = { numberId: next.numberId, outcome, endedAt };
    const jitter = jitters[index]!;
    const choice = chooseNext({
      story,
      ended,
      promise: null,
      rules,
      openAt: openFast(hours),
      rates: NO_RATES,
      jitter,
      now: endedAt,
    });
    if (choice.type === "requeue") continue;
    if (choice.type !== "retry") return { end: choice, attempts: index + 1 };
    expect(choice.at).toBeGreaterThanOrEqual(endedAt);
    expect(choice.until).toBeGreaterThanOrEqual(choice.at);
    const { retryClass, permanent } = outcomeFacts(outcome);
    const rule = permanent || outcome === "fax" ? undefined : plan.byClass[retryClass];
    if (rule !== undefined) {
      expect(choice.at).toBeGreaterThanOrEqual(endedAt + rule.delayMs);
      if (rule.number === "same" && choice.numberId !== ended.numberId) expect(story.numbers.length).toBeGreaterThan(1);
    }
    const at = instant(choice.at + Math.floor((choice.until - choice.at - 1) * late));
    const found = redialBreaches(context, story, choice);
    expect(found).toEqual([]);
    // Who comes late and asks again is told no, or breaks nothing either, the hours apart: compliance looks at those.
    if (at > choice.at)
      expect(redialBreaches(context, story, { ...choice, at }).filter((each) => each !== "outside the hours")).toEqual(
        [],
      );
    next = { numberId: choice.numberId, at };
  }
  return { end: null, attempts: outcomes.length };
}

test("no life breaks a rule, and each ends with a reason", () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(anyLife, (life) => {
      const { end } = live(life);
      if (end === null || end.type === "requeue" || end.type === "retry") return;
      expect(end.because).not.toBe("");
      ends.set(end.because, (ends.get(end.because) ?? 0) + 1);
    }),
    { numRuns: 250 },
  );
  // The dice must have shown more than one way to end, or the property says little.
  expect(ends.size).toBeGreaterThan(4);
});

test("a lead that nobody ever answers for comes to an end, whatever the rules", () => {
  fc.assert(
    fc.property(anyLife, anyOutcome, (life, outcome) => {
      const { retryClass } = outcomeFacts(outcome);
      // Both are about ourselves, and no attempt was made.
      if (retryClass === "requeue" || retryClass === "callback") return;
      const most = life.rules.attemptsMax + life.rules.carrierTriesMax + 3;
      const outcomes = Array.from({ length: most + 1 }, () => outcome);
      const { end, attempts } = live({ ...life, outcomes, jitters: outcomes.map(() => life.jitters[0]!), late: 0 });
      expect(end).not.toBeNull();
      expect(attempts).toBeLessThanOrEqual(most);
    }),
    { numRuns: 80 },
  );
});

test("what is chosen anew keeps the same rules, and lies no earlier than asked", () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const { zone, start, rules, hours, outcomes, jitters } = life;
      const story = outcomes
        .slice(0, 3)
        .reduce<LeadStory>(
          (before, outcome, index) =>
            storyAfter(before, { numberId: numberId(1), at: instant(start + index * 5_000_000), outcome }),
          freshLead(...life.numbers),
        );
      const from = instant(start + 20_000_000);
      const choice = chooseAgain({ story, rules, openAt: openFast(hours), rates: NO_RATES, jitter: jitters[0]!, from });
      if (choice.type !== "retry") return;
      expect(choice.at).toBeGreaterThanOrEqual(from);
      expect(redialBreaches({ rules, hours, wall: wallOf(zone) }, story, choice)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("the first moment is the first: no quarter of an hour before it would have done", () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const { start, rules, hours, numbers } = life;
      const number = numbers[0]!;
      const story = storyAfter(freshLead(...numbers), {
        numberId: number.numberId,
        at: instant(start),
        outcome: "no-answer",
      });
      const prospect = {
        ...{ number: story.numbers[0]!, story, plan: redialPlan(rules), openAt: openFast(hours) },
        notBefore: null,
        mode: "strict" as const,
      };
      const from = instant(Math.ceil(start / 900_000) * 900_000);
      const first = firstMoment(prospect, from);
      const end = typeof first === "number" ? first : from + 5 * DAY_MS;
      if (typeof first === "number") expect(mayBeTried(prospect, first)).toBe(true);
      for (let at = from; at < Math.min(end, from + 5 * DAY_MS); at = instant(at + 900_000))
        expect(mayBeTried(prospect, at)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test("`why` is right about every rule: it says no until then, and not then", () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const { start, rules, hours, numbers, outcomes } = life;
      const story = outcomes
        .slice(0, 4)
        .reduce<LeadStory>(
          (before, outcome, index) =>
            storyAfter(before, { numberId: numbers[0]!.numberId, at: instant(start + index * 4_000_000), outcome }),
          freshLead(...numbers),
        );
      const asked = { story, rules, openAt: openFast(hours), dueAt: instant(start + 30_000_000), isPromised: false };
      const at = instant(start + 16_000_000);
      for (const [place, { verdicts, dialableAt }] of explainRedial({ ...asked, at }).numbers.entries()) {
        for (const { rule, lets, until } of verdicts) {
          if (lets || until === null) continue;
          const then = (moment: number): boolean =>
            explainRedial({ ...asked, at: instant(moment) }).numbers[place]!.verdicts.find(
              (each) => each.rule === rule,
            )!.lets;
          expect({ rule, then: then(until), before: then(until - 1) }).toEqual({ rule, then: true, before: false });
        }
        if (dialableAt !== null)
          expect(explainRedial({ ...asked, at: dialableAt }).numbers[place]!.verdicts.every(({ lets }) => lets)).toBe(
            true,
          );
      }
    }),
    { numRuns: 100 },
  );
});
