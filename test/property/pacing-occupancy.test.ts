/** How likely it is that nobody is free: the quick ways against the slow and obvious one. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { EXACT_AGENTS_MAX, ExactOccupancy, NormalOccupancy, normalShareBelow } from "../../src/pacing/occupancy.ts";
import type { Occupancy } from "../../src/pacing/occupancy.ts";

const POINTS = 3;
const WEIGHTS = Float64Array.of(0.2, 0.5, 0.3);

const anyRows = fc.array(
  fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-6)), {
    minLength: POINTS,
    maxLength: POINTS,
  }),
  { maxLength: 60 },
);

/** The whole distribution, added up the plain way. */
function plainLoss(rows: readonly (readonly number[])[], seats: number): number {
  let loss = 0;
  for (let point = 0; point < POINTS; point++) {
    let shares = [1];
    for (const row of rows) {
      const yes = row[point]!;
      const next = new Array<number>(shares.length + 1).fill(0);
      shares.forEach((share, taken) => {
        next[taken] = next[taken]! + share * (1 - yes);
        next[taken + 1] = next[taken + 1]! + share * yes;
      });
      shares = next;
    }
    loss += WEIGHTS[point]! * shares.slice(seats).reduce((sum, each) => sum + each, 0);
  }
  return loss;
}

function lossOf(occupancy: Occupancy, rows: readonly (readonly number[])[], seats: number): number {
  occupancy.reset(seats);
  const table = Float64Array.from(rows.flat());
  rows.forEach((_, row) => occupancy.add(table, row));
  return occupancy.loss(WEIGHTS);
}

describe("the exact occupancy", () => {
  // One for all: what a decision leaves behind must not show in the next.
  const occupancy = new ExactOccupancy(POINTS, EXACT_AGENTS_MAX);

  test("is that of the plain way", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: EXACT_AGENTS_MAX }), (rows, seats) => {
        expect(Math.abs(lossOf(occupancy, rows, seats) - plainLoss(rows, seats))).toBeLessThan(2e-3 * 0.1);
      }),
      { numRuns: 500 },
    );
  });

  test("says beforehand what a row would do at the first horizon", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 12 }), (rows, seats) => {
        if (rows.length === 0) return;
        const table = Float64Array.from(rows.flat());
        const first = Float64Array.of(1, 0, 0);
        occupancy.reset(seats);
        for (let row = 0; row < rows.length - 1; row++) occupancy.add(table, row);
        const said = occupancy.firstLossWith(table, rows.length - 1);
        occupancy.add(table, rows.length - 1);
        expect(Math.abs(said - occupancy.loss(first))).toBeLessThan(1e-4);
      }),
    );
  });

  test("has no room for more agents than it was made for", () => {
    expect(() => {
      occupancy.reset(EXACT_AGENTS_MAX + 1);
    }).toThrow(RangeError);
  });
});

describe("the normal occupancy", () => {
  test("is close to the exact one where it takes over", () => {
    // Forty agents of whom most stay busy, and calls on their way: what a decision looks like.
    const calls = fc.integer({ min: 5, max: 60 });
    fc.assert(
      fc.property(calls, fc.double({ min: 0.05, max: 0.25, noNaN: true }), (count, answer) => {
        const agents = Array.from({ length: 40 }, () => [0.97, 0.93, 0.86]);
        const rows = [...agents, ...Array.from({ length: count }, () => [0.01, answer / 2, answer])];
        const normal = lossOf(new NormalOccupancy(POINTS), rows, 44);
        expect(Math.abs(normal - plainLoss(rows, 44))).toBeLessThan(0.02);
      }),
    );
  });

  test("takes many alike at once", () => {
    const table = Float64Array.of(0.2, 0.4, 0.6);
    const [one, many] = [new NormalOccupancy(POINTS), new NormalOccupancy(POINTS)];
    one.reset(30);
    many.reset(30);
    for (let index = 0; index < 50; index++) one.add(table, 0);
    many.addMany(table, 0, 50);
    expect(many.loss(WEIGHTS)).toBeCloseTo(one.loss(WEIGHTS), 9);
  });

  test("knows what is certain", () => {
    const certain = Float64Array.of(1, 1, 1);
    const occupancy = new NormalOccupancy(POINTS);
    occupancy.reset(2);
    occupancy.add(certain, 0);
    expect(occupancy.loss(WEIGHTS)).toBe(0);
    occupancy.add(certain, 0);
    expect(occupancy.loss(WEIGHTS)).toBeCloseTo(1);
  });
});

test.each([
  [0, 0.5],
  [-1.959964, 0.025],
  [2.326348, 0.99],
  [-3.090232, 0.001],
])("below %d lie %d of the normal distribution", (z, share) => {
  expect(Math.abs(normalShareBelow(z) - share)).toBeLessThan(1e-6);
});
