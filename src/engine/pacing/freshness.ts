/**
 * Whether what the engine believes is of now. One rule to remember: after a stall (a stopped process, a long pause of the
 * machine, a clock that jumped) what happened meanwhile may still wait in the sockets, so nothing is forecast for a moment.
 */
import { after, isBefore, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";

/** Later than the tick that should have come by so much: events older than two seconds are no ground for overdialling. */
const LATE_MS = 2_000;
/** How long it takes to read what has piled up; the sockets are emptied in a fraction of that. */
const CATCH_UP_MS = 1_000;

export class Freshness {
  readonly #tickMs: number;
  #lookedAt: Instant | null = null;
  #staleUntil: Instant | null = null;

  /** @param tickMs how often somebody looks at the least */
  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** To be told each time that placing is thought about, whatever comes of it. */
  look(now: Instant): void {
    const sinceMs = this.#lookedAt === null ? 0 : msBetween(this.#lookedAt, now);
    this.#lookedAt = now;
    if (sinceMs < 0 || sinceMs > this.#tickMs + LATE_MS) this.#staleUntil = after(now, CATCH_UP_MS);
    else if (this.#staleUntil !== null && !isBefore(now, this.#staleUntil)) this.#staleUntil = null;
  }

  get isStale(): boolean {
    return this.#staleUntil !== null;
  }
}
