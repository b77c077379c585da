/**
 * Public holidays, worked out from their rules: pure, the same for everybody, once per calendar and year.
 *
 * The rule to remember: a day kept in another's stead closes that other day as well; the day itself stays closed.
 */
import type { HolidayRule } from "./profile.ts";

const DAY_MS = 86_400_000;
const SATURDAY = 6;

type Calendar = readonly HolidayRule[];

/** Whole days since 1970, so that days can be counted without any zone. */
const dayNumber = (year: number, month: number, day: number): number =>
  Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
const isoOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** Western Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8: valid for all its years). */
export const easterSunday = (year: number): string => isoOf(easterDay(year));

function easterDay(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayNumber(year, Math.floor(sum / 31), (sum % 31) + 1);
}

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function nthWeekday(year: number, month: number, weekday: number, nth: number): number | null {
  if (nth < 0) {
    const last = dayNumber(year, month, daysInMonth(year, month));
    return last - ((weekdayOf(last) - weekday + 7) % 7) + (nth + 1) * 7;
  }
  const first = dayNumber(year, month, 1);
  const found = first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
  return found < first + daysInMonth(year, month) ? found : null;
}

/** The day itself in that year, or null when it is not kept then. */
function dayOf(rule: HolidayRule, year: number): number | null {
  if (year < (rule.fromYear ?? -Infinity) || year > (rule.toYear ?? Infinity)) return null;
  if (rule.exceptYears?.includes(year) === true) return null;
  if ("afterEaster" in rule) return easterDay(year) + rule.afterEaster;
  if ("nth" in rule) return nthWeekday(year, rule.month, rule.weekday, rule.nth);
  if ("notAfter" in rule) {
    const [month, day] = rule.notAfter.split("-").map(Number);
    const last = dayNumber(year, month ?? 1, day ?? 1);
    return last - ((weekdayOf(last) - rule.weekday + 7) % 7);
  }
  const [, ownYear, month = "", day = ""] = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/.exec(rule.on) ?? [];
  if (ownYear !== undefined && Number(ownYear) !== year) return null;
  if (Number(day) > daysInMonth(year, Number(month))) return null;
  return dayNumber(year, Number(month), Number(day));
}

/** All closed days of one year, ISO date → name. */
function daysOf(calendar: Calendar, year: number): ReadonlyMap<string, string> {
  // A New Year's Day on a Saturday may be kept in stead on days of the old year's end or the new one's beginning.
  const kept = [year - 1, year].flatMap((each) =>
    calendar.flatMap((rule) => {
      const day = dayOf(rule, each);
      return day === null ? [] : [{ rule, day }];
    }),
  );
  const names = new Map(kept.map(({ rule, day }) => [day, rule.name]));
  for (const { rule, day } of kept.sort((a, b) => a.day - b.day)) {
    if (rule.substituteFor?.includes(weekdayOf(day)) !== true) continue;
    let instead = day + 1;
    while (names.has(instead) || weekdayOf(instead) >= SATURDAY) instead += 1;
    names.set(instead, `${rule.name} (in its stead)`);
  }
  return new Map([...names].map(([day, name]) => [isoOf(day), name]));
}

/** Profiles live as long as the daemon, and so does what was worked out of them. */
const worked = new WeakMap<Calendar, Map<number, ReadonlyMap<string, string>>>();

/** Name of the holiday on a local day (`YYYY-MM-DD`), or null. */
export function holidayOn(calendar: Calendar, day: string): string | null {
  const year = Number(day.slice(0, 4));
  const years = worked.get(calendar) ?? new Map<number, ReadonlyMap<string, string>>();
  worked.set(calendar, years);
  const days = years.get(year) ?? daysOf(calendar, year);
  years.set(year, days);
  return days.get(day) ?? null;
}
