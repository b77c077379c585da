/** How long something has lasted, whoever sets the clock meanwhile. */
import { describe, expect, test } from "@jest/globals";
import { instant } from "../../../src/domain/instant.ts";
import { ClockSteps } from "../../../src/engine/pacing/clock-steps.ts";

const HOUR_MS = 3_600_000;

/** Every second both clocks are looked at; `steps`: by how much the one on the wall is set at which second. */
function watched(seconds: number, steps: Readonly<Record<number, number>>) {
  const clock = new ClockSteps();
  const wallAt: number[] = [];
  let aheadMs = 1_000_000;
  for (let second = 0; second <= seconds; second++) {
    aheadMs += steps[second] ?? 0;
    wallAt.push(second * 1_000 + aheadMs);
    clock.look(instant(second * 1_000 + aheadMs), second * 1_000);
  }
  return (from: number): number => clock.msSince(instant(wallAt[from]!), instant(wallAt[seconds]!));
}

describe("by the clock on the wall, and no more than by the steady one", () => {
  test.each<[string, steps: Record<number, number>, from: number, passedMs: number]>([
    ["nobody sets it", {}, 5, 15_000],
    ["set forward meanwhile", { 10: 15_000 }, 5, 15_000],
    ["set forward twice", { 10: 15_000, 12: HOUR_MS }, 5, 15_000],
    ["set forward before", { 3: 15_000 }, 5, 15_000],
    ["set back meanwhile: the call itself goes by the wall, and would refuse", { 10: -4_000 }, 5, 11_000],
    [
      "set back and forward again: a moment that came twice is taken for the later",
      { 8: -4_000, 12: 4_000 },
      5,
      11_000,
    ],
    ["set forward and back again", { 8: 4_000, 12: -4_000 }, 5, 15_000],
    ["a machine that slept: by the wall an hour, for the call a moment", { 19: HOUR_MS }, 19, 1_000],
  ])("%s", (_what, steps, from, passedMs) => {
    expect(watched(20, steps)(from)).toBe(passedMs);
  });

  test("a clock that is slewed adds up to a step, and two readings that differ by a hair do not", () => {
    const slewed = Object.fromEntries(Array.from({ length: 1_000 }, (_, second) => [second + 1, 0.5]));
    expect(watched(1_000, slewed)(0)).toBeLessThan(1_000_000 + 25);
    expect(watched(20, { 10: 3, 11: -3 })(0)).toBe(20_000);
  });

  test("before the first look nothing is known of steps", () => {
    expect(new ClockSteps().msSince(instant(0), instant(5_000))).toBe(5_000);
    expect(watched(7_200, { 1: 5_000, 7_199: 2_000 })(7_190)).toBe(10_000);
  });
});
