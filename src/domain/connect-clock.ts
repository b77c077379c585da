/**
 * The three clocks by which regimes measure how long a person may be kept waiting, as one type.
 *
 * The rule to remember: a clock that has not started is no licence. A person who says nothing hears nothing either, so
 * `noSpeechGraceMs` after the answer every clock runs, and a greeting longer than `greetingMaxMs` counts as ended.
 */
import { after, earliest, isBefore } from "./instant.ts";
import type { Instant } from "./instant.ts";
import type { Stamp } from "./stamp.ts";

export const CLOCK_STARTS = ["answer", "speechStart", "greetingEnd"] as const;
export type ClockStart = (typeof CLOCK_STARTS)[number];

/** All in milliseconds. */
export interface ConnectClock {
  readonly start: ClockStart;
  /** From the clock's start to an agent joined, or the information message begun. */
  readonly limitMs: number;
  /** Taken off the limit when the deadline is set, for what the way to the ear costs. */
  readonly safetyMarginMs: number;
  /** From the answer to where the clock starts at the latest when nothing is said. */
  readonly noSpeechGraceMs: number;
  /** Longest greeting that is waited for. */
  readonly greetingMaxMs: number;
}

/** What was heard of the person so far. */
export interface ClockFacts {
  readonly answeredAt: Stamp | null;
  readonly speechStartedAt: Stamp | null;
  readonly greetingEndedAt: Stamp | null;
}

/** When the clock starts, by what is known now; null before the answer. Later facts may move it. */
export function clockStartsAt(facts: ClockFacts, clock: ConnectClock): Instant | null {
  const answeredAt = facts.answeredAt?.at;
  if (answeredAt === undefined) return null;
  if (clock.start === "answer") return answeredAt;
  const speechAt = facts.speechStartedAt?.at;
  const graceEnds = after(answeredAt, clock.noSpeechGraceMs);
  // The grace is what is allowed without a word: whoever speaks only after it has been waiting since it ended.
  if (speechAt === undefined || isBefore(graceEnds, speechAt)) return graceEnds;
  if (clock.start === "speechStart") return speechAt;
  const greetingOver = after(speechAt, clock.greetingMaxMs);
  return facts.greetingEndedAt === null ? greetingOver : earliest(facts.greetingEndedAt.at, greetingOver);
}

/** By when we mean to have acted; null before the answer. */
export function connectDeadline(facts: ClockFacts, clock: ConnectClock): Instant | null {
  const startsAt = clockStartsAt(facts, clock);
  return startsAt === null ? null : after(startsAt, Math.max(0, clock.limitMs - clock.safetyMarginMs));
}

/** Whether what happened at `at` was still in time for the person. */
export function isInTime(facts: ClockFacts, clock: ConnectClock, at: Instant): boolean {
  const startsAt = clockStartsAt(facts, clock);
  return startsAt !== null && !isBefore(after(startsAt, clock.limitMs), at);
}
