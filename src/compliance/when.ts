/**
 * What time alone decides: calling windows, holidays, how often, and numbers that wait for a guaranteed agent. All of
 * it in the called party's own time; and when, if nothing else changes, all of it will be as it should.
 */
import { DateTime } from "luxon";
import type { CallingHours } from "../domain/campaign.ts";
import { after, instant, toIso } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { NumberFacts } from "../domain/number-facts.ts";
import { isWithinHours, nextOpening } from "./calling-window.ts";
import type { DialRule } from "./dial-rules.ts";
import { holidayOn } from "./holidays.ts";
import type { FrequencyRules, HolidayRule } from "./profile.ts";
import { localDate } from "./wall-clock.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A number that was on the line is looked at again then. */
const ON_THE_LINE_MS = 60_000;
/** Rounds of "that rule says not before …"; each gets past a closed night, a holiday or a flag. */
const ROUNDS_MAX = 60;

/** A set of windows, one of which must be open. */
export interface Opening {
  readonly hours: readonly CallingHours[];
  readonly closedOnHolidays: boolean;
  /** The profile's rule; null for the campaign's own hours. */
  readonly ruleId: string | null;
}

export interface TimeRules {
  /** All of these must be open at once. */
  readonly openings: readonly Opening[];
  /** Code → rules; null for a calendar that nobody knows, which is always closed. */
  readonly calendars: ReadonlyMap<string, readonly HolidayRule[] | null>;
  readonly frequency: FrequencyRules;
  readonly timeZone: string;
  readonly guaranteed: boolean;
  readonly facts: Pick<NumberFacts, "attemptsAt" | "guaranteedOnlyUntil" | "onTheLineAt">;
}

export interface TimeRefusal {
  readonly rule: Extract<DialRule, "CALLING-WINDOW" | "HOLIDAY" | "FREQUENCY" | "GUARANTEED-ONLY">;
  readonly ruleId: string | null;
  readonly says: string;
  /** This rule alone says no until then; null: it will never say yes. */
  readonly until: Instant | null;
}

export const localDay = (at: Instant, zone: string): string => localDate(zone, at) ?? "";

/** The first of them that says no now, in the order of DIAL_RULES. The zone must be known. */
export function timeRefusal(rules: TimeRules, at: Instant): TimeRefusal | null {
  return windowRefusal(rules, at) ?? holidayRefusal(rules, at) ?? tooOften(rules, at) ?? waitsForAgent(rules, at);
}

/** The first moment from `at` on at which none of them says no; null when there is none within some weeks. */
export function nextAllowed(rules: TimeRules, at: Instant): Instant | null {
  let moment = at;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const refusal = timeRefusal(rules, moment);
    if (refusal === null) return moment;
    if (refusal.until === null || refusal.until <= moment) return null;
    moment = refusal.until;
  }
  return null;
}

function windowRefusal({ openings, timeZone }: TimeRules, at: Instant): TimeRefusal | null {
  const closed = openings.find(({ hours }) => !isWithinHours(hours, timeZone, at));
  if (closed === undefined) return null;
  const whose = closed.ruleId === null ? "the campaign's calling hours" : `the hours of ${closed.ruleId}`;
  const local = DateTime.fromMillis(at, { zone: timeZone }).setLocale("en-GB").toFormat("ccc HH:mm");
  return {
    rule: "CALLING-WINDOW",
    ruleId: closed.ruleId,
    says: `It is ${local} in ${timeZone}, outside ${whose}.`,
    until: openingAfter(closed.hours, timeZone, at),
  };
}

interface Found {
  readonly from: Instant;
  readonly opening: Instant;
}
const found = new WeakMap<readonly CallingHours[], Map<string, Found>>();

/** At night one lead after the other asks for the same morning: between two openings there is no third. */
function openingAfter(hours: readonly CallingHours[], timeZone: string, at: Instant): Instant | null {
  const byZone = found.get(hours) ?? new Map<string, Found>();
  found.set(hours, byZone);
  const known = byZone.get(timeZone);
  if (known !== undefined && known.from <= at && at < known.opening) return known.opening;
  const opening = nextOpening(hours, timeZone, at);
  if (opening !== null) byZone.set(timeZone, { from: at, opening });
  return opening;
}

