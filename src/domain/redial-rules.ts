/**
 * When and on which number somebody is tried again: what a manager may say, and what holds where they said nothing.
 *
 * The rule to remember: a campaign keeps what was said and no more; {@link redialPlan} puts the defaults beside it, so
 * that rows of earlier versions need no rewriting.
 */
import type { NumberKind } from "./lead.ts";
import type { RetryClass } from "./outcome.ts";

/** After an outcome of this class: wait so long, at most so often; or never. */
export interface RetryRule {
  /** Least time from the end of the attempt to the next. */
  readonly delayMs: number;
  /** The moment is drawn between both; absent: a tenth more than `delayMs`. */
  readonly delayMaxMs?: number;
  /** Greatest number of outcomes of this class in a row, on one number, that are redialled. */
  readonly triesMax: number;
  /** Whether the same number is tried again or the lead's next one in turn; absent: as the class has it. */
  readonly number?: "same" | "next";
  /**
   * Whether such an outcome says that nobody is there at this time of day: the next attempt goes to another band, and
   * this one rests today and tomorrow. Absent: as the class has it.
   */
  readonly anotherBand?: boolean;
}

/** A time of day by the called person's clock, and whose numbers ring then. */
export interface Band {
  readonly name: string;
  /** Minutes from local midnight, `toMinute` excluded, 1440 is the end of the day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly kindsOnWorkingDays: readonly NumberKind[];
  readonly kindsOnOtherDays: readonly NumberKind[];
  /** Bad for people who work; see {@link RedialRules.sparesWorkers}. */
  readonly isBadForWorkers: boolean;
}

/** Greatest numbers of attempts that count; null for no limit. Days are those of the called person's calendar. */
export interface RedialLimits {
  readonly numberDayMax: number | null;
  /** Over seven days, the present one included. */
  readonly numberWeekMax: number | null;
  readonly numberLifeMax: number | null;
  /** All numbers of a lead together; over its life that is `attemptsMax`. */
  readonly leadDayMax: number | null;
  readonly leadWeekMax: number | null;
  /** Least time between two attempts to a lead, on whichever number. */
  readonly gapMinMs: number;
}

export interface RedialRules {
  /** Greatest number of attempts that count, per lead. */
  readonly attemptsMax: number;
  /** Greatest number of attempts that the carrier failed, per lead: they use up no try, and must not loop for ever. */
  readonly carrierTriesMax: number;
  /** A class without a rule is not redialled. */
  readonly byClass: Readonly<Partial<Record<RetryClass, RetryRule>>>;
  /** In the order of the day, none overlapping; none at all for a campaign to which the time of day is all one. */
  readonly bands?: readonly Band[];
  /** ISO: 1 Monday … 7 Sunday. */
  readonly workingDays?: readonly number[];
  /** Leaves out, on working days, the bands that are bad for people who work; numbers at work still ring. */
  readonly sparesWorkers?: boolean;
  readonly limits?: Partial<RedialLimits>;
  /** The first kind is dialled first; kinds left out come last, as in the list. */
  readonly kinds?: readonly NumberKind[];
}

