/**
 * The clock of one pretend process. Everything in it waits on this clock, so killing it leaves every promise as it
 * stands, for ever, the way a killed process does: requests on their way arrive, and nobody waits for the answer. A
 * process that is given too little of the machine wakes up late, and can tell how late.
 */
import { after, type Instant, instant, isBefore, latest, msBetween } from "../domain/instant.ts";
import type { Load } from "../engine/ports.ts";
import type { SleepingClock } from "./virtual-clock.ts";

/** Everything in the process comes so much later. */
export interface Sluggishness {
  readonly from: Instant;
  readonly to: Instant;
  readonly delayMs: number;
}

/** Lateness is told for so long. */
const TOLD_MS = 1_000;

export class ProcessClock implements SleepingClock, Load {
  readonly #clock: SleepingClock;
  readonly #sluggish: readonly Sluggishness[];
  #isAlive = true;
  /** What comes to a process waits in line: nothing overtakes what came before it. */
  #behindUntil: Instant = instant(0);
  #late: { readonly at: Instant; readonly delayMs: number } | null = null;

  constructor(clock: SleepingClock, sluggish: readonly Sluggishness[] = []) {
    this.#clock = clock;
    this.#sluggish = sluggish;
  }

  now(): Instant {
    return this.#clock.now();
  }

  steadyMs(): number {
    return this.#clock.steadyMs();
  }

  delayMs(): number {
    const late = this.#late;
    return late === null || msBetween(late.at, this.now()) > TOLD_MS ? 0 : late.delayMs;
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    let cancelLate = (): void => undefined;
    const awake = (): void => {
      if (this.#isAlive) wake();
    };
    const cancel = this.#clock.wakeAt(at, () => {
      const now = this.#clock.now();
      const dueAt = latest(after(now, this.#delayAt(now)), this.#behindUntil);
      if (!isBefore(now, dueAt)) {
        awake();
        return;
      }
      this.#behindUntil = dueAt;
      cancelLate = this.#clock.wakeAt(dueAt, () => {
        this.#late = { at: dueAt, delayMs: msBetween(now, dueAt) };
        awake();
      });
    });
    return () => {
      cancel();
      cancelLate();
    };
  }

  async sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.wakeAt(after(this.now(), durationMs), resolve);
    });
  }

  #delayAt(at: Instant): number {
    return this.#sluggish.find(({ from, to }) => !isBefore(at, from) && isBefore(at, to))?.delayMs ?? 0;
  }

  kill(): void {
    this.#isAlive = false;
  }
}
