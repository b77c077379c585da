/** The abandon rate on paper: worked examples and published cases, named by the rule they belong to. */
import { describe, expect, test } from "@jest/globals";
import { abandonRate, falsePositivesOf, reaches } from "../../../src/compliance/abandon-rate.ts";
import { wilsonUpperPerMillion } from "../../../src/domain/wilson.ts";
import type { FalsePositives, RateRules } from "../../../src/compliance/abandon-rate.ts";
import type { AmdTest } from "../../../src/compliance/dial-facts.ts";
import { NO_COUNTS } from "../../../src/domain/account.ts";
import type { AccountCounts } from "../../../src/domain/account.ts";
import { instant } from "../../../src/domain/instant.ts";

const UK: RateRules = { formula: "ofcom2010", lateIsAbandoned: false };
const US: RateRules = { formula: "liveOnly", lateIsAbandoned: true };
const NOT_USED: FalsePositives = { kind: "notUsed" };
const estimated = (perMillion: number): FalsePositives => ({ kind: "estimated", perMillion, testId: "t1" });
const counts = (some: Partial<AccountCounts>): AccountCounts => ({ ...NO_COUNTS, ...some });

describe("UK-ACR-1, UK-ACR-3: Ofcom's formula without AMD", () => {
  test("D = 20, L = 900, Ag = 300 gives 15/915 = 1.64 %", () => {
    const rate = abandonRate(counts({ abandonedWithMessage: 20, connected: 900, machineToAgent: 300 }), UK, NOT_USED);
    expect(rate).toMatchObject({
      withAmd: false,
      inputs: { dropped: 20, live: 900, machinesToAgents: 300, machineShare: { over: 1, under: 4 } },
      x: { over: 15, under: 1 },
      y: 900,
      numerator: 15,
      denominator: 915,
      rateBasisPoints: 164,
    });
  });

  test("whatever became of the call, dropped is dropped: in silence and with a message alike", () => {
    const silent = abandonRate(counts({ silent: 20, connected: 900, machineToAgent: 300 }), UK, NOT_USED);
    expect(silent).toMatchObject({ numerator: 15, denominator: 915, inputs: { silent: 20 } });
  });

  test("who hung up early, and what rang too short, are in no rate", () => {
    const base = counts({ abandonedWithMessage: 1, connected: 99 });
    const more = abandonRate({ ...base, hungUpEarly: 50, cancelledShort: 50 }, UK, NOT_USED);
    expect(more).toMatchObject({ numerator: 1, denominator: 100, rateBasisPoints: 100 });
  });

  test("a late connect is a connect here, and counted apart", () => {
    const rate = abandonRate(counts({ abandonedWithMessage: 1, connected: 89, connectedLate: 10 }), UK, NOT_USED);
    expect(rate).toMatchObject({ numerator: 1, denominator: 100, inputs: { late: 10, live: 99 } });
  });

  test("machines are never assumed without data", () => {
    expect(abandonRate(counts({ abandonedWithMessage: 3 }), UK, NOT_USED)).toMatchObject({
      inputs: { machineShare: null },
      numerator: 3,
      denominator: 3,
      rateBasisPoints: 10_000,
    });
    // One machine that reached an agent does not turn twenty drops into machines.
    const one = abandonRate(counts({ abandonedWithMessage: 20, machineToAgent: 1 }), UK, NOT_USED);
    expect(one.rateBasisPoints).toBe(10_000);
  });

  test("no live call at all has no rate", () => {
    expect(abandonRate(NO_COUNTS, UK, NOT_USED)).toMatchObject({ denominator: 0, rateBasisPoints: null });
  });

  test("x need not be whole, and the rate is rounded up", () => {
    // 1 drop, two of three calls live: x = 2/3, y = 2.
    const rate = abandonRate(counts({ abandonedWithMessage: 1, connected: 2, machineToAgent: 1 }), UK, NOT_USED);
    expect(rate).toMatchObject({ x: { over: 2, under: 3 }, numerator: 2, denominator: 8, rateBasisPoints: 2_500 });
    const third = abandonRate(counts({ abandonedWithMessage: 1, connected: 2 }), UK, NOT_USED);
    expect(third.rateBasisPoints).toBe(3_334);
  });
});