/** The holiday that closes this local day, with its calendar; `unknown` where a calendar is not known. */
export function holidayNow(
  { openings, calendars, timeZone }: Pick<TimeRules, "openings" | "calendars" | "timeZone">,
  at: Instant,
): { readonly calendar: string; readonly name: string | null; readonly ruleId: string | null } | null {
  const closing = openings.find(({ closedOnHolidays }) => closedOnHolidays);
  if (closing === undefined) return null;
  const day = localDay(at, timeZone);
  for (const [calendar, rules] of calendars) {
    if (rules === null) return { calendar, name: null, ruleId: closing.ruleId };
    const name = holidayOn(rules, day);
    if (name !== null) return { calendar, name, ruleId: closing.ruleId };
  }
  return null;
}

function holidayRefusal(rules: TimeRules, at: Instant): TimeRefusal | null {
  const holiday = holidayNow(rules, at);
  if (holiday === null) return null;
  const { calendar, name, ruleId } = holiday;
  if (name === null) {
    const says = `The public holidays of ${calendar} are not known.`;
    return { rule: "HOLIDAY", ruleId, says, until: null };
  }
  const says = `It is a public holiday there: ${name} (${calendar}).`;
  return { rule: "HOLIDAY", ruleId, says, until: endOfLocalDay(at, rules.timeZone) };
}

function endOfLocalDay(at: Instant, zone: string): Instant {
  const today = localDay(at, zone);
  const midnight = DateTime.fromMillis(at, { zone }).startOf("day").plus({ days: 1 }).startOf("day").toMillis();
  // Where clocks change at midnight a day may begin at one, and arithmetic may miss it by an hour.
  if (localDay(instant(midnight - 1), zone) === today && localDay(instant(midnight), zone) !== today) {
    return instant(midnight);
  }
  let same: number = at;
  // No local day has more than 25 hours, nor does anybody's date go back.
  let other: number = at + 26 * HOUR_MS;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (localDay(instant(middle), zone) === today) same = middle;
    else other = middle;
  }
  return instant(other);
}

function tooOften(rules: TimeRules, at: Instant): TimeRefusal | null {
  const { frequency, timeZone } = rules;
  const { perDayMax, per24HoursMax, gapMinMs } = frequency;
  const { attemptsAt, onTheLineAt } = rules.facts;
  const no = (says: string, until: Instant | null): TimeRefusal => ({ rule: "FREQUENCY", ruleId: null, says, until });
  if (onTheLineAt !== null && after(onTheLineAt, ON_THE_LINE_MS) > at) {
    // Another lead with the same number. What the end of that call will forbid nobody knows yet.
    return no("It is being called, or was a moment ago.", after(onTheLineAt, ON_THE_LINE_MS));
  }
  if (perDayMax !== null) {
    const count = attemptsOnDay(attemptsAt, timeZone, at);
    if (count >= perDayMax) {
      return no(`Dialled ${count} times on this day; ${perDayMax} is the most.`, endOfLocalDay(at, timeZone));
    }
  }
  if (per24HoursMax !== null) {
    const recent = attemptsWithin24Hours(attemptsAt, at);
    if (recent.length >= per24HoursMax) {
      const oldestInTheWay = recent[per24HoursMax - 1];
      const until = oldestInTheWay === undefined ? null : after(oldestInTheWay, DAY_MS);
      return no(`Dialled ${recent.length} times within 24 hours; ${per24HoursMax} is the most.`, until);
    }
  }
  const last = latest(attemptsAt);
  if (gapMinMs !== null && last !== null && after(last, gapMinMs) > at) {
    return no(`Dialled last at ${toIso(last)}; too short a time ago.`, after(last, gapMinMs));
  }
  return null;
}

const latest = (attemptsAt: readonly Instant[]): Instant | null =>
  attemptsAt.length === 0 ? null : instant(Math.max(...attemptsAt));

/** An attempt whose clock runs ahead of ours counts as of today. */
export const attemptsOnDay = (attemptsAt: readonly Instant[], zone: string, at: Instant): number => {
  const today = localDay(at, zone);
  return attemptsAt.filter((each) => localDay(each, zone) >= today).length;
};

/** Latest first. A call exactly 24 hours ago is out. */
export const attemptsWithin24Hours = (attemptsAt: readonly Instant[], at: Instant): readonly Instant[] =>
  attemptsAt.filter((each) => after(each, DAY_MS) > at).sort((a, b) => b - a);

function waitsForAgent({ guaranteed, facts }: TimeRules, at: Instant): TimeRefusal | null {
  const until = facts.guaranteedOnlyUntil;
  if (guaranteed || until === null || until <= at) return null;
  const says = `After an abandoned call or a machine it may be called with a reserved agent only, until ${toIso(until)}.`;
  return { rule: "GUARANTEED-ONLY", ruleId: null, says, until };
}
