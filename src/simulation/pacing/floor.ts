/** Who is where on the pretend floor: agents by state, calls on their way, people who wait. Dense arrays, counted as they change. */
import type { DayBook } from "./day-book.ts";
import type { Floor } from "./policy.ts";

export const AVAILABLE = 0;
export const TALK = 1;
export const WRAP_UP = 2;
const GONE = 3;

/** Calls on their way are found by number modulo the slots, of which there are more as soon as two calls want the same. */
const CALL_SLOTS = 1 << 12;

export class AgentFloor {
  readonly #endMs: number;
  readonly #book: DayBook;
  readonly #state: Uint8Array;
  readonly #sinceMs: Float64Array;
  readonly #call: Int32Array;
  readonly #leaving: Uint8Array;
  /** Free agents, the longest idle first. */
  readonly #idle: number[] = [];
  #callNumber = new Int32Array(256);
  #callPlacedMs = new Float64Array(256);
  #callCount = 0;
  #callIndex = new Int32Array(CALL_SLOTS).fill(-1);
  readonly #waiting: { readonly call: number; readonly sinceMs: number }[] = [];
  readonly #talkAges: Float64Array;
  readonly #wrapUpAges: Float64Array;
  #ringAges = new Float64Array(256);
  #talking = 0;

  constructor(agents: number, endMs: number, book: DayBook) {
    this.#endMs = endMs;
    this.#book = book;
    this.#state = new Uint8Array(agents);
    this.#sinceMs = new Float64Array(agents);
    this.#call = new Int32Array(agents);
    this.#leaving = new Uint8Array(agents);
    this.#talkAges = new Float64Array(agents);
    this.#wrapUpAges = new Float64Array(agents);
    for (let agent = 0; agent < agents; agent++) this.#idle.push(agent);
  }

  /** Lines in use: on their way, waiting, with an agent. */
  get lines(): number {
    return this.#callCount + this.#waiting.length + this.#talking;
  }

  get firstWaitingSinceMs(): number {
    return this.#waiting[0]?.sinceMs ?? Infinity;
  }

  sinceMs(agent: number): number {
    return this.#sinceMs[agent] ?? 0;
  }

  isTalking(agent: number): boolean {
    return this.#state[agent] === TALK;
  }

  callOf(agent: number): number {
    return this.#call[agent] ?? -1;
  }

  longestIdle(): number | null {
    return this.#idle[0] ?? null;
  }

  /** False if the agent has left instead. */
  become(agent: number, state: number, atMs: number, call: number): boolean {
    const before = this.#state[agent] ?? GONE;
    this.#book.spent(before, this.#sinceMs[agent] ?? 0, atMs);
    if (before === AVAILABLE) this.#idle.splice(this.#idle.indexOf(agent), 1);
    this.#talking += (state === TALK ? 1 : 0) - (before === TALK ? 1 : 0);
    this.#sinceMs[agent] = atMs;
    this.#call[agent] = call;
    const leaves = state === AVAILABLE && this.#leaving[agent] === 1;
    this.#state[agent] = leaves ? GONE : state;
    if (state === AVAILABLE && !leaves) this.#idle.push(agent);
    return !leaves;
  }

  logOut(atMs: number, agents: number): void {
    let left = agents;
    for (let agent = 0; agent < this.#state.length && left > 0; agent++) {
      if (this.#state[agent] === GONE || this.#leaving[agent] === 1) continue;
      left -= 1;
      this.#leaving[agent] = 1;
      if (this.#state[agent] === AVAILABLE) {
        this.#book.spent(AVAILABLE, this.#sinceMs[agent] ?? 0, atMs);
        this.#idle.splice(this.#idle.indexOf(agent), 1);
        this.#state[agent] = GONE;
      }
    }
  }

  addCall(call: number, atMs: number): void {
    if (this.#callCount === this.#callNumber.length) this.#grow();
    this.#callNumber[this.#callCount] = call;
    this.#callPlacedMs[this.#callCount] = atMs;
    while (this.#callIndex[call % this.#callIndex.length] !== -1) this.#growSlots();
    this.#callIndex[call % this.#callIndex.length] = this.#callCount;
    this.#callCount += 1;
  }

  /** When it was placed; negative if it is no longer on its way. */
  removeCall(call: number): number {
    const index = this.#callIndex[call % this.#callIndex.length] ?? -1;
    return index < 0 || this.#callNumber[index] !== call ? -1 : this.removeCallAt(index);
  }

  removeCallAt(index: number): number {
    const placedMs = this.#callPlacedMs[index] ?? -1;
    const last = --this.#callCount;
    this.#callIndex[(this.#callNumber[index] ?? 0) % this.#callIndex.length] = -1;
    if (index !== last) {
      const moved = this.#callNumber[last] ?? 0;
      this.#callNumber[index] = moved;
      this.#callPlacedMs[index] = this.#callPlacedMs[last] ?? 0;
      this.#callIndex[moved % this.#callIndex.length] = index;
    }
    return placedMs;
  }

  wait(call: number, atMs: number): void {
    this.#waiting.push({ call, sinceMs: atMs });
  }

  takeWaiting(): number | null {
    return this.#waiting.shift()?.call ?? null;
  }

  close(endMs: number): void {
    for (let agent = 0; agent < this.#state.length; agent++) {
      this.#book.spent(this.#state[agent] ?? GONE, this.#sinceMs[agent] ?? 0, endMs);
    }
  }

  /** For one decision: the arrays are filled again for the next. */
  view(atMs: number, book: DayBook, leadsReady: number): Floor {
    let [talking, writing] = [0, 0];
    for (let agent = 0; agent < this.#state.length; agent++) {
      // Those about to leave help nobody who is being called now.
      if (this.#leaving[agent] === 1) continue;
      if (this.#state[agent] === TALK) this.#talkAges[talking++] = atMs - (this.#sinceMs[agent] ?? 0);
      else if (this.#state[agent] === WRAP_UP) this.#wrapUpAges[writing++] = atMs - (this.#sinceMs[agent] ?? 0);
    }
    for (let index = 0; index < this.#callCount; index++) {
      this.#ringAges[index] = atMs - (this.#callPlacedMs[index] ?? 0);
    }
    return {
      atMs,
      endMs: this.#endMs,
      agents: this.#idle.length + talking + writing,
      agentsAvailable: this.#idle.length,
      talk: { valuesMs: this.#talkAges, count: talking },
      wrapUp: { valuesMs: this.#wrapUpAges, count: writing },
      ringing: { valuesMs: this.#ringAges, count: this.#callCount },
      callsWaiting: this.#waiting.length,
      leadsReady,
      connected: book.dayConnected,
      abandoned: book.dayAbandoned,
    };
  }

  #growSlots(): void {
    this.#callIndex = new Int32Array(2 * this.#callIndex.length).fill(-1);
    for (let index = 0; index < this.#callCount; index++) {
      this.#callIndex[(this.#callNumber[index] ?? 0) % this.#callIndex.length] = index;
    }
  }

  #grow(): void {
    const size = 2 * this.#callNumber.length;
    const numbers = new Int32Array(size);
    const placedMs = new Float64Array(size);
    numbers.set(this.#callNumber);
    placedMs.set(this.#callPlacedMs);
    this.#callNumber = numbers;
    this.#callPlacedMs = placedMs;
    this.#ringAges = new Float64Array(size);
  }
}
