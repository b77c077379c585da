/**
 * How long agents talk and how long they write afterwards, learned from those who have ended: a constant hazard in
 * each age bin. Talk time says little about when it ends; time in wrap-up says a lot, hence two tables.
 */

/** Pseudo-events that pull a bin's hazard to the pooled one until it has seen some of its own. */
const SHRINK_EVENTS = 4;
const POOL_EVENTS = 5;

const SECOND_MS = 1_000;
/** Lower edges of the bins, in seconds; the last bin has no end. */
export const TALK_EDGES_S: readonly number[] = [0, 3, 6, 10, 15, 22, 30, 45, 60, 90, 120, 180, 240, 360];
export const WRAP_UP_EDGES_S: readonly number[] = [0, 2, 5, 8, 12, 18, 26, 40];

export interface LifeTableSnapshot {
  readonly events: readonly number[];
  readonly exposureS: readonly number[];
}

export class LifeTable {
  readonly #edgesS: readonly number[];
  readonly #priorMeanS: number;
  readonly #events: Float64Array;
  readonly #exposureS: Float64Array;
  /** Of those that have not ended yet. */
  readonly #goingOnS: Float64Array;

  constructor(edgesS: readonly number[], priorMeanS: number) {
    this.#edgesS = edgesS;
    this.#priorMeanS = priorMeanS;
    this.#events = new Float64Array(edgesS.length);
    this.#exposureS = new Float64Array(edgesS.length);
    this.#goingOnS = new Float64Array(edgesS.length);
  }

  /** One duration that has ended. */
  record(durationMs: number): void {
    const bin = this.#expose(this.#exposureS, durationMs);
    this.#events[bin] = (this.#events[bin] ?? 0) + 1;
  }

  /**
   * Those that go on now, instead of those of the last time. Without them a young table has seen the short ones only,
   * and a team of fifty was seen to be given half an hour's abandons in five minutes.
   */
  goingOn(agesMs: Float64Array, count: number): void {
    this.#goingOnS.fill(0);
    for (let index = 0; index < count; index++) this.#expose(this.#goingOnS, agesMs[index] ?? 0);
  }

