/**
 * How many of the calls placed are answered, by launch cohort: answers over what the calls placed so far should have
 * brought at a rate of one, were they all to be answered. So a burst of calls moves neither up nor down.
 *
 * The rule to remember: never count in the order of resolution with a short memory. Answers come after twelve
 * seconds and rings-out after twenty-five; a team of 500 that forgot faster than that was seen to swing into 68 %
 * abandons.
 */
import { between } from "./life-table.ts";

const SECOND_MS = 1_000;
/** Attempts that the prior weighs. It is high: to expect too many answers costs a little time, too few costs people. */
const PRIOR_ATTEMPTS = 20;
export const PRIOR_RATE = 0.35;
/** At least 300 attempts and five minutes are needed; twice and three times that make less noise and cost nothing in drifts. */
const SLOW = { attempts: 600, seconds: 900 };
/** Sees a jump upwards sooner, and is only believed upwards. */
const FAST = { attempts: 100, seconds: 60 };
/** What another day's rate may weigh, in attempts. Of thousands it took a team minutes of 7 % abandons to see a change. */
const OTHER_DAY_ATTEMPTS = 100;
export const ANSWER_RATE_MIN = 0.03;
const ANSWER_RATE_MAX = 0.98;
/** Seconds in which answers are compared with what was expected of them. */
const JUMP_WINDOW = 30;
const JUMP_SIGMAS = 3;
/** For small teams: three answers where one half was expected are luck. */
const JUMP_ANSWERS_MIN = 2;

/** Answers, and the calls that could have brought them. */
interface Evidence {
  answers: number;
  exposure: number;
}

interface Memory {
  readonly attempts: number;
  readonly seconds: number;
  readonly seen: Evidence;
  /** What was believed beforehand, as far as it has not been forgotten: it is no evidence, and never saved as such. */
  readonly guess: Evidence;
}

const memory = (length: { attempts: number; seconds: number }): Memory => ({
  ...length,
  seen: { answers: 0, exposure: 0 },
  guess: { answers: PRIOR_RATE * PRIOR_ATTEMPTS, exposure: PRIOR_ATTEMPTS },
});

/** `answers` and `exposure` were seen; `guess` is what is left of the first guess. All are weights in attempts. */
export interface AnswerRateSnapshot {
  readonly answers: number;
  readonly exposure: number;
  readonly guess: { readonly answers: number; readonly exposure: number };
}

export class AnswerRate {
  readonly #size: number;
  /** By second of launch, in a ring: placed, of those answered, and exposure of those we cancelled. */
  readonly #placed: Float64Array;
  readonly #answered: Float64Array;
  readonly #cancelled: Float64Array;
  readonly #slow = memory(SLOW);
  readonly #fast = memory(FAST);
  readonly #expectedBySecond = new Float64Array(JUMP_WINDOW);
  readonly #seenBySecond = new Float64Array(JUMP_WINDOW);
  #second = -1;
  /** Calls placed before this second are of another list. */
  #since = -Infinity;
  #placedPerSecond = 0;
  #curve: Float64Array;
  /** The curve by age in seconds of a cohort: in the middle of its second, and how much it rises in the next one. */
  readonly #seenShare: Float64Array;
  readonly #nextShare: Float64Array;

  /** `curve`: of the calls that will be answered, those that have been, by whole seconds. */
  constructor(ringTimeoutMs: number, curve: Float64Array) {
    this.#size = Math.ceil(ringTimeoutMs / SECOND_MS) + 3;
    this.#placed = new Float64Array(this.#size);
    this.#answered = new Float64Array(this.#size);
    this.#cancelled = new Float64Array(this.#size);
    this.#seenShare = new Float64Array(this.#size);
    this.#nextShare = new Float64Array(this.#size);
    this.#curve = curve;
    this.useCurve(curve);
  }

  useCurve(curve: Float64Array): void {
    this.#curve = curve;
    for (let age = 0; age < this.#size; age++) {
      // Placed within its second, on the average half of it ago.
      this.#seenShare[age] = between(curve, age + 0.5);
      this.#nextShare[age] = between(curve, age + 1) - between(curve, age);
    }
  }

