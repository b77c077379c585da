/**
 * What a campaign can expect of each mode: the same pretend days dialled by all of them, and what the days come to.
 * Days begin cold and count from their first moment, as the account does. `fairdial simulate` shows it.
 */
import { simulateDay } from "./day.ts";
import type { DayBook } from "./day-book.ts";
import type { MakePolicy } from "./policy.ts";
import { powerPolicy, predictivePolicy, progressivePolicy } from "./policies.ts";
import { daySettings } from "./run.ts";
import type { RunSettings } from "./run.ts";
import { estimateOf, meanOf, quantileOf, wilson } from "./statistics.ts";
import type { Estimate } from "./statistics.ts";

const HOUR_MS = 3_600_000;

/** Events wake a policy at once; this is the net below them. Every half second gave the same figures. */
const TICK_MS = 2_000;

export interface Mode {
  /** As it is written: `progressive`, `power:1.5`, `predictive`, `predictive+recourse`. */
  readonly name: string;
  readonly make: MakePolicy;
  readonly recourse: boolean;
  /** Microseconds of computing for each attempt and each tick. */
  readonly costMicros: (agents: number) => number;
}

/** Measured on an ordinary machine. An exact forecast grows with the team, up to 45 agents; beyond, it is another kind. */
const forecastMicros = (agents: number): number => (agents <= 45 ? 12 + 0.7 * agents : 20 + 0.08 * agents);

export const PROGRESSIVE: Mode = {
  ...{ name: "progressive", make: progressivePolicy, recourse: false, costMicros: () => 3 },
};
export const PREDICTIVE: Mode = {
  ...{ name: "predictive", make: predictivePolicy, recourse: false, costMicros: forecastMicros },
};
export const PREDICTIVE_WITH_RECOURSE: Mode = {
  ...{ name: "predictive+recourse", make: predictivePolicy, recourse: true },
  costMicros: (agents) => 1.4 * forecastMicros(agents),
};
/** So many lines per usable agent, held by the bank as in the daemon. */
export const powerMode = (ratio: number): Mode => ({
  ...{ name: `power:${ratio}`, make: powerPolicy(ratio, true), recourse: false, costMicros: () => 6 },
});

/** The day that is asked about; shares between 0 and 1, as everywhere in this room. */
export type ForecastSettings = Omit<
  RunSettings,
  "recourse" | "targetBasisPoints" | "warmUpMs" | "tickMs" | "logouts" | "stopwatch"
>;

/** Everything is of one day, as the mean over the days that were simulated, with its interval. */
export interface ModeForecast {
  readonly mode: string;
  readonly attempts: Estimate;
  readonly connects: Estimate;
  readonly abandons: Estimate;
  readonly abandonRate: Estimate;
  readonly abandonRateMax: number;
  /** Days with a rate above the limit, of `days`. */
  readonly daysOverLimit: number;
  readonly days: number;
  /** Calls cancelled while they rang. */
  readonly cancels: Estimate;
  /** Talk and wrap-up as a share of the agents' time. */
  readonly utilisation: Estimate;
  /** Minutes of talk in an agent's hour. */
  readonly talkMinutesPerHour: number;
  /** Between two calls. */
  readonly agentWaitS: Estimate;
  /** Lines in use that suffice for 99 % of the time, and at most. */
  readonly linesP99: number;
  readonly linesPeak: number;
  /** Null for a list without end. */
  readonly list: ListForecast | null;
  /** Points of utilisation above progressive on the same days, between 0 and 1. */
  readonly gain: Estimate;
}

export interface ListForecast {
  /** Leads dialled at least once in the day, and leads connected, of all on the list. */
  readonly dialledShare: Estimate;
  readonly connectedShare: Estimate;
  /** Hours until the last fresh lead was dialled, over the days on which that happened; null if on none. */
  readonly endsAfterHours: number | null;
  readonly daysEnded: number;
}

export interface TeamSize {
  readonly agents: number;
  readonly progressive: number;
  readonly predictive: number;
  readonly abandonRate: number;
}

const runOf = (settings: ForecastSettings, mode: Mode): RunSettings => ({
  ...settings,
  recourse: mode.recourse,
  // The bank keeps its own distance from the limit.
  targetBasisPoints: settings.limitBasisPoints,
  warmUpMs: 0,
  tickMs: TICK_MS,
  logouts: [],
  stopwatch: null,
});

const booksOf = (settings: ForecastSettings, mode: Mode, onDay: (mode: Mode) => void): DayBook[] => {
  const run = runOf(settings, mode);
  return Array.from({ length: settings.days }, (_, day) => {
    const book = simulateDay(daySettings(run, day), mode.make);
    onDay(mode);
    return book;
  });
};

/** One forecast for each mode, in their order. Progressive is simulated in any case, since gains are over it. */
export function forecastModes(
  settings: ForecastSettings,
  modes: readonly Mode[],
  onDay: (mode: Mode) => void = () => undefined,
): readonly ModeForecast[] {
  const floor = booksOf(settings, PROGRESSIVE, onDay);
  return modes.map((mode) => {
    const books = mode.name === PROGRESSIVE.name ? floor : booksOf(settings, mode, onDay);
    return forecastOf(settings, mode, books, floor);
  });
}

