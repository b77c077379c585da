/** A campaign may be stricter than its profile, never looser; what it contradicts is named. */
import { describe, expect, test } from "@jest/globals";
import { overlap, rulesFor, type RuledCampaign } from "../../../src/compliance/campaign-rules.ts";
import type { Tightening } from "../../../src/domain/campaign.ts";
import { asked, campaign, HOUR_MS, message, rulesOf, SHIPPED, told } from "./dial-fixture.ts";

const refused = (profile: string, change: Partial<RuledCampaign>): string => {
  const found = rulesFor(campaign(profile, change), SHIPPED);
  return found.ok ? "allowed" : found.rule;
};

describe("what a campaign contradicts", () => {
  test.each<[string, Tightening, string]>([
    ["UK", { clockStart: "speechStart" }, "UK-CLK-1"],
    ["UK", { clockStart: "greetingEnd" }, "UK-CLK-1"],
    ["US", { clockStart: "speechStart" }, "allowed"],
    ["US", { clockStart: "answer" }, "allowed"],
    ["UK", { clockStart: "tomorrow" as never }, "UK-CLK-1"],
    ["UK", { ringMinMs: 14_999 }, "UK-RING-1"],
    ["UK", { ringMinMs: 20_000 }, "allowed"],
    ["UK", { ringMinMs: Number.NaN }, "UK-RING-1"],
    ["UK", { abandonStopBasisPoints: 201 }, "UK-ACR-1"],
    ["UK", { abandonStopBasisPoints: 0 }, "allowed"],
    ["US", { abandonStopBasisPoints: 281 }, "US-ABD-2"],
    ["UK", { attemptsPerDayMax: 4 }, "UK-FREQ-1"],
    ["UK", { attemptsPerDayMax: 0 }, "UK-FREQ-1"],
    ["DE", { attemptsPerDayMax: 4 }, "DE-FREQ-1"],
    ["DE", { attemptsPerDayMax: 1 }, "allowed"],
    ["US", { attemptsPerDayMax: 9 }, "allowed"],
    ["UK", { attemptGapMinMs: HOUR_MS }, "UK-FREQ-1"],
    ["UK", { attemptGapMinMs: 48 * HOUR_MS }, "allowed"],
    ["UK", { attemptGapMinMs: 48 * HOUR_MS + 1 }, "UK-FREQ-1"],
    ["US", { attemptGapMinMs: 49 * HOUR_MS }, "US"],
    ["UK", { registerAgeMaxDays: 29 }, "UK-TPS-1"],
    ["UK", { registerAgeMaxDays: 7 }, "allowed"],
    ["US", { messageMustSayPurpose: false }, "US-MSG-1"],
    ["UK", { messageMustSayPurpose: false }, "allowed"],
    ["UK", { messageMustSayPurpose: true }, "allowed"],
  ])("%s with %j: %s", (profile, tightening, expected) => {
    expect(refused(profile, { tightening })).toBe(expected);
  });

  test.each([
    [2_000, 2_000, "UK-CLK-1"],
    [100, 0, "UK-CLK-1"], // Nothing is left after the profile's own margin.
    [Number.NaN, 0, "UK-CLK-1"],
    [2_000, -1, "UK-CLK-1"],
    [30_000, 200, "allowed"], // The profile's limit holds.
  ])("a connect limit of %i ms with a margin of %i ms: %s", (connectTimeoutMs, connectSafetyMarginMs, expected) => {
    expect(refused("UK", { connectTimeoutMs, connectSafetyMarginMs })).toBe(expected);
  });

  test("hours that are never open when the profile's are", () => {
    const sunday = [{ days: [7], fromMinute: 600, toMinute: 700 }];
    expect(refused("UK", { callingHours: sunday })).toBe("UK-HRS-1");
    expect(refused("US", { callingHours: sunday })).toBe("allowed");
    expect(refused("AU", { callingHours: sunday })).toBe("AU-HRS-1");
    // Research may be done on Sundays there.
    expect(refused("AU", { callingHours: sunday, purpose: "research" })).toBe("allowed");
    expect(refused("UK", { callingHours: [] })).toBe("UK-HRS-1");
  });

  test("a profile that nobody has", () => {
    expect(rulesFor(campaign("Utopia"), SHIPPED)).toEqual({
      ok: false,
      rule: "PROFILE-UNKNOWN",
      says: 'There is no compliance profile "Utopia"; there are AU, CA, DE, IE, UK, US.',
    });
  });

  test("a profile that contradicts itself, by the rule at fault", () => {
    const broken = new Map([["OURS", [{ rule: "OUR-1", says: "OUR-1 and OUR-2 contradict each other." }]]]);
    const profiles = Object.assign(new Map(SHIPPED), { broken });
    expect(rulesFor(campaign("OURS"), profiles)).toMatchObject({
      ...{ ok: false, rule: "OUR-1", says: expect.stringContaining("OUR-1 and OUR-2") },
    });
  });
});

describe("what a campaign tightens", () => {
  test("the stricter of the two holds, one by one", () => {
    const { profile } = rulesOf("US", {
      connectTimeoutMs: 1_500,
      connectSafetyMarginMs: 300,
      tightening: {
        ...{ clockStart: "answer", ringMinMs: 22_000, abandonStopBasisPoints: 100, attemptsPerDayMax: 2 },
        ...{ attemptGapMinMs: 4 * HOUR_MS, registerAgeMaxDays: 10 },
      },
    });
    expect(profile.clock).toMatchObject({ start: "answer", limitMs: 1_500, safetyMarginMs: 300 });
    expect(profile).toMatchObject({ ringMinMs: 22_000, earlyRingMinMs: 22_000 });
    expect(profile.abandon).toMatchObject({ alertBasisPoints: 100, throttleBasisPoints: 100, stopBasisPoints: 100 });
    expect(profile.frequency).toEqual({ perDayMax: 2, per24HoursMax: null, gapMinMs: 4 * HOUR_MS });
    expect(profile.registers).toMatchObject([{ name: "FTC_DNC", ageMaxDays: 10 }]);
  });

  test("what is longer or left out is the profile's", () => {
    const { profile } = rulesOf("UK", { connectTimeoutMs: 9_000, connectSafetyMarginMs: 0 });
    expect(profile).toEqual(SHIPPED.get("UK"));
  });

  test("the version stays the profile's: what was tightened is the campaign's and stands in the evidence", () => {
    expect(rulesOf("UK", { tightening: { attemptsPerDayMax: 1 } }).profile.version).toBe(SHIPPED.get("UK")!.version);
    const verdict = asked("UK", {}, { of: { tightening: { attemptsPerDayMax: 1 } } });
    expect(verdict.evidence).toMatchObject({ frequency: { perDayMax: 1 } });
  });

  test("a message that must say why", () => {
    const of = { tightening: { messageMustSayPurpose: true } };
    const change = { message: message("UK", { saysPurpose: false }) };
    expect(told(asked("UK", change, { of }))).toBe("MESSAGE-APPROVED UK-MSG-1");
    expect(told(asked("UK", change))).toBe("allowed");
  });
});

test("two sets of windows are open together where both are", () => {
  const window = (days: number[], fromMinute: number, toMinute: number) => ({ days, fromMinute, toMinute });
  expect(overlap([window([1, 2, 6], 480, 1_260)], [window([2, 6, 7], 540, 1_020), window([1], 0, 480)])).toEqual([
    window([2, 6], 540, 1_020),
  ]);
});
