/**
 * The rows that were not loaded, each with its line, code and reason in front, so that they can be corrected and
 * imported again as they are. Written beside its place from the first refused row on, and put there as a whole: what
 * is there already may be somebody's corrections, and stays until there is something to take its place.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream, lstatSync, renameSync, rmSync, type WriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { isRejectFile, REJECT_COLUMNS } from "../../lead/import/columns.ts";
import type { Rejection } from "../../lead/import/rejection.ts";
import { CliError } from "../cli-error.ts";
import { csvLine } from "../csv.ts";
import { whenInterrupted } from "./leftovers.ts";

export class RejectFile {
  readonly path: string;
  /** Nobody can have put a link here beforehand, and imports side by side do not meet. */
  readonly #part: string;
  readonly #columnNames: readonly string[];
  #isInPlace = false;
  #stayQuiet: () => void = () => undefined;
  #stream: WriteStream | null = null;
  #failure: Error | null = null;

  constructor(path: string, columnNames: readonly string[]) {
    this.path = path;
    this.#part = `${path}.${randomUUID().slice(0, 8)}.part`;
    // A reject file that is imported again has these in front already.
    this.#columnNames = isRejectFile(columnNames) ? columnNames.slice(REJECT_COLUMNS.length) : columnNames;
  }

  get isUsed(): boolean {
    return this.#stream !== null;
  }

  async add(line: number, fields: readonly string[], { code, reason }: Rejection): Promise<void> {
    const stream = this.#stream ?? (await this.#open());
    const own = fields.length - this.#columnNames.length === REJECT_COLUMNS.length ? REJECT_COLUMNS.length : 0;
    const original = fields.slice(own);
    // As many cells as headings, also for a row that could not be taken apart: strict readers want that.
    const padding = Array<string>(Math.max(0, this.#columnNames.length - original.length)).fill("");
    await this.#written(async () => {
      if (!stream.write(csvLine([line, code, reason, ...original, ...padding]))) await once(stream, "drain");
    });
  }

  /** Puts the file in its place. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    await this.#written(async () => {
      stream.end();
      await finished(stream);
      renameSync(this.#part, this.path);
      this.#isInPlace = true;
    });
    this.#stayQuiet();
  }

  /** Nothing was loaded, so nothing was rejected either. */
  async discard(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    if (!stream.closed) {
      // Not events.once: it would take the complaint about the rest of the text for its own.
      const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
      stream.destroy();
      await closed;
    }
    this.#stayQuiet();
    rmSync(this.#isInPlace ? this.path : this.#part, { force: true });
  }

  async #open(): Promise<WriteStream> {
    // Personal data: for whoever imports, and nobody else.
    await this.#written(() => this.#placeIsFree());
    const stream = createWriteStream(this.#part, { flags: "wx", mode: 0o600 });
    // A full disk may be noticed between two rows; without a listener it would end the process.
    stream.on("error", (error) => (this.#failure ??= error));
    await this.#written(() => once(stream, "open"));
    this.#stayQuiet = whenInterrupted(() => rmSync(this.#part, { force: true }));
    this.#stream = stream;
    stream.write(csvLine([...REJECT_COLUMNS, ...this.#columnNames]));
    return stream;
  }

  /** An ordinary file may be replaced; a link or a device may not, for whatever it stands for. */
  #placeIsFree(): Promise<void> {
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    if (there?.isFile() === false) return Promise.reject(new Error("what is there is no ordinary file"));
    return Promise.resolve();
  }

  async #written(work: () => Promise<unknown>): Promise<void> {
    try {
      if (this.#failure !== null) throw this.#failure;
      await work();
    } catch (error) {
      throw new CliError("reject-file-refused", `${this.path} cannot be written: name another with --rejects.`, {
        cause: error,
      });
    }
  }
}
