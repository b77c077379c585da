/** When a lead is tried again, and why not. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RedialRules } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { isOutcome, OUTCOMES, outcomeFacts } from "../../../src/domain/outcome.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { historyAfter, nextAttempt } from "../../../src/lead/next-attempt.ts";
import type { LeadHistory, NextAttempt } from "../../../src/lead/next-attempt.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const RULES: RedialRules = {
  attemptsMax: 6,
  carrierTriesMax: 3,
  byClass: {
    busy: { delayMs: 10 * MINUTE, triesMax: 2 },
    "no-answer": { delayMs: 4 * HOUR, triesMax: 4 },
    abandoned: { delayMs: 72 * HOUR, triesMax: 1 },
    carrier: { delayMs: 5 * MINUTE, triesMax: 10 },
    "early-hangup": { delayMs: 24 * HOUR, triesMax: 1 },
  },
};

const NEW: LeadHistory = {
  attemptsCounted: 0,
  carrierTries: 0,
  lastRetryClass: null,
  lastRetryClassCount: 0,
  hasOtherNumber: false,
};
const AT = instant(Date.UTC(2026, 10, 2, 9));

/** A lead's attempts one after the other; what is said after each. */
function lived(outcomes: readonly Outcome[], rules = RULES): string[] {
  let history = NEW;
  return outcomes.map((outcome) => {
    history = historyAfter(history, outcome);
    return said(nextAttempt(history, outcome, rules, AT, 0));
  });
}

const said = (next: NextAttempt): string =>
  next.type === "retry"
    ? `again in ${(next.at - AT) / MINUTE} min (${next.because})`
    : next.type === "requeue"
      ? "requeue"
      : `${next.type} (${next.because})`;

test.each<[what: string, Outcome[], expected: string[]]>([
  ["a person was reached", ["connected"], ["done (done)"]],
  ["nobody answered", ["no-answer"], ["again in 240 min (no-answer)"]],
  [
    "busy as often as the rule allows, and once more",
    ["busy", "busy", "busy"],
    ["again in 10 min (busy)", "again in 10 min (busy)", "done (busy-tries-exhausted)"],
  ],
  [
    "busy in a row is counted anew after something else",
    ["busy", "busy", "no-answer", "busy"],
    ["again in 10 min (busy)", "again in 10 min (busy)", "again in 240 min (no-answer)", "again in 10 min (busy)"],
  ],
  [
    "what was given back in between breaks no row",
    ["busy", "busy", "not-placed", "cancelled-unrung", "busy"],
    ["again in 10 min (busy)", "again in 10 min (busy)", "requeue", "requeue", "done (busy-tries-exhausted)"],
  ],
  [
    "different outcomes of one class are one row",
    ["no-answer", "subscriber-absent", "no-ringback", "redirected", "lost"],
    [...Array.from({ length: 4 }, () => "again in 240 min (no-answer)"), "done (no-answer-tries-exhausted)"],
  ],
  [
    "the carrier's failures use up no try, and have a ceiling of their own",
    ["congestion", "no-response", "congestion"],
    ["again in 5 min (carrier)", "again in 5 min (carrier)", "done (carrier-tries-exhausted)"],
  ],
  [
    "that ceiling counts all of them, in a row or not",
    ["congestion", "busy", "congestion", "no-answer", "congestion"],
    [
      "again in 5 min (carrier)",
      "again in 10 min (busy)",
      "again in 5 min (carrier)",
      "again in 240 min (no-answer)",
      "done (carrier-tries-exhausted)",
    ],
  ],
  [
    "all tries used up",
    ["busy", "no-answer", "busy", "no-answer", "busy", "no-answer"],
    [
      "again in 10 min (busy)",
      "again in 240 min (no-answer)",
      "again in 10 min (busy)",
      "again in 240 min (no-answer)",
      "again in 10 min (busy)",
      "done (attempts-exhausted)",
    ],
  ],
  ["abandoned: only under the cool-off rule", ["abandoned-silent"], ["again in 4320 min (abandoned)"]],
  [
    "abandoned twice in a row is once too often",
    ["abandoned-with-message", "agent-leg-failed"],
    ["again in 4320 min (abandoned)", "done (abandoned-tries-exhausted)"],
  ],
  ["a class without a rule is not redialled", ["rejected"], ["done (no-rule-for-rejected)"]],
  ["the number does not exist", ["unallocated"], ["done (invalid)"]],
  ["the network takes us for spam", ["spam-rejected"], ["done (done)"]],
  ["our credentials are wrong", ["auth-rejected"], ["held (auth-rejected)"]],
  ["nobody knows what happened", ["unclassified"], ["held (unclassified)"]],
])("%s", (_what, outcomes, expected) => {
  expect(lived(outcomes)).toEqual(expected);
});

