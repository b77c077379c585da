/** How long people may still be called in a window: by their own clocks, through holidays, nights and changes of the clock. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { callingTime } from "../../../src/compliance/calling-time.ts";
import type { CampaignRules } from "../../../src/compliance/dial-facts.ts";
import type { ComplianceProfile } from "../../../src/compliance/profile.ts";
import type { CallingHours } from "../../../src/domain/campaign.ts";
import { after, instant } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { PRETEND_PROFILE } from "../../../src/simulation/pretend-profile.ts";
import { TEST_RULES } from "../../support/test-profile.ts";

const LONDON = ["Europe/London"];
const HOUR = 3_600_000;
const at = (iso: string): Instant => instant(Date.parse(iso));
const hours = (from: number, to: number, days = [1, 2, 3, 4, 5, 6, 7]): CallingHours => ({
  days,
  fromMinute: from * 60,
  toMinute: to * 60,
});

/** Monday to Saturday 08–21 by the profile, closed on holidays; what the campaign wants of that. */
const rules = (callingHours: readonly CallingHours[], more: Partial<ComplianceProfile> = {}): CampaignRules => ({
  ...TEST_RULES,
  profile: { ...PRETEND_PROFILE, ...more },
  callingHours,
});

const hoursLeft = (of: CampaignRules, from: string, until: string, zones = LONDON): number =>
  callingTime(of, zones, at(from), at(until)).leftMs / HOUR;

describe("within one day", () => {
  // Monday, 2 November 2026; the account's day ends at midnight in London.
  const office = rules([hours(9, 17)]);

  test.each([
    ["2026-11-02T06:00:00Z", 8, false],
    ["2026-11-02T09:00:00Z", 8, true],
    ["2026-11-02T16:45:00Z", 0.25, true],
    ["2026-11-02T17:00:00Z", 0, false],
    ["2026-11-02T23:59:00Z", 0, false],
  ])("at %s %d hours are left, and it is open: %s", (from, expected, isOpen) => {
    const until = at("2026-11-03T00:00:00Z");
    expect(callingTime(office, LONDON, at(from), until)).toEqual({ leftMs: expected * HOUR, isOpen });
  });

  test("whatever is the stricter of campaign and profile holds", () => {
    expect(hoursLeft(rules([hours(0, 24)]), "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")).toBe(13);
    expect(hoursLeft(rules([hours(20, 24)]), "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")).toBe(1);
  });

  test("windows that overlap count once, and a pause between two is none of it", () => {
    const split = rules([hours(9, 12), hours(11, 13), hours(15, 17)]);
    expect(hoursLeft(split, "2026-11-02T09:00:00Z", "2026-11-03T00:00:00Z")).toBe(6);
  });

  test("the end of the window cuts it off", () => {
    expect(hoursLeft(office, "2026-11-02T09:00:00Z", "2026-11-02T10:30:00Z")).toBe(1.5);
  });

  test("a rule about one type of number ends nothing for the others", () => {
    const mobiles = { purposes: null, numberTypes: ["mobile"], hours: [hours(9, 10)], closedOnHolidays: false };
    const strict = rules([hours(9, 17)], { hours: [...PRETEND_PROFILE.hours, mobiles] });
    expect(hoursLeft(strict, "2026-11-02T09:00:00Z", "2026-11-03T00:00:00Z")).toBe(8);
  });
});

describe("people in other zones", () => {
  const evening = rules([hours(9, 17)]);

  test("the latest of them to close counts, within the account's window", () => {
    const [from, until] = ["2026-11-02T16:30:00Z", "2026-11-03T00:00:00Z"];
    expect(hoursLeft(evening, from, until)).toBe(0.5);
    expect(hoursLeft(evening, from, until, [...LONDON, "America/New_York"])).toBe(5.5);
    // In Los Angeles it goes on until one in the morning, and the account's day does not.
    expect(hoursLeft(evening, from, until, [...LONDON, "America/Los_Angeles"])).toBe(7);
  });

  test("somebody may be called as long as it is open anywhere", () => {
    const zones = [...LONDON, "America/New_York"];
    expect(callingTime(evening, zones, at("2026-11-02T18:00:00Z"), at("2026-11-03T00:00:00Z")).isOpen).toBe(true);
    expect(callingTime(evening, LONDON, at("2026-11-02T18:00:00Z"), at("2026-11-03T00:00:00Z")).isOpen).toBe(false);
  });

  test("a zone that nobody knows is passed over", () => {
    expect(hoursLeft(evening, "2026-11-02T09:00:00Z", "2026-11-03T00:00:00Z", ["Mars/Olympus", ...LONDON])).toBe(8);
    expect(hoursLeft(evening, "2026-11-02T09:00:00Z", "2026-11-03T00:00:00Z", ["Mars/Olympus"])).toBe(0);
  });
});

