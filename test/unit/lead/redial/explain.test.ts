/** Why a lead is not dialled now, rule by rule; and with which number a new one begins. */
import { expect, test } from "@jest/globals";
import { DEFAULT_REDIAL } from "../../../../src/domain/redial-rules.ts";
import { explainRedial } from "../../../../src/lead/redial/explain.ts";
import type { ExplainQuestion } from "../../../../src/lead/redial/explain.ts";
import { firstNumber } from "../../../../src/lead/redial/first-number.ts";
import { REDIAL_RULES } from "../../../../src/lead/redial/refusals.ts";
import {
  afterTry,
  at,
  freshLead,
  NEVER,
  openDuring,
  someNumber,
  WEEKDAYS_8_TO_21,
  withRules,
} from "../../../support/redial.ts";

const HOME = someNumber(1, "home");
const WORK = someNumber(2, "work");
const MOBILE = someNumber(3, "mobile");

const explained = (change: Partial<ExplainQuestion>) =>
  explainRedial({
    ...{ story: freshLead(HOME), rules: DEFAULT_REDIAL, openAt: openDuring(WEEKDAYS_8_TO_21), dueAt: null },
    ...{ isPromised: false, at: at("2026-11-16T10:00:00Z") },
    ...change,
  });

const noes = (change: Partial<ExplainQuestion>) =>
  explained(change).numbers.map(({ verdicts }) =>
    verdicts.flatMap(({ rule, lets, until }) =>
      lets ? [] : [`${rule} until ${until === null ? "never" : new Date(until).toISOString().slice(5, 16)}`],
    ),
  );

test("a lead that nothing is against is told rule by rule", () => {
  const { dialable, dialableAt, numbers } = explained({});
  expect({ dialable, dialableAt }).toEqual({ dialable: true, dialableAt: at("2026-11-16T10:00:00Z") });
  expect(numbers[0]?.verdicts.map(({ rule }) => rule)).toEqual([...REDIAL_RULES]);
  expect(numbers[0]?.verdicts.every(({ lets, says }) => lets && says === "")).toBe(true);
});

test("each rule that says no, with its own time, and when all of them agree", () => {
  const { story } = afterTry(freshLead(HOME, WORK), { id: 1, at: at("2026-11-16T10:00:00Z"), outcome: "no-answer" });
  const asked = { story, dueAt: at("2026-11-16T14:00:00Z"), at: at("2026-11-16T10:01:00Z") };
  expect(noes(asked)).toEqual([
    ["delay until 11-16T14:00", "gap until 11-16T10:02", "another-band until 11-16T11:00"],
    ["delay until 11-16T14:00", "gap until 11-16T10:02", "another-band until 11-16T11:00"],
  ]);
  const verdict = explained(asked);
  expect(verdict.numbers.map(({ dialableAt }) => dialableAt)).toEqual([
    at("2026-11-16T17:00:00Z"),
    at("2026-11-16T14:00:00Z"),
  ]);
  expect(verdict).toMatchObject({ dialable: false, dialableAt: at("2026-11-16T14:00:00Z") });
  const says = verdict.numbers[0]?.verdicts.find(({ rule }) => rule === "another-band")?.says;
  expect(says).toBe("Nobody was there in the morning of this day or the last.");
});

test.each<[what: string, change: Partial<ExplainQuestion>, expected: string[]]>([
  ["at home on a working day's midday", { at: at("2026-11-16T12:00:00Z") }, ["number-hours until 11-16T17:00"]],
  ["at night", { at: at("2026-11-16T23:00:00Z") }, ["calling-hours until 11-17T08:00"]],
  ["no hours at all", { openAt: NEVER }, ["calling-hours until never"]],
  ["the most attempts", { story: { ...freshLead(HOME), attemptsCounted: 5 } }, ["attempts-max until never"]],
  ["out", { story: freshLead({ ...HOME, isOut: true }) }, ["number until never"]],
  ["nobody knows the time there", { story: freshLead({ ...HOME, timeZone: null }) }, ["zone until never"]],
  [
    "kinds that never ring",
    { rules: withRules({ bands: [] }), at: at("2026-11-16T23:00:00Z") },
    ["calling-hours until 11-17T08:00"],
  ],
])("%s", (_what, change, expected) => {
  expect(noes(change)[0]).toEqual(expected);
});

test("limits, with the day on which they end", () => {
  let lead = freshLead(MOBILE);
  for (const time of ["10:00", "10:05", "10:10"]) {
    lead = afterTry(lead, { id: 3, at: at(`2026-11-16T${time}:00Z`), outcome: "busy" }).story;
  }
  const rules = withRules({ limits: { leadDayMax: 3, leadWeekMax: 3, numberDayMax: 2, numberWeekMax: 5 } });
  expect(noes({ story: lead, rules, at: at("2026-11-16T10:30:00Z") })[0]).toEqual([
    "lead-day until 11-17T00:00",
    "lead-week until 11-23T00:00",
    "number-day until 11-17T00:00",
  ]);
});

test("a promise asks the hours only", () => {
  const story = { ...freshLead(HOME), attemptsCounted: 5 };
  expect(noes({ story, isPromised: true, at: at("2026-11-16T12:00:00Z") })[0]).toEqual([]);
  expect(noes({ story, isPromised: true, at: at("2026-11-16T23:00:00Z") })[0]).toEqual([
    "calling-hours until 11-17T08:00",
  ]);
});

test.each([
  ["in the morning the mobile comes before home", [HOME, MOBILE, WORK], "2026-11-16T10:00:00Z", 3, true],
  ["at midday work comes before what rings at home", [HOME, WORK], "2026-11-16T12:00:00Z", 2, true],
  ["in the evening home comes before work", [WORK, HOME], "2026-11-16T18:00:00Z", 1, true],
  ["at midday with a home number only: it waits", [HOME], "2026-11-16T12:00:00Z", 1, false],
  ["on Saturday nobody is at work", [WORK], "2026-11-21T12:00:00Z", 2, false],
  ["by the clock where it rings", [{ ...HOME, timeZone: "America/New_York" }], "2026-11-16T23:00:00Z", 1, true],
  ["in no known zone: last", [{ ...MOBILE, timeZone: null }, HOME], "2026-11-16T12:00:00Z", 1, false],
  ["whichever is not out", [{ ...MOBILE, isOut: true }, HOME], "2026-11-16T09:00:00Z", 1, true],
])("%s", (_what, numbers, iso, id, suitsNow) => {
  expect(firstNumber(numbers, DEFAULT_REDIAL, at(iso))).toEqual({ numberId: id, suitsNow });
});

test("none at all", () => {
  expect(firstNumber([], DEFAULT_REDIAL, at("2026-11-16T12:00:00Z"))).toBeNull();
  expect(firstNumber([{ ...HOME, isOut: true }], DEFAULT_REDIAL, at("2026-11-16T12:00:00Z"))).toBeNull();
});

test("a campaign's own order of kinds", () => {
  const rules = withRules({ kinds: ["work"] });
  expect(firstNumber([HOME, MOBILE, WORK], rules, at("2026-11-16T10:00:00Z"))?.numberId).toBe(2);
  expect(firstNumber([HOME, MOBILE, WORK], rules, at("2026-11-16T18:00:00Z"))?.numberId).toBe(1);
});