  /** Adds a duration to the bins that it went through; answers the one that it has reached. */
  #expose(exposureS: Float64Array, durationMs: number): number {
    const durationS = Math.max(0, durationMs / SECOND_MS);
    let bin = 0;
    for (; bin < this.#edgesS.length; bin++) {
      const fromS = this.#edgesS[bin] ?? 0;
      const toS = this.#edgesS[bin + 1] ?? Infinity;
      exposureS[bin] = (exposureS[bin] ?? 0) + Math.min(durationS, toS) - fromS;
      if (durationS < toS) break;
    }
    return bin;
  }

  /** Ends per second in each bin. */
  hazards(): Float64Array {
    const pooled = SECOND_MS / this.meanMs();
    return this.#events.map((count, bin) => {
      const exposureS = (this.#exposureS[bin] ?? 0) + (this.#goingOnS[bin] ?? 0);
      return (count + SHRINK_EVENTS) / (exposureS + SHRINK_EVENTS / pooled);
    });
  }

  /** Mean duration, in milliseconds. */
  meanMs(): number {
    let events = POOL_EVENTS;
    let exposureS = POOL_EVENTS * this.#priorMeanS;
    for (let bin = 0; bin < this.#events.length; bin++) {
      events += this.#events[bin] ?? 0;
      exposureS += (this.#exposureS[bin] ?? 0) + (this.#goingOnS[bin] ?? 0);
    }
    return (exposureS / events) * SECOND_MS;
  }

  /** Integrated hazard from 0 to 0, 1, 2 … `lastS` seconds: 1 − exp(−(H(b) − H(a))) have ended between a and b. */
  cumulativeHazard(lastS: number): Float64Array {
    const hazards = this.hazards();
    const cumulative = new Float64Array(lastS + 1);
    let bin = 0;
    for (let second = 0; second < lastS; second++) {
      while (second >= (this.#edgesS[bin + 1] ?? Infinity)) bin += 1;
      cumulative[second + 1] = (cumulative[second] ?? 0) + (hazards[bin] ?? 0);
    }
    return cumulative;
  }

  snapshot(): LifeTableSnapshot {
    return { events: [...this.#events], exposureS: [...this.#exposureS] };
  }

  /** Takes `share` of what another day has learned, as a prior; a table of other bins is ignored. */
  learnFrom({ events, exposureS }: LifeTableSnapshot, share: number): void {
    if (events.length !== this.#events.length || exposureS.length !== this.#exposureS.length) return;
    for (let bin = 0; bin < events.length; bin++) {
      this.#events[bin] = (this.#events[bin] ?? 0) + share * (events[bin] ?? 0);
      this.#exposureS[bin] = (this.#exposureS[bin] ?? 0) + share * (exposureS[bin] ?? 0);
    }
  }
}

/** Ages beyond this are taken as this old: the hazard is constant there. */
export const TALK_AGE_MAX_S = 380;
export const WRAP_UP_AGE_MAX_S = 60;

/**
 * Row by row for each whole second of age, the probability that an agent of that age is not yet free at each of
 * `horizonsMs` from now. Agents who talk have their wrap-up still before them.
 */
export function busyInTalk(talk: LifeTable, wrapUp: LifeTable, horizonsMs: readonly number[]): Float64Array {
  const lastS = Math.ceil(Math.max(...horizonsMs) / SECOND_MS) + 1;
  const width = lastS + 1;
  const talkHazard = talk.cumulativeHazard(TALK_AGE_MAX_S + 1);
  const written = wrapUp.cumulativeHazard(lastS + 1);
  // Ended talking in the middle of the first second, so half of a second less remains for the wrap-up.
  const wrapUpWithin = Float64Array.from({ length: width }, (_, x) => {
    if (x === 0) return 0;
    const hazard = ((written[x] ?? 0) + (written[x - 1] ?? 0)) / 2;
    return 1 - Math.exp(-hazard);
  });
  const rows = new Float64Array((TALK_AGE_MAX_S + 1) * horizonsMs.length);
  let older = new Float64Array(width);
  for (let age = TALK_AGE_MAX_S; age >= 0; age--) {
    const ends = 1 - Math.exp((talkHazard[age] ?? 0) - (talkHazard[age + 1] ?? 0));
    const free = new Float64Array(width);
    // The oldest row refers to itself: beyond it nothing changes any more.
    const next = age === TALK_AGE_MAX_S ? free : older;
    for (let x = 1; x < width; x++) free[x] = ends * (wrapUpWithin[x] ?? 0) + (1 - ends) * (next[x - 1] ?? 0);
    for (const [point, horizonMs] of horizonsMs.entries()) {
      rows[age * horizonsMs.length + point] = 1 - between(free, horizonMs / SECOND_MS);
    }
    older = free;
  }
  return rows;
}

/** As `busyInTalk`, for agents in wrap-up. */
export function busyInWrapUp(wrapUp: LifeTable, horizonsMs: readonly number[]): Float64Array {
  const lastS = WRAP_UP_AGE_MAX_S + Math.ceil(Math.max(...horizonsMs) / SECOND_MS) + 1;
  const hazard = wrapUp.cumulativeHazard(lastS);
  const rows = new Float64Array((WRAP_UP_AGE_MAX_S + 1) * horizonsMs.length);
  for (let age = 0; age <= WRAP_UP_AGE_MAX_S; age++) {
    for (const [point, horizonMs] of horizonsMs.entries()) {
      rows[age * horizonsMs.length + point] = Math.exp(
        between(hazard, age) - between(hazard, age + horizonMs / SECOND_MS),
      );
    }
  }
  return rows;
}

/** A table by whole numbers read in between, and at its end beyond it. */
export function between(table: Float64Array, at: number): number {
  const whole = Math.floor(at);
  const low = table[Math.min(whole, table.length - 1)] ?? 0;
  const high = table[Math.min(whole + 1, table.length - 1)] ?? 0;
  return low + (high - low) * (at - whole);
}
