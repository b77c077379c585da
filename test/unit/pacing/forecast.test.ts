/** The tables go on learning whatever somebody does to the clock. */
import { expect, test } from "@jest/globals";
import { Forecast } from "../../../src/pacing/forecast.ts";
import type { Ages } from "../../../src/pacing/forecast.ts";

const NOBODY: Ages = { valuesMs: new Float64Array(0), count: 0 };
const BEGIN_MS = 100_000_000;

/** Calls of which every `every`-th is answered after nine seconds, one a second, looked at four times a minute. */
function dial(forecast: Forecast, fromMs: number, seconds: number, every: number): void {
  for (let second = 0; second < seconds; second++) {
    const atMs = fromMs + second * 1_000;
    forecast.callsPlaced(atMs, 1);
    const [answeredMs, failedMs] = [atMs - 9_000, atMs - 25_000];
    if (second >= 9 && Math.floor(answeredMs / 1_000) % every === 0) forecast.liveAnswer(answeredMs, atMs);
    if (second >= 25 && Math.floor(failedMs / 1_000) % every !== 0) forecast.callFailed(failedMs, atMs);
    if (second % 15 === 14) forecast.refresh(atMs, 10, NOBODY, NOBODY);
  }
}

test.each([0, -1, -3_600, 3_600])("a clock set by %d s: the rate and the tables follow what happens then", (stepS) => {
  const forecast = new Forecast({ ringTimeoutMs: 25_000, connectLimitMs: 2_000 });
  dial(forecast, BEGIN_MS, 900, 10);
  expect(forecast.rate).toBeLessThan(0.15);
  const handleMs = forecast.handleMs;
  for (let call = 0; call < 200; call++) forecast.talkEnded(300_000);
  dial(forecast, BEGIN_MS + 900_000 + stepS * 1_000, 600, 3);
  expect(forecast.rate).toBeGreaterThan(0.2);
  expect(forecast.handleMs).toBeGreaterThan(handleMs + 60_000);
});
