/** What is to be kept from overload, as models: each answers to what is asked of it, and only some time later. */
import { instant } from "../../../src/domain/instant.ts";
import type { heard, linesFree, looked } from "../../../src/pacing/breaker.ts";
import type { Breaker, BreakerLimits } from "../../../src/pacing/breaker.ts";

export interface Plant {
  /** One tick: so many calls were placed in it. */
  place(calls: number): void;
}

export const TICK_S = 0.1;

/** Of the figures from `fromS` on: the least, the greatest, their mean, and how often it went from a tenth above to a tenth below it. */
export interface Swing {
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  readonly swingsPerMinute: number;
}

export function swingOf(ticks: readonly number[], fromS: number): Swing {
  const settled = ticks.slice(Math.round(fromS / TICK_S));
  const mean = settled.reduce((sum, each) => sum + each, 0) / settled.length;
  let [swings, isAbove] = [0, false];
  for (const each of settled) {
    if (isAbove && each < 0.9 * mean) [swings, isAbove] = [swings + 1, false];
    else if (each > 1.1 * mean) isAbove = true;
  }
  const minutes = (settled.length * TICK_S) / 60;
  return { least: Math.min(...settled), greatest: Math.max(...settled), mean, swingsPerMinute: swings / minutes };
}

/** Within these a loop has settled: how much of what can be carried is asked for, and how far from it at the most. */
export const isSteady = ({ mean, least, greatest, swingsPerMinute }: Swing, capacity: number): boolean =>
  mean >= 0.85 * capacity &&
  mean <= 1.15 * capacity &&
  least >= 0.65 * capacity &&
  greatest <= 1.2 * capacity &&
  swingsPerMinute <= 4;

/**
 * An Asterisk that carries out `capacity` requests a second: more wait in a queue, and who asks how long it took is told
 * of those answered in the last two seconds.
 */
export class SlowAsterisk implements Plant {
  readonly capacity: number;
  #queue = 0;
  #answers: number[] = [];
  greatestMs = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  place(calls: number): void {
    this.#queue = Math.max(0, this.#queue + calls - this.capacity * TICK_S);
    this.#answers = [...this.#answers, (1000 * this.#queue) / this.capacity + 3].slice(-Math.round(2 / TICK_S));
    this.greatestMs = Math.max(this.greatestMs, this.answersInMs);
  }

  get answersInMs(): number {
    return [...this.#answers].sort((a, b) => a - b)[Math.floor(this.#answers.length * 0.95)] ?? 0;
  }
}

/** A process whose loop is late by the work of the last second's calls, beyond what it manages in time. */
export class BusyProcess implements Plant {
  readonly capacity: number;
  #placed: number[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  place(calls: number): void {
    this.#placed = [...this.#placed, calls].slice(-Math.round(1 / TICK_S));
  }

  get loopDelayMs(): number {
    const perSecond = this.#placed.reduce((sum, each) => sum + each, 0);
    return 5 + Math.max(0, perSecond / this.capacity - 1) * 2_000;
  }
}

export interface Breaking {
  readonly begin: Breaker;
  readonly heard: typeof heard;
  readonly looked: typeof looked;
  readonly linesFree: typeof linesFree;
}

export interface TrunkOptions {
  /** Calls that it carries at once, and those that it is said to. */
  readonly capacity: number;
  readonly linesMax: number;
  readonly cps: number;
  /** How long calls last, on the average. */
  readonly talkS: number;
  readonly how: Breaking;
  readonly limits: BreakerLimits;
}

interface TrunkCall {
  readonly decidedS: number;
  readonly saysS: number;
  readonly endsS: number;
  readonly isRefused: boolean;
  hasSpoken: boolean;
}

/** Demand without end on one trunk: full, it refuses within a fifth of a second; else it rings after one to three. */
export class TrunkOf {
  readonly #options: TrunkOptions;
  #dice = 12_345;

  constructor(options: TrunkOptions) {
    this.#options = options;
  }

  run(seconds: number): { swing: Swing; placed: number; refused: number; opened: number } {
    const { capacity, linesMax, cps, talkS, how, limits } = this.#options;
    let breaker = how.begin;
    let calls: TrunkCall[] = [];
    let [placed, refused, opened, tokens] = [0, 0, 0, 0];
    const inUse: number[] = [];
    for (let tick = 0; tick < seconds / TICK_S; tick++) {
      const now = tick * TICK_S;
      const at = instant(1_000_000 + Math.round(now * 1000));
      for (const call of calls.filter(({ saysS, hasSpoken }) => !hasSpoken && saysS <= now)) {
        call.hasSpoken = true;
        const decidedAt = instant(1_000_000 + Math.round(call.decidedS * 1000));
        if (call.isRefused) calls = calls.filter((each) => each !== call);
        const was = breaker.state;
        breaker = how.heard(
          breaker,
          { isRefusal: call.isRefused, decidedAt, at },
          {
            linesInUse: calls.length,
            young: calls.filter((each) => !each.hasSpoken && now - each.decidedS < 4).length,
          },
          limits,
        );
        if (breaker.state === "open" && was !== "open") opened += 1;
      }
      calls = calls.filter(({ endsS }) => endsS > now);
      if (tick % 5 === 0) breaker = how.looked(breaker, calls.length, linesMax, at);
      tokens = Math.min(1, tokens + cps * TICK_S);
      const { since: changed } = breaker;
      const since = calls.filter(({ decidedS }) => 1_000_000 + decidedS * 1000 >= changed).length;
      if (tokens >= 1 && how.linesFree(breaker, { linesInUse: calls.length, since, linesMax }) > 0) {
        tokens -= 1;
        placed += 1;
        const isRefused = calls.filter((each) => !each.isRefused).length >= capacity;
        if (isRefused) refused += 1;
        const saysS = now + (isRefused ? 0.2 : 1 + 2 * this.#roll());
        const endsS = isRefused ? Infinity : now + 3 - talkS * Math.log(1 - this.#roll());
        calls.push({ decidedS: now, saysS, endsS, isRefused, hasSpoken: false });
      }
      inUse.push(calls.filter((each) => !each.isRefused).length);
    }
    return { swing: swingOf(inUse, 600), placed, refused, opened };
  }

  #roll(): number {
    this.#dice = (this.#dice * 48_271) % 2_147_483_647;
    return this.#dice / 2_147_483_647;
  }
}
