/**
 * The clock of one pretend process. Everything in it waits on this clock, so killing it leaves every promise as it
 * stands, for ever, the way a killed process does: requests on their way arrive, and nobody waits for the answer.
 */
import { after, type Instant } from "../domain/instant.ts";
import type { SleepingClock } from "./virtual-clock.ts";

export class ProcessClock implements SleepingClock {
  readonly #clock: SleepingClock;
  #isAlive = true;

  constructor(clock: SleepingClock) {
    this.#clock = clock;
  }

  now(): Instant {
    return this.#clock.now();
  }

  steadyMs(): number {
    return this.#clock.steadyMs();
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    return this.#clock.wakeAt(at, () => {
      if (this.#isAlive) wake();
    });
  }

  async sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.wakeAt(after(this.now(), durationMs), resolve);
    });
  }

  kill(): void {
    this.#isAlive = false;
  }
}
