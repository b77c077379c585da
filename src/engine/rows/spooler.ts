/**
 * Rows in memory, each noted on the disk as it goes by; and their way to the spool: in groups, each flushed before it is
 * let go of here. One rule to remember: memory holds only what is younger than everything in the spool, so that the spool
 * is emptied first and nothing overtakes.
 */
import { after } from "../../domain/instant.ts";
import type { Clock, Journal, Log } from "../ports.ts";
import { SpoolError, type Spool } from "../ports/spool.ts";
import { batchOf, describeJob, type NumberedJob, type StoreJob, type StoreJobType } from "./store-jobs.ts";

/** So many rows that wait are a backlog, whatever the store says of itself: they are safer on the disk. */
const BACKLOG_MAX = 1_000;
/** Flushed together. */
const GROUP_MAX = 1_000;
const RETRY_MS = 1_000;

export interface SpoolTrouble {
  readonly code: "SPOOL-FULL" | "SPOOL-DISK" | "ROWS-LOST";
  readonly says: string;
}

const PRIVATE: ReadonlySet<StoreJobType> = new Set(["returnBegin", "returnOptOut", "flow"]);
const tellable = (job: StoreJob): StoreJob | null => (PRIVATE.has(job.type) ? null : job);

interface SpoolerHost {
  isAway(): boolean;
  /** More lies on the disk than before. */
  spooled(): void;
  /** Once for each spell of it. */
  inTrouble(trouble: SpoolTrouble): void;
}

export interface SpoolerParts {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Journal;
  /** Names this process among those that ever held the node's name. */
  readonly holder: string;
  readonly memoryRowsMax?: number;
}

export class Spooler {
  readonly #parts: SpoolerParts;
  readonly #host: SpoolerHost;
  readonly #memoryRowsMax: number;
  #jobs: NumberedJob[] = [];
  #spooling: Promise<void> | null = null;
  #leaving = false;
  #troubles = new Set<SpoolTrouble["code"]>();
  /** Not looked for again before so many rows more: what could be spared was. */
  #compactAt: number;

  constructor(parts: SpoolerParts, host: SpoolerHost) {
    this.#parts = parts;
    this.#host = host;
    this.#memoryRowsMax = parts.memoryRowsMax ?? 50_000;
    this.#compactAt = this.#memoryRowsMax;
  }

  get inMemory(): number {
    return this.#jobs.length;
  }

  get isBacklogged(): boolean {
    return this.#jobs.length > BACKLOG_MAX;
  }

  add(job: NumberedJob): void {
    if (this.#jobs.length >= this.#compactAt) this.#compact();
    if (this.#jobs.length >= this.#memoryRowsMax) this.#lose(job);
    else this.#keep(job);
    this.go();
  }

  /** Should this process be killed before the store has it, the next one finds it on the disk. */
  #keep({ seq, job }: NumberedJob): void {
    const { spool, clock, holder } = this.#parts;
    this.#jobs.push({ seq, job });
    spool.note({ holder, seq, job, at: clock.now() });
  }

  /** What goes to the store next, in one transaction. */
  head(): readonly NumberedJob[] {
    return batchOf(this.#jobs);
  }

  /** Those up to this number are settled. */
  gone(seq: number): void {
    let count = 0;
    while ((this.#jobs[count]?.seq ?? Infinity) <= seq) count += 1;
    this.#jobs.splice(0, count);
    this.#parts.spool.forgetNotes(seq);
    this.#compactAt = this.#memoryRowsMax;
    if (this.#jobs.length < this.#memoryRowsMax) this.#troubles.delete("ROWS-LOST");
  }

  /** What has to be on the disk goes there. */
  go(): void {
    if (this.#spooling !== null || !this.#isWanted) return;
    this.#spooling = this.#spool().finally(() => {
      this.#spooling = null;
      // Whatever came as the last group was on its way.
      if (this.#isWanted && !this.#leaving) this.go();
    });
  }

  /** Resolves when nothing is left in memory, or the disk has refused it. */
  async empty(): Promise<void> {
    this.#leaving = true;
    await this.#spooling;
    await this.#spool();
  }

  get #isWanted(): boolean {
    if (this.#jobs.length === 0) return false;
    return this.#leaving || this.#host.isAway() || this.#parts.spool.rows > 0 || this.isBacklogged;
  }

  async #spool(): Promise<void> {
    const { spool, clock, holder } = this.#parts;
    while (this.#isWanted) {
      const group = this.#jobs.slice(0, GROUP_MAX);
      const at = clock.now();
      try {
        await spool.append(group.map(({ seq, job }) => ({ holder, seq, job, at })));
      } catch (error) {
        this.#refused(error);
        if (this.#leaving) return;
        await this.#pause();
        continue;
      }
      this.#troubles.delete("SPOOL-FULL");
      this.#troubles.delete("SPOOL-DISK");
      this.gone(group.at(-1)?.seq ?? 0);
      this.#host.spooled();
    }
  }

  #refused(error: unknown): void {
    const { log } = this.#parts;
    const isFull = error instanceof SpoolError && error.kind === "full";
    const because = error instanceof Error ? error.message : String(error);
    const left = `They wait in memory, ${String(this.#memoryRowsMax)} at most.`;
    if (isFull) this.#trouble("SPOOL-FULL", `The spool holds as many rows as it may: ${because} ${left}`);
    else this.#trouble("SPOOL-DISK", `Rows cannot be kept on the disk: ${because} ${left}`);
    log.debug("rows could not be spooled", { error, waiting: this.#jobs.length });
  }

  /** The end of an attempt says all that it ever came to know: its changes can be spared. */
  #compact(): void {
    const ended = new Set(this.#jobs.flatMap(({ job }) => (job.type === "attemptEnd" ? [job.end.attemptId] : [])));
    this.#jobs = this.#jobs.filter(({ job }) => job.type !== "attemptChange" || !ended.has(job.change.attemptId));
    this.#compactAt = this.#jobs.length + Math.ceil(this.#memoryRowsMax / 10);
  }

  /** Beyond every bound. The journal has it, unless a number is in it: it is on a disk as well, and perhaps on another. */
  #lose({ job }: NumberedJob): void {
    const { journal, log, clock } = this.#parts;
    log.error("a row is lost: neither database nor disk nor memory takes it", { job: describeJob(job) });
    journal.append({ at: clock.now(), kind: "spool", what: "lost", job: describeJob(job), row: tellable(job) });
    this.#trouble("ROWS-LOST", "Rows are lost: the database is away, and neither disk nor memory takes more of them.");
  }

  #trouble(code: SpoolTrouble["code"], says: string): void {
    if (this.#troubles.has(code)) return;
    this.#troubles.add(code);
    this.#host.inTrouble({ code, says });
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.wakeAt(after(clock.now(), RETRY_MS), resolve);
    });
  }
}
