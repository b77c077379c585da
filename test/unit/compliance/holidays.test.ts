/** Public holidays from their rules, against dates that governments have published. */
import { describe, expect, test } from "@jest/globals";
import { profileSources } from "../../../src/app/profiles.ts";
import { easterSunday, holidayOn } from "../../../src/compliance/holidays.ts";
import type { HolidayRule } from "../../../src/compliance/profile.ts";

const { calendars } = profileSources([]);
const DAY_MS = 86_400_000;

const daysOf = (calendar: readonly HolidayRule[], year: number): string[] => {
  const days: string[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (holidayOn(calendar, date) !== null) days.push(date.slice(5));
  }
  return days;
};

test.each([
  // The earliest, the latest, and the two exceptions of the old rule's table.
  [1818, "1818-03-22"],
  [2285, "2285-03-22"],
  [2038, "2038-04-25"],
  [1943, "1943-04-25"],
  [1954, "1954-04-18"],
  [1981, "1981-04-19"],
  [2000, "2000-04-23"],
  [2025, "2025-04-20"],
  [2026, "2026-04-05"],
  [2027, "2027-03-28"],
])("Easter of %i", (year, expected) => expect(easterSunday(year)).toBe(expected));

/** Working days that are closed: weekends are left out, because governments' lists leave them out. */
const WEEKDAYS: readonly (readonly [calendar: string, year: number, days: string])[] = [
  // gov.uk/bank-holidays, 2026 and 2027; years with weekends at Christmas; years with days of their own.
  ["GB-ENG", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"],
  ["GB-ENG", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"],
  ["GB-ENG", 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"],
  ["GB-ENG", 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"],
  ["GB-ENG", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"],
  ["GB-SCT", 2022, "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27"],
  ["GB-SCT", 2026, "01-01 01-02 04-03 05-04 05-25 08-03 11-30 12-25 12-28"],
  ["GB-NIR", 2026, "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28"],
  ["IE", 2026, "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-28"],
  ["IE", 2030, "01-01 02-01 03-18 04-22 05-06 06-03 08-05 10-28 12-25 12-26"],
  ["DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 12-25"],
  ["DE", 2027, "01-01 03-26 03-29 05-06 05-17"],
  ["AU", 2026, "01-01 01-26 04-03 04-06 04-27 12-25 12-28"],
  ["US", 2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"],
  ["CA", 2026, "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25 12-28"],
];
test.each(WEEKDAYS)("%s in %i", (calendar, year, expected) => {
  const isWeekday = (day: string): boolean => ![0, 6].includes(new Date(`${year}-${day}T00:00:00Z`).getUTCDay());
  expect(daysOf(calendars[calendar]!, year).filter(isWeekday).join(" ")).toBe(expected);
});

describe("rules", () => {
  test("a day that is kept in another's stead stays closed itself", () => {
    // Boxing Day of 2026 is a Saturday.
    expect(holidayOn(calendars["GB-ENG"]!, "2026-12-26")).toBe("Boxing Day");
    expect(holidayOn(calendars["GB-ENG"]!, "2026-12-28")).toBe("Boxing Day (in its stead)");
    expect(holidayOn(calendars["GB-ENG"]!, "2026-12-27")).toBeNull();
  });

  test("a stead is a working day", () => {
    // 1 May 2026 is a Friday.
    const calendar: HolidayRule[] = [{ name: "May Day", on: "05-01", substituteFor: [5] }];
    expect(daysOf(calendar, 2026)).toEqual(["05-01", "05-04"]);
  });

  test("a stead that falls into the new year is found there", () => {
    const calendar: HolidayRule[] = [{ name: "Last day", on: "12-31", substituteFor: [6, 7] }];
    // 31 December 2022 is a Saturday.
    expect(holidayOn(calendar, "2023-01-02")).toBe("Last day (in its stead)");
  });

  test("a fifth Monday comes only where there is one, a 29 February only in its years", () => {
    const calendar: HolidayRule[] = [
      { name: "Fifth", weekday: 1, nth: 5, month: 6 },
      { name: "Leap day", on: "02-29" },
    ];
    expect(daysOf(calendar, 2026)).toEqual(["06-29"]);
    expect(daysOf(calendar, 2027)).toEqual([]);
    expect(daysOf(calendar, 2028)).toEqual(["02-29"]);
  });

  test("years before and after do not count, nor those that are left out", () => {
    const calendar: HolidayRule[] = [{ name: "X", on: "06-01", fromYear: 2020, toYear: 2023, exceptYears: [2021] }];
    const kept = [2019, 2020, 2021, 2022, 2023, 2024].filter((year) => daysOf(calendar, year).length > 0);
    expect(kept).toEqual([2020, 2022, 2023]);
  });
});
