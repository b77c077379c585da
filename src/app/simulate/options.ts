/** What `fairdial simulate` can be asked, the limits of each, and what holds when nothing is said. */
import type { Course } from "../../simulation/pacing/fates.ts";
import { COURSES } from "../../simulation/pacing/fates.ts";
import type { ForecastSettings, Mode } from "../../simulation/pacing/forecast.ts";
import { powerMode, PREDICTIVE, PREDICTIVE_WITH_RECOURSE, PROGRESSIVE } from "../../simulation/pacing/forecast.ts";
import { RING, ringLawWith } from "../../simulation/pacing/laws.ts";
import { USUAL } from "../../simulation/pacing/run.ts";
import { formatDuration } from "../arguments/duration.ts";
import { countOption, durationOption, namesOption } from "../arguments/options.ts";
import { usageError } from "../cli-error.ts";
import { didYouMean } from "../nearest.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const AGENTS_MAX = 500;
const DAYS_MAX = 100;
const MODES_MAX = 8;
const RATIO_MAX = 10;

/** The mean of what a time-out cuts off cannot come near it. */
const RING_MEAN_SHARE_MAX = 0.75;
/** Where redials are part of the day: engaged means that they are there; four hours later is another part of the day. */
const REDIAL = { busyAfterMs: 10 * MINUTE, noAnswerAfterMs: 4 * HOUR, attemptsMax: 2 };

export const SIMULATE_FLAGS = {
  agents: { type: "string", describe: `Agents logged in, 1 to ${AGENTS_MAX}` },
  hours: { type: "string", describe: "Hours of dialling a day, 0.25 to 24 (8)" },
  leads: { type: "string", describe: "Leads ready in the morning, 1 to 10,000,000 (a list without end)" },
  "answer-rate": { type: "string", describe: "Live answers per attempt, 1% to 95%: 0.25 or 25% (25%)" },
  talk: { type: "string", describe: "Mean talk time, 5s to 1h (120s)" },
  "wrap-up": { type: "string", describe: "Mean wrap-up, 0s to 30m (15s)" },
  "ring-timeout": { type: "string", describe: "How long it may ring, 10s to 2m (25s)" },
  "ring-mean": { type: "string", describe: "Mean time from placing to a live answer, 3s to 1m (11.8s)" },
  "connect-limit": { type: "string", describe: "Longest wait for an agent, 500ms to 10s (2s)" },
  "busy-share": { type: "string", describe: "Attempts that fail at once, 0% to 90% (15%)" },
  "abandon-limit": { type: "string", describe: "Greatest abandon rate of a day, 0.1% to 20% (3%)" },
  modes: {
    type: "array",
    string: true,
    describe: "progressive, power:RATIO (1 to 10), predictive, predictive+recourse",
  },
  days: { type: "string", default: "10", describe: `Days to simulate, 1 to ${DAYS_MAX}` },
  seed: { type: "string", default: "1", describe: "Equal seeds give equal days" },
  course: { type: "string", describe: `How the answer rate goes through the day: ${COURSES.slice(0, 4).join(", ")}` },
  campaign: { type: "string", describe: "Take what is not said from a past day of this campaign" },
  day: { type: "string", describe: "That day: 2026-11-20, today or yesterday" },
  html: { type: "string", describe: "Write a page with the plots" },
  svg: { type: "string", describe: "Write the plots as one picture" },
} as const;

type Text = string | undefined;
export interface SimulateArguments {
  readonly agents: Text;
  readonly hours: Text;
  readonly leads: Text;
  readonly "answer-rate": Text;
  readonly talk: Text;
  readonly "wrap-up": Text;
  readonly "ring-timeout": Text;
  readonly "ring-mean": Text;
  readonly "connect-limit": Text;
  readonly "busy-share": Text;
  readonly "abandon-limit": Text;
  readonly modes: readonly string[] | undefined;
  readonly days: string;
  readonly seed: string;
  readonly course: Text;
  readonly campaign: Text;
  readonly day: Text;
}

