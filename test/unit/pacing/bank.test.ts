/** What the bank says in cases that can be worked out by hand. */
import { describe, expect, test } from "@jest/globals";
import {
  abandonCredit,
  aimOf,
  driftAfterAnswer,
  isGated,
  isStopped,
  overdialAllowed,
  powerRatio,
  surplus,
  theta,
  tightest,
} from "../../../src/pacing/bank.ts";
import type { AbandonWindow } from "../../../src/pacing/bank.ts";

const MINUTE_MS = 60_000;

const window = (more: Partial<AbandonWindow>): AbandonWindow => ({
  liveAnswers: 0,
  abandoned: 0,
  targetBasisPoints: 300,
  limitBasisPoints: 300,
  msUntilEnd: 8 * 60 * MINUTE_MS,
  ...more,
});

describe("the surplus", () => {
  test("is earned at a tenth of a point below the target, and spent by abandons", () => {
    expect(surplus({ liveAnswers: 1_000, abandoned: 20 }, 300)).toBeCloseTo(9);
    expect(surplus({ liveAnswers: 1_000, abandoned: 32 }, 300)).toBeCloseTo(-3);
    expect(surplus({ liveAnswers: 1_000, abandoned: 0 }, 100)).toBeCloseTo(9);
  });

  test("is never earned where the target is a tenth of a point or less", () => {
    expect(aimOf(10)).toBe(0);
    expect(aimOf(0)).toBe(0);
  });

  test("that counts is that of the tightest window", () => {
    const day = window({ liveAnswers: 200, abandoned: 5 });
    const month = window({ liveAnswers: 5_000, abandoned: 150 });
    expect(tightest([day, month])).toBe(month);
    expect(tightest([month, day])).toBe(month);
    expect(tightest([])).toBeNull();
  });
});

describe("θ", () => {
  test("is its base at the reserve, and moves with the surplus", () => {
    expect(theta(0.025, 3)).toBeCloseTo(0.025);
    expect(theta(0.025, 5)).toBeCloseTo(0.025 * Math.exp(0.3), 5);
    expect(theta(0.025, -3)).toBeCloseTo(0.025 * Math.exp(-0.9));
  });

  test("spends what is in hand towards the end of the window, and makes up for what is owed", () => {
    const [early, late] = [
      { whole: 25, left: 24 },
      { whole: 25, left: 1 },
    ];
    expect(theta(0.025, 3, early)).toBeCloseTo(0.025);
    expect(theta(0.025, 3, late)).toBeGreaterThan(0.045);
    expect(theta(0.025, 0, late)).toBeLessThan(theta(0.025, 0, early));
    expect(theta(0.025, 0.12 * 5, { whole: 25, left: 0 })).toBeCloseTo(0.025);
  });

  test("stays within its bounds", () => {
    expect(theta(0.025, -1_000)).toBe(0.002);
    expect(theta(0.025, 1_000)).toBeCloseTo(0.025 * 1.5);
    expect(theta(0.025, 1_000, { whole: 100, left: 10 })).toBe(0.05);
    expect(theta(0.5, 3)).toBe(0.05);
  });

  test("spreads a large surplus over what is still to come instead of spending it at once", () => {
    const left = { whole: 200, left: 100 };
    expect(theta(0.02, 23, left)).toBeCloseTo(0.02 * 1.7, 4);
    expect(theta(0.02, 53, left)).toBeCloseTo(0.02 * 2, 4);
    expect(theta(0.02, 53, { whole: 1_100, left: 1_000 })).toBeCloseTo(0.02 * 1.55, 4);
  });

  test("drifts up while there is more than the reserve, down while less, and never further than two", () => {
    expect(driftAfterAnswer(0, 3, 300)).toBe(0);
    expect(driftAfterAnswer(0, 10, 300)).toBeCloseTo(0.5 * 0.029 * 0.0225 * 7, 8);
    expect(driftAfterAnswer(0, -4, 300)).toBeCloseTo(-driftAfterAnswer(0, 10, 300), 8);
    expect(driftAfterAnswer(0, -500, 300)).toBe(driftAfterAnswer(0, -7, 300));
    expect(driftAfterAnswer(2, 9, 300)).toBe(2);
    expect(driftAfterAnswer(-2, -7, 300)).toBe(-2);
  });

  test("does not drift up on a surplus that no forecast has earned, only back to where it began", () => {
    expect(driftAfterAnswer(0, 11, 300)).toBe(0);
    expect(driftAfterAnswer(0.7, 500, 300)).toBe(0.7);
    expect(driftAfterAnswer(-1, 500, 300)).toBeGreaterThan(-1);
    expect(driftAfterAnswer(-1e-6, 500, 300)).toBe(0);
  });
});

