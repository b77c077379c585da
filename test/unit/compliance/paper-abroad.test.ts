/** The United States, Canada, Germany and Australia on paper: each rule by its id. */
import { describe, expect, test } from "@jest/globals";
import { instant, toIso } from "../../../src/domain/instant.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import {
  asked,
  at,
  DAY_MS,
  HOUR_MS,
  message,
  register,
  rulesOf,
  told,
  TUESDAY,
  type ProfileName,
} from "./dial-fixture.ts";

const again = (verdict: ReturnType<typeof asked>): string | null =>
  verdict.allowed || verdict.againAt === null ? null : toIso(verdict.againAt);

/** Hours through the year; register files follow, since their age is another rule's. */
const hours = (
  profile: ProfileName,
  when: string,
  change: Parameters<typeof asked>[1] = {},
  purpose: "marketing" | "research" = "marketing",
) => {
  const fileDate = instant(at(when) - DAY_MS);
  const registers = ["FTC_DNC", "DNCL", "DNCR"].map((name) => register(name, { fileDate }));
  return asked(profile, { registers, ...change }, { when, of: { purpose } });
};

describe("United States", () => {
  test("US-ABD-1: two seconds from the completed greeting, and late is abandoned", () => {
    const { clock, abandon } = rulesOf("US").profile;
    expect(clock).toMatchObject({ start: "greetingEnd", limitMs: 2_000, safetyMarginMs: 200 });
    expect(clock.noSpeechGraceMs).toBeLessThanOrEqual(2_000);
    expect(abandon.lateIsAbandoned).toBe(true);
  });

  test("US-ABD-2: fixed blocks of 30 days, 3 %, overdialling stops at 2.8 %", () => {
    expect(rulesOf("US").profile.abandon).toMatchObject({
      ...{ window: "fixedBlocks", blockDays: 30, scopes: ["campaign"], formula: "liveOnly" },
      ...{ throttleBasisPoints: 200, stopBasisPoints: 280, ceilingBasisPoints: 300, safeHarbour: true },
    });
  });

  test.each([
    ["as it should be", {}, "allowed"],
    ["that does not say why", { saysPurpose: false }, "MESSAGE-APPROVED US-MSG-1"],
    ["without a key to object", { offersKeyOptOut: false }, "MESSAGE-APPROVED US-MSG-1"],
    [
      "that gives a 900 number",
      { contactNumber: "+19005550170", transcript: "Acme Ltd called for telemarketing purposes. Call 900 555 0170." },
      "MESSAGE-APPROVED US-MSG-1",
    ],
  ])("US-MSG-1: a message %s", (_what, change, expected) => {
    expect(told(asked("US", { message: message("US", change) }))).toBe(expected);
  });

  test("US-RING-1: fifteen seconds", () => expect(rulesOf("US").profile.ringMinMs).toBe(15_000));

  test.each([
    ["2026-11-17T12:59:59.999Z", "CALLING-WINDOW US-HRS-1"],
    ["2026-11-17T13:00:00Z", "allowed"],
    ["2026-11-18T01:59:59.999Z", "allowed"],
    ["2026-11-18T02:00:00Z", "CALLING-WINDOW US-HRS-1"],
    ["2026-11-22T18:00:00Z", "allowed"], // Sunday
    ["2026-11-26T18:00:00Z", "allowed"], // Thanksgiving
  ])("US-HRS-1: in New York at %s: %s", (when, expected) => expect(told(hours("US", when))).toBe(expected));

  test("US-HRS-1: in their time, not ours; and not at all where nobody knows it", () => {
    const eight = "2026-11-17T13:00:00Z";
    expect(told(hours("US", eight, { timeZone: "America/Los_Angeles" }))).toBe("CALLING-WINDOW US-HRS-1");
    expect(told(hours("US", eight, { timeZone: null }))).toBe("ZONE-KNOWN US-HRS-1");
  });

  const FLORIDA = phoneNumber("+13055550123");
  test.each([
    ["Florida", { region: "US-FL" }, "CALLING-WINDOW US-HRS-FL"],
    ["Florida, as lists have it", { region: "fl" }, "CALLING-WINDOW US-HRS-FL"],
    ["Miami's area code, the state not known", { number: FLORIDA }, "CALLING-WINDOW US-HRS-FL"],
    ["Miami's area code, moved to New York", { number: FLORIDA, region: "NY" }, "CALLING-WINDOW US-HRS-FL"],
    ["Oklahoma", { region: "OK" }, "CALLING-WINDOW US-HRS-OK"],
    ["Washington", { region: "WA" }, "CALLING-WINDOW US-WA-1"],
    ["New York", { region: "NY" }, "allowed"],
  ])("half past eight in the evening: %s", (_where, change, expected) => {
    expect(told(hours("US", "2026-11-18T01:30:00Z", change))).toBe(expected);
  });

  test("US-FREQ-1: the fourth call within 24 hours to Florida or Oklahoma is refused, rolling", () => {
    const attemptsAt = [1, 5, 23].map((hoursAgo) => instant(TUESDAY.US - hoursAgo * HOUR_MS));
    const fourth = asked("US", { region: "FL", facts: { attemptsAt } });
    expect([told(fourth), again(fourth)]).toEqual(["FREQUENCY US-FREQ-1", "2026-11-17T19:00:00.000Z"]);
    expect(told(asked("US", { region: "OK", facts: { attemptsAt } }))).toBe("FREQUENCY US-HRS-OK");
    expect(told(asked("US", { region: "WA", facts: { attemptsAt } }))).toBe("allowed");
    const dayOld = [1, 5, 24].map((hoursAgo) => instant(TUESDAY.US - hoursAgo * HOUR_MS));
    expect(told(asked("US", { region: "FL", facts: { attemptsAt: dayOld } }))).toBe("allowed");
  });

  test.each([
    [31, 0, "allowed"],
    [31, 1, "REGISTER-STALE US-DNC-1"],
  ])("US-DNC-1: a version of %i days and %i ms: %s", (days, ms, expected) => {
    const registers = [register("FTC_DNC", { fileDate: instant(TUESDAY.US - days * DAY_MS - ms) })];
    expect(told(asked("US", { registers }))).toBe(expected);
  });

  test("US-DNC-2: whoever objected is not called", () => {
    expect(told(asked("US", { facts: { suppressed: true } }))).toBe("SUPPRESSED US-DNC-2");
  });

  test.each([
    ["mobile", { kind: "consent" }, "CONSENT US-PEWC-1"],
    ["fixed-or-mobile", { kind: "consent" }, "CONSENT US-PEWC-1"],
    ["fixed-or-mobile", { kind: "written" }, "allowed"],
    ["fixed", { kind: "consent" }, "allowed"],
  ] as const)("US-PEWC-1: telemarketing to a %s number with %j: %s", (numberType, given, expected) => {
    const consent = { ...given, reference: "form 1", givenAt: null };
    expect(told(asked("US", { numberType, consent }))).toBe(expected);
  });

  test("US-REC-1: records for five years", () => expect(rulesOf("US").profile.recordsMonths).toBe(60));
});

