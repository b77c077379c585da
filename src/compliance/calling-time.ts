/**
 * How much time is left in which a campaign may call anybody: what the end of an accounting window is foreseen from. One
 * rule to remember: the people called may live in several zones, and the latest of them to close is the one that counts.
 * What is stricter for some of them only (a region, a type of number) ends nothing for the others.
 */
import { DateTime } from "luxon";
import type { CallingHours } from "../domain/campaign.ts";
import { instant } from "../domain/instant.ts";
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
/** More than there are zones: a list that is emptied while somebody goes round in it is no help to anybody. */
const KEPT_MAX = 1_000;

/** Of one zone: all spans from one midnight on, as far as somebody has asked. */
interface Known {
  readonly since: number;
  readonly until: Instant;
  readonly spans: readonly Span[];
}

/** Asked at every tick of several windows, and the same as long as the rules are: a longer window holds the shorter ones. */
const kept = new WeakMap<CampaignRules, Map<string, Known>>();

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
      if (from >= until) break;
      left += Math.max(0, Math.min(to, until) - Math.max(from, at));
      isOpen ||= from <= at && at < to;
    }
    leftMs = Math.max(leftMs, left);
  }
  return { leftMs, isOpen };
}

function spansOf(rules: CampaignRules, zone: string, at: Instant, until: Instant): readonly Span[] {
  const zones = kept.get(rules) ?? new Map<string, Known>();
  kept.set(rules, zones);
  const known = zones.get(zone);
  // What has passed adds nothing; but nothing may be asked of a time before the first question.
  if (known !== undefined && known.since <= at && until <= known.until) return known.spans;
  if (zones.size >= KEPT_MAX) zones.clear();
  const told = isTimeZone(zone) ? tell(rules, zone, at, until, known) : NOTHING_EVER;
  zones.set(zone, told);
  return told.spans;
}

/** Of a zone that nobody knows there is nothing to know, however long. */
const NOTHING_EVER: Known = { since: -Infinity, until: instant(Infinity), spans: [] };

/** What is known already is not reckoned again: at midnight there is one day more, not a month of them in each zone. */
function tell(rules: CampaignRules, zone: string, at: Instant, until: Instant, known: Known | undefined): Known {
  const today = DateTime.fromMillis(at, { zone }).startOf("day");
  if (known === undefined || at < known.since || known.until <= at) {
    return { since: today.toMillis(), until, spans: [...open(rules, today, until)] };
  }
  const next = DateTime.fromMillis(known.until - 1, { zone })
    .startOf("day")
    .plus({ days: 1 });
  const spans = [...known.spans.filter(({ to }) => to > at), ...open(rules, next, until)];
  return { since: at, until, spans };
}

function* open(rules: CampaignRules, from: DateTime, until: Instant): Iterable<Span> {
  const general = generalHours(rules.profile, rules.purpose);
  const hours = general.reduce((left, rule) => overlap(left, rule.hours), rules.callingHours);
  const keepsHolidays = general.some(({ closedOnHolidays }) => closedOnHolidays);
  for (let days = 0; days < DAYS_MAX; days++) {
    // By the calendar, and by the wall clock on each day: a day may have 23 hours, and 08:00 is 08:00.
    const day = from.plus({ days }).startOf("day");
    if (day.toMillis() >= until) return;
    if (keepsHolidays && isHoliday(rules, day.toISODate())) continue;
    yield* onDay(hours, day);
  }
}

/** Only a day that every calendar of the profile keeps is closed to all; where one is not known, nobody can say. */
function isHoliday({ profile }: CampaignRules, day: string | null): boolean {
  const { holidayCalendars, holidays } = profile;
  return day !== null && holidayCalendars.length > 0 && holidayCalendars.every((code) => isKept(holidays?.[code], day));
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
