/** What a trunk can carry and may be given: lines at once, calls per second. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { after, instant } from "../../../src/domain/instant.ts";
import { atOnceOf, callsAllowed, fullBucket, msUntilTokens, refilled, spend } from "../../../src/pacing/limiter.ts";
import type { LineState, TokenBucket } from "../../../src/pacing/limiter.ts";

const BEGIN = instant(1_000_000);

const lines = (more: Partial<LineState>): LineState => ({
  linesMax: 30,
  linesInUse: 0,
  campaignLinesMax: null,
  campaignLinesInUse: 0,
  bucket: { tokens: 100, at: BEGIN },
  ...more,
});

/** More than none, and not as many as go at once. */
const FEW = { bucket: { tokens: 3.5, at: BEGIN }, atOnce: 8 };

describe("of the calls that are wanted, there may go", () => {
  test.each<[what: string, wanted: number, Partial<LineState>, allowed: number]>([
    ["all, where there is room", 5, {}, 5],
    ["as many as there are free lines", 5, { linesInUse: 27 }, 3],
    ["none on a full trunk", 5, { linesInUse: 30 }, 0],
    ["none on a trunk that was made smaller while it was full", 5, { linesInUse: 40 }, 0],
    ["as many as the campaign has left", 5, { campaignLinesMax: 10, campaignLinesInUse: 8 }, 2],
    ["none for a campaign that is over its limit", 5, { campaignLinesMax: 10, campaignLinesInUse: 12 }, 0],
    ["as many as there are whole tokens", 5, { bucket: { tokens: 2.9, at: BEGIN } }, 2],
    ["none without a whole token", 5, { bucket: { tokens: 0.99, at: BEGIN } }, 0],
    ["none while more are wanted than there are tokens, and soon more of them may go at once", 5, FEW, 0],
    ["all that are wanted, however few tokens there are", 3, FEW, 3],
    ["as many as there are free lines, however few tokens there are", 5, { ...FEW, linesInUse: 27 }, 3],
    ["as many as go at once, when there are so many tokens", 9, { bucket: { tokens: 8.1, at: BEGIN }, atOnce: 8 }, 8],
    ["none, if none are wanted", 0, {}, 0],
    ["none, if less than none are wanted", -3, {}, 0],
  ])("%s", (_what, wanted, state, allowed) => {
    expect(callsAllowed(wanted, lines(state))).toBe(allowed);
  });
});

describe("a bucket", () => {
  test.each([
    [1, 1], // At least one call, or a slow trunk would never be used.
    [3, 1],
    [10, 2.5],
    [50, 12.5],
    [0.5, 1],
  ])("of %d calls per second gives at most %d at once", (cpsMax, burst) => {
    expect(fullBucket(cpsMax, BEGIN).tokens).toBe(burst);
    expect(refilled(fullBucket(cpsMax, BEGIN), cpsMax, after(BEGIN, 3_600_000)).tokens).toBe(burst);
  });

  test("fills with time", () => {
    const empty = spend(fullBucket(50, BEGIN), 12.5);
    expect(empty.tokens).toBe(0);
    expect(refilled(empty, 50, after(BEGIN, 20)).tokens).toBeCloseTo(1);
  });

  test("gains nothing from a clock that runs backwards", () => {
    const empty = spend(fullBucket(50, BEGIN), 12.5);
    expect(refilled(empty, 50, after(BEGIN, -60_000)).tokens).toBe(0);
  });

  test("says how long the next call has to wait", () => {
    expect(msUntilTokens({ tokens: 1, at: BEGIN }, 10)).toBe(0);
    expect(msUntilTokens({ tokens: 0, at: BEGIN }, 10)).toBe(100);
    expect(msUntilTokens({ tokens: 0, at: BEGIN }, 0.5)).toBe(2_000);
  });
});

const anyCps = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.1, max: 5, noNaN: true }));

test("after the time that was said there is a token, give or take a millisecond", () => {
  fc.assert(
    fc.property(anyCps, fc.double({ min: 0, max: 0.999, noNaN: true }), (cpsMax, tokens) => {
      const bucket: TokenBucket = { tokens, at: BEGIN };
      const waitMs = msUntilTokens(bucket, cpsMax);
      expect(Number.isInteger(waitMs) && waitMs > 0).toBe(true);
      expect(refilled(bucket, cpsMax, after(BEGIN, waitMs + 1)).tokens).toBeGreaterThanOrEqual(1);
      if (waitMs > 1) expect(refilled(bucket, cpsMax, after(BEGIN, waitMs - 1)).tokens).toBeLessThan(1 + 1e-9);
    }),
  );
});

test.each([
  [0.5, 1],
  [10, 2],
  [24, 4],
  [50, 10],
  [100, 20],
])("on a trunk of %d calls a second, %d go at once: less than the burst, or one", (cpsMax, atOnce) => {
  expect(atOnceOf(cpsMax)).toBe(atOnce);
});

test("several tokens are waited for as long as it takes", () => {
  expect(msUntilTokens({ tokens: 0.5, at: BEGIN }, 100, 8)).toBe(75);
  expect(msUntilTokens({ tokens: 8, at: BEGIN }, 100, 8)).toBe(0);
});
