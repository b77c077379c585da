/**
 * What VICIdial 2.14 does, after a description of its behaviour in our own words: a level controller that counts
 * samples once a second, and a dial loop every two and a half seconds. One server, no trunk limit, loops of exactly
 * their nominal length. A baseline for comparison; no line of it comes from VICIdial.
 */
import type { Floor, MakePolicy, PacingPolicy, Wish } from "../../src/simulation/pacing/policy.ts";
import { NOTHING } from "../../src/simulation/pacing/policy.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DIAL_LOOP_MS = 2_500;
const SAMPLES = 15;
const LOOPS_PER_UPDATE = 15;
const LOOPS_PER_REFRESH = 60;
const BRAKE_CALLS_MIN = 20;
const BRAKE_DROPS_PERCENT = 50;
const DROP_RULE_CALLS_MIN = 50;
/** The pretend day begins at nine; the taper goes by the clock on the wall. */
const OPENS_AT_MINUTE = 9 * 60;

export interface VicidialSettings {
  readonly method: "hard-limit" | "average" | "tapered";
  readonly levelMax: number;
  /** Counts free agents only, instead of all who are free or talk. */
  readonly availableOnly: boolean;
}

interface Drops {
  readonly callsToday: number;
  readonly percentToday: number;
  readonly callsLastMinute: number;
  readonly dropsLastMinute: number;
}

export const vicidialPolicy =
  (settings: VicidialSettings): MakePolicy =>
  ({ limitBasisPoints }) =>
    new Vicidial(settings, limitBasisPoints / 100);

class Vicidial implements PacingPolicy {
  readonly onEvents = false;
  readonly listener = null;
  readonly #settings: VicidialSettings;
  readonly #limitPercent: number;
  readonly #ready: number[] = [];
  readonly #waiting: number[] = [];
  readonly #placedAtMs: number[] = [];
  readonly #droppedAtMs: number[] = [];
  #callsToday = 0;
  #level = 1;
  #loop = 0;
  #drops: Drops = { callsToday: 0, percentToday: 0, callsLastMinute: 0, dropsLastMinute: 0 };

  constructor(settings: VicidialSettings, limitPercent: number) {
    this.#settings = settings;
    this.#limitPercent = limitPercent;
  }

  /** Asked on each tick of half a second, and awake on every second and every fifth of them. */
  decide(floor: Floor): Wish {
    while (this.#droppedAtMs.length < floor.abandoned) this.#droppedAtMs.push(floor.atMs);
    if (floor.atMs % SECOND_MS === 0) this.#controlLevel(floor);
    if (floor.atMs % DIAL_LOOP_MS !== 0) return NOTHING;
    const place = this.#callsToMake(floor);
    for (let call = 0; call < place; call++) this.#placedAtMs.push(floor.atMs);
    this.#callsToday += place;
    return { place, cancel: [] };
  }

  #controlLevel(floor: Floor): void {
    this.#ready.push(floor.agentsAvailable);
    this.#waiting.push(floor.callsWaiting);
    if (this.#ready.length > SAMPLES) this.#ready.shift();
    if (this.#waiting.length > SAMPLES) this.#waiting.shift();
    if (floor.agents > 0) {
      if (this.#loop % LOOPS_PER_REFRESH === 0) this.#drops = this.#dropFigures(floor);
      if (this.#loop > 0 && this.#loop % LOOPS_PER_UPDATE === 0) this.#level = this.#nextLevel(floor);
    }
    this.#loop += 1;
  }

  #dropFigures(floor: Floor): Drops {
    const sinceMs = floor.atMs - MINUTE_MS;
    while ((this.#placedAtMs[0] ?? Infinity) < sinceMs) this.#placedAtMs.shift();
    const answered = floor.connected + floor.abandoned;
    const percent = answered === 0 ? 0 : (100 * floor.abandoned) / answered;
    return {
      callsToday: this.#callsToday,
      percentToday: Math.round(percent * 100) / 100,
      callsLastMinute: this.#placedAtMs.length,
      dropsLastMinute: this.#droppedAtMs.filter((at) => at >= sinceMs).length,
    };
  }

  #nextLevel(floor: Floor): number {
    const { levelMax, method } = this.#settings;
    // Without a difference target and without intensity: free agents less waiting calls, in percent of all agents.
    const percent = (100 * (mean(this.#ready) - mean(this.#waiting))) / floor.agents;
    let level = Math.round(this.#level * (1 + percent / 100) * 1_000) / 1_000;
    level = Math.max(1, Math.min(level, levelMax));
    const { callsToday, percentToday, callsLastMinute, dropsLastMinute } = this.#drops;
    if (callsLastMinute > BRAKE_CALLS_MIN && (100 * dropsLastMinute) / callsLastMinute > BRAKE_DROPS_PERCENT)
      level /= 2;
    if (callsToday > DROP_RULE_CALLS_MIN && percentToday > this.#limitPercent) {
      if (method === "hard-limit") level = 1;
      else if (method === "average") level /= 2;
      else level *= taper(floor);
    }
    return Math.max(1, level);
  }

  #callsToMake(floor: Floor): number {
    const { availableOnly } = this.#settings;
    const withAgents = floor.talk.count;
    const counted = availableOnly ? floor.agentsAvailable : floor.agentsAvailable + withAgents;
    const goal = Math.round(this.#level * counted) + (availableOnly ? withAgents : 0);
    return Math.max(0, goal - floor.ringing.count - floor.callsWaiting - withAgents);
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

/** Hours and minutes as one number, 1130 for half past eleven. */
const wallClock = (atMs: number): number => {
  const minutes = OPENS_AT_MINUTE + Math.floor(atMs / MINUTE_MS);
  return 100 * Math.floor(minutes / 60) + (minutes % 60);
};

/** What is left until the latest time, on the difference of wall clock numbers, jumps at full hours included. */
function taper(floor: Floor): number {
  const left = wallClock(floor.endMs) - wallClock(floor.atMs);
  if (left < 0) return 0;
  return left > 1_000 ? 1 : left / 1_000;
}