describe("over many days", () => {
  const office = rules([hours(9, 17)]);

  test("Sundays are closed, the other days count by their own hours", () => {
    // Friday noon to the end of the Tuesday after it: 5 + 8 (Saturday) + 0 + 8 + 8.
    expect(hoursLeft(office, "2026-11-06T12:00:00Z", "2026-11-11T00:00:00Z")).toBe(29);
  });

  test("a holiday is closed", () => {
    // Friday 25 and Saturday 26 December are holidays; Monday 28 stands in for the second of them.
    expect(hoursLeft(office, "2026-12-24T09:00:00Z", "2026-12-30T00:00:00Z")).toBe(16);
  });

  test("a holiday of a part of the country is closed to some only", () => {
    const other = rules([hours(9, 17)], {
      holidayCalendars: ["GB-ENG", "GB-SCT"],
      holidays: { ...PRETEND_PROFILE.holidays, "GB-SCT": [{ name: "Christmas Day", on: "12-25" }] },
    });
    // Only the 25th is kept by both.
    expect(hoursLeft(other, "2026-12-24T09:00:00Z", "2026-12-27T00:00:00Z")).toBe(16);
  });

  test("a day of 25 hours has no more of them between nine and five, and one that is open all day has", () => {
    const always = rules([hours(0, 24)], {
      hours: [{ purposes: null, numberTypes: null, hours: [hours(0, 24)], closedOnHolidays: false }],
    });
    // 25 October 2026, a Sunday: the clocks go back in London.
    expect(hoursLeft(always, "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z")).toBe(25);
    expect(hoursLeft(office, "2026-10-24T08:00:00Z", "2026-10-27T00:00:00Z")).toBe(16);
  });
});

describe("asked again and again", () => {
  test("the answer goes down as time passes, and is not held back by an earlier question", () => {
    const office = rules([hours(9, 17)]);
    const until = "2026-11-05T00:00:00Z";
    expect(hoursLeft(office, "2026-11-03T09:00:00Z", until)).toBe(16);
    expect(hoursLeft(office, "2026-11-03T12:00:00Z", until)).toBe(13);
    expect(hoursLeft(office, "2026-11-04T16:00:00Z", until)).toBe(1);
    // The clock was set back: days before the first question are not forgotten.
    expect(hoursLeft(office, "2026-11-02T09:00:00Z", until)).toBe(24);
  });

  test("whatever was asked before, in whichever order, the answer is that of a first question", () => {
    const zones = ["Europe/London", "America/New_York", "Pacific/Auckland", "America/Santiago", "Mars/Olympus"];
    const asked = rules([hours(9, 17), hours(19, 20, [2, 4, 6])]);
    // Over the end of summer time in London and New York, and its begin in Auckland and Santiago.
    const begin = at("2026-09-04T00:00:00Z");
    const moment = fc.record({ fromHour: fc.nat({ max: 24 * 65 }), hoursLong: fc.integer({ min: 1, max: 24 * 31 }) });
    fc.assert(
      fc.property(
        fc.array(moment, { minLength: 1, maxLength: 6 }),
        fc.subarray(zones, { minLength: 1 }),
        (asks, where) => {
          for (const { fromHour, hoursLong } of asks) {
            const from = after(begin, fromHour * HOUR + 60_000);
            const until = after(from, hoursLong * HOUR);
            expect(callingTime(asked, where, from, until)).toEqual(callingTime({ ...asked }, where, from, until));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("as many zones as a world of leads has are not reckoned again and again", () => {
    const zones = Intl.supportedValuesOf("timeZone").filter((_, index) => index % 4 === 0);
    const office = rules([hours(9, 17)]);
    let reckoned = 0;
    // The profile is looked at when the hours of a zone are reckoned, and not where they are known.
    const counted = new Proxy(office, {
      get: (target, key) => {
        if (key === "callingHours") reckoned += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    const ask = (second: number): void => {
      const now = after(at("2026-11-02T12:00:00Z"), second * 1_000);
      for (const until of ["2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z", "2026-11-03T05:00:00Z"]) {
        callingTime(counted, zones, now, at(until));
      }
    };
    ask(0);
    expect(zones.length).toBeGreaterThan(100);
    expect(reckoned).toBe(2 * zones.length);
    ask(1);
    ask(3_600);
    expect(reckoned).toBe(2 * zones.length);
  });

  test("rules that were changed are asked anew", () => {
    expect(hoursLeft(rules([hours(9, 12)]), "2026-11-02T09:00:00Z", "2026-11-03T00:00:00Z")).toBe(3);
  });
});
