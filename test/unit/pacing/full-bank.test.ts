/** Hours or weeks of dialling one to one fill the bank: it is then spent little by little, and not on the next hundred people. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  aimOf,
  BANK_GAIN,
  BANK_RESERVE,
  budgetOf,
  driftAfterAnswer,
  surplus,
  theta,
} from "../../../src/pacing/bank.ts";
import type { AbandonWindow } from "../../../src/pacing/bank.ts";

type Law = (base: number, surplusNow: number, window: AbandonWindow) => number;
type Drift = typeof driftAfterAnswer;

const TARGET = 300;
const BASE = 0.025;
/** Measured on pretend days: people lost for each person that θ lets be lost, at most. */
const LOST_PER_THETA = 1.5;

/** Spends from a bank that nobody has drawn on; answers the greatest share lost in any hundred answers. */
function worstShare(law: Law, drift: Drift, banked: number, answersLeft: number): number {
  let [abandoned, ratio] = [0, 0];
  for (let answer = 0; answer < banked; answer++) {
    ratio = drift(ratio, surplus({ liveAnswers: answer, abandoned: 0 }, TARGET), TARGET);
  }
  const lost: number[] = [];
  for (let answer = 0; answer < answersLeft; answer++) {
    const window: AbandonWindow = {
      liveAnswers: banked + answer,
      abandoned,
      targetBasisPoints: TARGET,
      limitBasisPoints: TARGET,
      msUntilEnd: 3_600_000,
      answersLeft: answersLeft - answer,
    };
    const surplusNow = surplus(window, TARGET);
    ratio = drift(ratio, surplusNow, TARGET);
    const share = Math.min(1, LOST_PER_THETA * law(BASE * Math.exp(ratio), surplusNow, window));
    abandoned += share;
    lost.push(share);
  }
  let worst = 0;
  for (let from = 0; from + 100 <= lost.length; from += 10) {
    worst = Math.max(worst, lost.slice(from, from + 100).reduce((sum, each) => sum + each, 0) / 100);
  }
  return worst;
}

const sound: Law = (base, surplusNow, window) => theta(base, surplusNow, budgetOf(window));
/** The bank as it was once: as bold as an exponential of the surplus says, up to every second person. */
const unbounded: Law = (base, surplusNow) =>
  Math.min(0.5, Math.max(0.002, base * Math.exp(BANK_GAIN * (surplusNow - BANK_RESERVE))));
const alwaysDrifting: Drift = (drift, surplusNow, target) => {
  const error = Math.min(10, Math.max(-10, surplusNow - BANK_RESERVE));
  return Math.min(2, Math.max(-2, drift + 0.5 * aimOf(target) * BANK_GAIN * BANK_GAIN * error));
};

const anyBank = fc.record({
  banked: fc.integer({ min: 0, max: 60_000 }),
  answersLeft: fc.integer({ min: 100, max: 3_000 }),
});
const RUNS = { numRuns: 40, seed: 1 };
const holds = (law: Law, drift: Drift) =>
  fc.property(anyBank, ({ banked, answersLeft }) => worstShare(law, drift, banked, answersLeft) <= 0.08);

describe("a full bank", () => {
  test("loses no more than eight of any hundred, whatever is in it and however much of the window is left", () => {
    fc.assert(holds(sound, driftAfterAnswer), RUNS);
  });

  test.each<[what: string, law: Law, drift: Drift]>([
    ["a bank without a bound", unbounded, driftAfterAnswer],
    ["a bank without a bound that drifts while it fills", unbounded, alwaysDrifting],
  ])("%s is caught", (_what, law, drift) => {
    expect(fc.check(holds(law, drift), RUNS).failed).toBe(true);
  });

  test("does not leave a bolder forecast behind: it drifts no further than it was", () => {
    let [held, faulty] = [0, 0];
    for (let answer = 0; answer < 20_000; answer++) {
      const surplusNow = surplus({ liveAnswers: answer, abandoned: 0 }, TARGET);
      held = driftAfterAnswer(held, surplusNow, TARGET);
      faulty = alwaysDrifting(faulty, surplusNow, TARGET);
    }
    expect(held).toBeLessThan(0.3);
    expect(faulty).toBe(2);
  });

  test("is spread: of two equal ones that with less of the window left is spent faster, none as fast as an empty window's end allows", () => {
    const at = (answersLeft: number): number =>
      sound(BASE, 20, {
        liveAnswers: 1_000,
        abandoned: 9,
        targetBasisPoints: TARGET,
        limitBasisPoints: TARGET,
        msUntilEnd: 1,
        answersLeft,
      });
    expect(at(10_000)).toBeLessThan(at(2_000));
    expect(at(2_000)).toBeLessThan(at(200));
    expect(at(0)).toBeLessThanOrEqual(0.05);
  });
});