describe("Canada", () => {
  test("CA-ABD-1: 5 % a calendar month, overdialling held back at 4 %, two seconds from the answer", () => {
    const { abandon, clock } = rulesOf("CA").profile;
    expect(abandon).toMatchObject({ window: "calendarMonth", throttleBasisPoints: 400, ceilingBasisPoints: 500 });
    expect(clock).toMatchObject({ start: "answer", limitMs: 2_000 });
  });

  test.each([
    ["2026-11-17T13:59:59.999Z", "CALLING-WINDOW CA-HRS-1"],
    ["2026-11-17T14:00:00Z", "allowed"],
    ["2026-11-18T02:29:00Z", "allowed"],
    ["2026-11-18T02:30:00Z", "CALLING-WINDOW CA-HRS-1"],
    ["2026-11-22T14:59:00Z", "CALLING-WINDOW CA-HRS-1"], // Sunday, before ten
    ["2026-11-22T15:00:00Z", "allowed"],
    ["2026-11-22T23:00:00Z", "CALLING-WINDOW CA-HRS-1"],
  ])("CA-HRS-1: in Toronto at %s: %s", (when, expected) => expect(told(hours("CA", when))).toBe(expected));

  test("CA-DNC-1: the national list of at most 31 days; consent overrides a listing", () => {
    const old = [register("DNCL", { fileDate: instant(TUESDAY.CA - 31 * DAY_MS - 1) })];
    expect(told(asked("CA", { registers: old }))).toBe("REGISTER-STALE CA-DNC-1");
    expect(told(asked("CA", { consent: null, facts: { registers: ["DNCL"] } }))).toBe("REGISTER-LISTED CA-DNC-1");
    expect(told(asked("CA", { facts: { registers: ["DNCL"] } }))).toBe("allowed");
  });

  test("CA-SUP-1, CA-REC-1", () => {
    expect(told(asked("CA", { facts: { suppressed: true } }))).toBe("SUPPRESSED CA-SUP-1");
    expect(rulesOf("CA").profile.recordsMonths).toBe(36);
  });
});