/** What an option would say, from wherever it comes; what is left out has a default. Durations in ms, shares from 0 to 1. */
export interface Given {
  readonly agents?: number;
  readonly hours?: number;
  readonly leads?: number;
  readonly answerRate?: number;
  readonly talkMs?: number;
  readonly talkVariation?: number;
  readonly wrapUpMs?: number;
  readonly ringTimeoutMs?: number;
  readonly ringMeanMs?: number;
  readonly connectLimitMs?: number;
  readonly busyShare?: number;
  readonly abandonLimit?: number;
  readonly course?: Course;
}

export const LIMITS = {
  agents: [1, AGENTS_MAX],
  hours: [0.25, 24],
  answerRate: [0.01, 0.95],
  talkMs: [5 * SECOND, HOUR],
  wrapUpMs: [0, 30 * MINUTE],
  ringTimeoutMs: [10 * SECOND, 2 * MINUTE],
  ringMeanMs: [3 * SECOND, MINUTE],
  connectLimitMs: [500, 10 * SECOND],
  busyShare: [0, 0.9],
  abandonLimit: [0.001, 0.2],
} as const satisfies Partial<Record<keyof Given, readonly [number, number]>>;

const DEFAULTS = {
  hours: 8,
  answerRate: 0.25,
  talkMs: USUAL.talkMeanS * SECOND,
  talkVariation: USUAL.talkVariation,
  wrapUpMs: USUAL.wrapUpMeanS * SECOND,
  ringTimeoutMs: USUAL.ringTimeoutMs,
  connectLimitMs: USUAL.connectLimitMs,
  busyShare: RING.failAtOnce,
  abandonLimit: USUAL.limitBasisPoints / 10_000,
  course: "constant",
} as const satisfies Given;

type DurationName = "talk" | "wrap-up" | "ring-timeout" | "ring-mean" | "connect-limit";

/** What was typed, without the defaults. */
export function readGiven(args: SimulateArguments): Given {
  const duration = (name: DurationName, [least, most]: readonly [number, number]): number | undefined =>
    durationOption(name, args[name], least, most);
  return withoutUndefined({
    agents: countOption("agents", args.agents, ...LIMITS.agents),
    hours: hoursOption(args.hours),
    leads: countOption("leads", args.leads, 1, 10_000_000),
    answerRate: shareOption("answer-rate", args["answer-rate"], ...LIMITS.answerRate),
    talkMs: duration("talk", LIMITS.talkMs),
    wrapUpMs: duration("wrap-up", LIMITS.wrapUpMs),
    ringTimeoutMs: duration("ring-timeout", LIMITS.ringTimeoutMs),
    ringMeanMs: duration("ring-mean", LIMITS.ringMeanMs),
    connectLimitMs: duration("connect-limit", LIMITS.connectLimitMs),
    busyShare: shareOption("busy-share", args["busy-share"], ...LIMITS.busyShare),
    abandonLimit: shareOption("abandon-limit", args["abandon-limit"], ...LIMITS.abandonLimit),
    course: courseOption(args.course),
  });
}

type Defined<Of> = { readonly [Name in keyof Of]?: Exclude<Of[Name], undefined> };

export const withoutUndefined = <Of extends object>(values: Of): Defined<Of> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<Of>;

/** All that the simulator wants; whatever is given must fit together. */
export function settingsOf(given: Given, days: number, seed: number): ForecastSettings {
  const { agents } = given;
  if (agents === undefined) throw usageError("--agents is needed, or --campaign and --day to take them from.");
  const all = { ...DEFAULTS, ...given };
  const { ringMeanMs } = given;
  if (ringMeanMs !== undefined && ringMeanMs > RING_MEAN_SHARE_MAX * all.ringTimeoutMs) {
    throw usageError(
      `--ring-mean can be at most three quarters of --ring-timeout; they are ${formatDuration(ringMeanMs)} and ${formatDuration(all.ringTimeoutMs)}.`,
    );
  }
  if (all.answerRate + all.busyShare > 1) {
    throw usageError("--answer-rate and --busy-share together cannot be more than 100 %.");
  }
  return {
    agents,
    days,
    seed,
    answerRate: all.answerRate,
    course: all.course,
    limitBasisPoints: Math.round(10_000 * all.abandonLimit),
    talkMeanS: all.talkMs / SECOND,
    talkVariation: all.talkVariation,
    wrapUpMeanS: all.wrapUpMs / SECOND,
    ring:
      ringMeanMs === undefined
        ? { ...RING, failAtOnce: all.busyShare }
        : ringLawWith(ringMeanMs / SECOND, all.ringTimeoutMs, all.busyShare),
    ringTimeoutMs: all.ringTimeoutMs,
    connectLimitMs: all.connectLimitMs,
    measuredMs: Math.round(all.hours * HOUR),
    list: all.leads === undefined ? null : { leads: all.leads, ...REDIAL },
  };
}

