/** UK-ACR-4 on paper: which test counts for calls that were dropped as machines, now and of days that are over. */
import { describe, expect, test } from "@jest/globals";
import { abandonRate } from "../../../src/compliance/abandon-rate.ts";
import { peopleAmong, peopleCited } from "../../../src/compliance/amd-estimate.ts";
import type { CampaignDetection, TestCited } from "../../../src/compliance/amd-estimate.ts";
import { NO_COUNTS } from "../../../src/domain/account.ts";
import { amdTestId, readAmdTestId } from "../../../src/domain/amd-label.ts";
import { instant } from "../../../src/domain/instant.ts";
import { wilsonUpperPerMillion } from "../../../src/domain/wilson.ts";

const DAY_MS = 86_400_000;
const TESTED = Date.parse("2026-11-20T15:00:00Z");
const UK = { formula: "ofcom2010", lateIsAbandoned: false } as const;
const at = (days: number) => instant(TESTED + days * DAY_MS);
const cited = (testId: string | null, dropped = 1, days = 0.5): TestCited => ({ testId, dropped, decidedAt: at(days) });
const named = (people: number, calls: number): string => amdTestId(7, TESTED, calls, people);

describe("of days that are over", () => {
  test("the test that the calls cite counts by its upper bound: 2 of 600, M = 1000, Dh = 10, L = 900", () => {
    const people = peopleCited([cited(named(2, 600), 1_000)], 30);
    const f = wilsonUpperPerMillion(2, 600);
    expect(people).toEqual({ kind: "estimated", perMillion: f, testId: named(2, 600) });
    const counts = { ...NO_COUNTS, abandonedWithMessage: 10, machineDropped: 1_000, connected: 900 };
    const rate = abandonRate(counts, UK, people);
    // 0.012072 by hand: (2/600 + 1.96²/1200 + 1.96·√(…)) / (1 + 1.96²/600); 12.072 people of a thousand.
    expect(f).toBe(12_072);
    expect(rate.numerator / rate.denominator).toBeCloseTo((10 + 12.072) / (10 + 12.072 + 900), 9);
    expect(rate).toMatchObject({ rateBasisPoints: 240, estimateMissing: false, y: 900 });
  });

  test("of several tests the worst, whoever was dropped by it", () => {
    expect(peopleCited([cited(named(1, 600), 990), cited(named(3, 60), 10)], 30)).toMatchObject({
      testId: named(3, 60),
    });
  });

  test.each([
    ["no test at all", [cited(null)]],
    ["one call of many without a test", [cited(named(0, 600), 99), cited(null, 1)]],
    ["a test without a call", [cited(named(0, 0))]],
    ["a test that is too old", [cited(named(0, 600), 1, 40)]],
    ["a test from a later day than the call", [cited(named(0, 600), 1, -1)]],
    ["more people than calls", [cited("AMD-7-2026-11-20-9/8")]],
    ["what is no test's name", [cited("AMD-by-the-vendor")]],
  ])("everybody dropped was a person with %s", (_what, all) => {
    expect(peopleCited(all, 30)).toEqual({ kind: "missing" });
    const rate = abandonRate({ ...NO_COUNTS, machineDropped: 50, connected: 950 }, UK, peopleCited(all, 30));
    expect(rate).toMatchObject({ numerator: 50, denominator: 1_000, estimateMissing: true });
  });

  test("a day that only learns has no drops to estimate; its test keeps machines from being deducted", () => {
    expect(peopleCited([cited(null, 0)], 30)).toEqual({ kind: "notUsed" });
    expect(peopleCited([cited(named(1, 10), 0)], 30).kind).toBe("estimated");
    expect(peopleCited([], 30)).toEqual({ kind: "notUsed" });
  });
});

describe("of this moment", () => {
  const detection = (campaignId: number, people: number | null, drops: boolean): CampaignDetection => ({
    campaignId,
    test:
      people === null
        ? null
        : { testId: `t${campaignId}`, sampled: 100, humansFound: people, testedAt: at(0), labelledBy: "ann" },
    drops,
    ageMaxDays: 30,
  });
  const all = [detection(1, 1, true), detection(2, 4, true), detection(3, null, false)];

  test("a campaign has its own test, a centre the worst of all", () => {
    const people = peopleAmong(() => all, 1, at(1));
    expect(people({ scope: { campaignId: 1 } })).toMatchObject({ testId: "t1" });
    expect(people({ scope: { campaignId: null } })).toMatchObject({ testId: "t2" });
  });

  test("one campaign that drops without a valid test makes the centre's estimate missing", () => {
    const people = peopleAmong(() => [...all, detection(4, null, true)], 1, at(1));
    expect(people({ scope: { campaignId: 1 } }).kind).toBe("estimated");
    expect(people({ scope: { campaignId: null } })).toEqual({ kind: "missing" });
    expect(peopleAmong(() => all, 1, at(31))({ scope: { campaignId: 1 } })).toEqual({ kind: "missing" });
  });
});

test("a test's name reads back as what it was made of", () => {
  expect(readAmdTestId(named(2, 600))).toEqual({ day: "2026-11-20", sampled: 600, humansFound: 2 });
  expect(readAmdTestId("AMD-7-2026-13-40-1/2")).toBeNull();
});
