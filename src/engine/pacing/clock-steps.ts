/**
 * How far the clock on the wall was set forward while something lasted. One rule to remember: instants are of a clock
 * that somebody may set, and nobody has waited for longer because of that.
 */
import { isBefore, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";

/** Two clocks read one after the other differ by less; what is slewed adds up to a step of this size. */
const STEP_MIN_MS = 20;
/** A clock that is slewed as fast as it may be makes a step every forty seconds: enough for an hour. */
const KEPT_MAX = 100;

interface Seen {
  readonly at: Instant;
  /** The clock on the wall, less the steady one. */
  readonly aheadMs: number;
}

export class ClockSteps {
  /** In order; the first holds for all that was before. */
  readonly #seen: Seen[] = [];

  /** To be told both clocks again and again; a step counts as made when it is first seen. */
  look(at: Instant, steadyMs: number): void {
    const aheadMs = at - steadyMs;
    const last = this.#seen.at(-1);
    if (last !== undefined && Math.abs(aheadMs - last.aheadMs) < STEP_MIN_MS) return;
    this.#seen.push({ at, aheadMs });
    if (this.#seen.length > KEPT_MAX) this.#seen.shift();
  }

  /** @returns time that has passed since then: by the clock on the wall, and no more than by the steady one */
  msSince(since: Instant, at: Instant): number {
    const passed = msBetween(since, at);
    const now = this.#seen.at(-1);
    // Of a moment that came twice, because the clock was set back in between, the later: less is believed.
    const then = this.#seen.findLast((each) => !isBefore(since, each.at)) ?? this.#seen[0];
    if (now === undefined || then === undefined) return passed;
    return Math.min(passed, passed - (now.aheadMs - then.aheadMs));
  }
}
