/** What a simulation says, in sentences and figures for people. The same go to the terminal and into the page. */
import type { ForecastSettings, ModeForecast, TeamSize } from "../../simulation/pacing/forecast.ts";
import type { Estimate } from "../../simulation/pacing/statistics.ts";
import { formatDuration } from "../arguments/duration.ts";
import { plural } from "../print.ts";
import type { Calibration } from "./past-day.ts";

export interface Simulation {
  readonly settings: ForecastSettings;
  readonly modes: readonly ModeForecast[];
  /** Null where nobody asked for a plot. */
  readonly sizes: readonly TeamSize[] | null;
  readonly calibration: Calibration | null;
}

/** Below so many agents the literature advises against predictive dialling; the figures say what it is worth. */
const SMALL_TEAM_AGENTS = 15;
/** Points of utilisation by which a simulation may miss the day it was made from and still be good. */
const CALIBRATED_POINTS = 5;

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
export const count = (value: number): string =>
  value > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-GB");

const half = ({ mean, high }: Estimate): number | null => (high === null ? null : high - mean);

/** `83.9 % ± 0.3`, or without the interval where there is none. */
export const withHalf = (value: Estimate, digits = 1): string => {
  const width = half(value);
  return width === null
    ? percent(value.mean, digits)
    : `${percent(value.mean, digits)} ± ${(100 * width).toFixed(digits)}`;
};

/** `2.86 % (2.83 to 2.89)`. */
export const withBounds = ({ mean, low, high }: Estimate, digits = 2): string =>
  low === null || high === null || mean === 0
    ? percent(mean, mean === 0 ? 0 : digits)
    : `${percent(mean, digits)} (${(100 * low).toFixed(digits)} to ${(100 * high).toFixed(digits)})`;

const hours = (value: number): string => formatDuration(Math.round(value * 60) * 60_000);
const seconds = (value: number): string => formatDuration(Math.round(value * 10) * 100);

const COURSE_WORDS = {
  constant: "",
  sin: ", rising and falling by two fifths in four hours",
  ou: ", another one every ten minutes, between half and one and a half of it",
  step: ", doubled from the middle of the day on",
  doubled: "",
} as const;

/** The question, in one line. */
export const question = ({
  agents,
  measuredMs,
  list,
  answerRate,
  talkMeanS,
  wrapUpMeanS,
  ...rest
}: ForecastSettings): string =>
  [
    plural(agents, "agent"),
    hours(measuredMs / 3_600_000),
    list === null ? "a list without end" : plural(list.leads, "lead"),
    `answer rate ${percent(answerRate)}${COURSE_WORDS[rest.course]}`,
    `talk ${seconds(talkMeanS)}`,
    `wrap-up ${seconds(wrapUpMeanS)}`,
    `abandon limit ${percent(rest.limitBasisPoints / 10_000)}`,
  ].join(", ");

/** What is taken for granted, so that nobody takes it for more. */
export const assumptions = ({ ring, ringTimeoutMs, connectLimitMs, list, days, seed }: ForecastSettings): string =>
  [
    `${plural(days, "day")} a mode, the same calls for each (seed ${seed}); each begins cold, without what was learned the day before.`,
    `Rings for at most ${formatDuration(ringTimeoutMs)}, ${percent(ring.failAtOnce, 0)} of attempts fail at once, an agent within ${formatDuration(connectLimitMs)}.`,
    list === null
      ? "Nobody is dialled twice."
      : "Each lead is dialled once, those who were busy (after 10 minutes) or did not answer (after 4 hours) once more when no fresh lead is left.",
    "Agents take no breaks, lines and calls per second are not limited, nobody hangs up within the connect limit.",
    "± and brackets: 95 % intervals over days.",
  ].join(" ");

const named = (modes: readonly ModeForecast[], name: string): ModeForecast | undefined =>
  modes.find(({ mode }) => mode === name);

/** What it comes to: the mode with the most utilisation within the limit, against progressive. */
export function verdict({ modes, settings }: Simulation): readonly string[] {
  const floor = named(modes, "progressive");
  const within = modes.filter(({ abandonRate }) => abandonRate.mean * 10_000 <= settings.limitBasisPoints);
  const best = within.reduce<ModeForecast | null>(
    (most, each) => (most === null || each.utilisation.mean > most.utilisation.mean ? each : most),
    null,
  );
  if (best === null) return ["No mode stays within the abandon limit."];
  if (floor === undefined || best === floor)
    return [`${capital(best.mode)} keeps agents busy ${withHalf(best.utilisation)} of the time.`];
  const more = best.connects.mean - floor.connects.mean;
  const sentence = `${capital(best.mode)} keeps agents busy ${percent(best.utilisation.mean)} of the time against ${percent(floor.utilisation.mean)} progressive: ${count(more)} more people connected a day, for ${count(best.abandons.mean)} abandoned (${percent(best.abandonRate.mean, 2)} of live answers).`;
  return [sentence];
}

