/**
 * Clocks on the wall and calendars, by `Intl` and by hand: another road than the library that the daemon trusts, so that
 * one mistake is not made twice.
 */
import type { HolidayRule } from "../compliance/profile.ts";
import type { CallingHours } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";

export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** ISO: 1 Monday … 7 Sunday. */
  readonly weekday: number;
  readonly minute: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map<string, Intl.DateTimeFormat | null>();

const formatOf = (timeZone: string): Intl.DateTimeFormat | null => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  } catch {
    format = null;
  }
  formats.set(timeZone, format);
  return format;
};

const MINUTE_MS = 60_000;
/** `Intl` takes as long as twenty entries of a journal, and many of those are of one minute. */
const MINUTES_KEPT_MAX = 4_096;
const kept = new Map<string, Map<number, LocalTime | null>>();

/** Null for a zone that does not exist. */
export function localTime(timeZone: string, at: Instant): LocalTime | null {
  // No zone has been set forward or back within a minute since 1972.
  const minute = Math.floor(at / MINUTE_MS);
  let minutes = kept.get(timeZone);
  if (minutes === undefined) kept.set(timeZone, (minutes = new Map<number, LocalTime | null>()));
  const known = minutes.get(minute);
  if (known !== undefined) return known;
  const read = readTime(timeZone, at);
  if (minutes.size >= MINUTES_KEPT_MAX) minutes.clear();
  minutes.set(minute, read);
  return read;
}

function readTime(timeZone: string, at: Instant): LocalTime | null {
  const parts = formatOf(timeZone)?.formatToParts(at);
  if (parts === undefined) return null;
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return {
    year: Number(part("year")),
    month: Number(part("month")),
    day: Number(part("day")),
    weekday: WEEKDAYS.indexOf(part("weekday")) + 1,
    minute: Number(part("hour")) * 60 + Number(part("minute")),
    date: `${part("year")}-${part("month")}-${part("day")}`,
  };
}

export const isOpen = (hours: readonly CallingHours[], { weekday, minute }: LocalTime): boolean =>
  hours.some(({ days, fromMinute, toMinute }) => days.includes(weekday) && minute >= fromMinute && minute < toMinute);

const DAY_MS = 86_400_000;
const dayOf = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / DAY_MS;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const weekdayOf = (day: number): number => new Date(day * DAY_MS).getUTCDay() || 7;

/** Knuth, The Art of Computer Programming, volume 1, section 1.3.2, exercise 14. */
export function easter(year: number): string {
  const golden = (year % 19) + 1;
  const century = Math.floor(year / 100) + 1;
  const skipped = Math.floor((3 * century) / 4) - 12;
  const moon = Math.floor((8 * century + 5) / 25) - 5;
  const sunday = Math.floor((5 * year) / 4) - skipped - 10;
  let epact = (11 * golden + 20 + moon - skipped) % 30;
  if (epact < 0) epact += 30;
  if ((epact === 25 && golden > 11) || epact === 24) epact += 1;
  let full = 44 - epact;
  if (full < 21) full += 30;
  full += 7 - ((sunday + full) % 7);
  return dateOf(dayOf(year, 3, full));
}

/** The day itself, counted from 1970; null when it is not kept that year. */
function dayItself(rule: HolidayRule, year: number): number | null {
  const { fromYear = -Infinity, toYear = Infinity, exceptYears = [] } = rule;
  if (year < fromYear || year > toYear || exceptYears.includes(year)) return null;
  if ("afterEaster" in rule) return Date.parse(easter(year)) / DAY_MS + rule.afterEaster;
  if ("on" in rule) {
    const date = rule.on.length === 5 ? `${year}-${rule.on}` : rule.on;
    const day = Date.parse(date) / DAY_MS;
    // `2026-02-30` parses to nothing, and to another day in some engines.
    return Number.isFinite(day) && dateOf(day) === date && date.startsWith(`${year}-`) ? day : null;
  }
  if ("notAfter" in rule) {
    const latest = dayItself({ name: rule.name, on: rule.notAfter }, year);
    return latest === null ? null : latest - ((weekdayOf(latest) - rule.weekday + 7) % 7);
  }
  const ofMonth = Array.from({ length: 31 }, (_, index) => dayOf(year, rule.month, index + 1))
    .filter((day) => Number(dateOf(day).slice(5, 7)) === rule.month)
    .filter((day) => weekdayOf(day) === rule.weekday);
  return ofMonth.at(rule.nth > 0 ? rule.nth - 1 : rule.nth) ?? null;
}

const closedDays = new WeakMap<readonly HolidayRule[], Map<number, ReadonlySet<string>>>();

/** All closed days of a calendar in one year. Those kept in another's stead take the next day that is still free. */
function closedIn(rules: readonly HolidayRule[], year: number): ReadonlySet<string> {
  const byYear = closedDays.get(rules) ?? new Map<number, ReadonlySet<string>>();
  closedDays.set(rules, byYear);
  const known = byYear.get(year);
  if (known !== undefined) return known;
  const kept = rules
    .map((rule) => ({ rule, day: dayItself(rule, year) }))
    .filter((each): each is { rule: HolidayRule; day: number } => each.day !== null)
    .sort((a, b) => a.day - b.day);
  const days = new Set(kept.map(({ day }) => day));
  for (const { rule, day } of kept) {
    if (rule.substituteFor?.includes(weekdayOf(day)) !== true) continue;
    let next = day + 1;
    while (days.has(next) || weekdayOf(next) >= 6) next += 1;
    days.add(next);
  }
  const closed = new Set([...days].map(dateOf));
  byYear.set(year, closed);
  return closed;
}

/** A day in January may be kept in the stead of one in December. */
export const isHoliday = (rules: readonly HolidayRule[], { date, year }: LocalTime): boolean =>
  closedIn(rules, year).has(date) || closedIn(rules, year - 1).has(date);
