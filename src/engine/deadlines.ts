/**
 * Many deadlines, one timer: armed for the earliest. A binary heap with lazy removal, because most deadlines
 * are replaced long before they come.
 */
import type { Instant } from "../domain/instant.ts";
import type { Clock } from "./ports.ts";

interface Entry {
  readonly key: string;
  readonly at: Instant;
}

export class Deadlines {
  readonly #clock: Clock;
  /** Runs when at least one deadline may have come; asks {@link takeDue} for them. */
  readonly #onDue: () => void;
  readonly #byKey = new Map<string, Instant>();
  #heap: Entry[] = [];
  #armedFor: Instant | null = null;
  #disarm: () => void = () => undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Sets or replaces the deadline of this key. */
  set(key: string, at: Instant): void {
    if (this.#byKey.get(key) === at) return;
    this.#byKey.set(key, at);
    this.#push({ key, at });
    if (this.#armedFor === null || at < this.#armedFor) this.#arm();
  }

  clear(key: string): void {
    this.#byKey.delete(key);
  }

  /** Removes and returns the keys whose time has come, earliest first. */
  takeDue(now: Instant): { readonly key: string; readonly at: Instant }[] {
    const due: Entry[] = [];
    for (let top = this.#top(); top !== undefined && top.at <= now; top = this.#top()) {
      this.#pop();
      this.#byKey.delete(top.key);
      due.push(top);
    }
    this.#armedFor = null;
    this.#arm();
    return due;
  }

  stop(): void {
    this.#disarm();
    this.#armedFor = null;
    this.#byKey.clear();
    this.#heap = [];
  }

  #arm(): void {
    this.#disarm();
    const top = this.#top();
    if (top === undefined) {
      this.#armedFor = null;
      return;
    }
    this.#armedFor = top.at;
    this.#disarm = this.#clock.wakeAt(top.at, this.#onDue);
  }

  /** The earliest entry that is still meant; stale ones are thrown away on the way. */
  #top(): Entry | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || this.#byKey.get(top.key) === top.at) return top;
      this.#pop();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const leftEntry = heap[left];
      if (leftEntry === undefined) break;
      const rightEntry = heap[right];
      const [child, entry] =
        rightEntry !== undefined && rightEntry.at < leftEntry.at ? [right, rightEntry] : [left, leftEntry];
      if (last.at <= entry.at) break;
      heap[parent] = entry;
      parent = child;
    }
    heap[parent] = last;
  }
}