/** What somebody must know before they trust it or act on it. */
export function warnings(simulation: Simulation): readonly string[] {
  return [
    ...smallTeam(simulation),
    ...overLimit(simulation),
    ...listEnds(simulation),
    ...badlyCalibrated(simulation.calibration),
  ];
}

function smallTeam({ modes, settings }: Simulation): readonly string[] {
  const { agents } = settings;
  const predictive = named(modes, "predictive") ?? named(modes, "predictive+recourse");
  if (agents >= SMALL_TEAM_AGENTS || predictive === undefined) return [];
  const { utilisation, gain, abandons, abandonRate, abandonRateMax, daysOverLimit, days, mode } = predictive;
  const width = half(gain);
  const certainty =
    width === null
      ? "how certain that is one day alone cannot say"
      : `the gain is certain to ± ${(100 * width).toFixed(1)} points`;
  const progressive = utilisation.mean - gain.mean;
  return [
    `With ${plural(agents, "agent")} ${mode} is expected to keep agents busy ${percent(utilisation.mean)} of the time against ${percent(progressive)} progressive, ${signed(gain.mean)} points; ${certainty}. ${capital(count(abandons.mean))} abandons per day (${percent(abandonRate.mean, 2)}; worst day ${percent(abandonRateMax, 2)}; ${daysOverLimit} of ${plural(days, "day")} above the limit). In a small team one agent who leaves moves all of this.`,
  ];
}

function overLimit({ modes, settings }: Simulation): readonly string[] {
  const limit = percent(settings.limitBasisPoints / 10_000);
  return modes
    .filter(({ daysOverLimit }) => daysOverLimit > 0)
    .map(
      ({ mode, daysOverLimit, days, abandonRateMax }) =>
        `${capital(mode)} ended ${daysOverLimit} of ${plural(days, "day")} above the abandon limit of ${limit}, the worst at ${percent(abandonRateMax, 2)}.`,
    );
}

function listEnds({ modes, settings }: Simulation): readonly string[] {
  const ended = modes.flatMap(({ mode, list }) =>
    list === null || list.endsAfterHours === null ? [] : [`${hours(list.endsAfterHours)} (${mode})`],
  );
  if (ended.length === 0 || settings.list === null) return [];
  return [
    `The ${plural(settings.list.leads, "lead")} have all been dialled once after ${ended.join(", ")}: what agents do afterwards is redials, or nothing.`,
  ];
}

function badlyCalibrated(calibration: Calibration | null): readonly string[] {
  const was = calibration?.past.agents.utilisation;
  if (calibration === null || was === null || was === undefined) return [];
  const points = 100 * (calibration.simulated.utilisation.mean - was);
  if (Math.abs(points) <= CALIBRATED_POINTS) return [];
  return [
    `The simulation of that day is ${Math.abs(points).toFixed(1)} points of utilisation ${points > 0 ? "above" : "below"} what was: take its figures as differences between modes. The longest time without an attempt was ${formatDuration(Math.round(calibration.past.longestGapMs / 1_000) * 1_000)}.`,
  ];
}

/** The day as it was beside its simulation: how far to trust the rest. */
export const calibrationFigures = ({
  past,
  simulated,
}: Calibration): readonly (readonly [string, string, string])[] => {
  const answered = past.connects + past.abandoned;
  return [
    [
      "utilisation",
      past.agents.utilisation === null ? "not on record" : percent(past.agents.utilisation),
      withHalf(simulated.utilisation),
    ],
    ["attempts", count(past.attempts), count(simulated.attempts.mean)],
    ["connects", count(past.connects), count(simulated.connects.mean)],
    [
      "abandons",
      `${count(past.abandoned)} (${percent(answered === 0 ? 0 : past.abandoned / answered, 2)})`,
      `${count(simulated.abandons.mean)} (${percent(simulated.abandonRate.mean, 2)})`,
    ],
  ];
};

export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const signed = (share: number): string => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;
