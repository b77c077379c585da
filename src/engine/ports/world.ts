/** What the engine needs of the rest of the world: time, dice, how the process does, and somewhere to write things down. */
import type { AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Facts } from "./facts.ts";

export interface Clock {
  /** By the clock on the wall, which may be set. */
  now(): Instant;
  /** Milliseconds since some moment, by a clock that nobody sets and that never runs backwards. */
  steadyMs(): number;
  /** Runs `wake` at `at` or soon after; a spurious or late wake-up is harmless. Returns how to cancel it. */
  wakeAt(at: Instant, wake: () => void): () => void;
}

export interface Random {
  /** In [0, 1). */
  next(): number;
  attemptId(at: Instant): AttemptId;
}

/** How this process does: how much later than it should be its loop came round at the worst, in the last second or so; in ms. */
export interface Load {
  delayMs(): number;
}

/** The message is a constant sentence, facts go in fields. Phone numbers are masked before they get here. */
export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** Append-only account of events and decisions; must not throw and must not block. */
export interface Journal {
  append(entry: JournalEntry): void;
}

export type JournalEntry = { readonly at: Instant; readonly kind: string } & Facts;
