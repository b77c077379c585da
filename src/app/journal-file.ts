/**
 * The journal on disk: one JSON object a line, one file a day (UTC), append-only. It is what the judge replays, and
 * the account of last resort while the database is away, so it is written without waiting and never throws.
 *
 * What cannot be written waits in memory, in order, and is written when it can be: a disk that is full for an hour costs
 * no entry, unless the process dies meanwhile or more is waiting than memory is given for it.
 */
import { close, mkdirSync, open, readdirSync, rmSync, write } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Instant } from "../domain/instant.ts";
import { toIso } from "../domain/instant.ts";
import type { Journal, JournalEntry, Log } from "../engine/ports.ts";

const FILE = /^journal-(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** Entries written at once, at most. */
const BATCH_MAX = 256;
const RETRY_MS = 500;
/** From one write to the next: each costs as much as many entries do. */
const GATHER_MS = 20;
/** Of attempts, what rows are held to is written at once: a process that is killed has told the database no more of them. */
const WITH_ROW: ReadonlySet<string> = new Set(["attempt-decided", "attempt-ended", "disposition", "preview-shown"]);
/** A busy day's journal is some hundred megabytes; this is an hour or two of it. */
const WAITING_MAX_BYTES = 64 * 1024 * 1024;

const openFile = promisify(open);
const closeFile = promisify(close);
const writeFile = promisify(write);

interface Line {
  readonly day: string;
  readonly bytes: Buffer;
}

export class JournalFile implements Journal {
  readonly #folder: string;
  readonly #log: Log;
  readonly #waitingMaxBytes: number;
  /** In the order of their writing; the first may be the rest of one that was written in part. */
  #waiting: Line[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #file: { readonly day: string; readonly handle: number } | null = null;
  #writing: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #isUrgent = false;
  #lastWriteAt = -Infinity;
  /** Many entries are of one moment. */
  #lastTime = { at: NaN, text: "" };
  #failed = false;
  #closed = false;

  /** Throws when the folder can neither be found nor made: a daemon that cannot keep its journal should not start. */
  constructor(folder: string, log: Log, waitingMaxBytes = WAITING_MAX_BYTES) {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#folder = folder;
    this.#log = log;
    this.#waitingMaxBytes = waitingMaxBytes;
  }

  append(entry: JournalEntry): void {
    if (this.#closed) return;
    const time = this.#timeOf(entry.at);
    // The time behind the rest, without a copy of it.
    const bytes = Buffer.from(`${JSON.stringify(entry).slice(0, -1)},"time":"${time}"}\n`);
    if (this.#waitingBytes + bytes.length > this.#waitingMaxBytes) {
      // The newest go, not the oldest: what is written has no gap before its end.
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ day: time.slice(0, 10), bytes });
    this.#waitingBytes += bytes.length;
    if (WITH_ROW.has(entry.kind)) this.#isUrgent = true;
    if (this.#retry === null) this.#writeSoon();
  }

  /** Resolves when everything appended so far has been handed to the system, or cannot be. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#gathered();
    this.#write();
    await this.#writing;
    if (this.#waiting.length > 0) {
      this.#log.error("journal entries are lost: they could not be written", { entries: this.#waiting.length });
    }
    await this.#letGo();
  }

  /** Removes files of days before `before`; returns how many. */
  prune(before: Instant): number {
    const keepFrom = toIso(before).slice(0, 10);
    let removed = 0;
    for (const name of readdirSync(this.#folder)) {
      const day = FILE.exec(name)?.[1];
      if (day === undefined || day >= keepFrom) continue;
      rmSync(join(this.#folder, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  #timeOf(at: Instant): string {
    if (this.#lastTime.at !== at) this.#lastTime = { at, text: toIso(at) };
    return this.#lastTime.text;
  }

  /** At once when the last write is long enough ago, or the database is about to be told as well. */
  #writeSoon(): void {
    const waitMs = this.#lastWriteAt + GATHER_MS - performance.now();
    if (this.#isUrgent || waitMs <= 0) {
      this.#gathered();
      this.#write();
    } else {
      this.#gathering ??= setTimeout(() => {
        this.#gathered();
        this.#write();
      }, waitMs);
    }
  }

  #gathered(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0 && this.#retry === null && !this.#closed) this.#writeSoon();
    });
  }

  async #writeAll(): Promise<void> {
    try {
      do {
        const [head] = this.#waiting;
        if (head === undefined) break;
        await this.#writeBatch(head.day);
      } while (this.#isUrgent || this.#closed);
      this.#succeeded();
    } catch (error) {
      if (!this.#failed) {
        this.#log.error("the journal cannot be written; its entries wait in memory", { folder: this.#folder, error });
      }
      this.#failed = true;
      // The folder may be another one by then, on another disk.
      await this.#letGo();
      if (this.#closed) return;
      this.#retry = setTimeout(() => {
        this.#retry = null;
        this.#write();
      }, RETRY_MS);
      this.#retry.unref();
    }
  }

  async #writeBatch(day: string): Promise<void> {
    const handle = await this.#fileOf(day);
    let count = 0;
    while (count < BATCH_MAX && this.#waiting[count]?.day === day) count += 1;
    this.#isUrgent &&= count < this.#waiting.length;
    const bytes = Buffer.concat(this.#waiting.slice(0, count).map((line) => line.bytes));
    const { bytesWritten } = await writeFile(handle, bytes);
    this.#lastWriteAt = performance.now();
    if (bytesWritten < bytes.length) this.#isUrgent = true;
    this.#written(bytesWritten);
  }

  /** A disk that fills up takes a part, which may end in the middle of an entry. */
  #written(count: number): void {
    this.#waitingBytes -= count;
    let left = count;
    let whole = 0;
    for (const { bytes } of this.#waiting) {
      if (bytes.length > left) break;
      left -= bytes.length;
      whole += 1;
    }
    this.#waiting.splice(0, whole);
    const head = this.#waiting[0];
    if (head !== undefined && left > 0) this.#waiting[0] = { ...head, bytes: head.bytes.subarray(left) };
  }

  async #fileOf(day: string): Promise<number> {
    if (this.#file?.day === day) return this.#file.handle;
    await this.#letGo();
    const handle = await openFile(join(this.#folder, `journal-${day}.jsonl`), "a", 0o640);
    this.#file = { day, handle };
    return handle;
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    // What a closing says of itself was said of the writing before.
    if (file !== null) await closeFile(file.handle).catch(() => undefined);
  }

  #succeeded(): void {
    if (this.#failed || this.#lost > 0) this.#log.info("the journal can be written again", { lost: this.#lost });
    this.#failed = false;
    this.#lost = 0;
  }
}
