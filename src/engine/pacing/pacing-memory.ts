/**
 * What pacing learned, as it is kept in the store: written with a version, believed only when it is whole. One rule to
 * remember: learning anew costs half an hour of one call for each agent; believing nonsense costs people.
 */
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { AnswerRateSnapshot } from "../../pacing/answer-rate.ts";
import { DRIFT_MAX } from "../../pacing/bank.ts";
import type { PredictiveSnapshot } from "../../pacing/predictive.ts";

/**
 * Goes up when an older one can no longer be understood. Version 1 had the first guess among what was seen, once more
 * for each restart, and nobody can tell how often: it is refused, and learned anew.
 */
export const MEMORY_VERSION = 2;

const MINUTE_MS = 60_000;
/** A restart, an update, a crash: the same shift, the same people. */
const SAME_SHIFT_MS = 30 * MINUTE_MS;
/** Another day: talk, wrap-up and ringing are much the same, the answer rate less so. A third outweighs the built-in guess and is soon outweighed itself. */
const OTHER_DAY_SHARE = 0.3;
/** After a week lists, scripts and teams are others. */
const FORGOTTEN_MS = 7 * 24 * 60 * MINUTE_MS;

/** How much weight is given to what was saved then: 1 for as good as seen today, 0 for none. */
export function shareOf(savedAt: Instant, now: Instant): number {
  // Another node's clock may run ahead of ours.
  const ageMs = Math.max(0, msBetween(savedAt, now));
  if (ageMs <= SAME_SHIFT_MS) return 1;
  return ageMs <= FORGOTTEN_MS ? OTHER_DAY_SHARE : 0;
}

export const memoryOf = (snapshot: PredictiveSnapshot): unknown => ({ version: MEMORY_VERSION, ...snapshot });

export type MemoryRead =
  { readonly ok: true; readonly snapshot: PredictiveSnapshot } | { readonly ok: false; readonly because: string };

type Known = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Known =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** No table has more bins: the longest ring time-out and the oldest talk are minutes, in seconds. */
const BINS_MAX = 2_000;
/** Seconds that 500 agents talk in two years. More was never seen by anybody, and would leave all that is to come unheard. */
const COUNT_MAX = 1e10;
/** Calls placed before a restart may be answered after it: answers without their attempts, but not many. */
const ANSWERS_UNPLACED_MAX = 1_000;

const isCount = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= COUNT_MAX;
const isEvidence = (value: unknown): boolean =>
  isObject(value) && isCount(value["answers"]) && isCount(value["exposure"]);
const isTable = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= BINS_MAX && value.every(isCount);

/** By path, what must be there; what else there is has to be numbers as well. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  answerRate: { answers: isCount, exposure: isCount, guess: isEvidence },
  ring: { answered: isTable, failed: isTable, cancelled: isTable },
  talk: { events: isTable, exposureS: isTable },
  wrapUp: { events: isTable, exposureS: isTable },
};

/** From what JSON made of it. */
export function readMemory(value: unknown): MemoryRead {
  const no = (because: string): MemoryRead => ({ ok: false, because });
  if (!isObject(value)) return no("it is no object");
  const { version, drift, forecast } = value;
  if (version !== MEMORY_VERSION) return no(`its version is ${String(version)}, not ${MEMORY_VERSION}`);
  if (typeof drift !== "number" || !(Math.abs(drift) <= DRIFT_MAX)) return no("drift is no small number");
  if (!isObject(forecast)) return no("there is no forecast");
  for (const [part, fields] of Object.entries(NEEDED)) {
    const has = forecast[part];
    if (!isObject(has)) return no(`there is no forecast.${part}`);
    for (const [field, isSound] of Object.entries(fields)) {
      if (!isSound(has[field])) return no(`forecast.${part}.${field} is not what it should be`);
    }
  }
  const { answers, exposure } = forecast["answerRate"] as AnswerRateSnapshot;
  if (answers > exposure + ANSWERS_UNPLACED_MAX) return no("there are more answers than attempts");
  const nonsense = notNumbers(forecast, "forecast");
  if (nonsense !== null) return no(`${nonsense} is no number`);
  return { ok: true, snapshot: value as unknown as PredictiveSnapshot };
}

const DEPTH_MAX = 8;

/** The first leaf that is neither a number nor a word, or null. JSON writes an endless number as null. */
function notNumbers(value: unknown, path: string, depth = 0): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : path;
  if (typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return path;
  for (const [key, each] of Object.entries(value)) {
    const found = notNumbers(each, `${path}.${key}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
