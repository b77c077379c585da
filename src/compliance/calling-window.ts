/**
 * Calling windows in the called party's own time. Luxon knows the zones; here is only what a window means:
 * on these ISO weekdays, from one minute of the local day up to another, by the clock on their wall.
 */
import { DateTime } from "luxon";
import type { CallingHours } from "../domain/campaign.ts";
import { instant } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";

/** Null when the zone is not one that is known. */
const localTime = (at: Instant, timeZone: string): DateTime<true> | null => {
  const local = DateTime.fromMillis(at, { zone: timeZone });
  return local.isValid ? local : null;
};

export function isWithinHours(hours: readonly CallingHours[], timeZone: string, at: Instant): boolean {
  const local = localTime(at, timeZone);
  if (local === null) return false;
  const minute = local.hour * 60 + local.minute;
  return hours.some(
    (window) => window.days.includes(local.weekday) && minute >= window.fromMinute && minute < window.toMinute,
  );
}

/** The first instant after `at` at which a window opens, or null when none opens within eight days. */
export function nextOpening(hours: readonly CallingHours[], timeZone: string, at: Instant): Instant | null {
  const local = localTime(at, timeZone);
  if (local === null) return null;
  for (let day = 0; day <= 8; day++) {
    const date = local.startOf("day").plus({ days: day });
    const openings = hours
      .filter((window) => window.days.includes(date.weekday))
      // By the wall clock, not by minutes elapsed: on a day of 23 hours 08:00 is still 08:00.
      .map((window) =>
        date.set({ hour: Math.floor(window.fromMinute / 60), minute: window.fromMinute % 60 }).toMillis(),
      )
      .filter((opening) => opening > at)
      .sort((a, b) => a - b);
    const first = openings[0];
    if (first !== undefined) return instant(first);
  }
  return null;
}
