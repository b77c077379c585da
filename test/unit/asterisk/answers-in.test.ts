/** How soon Asterisk answers, for whoever places fewer calls by it: the latest requests, and those not answered at all. */
import { expect, test } from "@jest/globals";
import { Latency } from "../../../src/asterisk/latency.ts";

test("nothing asked says nothing", () => {
  expect(new Latency().answersInMs(0)).toBeNull();
});

test("of many requests the slowest twentieth is left out, of a few the slower half", () => {
  const latency = new Latency();
  for (const tookMs of [3, 900, 4]) latency.begin(1_000)(1_000 + tookMs);
  expect(latency.answersInMs(2_000)).toBe(4);
  for (let each = 0; each < 60; each++) latency.begin(1_900)(1_900 + (each < 5 ? 200 : 5));
  expect(latency.answersInMs(2_200)).toBe(200);
});

test("who waits counts for as long as they do, and not twice", () => {
  const latency = new Latency();
  const answered = latency.begin(5_000);
  expect(latency.answersInMs(5_700)).toBe(700);
  answered(5_800);
  answered(9_000);
  expect(latency.answersInMs(5_900)).toBe(800);
  expect(latency.summary(5_900).count).toBe(1);
});

test("what was slow more than two seconds ago is over", () => {
  const latency = new Latency();
  latency.begin(0)(1_500);
  expect(latency.answersInMs(3_500)).toBe(1_500);
  expect(latency.answersInMs(3_501)).toBeNull();
});