/** The same with nothing left open. */
export interface RedialPlan {
  readonly attemptsMax: number;
  readonly carrierTriesMax: number;
  readonly byClass: Readonly<Partial<Record<RetryClass, Required<RetryRule>>>>;
  /** Classes that say that nobody is there at this time of day, whether they are redialled or not. */
  readonly nobodyThere: readonly RetryClass[];
  readonly bands: readonly Band[];
  readonly workingDays: readonly number[];
  readonly sparesWorkers: boolean;
  readonly limits: RedialLimits;
  readonly kinds: readonly NumberKind[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const band = (
  name: string,
  [fromHour, toHour]: readonly [number, number],
  kindsOnWorkingDays: readonly NumberKind[],
  isBadForWorkers = false,
): Band => ({
  name,
  fromMinute: fromHour * 60,
  toMinute: toHour * 60,
  kindsOnWorkingDays,
  // Nobody is at work, and whoever is at home may be there at any hour.
  kindsOnOtherDays: ["home", "mobile", "other"],
  isBadForWorkers,
});

/**
 * The whole day: how early and late may be dialled is the law's and the campaign's to say, and bands only divide what they
 * leave. A mobile goes where its owner goes, and of `other` nobody knows where it rings: both at any time.
 */
export const DEFAULT_BANDS: readonly Band[] = [
  band("morning", [0, 11], ["home", "work", "mobile", "other"]),
  band("midday", [11, 13], ["work", "mobile", "other"], true),
  band("early-afternoon", [13, 15], ["work", "mobile", "other"]),
  band("afternoon", [15, 17], ["work", "mobile", "other"], true),
  band("evening", [17, 24], ["home", "mobile", "other"]),
];

export const DEFAULT_LIMITS: RedialLimits = {
  numberDayMax: 3,
  numberWeekMax: 7,
  numberLifeMax: null,
  leadDayMax: 4,
  leadWeekMax: 10,
  gapMinMs: 2 * MINUTE_MS,
};

/** What a class is like where its rule does not say. Whoever was there is called where they were. */
const BY_CLASS: Readonly<Record<RetryClass, Pick<Required<RetryRule>, "number" | "anotherBand">>> = {
  "no-answer": { number: "next", anotherBand: true },
  // A machine says what silence says: nobody is at home at this time of day.
  machine: { number: "next", anotherBand: true },
  "not-home": { number: "next", anotherBand: true },
  rejected: { number: "next", anotherBand: false },
  busy: { number: "same", anotherBand: false },
  abandoned: { number: "same", anotherBand: false },
  "early-hangup": { number: "same", anotherBand: false },
  carrier: { number: "same", anotherBand: false },
  callback: { number: "same", anotherBand: false },
  none: { number: "same", anotherBand: false },
  requeue: { number: "same", anotherBand: false },
  operator: { number: "same", anotherBand: false },
};

const RETRY_CLASSES = Object.keys(BY_CLASS) as readonly RetryClass[];

/** Where nobody says otherwise: a courteous campaign. */
export const DEFAULT_REDIAL: RedialRules = {
  attemptsMax: 5,
  carrierTriesMax: 10,
  byClass: {
    // Engaged means that they are there: soon, and not all at the same minute.
    busy: { delayMs: 2 * MINUTE_MS, delayMaxMs: 10 * MINUTE_MS, triesMax: 5 },
    // The least time; the band decides.
    "no-answer": { delayMs: 4 * HOUR_MS, triesMax: 5 },
    "not-home": { delayMs: 4 * HOUR_MS, triesMax: 3 },
    machine: { delayMs: 24 * HOUR_MS, triesMax: 3 },
    "early-hangup": { delayMs: 24 * HOUR_MS, triesMax: 1 },
    // Ofcom: after an abandoned call, 72 hours without a guaranteed agent; a decline is left alone as long.
    rejected: { delayMs: 72 * HOUR_MS, triesMax: 1 },
    abandoned: { delayMs: 72 * HOUR_MS, triesMax: 1 },
    carrier: { delayMs: 2 * MINUTE_MS, triesMax: 10 },
    // Promised, and not there when we kept our word: as long as the promise lasts.
    callback: { delayMs: 10 * MINUTE_MS, delayMaxMs: 15 * MINUTE_MS, triesMax: 3 },
  },
};

/** Of the delay, where a rule gives no greatest one: what ended together must not come back as a wall. */
const JITTER_SHARE = 0.1;

const ruleOf = (retryClass: RetryClass, rule: RetryRule): Required<RetryRule> => ({
  ...BY_CLASS[retryClass],
  ...rule,
  delayMaxMs: Math.max(rule.delayMs, rule.delayMaxMs ?? Math.round(rule.delayMs * (1 + JITTER_SHARE))),
});

const CALLBACK = DEFAULT_REDIAL.byClass.callback;

const planned = (rules: RedialRules): RedialPlan => {
  // Campaigns of earlier versions have no rule for promises, and made none.
  const said: RedialRules["byClass"] = { ...(CALLBACK === undefined ? {} : { callback: CALLBACK }), ...rules.byClass };
  const classes = Object.entries(said) as [RetryClass, RetryRule][];
  return {
    attemptsMax: rules.attemptsMax,
    carrierTriesMax: rules.carrierTriesMax,
    byClass: Object.fromEntries(classes.map(([retryClass, rule]) => [retryClass, ruleOf(retryClass, rule)])),
    nobodyThere: RETRY_CLASSES.filter((each) => said[each]?.anotherBand ?? BY_CLASS[each].anotherBand),
    bands: rules.bands ?? DEFAULT_BANDS,
    workingDays: rules.workingDays ?? [1, 2, 3, 4, 5],
    sparesWorkers: rules.sparesWorkers ?? false,
    limits: { ...DEFAULT_LIMITS, ...rules.limits },
    kinds: rules.kinds ?? ["mobile", "home", "work", "other"],
  };
};

const plans = new WeakMap<RedialRules, RedialPlan>();

/** What was said, with the defaults where nothing was. The same rules give the same object, at no cost. */
export const redialPlan = (rules: RedialRules): RedialPlan => {
  const known = plans.get(rules);
  if (known !== undefined) return known;
  const plan = planned(rules);
  plans.set(rules, plan);
  return plan;
};
