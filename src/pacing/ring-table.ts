/**
 * When calls are answered and when they fail, by seconds since placing: a competing-risk table, so that calls we
 * cancelled count for as long as they rang. It remembers long; how many are answered at all is answer-rate.ts's
 * question, because that changes within the hour and this does not.
 */
import { between } from "./life-table.ts";

const SECOND_MS = 1_000;
/** What is believed before anything was seen: an answer at any time from the third second on … */
const ANSWER_PRIOR = 0.2;
const ANSWER_PRIOR_FROM_S = 3;
/** … and failure at once (busy, invalid) or by ringing out. */
const FAIL_AT_ONCE_PRIOR = 0.5;
const RING_OUT_PRIOR = 3;

export interface RingSnapshot {
  readonly answered: readonly number[];
  readonly failed: readonly number[];
  readonly cancelled: readonly number[];
}

/** Shares by whole seconds since placing, 0 … the ring time-out and one more: to be read in between. */
export interface RingCurves {
  /** Of the calls that will be answered, those that have been. */
  readonly answered: Float64Array;
  /** Of the calls that will not be answered, those that have failed. */
  readonly failed: Float64Array;
}

export class RingTable {
  readonly #bins: number;
  readonly #answered: Float64Array;
  readonly #failed: Float64Array;
  readonly #cancelled: Float64Array;
  /** What is believed beforehand; apart from what was seen, or each restart would add it once more. */
  readonly #answeredPrior: Float64Array;
  readonly #failedPrior: Float64Array;

  constructor(ringTimeoutMs: number) {
    this.#bins = Math.max(2, Math.ceil(ringTimeoutMs / SECOND_MS) + 1);
    this.#answered = new Float64Array(this.#bins);
    this.#failed = new Float64Array(this.#bins);
    this.#cancelled = new Float64Array(this.#bins);
    this.#answeredPrior = new Float64Array(this.#bins);
    this.#failedPrior = new Float64Array(this.#bins);
    const last = this.#bins - 2;
    for (let bin = Math.min(ANSWER_PRIOR_FROM_S, last); bin <= last; bin++) this.#answeredPrior[bin] = ANSWER_PRIOR;
    this.#failedPrior[Math.min(1, last)] = FAIL_AT_ONCE_PRIOR;
    this.#failedPrior[last] = (this.#failedPrior[last] ?? 0) + RING_OUT_PRIOR;
  }

  recordAnswer(ageMs: number): void {
    const bin = this.#binOf(ageMs);
    this.#answered[bin] = (this.#answered[bin] ?? 0) + 1;
  }

  recordFailure(ageMs: number): void {
    const bin = this.#binOf(ageMs);
    this.#failed[bin] = (this.#failed[bin] ?? 0) + 1;
  }

  recordCancel(ageMs: number): void {
    const bin = this.#binOf(ageMs);
    this.#cancelled[bin] = (this.#cancelled[bin] ?? 0) + 1;
  }