  recordPlaced(atMs: number, calls: number): void {
    this.advance(atMs);
    this.#add(this.#placed, atMs, calls);
  }

  /** A call placed at `placedAtMs` was answered at `atMs`. */
  recordAnswer(placedAtMs: number, atMs: number): void {
    this.advance(atMs);
    if (!this.#add(this.#answered, placedAtMs, 1)) return;
    const slot = this.#second % JUMP_WINDOW;
    this.#seenBySecond[slot] = (this.#seenBySecond[slot] ?? 0) + 1;
  }

  /** From now on it can no longer be answered: it counts for what it had the chance to bring. */
  recordCancel(placedAtMs: number, atMs: number): void {
    this.advance(atMs);
    if (!this.#add(this.#placed, placedAtMs, -1)) return;
    this.#add(this.#cancelled, placedAtMs, between(this.#curve, (atMs - placedAtMs) / SECOND_MS));
  }

  /** Lets time pass: cohorts that have rung out join the memory, and what was expected of this second is noted. */
  advance(atMs: number): void {
    const second = Math.floor(atMs / SECOND_MS);
    if (this.#second < 0) this.#second = second;
    if (second < this.#second - this.#size) this.#beginAgain(second);
    if (second > this.#second + this.#size) this.#cutShort();
    // After a long silence nothing in the ring counts any more, and there is no need to walk through it twice.
    if (second - this.#second > 4 * this.#size + JUMP_WINDOW) this.#second = second - 4 * this.#size - JUMP_WINDOW;
    while (this.#second < second) this.#nextSecond();
  }

  /** The clock was set back: what is in the rings has no age any more. A step of a few seconds is waited for instead. */
  #beginAgain(second: number): void {
    for (const ring of [this.#placed, this.#answered, this.#cancelled]) ring.fill(0);
    this.#expectedBySecond.fill(0);
    this.#seenBySecond.fill(0);
    this.#second = second;
    this.#since = Math.min(this.#since, second);
  }

  /**
   * Nothing was heard for longer than any call rings, or the clock was set forward: answers still to come would not find
   * their cohort. Each counts for what it had the chance to bring, or the rate would fall by what nobody could have seen.
   */
  #cutShort(): void {
    for (let age = 0; age < this.#size; age++) {
      const slot = (this.#second - age + this.#size * 8) % this.#size;
      this.#cancelled[slot] = (this.#cancelled[slot] ?? 0) + (this.#placed[slot] ?? 0) * (this.#seenShare[age] ?? 0);
      this.#placed[slot] = 0;
    }
  }

  #nextSecond(): void {
    let expected = 0;
    for (let age = 0; age < this.#size; age++) {
      const slot = (this.#second - age + this.#size * 8) % this.#size;
      const placed = this.#placed[slot] ?? 0;
      if (placed > 0) expected += placed * (this.#nextShare[age] ?? 0);
    }
    this.#expectedBySecond[this.#second % JUMP_WINDOW] = expected * this.rate();
    this.#second += 1;
    this.#seenBySecond[this.#second % JUMP_WINDOW] = 0;
    this.#expectedBySecond[this.#second % JUMP_WINDOW] = 0;
    const slot = this.#second % this.#size;
    const placed = this.#placed[slot] ?? 0;
    const answered = this.#answered[slot] ?? 0;
    const cancelled = this.#cancelled[slot] ?? 0;
    this.#placed[slot] = 0;
    this.#answered[slot] = 0;
    this.#cancelled[slot] = 0;
    this.#placedPerSecond += (placed - this.#placedPerSecond) / SLOW.seconds;
    for (const { attempts, seconds, seen, guess } of [this.#slow, this.#fast]) {
      const kept = Math.exp(-(placed + cancelled) / Math.max(attempts, this.#placedPerSecond * seconds));
      seen.answers = seen.answers * kept + answered;
      seen.exposure = seen.exposure * kept + placed + cancelled;
      guess.answers *= kept;
      guess.exposure *= kept;
    }
  }

  /** Live answers per attempt, between 0 and 1. */
  rate(): number {
    let answers = 0;
    let exposure = 0;
    for (let age = 0; age < this.#size; age++) {
      const slot = (this.#second - age + this.#size * 8) % this.#size;
      const placed = this.#placed[slot] ?? 0;
      const cancelled = this.#cancelled[slot] ?? 0;
      if (placed === 0 && cancelled === 0) continue;
      answers += this.#answered[slot] ?? 0;
      exposure += placed * (this.#seenShare[age] ?? 0) + cancelled;
    }
    const slow = (answersIn(this.#slow) + answers) / (exposureIn(this.#slow) + exposure);
    const seen = exposureIn(this.#fast) + exposure;
    const fast = (answersIn(this.#fast) + answers) / seen;
    const error = Math.sqrt((fast * Math.max(0, 1 - fast)) / seen);
    return Math.min(ANSWER_RATE_MAX, Math.max(ANSWER_RATE_MIN, slow, fast - error));
  }

  /** Far more answers in the last half minute than calls placed could be expected to bring. */
  hasJumped(): boolean {
    let expected = 0;
    let seen = 0;
    for (let slot = 0; slot < JUMP_WINDOW; slot++) {
      expected += this.#expectedBySecond[slot] ?? 0;
      seen += this.#seenBySecond[slot] ?? 0;
    }
    return seen - expected > JUMP_SIGMAS * Math.sqrt(expected) + JUMP_ANSWERS_MIN;
  }

  /** A new list: what the last retries of the old one brought says little about it. */
  forget(): void {
    for (const ring of [this.#placed, this.#answered, this.#cancelled]) ring.fill(0);
    this.#since = this.#second + 1;
    for (const each of [this.#slow, this.#fast]) {
      const exposure = Math.min(exposureIn(each), PRIOR_ATTEMPTS);
      const rate = Math.max(answersIn(each) / exposureIn(each), PRIOR_RATE);
      Object.assign(each.seen, { answers: 0, exposure: 0 });
      Object.assign(each.guess, { answers: rate * exposure, exposure });
    }
  }

  snapshot(): AnswerRateSnapshot {
    return { ...this.#slow.seen, guess: { ...this.#slow.guess } };
  }

  /**
   * Takes `share` of what was learned before, 1 after a restart: then what had become of the first guess is taken as well,
   * or each restart would make it anew. Less than 1 is another day, whose answer rate is no more than a first guess: it
   * weighs a hundred attempts at most, and the quick memory, which is there to see that things have changed, hears
   * nothing of it.
   */
  learnFrom({ answers, exposure, guess }: AnswerRateSnapshot, share: number): void {
    const weight = share < 1 ? Math.min(share, OTHER_DAY_ATTEMPTS / Math.max(1, exposure)) : share;
    for (const each of share < 1 ? [this.#slow] : [this.#slow, this.#fast]) {
      each.seen.answers += weight * answers;
      each.seen.exposure += weight * exposure;
      // Never more of it than there is by now, and never nothing at all beside no evidence.
      if (share >= 1 && exposure + guess.exposure >= 1 && guess.exposure <= each.guess.exposure) {
        each.guess.answers = guess.answers;
        each.guess.exposure = guess.exposure;
      }
    }
  }

  /** False if the call's cohort is not looked at any more. */
  #add(ring: Float64Array, placedAtMs: number, amount: number): boolean {
    const second = Math.floor(placedAtMs / SECOND_MS);
    // An event later than any deadline: its cohort has gone, and one answer more or less does not matter.
    if (second > this.#second || second < this.#since || this.#second - second >= this.#size) return false;
    const slot = second % this.#size;
    ring[slot] = (ring[slot] ?? 0) + amount;
    return true;
  }
}

const answersIn = ({ seen, guess }: Memory): number => seen.answers + guess.answers;
const exposureIn = ({ seen, guess }: Memory): number => seen.exposure + guess.exposure;
