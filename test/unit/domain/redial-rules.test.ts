/** What a campaign never said is filled in; what it said stays. */
import { expect, test } from "@jest/globals";
import { DEFAULT_BANDS, DEFAULT_LIMITS, DEFAULT_REDIAL, redialPlan } from "../../../src/domain/redial-rules.ts";
import type { RedialRules } from "../../../src/domain/redial-rules.ts";

/** As campaigns of the first versions were written. */
const OLD: RedialRules = {
  attemptsMax: 6,
  carrierTriesMax: 3,
  byClass: { busy: { delayMs: 600_000, triesMax: 2 }, "no-answer": { delayMs: 14_400_000, triesMax: 4 } },
};

test("rows of earlier versions get bands, limits and what their classes are like", () => {
  const plan = redialPlan(OLD);
  expect(plan).toMatchObject({ attemptsMax: 6, carrierTriesMax: 3, bands: DEFAULT_BANDS, limits: DEFAULT_LIMITS });
  expect(plan.byClass.busy).toEqual({
    delayMs: 600_000,
    delayMaxMs: 660_000,
    triesMax: 2,
    number: "same",
    anotherBand: false,
  });
  expect(plan.byClass["no-answer"]).toMatchObject({ triesMax: 4, number: "next", anotherBand: true });
  expect(plan.sparesWorkers).toBe(false);
});

test("a class that was left out stays out, promises excepted: nobody could have said it", () => {
  expect(Object.keys(redialPlan(OLD).byClass).sort()).toEqual(["busy", "callback", "no-answer"]);
  // Nobody was there, whether machines are redialled or not.
  expect(redialPlan(OLD).nobodyThere).toEqual(["no-answer", "machine", "not-home"]);
});

test("what was said stays, one limit beside the defaults of the others", () => {
  const plan = redialPlan({
    ...OLD,
    byClass: { machine: { delayMs: 60_000, delayMaxMs: 1, triesMax: 1, number: "same", anotherBand: false } },
    bands: [],
    limits: { numberDayMax: null },
    kinds: ["work"],
    sparesWorkers: true,
  });
  // The greatest delay is no less than the least.
  expect(plan.byClass.machine).toEqual({
    delayMs: 60_000,
    delayMaxMs: 60_000,
    triesMax: 1,
    number: "same",
    anotherBand: false,
  });
  expect(plan.nobodyThere).toEqual(["no-answer", "not-home"]);
  expect(plan).toMatchObject({
    bands: [],
    limits: { ...DEFAULT_LIMITS, numberDayMax: null },
    kinds: ["work"],
    sparesWorkers: true,
  });
});

test("the same rules give the same plan", () => {
  expect(redialPlan(OLD)).toBe(redialPlan(OLD));
});

test("the bands of a day follow each other without a hole, and every kind of number has its hours", () => {
  for (const [index, { fromMinute, toMinute }] of DEFAULT_BANDS.entries()) {
    expect(toMinute).toBeGreaterThan(fromMinute);
    if (index > 0) expect(fromMinute).toBe(DEFAULT_BANDS[index - 1]?.toMinute);
  }
  for (const kind of ["home", "work", "mobile", "other"] as const) {
    expect(DEFAULT_BANDS.some(({ kindsOnWorkingDays }) => kindsOnWorkingDays.includes(kind))).toBe(true);
  }
  expect(DEFAULT_REDIAL.byClass.busy).toMatchObject({ delayMs: 120_000, delayMaxMs: 600_000 });
});
