/**
 * The journal on disk: one JSON object a line, one file a day (UTC), append-only. It is what the judge replays, and
 * the account of last resort while the database is away, so it is written without waiting and never throws.
 */
import { createWriteStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import type { WriteStream } from "node:fs";
import { join } from "node:path";
import type { Instant } from "../domain/instant.ts";
import { toIso } from "../domain/instant.ts";
import type { Journal, JournalEntry, Log } from "../engine/ports.ts";

const FILE = /^journal-(\d{4}-\d{2}-\d{2})\.jsonl$/;

export class JournalFile implements Journal {
  readonly #folder: string;
  readonly #log: Log;
  #day = "";
  #stream: WriteStream | null = null;
  #failed = false;

  /** Throws when the folder can neither be found nor made: a daemon that cannot keep its journal should not start. */
  constructor(folder: string, log: Log) {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#folder = folder;
    this.#log = log;
  }

  append(entry: JournalEntry): void {
    const day = toIso(entry.at).slice(0, 10);
    if (day !== this.#day || this.#stream === null) this.#open(day);
    this.#stream?.write(`${JSON.stringify({ ...entry, time: toIso(entry.at) })}\n`);
  }

  /** Resolves when everything appended so far has been handed to the system. */
  close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null || stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      stream.end(resolve);
    });
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

  #open(day: string): void {
    this.#stream?.end();
    this.#day = day;
    this.#stream = createWriteStream(join(this.#folder, `journal-${day}.jsonl`), { flags: "a", mode: 0o640 });
    this.#stream.on("error", (error) => {
      if (!this.#failed) this.#log.error("the journal cannot be written", { folder: this.#folder, error });
      this.#failed = true;
      // The next entry tries again with a new stream: the disk may have room by then.
      this.#stream = null;
    });
    this.#stream.on("open", () => {
      this.#failed = false;
    });
  }
}
