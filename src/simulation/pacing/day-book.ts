/** What is written down about a pretend day. Agents' time and attempts count from the end of the warm-up; the account covers the day. */

const MINUTE_MS = 60_000;
/** Decisions are counted by whole microseconds up to this. */
const MICROS_MAX = 20_000;

export class DayBook {
  readonly #fromMs: number;
  readonly #endMs: number;
  /** Agents' milliseconds: available, talking, in wrap-up. */
  readonly #spentMs = new Float64Array(4);
  attempts = 0;
  cancels = 0;
  linesPeak = 0;
  /** Leads that were not dialled at all; Infinity if the list has no end. */
  leadsFresh = Infinity;
  /** When the last fresh lead was dialled; null if some are left. */
  listEndedMs: number | null = null;
  /** How often so many lines were in use when it was looked, after the warm-up. */
  readonly #linesSeen: number[] = [];
  dayConnected = 0;
  dayAbandoned = 0;
  measuredConnected = 0;
  measuredAbandoned = 0;
  /** By minute of the day, the warm-up included. */
  readonly connectedByMinute: Uint32Array;
  readonly abandonedByMinute: Uint32Array;
  readonly decisionsByMicros = new Uint32Array(MICROS_MAX + 1);
  #waits = 0;
  #waitedMs = 0;

  constructor(fromMs: number, endMs: number) {
    this.#fromMs = fromMs;
    this.#endMs = endMs;
    const minutes = Math.ceil(endMs / MINUTE_MS);
    this.connectedByMinute = new Uint32Array(minutes);
    this.abandonedByMinute = new Uint32Array(minutes);
  }

  /** An agent was in this state (0 available, 1 talking, 2 in wrap-up) from one time to another. */
  spent(state: number, sinceMs: number, atMs: number): void {
    const withinMs = Math.min(atMs, this.#endMs) - Math.max(sinceMs, this.#fromMs);
    if (withinMs <= 0) return;
    this.#spentMs[state] = (this.#spentMs[state] ?? 0) + withinMs;
    // Only a wait that ended with a call says how long one waits for a call; the others are cut off.
    if (state === 0 && sinceMs >= this.#fromMs && atMs < this.#endMs) {
      this.#waits += 1;
      this.#waitedMs += withinMs;
    }
  }

  placed(atMs: number, calls: number, lines: number): void {
    if (atMs >= this.#fromMs) this.attempts += calls;
    this.linesPeak = Math.max(this.linesPeak, lines);
  }

  linesSeen(atMs: number, lines: number): void {
    if (atMs >= this.#fromMs) this.#linesSeen[lines] = (this.#linesSeen[lines] ?? 0) + 1;
  }

  get linesByCount(): readonly number[] {
    return Array.from(this.#linesSeen, (times: number | undefined) => times ?? 0);
  }

  listEnded(atMs: number): void {
    this.listEndedMs ??= atMs;
  }

  cancelled(atMs: number): void {
    if (atMs >= this.#fromMs) this.cancels += 1;
  }

  connected(atMs: number): void {
    this.dayConnected += 1;
    if (atMs >= this.#fromMs) this.measuredConnected += 1;
    const minute = Math.floor(atMs / MINUTE_MS);
    this.connectedByMinute[minute] = (this.connectedByMinute[minute] ?? 0) + 1;
  }

  abandoned(atMs: number): void {
    this.dayAbandoned += 1;
    if (atMs >= this.#fromMs) this.measuredAbandoned += 1;
    const minute = Math.floor(atMs / MINUTE_MS);
    this.abandonedByMinute[minute] = (this.abandonedByMinute[minute] ?? 0) + 1;
  }

  decided(tookMs: number): void {
    const micros = Math.min(MICROS_MAX, Math.max(0, Math.round(tookMs * 1_000)));
    this.decisionsByMicros[micros] = (this.decisionsByMicros[micros] ?? 0) + 1;
  }

  get talkMs(): number {
    return this.#spentMs[1] ?? 0;
  }

  get wrapUpMs(): number {
    return this.#spentMs[2] ?? 0;
  }

  /** Talk and wrap-up as a share of the agents' measured time. */
  get utilisation(): number {
    const busyMs = this.talkMs + this.wrapUpMs;
    return busyMs / (busyMs + (this.#spentMs[0] ?? 0));
  }

  get agentWaitMeanS(): number {
    return this.#waits === 0 ? 0 : this.#waitedMs / this.#waits / 1_000;
  }

  /** In whole numbers: exactly at the limit is not over it. */
  isOver(limitBasisPoints: number): boolean {
    return this.dayAbandoned * 10_000 > limitBasisPoints * (this.dayAbandoned + this.dayConnected);
  }

  get dayRate(): number {
    return rateOf(this.dayConnected, this.dayAbandoned);
  }

  /** The greatest abandon rate of any hour of the day that begins at a full minute. */
  get worstHourRate(): number {
    let worst = 0;
    const minutes = this.connectedByMinute.length;
    for (let from = 0; from + 60 <= minutes; from++) {
      const [connected, abandoned] = this.within(from, from + 60);
      worst = Math.max(worst, rateOf(connected, abandoned));
    }
    return worst;
  }

  /** Connected and abandoned from one minute of the day to another, that one excluded. */
  within(fromMinute: number, toMinute: number): [connected: number, abandoned: number] {
    let [connected, abandoned] = [0, 0];
    for (let minute = fromMinute; minute < toMinute; minute++) {
      connected += this.connectedByMinute[minute] ?? 0;
      abandoned += this.abandonedByMinute[minute] ?? 0;
    }
    return [connected, abandoned];
  }
}

export const rateOf = (connected: number, abandoned: number): number =>
  connected + abandoned === 0 ? 0 : abandoned / (connected + abandoned);
