/**
 * Rows on their way to the database, noted as they go by: handed to the system and not flushed, so that a process that is
 * killed leaves them to the next at the cost of one system call each. Best effort, and synchronous, because nothing waits
 * for it: what cannot be noted is no worse off than it was. One rule to remember: a file goes, or is emptied, only when
 * every row in it is settled.
 */
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../engine/ports.ts";
import type { SpooledJob } from "../../engine/ports/spool.ts";
import { encoded, FILE_MODE, HEADER } from "./records.ts";

export const NOTES = /^notes-(\d{8})\.rows$/;
const notesName = (number: number): string => `notes-${String(number).padStart(8, "0")}.rows`;

/** A file that has grown beyond this is followed by the next. */
const FILE_BYTES_MAX = 262_144;

interface NotesFile {
  readonly path: string;
  bytes: number;
  /** The last row that it holds. */
  lastSeq: number;
}

export class Notebook {
  readonly #folder: string;
  readonly #log: Log;
  #next: number;
  /** Full ones whose rows are not all settled. */
  #full: NotesFile[] = [];
  #open: (NotesFile & { readonly fd: number }) | null = null;
  #settledSeq = 0;
  #isRefused = false;

  /** @param next the number of the first file that may be made */
  constructor(folder: string, next: number, log: Log) {
    this.#folder = folder;
    this.#next = next;
    this.#log = log;
  }

  note(job: SpooledJob): void {
    try {
      const file = this.#toWrite();
      this.#write(file, encoded(job));
      file.lastSeq = job.seq;
      this.#isRefused = false;
    } catch (error) {
      if (!this.#isRefused) this.#log.warn("rows on their way to the database cannot be noted on the disk", { error });
      this.#isRefused = true;
    }
  }

  forget(seq: number): void {
    this.#settledSeq = Math.max(this.#settledSeq, seq);
    const gone = this.#full.filter(({ lastSeq }) => lastSeq <= this.#settledSeq);
    this.#full = this.#full.filter(({ lastSeq }) => lastSeq > this.#settledSeq);
    for (const { path } of gone) this.#remove(path);
    const file = this.#open;
    if (file === null || file.lastSeq > this.#settledSeq || file.bytes === HEADER.length) return;
    try {
      // Nothing is kept for longer than it is needed: there are numbers in it.
      ftruncateSync(file.fd, HEADER.length);
      file.bytes = HEADER.length;
    } catch (error) {
      this.#log.warn("a file of notes could not be emptied", { error });
    }
  }

  /** Leaves what is not settled for the next process. */
  close(): void {
    const file = this.#open;
    this.#open = null;
    if (file === null) return;
    closeSync(file.fd);
    if (file.lastSeq <= this.#settledSeq) this.#remove(file.path);
  }

  #toWrite(): NotesFile & { readonly fd: number } {
    const file = this.#open;
    if (file !== null) {
      if (file.bytes < FILE_BYTES_MAX) return file;
      this.#open = null;
      this.#full.push(file);
      closeSync(file.fd);
    }
    const path = join(this.#folder, notesName(this.#next));
    this.#next += 1;
    const opened = { path, fd: openSync(path, "wx", FILE_MODE), bytes: 0, lastSeq: 0 };
    try {
      this.#write(opened, HEADER);
    } catch (error) {
      closeSync(opened.fd);
      this.#remove(path);
      throw error;
    }
    this.#open = opened;
    return opened;
  }

  /** All or none: half a row would spoil the next. */
  #write(file: NotesFile & { readonly fd: number }, bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(file.fd, bytes, done, bytes.length - done, file.bytes + done);
      }
      file.bytes += bytes.length;
    } catch (error) {
      ftruncateSync(file.fd, file.bytes);
      throw error;
    }
  }

  #remove(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      // Its rows are told again by the next process; the database passes them over.
      this.#log.warn("a file of notes could not be removed", { error });
    }
  }
}
