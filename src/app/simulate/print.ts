/** A simulation on a terminal, and as one document for programs. */
import type { ForecastSettings, ModeForecast } from "../../simulation/pacing/forecast.ts";
import { formatDuration } from "../arguments/duration.ts";
import { toIso } from "../../domain/instant.ts";
import { table } from "../print.ts";
import type { Calibration } from "./past-day.ts";
import type { Simulation } from "./words.ts";
import {
  assumptions,
  calibrationFigures,
  count,
  percent,
  question,
  verdict,
  warnings,
  withBounds,
  withHalf,
} from "./words.ts";

type Column = readonly [heading: string, of: (forecast: ModeForecast) => string];

/** Of a day. The list's columns only where there is one. */
export const COLUMNS: readonly Column[] = [
  ["mode", ({ mode }) => mode],
  ["utilisation", ({ utilisation }) => withHalf(utilisation)],
  ["talk/hour", ({ talkMinutesPerHour }) => `${talkMinutesPerHour.toFixed(1)}m`],
  ["wait", ({ agentWaitS }) => formatDuration(Math.round(agentWaitS.mean) * 1_000)],
  ["attempts", ({ attempts }) => count(attempts.mean)],
  ["connects", ({ connects }) => count(connects.mean)],
  ["abandons", ({ abandons }) => count(abandons.mean)],
  ["abandon rate", ({ abandonRate }) => withBounds(abandonRate)],
  ["days over", ({ daysOverLimit, days }) => `${daysOverLimit}/${days}`],
  ["lines 99 %/peak", ({ linesP99, linesPeak }) => `${linesP99}/${linesPeak}`],
];

export const LIST_COLUMNS: readonly Column[] = [
  ["list dialled", ({ list }) => (list === null ? "-" : percent(list.dialledShare.mean))],
  ["list connected", ({ list }) => (list === null ? "-" : percent(list.connectedShare.mean))],
];

export const columnsFor = ({ settings }: Simulation): readonly Column[] =>
  settings.list === null ? COLUMNS : [...COLUMNS, ...LIST_COLUMNS];

export function textOf(simulation: Simulation, files: readonly string[]): string {
  const { settings, modes, calibration } = simulation;
  const columns = columnsFor(simulation);
  return [
    `${question(settings)}.`,
    table(
      columns.map(([heading]) => heading),
      modes.map((forecast) => columns.map(([, of]) => of(forecast))),
    ),
    ...(calibration === null ? [] : [calibrationText(calibration)]),
    verdict(simulation).join("\n"),
    ...warnings(simulation).map((warning) => `Note: ${warning}`),
    assumptions(settings),
    ...files.map((file) => `Written: ${file}`),
  ].join("\n\n");
}

const calibrationText = (calibration: Calibration): string => {
  const { day, campaign, mode } = calibration;
  return table([`${campaign} on ${day}, ${mode.name}`, "as it was", "simulated"], calibrationFigures(calibration));
};

/** What was simulated, in the units and words of the options. */
const settingsDocument = (settings: ForecastSettings) => ({
  agents: settings.agents,
  hours: settings.measuredMs / 3_600_000,
  leads: settings.list?.leads ?? null,
  answerRate: settings.answerRate,
  course: settings.course,
  talkS: settings.talkMeanS,
  talkVariation: settings.talkVariation,
  wrapUpS: settings.wrapUpMeanS,
  ringTimeoutS: settings.ringTimeoutMs / 1_000,
  connectLimitS: settings.connectLimitMs / 1_000,
  busyShare: settings.ring.failAtOnce,
  abandonLimit: settings.limitBasisPoints / 10_000,
  days: settings.days,
  seed: settings.seed,
});

const calibrationDocument = ({ campaign, day, past, mode, settings, simulated }: Calibration) => ({
  campaign,
  day,
  mode: mode.name,
  was: { ...past, from: toIso(past.from), to: toIso(past.to) },
  settings: settingsDocument(settings),
  simulated,
});

export const documentOf = (simulation: Simulation, files: readonly string[]): unknown =>
  rounded({
    settings: settingsDocument(simulation.settings),
    modes: simulation.modes,
    teamSizes: simulation.sizes,
    pastDay: simulation.calibration === null ? null : calibrationDocument(simulation.calibration),
    verdict: verdict(simulation).join(" "),
    warnings: warnings(simulation),
    files,
  });

const DIGITS = 6;

/** Digits beyond what a few days can tell are noise in a diff. */
const rounded = (value: unknown): unknown => {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
};