describe("Germany", () => {
  test("DE-CON-1: advertising needs consent whose proof can be found; other purposes do not", () => {
    expect(told(asked("DE", { consent: null }))).toBe("CONSENT DE-CON-1");
    expect(told(asked("DE", { consent: { kind: "consent", reference: "", givenAt: null } }))).toBe("CONSENT DE-CON-1");
    expect(told(asked("DE", { consent: { kind: "consent", reference: "log 3", givenAt: null } }))).toBe("allowed");
    expect(told(asked("DE", { consent: null }, { of: { purpose: "service" } }))).toBe("allowed");
    expect(rulesOf("DE").profile.recordsMonths).toBe(60);
  });

  test("DE-FREQ-1: the fourth attempt of a calendar day is refused, answered or not", () => {
    const attemptsAt = ["08:00", "09:00", "13:59"].map((time) => at(`2026-11-17T${time}:00Z`));
    const fourth = asked("DE", { facts: { attemptsAt } });
    expect([told(fourth), again(fourth)]).toEqual(["FREQUENCY DE-FREQ-1", "2026-11-18T07:00:00.000Z"]);
    expect(told(asked("DE", { facts: { attemptsAt: attemptsAt.slice(1) } }))).toBe("allowed");
    // Three yesterday evening are another day's, though within 24 hours.
    const yesterday = ["18:00", "18:20", "18:40"].map((time) => at(`2026-11-16T${time}:00Z`));
    expect(told(asked("DE", { facts: { attemptsAt: yesterday } }))).toBe("allowed");
  });

  test.each([
    ["2026-11-17T06:59:00Z", "CALLING-WINDOW DE-HRS-1"],
    ["2026-11-17T07:00:00Z", "allowed"],
    ["2026-11-17T19:00:00Z", "CALLING-WINDOW DE-HRS-1"],
    ["2026-11-21T18:59:00Z", "allowed"], // Saturday
    ["2026-11-22T12:00:00Z", "CALLING-WINDOW DE-HRS-1"], // Sunday
    ["2026-10-03T12:00:00Z", "HOLIDAY DE-HRS-1"], // Tag der Deutschen Einheit, a Saturday
    ["2026-05-14T12:00:00Z", "HOLIDAY DE-HRS-1"], // Christi Himmelfahrt
    ["2026-06-04T12:00:00Z", "allowed"], // Fronleichnam: not nationwide.
  ])("DE-HRS-1: at %s: %s", (when, expected) => expect(told(hours("DE", when))).toBe(expected));

  test("DE-RING-1, DE-LOST-1, DE-ABD-1: fifteen seconds, two seconds, no percentage", () => {
    const { ringMinMs, clock, abandon } = rulesOf("DE").profile;
    expect(ringMinMs).toBe(15_000);
    expect(clock).toMatchObject({ start: "answer", limitMs: 2_000, noSpeechGraceMs: 0 });
    expect(abandon).toMatchObject({ ceilingBasisPoints: null, stopBasisPoints: 200, safeHarbour: false });
  });

  test.each(["+499001234567", "+4913712345678", "+4911833"])("DE-CLI-1: %s is not presented", (number) => {
    const cliNumber = number as PhoneNumber;
    expect(asked("DE", { cliNumber })).toMatchObject({ rule: "CLI-VALID", ruleId: "DE-CLI-1" });
  });
});

