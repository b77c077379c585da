/** The clock on the called party's wall, also on the days on which it is changed. */
import { describe, expect, test } from "@jest/globals";
import { isTimeZone, isWithinHours, nextOpening } from "../../../src/compliance/calling-window.ts";
import type { CallingHours } from "../../../src/domain/campaign.ts";
import { instant, toIso } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";

const at = (iso: string): Instant => instant(Date.parse(iso));
const next = (hours: readonly CallingHours[], zone: string, iso: string): string | null => {
  const opening = nextOpening(hours, zone, at(iso));
  return opening === null ? null : toIso(opening);
};

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const window = (from: string, to: string, days = EVERY_DAY): CallingHours => {
  const minute = (time: string): number => {
    const [hours = "0", minutes = "0"] = time.split(":");
    return Number(hours) * 60 + Number(minutes);
  };
  return { days, fromMinute: minute(from), toMinute: minute(to) };
};

/** Monday to Friday 08–21, Saturday 09–21, never on Sunday (UK-HRS-1). */
const SOCIABLE = [window("08:00", "21:00", [1, 2, 3, 4, 5]), window("09:00", "21:00", [6])];

describe("sociable hours in London", () => {
  test.each([
    ["2026-11-02T07:59:59.999Z", false], // Monday
    ["2026-11-02T08:00:00.000Z", true],
    ["2026-11-02T20:59:59.999Z", true],
    ["2026-11-02T21:00:00.000Z", false],
    ["2026-11-07T08:30:00.000Z", false], // Saturday
    ["2026-11-07T09:00:00.000Z", true],
    ["2026-11-08T12:00:00.000Z", false], // Sunday
    ["2026-07-06T06:59:59.999Z", false], // A Monday in summer: an hour earlier for us, not for them.
    ["2026-07-06T07:00:00.000Z", true],
    ["2026-07-06T20:00:00.000Z", false],
  ])("%s is within them: %s", (iso, expected) => {
    expect(isWithinHours(SOCIABLE, "Europe/London", at(iso))).toBe(expected);
  });

  test.each([
    ["2026-11-02T03:00:00Z", "2026-11-02T08:00:00.000Z"],
    ["2026-11-02T21:00:00Z", "2026-11-03T08:00:00.000Z"],
    ["2026-11-06T21:00:00Z", "2026-11-07T09:00:00.000Z"],
    ["2026-11-07T21:00:00Z", "2026-11-09T08:00:00.000Z"], // Over the Sunday.
    ["2026-03-28T22:00:00Z", "2026-03-30T07:00:00.000Z"], // Over the Sunday on which summer time begins …
    ["2026-10-24T21:00:00Z", "2026-10-26T08:00:00.000Z"], // … and over that on which it ends.
  ])("closed at %s, they open at %s", (iso, expected) => {
    expect(next(SOCIABLE, "Europe/London", iso)).toBe(expected);
  });
});