describe("the banked ratio", () => {
  test.each<[what: string, liveAnswers: number, abandoned: number, ratio: number]>([
    ["is 1 while abandons are owed", 100, 3, 1],
    ["is what was asked for at the reserve", 1_000, 26, 2.5],
    ["is more with more in hand", 1_000, 24, 2.5 * Math.exp(0.3)],
    ["is half as much again at most", 1_000, 0, 2.5 * 1.5],
    ["is less with less in hand", 1_000, 28, 2.5 * Math.exp(-0.3)],
  ])("%s", (_what, liveAnswers, abandoned, ratio) => {
    expect(powerRatio(2.5, { liveAnswers, abandoned }, 300)).toBeCloseTo(ratio);
  });

  test("is never below 1, and never above fifteen lines", () => {
    expect(powerRatio(1.1, { liveAnswers: 100_000, abandoned: 0 }, 300)).toBeCloseTo(1.65);
    expect(powerRatio(12, { liveAnswers: 100_000, abandoned: 0 }, 300)).toBe(15);
    expect(powerRatio(1.1, { liveAnswers: 0, abandoned: 0 }, 300)).toBe(1);
  });
});

describe("the soft gate", () => {
  test.each<[what: string, Partial<AbandonWindow>, closed: boolean]>([
    ["is open at the beginning", {}, false],
    ["is open in a small debt", { liveAnswers: 100, abandoned: 7 }, false],
    ["is closed in a debt of more than five", { liveAnswers: 100, abandoned: 8 }, true],
    [
      "is open in a larger debt, if it is less than a tenth of the budget",
      { liveAnswers: 10_000, abandoned: 318 },
      false,
    ],
    ["is closed beyond a tenth of the budget", { liveAnswers: 10_000, abandoned: 320 }, true],
    [
      "is open in a debt that the rest of the day can pay",
      { liveAnswers: 300, abandoned: 18, answersLeft: 9_000 },
      false,
    ],
    ["is closed in one that it cannot", { liveAnswers: 300, abandoned: 37, answersLeft: 9_000 }, true],
    [
      "is closed in any debt in the last five minutes",
      { liveAnswers: 100, abandoned: 3, msUntilEnd: 5 * MINUTE_MS },
      true,
    ],
    ["is open out of debt in the last minute", { liveAnswers: 100, abandoned: 2, msUntilEnd: MINUTE_MS }, false],
  ])("%s", (_what, more, closed) => {
    expect(isGated(window(more))).toBe(closed);
  });
});

describe("the hard stop", () => {
  const late = { msUntilEnd: 15 * MINUTE_MS - 1 };
  test.each<[what: string, Partial<AbandonWindow>, stopped: boolean]>([
    ["comes when one more would be too many", { ...late, liveAnswers: 300, abandoned: 9 }, true],
    ["does not come when one more is within the limit", { ...late, liveAnswers: 299, abandoned: 8 }, false],
    ["does not come early in the window", { msUntilEnd: 15 * MINUTE_MS, liveAnswers: 300, abandoned: 9 }, false],
    ["does not come before a hundred live answers", { ...late, liveAnswers: 99, abandoned: 9 }, false],
    [
      "goes by the legal limit and not by the target",
      { ...late, liveAnswers: 300, abandoned: 9, targetBasisPoints: 100, limitBasisPoints: 500 },
      false,
    ],
  ])("%s", (_what, more, stopped) => {
    expect(isStopped(window(more))).toBe(stopped);
  });
});

describe("the strict gate", () => {
  test.each<[connected: number, abandoned: number, limitBasisPoints: number, credit: number]>([
    [0, 0, 300, 0],
    [32, 0, 300, 0],
    [33, 0, 300, 1],
    [65, 1, 300, 1],
    [98, 0, 100, 0],
    [99, 0, 100, 1],
    [97, 3, 300, 0],
    [96, 3, 300, -1],
    [1_000_000, 0, 0, 0],
    [1, 0, 5_000, 1],
  ])(
    "after %d connects and %d abandons at %d basis points the credit is %d",
    (connected, abandoned, limitBasisPoints, credit) => {
      expect(abandonCredit({ connected, abandoned, limitBasisPoints })).toBe(credit);
    },
  );

  test("takes every overdialled call on its way as an abandon to come", () => {
    const account = { abandoned: 1, connected: 330, limitBasisPoints: 300 };
    expect(overdialAllowed({ ...account, overdialInFlight: 0 })).toBe(9);
    expect(overdialAllowed({ ...account, overdialInFlight: 7 })).toBe(2);
    expect(overdialAllowed({ ...account, overdialInFlight: 50 })).toBe(0);
  });

  test.each([{ abandoned: -1 }, { connected: Number.NaN }, { overdialInFlight: 0.5 }, { limitBasisPoints: Infinity }])(
    "refuses a count that is none: %p",
    (broken) => {
      const account = { abandoned: 0, connected: 100, overdialInFlight: 0, limitBasisPoints: 300 };
      expect(() => overdialAllowed({ ...account, ...broken })).toThrow(RangeError);
    },
  );
});
