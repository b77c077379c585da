/**
 * How likely it is that somebody who answers at a given time finds every agent taken: the number of agents still busy
 * plus calls answered by then is a sum of independent yes-or-no questions. Small teams get its exact distribution,
 * large ones the normal one.
 *
 * Rows come from tables with one column per horizon; a row is one question, its entries the probabilities of a yes.
 */

/** Above this many agents the normal distribution is as good, and much cheaper. */
export const EXACT_AGENTS_MAX = 45;
/** Questions that are as good as answered no. */
const NEGLIGIBLE = 1e-5;
/** Shares so small are left out: hundreds of them do not move the loss by the least θ. */
const NOTHING = 1e-9;

export interface Occupancy {
  /** Starts anew with `seats` agents that could take a call; above zero. */
  reset(seats: number): void;
  add(rows: Float64Array, row: number): void;
  /** Probability that all seats are taken at the first horizon, were this row added: for asking before adding. */
  firstLossWith(rows: Float64Array, row: number): number;
  /** Probability that all seats are taken, over the horizons by `weights`, which add up to 1. */
  loss(weights: Float64Array): number;
}

export class ExactOccupancy implements Occupancy {
  readonly #points: number;
  /** By horizon: probabilities of 0, 1 … seats − 1 seats taken; what is missing to 1 is the loss. */
  readonly #shares: Float64Array;
  readonly #stride: number;
  /** By horizon: where shares worth counting begin and end. Most of the distribution is next to nothing. */
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  #seats = 1;

  constructor(points: number, seatsMax: number) {
    this.#points = points;
    this.#stride = seatsMax;
    this.#shares = new Float64Array(points * seatsMax);
    this.#low = new Int32Array(points);
    this.#high = new Int32Array(points);
  }

  reset(seats: number): void {
    if (seats < 1 || seats > this.#stride) throw new RangeError(`no room for ${seats} seats`);
    this.#seats = seats;
    this.#low.fill(0);
    this.#high.fill(0);
    for (let point = 0; point < this.#points; point++) this.#shares[point * this.#stride] = 1;
  }

  add(rows: Float64Array, row: number): void {
    const [shares, points, stride] = [this.#shares, this.#points, this.#stride];
    const last = this.#seats - 1;
    for (let point = 0; point < points; point++) {
      const yes = rows[row * points + point] ?? 0;
      if (yes < NEGLIGIBLE) continue;
      const no = 1 - yes;
      const from = point * stride;
      const low = from + (this.#low[point] ?? 0);
      let high = this.#high[point] ?? 0;
      // Beyond the last seat is the loss, which is not kept but missed.
      if (high < last && (shares[from + high] ?? 0) > NOTHING) shares[from + ++high] = 0;
      this.#high[point] = high;
      let above = shares[from + high] ?? 0;
      for (let at = from + high; at > low; at--) {
        const below = shares[at - 1] ?? 0;
        shares[at] = above * no + below * yes;
        above = below;
      }
      const lowest = above * no;
      shares[low] = lowest;
      if (lowest < NOTHING && low - from < high) this.#low[point] = low - from + 1;
    }
  }

  firstLossWith(rows: Float64Array, row: number): number {
    const yes = rows[row * this.#points] ?? 0;
    const last = this.#seats - 1;
    return this.#lossAt(0) + (this.#high[0] === last ? yes * (this.#shares[last] ?? 0) : 0);
  }

  loss(weights: Float64Array): number {
    let loss = 0;
    for (let point = 0; point < this.#points; point++) {
      const weight = weights[point] ?? 0;
      if (weight > 0) loss += weight * this.#lossAt(point);
    }
    return loss;
  }

  #lossAt(point: number): number {
    const from = point * this.#stride;
    let free = 0;
    const high = from + (this.#high[point] ?? 0);
    for (let at = from + (this.#low[point] ?? 0); at <= high; at++) free += this.#shares[at] ?? 0;
    return Math.max(0, 1 - free);
  }
}

export class NormalOccupancy implements Occupancy {
  readonly #points: number;
  readonly #mean: Float64Array;
  readonly #variance: Float64Array;
  #seats = 1;

  constructor(points: number) {
    this.#points = points;
    this.#mean = new Float64Array(points);
    this.#variance = new Float64Array(points);
  }

  reset(seats: number): void {
    this.#seats = seats;
    this.#mean.fill(0);
    this.#variance.fill(0);
  }

  add(rows: Float64Array, row: number): void {
    this.addMany(rows, row, 1);
  }

  /** The same question, asked of `count`. */
  addMany(rows: Float64Array, row: number, count: number): void {
    const [mean, variance, points] = [this.#mean, this.#variance, this.#points];
    const from = row * points;
    for (let point = 0; point < points; point++) {
      const yes = rows[from + point] ?? 0;
      mean[point] = (mean[point] ?? 0) + count * yes;
      variance[point] = (variance[point] ?? 0) + count * yes * (1 - yes);
    }
  }

  firstLossWith(rows: Float64Array, row: number): number {
    const yes = rows[row * this.#points] ?? 0;
    return this.#lossOf((this.#mean[0] ?? 0) + yes, (this.#variance[0] ?? 0) + yes * (1 - yes));
  }

  loss(weights: Float64Array): number {
    let loss = 0;
    for (let point = 0; point < this.#points; point++) {
      const weight = weights[point] ?? 0;
      if (weight > 0) loss += weight * this.#lossOf(this.#mean[point] ?? 0, this.#variance[point] ?? 0);
    }
    return loss;
  }

  #lossOf(mean: number, variance: number): number {
    const excess = mean - this.#seats + 0.5;
    if (variance < 1e-9) return excess >= 0 ? 1 : 0;
    return normalShareBelow(excess / Math.sqrt(variance));
  }
}

/** Φ, to within 1e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, formula 26.2.17. */
export function normalShareBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp((-z * z) / 2) * series;
  return z < 0 ? tail : 1 - tail;
}