test("without any rules nothing is redialled, and the reason is said", () => {
  expect(lived(["busy"], { ...RULES, byClass: {} })).toEqual(["done (no-rule-for-busy)"]);
  expect(lived(["busy"], { ...RULES, attemptsMax: 1 })).toEqual(["done (attempts-exhausted)"]);
});

describe("jitter", () => {
  const delayMs = (jitter: number): number => {
    const next = nextAttempt(historyAfter(NEW, "busy"), "busy", RULES, AT, jitter);
    return next.type === "retry" ? next.at - AT : NaN;
  };

  test("spreads what ended together over a tenth of the delay, and never brings it forward", () => {
    expect([delayMs(0), delayMs(0.5)]).toEqual([10 * MINUTE, 10.5 * MINUTE]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (jitter) => {
        expect(delayMs(jitter)).toBeGreaterThanOrEqual(10 * MINUTE);
        expect(delayMs(jitter)).toBeLessThanOrEqual(11 * MINUTE);
        expect(Number.isInteger(delayMs(jitter))).toBe(true);
      }),
    );
  });
});

const ALL = Object.keys(OUTCOMES).filter(isOutcome);
const anyOutcome = fc.constantFrom(...ALL);
const anyRules: fc.Arbitrary<RedialRules> = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 8 }),
  carrierTriesMax: fc.integer({ min: 0, max: 5 }),
  byClass: fc.dictionary(
    fc.constantFrom("no-answer", "busy", "machine", "rejected", "abandoned", "early-hangup", "callback", "carrier"),
    fc.record({ delayMs: fc.nat({ max: 72 * HOUR }), triesMax: fc.nat({ max: 5 }) }),
  ),
});

describe("whatever happens to a lead", () => {
  test("a no has a reason, and a yes is not in the past", () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { minLength: 1 }), anyRules, (outcomes, rules) => {
        let history = NEW;
        for (const outcome of outcomes) history = historyAfter(history, outcome);
        const next = nextAttempt(history, outcomes.at(-1) ?? "lost", rules, AT, 0.5);
        if (next.type !== "requeue") expect(next.because).not.toBe("");
        if (next.type === "retry") expect(next.at).toBeGreaterThanOrEqual(AT);
      }),
    );
  });

  test("a number taken out is never tried again, whatever the rules say", () => {
    fc.assert(
      fc.property(anyOutcome, anyRules, (outcome, rules) => {
        fc.pre(outcomeFacts(outcome).permanent);
        expect(nextAttempt(historyAfter(NEW, outcome), outcome, rules, AT, 0).type).toBe("done");
      }),
    );
  });

  test("dialling ends: each call uses up a try, one of the carrier's, or a place in a row", () => {
    // Not redialled by these rules are those given back or held. Preview and callbacks are not dialled yet.
    const redialled = ALL.filter(
      (each) => !["requeue", "operator", "callback"].includes(outcomeFacts(each).retryClass) && !/^preview/.test(each),
    );
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(...redialled)), anyRules, (outcomes, rules) => {
        const inARowMax = 1 + (rules.byClass.abandoned?.triesMax ?? 0);
        const callsMax = (rules.attemptsMax + rules.carrierTriesMax + 1) * (1 + inARowMax);
        let history = NEW;
        let calls = 0;
        for (const outcome of outcomes) {
          calls += 1;
          history = historyAfter(history, outcome);
          if (nextAttempt(history, outcome, rules, AT, 0).type !== "retry") break;
        }
        expect(calls).toBeLessThanOrEqual(callsMax);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a number that is out for good", () => {
  const withOther: LeadHistory = { ...NEW, hasOtherNumber: true };

  test("ends a lead that has no other", () => {
    const history = historyAfter(NEW, "unallocated");
    expect(nextAttempt(history, "unallocated", RULES, AT, 0)).toEqual({ type: "done", because: "invalid" });
  });

  test("gives way to the lead's next number at once", () => {
    const history = historyAfter(withOther, "unallocated");
    expect(nextAttempt(history, "unallocated", RULES, AT, 0.9)).toEqual({
      type: "retry",
      at: AT,
      because: "other-number",
    });
  });

  test("and uses up a try all the same", () => {
    const history = historyAfter({ ...withOther, attemptsCounted: RULES.attemptsMax - 1 }, "unallocated");
    expect(nextAttempt(history, "unallocated", RULES, AT, 0)).toEqual({ type: "done", because: "attempts-exhausted" });
  });
});
