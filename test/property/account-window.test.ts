/** Days and windows tile time: every instant is in exactly one, in every zone, whatever the clocks do there. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { accountDay, dayAfter, spanOfDay, windowOf, windowOfDay } from "../../src/compliance/account.ts";
import type { AccountWindow } from "../../src/compliance/account.ts";
import type { AbandonRules } from "../../src/compliance/profile.ts";
import { after, instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";

/** Two with a midnight that is left out or comes twice (Beirut, Santiago), one that changes by half an hour, one without. */
const ZONES = [
  ...["Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "America/St_Johns"],
  ...["Australia/Sydney", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Asia/Kolkata"],
];
const WINDOWS = ["calendarDay", "fixedBlocks", "calendarMonth"] as const;

const rules = (timeZone: string, window: AbandonRules["window"] = "calendarDay", blockDays = 30): AbandonRules => ({
  window,
  blockDays,
  timeZone,
  scopes: ["campaign"],
  formula: "ofcom2010",
  alertBasisPoints: null,
  throttleBasisPoints: null,
  stopBasisPoints: null,
  ceilingBasisPoints: null,
  safeHarbour: false,
  lateIsAbandoned: false,
});

const FIRST = Date.parse("2019-01-01T00:00:00Z");
const LAST = Date.parse("2033-01-01T00:00:00Z");
const anyInstant = fc.integer({ min: FIRST, max: LAST }).map(instant);
const anyZone = fc.constantFrom(...ZONES);

/** From the first to past the last instant of a window. */
const spanOf = (abandon: AbandonRules, window: AccountWindow): { from: Instant; to: Instant } => ({
  from: spanOfDay(abandon, window.fromDay).from,
  to: spanOfDay(abandon, window.toDay).to,
});

describe("days", () => {
  test.each(ZONES)("%s: each begins where the one before ended, for three years, and clock changes show", (zone) => {
    const abandon = rules(zone);
    const lengths = new Set<number>();
    let day = "2024-01-01";
    let { from, to } = spanOfDay(abandon, day);
    for (let count = 0; count < 3 * 366; count++) {
      expect([accountDay(abandon, from), accountDay(abandon, after(to, -1))]).toEqual([day, day]);
      lengths.add((to - from) / 3_600_000);
      day = dayAfter(day);
      const next = spanOfDay(abandon, day);
      expect(next.from).toBe(to);
      ({ from, to } = next);
    }
    const expected = zone === "Asia/Kolkata" ? [24] : zone === "Australia/Lord_Howe" ? [23.5, 24, 24.5] : [23, 24, 25];
    expect([...lengths].sort()).toEqual(expected);
  });
});

interface Case {
  readonly zone: string;
  readonly window: AbandonRules["window"];
  readonly blockDays: number;
  readonly startedAt: Instant | null;
  readonly at: Instant;
}
const anyWindow: fc.Arbitrary<Case> = fc.record({
  zone: anyZone,
  window: fc.constantFrom(...WINDOWS),
  blockDays: fc.integer({ min: 1, max: 40 }),
  startedAt: fc.option(anyInstant, { nil: null }),
  at: anyInstant,
});

type WindowOf = typeof windowOf;

/** The laws that `windowOf` breaks for one instant. */
const broken = (of: WindowOf, { zone, window, blockDays, startedAt, at }: Case): string[] => {
  const abandon = rules(zone, window, blockDays);
  const here = of(abandon, startedAt, at);
  const { from, to } = spanOf(abandon, here);
  const laws: string[] = [];
  if (!(from <= at && at < to)) laws.push("holds its instant");
  // Without a start each instant has a block of its own.
  if (window === "fixedBlocks" && startedAt === null) return laws;
  const same = (other: AccountWindow): boolean => other.fromDay === here.fromDay && other.toDay === here.toDay;
  if (!same(of(abandon, startedAt, from)) || !same(of(abandon, startedAt, after(to, -1))))
    laws.push("is the same to its ends");
  if (spanOf(abandon, of(abandon, startedAt, to)).from !== to) laws.push("is followed without gap or overlap");
  if (spanOf(abandon, of(abandon, startedAt, after(from, -1))).to !== from) laws.push("follows without gap or overlap");
  return laws;
};

describe("windows", () => {
  test("tile time", () => {
    fc.assert(
      fc.property(anyWindow, (each) => {
        expect(broken(windowOf, each)).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });

  test("a block is so many local days, counted from the first start's own", () => {
    fc.assert(
      fc.property(anyZone, anyInstant, fc.nat({ max: 60 }), (zone, startedAt, blocks) => {
        const abandon = rules(zone, "fixedBlocks");
        const firstDay = accountDay(abandon, startedAt);
        const day = dayAfter(firstDay, 30 * blocks);
        expect(windowOfDay(abandon, startedAt, day)).toEqual({ fromDay: day, toDay: dayAfter(day, 29) });
        expect(windowOfDay(abandon, startedAt, dayAfter(day, -1)).toDay).toBe(dayAfter(day, -1));
      }),
      { numRuns: 300 },
    );
  });

  const HOURS_30_DAYS = 30 * 24 * 3_600_000;
  test.each<[what: string, WindowOf]>([
    [
      "counts hours instead of local days",
      (abandon, startedAt, at) => {
        if (abandon.window !== "fixedBlocks" || startedAt === null) return windowOf(abandon, startedAt, at);
        const block = Math.floor((at - startedAt) / HOURS_30_DAYS);
        return {
          fromDay: accountDay(abandon, after(startedAt, block * HOURS_30_DAYS)),
          toDay: accountDay(abandon, after(startedAt, (block + 1) * HOURS_30_DAYS - 1)),
        };
      },
    ],
    ["takes UTC's day", (abandon, startedAt, at) => windowOf({ ...abandon, timeZone: "UTC" }, startedAt, at)],
    [
      "rolls",
      (abandon, startedAt, at) => {
        const day = accountDay(abandon, at);
        return abandon.window === "fixedBlocks"
          ? { fromDay: dayAfter(day, -29), toDay: day }
          : windowOf(abandon, startedAt, at);
      },
    ],
  ])("a window that %s is caught", (_what, faulty) => {
    const found = fc.check(
      fc.property(anyWindow, (each) => broken(faulty, each).length === 0),
      { numRuns: 2_000 },
    );
    expect(found.failed).toBe(true);
  });
});
