/** The clock on the wall, remembered by quarters of an hour, against the machine's own tables for every zone there is. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { localDate, offsetMinutes, wallClock } from "../../src/compliance/wall-clock.ts";
import { instant } from "../../src/domain/instant.ts";

const ZONES = Intl.supportedValuesOf("timeZone");
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FROM = Date.UTC(1970, 0, 1);
const TO = Date.UTC(2037, 0, 1);

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const figures = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hourCycle: "h23", ...figures });
  formats.set(timeZone, format);
  return format;
}

function byTheMachine(timeZone: string, at: number) {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return {
    weekday: DAYS.indexOf(part("weekday")) + 1,
    minute: Number(part("hour")) * 60 + Number(part("minute")),
    date: `${part("year")}-${part("month")}-${part("day")}`,
  };
}

/** When this zone's clocks change, found by halving. */
function changesOf(timeZone: string, from: number, to: number): number[] {
  const changes: number[] = [];
  const offset = (at: number): number => offsetOf(timeZone, at);
  for (let day = from; day < to; day += 86_400_000 * 7) {
    let [before, after] = [day, day + 86_400_000 * 7];
    if (offset(before) === offset(after)) continue;
    while (after - before > 1_000) {
      const middle = before + Math.floor((after - before) / 2_000) * 1_000;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}

function offsetOf(timeZone: string, at: number): number {
  const { date, minute } = byTheMachine(timeZone, at);
  return Date.parse(date) + minute * 60_000 - Math.floor(at / 60_000) * 60_000;
}

test("any zone at any moment since 1970", () => {
  const zone = fc.constantFrom(...ZONES);
  const moment = fc.integer({ min: FROM, max: TO });
  fc.assert(
    fc.property(zone, fc.array(moment, { minLength: 1, maxLength: 5 }), (timeZone, moments) => {
      for (const at of moments) {
        const seen = { ...wallClock(timeZone, instant(at)), date: localDate(timeZone, instant(at)) };
        expect([timeZone, at, seen]).toEqual([timeZone, at, byTheMachine(timeZone, at)]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a quarter of an hour that is remembered holds no change of the clocks", () => {
  for (const timeZone of ZONES.filter((_, index) => index % 20 === 0)) {
    for (const change of changesOf(timeZone, Date.UTC(2024, 0, 1), Date.UTC(2028, 0, 1))) {
      // The later side first, so that a quarter that held both would remember the wrong one.
      for (const at of [change + 1_000, change - 1_000, change + 899_000, change - 899_000]) {
        expect([timeZone, at, offsetMinutes(timeZone, instant(at)) * 60_000]).toEqual([
          timeZone,
          at,
          offsetOf(timeZone, at),
        ]);
      }
    }
  }
});

test("a zone that does not exist has no clock", () => {
  expect(wallClock("Europe/Atlantis", instant(FROM))).toBeNull();
  expect(localDate("Europe/Atlantis", instant(FROM))).toBeNull();
  expect(offsetMinutes("Europe/Atlantis", instant(FROM))).toBeNaN();
});
