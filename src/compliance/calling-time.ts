/**
 * How much time is left in which a campaign may call anybody: what the end of an accounting window is foreseen from. One
 * rule to remember: the people called may live in several zones, and the latest of them to close is the one that counts.
 * What is stricter for some of them only (a region, a type of number) ends nothing for the others.
 */
import { DateTime } from "luxon";
import type { CallingHours } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import { isTimeZone } from "./calling-window.ts";
import { generalHours, overlap } from "./campaign-rules.ts";
import type { CampaignRules } from "./dial-facts.ts";
import { holidayOn } from "./holidays.ts";

export interface CallingTime {
  /** Time in which somebody may be called, from `at` to `until`. */
  readonly leftMs: number;
  /** Whether somebody may be called at `at`. */
  readonly isOpen: boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const DAY_MINUTES = 1_440;
/** A legal window has thirty-one days at most; whoever asks for more has mistaken the year. */
const DAYS_MAX = 62;
const KEPT_MAX = 50;

/** Asked at every tick, and the same as long as rules, zone and window are. */
const kept = new WeakMap<CampaignRules, Map<string, readonly Span[]>>();

/**
 * @param timeZones IANA; those that nobody knows are passed over. The zone of the account, and those of the people called.
 * @param until end of the window, excluded
 */
export function callingTime(
  rules: CampaignRules,
  timeZones: Iterable<string>,
  at: Instant,
  until: Instant,
): CallingTime {
  let leftMs = 0;
  let isOpen = false;
  for (const zone of new Set(timeZones)) {
    let left = 0;
    for (const { from, to } of spansOf(rules, zone, at, until)) {
      left += Math.max(0, Math.min(to, until) - Math.max(from, at));
      isOpen ||= from <= at && at < to;
    }
    leftMs = Math.max(leftMs, left);
  }
  return { leftMs, isOpen };
}

function spansOf(rules: CampaignRules, zone: string, at: Instant, until: Instant): readonly Span[] {
  const known = kept.get(rules) ?? new Map<string, readonly Span[]>();
  kept.set(rules, known);
  const key = `${zone} ${until}`;
  const found = known.get(key);
  // What has passed adds nothing; but nothing may be asked of a time before the first question.
  if (found !== undefined && (found[0]?.from ?? -Infinity) <= at) return found;
  if (known.size >= KEPT_MAX) known.clear();
  // The sentinel says since when this holds.
  const today = startOfToday(zone, at);
  const spans = today === null ? [] : [{ from: today.toMillis(), to: today.toMillis() }, ...open(rules, today, until)];
  known.set(key, spans);
  return spans;
}

const startOfToday = (zone: string, at: Instant): DateTime | null =>
  isTimeZone(zone) ? DateTime.fromMillis(at, { zone }).startOf("day") : null;

function* open(rules: CampaignRules, today: DateTime, until: Instant): Iterable<Span> {
  const general = generalHours(rules.profile, rules.purpose);
  const hours = general.reduce((left, rule) => overlap(left, rule.hours), rules.callingHours);
  const keepsHolidays = general.some(({ closedOnHolidays }) => closedOnHolidays);
  for (let days = 0; days < DAYS_MAX; days++) {
    // By the calendar, and by the wall clock on each day: a day may have 23 hours, and 08:00 is 08:00.
    const day = today.plus({ days }).startOf("day");
    if (day.toMillis() >= until) return;
    if (keepsHolidays && isHoliday(rules, day.toFormat("yyyy-MM-dd"))) continue;
    yield* onDay(hours, day);
  }
}

/** Only a day that every calendar of the profile keeps is closed to all; where one is not known, nobody can say. */
function isHoliday({ profile }: CampaignRules, day: string): boolean {
  const { holidayCalendars, holidays } = profile;
  return holidayCalendars.length > 0 && holidayCalendars.every((code) => isKept(holidays?.[code], day));
}

const isKept = (rules: Parameters<typeof holidayOn>[0] | undefined, day: string): boolean =>
  rules !== undefined && holidayOn(rules, day) !== null;

/** Windows of one day, those that overlap counted once. */
function* onDay(hours: readonly CallingHours[], day: DateTime): Iterable<Span> {
  const windows = hours.filter(({ days }) => days.includes(day.weekday)).sort((a, b) => a.fromMinute - b.fromMinute);
  let closedMinute = 0;
  for (const { fromMinute, toMinute } of windows) {
    const from = Math.max(fromMinute, closedMinute);
    if (toMinute > from) yield { from: onTheWall(day, from), to: onTheWall(day, toMinute) };
    closedMinute = Math.max(closedMinute, toMinute);
  }
}

const onTheWall = (day: DateTime, minute: number): number =>
  minute >= DAY_MINUTES
    ? day.plus({ days: 1 }).startOf("day").toMillis()
    : day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis();
