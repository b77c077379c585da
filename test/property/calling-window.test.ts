/**
 * Windows hold across every change of the clocks. Judged by the machine's own tables of zones, quarter hour by quarter
 * hour, without the library that the code uses.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isWithinHours, nextOpening } from "../../src/compliance/calling-window.ts";
import type { CallingHours } from "../../src/domain/campaign.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";

const ZONES = [
  "Europe/London",
  "Europe/Dublin", // Negative summer time, in law.
  "America/New_York",
  "America/St_Johns", // Half an hour beside the others.
  "Australia/Lord_Howe", // Changes by half an hour.
  "Pacific/Chatham", // Three quarters beside the others, and changes at a quarter to three.
  "Africa/Cairo", // Changes at midnight.
  "Africa/Casablanca", // Changes for Ramadan.
  "Asia/Kolkata", // Never changes.
] as const;

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);

interface Wall {
  readonly weekday: number;
  readonly minute: number;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const wallOf = (zone: string): ((at: number) => Wall) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const known = new Map<number, Wall>();
  return (at) => {
    // No zone's clock does anything between two quarters of an hour but run.
    const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
    const wall = known.get(quarter) ?? read(format.format(quarter));
    known.set(quarter, wall);
    return { ...wall, minute: wall.minute + Math.floor((at - quarter) / 60_000) };
  };
};

/** "Mon 08:15", or with a comma, as the version of the tables likes it. */
const read = (text: string): Wall => {
  const [, day = "", hour = "", minute = ""] = /^(\w+),? (\d+):(\d+)$/.exec(text) ?? [];
  return { weekday: DAYS.indexOf(day) + 1, minute: Number(hour) * 60 + Number(minute) };
};

const isOpen = (hours: readonly CallingHours[], { weekday, minute }: Wall): boolean =>
  hours.some((each) => each.days.includes(weekday) && minute >= each.fromMinute && minute < each.toMinute);

/** Whole quarters after which the wall clock has not moved on by a quarter. */
function changesOf(zone: string): number[] {
  const wall = wallOf(zone);
  const changes: number[] = [];
  const minuteOfWeek = (at: number): number => wall(at).weekday * 1440 + wall(at).minute;
  for (let day = FROM; day < TO; day += DAY_MS) {
    if ((minuteOfWeek(day + DAY_MS) - minuteOfWeek(day) - 1440) % 10_080 === 0) continue;
    for (let at = day; at < day + DAY_MS; at += QUARTER_MS) {
      if ((minuteOfWeek(at + QUARTER_MS) - minuteOfWeek(at) - 15) % 10_080 !== 0) changes.push(at + QUARTER_MS);
    }
  }
  return changes;
}

const quarter = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max }).map((each) => each * 15);

const anyHours: fc.Arbitrary<CallingHours[]> = fc.array(
  fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    // Half of the windows lie in the small hours, where clocks are changed.
    fromMinute: fc.oneof(quarter(16), quarter(95)),
    toMinute: fc.oneof(quarter(20), quarter(96)),
  }),
  { minLength: 1, maxLength: 3 },
);

describe.each(ZONES)("%s", (zone) => {
  const wall = wallOf(zone);
  const changes = changesOf(zone);
  /** Mostly within two days of a change, where there are any. */
  const anyMoment: fc.Arbitrary<Instant> = fc
    .oneof(
      fc.integer({ min: FROM, max: TO }),
      ...changes.map((change) => fc.integer({ min: change - 2 * DAY_MS, max: change + 2 * DAY_MS })),
      ...changes.map((change) => fc.integer({ min: change - 8 * QUARTER_MS, max: change + 8 * QUARTER_MS })),
    )
    .map(instant);

  test("changes its clocks as often as expected", () => {
    expect(changes).toHaveLength(zone === "Asia/Kolkata" ? 0 : 4);
  });

  test("what is open is open by the clock on the wall", () => {
    fc.assert(
      fc.property(anyHours, anyMoment, (hours, at) => {
        expect(isWithinHours(hours, zone, at)).toBe(isOpen(hours, wall(at)));
      }),
      { numRuns: 200 },
    );
  });

  test("the next opening is the first moment at which a closed window opens, to the millisecond", () => {
    fc.assert(
      fc.property(anyHours, anyMoment, (hours, at) => {
        const opening = nextOpening(hours, zone, at);
        const first = Math.floor(at / QUARTER_MS) * QUARTER_MS + QUARTER_MS;
        let expected: number | null = null;
        for (let moment = first; moment < at + 8 * DAY_MS && expected === null; moment += QUARTER_MS) {
          if (isOpen(hours, wall(moment)) && !isOpen(hours, wall(moment - 1))) expected = moment;
        }
        expect(opening).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
