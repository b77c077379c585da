/**
 * Whether the store answers, by whatever was asked of it last. One rule to remember: a statement that hangs is no
 * answer; the time-outs of the adapter are for its connections, and nobody may be dialled while they run.
 */
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Clock, Journal, Log } from "../ports.ts";
import { StoreError } from "../ports.ts";

/** No answer for so long counts as away: nothing is placed a second after the store went. */
export const ANSWER_MAX_MS = 800;

/** Reads and writes fail apart: a replica that takes no writes still tells what managers want. */
export type Side = "reads" | "writes";

/** Nothing to do with what was asked: it may be asked again as it is, and must not be given up. */
export const isNoAnswer = (error: unknown): error is StoreError =>
  error instanceof StoreError && (error.kind === "away" || error.kind === "unusable");

export class StoreHealth {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #journal: Journal;
  readonly #away: Record<Side, boolean> = { reads: false, writes: false };
  #awaySince: Instant | null = null;
  readonly #onChange: (away: boolean) => void;

  constructor(
    { clock, log, journal }: { clock: Clock; log: Log; journal: Journal },
    onChange: (away: boolean) => void,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#journal = journal;
    this.#onChange = onChange;
  }

  /** Null while it answers. */
  get awaySince(): Instant | null {
    return this.#awaySince;
  }

  isAway(side: Side): boolean {
    return this.#away[side];
  }

  /** The same promise; what comes of it, and how long that takes, says how the store is. */
  watch<T>(side: Side, asked: Promise<T>): Promise<T> {
    const cancel = this.#clock.wakeAt(after(this.#clock.now(), ANSWER_MAX_MS), () => {
      this.#note(side, true, `no answer for ${String(ANSWER_MAX_MS)} ms`);
    });
    asked.then(
      () => {
        cancel();
        this.#note(side, false, null);
      },
      (error: unknown) => {
        cancel();
        // Also a no is an answer.
        const away = isNoAnswer(error);
        this.#note(side, away, away ? error.message : null);
      },
    );
    return asked;
  }

  #note(side: Side, away: boolean, because: string | null): void {
    if (this.#away[side] === away) return;
    this.#away[side] = away;
    const now = this.#clock.now();
    if (away && this.#awaySince === null) {
      this.#awaySince = now;
      this.#log.warn("the store is away; nothing is placed, and rows wait", { side, because });
      this.#journal.append({ at: now, kind: "store", state: "away", side, because });
      this.#onChange(true);
    } else if (!this.#away.reads && !this.#away.writes && this.#awaySince !== null) {
      const awayMs = now - this.#awaySince;
      this.#awaySince = null;
      this.#log.info("the store answers again", { awayMs });
      this.#journal.append({ at: now, kind: "store", state: "back", awayMs });
      this.#onChange(false);
    }
  }
}
