import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  formatCallingHours,
  formatDays,
  readCallingHours,
  readDaysOnly,
} from "../../../../src/app/arguments/calling-hours.ts";

const read = (text: string): string => {
  const result = readCallingHours(text);
  return "problem" in result
    ? result.problem
    : result.hours.map(({ days, fromMinute, toMinute }) => `${days.join("")} ${fromMinute}-${toMinute}`).join(" | ");
};

test.each([
  ["mon-fri 08:00-21:00, sat 09:00-21:00", "12345 480-1260 | 6 540-1260"],
  ["Mon-Fri 8-21; Saturday 9-21", "12345 480-1260 | 6 540-1260"],
  ["daily 09:00-17:30", "1234567 540-1050"],
  ["mon, wed 9-17", "13 540-1020"],
  ["mon wed fri 9-17", "135 540-1020"],
  ["mon-wed, fri 9-12 13-17", "1235 540-720 | 1235 780-1020"],
  ["sat-mon 10-16", "167 600-960"],
  ["mon-mon 10-16", "1 600-960"],
  ["mon-sun 00:00-24:00", "1234567 0-1440"],
  ["thurs 9-10, tues 9-10", "4 540-600 | 2 540-600"],
  ["mon, mon 9-10", "1 540-600"],
])("%s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ["", "Give days and times"],
  ["mon-fri", "Give days and times"],
  ["08:00-21:00", '"08:00-21:00" has no days in front of it'],
  ["mon 9-10, 11-12", '"11-12" has no days in front of it'],
  ["mon 21:00-08:00", "21:00-08:00 ends before it begins"],
  ["mon 9-9", "9-9 ends before it begins"],
  ["mon 9-25", '"9-25" is neither days'],
  ["mon 9:60-10", '"9:60-10" is neither days'],
  ["monkey 9-10", '"monkey" is neither days'],
  ["mo 9-10", '"mo" is neither days'],
  ["mon 9", '"9" is neither days'],
  ["mon 9-10 tue 9-10", 'A comma is missing before "tue"'],
  ["mon-tue-wed 9-10", '"mon-tue-wed" is neither days'],
])("%j is refused: %s", (text, problem) => {
  expect(read(text)).toContain(problem);
});

test("what is shown is read back as it was", () => {
  const window = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }).map((days) => days.sort((a, b) => a - b)),
      fromMinute: fc.integer({ min: 0, max: 1_439 }),
      length: fc.integer({ min: 1, max: 1_440 }),
    })
    .map(({ days, fromMinute, length }) => ({ days, fromMinute, toMinute: Math.min(1_440, fromMinute + length) }));
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 4 }), (hours) => {
      expect(readCallingHours(formatCallingHours(hours))).toEqual({ hours });
    }),
  );
});

describe("days alone", () => {
  test.each([
    ["mon-fri", [1, 2, 3, 4, 5]],
    ["sun-thu", [1, 2, 3, 4, 7]],
    ["Sat, mon;wed mon", [1, 3, 6]],
    ["daily", [1, 2, 3, 4, 5, 6, 7]],
  ])("%j are %j", (text, days) => {
    expect(readDaysOnly(text)).toEqual({ days });
    expect(readDaysOnly(formatDays(days))).toEqual({ days });
  });

  test.each([
    ["", "Give days"],
    ["mon-fri 9-17", '"9-17" is neither a day'],
    ["weekdays", '"weekdays" is neither a day'],
    ["mon-", '"mon-" is neither a day'],
  ])("%j is refused", (text, problem) => {
    expect(readDaysOnly(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