describe("Australia", () => {
  // Sydney is eleven hours ahead in November.
  test.each([
    ["2026-11-16T21:59:00Z", "marketing", "CALLING-WINDOW AU-HRS-1"], // Tuesday, a minute to nine
    ["2026-11-16T22:00:00Z", "marketing", "allowed"],
    ["2026-11-17T09:00:00Z", "marketing", "CALLING-WINDOW AU-HRS-1"], // Eight in the evening
    ["2026-11-17T09:00:00Z", "research", "allowed"],
    ["2026-11-17T09:30:00Z", "research", "CALLING-WINDOW AU-HRS-2"],
    ["2026-11-21T05:59:00Z", "marketing", "allowed"], // Saturday
    ["2026-11-21T06:00:00Z", "marketing", "CALLING-WINDOW AU-HRS-1"],
    ["2026-11-22T01:00:00Z", "marketing", "CALLING-WINDOW AU-HRS-1"], // Sunday
    ["2026-11-22T01:00:00Z", "research", "allowed"],
    ["2026-01-26T01:00:00Z", "marketing", "HOLIDAY AU-HRS-1"], // Australia Day
    ["2026-01-26T01:00:00Z", "research", "HOLIDAY AU-HRS-2"],
    ["2026-04-05T03:00:00Z", "research", "HOLIDAY AU-HRS-2"], // Easter Sunday
  ] as const)("AU-HRS-1, AU-HRS-2: in Sydney at %s for %s: %s", (when, purpose, expected) => {
    expect(told(hours("AU", when, {}, purpose))).toBe(expected);
  });

  test("AU-HRS-1: where they are: Perth is three hours behind", () => {
    expect(told(hours("AU", "2026-11-16T22:00:00Z", { timeZone: "Australia/Perth" }))).toBe("CALLING-WINDOW AU-HRS-1");
    expect(told(hours("AU", "2026-11-17T10:00:00Z", { timeZone: "Australia/Perth" }))).toBe("allowed");
  });

  test("AU-DNC-1: a wash of at most 30 days", () => {
    const old = [register("DNCR", { fileDate: instant(TUESDAY.AU - 30 * DAY_MS - 1) })];
    expect(told(asked("AU", { registers: old }))).toBe("REGISTER-STALE AU-DNC-1");
    expect(told(asked("AU", { registers: old }, { of: { purpose: "research" } }))).toBe("allowed");
  });

  test("AU-CLI-1, AU-TERM-1: a number of ours; whoever asked to stop is not called", () => {
    expect(told(asked("AU", { cliOwned: null }))).toBe("CLI-OWNED AU-CLI-1");
    expect(told(asked("AU", { facts: { suppressed: true } }))).toBe("SUPPRESSED AU-TERM-1");
  });

  test("AU-ABD-1: no percentage", () => {
    expect(rulesOf("AU").profile.abandon).toMatchObject({ ceilingBasisPoints: null, safeHarbour: false });
  });
});
