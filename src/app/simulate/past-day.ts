/** A day as it was: what its simulation is made from, and how near that comes to what happened. */
import { DateTime } from "luxon";
import type { Campaign } from "../../domain/campaign.ts";
import { instant, type Instant } from "../../domain/instant.ts";
import type { ForecastSettings, Mode, ModeForecast } from "../../simulation/pacing/forecast.ts";
import { powerMode, PREDICTIVE, PREDICTIVE_WITH_RECOURSE, PROGRESSIVE } from "../../simulation/pacing/forecast.ts";
import type { PastDay, Period } from "../../store/index.ts";
import { CliError, usageError } from "../cli-error.ts";
import { formatDuration } from "../arguments/duration.ts";
import type { Given } from "./options.ts";
import { LIMITS } from "./options.ts";

const HOUR_MS = 3_600_000;

export interface DayOf {
  readonly campaign: string;
  /** `YYYY-MM-DD` in this machine's zone. */
  readonly day: string;
  readonly past: PastDay;
  /** How it was dialled, as far as the attempts tell. */
  readonly mode: Mode;
}

/** What happened beside what the simulation of the same figures says. */
export interface Calibration extends DayOf {
  readonly settings: ForecastSettings;
  readonly simulated: ModeForecast;
}

/** A whole local day; today ends now. */
export const periodOfDay = (text: string, now: Instant): { readonly day: string; readonly period: Period } => {
  const today = DateTime.fromMillis(now).startOf("day");
  const named = text === "today" ? today : text === "yesterday" ? today.minus({ days: 1 }) : null;
  const begin = named ?? (/^\d{4}-\d{2}-\d{2}$/.test(text) ? DateTime.fromISO(text) : DateTime.invalid("no day"));
  if (!begin.isValid || begin.year < 2_000) {
    throw usageError(`--day: "${text}" is not a day, such as 2026-11-20, today or yesterday.`);
  }
  if (begin > today) throw usageError(`--day: ${text} has not been yet.`);
  const end = begin.plus({ days: 1 });
  return {
    day: begin.toFormat("yyyy-MM-dd"),
    period: { from: instant(begin.toMillis()), to: instant(end.toMillis()) },
  };
};

/** The campaign may have changed since: an attempt beyond the agents there were tells that it was overdialling. */
export const modeOfDay = (past: PastDay, campaign: Campaign): Mode => {
  if (past.overdialled === 0) return PROGRESSIVE;
  if (campaign.mode === "power") return powerMode(Math.max(1, campaign.dialLevelPercent / 100));
  return past.cancelled > 0 && campaign.recourse ? PREDICTIVE_WITH_RECOURSE : PREDICTIVE;
};

/** The option that says it instead, and how a value of it is shown. */
const OPTIONS: Readonly<Record<keyof typeof LIMITS, readonly [option: string, what: string, unit: Unit]>> = {
  agents: ["agents", "number of agents", "count"],
  hours: ["hours", "time from the first attempt to the last", "hours"],
  answerRate: ["answer-rate", "answer rate", "share"],
  talkMs: ["talk", "mean talk time", "duration"],
  wrapUpMs: ["wrap-up", "mean wrap-up", "duration"],
  ringTimeoutMs: ["ring-timeout", "ring time-out", "duration"],
  ringMeanMs: ["ring-mean", "mean time to the answer", "duration"],
  connectLimitMs: ["connect-limit", "connect limit", "duration"],
  busyShare: ["busy-share", "share of attempts that failed at once", "share"],
  abandonLimit: ["abandon-limit", "abandon limit", "share"],
};
type Unit = "count" | "hours" | "share" | "duration";

/** What the day says; `typed` goes before it, and is not asked of the day. Refuses a day that says too little. */
export const givenByDay = ({ past, day, campaign: name }: DayOf, campaign: Campaign, typed: Given): Given => {
  const { liveAnswers, attempts, cancelled, agents } = past;
  const found: Given = {
    agents: Math.round(agents.mean),
    hours: (past.to - past.from) / HOUR_MS,
    // Cancelled calls might have been answered yet: they say neither yes nor no.
    answerRate: attempts > cancelled ? liveAnswers / (attempts - cancelled) : 0,
    talkMs: Math.round(past.talkMeanMs ?? 0),
    talkVariation: Math.min(3, Math.max(0.1, past.talkVariation ?? 1)),
    wrapUpMs: Math.round(agents.wrapUpMeanMs ?? campaign.wrapUpMs),
    ringTimeoutMs: campaign.ringTimeoutMs,
    ringMeanMs: Math.round(past.ringMeanMs ?? 0),
    connectLimitMs: campaign.connectTimeoutMs - campaign.connectSafetyMarginMs,
    busyShare: Math.min(past.failedAtOnce / attempts, 1 - liveAnswers / attempts),
  };
  const all = { ...found, ...typed };
  for (const field of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    const [value, [least, most]] = [all[field], LIMITS[field]];
    if (value === undefined || (value >= least && value <= most)) continue;
    const [option, what, unit] = OPTIONS[field];
    throw new CliError(
      "day-unfit",
      `The ${what} of "${name}" on ${day} was ${shown(value, unit)}; ${shown(least, unit)} to ${shown(most, unit)} can be simulated. Say another with --${option}.`,
    );
  }
  return all;
};

const shown = (value: number, unit: Unit): string => {
  if (unit === "share") return `${(100 * value).toFixed(1)} %`;
  if (unit === "hours") return formatDuration(Math.round(value * 60) * 60_000);
  return unit === "duration" ? formatDuration(Math.round(value)) : String(value);
};
