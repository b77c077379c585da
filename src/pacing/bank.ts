/**
 * The bank of abandons: what the target has earned so far in a window, less what was spent. Pure functions over the
 * whole counts of an abandon account; shares are in basis points (300 is 3 %).
 *
 * The rule to remember: the bank is steered (softly, `theta` and `powerRatio`), the law is obeyed (`isGated`,
 * `isStopped`, and `overdialAllowed` where a campaign wants to be strict).
 */

/** One window of one campaign, all nodes together. */
export interface AbandonCounts {
  /** Answered by a person, the abandoned ones included. */
  readonly liveAnswers: number;
  readonly abandoned: number;
}

/** A legal window: a calendar day, thirty days. Where several apply, the tighter one is obeyed. */
export interface AbandonWindow extends AbandonCounts {
  /** What the campaign aims at, at most the legal limit. */
  readonly targetBasisPoints: number;
  readonly limitBasisPoints: number;
  readonly msUntilEnd: number;
  /** Live answers expected until then. Absent: not known, none are counted on. */
  readonly answersLeft?: number;
}

const WHOLE = 10_000;
/** Aim a tenth of a percentage point below the target, so that noise at the end of a window stays within it. */
const MARGIN_BASIS_POINTS = 10;
/** Reaction per abandon banked. Measured: 0.1 to 0.2 serve alike, 0.4 costs utilisation. */
export const BANK_GAIN = 0.15;
/** Abandons kept in hand. They buy that hardly a day of a small team ends above its target. */
export const BANK_RESERVE = 3;
/**
 * Towards the end of the window there is less and less left that could go wrong: the reserve shrinks with the root of
 * the abandons that the rest of the window may still bring, to an eighth of the root of the whole window's, and what is
 * over or owed is made up for faster. A day of five agents then ends at 2.8 % instead of 2.5 %.
 */
const RESERVE_PER_ROOT = 0.7;
const END_RESERVE_PER_ROOT = 0.12;
const GAIN_MAX = 1;
const GAIN_TIMES_BUDGET = 0.7;

/** Share of the gain that the slow drift of θ takes, and how far the drift may go either way, in ln θ. */
const DRIFT_SHARE = 0.5;
export const DRIFT_MAX = 2;
const DRIFT_SURPLUS_MAX = 10;
const THETA_MIN = 0.002;
/**
 * Twice the usual θ. A bank filled by hours of dialling one to one is no reason to lose a third of the people for an
 * hour, which is what 0.5 came to; on days without such a bank the cap costs a team of five 0.1 to 0.3 points.
 */
const THETA_MAX = 0.05;
/** Boldness that any surplus may lend; what goes beyond it is spread over the answers that are still to come. */
const BOLDNESS_OF_SURPLUS = 1.5;

const MINUTE_MS = 60_000;
const GATE_SURPLUS = 5;
const GATE_SHARE = 0.1;
const GATE_LAST_MS = 5 * MINUTE_MS;
const STOP_LIVE_ANSWERS_MIN = 100;
const STOP_LAST_MS = 15 * MINUTE_MS;

/** No campaign gets more lines per agent than this, whatever its forecast or its bank says. */
export const LINES_PER_AGENT_MAX = 15;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The share that the controller steers to, between 0 and 1. A target of 10 basis points or less leaves nothing to spend. */
export const aimOf = (targetBasisPoints: number): number =>
  Math.max(0, targetBasisPoints - MARGIN_BASIS_POINTS) / WHOLE;

/** Abandons in hand (may be negative, and a fraction): earned by live answers, less those that happened. */
export const surplus = ({ liveAnswers, abandoned }: AbandonCounts, targetBasisPoints: number): number =>
  aimOf(targetBasisPoints) * liveAnswers - abandoned;

/** The window in which least is in hand, or null if there is none. */
export function tightest(windows: readonly AbandonWindow[]): AbandonWindow | null {
  let tight: AbandonWindow | null = null;
  for (const each of windows) {
    if (tight === null || inHand(each) < inHand(tight)) tight = each;
  }
  return tight;
}

const inHand = (window: AbandonWindow): number => surplus(window, window.targetBasisPoints);

/** Abandons that the target allows for the whole window, and for what is left of it. */
export interface Budget {
  readonly whole: number;
  readonly left: number;
}

/** As if the window never ended: the reserve and the gain stay what they are. */
const ENDLESS: Budget = { whole: Infinity, left: Infinity };

export const budgetOf = (window: AbandonWindow): Budget => {
  if (window.answersLeft === undefined) return ENDLESS;
  const left = aimOf(window.targetBasisPoints) * window.answersLeft;
  return { whole: aimOf(window.targetBasisPoints) * window.liveAnswers + left, left };
};

/**
 * How far the bank is from its reserve, as a factor on how boldly to dial: 1 at the reserve, above it with more in hand.
 * A surplus as large as all that the rest of the window would earn doubles what may be spent in it, and no more.
 */
