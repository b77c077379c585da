/**
 * Many pretend days of one policy, and what they come to. This is what the benchmark and a forecast for managers call;
 * the same seed gives the same days, and the same calls to every policy.
 */
import { simulateDay } from "./day.ts";
import type { DaySettings, Logout } from "./day.ts";
import { type DayBook } from "./day-book.ts";
import type { Course } from "./fates.ts";
import { seedOfDay } from "./fates.ts";
import { gamma2, lognormal, RING } from "./laws.ts";
import type { RingLaw } from "./laws.ts";
import type { ListSettings } from "./lead-list.ts";
import type { MakePolicy } from "./policy.ts";
import { meanOf } from "./statistics.ts";

const MINUTE_MS = 60_000;

export interface RunSettings {
  readonly agents: number;
  /** Live answers per attempt, between 0 and 1. */
  readonly answerRate: number;
  readonly course: Course;
  readonly days: number;
  readonly seed: number;
  readonly recourse: boolean;
  /** The legal limit on abandons per day, and what is aimed at. */
  readonly limitBasisPoints: number;
  readonly targetBasisPoints: number;
  readonly talkMeanS: number;
  readonly wrapUpMeanS: number;
  /** Spread of the talk times, as standard deviation over mean. */
  readonly talkVariation: number;
  readonly ring: RingLaw;
  readonly ringTimeoutMs: number;
  readonly connectLimitMs: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly list: ListSettings | null;
  readonly tickMs: number;
  readonly logouts: readonly Logout[];
  /** Milliseconds of any clock, to time decisions by; null: not timed. */
  readonly stopwatch: (() => number) | null;
}

/** Eight hours of two minutes' talk and a quarter of a minute's wrap-up, and the limit of the United Kingdom and the United States. */
export const USUAL = {
  course: "constant",
  recourse: false,
  limitBasisPoints: 300,
  targetBasisPoints: 300,
  talkMeanS: 120,
  wrapUpMeanS: 15,
  talkVariation: 1,
  ring: RING,
  ringTimeoutMs: 25_000,
  connectLimitMs: 2_000,
  warmUpMs: 15 * MINUTE_MS,
  list: null,
  tickMs: 500,
  measuredMs: 8 * 60 * MINUTE_MS,
  logouts: [],
  stopwatch: null,
} as const satisfies Partial<RunSettings>;

const MINIMUM_RING_MS = 15_000;

export interface RunReport {
  readonly days: number;
  /** Talk and wrap-up as a share of the agents' time, between 0 and 1; and half the width of its 95 % interval over days. */
  readonly utilisation: number;
  readonly utilisationCi95: number;
  /** Mean of the days' rates, warm-ups included, as a regulator would count. */
  readonly abandonRate: number;
  readonly dayRateMax: number;
  readonly worstHourRate: number;
  readonly daysOverLimit: number;
  readonly agentWaitMeanS: number;
  /** Per day, as are `cancels` and `connects`. */
  readonly attempts: number;
  readonly cancels: number;
  readonly connects: number;
  readonly linesPeak: number;
  /** NaN without a stopwatch. */
  readonly decisionMicrosP50: number;
  readonly decisionMicrosP99: number;
}

export const daySettings = (run: RunSettings, day: number): DaySettings => ({
  ...run,
  seed: seedOfDay(run.seed, day),
  minimumRingMs: MINIMUM_RING_MS,
  talk: lognormal(run.talkMeanS, run.talkVariation),
  wrapUp: gamma2(run.wrapUpMeanS),
});

/** `onDay` is told after each day, for a progress bar. */
export function simulateDays(run: RunSettings, makePolicy: MakePolicy, onDay: () => void = () => undefined): RunReport {
  const books: DayBook[] = [];
  for (let day = 0; day < run.days; day++) {
    books.push(simulateDay(daySettings(run, day), makePolicy));
    onDay();
  }
  return reportOf(books, run.limitBasisPoints);
}

export function reportOf(books: readonly DayBook[], limitBasisPoints: number): RunReport {
  const utilisations = books.map((book) => book.utilisation);
  const dayRates = books.map((book) => book.dayRate);
  const decisions = decisionCounts(books);
  return {
    days: books.length,
    utilisation: meanOf(utilisations),
    utilisationCi95: halfWidth95(utilisations),
    abandonRate: meanOf(dayRates),
    dayRateMax: Math.max(0, ...dayRates),
    worstHourRate: Math.max(0, ...books.map((book) => book.worstHourRate)),
    daysOverLimit: books.filter((book) => book.isOver(limitBasisPoints)).length,
    agentWaitMeanS: meanOf(books.map((book) => book.agentWaitMeanS)),
    attempts: meanOf(books.map((book) => book.attempts)),
    cancels: meanOf(books.map((book) => book.cancels)),
    connects: meanOf(books.map((book) => book.measuredConnected)),
    linesPeak: Math.max(0, ...books.map((book) => book.linesPeak)),
    decisionMicrosP50: quantile(decisions, 0.5),
    decisionMicrosP99: quantile(decisions, 0.99),
  };
}

function halfWidth95(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const centre = meanOf(values);
  const variance = values.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (values.length - 1);
  return 1.96 * Math.sqrt(variance / values.length);
}

function decisionCounts(books: readonly DayBook[]): number[] {
  const counts: number[] = [];
  for (const { decisionsByMicros } of books) {
    for (let micros = 0; micros < decisionsByMicros.length; micros++) {
      counts[micros] = (counts[micros] ?? 0) + (decisionsByMicros[micros] ?? 0);
    }
  }
  return counts;
}

/** The value that this share of all counted values does not exceed. */
function quantile(counts: readonly number[], share: number): number {
  const wanted = share * counts.reduce((sum, each) => sum + each, 0);
  let seen = 0;
  for (const [value, count] of counts.entries()) {
    seen += count;
    if (count > 0 && seen >= wanted) return value;
  }
  return Number.NaN;
}