  curves(): RingCurves {
    const answered = new Float64Array(this.#bins + 1);
    const failed = new Float64Array(this.#bins + 1);
    const answers = this.#answered.map((seen, bin) => seen + (this.#answeredPrior[bin] ?? 0));
    const failures = this.#failed.map((seen, bin) => seen + (this.#failedPrior[bin] ?? 0));
    let atRisk = 0;
    for (let bin = 0; bin < this.#bins; bin++) {
      atRisk += (answers[bin] ?? 0) + (failures[bin] ?? 0) + (this.#cancelled[bin] ?? 0);
    }
    let ringing = 1;
    for (let bin = 0; bin < this.#bins; bin++) {
      const cancelled = this.#cancelled[bin] ?? 0;
      // Cancelled somewhere within the second: half of it counts.
      const exposed = Math.max(1e-9, atRisk - cancelled / 2);
      const toAnswer = ringing * Math.min(1, (answers[bin] ?? 0) / exposed);
      const toFailure = Math.min(ringing - toAnswer, (ringing * (failures[bin] ?? 0)) / exposed);
      answered[bin + 1] = (answered[bin] ?? 0) + toAnswer;
      failed[bin + 1] = (failed[bin] ?? 0) + toFailure;
      ringing -= toAnswer + toFailure;
      atRisk -= (answers[bin] ?? 0) + (failures[bin] ?? 0) + cancelled;
    }
    return { answered: asShares(answered), failed: asShares(failed) };
  }

  snapshot(): RingSnapshot {
    return { answered: [...this.#answered], failed: [...this.#failed], cancelled: [...this.#cancelled] };
  }

  /** Takes `share` of what another day has learned, as a prior; a table of another ring time-out is ignored. */
  learnFrom({ answered, failed, cancelled }: RingSnapshot, share: number): void {
    if (answered.length !== this.#bins || failed.length !== this.#bins || cancelled.length !== this.#bins) return;
    for (let bin = 0; bin < this.#bins; bin++) {
      this.#answered[bin] = (this.#answered[bin] ?? 0) + share * (answered[bin] ?? 0);
      this.#failed[bin] = (this.#failed[bin] ?? 0) + share * (failed[bin] ?? 0);
      this.#cancelled[bin] = (this.#cancelled[bin] ?? 0) + share * (cancelled[bin] ?? 0);
    }
  }

  #binOf(ageMs: number): number {
    return Math.min(this.#bins - 1, Math.max(0, Math.floor(ageMs / SECOND_MS)));
  }
}

const asShares = (cumulative: Float64Array): Float64Array => {
  const total = cumulative.at(-1) ?? 0;
  return cumulative.map((each) => (total > 0 ? each / total : 0));
};

/** Finer than a second, because a ringing call's prospects change quickly. */
export const RING_AGE_STEP_MS = 250;

/**
 * The prospects of calls by age and horizon, prepared so that a new answer rate costs a few multiplications. Row by row
 * for each quarter of a second of age; row 0 is a call placed now.
 */
export class RingProspects {
  readonly #points: number;
  /** Of the calls that will be answered: at each horizon, those answered between the row's age and then. */
  readonly #answers: Float64Array;
  /** Of the calls that will be answered, and of those that will not: still ringing at the row's age. */
  readonly #toBeAnswered: Float64Array;
  readonly #toFail: Float64Array;

  constructor({ answered, failed }: RingCurves, horizonsMs: readonly number[], ringTimeoutMs: number) {
    const count = ringRows(ringTimeoutMs);
    this.#points = horizonsMs.length;
    this.#answers = new Float64Array(count * this.#points);
    this.#toBeAnswered = new Float64Array(count);
    this.#toFail = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      const ageS = (row * RING_AGE_STEP_MS) / SECOND_MS;
      const byNow = between(answered, ageS);
      this.#toBeAnswered[row] = 1 - byNow;
      this.#toFail[row] = 1 - between(failed, ageS);
      for (const [point, horizonMs] of horizonsMs.entries()) {
        this.#answers[row * this.#points + point] = between(answered, ageS + horizonMs / SECOND_MS) - byNow;
      }
    }
  }

  /** Fills in, for each age and horizon, the probability that such a call, still ringing, will have been answered. */
  fill(rows: Float64Array, answerRate: number): void {
    const [points, answers] = [this.#points, this.#answers];
    for (let row = 0; row < this.#toFail.length; row++) {
      const ringing = answerRate * (this.#toBeAnswered[row] ?? 0) + (1 - answerRate) * (this.#toFail[row] ?? 0);
      const factor = ringing > 1e-9 ? answerRate / ringing : 0;
      for (let at = row * points; at < (row + 1) * points; at++) rows[at] = Math.min(1, factor * (answers[at] ?? 0));
    }
  }
}

/** Rows for this ring time-out. */
export const ringRows = (ringTimeoutMs: number): number => Math.ceil(ringTimeoutMs / RING_AGE_STEP_MS) + 2;
