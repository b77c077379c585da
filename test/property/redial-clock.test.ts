/** The wall clock of redialling against the machine's own tables of zones, and what `why` says against trying it out. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { isWithinHours } from "../../src/compliance/calling-window.ts";
import { wallClock } from "../../src/lead/redial/wall-clock.ts";
import { openFast } from "../support/redial.ts";
import { FROM, nearChanges, TO, ZONES } from "../support/redial-world.ts";
import { wallOf } from "./wall.ts";

const QUARTER = 15 * 60_000;

test.each(ZONES)("in %s the wall shows what the machine's tables say, near every change of the clocks", (zone) => {
  const [clock, wall] = [wallClock(zone)!, wallOf(zone)];
  const moments = nearChanges(zone).flatMap((change) =>
    Array.from({ length: 20 * 4 }, (_none, index) => change + (index - 40) * QUARTER + 61_000),
  );
  for (let moment = FROM; moment < TO; moment += 7 * 3_600_000 + 11 * 60_000) moments.push(moment);
  const wrong = moments.filter((moment) => {
    const { day, weekday, minute } = clock.at(instant(moment));
    const shown = wall(moment);
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    return date !== shown.date || weekday !== shown.weekday || minute !== shown.minute;
  });
  expect(wrong).toEqual([]);
});

test.each(ZONES)("in %s a stretch of a day holds each moment at which the wall shows it, and no other", (zone) => {
  const [clock, wall] = [wallClock(zone)!, wallOf(zone)];
  const anyDay = fc.oneof(
    fc.integer({ min: FROM / 86_400_000, max: TO / 86_400_000 - 3 }),
    fc.constantFrom(...nearChanges(zone), FROM).map((change) => clock.at(instant(change - 3_600_000)).day),
  );
  const anyTime = fc.tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }));
  fc.assert(
    fc.property(anyDay, anyTime, (day, [a, b]) => {
      const [fromMinute, toMinute] = [Math.min(a, b) * 15, Math.max(a, b, Math.min(a, b) + 1) * 15];
      const stretches = clock.stretches(day, fromMinute, toMinute);
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
      const wrong: number[] = [];
      for (let moment = (day - 1) * 86_400_000; moment < (day + 2) * 86_400_000; moment += QUARTER) {
        const shown = wall(moment);
        const isShown = shown.date === date && shown.minute >= fromMinute && shown.minute < toMinute;
        if (stretches.some(({ from, to }) => from <= moment && moment < to) !== isShown) wrong.push(moment);
      }
      expect(wrong).toEqual([]);
      // In order, and with air between them.
      for (const [index, { from }] of stretches.entries()) {
        if (index > 0) expect(from).toBeGreaterThan(stretches[index - 1]!.to);
      }
    }),
    { numRuns: 60 },
  );
});

test("a day begins at its first moment, where midnight does not come as well", () => {
  const cairo = wallClock("Africa/Cairo")!;
  // The last Friday of April begins at one o'clock.
  const day = Date.UTC(2026, 3, 24) / 86_400_000;
  expect(new Date(cairo.startOf(day)).toISOString()).toBe("2026-04-23T22:00:00.000Z");
  expect(cairo.at(cairo.startOf(day))).toMatchObject({ day, minute: 60 });
  // Samoa left out 30 December 2011.
  const apia = wallClock("Pacific/Apia")!;
  const gone = Date.UTC(2011, 11, 30) / 86_400_000;
  expect(apia.stretches(gone, 0, 1440)).toEqual([]);
  expect(apia.startOf(gone)).toBe(apia.startOf(gone + 1));
});

test("nobody knows these zones", () => {
  for (const zone of ["", "local", "UTC+1", "Mars/Olympus", null]) expect(wallClock(zone)).toBeNull();
});

test("the hours used in these tests are those of compliance", () => {
  const hours = [
    { days: [1, 2, 3, 4, 5], fromMinute: 60, toMinute: 150 },
    { days: [6, 7], fromMinute: 1200, toMinute: 1440 },
  ];
  const openAt = openFast(hours);
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: FROM, max: TO }), (zone, moment) => {
      const opens: Instant = openAt(zone, instant(moment))!;
      expect(isWithinHours(hours, zone, opens)).toBe(true);
      expect(opens === moment).toBe(isWithinHours(hours, zone, instant(moment)));
    }),
  );
});
