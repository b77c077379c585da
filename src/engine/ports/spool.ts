/**
 * Where rows wait while the store is away: a disk, as the engine sees it. One rule to remember: what `append` has
 * promised is there after the process or its machine was killed, in the same order, and what was noted is there after the
 * process was; what neither has promised may be there or not.
 */
import type { Instant } from "../../domain/instant.ts";
import type { NumberedJob } from "../rows/store-jobs.ts";

export interface SpooledJob extends NumberedJob {
  /** The process that thought of it: its numbers count by themselves. */
  readonly holder: string;
  /** When it was spooled. */
  readonly at: Instant;
}

/** What could not be read when the spool was opened, and is kept beside it. */
export interface TornRows {
  /** One sentence. */
  readonly says: string;
  /** Where it is kept, in the words of the adapter. */
  readonly keptIn: string;
}

export interface Spool {
  /** What was torn or spoilt when it was opened; nothing of that is read again. */
  readonly torn: readonly TornRows[];
  /** Rows that were appended, by whichever process, and not forgotten. */
  readonly rows: number;
  readonly bytes: number;
  /** Of the oldest of them; null when there is none. */
  readonly oldestAt: Instant | null;

  /**
   * All or none, behind what is there; on the disk, flushed, when it resolves. Rejects with a {@link SpoolError},
   * nothing having been appended.
   */
  append(jobs: readonly SpooledJob[]): Promise<void>;
  /** The next that were not read yet, at most `max`; none when all were. */
  read(max: number): Promise<readonly SpooledJob[]>;
  /** The first `count` of those that were read are settled: they need not be there after a kill. Never rejects. */
  forget(count: number): Promise<void>;
  /**
   * A row that is on its way to the store, kept without a flush, so that it costs next to nothing: the next process finds
   * it behind the rows that were appended. Best effort: a disk that does not take it is no reason to wait.
   */
  note(job: SpooledJob): void;
  /** What was noted up to this number is in the store, or appended. */
  forgetNotes(seq: number): void;
  /** Keeps, for people, what the store refused for good. Rejects with a {@link SpoolError}. */
  setAside(job: SpooledJob, because: string): Promise<void>;
}

/** `full`: it holds as much as it may. `disk`: it cannot be written: no room, no right, no disk. */
export class SpoolError extends Error {
  readonly kind: "full" | "disk";
  constructor(kind: "full" | "disk", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SpoolError";
    this.kind = kind;
  }
}
