// How long requests took lately. Pacing backs off on the 95th percentile, so old samples must not dilute it.

export interface LatencySummary {
  /** Requests answered or given up within the window. */
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

// At 100 calls/s and 3 requests a call the window holds 3,000; beyond that the newest 4,096 are sample enough.
const SAMPLES_MAX = 4_096;
const WINDOW_MS = 10_000;

/** A ring of samples; `nowMs` is a monotonic reading and never goes back. */
export class Latency {
  readonly #at = new Float64Array(SAMPLES_MAX);
  readonly #took = new Float64Array(SAMPLES_MAX);
  #next = 0;
  #filled = 0;

  add(nowMs: number, tookMs: number): void {
    this.#at[this.#next] = nowMs;
    this.#took[this.#next] = tookMs;
    this.#next = (this.#next + 1) % SAMPLES_MAX;
    this.#filled = Math.min(this.#filled + 1, SAMPLES_MAX);
  }

  summary(nowMs: number): LatencySummary {
    const recent = this.#took.subarray(0, this.#filled).filter((_, i) => nowMs - (this.#at[i] ?? 0) <= WINDOW_MS);
    recent.sort();
    return { count: recent.length, p50Ms: quantile(recent, 0.5), p95Ms: quantile(recent, 0.95) };
  }
}

function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
