/**
 * Time that passes only when it is told to. One rule to remember: between two wake-ups everything that can happen
 * without time passing has happened, so that a run depends on its seed and on nothing else.
 */
import { after, type Instant, instant, isBefore } from "../domain/instant.ts";
import type { Clock } from "../engine/ports.ts";

/** Nothing was set going that could go on without time passing: nothing is waited for. */
export const IDLE = Symbol("idle");

interface Alarm {
  readonly at: Instant;
  /** Alarms for the same instant ring in the order they were set. */
  readonly order: number;
  readonly wake: () => unknown;
  cancelled: boolean;
}

/** Monday 2 November 2026, 09:00 UTC: inside everybody's calling hours, and no clock changes near. */
export const MONDAY_MORNING = instant(Date.UTC(2026, 10, 2, 9));

/** Wake-ups between two real turns of the event loop. */
const TURN_EVERY = 1_000;

/** A clock for the pretend world's own waiting. */
export interface SleepingClock extends Clock {
  /** Resolves when `durationMs` have passed. */
  sleep(durationMs: number): Promise<void>;
}

export class VirtualClock implements SleepingClock {
  #now: Instant;
  #alarmsSet = 0;
  /** A binary heap, earliest first: shifts of many hours set a great many alarms. */
  readonly #heap: Alarm[] = [];

  constructor(startAt: Instant = MONDAY_MORNING) {
    this.#now = startAt;
  }

  now(): Instant {
    return this.#now;
  }

  /** Nobody sets this clock. */
  steadyMs(): number {
    return this.#now;
  }

  /** @param wake may answer {@link IDLE} */
  wakeAt(at: Instant, wake: () => unknown): () => void {
    // Whole milliseconds, as a real clock tells them: somebody may divide a duration by three.
    const alarm: Alarm = { at: instant(Math.ceil(at)), order: this.#alarmsSet++, wake, cancelled: false };
    this.#push(alarm);
    return () => {
      alarm.cancelled = true;
    };
  }

  async sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.wakeAt(after(this.#now, durationMs), resolve);
    });
  }

  async advance(durationMs: number): Promise<void> {
    await this.advanceTo(after(this.#now, durationMs));
  }

  async advanceTo(end: Instant): Promise<void> {
    await this.runUntil(() => false, end);
  }

  /** Lets time pass until `done` says so or `end` is reached; true when `done` did. */
  async runUntil(done: () => boolean, end: Instant): Promise<boolean> {
    await turned();
    for (let wakes = 1; !done(); wakes += 1) {
      const alarm = this.#pop();
      if (alarm === null || isBefore(end, alarm.at)) {
        if (alarm !== null) this.#push(alarm);
        if (isBefore(this.#now, end)) this.#now = end;
        return false;
      }
      // An alarm set for the past rings now: time never runs backwards.
      if (isBefore(this.#now, alarm.at)) this.#now = alarm.at;
      const isIdle = alarm.wake() === IDLE && wakes % TURN_EVERY !== 0;
      if (isIdle) continue;
      // Made here and not in a function of its own, which would cost two promises more at each of a million wake-ups.
      await (wakes % TURN_EVERY === 0 ? turned() : new Promise<void>(onNextTick));
    }
    return true;
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(alarm);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !ringsBefore(alarm, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = alarm;
  }

  #pop(): Alarm | null {
    for (;;) {
      const first = this.#takeFirst();
      if (first === null || !first.cancelled) return first;
    }
  }

  #takeFirst(): Alarm | null {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let smallest = heap[child];
      const right = heap[child + 1];
      if (smallest !== undefined && right !== undefined && ringsBefore(right, smallest)) {
        child += 1;
        smallest = right;
      }
      if (smallest === undefined || !ringsBefore(smallest, last)) break;
      heap[index] = smallest;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const ringsBefore = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * When every promise that can go on has gone on. A turn of the event loop comes after all microtasks, and so does Node's
 * queue of next ticks when it is joined from a microtask, for a quarter of the price: neither counts promises. The real
 * turn comes first, because nobody knows who called, and now and then, so that the world outside is not starved.
 */
const turned = async (): Promise<void> =>
  new Promise((resolve) => {
    // eslint-disable-next-line no-restricted-globals -- The one place where a real turn of the event loop is wanted.
    setImmediate(resolve);
  });

const onNextTick = (resolve: () => void): void => {
  // eslint-disable-next-line no-restricted-globals -- As above.
  process.nextTick(resolve);
};