describe("UK-ACR-4: Ofcom's formula with AMD", () => {
  test("Dh = 10, M = 1000, f = 1.2 %, L = 900 gives 22/922 = 2.39 %", () => {
    const rate = abandonRate(
      counts({ abandonedWithMessage: 10, machineDropped: 1_000, connected: 900, machineToAgent: 77 }),
      UK,
      estimated(12_000),
    );
    expect(rate).toMatchObject({
      withAmd: true,
      inputs: { falsePositivesPerMillion: 12_000, machineShare: null, testId: "t1" },
      x: { over: 22, under: 1 },
      y: 900,
      numerator: 22,
      denominator: 922,
      rateBasisPoints: 239,
      estimateMissing: false,
    });
  });

  test("TalkTalk 2013: without an estimate every drop counts as a person, and is said to", () => {
    const dropped = counts({ abandonedWithMessage: 10, machineDropped: 1_000, connected: 900 });
    for (const falsePositives of [{ kind: "missing" }, NOT_USED] as const) {
      const rate = abandonRate(dropped, UK, falsePositives);
      expect(rate).toMatchObject({ estimateMissing: true, numerator: 1_010, denominator: 1_910 });
    }
  });

  test("f is the upper end of the two-sided Wilson 95 % interval of a recorded test", () => {
    // z²/(n + z²) when no person was found; about 3/n, the rule of three, is smaller.
    expect(wilsonUpperPerMillion(0, 600)).toBe(6_362);
    // 5 in 100, as textbooks print it: 0.0215 to 0.1118 (0.1117505).
    expect(wilsonUpperPerMillion(5, 100)).toBe(111_751);
    expect(wilsonUpperPerMillion(0, 0)).toBe(1_000_000);
    expect(wilsonUpperPerMillion(9, 9)).toBe(1_000_000);
    expect(() => wilsonUpperPerMillion(2, 1)).toThrow(RangeError);
  });

  test("a test is valid for so many days, and not before it was made", () => {
    const day = 86_400_000;
    const made: AmdTest = {
      testId: "t9",
      sampled: 600,
      humansFound: 0,
      testedAt: instant(100 * day),
      labelledBy: "ann",
    };
    const kind = (days: number, test: AmdTest | null = made): string =>
      falsePositivesOf(test, true, instant(days * day), 30).kind;
    expect([kind(100), kind(130), kind(131), kind(99), kind(110, null)]).toEqual([
      ...["estimated", "estimated", "missing", "missing", "missing"],
    ]);
    expect(falsePositivesOf(null, false, instant(0), 30)).toEqual({ kind: "notUsed" });
    expect(kind(110, { ...made, sampled: 0 })).toBe("missing");
  });
});

describe("US-ABD-1, US-ABD-2, CA-ABD-1: calls answered live", () => {
  test("3 abandoned of 100 answered live is 3 %, machines not counted", () => {
    const rate = abandonRate(counts({ abandonedWithMessage: 3, connected: 97, machineToAgent: 500 }), US, NOT_USED);
    expect(rate).toMatchObject({
      numerator: 3,
      denominator: 100,
      rateBasisPoints: 300,
      inputs: { machineShare: null },
    });
  });

  test("passed to an agent too late is abandoned by definition", () => {
    const rate = abandonRate(counts({ abandonedWithMessage: 1, connected: 97, connectedLate: 2 }), US, NOT_USED);
    expect(rate).toMatchObject({ x: { over: 3, under: 1 }, y: 97, numerator: 3, denominator: 100 });
  });
});

test("a level is reached in whole numbers, never by a rounded rate", () => {
  // 1.9999…% is shown as 2.00 %, and does not reach it.
  const below = abandonRate(counts({ abandonedWithMessage: 19_999, connected: 980_001 }), UK, NOT_USED);
  expect([below.rateBasisPoints, reaches(below, 200)]).toEqual([200, false]);
  expect(reaches(abandonRate(counts({ silent: 2, connected: 98 }), UK, NOT_USED), 200)).toBe(true);
  expect(reaches(abandonRate(NO_COUNTS, UK, NOT_USED), 0)).toBe(false);
});

test("a broken account is refused, not computed with", () => {
  expect(() => abandonRate(counts({ connected: -1 }), UK, NOT_USED)).toThrow(/connected is not a count/);
  expect(() => abandonRate(counts({ silent: 0.5 }), UK, NOT_USED)).toThrow(RangeError);
});
