/** Intervals against published figures. */
import { expect, test } from "@jest/globals";
import { estimateOf, halfWidth, quantileOf, student95, wilson } from "../../../../src/simulation/pacing/statistics.ts";

test("Student's t is the one of the tables, and falls towards the normal distribution's", () => {
  expect([1, 4, 9, 30].map(student95)).toEqual([12.706, 2.776, 2.262, 2.042]);
  // Published: 60 → 2.000, 99 → 1.984.
  expect(student95(60)).toBeCloseTo(2, 2);
  expect(student95(99)).toBeCloseTo(1.984, 2);
  for (let degrees = 1; degrees < 200; degrees++) expect(student95(degrees + 1)).toBeLessThan(student95(degrees));
});

test("the interval of a mean is as wide as its values differ, and unknown for one of them", () => {
  // s = 1, n = 3: 4.303 / √3.
  expect(halfWidth([1, 2, 3])).toBeCloseTo(2.4843, 3);
  expect(estimateOf([0.5])).toEqual({ mean: 0.5, low: null, high: null });
  expect(estimateOf([7, 7, 7])).toEqual({ mean: 7, low: 7, high: 7 });
});

test("Wilson's interval is the published one, and says something of no case at all", () => {
  // Newcombe 1998, Statistics in Medicine 17: 81 of 263, and 0 of 20.
  const published = wilson(81, 263);
  expect([published.low, published.high].map((each) => each?.toFixed(4))).toEqual(["0.2553", "0.3662"]);
  const none = wilson(0, 20);
  expect(none.low).toBe(0);
  expect(none.high).toBeCloseTo(0.1611, 4);
  expect(wilson(20, 20).high).toBe(1);
  expect(wilson(0, 0)).toEqual({ mean: 0, low: null, high: null });
});

test("a quantile of counts is a value that was counted", () => {
  expect(quantileOf([0, 98, 0, 1, 1], 0.99)).toBe(3);
  expect(quantileOf([0, 99, 0, 0, 1], 0.99)).toBe(1);
  expect(quantileOf([], 0.99)).toBe(0);
});