function boldness(surplusNow: number, { whole, left }: Budget): number {
  const end = Math.min(BANK_RESERVE, END_RESERVE_PER_ROOT * Math.sqrt(whole));
  const reserve = Math.min(BANK_RESERVE, end + RESERVE_PER_ROOT * Math.sqrt(left));
  const gain = clamp(GAIN_TIMES_BUDGET / (left + 0.1), BANK_GAIN, GAIN_MAX);
  const over = surplusNow - reserve;
  return Math.min(Math.exp(gain * over), BOLDNESS_OF_SURPLUS + Math.max(0, over) / (left + 0.1));
}

/**
 * θ: the greatest probability, between 0 and 1, that the next call, if answered, finds nobody in time.
 * `base` is the slowly drifting θ at which the bank stands at its reserve.
 */
export const theta = (base: number, surplusNow: number, budget: Budget = ENDLESS): number =>
  clamp(base * boldness(surplusNow, budget), THETA_MIN, THETA_MAX);

/**
 * The drift of ln(θ base) after one more live answer; start at 0, keep it across restarts, and use
 * base = start · exp(drift). It takes away what a wrong model would cost in the long run, and is bounded. A large
 * surplus comes from dialling without a forecast and tells nothing about the model: it moves the drift up to 0 at most.
 */
export const driftAfterAnswer = (drift: number, surplusNow: number, targetBasisPoints: number): number => {
  if (surplusNow > DRIFT_SURPLUS_MAX && drift >= 0) return Math.min(drift, DRIFT_MAX);
  const error = clamp(surplusNow - BANK_RESERVE, -DRIFT_SURPLUS_MAX, DRIFT_SURPLUS_MAX);
  const step = DRIFT_SHARE * aimOf(targetBasisPoints) * BANK_GAIN * BANK_GAIN * error;
  const most = surplusNow > DRIFT_SURPLUS_MAX ? 0 : DRIFT_MAX;
  return clamp(drift + step, -DRIFT_MAX, most);
};

/**
 * Lines per usable agent for a campaign that asked for `ratio`: half as many again at most with abandons in hand (a full
 * bank brought fifteen, and 60 % abandons), 1 while they are owed.
 */
export const powerRatio = (ratio: number, counts: AbandonCounts, targetBasisPoints: number): number => {
  const surplusNow = surplus(counts, targetBasisPoints);
  return surplusNow < 0 ? 1 : clamp(ratio * boldness(surplusNow, ENDLESS), 1, LINES_PER_AGENT_MAX);
};

/**
 * Soft gate: no overdial while deep in debt, or in any debt shortly before the window ends. A small debt earlier on is
 * left to θ: a gate at every debt was measured to cost more and to keep fewer days within the target.
 * What is deep goes by the budget of the whole window, as far as it is foreseen: a team of fifty can lose six people in
 * one bad minute of the first hour, and one to one would then cost it more than it saves.
 */
export function isGated(window: AbandonWindow): boolean {
  const surplusNow = inHand(window);
  const budget = aimOf(window.targetBasisPoints) * (window.liveAnswers + (window.answersLeft ?? 0));
  const deep = surplusNow < -Math.max(GATE_SURPLUS, GATE_SHARE * budget);
  return deep || (surplusNow < 0 && window.msUntilEnd <= GATE_LAST_MS);
}

/**
 * Hard stop: near the end of the window one abandon more would break the legal limit. From here on each call has an
 * agent of its own, and none may be dialled without one.
 */
export const isStopped = ({ liveAnswers, abandoned, limitBasisPoints, msUntilEnd }: AbandonWindow): boolean =>
  liveAnswers >= STOP_LIVE_ANSWERS_MIN &&
  msUntilEnd < STOP_LAST_MS &&
  (abandoned + 1) * WHOLE > limitBasisPoints * (liveAnswers + 1);

export interface StrictAccount {
  /** Live answers that we ended without connecting them in time. */
  readonly abandoned: number;
  /** Live answers passed to an agent. */
  readonly connected: number;
  readonly limitBasisPoints: number;
}

/**
 * Whole abandons in credit: so many more may happen, with no connect in between, and the rate
 * abandoned / (abandoned + connected) is still within the limit. Negative when it is not within it now.
 */
export function abandonCredit({ abandoned, connected, limitBasisPoints }: StrictAccount): number {
  requireCount("abandoned", abandoned);
  requireCount("connected", connected);
  requireCount("limitBasisPoints", limitBasisPoints);
  if (limitBasisPoints >= WHOLE) return Number.MAX_SAFE_INTEGER;
  const earned = limitBasisPoints * connected;
  const priceOfOne = WHOLE - limitBasisPoints;
  // Whole numbers all the way: a quotient rounded up by a hair would be an abandon too many.
  return (earned - (earned % priceOfOne)) / priceOfOne - abandoned;
}

/**
 * The strict gate: how many further calls may be placed without an agent of their own, each taken as an abandon to
 * come. `overdialInFlight` counts those on their way. Strict at 3 % means 33 connects before the first one.
 */
export function overdialAllowed(account: StrictAccount & { readonly overdialInFlight: number }): number {
  requireCount("overdialInFlight", account.overdialInFlight);
  return Math.max(0, abandonCredit(account) - account.overdialInFlight);
}

/** A count that is none comes from a broken account, and a broken account must not dial. */
function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is not a count: ${value}`);
}