export const daysOption = (args: SimulateArguments): number => countOption("days", args.days, 1, DAYS_MAX) ?? 1;
export const seedOption = (args: SimulateArguments): number => countOption("seed", args.seed, 0, 999_999_999) ?? 1;

/** `0.25` and `25%` alike. */
export const shareOption = (name: string, text: Text, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined;
  const [, digits = "", percent = ""] = /^([0-9]{1,3}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}) ?(%?)$/.exec(text.trim()) ?? [];
  const share = digits === "" ? Number.NaN : Number(digits) / (percent === "%" ? 100 : 1);
  if (!(share >= least && share <= most)) {
    const hint = percent === "" && share > 1 ? ` Did you mean "${text}%"?` : "";
    throw usageError(
      `--${name} must be from ${100 * least}% to ${100 * most}%, as 0.25 or 25%; it is "${text}".${hint}`,
    );
  }
  return share;
};

const hoursOption = (text: Text): number | undefined => {
  if (text === undefined) return undefined;
  const [least, most] = LIMITS.hours;
  const hours = /^[0-9]{1,2}(?:\.[0-9]{1,3})?h?$/.test(text) ? Number(text.replace("h", "")) : Number.NaN;
  if (!(hours >= least && hours <= most)) {
    throw usageError(`--hours must be from ${least} to ${most}, such as 8 or 7.5; it is "${text}".`);
  }
  return hours;
};

const OFFERED_COURSES = COURSES.filter((course) => course !== "doubled");

const courseOption = (text: Text): Course | undefined => {
  if (text === undefined) return undefined;
  const course = OFFERED_COURSES.find((each) => each === text);
  if (course !== undefined) return course;
  throw usageError(
    `--course: there is no "${text}".${didYouMean(text, OFFERED_COURSES)} There are ${OFFERED_COURSES.join(", ")}.`,
  );
};

const PLAIN_MODES = [PROGRESSIVE, PREDICTIVE, PREDICTIVE_WITH_RECOURSE];
const MODE_NAMES = ["progressive", "power:1.5", "predictive", "predictive+recourse"];

/** Without any: all four. */
export const modesOption = (values: readonly string[] | undefined): readonly Mode[] => {
  const names = namesOption("modes", values) ?? MODE_NAMES;
  const modes = names.map(modeNamed);
  const twice = modes.find((mode, index) => modes.findIndex(({ name }) => name === mode.name) !== index);
  if (twice !== undefined) throw usageError(`--modes: ${twice.name} was given more than once.`);
  if (modes.length > MODES_MAX) throw usageError(`--modes: at most ${MODES_MAX}; there are ${modes.length}.`);
  return modes;
};

const modeNamed = (text: string): Mode => {
  const plain = PLAIN_MODES.find(({ name }) => name === text);
  if (plain !== undefined) return plain;
  const ratio = /^power(?::([0-9]{1,2}(?:\.[0-9]{1,2})?))?$/.exec(text);
  if (ratio !== null) {
    const lines = Number(ratio[1] ?? 1.5);
    if (lines >= 1 && lines <= RATIO_MAX) return powerMode(lines);
    throw usageError(`--modes: power has from 1 to ${RATIO_MAX} lines per agent, as power:1.5; it is "${text}".`);
  }
  throw usageError(
    `--modes: there is no mode "${text}".${didYouMean(text, MODE_NAMES)} There are ${MODE_NAMES.join(", ")}.`,
  );
};
