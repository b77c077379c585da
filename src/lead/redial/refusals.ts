/**
 * Every redial rule as one question about one number at one moment: does it say no, and until when? Choosing, explaining
 * and judging all ask this table, so that what is told is what is done.
 */
import { after, instant } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LeadNumber } from "../../domain/lead.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Band, RedialPlan } from "../../domain/redial-rules.ts";
import { bandAt, endOfBand, suits } from "./bands.ts";
import { isSpent, saidNobodyThere } from "./story.ts";
import type { LeadStory } from "./story.ts";
import { DAY_MS, wallClock } from "./wall-clock.ts";
import type { LocalTime, WallClock } from "./wall-clock.ts";

/** In the order in which they are asked and shown. */
export const REDIAL_RULES = [
  "number",
  "attempts-max",
  "zone",
  "delay",
  "gap",
  "lead-day",
  "lead-week",
  "number-day",
  "number-week",
  "another-band",
  "number-hours",
  "calling-hours",
] as const;
export type RedialRule = (typeof REDIAL_RULES)[number];

/** The moment itself where it is open then, else the next opening; null when nothing opens. */
export type OpenAt = (timeZone: string, at: Instant) => Instant | null;

/** What holds while one number of one lead is looked at. */
export interface Prospect {
  readonly number: LeadNumber;
  readonly story: LeadStory;
  readonly plan: RedialPlan;
  readonly openAt: OpenAt;
  /** Not before: what the last outcome asks for; null for nothing. */
  readonly notBefore: Instant | null;
  /**
   * `strict`: every rule. `anyHour`: whose numbers ring when gives way, because else they would never ring.
   * `promised`: somebody asked to be called then; only the number, the zone and the calling hours can say no.
   */
  readonly mode: "strict" | "anyHour" | "promised";
}

export interface Refusal {
  readonly rule: RedialRule;
  /** This rule alone says no until then; null: it will never say yes by itself. */
  readonly until: Instant | null;
  readonly says: string;
}

interface Moment {
  readonly at: Instant;
  readonly clock: WallClock;
  readonly local: LocalTime;
}

const WEEK_DAYS = 7;
/** Bands that a number may wait through before the kinds' hours are called hopeless: more than a week of them. */
const BANDS_AHEAD_MAX = 120;

const spentSays = (because: string): string => {
  if (because === "out") return "It was taken out for good, or is another person's.";
  if (because === "fax") return "A fax machine answered.";
  if (because === "number-limit") return "It has been tried as often as a number may be.";
  return `It is not tried again: ${because}.`;
};

type Asked = Exclude<RedialRule, "number" | "attempts-max" | "zone">;

const RULES: Readonly<Record<Asked, (prospect: Prospect, moment: Moment) => Omit<Refusal, "rule"> | null>> = {
  delay: ({ notBefore }, { at }) =>
    notBefore === null || notBefore <= at
      ? null
      : { until: notBefore, says: "The time since the last attempt is too short." },

  gap: ({ story, plan }, { at }) => {
    const last = lastRing(story);
    const { gapMinMs } = plan.limits;
    if (last === null || after(last, gapMinMs) <= at) return null;
    return { until: after(last, gapMinMs), says: "Another attempt to this lead was made just now." };
  },

  "lead-day": (prospect, moment) =>
    tooMany(prospect, moment, { days: 1, max: prospect.plan.limits.leadDayMax, whole: true }),
  "lead-week": (prospect, moment) =>
    tooMany(prospect, moment, { days: WEEK_DAYS, max: prospect.plan.limits.leadWeekMax, whole: true }),
  "number-day": (prospect, moment) =>
    tooMany(prospect, moment, { days: 1, max: prospect.plan.limits.numberDayMax, whole: false }),
  "number-week": (prospect, moment) =>
    tooMany(prospect, moment, { days: WEEK_DAYS, max: prospect.plan.limits.numberWeekMax, whole: false }),

  "another-band": (prospect, { at, clock, local }) => {
    const { plan } = prospect;
    const band = bandRefused(prospect, clock, local);
    if (band === null) return null;
    let until = endOfBand(plan, clock, at);
    // The next band may be at rest as well; that of the day after tomorrow is not.
    for (let round = 0; round < BANDS_AHEAD_MAX && bandRefused(prospect, clock, clock.at(until)) !== null; round++) {
      until = endOfBand(plan, clock, until);
    }
    return { until, says: `Nobody was there in the ${band.name} of this day or the last.` };
  },

  "number-hours": ({ number, plan }, { at, clock, local }) => {
    if (plan.bands.length === 0) return null;
    const fits = ({ minute, weekday }: LocalTime): boolean => {
      const band = bandAt(plan, { minute });
      return band !== null && suits(plan, band, number.kind, weekday);
    };
    if (fits(local)) return null;
    const says = `Numbers of the kind ${number.kind} are not dialled in the ${bandAt(plan, local)?.name ?? "hours outside all bands"}.`;
    let moment = at;
    for (let round = 0; round < BANDS_AHEAD_MAX; round++) {
      moment = endOfBand(plan, clock, moment);
      if (fits(clock.at(moment))) return { until: moment, says };
    }
    return { until: null, says };
  },

  "calling-hours": ({ number, openAt }, { at }) => {
    const opens = openAt(number.timeZone ?? "", at);
    if (opens !== null && opens <= at) return null;
    return { until: opens, says: opens === null ? "The calling hours never open." : "Outside the calling hours." };
  },
};

