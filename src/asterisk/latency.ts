// How long requests took lately. Pacing backs off on the 95th percentile, so old samples must not dilute it; and on what
// is not answered at all, so a request counts from its beginning.

export interface LatencySummary {
  /** Requests answered or given up within the window. */
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

// At 100 calls/s and 3 requests a call the window holds 3,000; beyond that the newest 4,096 are sample enough.
const SAMPLES_MAX = 4_096;
const WINDOW_MS = 10_000;
/** For whoever slows down by it: what was slow before is over. */
const ANSWERS_WINDOW_MS = 2_000;
/** Of fewer the 95th percentile is the latest accident. */
const SAMPLES_MIN = 8;

/** A ring of samples; `nowMs` is a monotonic reading and never goes back. */
export class Latency {
  readonly #at = new Float64Array(SAMPLES_MAX);
  readonly #took = new Float64Array(SAMPLES_MAX);
  #next = 0;
  #filled = 0;
  /** When each request that is not answered yet began; the eldest first. */
  readonly #waiting = new Map<symbol, number>();

  /** @returns to be called when it is answered, or given up */
  begin(nowMs: number): (nowMs: number) => void {
    const request = Symbol();
    this.#waiting.set(request, nowMs);
    return (endMs) => {
      if (this.#waiting.delete(request)) this.add(endMs, endMs - nowMs);
    };
  }

  add(nowMs: number, tookMs: number): void {
    this.#at[this.#next] = nowMs;
    this.#took[this.#next] = tookMs;
    this.#next = (this.#next + 1) % SAMPLES_MAX;
    this.#filled = Math.min(this.#filled + 1, SAMPLES_MAX);
  }

  summary(nowMs: number): LatencySummary {
    const recent = this.#recent(nowMs, WINDOW_MS);
    return { count: recent.length, p50Ms: quantile(recent, 0.5), p95Ms: quantile(recent, 0.95) };
  }

  /**
   * In ms, of requests of the last two seconds: the 95th percentile (of a few the median), or how long the eldest one waits
   * that is not answered, whichever is longer. Null: nothing was asked.
   */
  answersInMs(nowMs: number): number | null {
    const recent = this.#recent(nowMs, ANSWERS_WINDOW_MS);
    const answered = quantile(recent, recent.length < SAMPLES_MIN ? 0.5 : 0.95);
    const [eldest] = this.#waiting.values();
    if (eldest === undefined) return answered;
    return Math.max(answered ?? 0, nowMs - eldest);
  }

  /** Sorted. */
  #recent(nowMs: number, windowMs: number): Float64Array {
    const recent = this.#took.subarray(0, this.#filled).filter((_, i) => nowMs - (this.#at[i] ?? 0) <= windowMs);
    return recent.sort();
  }
}

function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
