/** Counts, what may be believed of them, and the bands they speak for. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DEFAULT_REDIAL, redialPlan } from "../../../../src/domain/redial-rules.ts";
import { bestBands, ContactRates, heatMap, NO_RATES, wilson } from "../../../../src/lead/redial/contact-rates.ts";
import type { ContactCount } from "../../../../src/lead/redial/contact-rates.ts";

const count = (
  hour: number,
  attempts: number,
  liveAnswers: number,
  change: Partial<ContactCount> = {},
): ContactCount => ({
  ...{ kind: "home", weekday: 1, hour, attempts, liveAnswers },
  ...change,
});

describe("an interval", () => {
  // From Newcombe 1998, table I: the score method without continuity correction.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%d of %d: %d to %d", (live, attempts, low, high) => {
    const { low: ours, high: theirs } = wilson(live, attempts);
    expect(ours).toBeCloseTo(low, 3);
    expect(theirs).toBeCloseTo(high, 3);
  });

  test("of nothing says nothing", () => {
    expect(wilson(0, 0)).toEqual({ attempts: 0, rate: null, low: 0, high: 1 });
  });

  test("holds its rate, and lies in 0 … 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, share) => {
          const { rate, low, high } = wilson(Math.round(attempts * share), attempts);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(rate!);
          expect(high).toBeGreaterThanOrEqual(rate!);
        },
      ),
    );
  });
});

describe("what is expected", () => {
  test("is the same everywhere while nothing is known", () => {
    expect(NO_RATES.expected("home", 1, 480, 660)).toBe(NO_RATES.expected("work", 7, 1020, 1260));
  });

  test("hardly moves for one lucky answer, and follows the counts when there are many", () => {
    const mean = [count(9, 1_000, 200, { kind: "other" })];
    const lucky = new ContactRates([...mean, count(18, 1, 1)]);
    expect(lucky.expected("home", 1, 1080, 1140)).toBeGreaterThan(0.2);
    expect(lucky.expected("home", 1, 1080, 1140)).toBeLessThan(0.25);
    const sure = new ContactRates([...mean, count(18, 2_000, 1_000)]);
    expect(sure.expected("home", 1, 1080, 1140)).toBeGreaterThan(0.48);
  });

  test("of a weekday that was never tried is like that hour of the other days", () => {
    const rates = new ContactRates([count(18, 1_000, 500), count(9, 1_000, 100)]);
    expect(rates.expected("home", 3, 1080, 1140)).toBeGreaterThan(rates.expected("home", 3, 540, 600) + 0.2);
  });

  test("of part of an hour is that hour's; a band is the average of its hours by minutes", () => {
    const rates = new ContactRates([count(9, 10_000, 1_000), count(10, 10_000, 5_000)]);
    const [nine, ten] = [rates.expected("home", 1, 540, 600), rates.expected("home", 1, 600, 660)];
    expect(rates.expected("home", 1, 550, 560)).toBe(nine);
    expect(rates.expected("home", 1, 570, 660)).toBeCloseTo((nine + 2 * ten) / 3, 10);
    expect(rates.expected("home", 1, 600, 600)).toBe(rates.mean);
  });

  test("counts of the same cell add up, and what is no cell is left out", () => {
    const rates = new ContactRates([
      count(9, 10, 1),
      count(9, 30, 3),
      count(24, 99, 99),
      count(9, 99, 99, { weekday: 0 }),
    ]);
    expect(rates.cell("home", 1, 9)).toMatchObject({ attempts: 40, rate: 0.1 });
    expect(rates.mean).toBeLessThan(0.25);
  });

  test("lies in (0, 1) whatever was counted", () => {
    const anyCount = fc
      .record({
        hour: fc.integer({ min: 0, max: 23 }),
        weekday: fc.integer({ min: 1, max: 7 }),
        attempts: fc.nat(500),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ hour, weekday, attempts, share }) => count(hour, attempts, Math.floor(attempts * share), { weekday }));
    fc.assert(
      fc.property(
        fc.array(anyCount),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 600 }),
        (counts, from, length) => {
          const expected = new ContactRates(counts).expected("home", 2, from, Math.min(1440, from + length));
          expect(expected).toBeGreaterThan(0);
          expect(expected).toBeLessThan(1);
        },
      ),
    );
  });
});

test("the best band is the surest, not the luckiest", () => {
  const plan = redialPlan(DEFAULT_REDIAL);
  const rates = new ContactRates([count(8, 2, 2), count(18, 1_000, 500)]);
  expect(bestBands(rates, plan, "home", 1).map(({ band }) => band.name)).toEqual(["evening", "morning"]);
  expect(bestBands(rates, plan, "work", 6)).toEqual([]);
});

test("the heat map shows every weekday and hour between those that were tried, and says where it knows nothing", () => {
  const cells = heatMap([count(9, 100, 20), count(11, 10, 5, { weekday: 5 }), count(22, 0, 0)]);
  expect(cells).toHaveLength(7 * 3);
  expect(cells.find(({ weekday, hour }) => weekday === 1 && hour === 9)).toMatchObject({
    kind: "home",
    attempts: 100,
    rate: 0.2,
  });
  expect(cells.find(({ weekday, hour }) => weekday === 2 && hour === 10)).toMatchObject({
    rate: null,
    low: 0,
    high: 1,
  });
  expect(heatMap([])).toEqual([]);
});
