/** Bands, limits and the order of numbers: read as people write them, refused in a sentence, and written back alike. */
import { expect, test } from "@jest/globals";
import {
  formatBand,
  formatBands,
  formatLimits,
  readBand,
  readBands,
  readKindOrder,
  readLimits,
} from "../../../../src/app/arguments/redial-plan.ts";
import { formatRedialRules, readRedialRule } from "../../../../src/app/arguments/campaign-rules.ts";
import { DEFAULT_BANDS, DEFAULT_LIMITS, DEFAULT_REDIAL, redialPlan } from "../../../../src/domain/redial-rules.ts";

test("the usual bands read back as they are written", () => {
  expect(DEFAULT_BANDS.map((band) => readBand(formatBand(band)))).toEqual(DEFAULT_BANDS);
  expect(readBands(formatBands(DEFAULT_BANDS).split(" "))).toEqual({ bands: DEFAULT_BANDS });
  expect(readBands(["default"])).toEqual({ bands: DEFAULT_BANDS });
  expect(readBands(["none"])).toEqual({ bands: [] });
  expect(formatBands([])).toBe("none");
});

test("kinds left out are all of them, and of days off those of working days", () => {
  const all = ["home", "work", "mobile", "other"];
  expect(readBand("late=20:00-24:00")).toEqual({
    ...{ name: "late", fromMinute: 1_200, toMinute: 1_440, kindsOnWorkingDays: all, kindsOnOtherDays: all },
    isBadForWorkers: false,
  });
  expect(readBand("late=20:00-24:00/home")).toMatchObject({ kindsOnWorkingDays: ["home"], kindsOnOtherDays: ["home"] });
  expect(readBand("late=20:00-24:00/home/none/bad-for-workers")).toMatchObject({
    ...{ kindsOnWorkingDays: ["home"], kindsOnOtherDays: [], isBadForWorkers: true },
  });
});

test.each([
  [["evening"], "is not NAME=FROM-TO/KINDS"],
  [["evening=17-21"], "is not NAME=FROM-TO/KINDS"],
  [["evening=17:00-25:00"], "is not NAME=FROM-TO/KINDS"],
  [["__proto__=17:00-21:00"], "is not NAME=FROM-TO/KINDS"],
  [["evening=21:00-17:00"], "ends before it begins"],
  [["evening=17:00-21:00/hom"], 'Did you mean "home"?'],
  [["evening=17:00-21:00/home/mobile/other"], "more than two lists"],
  [["a=08:00-10:00", "b=09:00-11:00"], 'The bands "a" and "b" overlap.'],
  [["a=08:00-10:00", "a=12:00-13:00"], 'Two bands are called "a".'],
  [Array.from({ length: 25 }, (_none, index) => `b${index}=00:00-00:01`), "24 bands at most"],
])("the bands %j are refused: %s", (texts, problem) => {
  expect(readBands(texts)).toEqual({ problem: expect.stringContaining(problem) });
});

test("bands come in the order of the day, however they are given", () => {
  expect(readBands(["b=12:00-13:00", "a=08:00-10:00"])).toMatchObject({ bands: [{ name: "a" }, { name: "b" }] });
});

test("limits go on top of those that were said before", () => {
  expect(readLimits({ numberDayMax: 1, gapMinMs: 1_000 }, ["lead-day=2,number-day=none", "gap=5m"])).toEqual({
    limits: { numberDayMax: null, gapMinMs: 300_000, leadDayMax: 2 },
  });
  expect(readLimits(undefined, ["gap=none"])).toEqual({ limits: { gapMinMs: 0 } });
  expect(readLimits(undefined, formatLimits(DEFAULT_LIMITS).split(" "))).toEqual({ limits: DEFAULT_LIMITS });
});

test.each([
  ["number-dya=3", 'Did you mean "number-day"?'],
  ["number-day=0", "from 1 to 99"],
  ["number-day=many", "from 1 to 99"],
  ["number-day=1=2", "from 1 to 99"],
  ["gap=often", "gap=DURATION"],
  ["gap=31d", "gap=DURATION"],
  ["", "is not a limit"],
])("the limit %s is refused: %s", (text, problem) => {
  expect(readLimits({}, [text])).toEqual({ problem: expect.stringContaining(problem) });
});

test("the order of kinds", () => {
  expect(readKindOrder("work, home,work")).toEqual({ kinds: ["work", "home"] });
  expect(readKindOrder("wrk")).toEqual({ problem: expect.stringContaining('Did you mean "work"?') });
  expect(readKindOrder("none")).toEqual({ problem: "An order needs a kind of number." });
});

test.each([
  ["busy:2m-10m:5", { delayMs: 120_000, delayMaxMs: 600_000, triesMax: 5 }],
  ["machine:24h:3:same-number", { delayMs: 86_400_000, triesMax: 3, number: "same" }],
  ["no-answer:1s:5:next-number:any-band", { delayMs: 1_000, triesMax: 5, number: "next", anotherBand: false }],
])("the rule %s", (text, rule) => {
  expect(readRedialRule(text)).toMatchObject({ rule });
});

test.each([
  ["busy:10m-2m:5", "is less than the least"],
  ["busy:2m-10m-20m:5", "CLASS:DELAY:TRIES"],
  ["busy:2m-:5", "CLASS:DELAY:TRIES"],
  ["busy:2m:5:same-nubmer", 'Did you mean "same-number"?'],
  ["busy:2m:5:constructor", "is unknown in"],
])("the rule %s is refused: %s", (text, problem) => {
  expect(readRedialRule(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test("the usual rules read back as they are written", () => {
  const read = formatRedialRules(redialPlan(DEFAULT_REDIAL).byClass)
    .split(" ")
    .map((text) => readRedialRule(text));
  expect(Object.fromEntries(read.map((each) => ("rule" in each ? [each.class, each.rule] : [])))).toEqual(
    redialPlan(DEFAULT_REDIAL).byClass,
  );
});
