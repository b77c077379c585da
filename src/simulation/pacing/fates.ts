/**
 * What will become of the calls of a pretend day, settled by the seed before anybody dials them: the k-th call placed
 * has the same outcome, ring time, talk time and wrap-up under every policy, so that policies are compared on the same
 * calls.
 */
import { answerAfter } from "./laws.ts";
import type { Law, RingLaw } from "./laws.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** MurmurHash3's finaliser (Austin Appleby, public domain): every bit of the input moves half of the output. */
function mixed(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Always the same number in the open interval (0, 1) for the same three: 53 bits out of two chains of 32. */
export function uniform(seed: number, index: number, stream: number): number {
  const high = mixed(
    mixed(mixed(seed ^ 0x2545f491) + Math.imul(index, 0x9e3779b1)) ^ Math.imul(stream + 1, 0x7f4a7c15),
  );
  const low = mixed(mixed(mixed(seed ^ 0x6c078965) ^ Math.imul(stream + 1, 0x94d049bb)) + Math.imul(index, 0xbf58476d));
  return ((high >>> 5) * 0x400_0000 + (low >>> 6) + 0.5) / 2 ** 53;
}

/** A seed for each day of a run. */
export const seedOfDay = (seed: number, day: number): number => mixed(mixed(seed) + Math.imul(day + 1, 0x9e3779b1));

export const COURSES = ["constant", "sin", "ou", "step", "doubled"] as const;
/** How the answer rate goes through the day. */
export type Course = (typeof COURSES)[number];

const SIN_PERIOD_MS = 4 * 60 * MINUTE_MS;
const LEVEL_MS = 10 * MINUTE_MS;
const LEVEL_STREAM = 101;

/**
 * The answer rate at a time of the day. `sin` swings by two fifths in four hours; `ou` has a new level between half and
 * one and a half every ten minutes; `step` doubles in the middle and stays; `doubled` does so for a quarter of an hour.
 */
export function answerRateAt(course: Course, mean: number, seed: number, atMs: number, middleMs: number): number {
  switch (course) {
    case "constant":
      return mean;
    case "sin":
      return Math.min(1, mean * (1 + 0.4 * Math.sin((2 * Math.PI * atMs) / SIN_PERIOD_MS)));
    case "ou":
      return Math.min(1, mean * (0.5 + uniform(seed, Math.floor(atMs / LEVEL_MS), LEVEL_STREAM)));
    case "step":
      return Math.min(1, atMs < middleMs ? mean : 2 * mean);
    case "doubled":
      return Math.min(1, atMs >= middleMs && atMs < middleMs + 15 * MINUTE_MS ? 2 * mean : mean);
  }
}

export interface FateSettings {
  readonly seed: number;
  readonly ring: RingLaw;
  readonly ringTimeoutMs: number;
  readonly talk: Law;
  readonly wrapUp: Law;
}

export class Fates {
  readonly #settings: FateSettings;
  readonly #answerAfter: Law;

  constructor(settings: FateSettings) {
    this.#settings = settings;
    this.#answerAfter = answerAfter(settings.ring, settings.ringTimeoutMs);
  }

  /** How long the call rings until it is answered; negative: so long until it fails. */
  ringMs(call: number, answerRate: number): number {
    const { seed, ring, ringTimeoutMs } = this.#settings;
    const u = uniform(seed, call, 1);
    if (u < answerRate) return this.#answerAfter(uniform(seed, call, 2), 0);
    if (u > 1 - ring.failAtOnce) return -(1 + 2 * uniform(seed, call, 2)) * SECOND_MS;
    return -ringTimeoutMs;
  }

  talkMs(call: number): number {
    return this.#settings.talk(uniform(this.#settings.seed, call, 3), uniform(this.#settings.seed, call, 4));
  }

  wrapUpMs(call: number): number {
    return this.#settings.wrapUp(uniform(this.#settings.seed, call, 5), uniform(this.#settings.seed, call, 6));
  }
}
