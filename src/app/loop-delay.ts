/** The port `Load` for real: how late the event loop came round. One rule to remember: the worst counts, not the mean. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Load } from "../engine/ports.ts";

/** How often a timer of the loop's own is due, in ms; it is what lateness is measured by. */
const RESOLUTION_MS = 10;
/** What was seen is told for one to two of these. */
const WINDOW_MS = 500;
const NANOSECONDS = 1e6;

export class LoopDelay implements Load {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #before = 0;
  #resetAt = performance.now();

  constructor() {
    this.#histogram.enable();
  }

  delayMs(): number {
    // Its intervals include the wait that was meant. An empty histogram says 0.
    const now = Math.max(0, this.#histogram.max / NANOSECONDS - RESOLUTION_MS);
    const worst = Math.max(now, this.#before);
    const at = performance.now();
    if (at - this.#resetAt >= WINDOW_MS) {
      this.#before = now;
      this.#resetAt = at;
      this.#histogram.reset();
    }
    return worst;
  }

  stop(): void {
    this.#histogram.disable();
  }
}
