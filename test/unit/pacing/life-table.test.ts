/** What is learned of how long agents talk and write, and what it says about when they are free. */
import { describe, expect, test } from "@jest/globals";
import {
  between,
  busyInTalk,
  busyInWrapUp,
  LifeTable,
  TALK_AGE_MAX_S,
  TALK_EDGES_S,
  WRAP_UP_EDGES_S,
} from "../../../src/pacing/life-table.ts";

const HORIZONS_MS = [0, 5_000, 27_000];

/** A table that has seen durations spread evenly over the quantiles of an exponential law. */
function exponential(edgesS: readonly number[], meanS: number): LifeTable {
  const table = new LifeTable(edgesS, 60);
  for (let index = 0; index < 4_000; index++) table.record(-meanS * Math.log((index + 0.5) / 4_000) * 1_000);
  return table;
}

describe("a life table", () => {
  test("believes its prior before it has seen anything", () => {
    const table = new LifeTable(TALK_EDGES_S, 90);
    expect(table.meanMs()).toBeCloseTo(90_000);
    for (const hazard of table.hazards()) expect(hazard).toBeCloseTo(1 / 90);
  });

  test("learns a constant hazard", () => {
    const table = exponential(TALK_EDGES_S, 120);
    expect(table.meanMs() / 1_000).toBeCloseTo(120, -0.5);
    for (const hazard of table.hazards().slice(0, 12)) expect(Math.abs(hazard * 120 - 1)).toBeLessThan(0.08);
  });

  test("learns that nobody ends in the first seconds and all soon after", () => {
    const table = new LifeTable(WRAP_UP_EDGES_S, 15);
    for (let index = 0; index < 500; index++) table.record(9_000 + (index % 10) * 100);
    const [first, , , inTheBin] = table.hazards();
    expect(first!).toBeLessThan(0.02);
    expect(inTheBin!).toBeGreaterThan(0.4);
  });

  test("goes on where another stopped", () => {
    const seen = exponential(TALK_EDGES_S, 120);
    const next = new LifeTable(TALK_EDGES_S, 90);
    next.learnFrom(seen.snapshot(), 1);
    expect(next.meanMs() / seen.meanMs()).toBeCloseTo(1, 2);
    const other = new LifeTable(WRAP_UP_EDGES_S, 15);
    other.learnFrom(seen.snapshot(), 1);
    expect(other.meanMs()).toBeCloseTo(15_000);
  });
});

describe("an agent who talks", () => {
  const rows = busyInTalk(exponential(TALK_EDGES_S, 120), exponential(WRAP_UP_EDGES_S, 15), HORIZONS_MS);
  const busy = (ageS: number, horizon: number): number => rows[ageS * HORIZONS_MS.length + horizon]!;

  test("is not free now, and is free later by both laws, one after the other", () => {
    expect(busy(10, 0)).toBe(1);
    // Two exponentials: 1 − (a·e^(−t/a) − b·e^(−t/b)) / (a − b).
    const within = (t: number): number => 1 - (120 * Math.exp(-t / 120) - 15 * Math.exp(-t / 15)) / 105;
    for (const age of [0, 50, 300]) {
      expect(1 - busy(age, 1)).toBeCloseTo(within(5), 1.7);
      expect(Math.abs(1 - busy(age, 2) - within(27))).toBeLessThan(0.015);
    }
  });

  test("is as likely to be free at any great age", () => {
    expect(busy(TALK_AGE_MAX_S, 2)).toBeCloseTo(busy(TALK_AGE_MAX_S - 1, 2), 3);
  });
});

describe("an agent in wrap-up", () => {
  const table = new LifeTable(WRAP_UP_EDGES_S, 15);
  for (let index = 0; index < 500; index++) table.record(9_000 + (index % 10) * 100);
  const rows = busyInWrapUp(table, HORIZONS_MS);
  const busy = (ageS: number, horizon: number): number => rows[ageS * HORIZONS_MS.length + horizon]!;

  test("is free the sooner the longer it has lasted", () => {
    expect(busy(0, 0)).toBe(1);
    expect(busy(0, 1)).toBeGreaterThan(0.9);
    expect(busy(7, 1)).toBeLessThan(0.4);
    expect(busy(0, 2)).toBeLessThan(0.25);
  });
});

test("a table is read in between, and at its end beyond it", () => {
  const table = Float64Array.of(0, 2, 3);
  expect(between(table, 0.5)).toBe(1);
  expect(between(table, 1.25)).toBe(2.25);
  expect(between(table, 9)).toBe(3);
});
