/**
 * What a clock on the wall shows in a zone at an instant. Luxon knows the zones; because it asks a formatter each time,
 * and every decision asks several times, what it said of a quarter of an hour is remembered.
 */
import { IANAZone } from "luxon";
import type { Instant } from "../domain/instant.ts";
import { instant } from "../domain/instant.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Since 1973 no clock has been changed but at a whole quarter of an hour of UTC; before that, nothing is remembered. */
const QUARTER_MS = 15 * MINUTE_MS;
const QUARTERS_SINCE = Date.UTC(1973, 0) / QUARTER_MS;
const REMEMBERED_MAX = 1_000;

const remembered = new Map<string, Map<number, number>>();

/** Minutes that the wall clock is ahead of UTC; NaN for a zone that does not exist. */
export function offsetMinutes(timeZone: string, at: Instant): number {
  const quarter = Math.floor(at / QUARTER_MS);
  const ofZone = remembered.get(timeZone);
  const known = ofZone?.get(quarter);
  if (known !== undefined) return known;
  const zone = IANAZone.create(timeZone);
  const minutes = zone.isValid ? zone.offset(at) : Number.NaN;
  if (Number.isNaN(minutes) || quarter < QUARTERS_SINCE) return minutes;
  const kept = ofZone === undefined || ofZone.size >= REMEMBERED_MAX ? new Map<number, number>() : ofZone;
  kept.set(quarter, minutes);
  remembered.set(timeZone, kept);
  return minutes;
}

export interface WallClock {
  /** ISO: 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** Of the local day, 0 … 1439. */
  readonly minute: number;
}

/** Null for a zone that does not exist. */
export function wallClock(timeZone: string, at: Instant): WallClock | null {
  const onTheWall = at + offsetMinutes(timeZone, at) * MINUTE_MS;
  if (Number.isNaN(onTheWall)) return null;
  const day = Math.floor(onTheWall / DAY_MS);
  // 1 January 1970 was a Thursday.
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  return { weekday, minute: Math.floor((onTheWall - day * DAY_MS) / MINUTE_MS) };
}

/** `YYYY-MM-DD`; null for a zone that does not exist. */
export function localDate(timeZone: string, at: Instant): string | null {
  const onTheWall = at + offsetMinutes(timeZone, at) * MINUTE_MS;
  return Number.isNaN(onTheWall) ? null : dateOf(Math.floor(onTheWall / DAY_MS));
}

let latest = { day: Number.NaN, date: "" };

function dateOf(day: number): string {
  if (latest.day !== day) latest = { day, date: new Date(instant(day * DAY_MS)).toISOString().slice(0, 10) };
  return latest.date;
}
