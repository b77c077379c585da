/** Whoever asks to be called back and gives no time is called the next day, at this time of day, if anybody may call then. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { numberId } from "../../../src/domain/ids.ts";
import { DEFAULT_REDIAL } from "../../../src/domain/redial-rules.ts";
import { instant } from "../../../src/domain/instant.ts";
import { nextDayCallback } from "../../../src/lead/callback.ts";
import { wallClock } from "../../../src/lead/redial/wall-clock.ts";
import {
  ALWAYS,
  at,
  DAY,
  freshLead,
  HOUR,
  NEVER,
  openDuring,
  someNumber,
  WEEKDAYS_8_TO_21,
} from "../../support/redial.ts";

const HOME = numberId(1);
const OPEN = openDuring(WEEKDAYS_8_TO_21);
const asked = (openAt = OPEN, change = {}) => ({
  ...{ story: freshLead(someNumber(1, "home", change)), rules: DEFAULT_REDIAL, openAt },
});
const told = (iso: string, question = asked()): string => {
  const found = nextDayCallback(question, HOME, at(iso));
  return found === null
    ? "never"
    : [found.dueAt, found.untilAt].map((moment) => new Date(moment).toISOString().slice(0, 16)).join(" ");
};

test.each<[what: string, asked: string, expected: string]>([
  // At two o'clock nobody rings at home unasked; it was asked for.
  [
    "Monday at two: Tuesday at two, while that part of the day lasts",
    "2026-11-16T13:20",
    "2026-11-17T13:20 2026-11-17T15:00",
  ],
  [
    "a few minutes before the part of the day is over: an hour",
    "2026-11-16T14:55",
    "2026-11-17T14:55 2026-11-17T15:55",
  ],
  ["Saturday: Monday, since nobody calls on Sundays", "2026-11-21T10:00", "2026-11-23T10:00 2026-11-23T11:00"],
  [
    "Friday at half past eight: Saturday begins later, and still within the hour",
    "2026-11-20T08:30",
    "2026-11-21T09:00 2026-11-21T11:00",
  ],
  ["the clocks go back in between: the same time by the wall", "2026-10-23T12:30", "2026-10-24T12:30 2026-10-24T14:00"],
])("%s", (_what, iso, expected) => {
  expect(told(`${iso}:00Z`)).toBe(expected);
});

test("nothing is promised where nobody knows the time, where nothing opens, or where the number is out", () => {
  const noon = "2026-11-16T12:00:00Z";
  expect(told(noon, asked(OPEN, { timeZone: null }))).toBe("never");
  expect(told(noon, asked(NEVER))).toBe("never");
  expect(told(noon, asked(ALWAYS, { isOut: true }))).toBe("never");
});

test("in every zone, whatever the clocks do: on a later day there, at that hour by the wall, for an hour at least", () => {
  const zones = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "UTC",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 2 * 365 * 24 * 60 }), (timeZone, minutes) => {
      const moment = instant(at("2026-01-01T00:00:00Z") + minutes * 60_000);
      const found = nextDayCallback(asked(ALWAYS, { timeZone }), HOME, moment);
      const clock = wallClock(timeZone)!;
      expect(clock.at(found!.dueAt).minute).toBe(clock.at(moment).minute);
      expect(clock.at(found!.dueAt).day - clock.at(moment).day).toBeGreaterThanOrEqual(1);
      expect(found!.dueAt - moment).toBeLessThanOrEqual(2 * DAY + HOUR);
      expect(found!.untilAt - found!.dueAt).toBeGreaterThanOrEqual(HOUR);
    }),
    { numRuns: 500 },
  );
});
