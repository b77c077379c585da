/**
 * How far a trunk is trusted: all its lines, fewer of them after it has refused calls beyond what it carries, or none
 * while it refuses nearly everything; then one call is tried, and lines come back little by little.
 *
 * The rule to remember: only what a call says that was decided after the last change of state counts as an answer to it.
 */
import type { Instant } from "../domain/instant.ts";
import { after, isBefore, latest } from "../domain/instant.ts";

export interface BreakerLimits {
  /** So many refusals of late, and this share of all that was heard, in per cent: nothing more is placed there. */
  readonly refusalsMin: number;
  readonly refusedPercent: number;
  /** How long the first time; twice as long after each call that was tried in vain, up to the longest. In ms. */
  readonly openMs: number;
  readonly openMaxMs: number;
}

export const DEFAULT_BREAKER: BreakerLimits = {
  refusalsMin: 5,
  refusedPercent: 50,
  openMs: 15_000,
  openMaxMs: 300_000,
};

/** What a call has shown of its trunk. */
export interface TrunkWord {
  readonly isRefusal: boolean;
  /** When the call was decided, and when this was heard of it. */
  readonly decidedAt: Instant;
  readonly at: Instant;
}

/** Of the trunk now, the call that says so not among them. */
export interface TrunkUse {
  readonly linesInUse: number;
  /** Of these, calls that neither ring nor are answered, and were decided within `YOUNG_MS`: they may yet. */
  readonly young: number;
}

interface Common {
  /** Since when it is in this state: calls from before say nothing of it. */
  readonly since: Instant;
  /** How often it was closed to calls; remembered until all lines are trusted again. */
  readonly tries: number;
  /** Lines up to which each call that gets through wins another; beyond it takes time. */
  readonly knee: number;
}

export interface ClosedBreaker extends Common {
  readonly state: "closed";
  /** Lines it is trusted with; null for all it has. */
  readonly linesTrusted: number | null;
  /** The latest first. */
  readonly words: readonly TrunkWord[];
  readonly cutAt: Instant;
  readonly raisedAt: Instant;
  /** By how many lines it was raised last: twice as many the next time. */
  readonly raisedBy: number;
}

export type Breaker =
  | ClosedBreaker
  | (Common & { readonly state: "open"; readonly until: Instant; readonly refused: number; readonly heard: number })
  | (Common & { readonly state: "probing" });

/** A call that is to ring does so within a few seconds; a refusal comes sooner. */
export const YOUNG_MS = 4_000;
const WORDS_MAX = 20;
const WORD_AGE_MAX_MS = 60_000;
/** Fewer may be the called people's networks; more, and as one call in five, it is the trunk that is full. */
const CUT_REFUSALS_MIN = 3;
const CUT_SHARE = 0.2;
/** A full trunk is asked once in so long whether it carries one line more, then two, then four. */
const RAISE_EVERY_MS = 30_000;
const RAISE_SHARE_MAX = 0.1;
const FIRST_LINES = 2;
/** A limit that nobody ran into for so long is forgotten. */
const FORGOTTEN_MS = 300_000;
const LONG_AGO = 0 as Instant;

export const TRUSTED: Breaker = {
  state: "closed",
  since: LONG_AGO,
  tries: 0,
  knee: 0,
  linesTrusted: null,
  words: [],
  cutAt: LONG_AGO,
  raisedAt: LONG_AGO,
  raisedBy: 0,
};

export function heard(before: Breaker, word: TrunkWord, use: TrunkUse, limits: BreakerLimits): Breaker {
  if (isBefore(word.decidedAt, before.since)) return before;
  switch (before.state) {
    case "open":
      return before;
    case "probing":
      return word.isRefusal ? opened(before, word.at, { refused: 1, heard: 1 }, limits) : closedAgain(before, word.at);
    case "closed":
      return word.isRefusal ? refused(before, word, use, limits) : served(before, word);
  }
}

