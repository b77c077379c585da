/**
 * Calling windows in the called party's own time. Luxon knows the zones; here is only what a window means:
 * on these ISO weekdays, from one minute of the local day up to another, by the clock on their wall.
 */
import { DateTime, IANAZone } from "luxon";
import type { CallingHours } from "../domain/campaign.ts";
import { after, instant } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { wallClock } from "./wall-clock.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS_AHEAD_MAX = 8;

/** Null when the name is not one of IANA's. Luxon takes "local" and "UTC+1" as well: neither says where anybody lives. */
const knownZone = (timeZone: string): IANAZone | null => {
  const zone = IANAZone.create(timeZone);
  return zone.isValid ? zone : null;
};

export const isTimeZone = (timeZone: string): boolean => knownZone(timeZone) !== null;

export function isWithinHours(hours: readonly CallingHours[], timeZone: string, at: Instant): boolean {
  const local = wallClock(timeZone, at);
  if (local === null) return false;
  const { weekday, minute } = local;
  return hours.some(
    (window) => window.days.includes(weekday) && minute >= window.fromMinute && minute < window.toMinute,
  );
}

/** The first instant after `at` at which what was closed opens, or null when nothing does within eight days. */
export function nextOpening(hours: readonly CallingHours[], timeZone: string, at: Instant): Instant | null {
  const zone = knownZone(timeZone);
  if (zone === null) return null;
  const moments = [...openings(hours, zone, at), ...clockChanges(zone, at)].sort((a, b) => a - b);
  const opens = (moment: Instant): boolean =>
    moment > at && isWithinHours(hours, timeZone, moment) && !isWithinHours(hours, timeZone, after(moment, -1));
  return moments.find(opens) ?? null;
}

/**
 * Where the windows' first minutes may lie. By the wall clock, not by minutes elapsed: on a day of 23 hours 08:00 is
 * still 08:00. An hour that comes twice gives two moments, one that is left out gives none that fits.
 */
function* openings(hours: readonly CallingHours[], zone: IANAZone, at: Instant): Iterable<Instant> {
  const today = DateTime.fromMillis(at, { zone }).setZone("utc", { keepLocalTime: true }).startOf("day");
  for (let day = 0; day <= DAYS_AHEAD_MAX; day++) {
    const date = today.plus({ days: day });
    for (const window of hours) {
      if (!window.days.includes(date.weekday)) continue;
      const onTheWall = date.toMillis() + window.fromMinute * MINUTE_MS;
      // The offset in force is that of the day before or of the day after; no zone changes twice in two days.
      for (const offset of new Set([zone.offset(onTheWall - DAY_MS), zone.offset(onTheWall + DAY_MS)])) {
        yield instant(onTheWall - offset * MINUTE_MS);
      }
    }
  }
}

/** When the clocks change: a window whose first minute is left out opens then, and one that has closed may open again. */
function* clockChanges(zone: IANAZone, at: Instant): Iterable<Instant> {
  for (let day = 0; day < DAYS_AHEAD_MAX; day++) {
    let [before, changed]: [number, number] = [at + day * DAY_MS, at + (day + 1) * DAY_MS];
    const offset = zone.offset(before);
    if (offset === zone.offset(changed)) continue;
    while (changed - before > 1) {
      const middle = Math.floor((before + changed) / 2);
      if (zone.offset(middle) === offset) before = middle;
      else changed = middle;
    }
    yield instant(changed);
  }
}
