import { expect, test } from "@jest/globals";
import { Latency } from "../../../src/asterisk/latency.ts";

test("nothing measured, nothing said", () => {
  expect(new Latency().summary(0)).toEqual({ count: 0, p50Ms: null, p95Ms: null });
});

test("percentiles are of the last ten seconds, however slow the minutes before were", () => {
  const latency = new Latency();
  for (let i = 0; i < 100; i += 1) latency.add(i, 9_000);
  for (let i = 1; i <= 100; i += 1) latency.add(60_000 + i, i);
  expect(latency.summary(60_100)).toEqual({ count: 100, p50Ms: 51, p95Ms: 96 });
  expect(latency.summary(80_000)).toMatchObject({ count: 0 });
});

test("more samples than fit: the newest count", () => {
  const latency = new Latency();
  for (let i = 0; i < 10_000; i += 1) latency.add(1, i < 9_000 ? 500 : 1);
  expect(latency.summary(1)).toMatchObject({ count: 4_096, p50Ms: 500 });
  for (let i = 0; i < 4_096; i += 1) latency.add(2, 7);
  expect(latency.summary(2)).toEqual({ count: 4_096, p50Ms: 7, p95Ms: 7 });
});