describe("days of 23 and 25 hours", () => {
  const MORNING = [window("08:00", "12:00")];

  test.each([
    // Zone, the evening before, 08:00 on the short or long day itself.
    ["Europe/London", "2026-03-28T21:00:00Z", "2026-03-29T07:00:00.000Z"],
    ["Europe/London", "2026-10-24T21:00:00Z", "2026-10-25T08:00:00.000Z"],
    ["Europe/Dublin", "2026-03-28T21:00:00Z", "2026-03-29T07:00:00.000Z"], // Whose winter time is the odd one in law.
    ["Europe/Dublin", "2026-10-24T21:00:00Z", "2026-10-25T08:00:00.000Z"],
    ["America/New_York", "2026-03-07T23:00:00Z", "2026-03-08T12:00:00.000Z"],
    ["America/New_York", "2026-10-31T23:00:00Z", "2026-11-01T13:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-03T10:00:00Z", "2026-10-03T21:00:00.000Z"], // By half an hour only.
    ["Australia/Lord_Howe", "2026-04-04T10:00:00Z", "2026-04-04T21:30:00.000Z"],
    ["Africa/Cairo", "2026-04-23T18:00:00Z", "2026-04-24T05:00:00.000Z"], // At midnight: that day begins at one.
    ["Asia/Kolkata", "2026-03-28T21:00:00Z", "2026-03-29T02:30:00.000Z"], // Never.
  ])("in %s the first opening after %s is %s", (zone, iso, expected) => {
    expect(next(MORNING, zone, iso)).toBe(expected);
  });

  test("a window whose first minute is left out opens when the clocks go forward", () => {
    // 01:00 GMT is 02:00 BST: there is no half past one.
    expect(next([window("01:30", "04:00")], "Europe/London", "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
  });

  test("a window that is left out altogether does not open that day", () => {
    expect(next([window("01:15", "01:45")], "Europe/London", "2026-03-28T12:00:00Z")).toBe("2026-03-30T00:15:00.000Z");
  });

  test("a window in the hour that comes twice opens twice", () => {
    const hours = [window("01:15", "01:45")];
    expect(next(hours, "Europe/London", "2026-10-25T00:00:00Z")).toBe("2026-10-25T00:15:00.000Z");
    expect(next(hours, "Europe/London", "2026-10-25T00:50:00Z")).toBe("2026-10-25T01:15:00.000Z");
  });

  test("a window from midnight opens at one where midnight is left out", () => {
    expect(next([window("00:00", "06:00", [5])], "Africa/Cairo", "2026-04-23T12:00:00Z")).toBe(
      "2026-04-23T22:00:00.000Z",
    );
  });
});

describe("windows of all kinds", () => {
  test("the whole day is open at every minute of it, and never opens", () => {
    const always = [window("00:00", "24:00")];
    expect(isWithinHours(always, "Europe/London", at("2026-11-02T00:00:00Z"))).toBe(true);
    expect(isWithinHours(always, "Europe/London", at("2026-11-02T23:59:59.999Z"))).toBe(true);
    expect(next(always, "Europe/London", "2026-11-02T12:00:00Z")).toBeNull();
  });

  test("two windows that touch are one", () => {
    const hours = [window("08:00", "12:00"), window("12:00", "18:00")];
    expect(next(hours, "Europe/London", "2026-11-02T09:00:00Z")).toBe("2026-11-03T08:00:00.000Z");
  });

  test.each([
    ["none", []],
    ["one without days", [window("08:00", "20:00", [])]],
    ["one that closes before it opens", [window("20:00", "08:00")]],
  ])("%s is never open", (_what, hours) => {
    expect(isWithinHours(hours, "Europe/London", at("2026-11-02T12:00:00Z"))).toBe(false);
    expect(next(hours, "Europe/London", "2026-11-02T12:00:00Z")).toBeNull();
  });

  test("one day a week is found from the moment at which it has closed", () => {
    expect(next([window("08:00", "09:00", [1])], "Europe/London", "2026-11-02T09:00:00Z")).toBe(
      "2026-11-09T08:00:00.000Z",
    );
  });

  test("the same moment is Monday here and Sunday there", () => {
    const monday = [window("00:00", "24:00", [1])];
    const moment = at("2026-11-02T03:00:00Z");
    expect(isWithinHours(monday, "Europe/London", moment)).toBe(true);
    expect(isWithinHours(monday, "America/New_York", moment)).toBe(false);
  });
});

describe("a zone that nobody knows", () => {
  // The middle ones are zones to the library: of this machine, or of no place on earth.
  test.each(["", "Mars/Olympus", "local", "system", "default", "UTC+1", "utc-5", "Europe/London; drop table lead"])(
    "%j is closed and never opens",
    (zone) => {
      expect(isTimeZone(zone)).toBe(false);
      expect(isWithinHours([window("00:00", "24:00")], zone, at("2026-11-02T12:00:00Z"))).toBe(false);
      expect(next(SOCIABLE, zone, "2026-11-02T03:00:00Z")).toBeNull();
    },
  );
});
