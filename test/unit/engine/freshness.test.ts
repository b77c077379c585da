/** After a stall or a jump of the clock nothing is forecast for a moment, and then again. */
import { expect, test } from "@jest/globals";
import { instant } from "../../../src/domain/instant.ts";
import { Freshness } from "../../../src/engine/pacing/freshness.ts";

const TICK_MS = 500;

/** Whether each look finds it stale. */
const looks = (...atMs: number[]): boolean[] => {
  const freshness = new Freshness(TICK_MS);
  return atMs.map((at) => {
    freshness.look(instant(1_000_000 + at));
    return freshness.isStale;
  });
};

test("ticks that come in time are no news, nor is the first look", () => {
  expect(looks(0, 500, 1_000, 1_001, 1_500)).toEqual([false, false, false, false, false]);
});

test("a tick that is two seconds late is borne, a later one is not", () => {
  expect(looks(0, 2_500)).toEqual([false, false]);
  expect(looks(0, 2_501)).toEqual([false, true]);
});

test("for a second after a stall everything is stale: what piled up is still being read", () => {
  expect(looks(0, 10_000, 10_001, 10_999, 11_000)).toEqual([false, true, true, true, false]);
});

test("a clock that was set back is a jump as well", () => {
  expect(looks(0, -1, 500, 999)).toEqual([false, true, true, false]);
});
