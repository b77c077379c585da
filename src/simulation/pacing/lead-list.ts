/**
 * The list of a pretend day: each lead is dialled once, and those who were busy or did not answer again later the same
 * day, when no fresh lead is left before them. Whoever answered, was abandoned or was cancelled is done for the day.
 */
export interface ListSettings {
  /** Leads that are ready when the day begins. */
  readonly leads: number;
  readonly busyAfterMs: number;
  readonly noAnswerAfterMs: number;
  /** Most attempts for one lead in the day. */
  readonly attemptsMax: number;
}

/** A list without end is as long as this to a policy. */
export const ENDLESS_LEADS = 1_000_000;

/** Leads that rest, and from when on each is ready; they come back in the order in which they went. */
class Resting {
  readonly #dueMs: number[] = [];
  readonly #tries: number[] = [];
  /** Taken so far, and ready so far. */
  #taken = 0;
  #ready = 0;

  add(dueMs: number, tries: number): void {
    this.#dueMs.push(dueMs);
    this.#tries.push(tries);
  }

  ready(atMs: number): number {
    while ((this.#dueMs[this.#ready] ?? Infinity) <= atMs) this.#ready += 1;
    return this.#ready - this.#taken;
  }

  /** Infinity if none is ready; ask `ready` first. */
  get headDueMs(): number {
    return this.#taken < this.#ready ? (this.#dueMs[this.#taken] ?? Infinity) : Infinity;
  }

  take(): number {
    return this.#tries[this.#taken++] ?? 1;
  }
}

export class LeadList {
  readonly #settings: ListSettings | null;
  readonly #busy = new Resting();
  readonly #noAnswer = new Resting();
  /** Attempts that the lead of a call had before, where there were any. */
  readonly #triesBefore = new Map<number, number>();
  #fresh: number;

  /** Null for a list without end, from which nobody is dialled again. */
  constructor(settings: ListSettings | null) {
    this.#settings = settings;
    this.#fresh = settings?.leads ?? Infinity;
  }

  /** Never dialled in this day. */
  get fresh(): number {
    return this.#fresh;
  }

  ready(atMs: number): number {
    if (this.#settings === null) return ENDLESS_LEADS;
    return this.#fresh + this.#busy.ready(atMs) + this.#noAnswer.ready(atMs);
  }

  /** The next lead, for this call; there has to be one. Fresh ones go first, since they have been due for longest. */
  take(call: number): void {
    if (this.#fresh > 0) {
      this.#fresh -= 1;
      return;
    }
    const from = this.#busy.headDueMs <= this.#noAnswer.headDueMs ? this.#busy : this.#noAnswer;
    this.#triesBefore.set(call, from.take());
  }

  /** The call ended unanswered. */
  failed(call: number, isBusy: boolean, atMs: number): void {
    if (this.#settings === null) return;
    const tries = 1 + (this.#triesBefore.get(call) ?? 0);
    this.#triesBefore.delete(call);
    const { attemptsMax, busyAfterMs, noAnswerAfterMs } = this.#settings;
    if (tries >= attemptsMax) return;
    if (isBusy) this.#busy.add(atMs + busyAfterMs, tries);
    else this.#noAnswer.add(atMs + noAnswerAfterMs, tries);
  }
}