const ASKED: Readonly<Record<Prospect["mode"], readonly Asked[]>> = {
  strict: REDIAL_RULES.filter((rule) => rule !== "number" && rule !== "attempts-max" && rule !== "zone"),
  anyHour: REDIAL_RULES.filter(
    (rule) => rule !== "number" && rule !== "attempts-max" && rule !== "zone" && rule !== "number-hours",
  ),
  promised: ["delay", "gap", "calling-hours"],
};

/** When a telephone of theirs last rang, or may have: a number that does not exist disturbed nobody. */
const lastRing = ({ attempts, numbers }: LeadStory): Instant | null => {
  const rang = ({ outcome }: { readonly outcome: Outcome }): boolean => {
    const { countsAsAttempt, permanent } = outcomeFacts(outcome);
    return countsAsAttempt && !permanent;
  };
  const known = attempts.find(rang)?.at ?? null;
  if (attempts.length > 0) return known;
  // Nothing of the last days was handed in: the numbers remember their own.
  return numbers.reduce<Instant | null>((last, { lastAttemptAt, isOut }) => {
    if (lastAttemptAt === null || isOut) return last;
    return last === null || lastAttemptAt > last ? lastAttemptAt : last;
  }, null);
};

/** The band of that moment, if it rests because nobody was there; null where it does not. */
function bandRefused({ story, plan }: Prospect, clock: WallClock, local: LocalTime): Band | null {
  const band = bandAt(plan, local);
  if (band === null) return null;
  const before = story.attempts.find((attempt) => {
    const then = clock.at(attempt.at);
    const isNear = then.day === local.day || then.day === local.day - 1;
    return isNear && bandAt(plan, then) === band && saidNobodyThere(plan, attempt);
  });
  return before === undefined ? null : band;
}

/** Attempts that count, over the last `days` days of that calendar. One whose clock ran ahead of ours counts as of today. */
function tooMany(
  { story, number }: Prospect,
  { clock, local }: Moment,
  { days, max, whole }: { days: number; max: number | null; whole: boolean },
): Omit<Refusal, "rule"> | null {
  if (max === null || story.attempts.length < max) return null;
  const inTheWay = story.attempts
    .filter(({ numberId, outcome }) => (whole || numberId === number.numberId) && outcomeFacts(outcome).countsAsAttempt)
    .map(({ at }) => Math.min(clock.at(at).day, local.day))
    .filter((day) => day > local.day - days)
    .sort((a, b) => b - a);
  if (inTheWay.length < max) return null;
  const oldest = inTheWay[max - 1];
  const span = days === 1 ? "on this day" : `in ${days} days`;
  return {
    until: oldest === undefined ? null : clock.startOf(oldest + days),
    says: `${whole ? "The lead" : "The number"} was tried ${inTheWay.length} times ${span}; ${max} is the most.`,
  };
}

/** What no time will change. */
function lasting({ number, story, plan, mode }: Prospect): Refusal | null {
  const spent = mode === "promised" ? (number.isOut ? "out" : null) : isSpent(story, number, plan);
  if (spent !== null) return { rule: "number", until: null, says: spentSays(spent) };
  if (mode !== "promised" && story.attemptsCounted >= plan.attemptsMax) {
    const says = `The lead was tried ${story.attemptsCounted} times; ${plan.attemptsMax} is the most.`;
    return { rule: "attempts-max", until: null, says };
  }
  if (wallClock(number.timeZone) === null) {
    return { rule: "zone", until: null, says: "Nobody knows the time where this number rings." };
  }
  return null;
}

const momentOf = (prospect: Prospect, at: Instant): Moment | null => {
  const clock = wallClock(prospect.number.timeZone);
  return clock === null ? null : { at, clock, local: clock.at(at) };
};

/** Every rule that says no at that moment, in the order of {@link REDIAL_RULES}. */
export function refusals(prospect: Prospect, at: Instant): Refusal[] {
  const first = lasting(prospect);
  const moment = momentOf(prospect, at);
  const said = moment === null ? [] : ASKED[prospect.mode].flatMap((rule) => askedFor(rule, prospect, moment));
  return first === null ? said : [first, ...said];
}

const askedFor = (rule: Asked, prospect: Prospect, moment: Moment): Refusal[] => {
  const refusal = RULES[rule](prospect, moment);
  return refusal === null ? [] : [{ rule, ...refusal }];
};

export const mayBeTried = (prospect: Prospect, at: Instant): boolean => refusals(prospect, at).length === 0;

/** Days that are looked at. A limit by the week, a public holiday and a hole in the hours fit in; a closed summer does not. */
export const HORIZON_MS = 28 * DAY_MS;
/** Bands and openings within the horizon, and some. */
const ROUNDS_MAX = 500;

/** The first moment from `from` on at which no rule says no; or the rule on which it came to nothing. */
export function firstMoment(prospect: Prospect, from: Instant): Instant | Refusal {
  const first = lasting(prospect);
  if (first !== null) return first;
  let at = from;
  let last: Refusal | null = null;
  for (let round = 0; round < ROUNDS_MAX && at <= from + HORIZON_MS; round++) {
    const moment = momentOf(prospect, at);
    if (moment === null) break;
    const refusal = firstOf(prospect, moment);
    if (refusal === null) return at;
    if (refusal.until === null) return refusal;
    last = refusal;
    // Whoever hands in opening hours that do not move on must not stop everybody else.
    at = refusal.until > at ? refusal.until : instant(at + 60_000);
  }
  return last ?? { rule: "calling-hours", until: null, says: "No rule lets it through within four weeks." };
}

function firstOf(prospect: Prospect, moment: Moment): Refusal | null {
  for (const rule of ASKED[prospect.mode]) {
    const refusal = RULES[rule](prospect, moment);
    if (refusal !== null) return { rule, ...refusal };
  }
  return null;
}
