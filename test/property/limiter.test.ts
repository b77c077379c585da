/**
 * However many calls are wanted and however they end: never more lines or calls per second than a trunk allows. Calls are
 * decided by the quarter second; that they leave one by one is looked at where they leave.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { after, instant } from "../../src/domain/instant.ts";
import { atOnceOf, callsAllowed, fullBucket, refilled, spend } from "../../src/pacing/limiter.ts";

interface Limits {
  readonly cpsMax: number;
  readonly linesMax: number;
  readonly campaignLinesMax: number | null;
}

interface Tick {
  readonly afterMs: number;
  readonly wanted: number;
  /** So many calls have ended since. */
  readonly ended: number;
}

type Allow = typeof callsAllowed;

const anyLimits: fc.Arbitrary<Limits> = fc.record({
  cpsMax: fc.constantFrom(0.5, 1, 2, 7, 10, 33, 100),
  linesMax: fc.integer({ min: 1, max: 60 }),
  campaignLinesMax: fc.option(fc.integer({ min: 1, max: 60 })),
});

const anyTicks: fc.Arbitrary<Tick[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constantFrom(0, 1, 10, 100), fc.integer({ min: 0, max: 3_000 })),
    wanted: fc.integer({ min: 0, max: 80 }),
    ended: fc.nat({ max: 20 }),
  }),
  { maxLength: 80 },
);

/** When each call went, as the engine does it: fill, ask, spend. */
function placed(allow: Allow, limits: Limits, ticks: readonly Tick[]): { times: number[]; linesMax: number } {
  const times: number[] = [];
  let now = instant(0);
  let bucket = fullBucket(limits.cpsMax, now);
  let linesInUse = 0;
  let most = 0;
  for (const { afterMs, wanted, ended } of ticks) {
    now = after(now, afterMs);
    linesInUse = Math.max(0, linesInUse - ended);
    bucket = refilled(bucket, limits.cpsMax, now);
    const atOnce = atOnceOf(limits.cpsMax);
    const calls = allow(wanted, { ...limits, linesInUse, campaignLinesInUse: linesInUse, bucket, atOnce });
    bucket = spend(bucket, calls);
    linesInUse += calls;
    most = Math.max(most, linesInUse);
    for (let call = 0; call < calls; call++) times.push(now);
  }
  return { times, linesMax: most };
}

function broken(allow: Allow, limits: Limits, ticks: readonly Tick[]): string[] {
  const { times, linesMax } = placed(allow, limits, ticks);
  const laws: string[] = [];
  if (linesMax > Math.min(limits.linesMax, limits.campaignLinesMax ?? Infinity)) laws.push("lines");
  const burst = Math.max(1, limits.cpsMax / 4);
  // Over any second, and over any other stretch of time: what it may bring, and the burst.
  for (const [first, from] of times.entries()) {
    for (const [more, to] of times.slice(first).entries()) {
      if (more + 1 > burst + ((to - from) / 1_000) * limits.cpsMax + 1e-6) laws.push("calls per second");
    }
  }
  return [...new Set(laws)];
}

const RUNS = { numRuns: 300 };

test("no trunk is given more than it takes", () => {
  fc.assert(
    fc.property(anyLimits, anyTicks, (limits, ticks) => {
      expect(broken(callsAllowed, limits, ticks)).toEqual([]);
    }),
    RUNS,
  );
});

test("nor less: with lines free and calls wanted all the time, a trunk is used to nine tenths", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 7, 10, 33, 100), (cpsMax) => {
      const limits = { cpsMax, linesMax: 1_000_000, campaignLinesMax: null };
      const ticks = Array.from({ length: 6_000 }, () => ({ afterMs: 10, wanted: 80, ended: 0 }));
      expect(placed(callsAllowed, limits, ticks).times.length).toBeGreaterThanOrEqual(0.9 * 60 * cpsMax);
    }),
    { numRuns: 6 },
  );
});

describe("a planted fault is caught: a limiter that", () => {
  test.each<[what: string, law: string, Allow]>([
    ["forgets the lines", "lines", (wanted, state) => callsAllowed(wanted, { ...state, linesMax: Infinity })],
    [
      "forgets the campaign's share",
      "lines",
      (wanted, state) => callsAllowed(wanted, { ...state, campaignLinesMax: null }),
    ],
    [
      "rounds tokens up",
      "calls per second",
      (wanted, state) =>
        callsAllowed(wanted, { ...state, bucket: { ...state.bucket, tokens: Math.ceil(state.bucket.tokens) } }),
    ],
    [
      "lets one call more go",
      "calls per second",
      (wanted, state) => callsAllowed(wanted, state) + (wanted > 0 ? 1 : 0),
    ],
  ])("%s is found by the law of %s", (_what, law, faulty) => {
    const found = fc.check(
      fc.property(anyLimits, anyTicks, (limits, ticks) => !broken(faulty, limits, ticks).includes(law)),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });
});