function forecastOf(
  settings: ForecastSettings,
  mode: Mode,
  books: readonly DayBook[],
  floor: readonly DayBook[],
): ModeForecast {
  const of = (value: (book: DayBook) => number): Estimate => estimateOf(books.map(value));
  const lines: number[] = [];
  for (const { linesByCount } of books) {
    for (const [count, times] of linesByCount.entries()) lines[count] = (lines[count] ?? 0) + times;
  }
  return {
    mode: mode.name,
    attempts: of((book) => book.attempts),
    connects: of((book) => book.dayConnected),
    abandons: of((book) => book.dayAbandoned),
    abandonRate: abandonRate(books),
    abandonRateMax: Math.max(0, ...books.map((book) => book.dayRate)),
    daysOverLimit: books.filter((book) => book.isOver(settings.limitBasisPoints)).length,
    days: books.length,
    cancels: of((book) => book.cancels),
    utilisation: of((book) => book.utilisation),
    talkMinutesPerHour: (60 * meanOf(books.map((book) => book.talkMs))) / (settings.agents * settings.measuredMs),
    agentWaitS: of((book) => book.agentWaitMeanS),
    linesP99: quantileOf(
      Array.from(lines, (times: number | undefined) => times ?? 0),
      0.99,
    ),
    linesPeak: Math.max(0, ...books.map((book) => book.linesPeak)),
    list: listForecast(settings, books),
    gain: estimateOf(books.map((book, day) => book.utilisation - (floor[day]?.utilisation ?? 0))),
  };
}

/** Over days where there are three of them; of fewer, from the calls themselves. */
function abandonRate(books: readonly DayBook[]): Estimate {
  const rates = estimateOf(books.map((book) => book.dayRate));
  if (books.length >= 3) return { ...rates, low: Math.max(0, rates.low ?? 0) };
  const abandoned = books.reduce((sum, book) => sum + book.dayAbandoned, 0);
  const connected = books.reduce((sum, book) => sum + book.dayConnected, 0);
  return wilson(abandoned, abandoned + connected);
}

function listForecast({ list }: ForecastSettings, books: readonly DayBook[]): ListForecast | null {
  if (list === null) return null;
  const ends = books.flatMap(({ listEndedMs }) => (listEndedMs === null ? [] : [listEndedMs / HOUR_MS]));
  return {
    dialledShare: estimateOf(books.map((book) => (list.leads - book.leadsFresh) / list.leads)),
    connectedShare: estimateOf(books.map((book) => book.dayConnected / list.leads)),
    endsAfterHours: ends.length === 0 ? null : meanOf(ends),
    daysEnded: ends.length,
  };
}

/** Agent-hours that each size of team is given: small teams need many hours to show what they come to, large ones few. */
const SIZE_AGENT_HOURS = 96;
const SIZE_HOURS_MIN = 4;
const SIZES_MAX = 7;
const SIZE_MIN = 3;

/** From three agents to four times the team, the team itself among them. */
export function teamSizes(agents: number, agentsMax: number): readonly number[] {
  const most = Math.min(agentsMax, Math.max(4 * agents, 2 * SIZE_MIN));
  const steps = Array.from({ length: SIZES_MAX }, (_, step) =>
    Math.round(SIZE_MIN * (most / SIZE_MIN) ** (step / (SIZES_MAX - 1))),
  );
  // The one that is nearest makes room for the team itself.
  const near = steps.reduce((best, each) =>
    Math.abs(Math.log(each / agents)) < Math.abs(Math.log(best / agents)) ? each : best,
  );
  return [...new Set(steps.map((each) => (each === near ? agents : each)))].sort((a, b) => a - b);
}

/** The days that this size of team is simulated for: of the asked length, or shorter if one would be too much already. */
const sizeSettings = (settings: ForecastSettings, agents: number): ForecastSettings => {
  const hours = Math.max(SIZE_HOURS_MIN, SIZE_AGENT_HOURS / agents);
  const measuredMs = Math.min(settings.measuredMs, hours * HOUR_MS);
  const days = Math.max(1, Math.round((hours * HOUR_MS) / measuredMs));
  return { ...settings, agents, measuredMs, days: Math.min(days, settings.days), list: null };
};

/** What teams of other sizes would come to, on a list without end. */
export function forecastTeam(settings: ForecastSettings, agents: number): TeamSize {
  const own = sizeSettings(settings, agents);
  const [progressive, predictive] = [PROGRESSIVE, PREDICTIVE].map((mode) => booksOf(own, mode, () => undefined));
  const utilisation = (books: readonly DayBook[] | undefined): number =>
    meanOf((books ?? []).map((book) => book.utilisation));
  return {
    agents,
    progressive: utilisation(progressive),
    predictive: utilisation(predictive),
    abandonRate: meanOf((predictive ?? []).map((book) => book.dayRate)),
  };
}

/** Seconds that simulating this will take on an ordinary machine, roughly: three times as long on a busy one. */
export const computingSeconds = (settings: ForecastSettings, modes: readonly Mode[]): number =>
  [...new Set([PROGRESSIVE, ...modes])].reduce((sum, mode) => sum + secondsOf(settings, mode), 0);

export const teamSeconds = (settings: ForecastSettings, agents: number): number => {
  const own = sizeSettings(settings, agents);
  return secondsOf(own, PROGRESSIVE) + secondsOf(own, PREDICTIVE);
};

export function secondsOf(settings: ForecastSettings, mode: Mode): number {
  const { agents, answerRate, talkMeanS, wrapUpMeanS, measuredMs, days, list } = settings;
  const ticks = measuredMs / TICK_MS;
  const busy = (agents * measuredMs) / 1_000 / (talkMeanS + wrapUpMeanS) / answerRate;
  const attempts = list === null ? busy : Math.min(busy, list.attemptsMax * list.leads);
  return (days * (ticks + attempts) * mode.costMicros(agents)) / 1_000_000;
}
