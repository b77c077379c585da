/**
 * What was really asked of Asterisk and of the carrier while they, or the daemon, could not bear it: by the diaries of the
 * people called, not by our own word. The same look finds a daemon whose guards are set so far off that they never act.
 */
import { describe, expect, test } from "@jest/globals";
import { msBetween } from "../../src/domain/instant.ts";
import type { OverloadSettings } from "../../src/engine/context.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { breachesOf } from "../support/weather.ts";

const SLOW = 120_000;
const MINUTE = 60_000;
const TRUNK = { linesMax: 40, cpsMax: 10, codecs: ["alaw"] };
const MANY = { seed: 3, leads: 100, agents: 14, endAfterMs: 20 * MINUTE, sharedNumberRate: 0 } as const;
const NEVER: OverloadSettings = {
  callsMax: 10_000,
  asteriskSlowMs: 1_000_000,
  asteriskStalledMs: 1_000_000,
  loopDelayMaxMs: 1_000_000,
  legAgeMaxMs: 12 * 3_600_000,
};

/** Calls asked for from so long after the beginning of the shift to so long after it. */
const asked = ({ diaries, startedAt }: ShiftResult, fromMs: number, toMs: number): number =>
  diaries.filter(({ askedAt }) => {
    const ms = msBetween(startedAt, askedAt);
    return ms >= fromMs && ms < toMs;
  }).length;

describe("a daemon that is late for half a minute", () => {
  const late = (overload: Partial<OverloadSettings>) =>
    runShift({
      ...{ ...MANY, trunk: TRUNK, overload },
      faults: { sluggish: [{ fromMs: MINUTE, toMs: 1.5 * MINUTE, delayMs: 300 }] },
    });

  test(
    "places nothing from a second after it began to be late until it is in time again",
    async () => {
      const result = await late({ loopDelayMaxMs: 250 });
      expect(asked(result, MINUTE + 1_500, 1.5 * MINUTE)).toBe(0);
      // Two seconds of calm, and then no faster than that it can be borne.
      expect(asked(result, 1.5 * MINUTE, 2 * MINUTE)).toBeGreaterThan(0);
      expect(breachesOf(result)).toEqual([]);
    },
    SLOW,
  );

  test(
    "without its guard it goes on",
    async () => {
      expect(asked(await late(NEVER), MINUTE + 1_500, 1.5 * MINUTE)).toBeGreaterThan(0);
    },
    SLOW,
  );
});

describe("an Asterisk that stands still for five seconds", () => {
  const standing = (overload: Partial<OverloadSettings>) =>
    runShift({
      ...{ ...MANY, trunk: TRUNK, overload },
      faults: { weak: [{ fromMs: MINUTE, toMs: MINUTE + 5_000, callsPerSecondMax: 0 }] },
    });
  const decided = ({ journal, startedAt }: ShiftResult, fromMs: number, toMs: number): number =>
    journal.filter(({ kind, at }) => {
      const ms = msBetween(startedAt, at);
      return kind === "attempt-decided" && ms >= fromMs && ms < toMs;
    }).length;

  test(
    "is asked for nothing after the first second and a half, and for calls again soon after it is back",
    async () => {
      const result = await standing({});
      expect(decided(result, MINUTE + 1_500, MINUTE + 5_000)).toBe(0);
      expect(decided(result, MINUTE + 5_000, MINUTE + 12_000)).toBeGreaterThan(0);
      expect(breachesOf(result)).toEqual([]);
    },
    SLOW,
  );

  test(
    "without the guard it is asked for more",
    async () => {
      expect(decided(await standing(NEVER), MINUTE + 1_500, MINUTE + 5_000)).toBeGreaterThan(0);
    },
    SLOW,
  );
});

describe("a trunk that refuses everything for five minutes, beside one that does not", () => {
  const refusing = (breaker: object) =>
    runShift({
      ...{ ...MANY, leads: 80, campaign: { trunk: "broken" }, secondCampaign: { trunk: "carrier" }, trunk: TRUNK },
      moreTrunks: { broken: { ...TRUNK, ...breaker } },
      faults: { carriers: { broken: { refuses: [{ fromMs: MINUTE, toMs: 6 * MINUTE }] } } },
    });
  const on = (result: ShiftResult, trunk: string, fromMs: number, toMs: number): number =>
    [...result.tables.attempts.values()].filter(({ order }) => {
      const ms = msBetween(result.startedAt, order.decidedAt);
      return order.trunk === trunk && ms >= fromMs && ms < toMs;
    }).length;

  test(
    "is tried a few times, its people lose no attempt, the other goes on, and its calls come back",
    async () => {
      const result = await refusing({});
      expect(on(result, "broken", MINUTE, 6 * MINUTE)).toBeLessThan(25);
      expect(on(result, "carrier", 1.5 * MINUTE, 6 * MINUTE)).toBeGreaterThan(20);
      expect(on(result, "broken", 6 * MINUTE, 20 * MINUTE)).toBeGreaterThan(10);
      expect(breachesOf(result)).toEqual([]);
    },
    SLOW,
  );

  test(
    "without a breaker it is asked again and again",
    async () => {
      const breaker = { refusalsMin: 1_000, refusedPercent: 100, openMs: 1_000, openMaxMs: 1_000 };
      expect(on(await refusing({ breaker }), "broken", MINUTE, 6 * MINUTE)).toBeGreaterThan(30);
    },
    SLOW,
  );
});