/** To be asked about once a second. @param linesMax of the trunk, by contract */
export function looked(before: Breaker, linesInUse: number, linesMax: number, at: Instant): Breaker {
  if (before.state === "open") {
    if (isBefore(at, before.until)) return before;
    return { state: "probing", since: at, tries: before.tries, knee: before.knee };
  }
  if (before.state === "probing" || before.linesTrusted === null) return before;
  const { linesTrusted, cutAt, raisedAt, raisedBy } = before;
  const changedAt = latest(cutAt, raisedAt);
  if (linesTrusted >= linesMax || !isBefore(at, after(changedAt, FORGOTTEN_MS))) {
    return { ...before, linesTrusted: null, tries: 0 };
  }
  if (linesInUse < linesTrusted || isBefore(at, after(changedAt, RAISE_EVERY_MS))) return before;
  const by = Math.max(1, Math.min(2 * raisedBy, Math.floor(linesMax * RAISE_SHARE_MAX)));
  return { ...before, linesTrusted: linesTrusted + by, raisedAt: at, raisedBy: by };
}

/**
 * Calls that may be placed now beyond those there are.
 * @param since of those in use, how many were decided since the trunk's state is what it is: a call that is being tried
 */
export function linesFree(
  breaker: Breaker,
  { linesInUse, since, linesMax }: { readonly linesInUse: number; readonly since: number; readonly linesMax: number },
): number {
  const free = Math.max(0, linesMax - linesInUse);
  switch (breaker.state) {
    case "open":
      return 0;
    case "probing":
      return since > 0 ? 0 : Math.min(1, free);
    case "closed":
      return breaker.linesTrusted === null ? free : Math.min(free, Math.max(0, breaker.linesTrusted - linesInUse));
  }
}

const withWord = ({ words }: ClosedBreaker, word: TrunkWord): readonly TrunkWord[] =>
  [word, ...words.filter(({ at }) => !isBefore(after(at, WORD_AGE_MAX_MS), word.at))].slice(0, WORDS_MAX);

const refusalsIn = (words: readonly TrunkWord[]): number => words.filter(({ isRefusal }) => isRefusal).length;

function served(before: ClosedBreaker, word: TrunkWord): Breaker {
  const { linesTrusted, knee } = before;
  const wins = linesTrusted !== null && linesTrusted < knee;
  return { ...before, words: withWord(before, word), linesTrusted: wins ? linesTrusted + 1 : linesTrusted };
}

function refused(
  before: ClosedBreaker,
  word: TrunkWord,
  { linesInUse, young }: TrunkUse,
  limits: BreakerLimits,
): Breaker {
  const words = withWord(before, word);
  const count = refusalsIn(words);
  if (count >= limits.refusalsMin && count * 100 >= limits.refusedPercent * (words.length + young)) {
    const knee = Math.max(1, Math.floor(linesInUse / 2));
    return opened({ ...before, knee }, word.at, { refused: count, heard: words.length }, limits);
  }
  const sinceCut = words.filter(({ decidedAt }) => !isBefore(decidedAt, before.cutAt));
  const ofLate = refusalsIn(sinceCut);
  // Beyond what it was known to carry one refusal says enough; below, it may be the called person's network.
  const isBeyond = before.linesTrusted !== null && before.raisedBy > 0 && linesInUse >= before.knee;
  const isFull = isBeyond ? ofLate > 0 : ofLate >= CUT_REFUSALS_MIN && ofLate >= CUT_SHARE * (sinceCut.length + young);
  if (!isFull) return { ...before, words };
  const linesTrusted = Math.max(1, Math.min(linesInUse, before.linesTrusted ?? Infinity));
  return { ...before, words, linesTrusted, knee: linesTrusted, cutAt: word.at, raisedBy: 0 };
}

function opened(
  before: Breaker,
  at: Instant,
  words: { readonly refused: number; readonly heard: number },
  { openMs, openMaxMs }: BreakerLimits,
): Breaker {
  const tries = before.tries + 1;
  const forMs = Math.min(openMaxMs, openMs * 2 ** Math.min(tries - 1, 20));
  return { state: "open", since: at, until: after(at, forMs), tries, knee: before.knee, ...words };
}

/** Somebody's phone rang: two calls at once, and from there on as it goes. */
const closedAgain = ({ tries, knee }: Breaker, at: Instant): Breaker => ({
  state: "closed",
  since: at,
  tries,
  knee,
  linesTrusted: FIRST_LINES,
  words: [],
  cutAt: at,
  raisedAt: at,
  raisedBy: 0,
});
