/**
 * How fast a node may place calls while Asterisk answers slowly, or this process falls behind: cut by a factor, raised
 * by a sum. One rule to remember: after a cut nothing is cut again, nor raised, before what it came to can be seen.
 */
import type { Instant } from "../domain/instant.ts";
import { after, isBefore, latest, msBetween } from "../domain/instant.ts";

/** Milliseconds, and calls per second. */
export interface ThrottleLimits {
  /** Asterisk's answers later than this: the rate is cut. */
  readonly slowMs: number;
  /** Later than this: nothing is placed. */
  readonly stalledMs: number;
  /** This process comes round later than this: nothing is placed; later than half of it: the rate is cut. */
  readonly loopDelayMaxMs: number;
  /** What the trunks take together: at this rate nothing is held back any more. */
  readonly ceilingPerSecond: number;
}

/** How it stands at one moment. */
export interface Pressure {
  /** In how long Asterisk answered nearly all of the latest requests, or has not answered one; null: nothing was asked. */
  readonly answersInMs: number | null;
  readonly loopDelayMs: number;
  /** Lately. */
  readonly placedPerSecond: number;
}

export interface Throttle {
  /** Null: as many as anybody likes. 0: none. */
  readonly callsPerSecond: number | null;
  /** Whose fault it is; null while nothing is held back. */
  readonly because: "asterisk" | "process" | null;
  /** The rate at which it was too much the last time: it is come near to quickly, and passed slowly. */
  readonly cutFrom: number;
  readonly cutAt: Instant;
  readonly raisedAt: Instant;
  /** While stopped: since when nothing speaks against going on. */
  readonly calmSince: Instant | null;
}

/** Answers are looked at over two seconds; a cut is seen in them when those from before it are gone. */
const SETTLE_MS = 3_000;
/** Where nobody knows how much too much it was, or the last cut did not help; and where it had gone well until just now. */
const CUT = 0.5;
const CUT_AGAIN = 0.7;
const RAISE_EVERY_MS = 1_000;
/** At each raise, of the rate at which it was too much: as far as `NEAR`, and from there on. */
const RAISE = 0.05;
const RAISE_NEAR = 0.01;
const RAISE_BEYOND = 0.03;
const NEAR = 0.85;
const TELLS_LESS_MS = 20_000;
/** Of the ceiling: what is placed in any case, unless nothing may be. */
const FLOOR = 0.05;
/** Between this share of a limit and the limit nothing is changed: there a node may stay. */
const CALM = 2 / 3;
/** Of what stops a process: what slows it. */
const LOOP_SLOW = 0.5;
/** After a stop it must have been calm for so long. */
const CALM_MS = 2_000;
/** A limit that nobody runs into tells nothing, and is not raised for that; after so long it is forgotten. */
const USED = 0.7;
const FORGOTTEN_MS = 60_000;

const LONG_AGO = 0 as Instant;

export const UNTHROTTLED: Throttle = {
  callsPerSecond: null,
  because: null,
  cutFrom: 0,
  cutAt: LONG_AGO,
  raisedAt: LONG_AGO,
  calmSince: null,
};

/** To be asked at least once a second; the same object where nothing changed. */
export function throttled(before: Throttle, pressure: Pressure, limits: ThrottleLimits, at: Instant): Throttle {
  const { loopDelayMs, placedPerSecond } = pressure;
  const answersInMs = pressure.answersInMs ?? 0;
  const floor = limits.ceilingPerSecond * FLOOR;
  const inUse = Math.max(floor, Math.min(before.callsPerSecond ?? Infinity, placedPerSecond));
  if (loopDelayMs >= limits.loopDelayMaxMs) return stopped(before, "process", inUse, at);
  if (answersInMs >= limits.stalledMs) return stopped(before, "asterisk", inUse, at);
  // How near to its limit, whichever is nearer: from 1 on it is too much.
  const ofLoop = loopDelayMs / (limits.loopDelayMaxMs * LOOP_SLOW);
  const strain = Math.max(answersInMs / limits.slowMs, ofLoop);
  if (before.callsPerSecond === 0) return resumed(before, strain, floor, at);
  if (strain < 1) return strain < CALM ? raised(before, pressure, limits, at) : before;
  if (isBefore(at, after(before.cutAt, SETTLE_MS))) return before;
  const cut = before.callsPerSecond !== null && before.raisedAt > before.cutAt ? CUT_AGAIN : CUT;
  const because = ofLoop >= 1 ? "process" : "asterisk";
  return { ...before, callsPerSecond: Math.max(floor, inUse * cut), because, cutFrom: inUse, cutAt: at };
}

function stopped(before: Throttle, because: "asterisk" | "process", inUse: number, at: Instant): Throttle {
  const isNew = before.callsPerSecond !== 0;
  if (!isNew && before.because === because && before.calmSince === null) return before;
  const cutFrom = isNew ? inUse : before.cutFrom;
  return { callsPerSecond: 0, because, cutFrom, cutAt: at, raisedAt: at, calmSince: null };
}

function resumed(before: Throttle, strain: number, floor: number, at: Instant): Throttle {
  if (strain >= CALM) return before.calmSince === null ? before : { ...before, calmSince: null };
  if (before.calmSince === null) return { ...before, calmSince: at };
  if (isBefore(at, after(before.calmSince, CALM_MS))) return before;
  return { ...before, callsPerSecond: floor, raisedAt: at, calmSince: null };
}

function raised(
  before: Throttle,
  { placedPerSecond }: Pressure,
  { ceilingPerSecond }: ThrottleLimits,
  at: Instant,
): Throttle {
  const { callsPerSecond, cutAt, raisedAt, cutFrom } = before;
  if (callsPerSecond === null) return before;
  if (!isBefore(at, after(latest(cutAt, raisedAt), FORGOTTEN_MS))) return UNTHROTTLED;
  if (isBefore(at, after(cutAt, SETTLE_MS)) || isBefore(at, after(raisedAt, RAISE_EVERY_MS))) return before;
  if (placedPerSecond < callsPerSecond * USED) return before;
  const next = callsPerSecond + raiseOf(callsPerSecond, cutFrom, msBetween(cutAt, at));
  return next >= ceilingPerSecond ? UNTHROTTLED : { ...before, callsPerSecond: next, raisedAt: at };
}

/** After a stop it doubles until it is halfway to where it was too much. */
function raiseOf(rate: number, cutFrom: number, sinceCutMs: number): number {
  if (2 * rate < cutFrom * CUT) return rate;
  if (rate < cutFrom * NEAR) return cutFrom * RAISE;
  if (rate < cutFrom) return cutFrom * RAISE_NEAR;
  // The longer it has gone well, the less the last time tells.
  return cutFrom * RAISE_BEYOND * (1 + sinceCutMs / TELLS_LESS_MS);
}
