/**
 * The rows that were not loaded, each with its line, code and reason in front, so that they can be corrected and
 * imported again as they are. Written beside its place from the first refused row on, and put there as a whole: what
 * is there already may be somebody's corrections, and stays until there is something to take its place.
 *
 * An import that is to be gone on with leaves its part behind and says how much of it counts.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { isRejectFile, REJECT_COLUMNS } from "../../lead/import/columns.ts";
import { REJECT_KEYS } from "../../lead/import/ndjson-reader.ts";
import type { Rejection } from "../../lead/import/rejection.ts";
import { CliError } from "../cli-error.ts";
import { csvLine } from "../csv.ts";
import type { ListFormat } from "./rows.ts";
import { whenInterrupted } from "./leftovers.ts";

/** Where a part stands, for whoever goes on: nothing past `bytes` counts. */
export interface RejectMark {
  readonly part: string;
  readonly bytes: number;
}

export interface RejectOptions {
  /** As the list's own; NDJSON keeps each row as it was. */
  readonly format?: ListFormat;
  /** After a signal the part stays, for the next run. */
  readonly stays?: boolean;
}

const BUFFER_CHARACTERS = 65_536;

export class RejectFile {
  readonly path: string;
  readonly #part: string;
  readonly #columnNames: readonly string[];
  readonly #format: ListFormat;
  readonly #stays: boolean;
  #isInPlace = false;
  #isUsed = false;
  #stayQuiet: () => void = () => undefined;
  #file: number | null = null;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #bytes = 0;

  /** Nobody can have put a link at the part's name beforehand, and imports side by side do not meet. */
  constructor(
    path: string,
    columnNames: readonly string[],
    { format = "csv", stays = false }: RejectOptions = {},
    part = `${path}.${randomUUID().slice(0, 8)}.part`,
  ) {
    this.path = path;
    this.#part = part;
    this.#format = format;
    this.#stays = stays;
    // A reject file that is imported again has these in front already.
    this.#columnNames = isRejectFile(columnNames) ? columnNames.slice(REJECT_COLUMNS.length) : columnNames;
  }

  /** Goes on where an earlier run stood. Null when its part is not there as it was left. */
  static resume(
    path: string,
    columnNames: readonly string[],
    options: RejectOptions,
    mark: RejectMark | null,
  ): RejectFile | null {
    if (mark === null) return new RejectFile(path, columnNames, options);
    const resumed = new RejectFile(path, columnNames, options, mark.part);
    return resumed.#goOn(mark.bytes) ? resumed : null;
  }

  get isUsed(): boolean {
    return this.#isUsed;
  }

  async add(line: number, fields: readonly string[], rejection: Rejection): Promise<void> {
    await this.#written(() => {
      if (this.#file === null) this.#open();
      this.#put(this.#format === "csv" ? this.#csv(line, fields, rejection) : ndjson(line, fields, rejection));
    });
  }

  /** Writes what is waiting, and says where the part stands. Null while there is no row. */
  async mark(): Promise<RejectMark | null> {
    if (this.#file === null) return null;
    await this.#written(() => {
      this.#flush();
    });
    return { part: this.#part, bytes: this.#bytes };
  }

  /** Puts the file in its place. */
  async close(): Promise<void> {
    if (this.#file === null) return;
    await this.#written(() => {
      this.#flush();
      this.#letGo();
      renameSync(this.#part, this.path);
      this.#isInPlace = true;
    });
    this.#stayQuiet();
  }

  /** Nothing was loaded, so nothing was rejected either. */
  discard(): Promise<void> {
    this.leave();
    if (this.#isUsed) rmSync(this.#isInPlace ? this.path : this.#part, { force: true });
    this.#isUsed = false;
    return Promise.resolve();
  }

  /** Lets go of the part as it was at the last mark, for whoever goes on. */
  leave(): void {
    this.#stayQuiet();
    this.#waiting = [];
    this.#letGo();
  }

  #letGo(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #goOn(bytes: number): boolean {
    try {
      // Not through a link: the part is a file of our own, or it is none.
      const file = openSync(this.#part, constants.O_RDWR | constants.O_NOFOLLOW);
      if (!fstatSync(file).isFile() || fstatSync(file).size < bytes) {
        closeSync(file);
        return false;
      }
      ftruncateSync(file, bytes);
      this.#begin(file);
      this.#bytes = bytes;
      return true;
    } catch {
      return false;
    }
  }

  #open(): void {
    // An ordinary file may be replaced; a link or a device may not, for whatever it stands for.
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    if (there?.isFile() === false) throw new Error("what is there is no ordinary file");
    // Personal data: for whoever imports, and nobody else.
    this.#begin(openSync(this.#part, "wx", 0o600));
    if (this.#format === "csv") this.#put(csvLine([...REJECT_COLUMNS, ...this.#columnNames]));
  }

  #begin(file: number): void {
    this.#file = file;
    this.#isUsed = true;
    if (!this.#stays) this.#stayQuiet = whenInterrupted(() => rmSync(this.#part, { force: true }));
  }

  #csv(line: number, fields: readonly string[], { code, reason }: Rejection): string {
    const own = fields.length - this.#columnNames.length === REJECT_COLUMNS.length ? REJECT_COLUMNS.length : 0;
    const original = fields.slice(own);
    // As many cells as headings, also for a row that could not be taken apart: strict readers want that.
    const padding = Array<string>(Math.max(0, this.#columnNames.length - original.length)).fill("");
    return csvLine([line, code, reason, ...original, ...padding]);
  }

  #put(text: string): void {
    this.#waiting.push(text);
    this.#waitingCharacters += text.length;
    if (this.#waitingCharacters > BUFFER_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const file = this.#file;
    if (file === null) return;
    const bytes = Buffer.from(this.#waiting.join(""), "utf8");
    this.#waiting = [];
    this.#waitingCharacters = 0;
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(file, bytes, at, bytes.length - at, this.#bytes);
      at += written;
      this.#bytes += written;
    }
  }

  async #written(work: () => void): Promise<void> {
    try {
      work();
      await Promise.resolve();
    } catch (error) {
      throw new CliError("reject-file-refused", `${this.path} cannot be written: name another with --rejects.`, {
        cause: error,
      });
    }
  }
}

/** The row as it was, with our words in front; what is no object is kept as text. */
const ndjson = (line: number, [text = ""]: readonly string[], { code, reason }: Rejection): string => {
  const [lineKey, codeKey, reasonKey] = REJECT_KEYS;
  const ours = { [lineKey]: line, [codeKey]: code, [reasonKey]: reason };
  return `${JSON.stringify({ ...ours, ...(objectOf(text) ?? { fairdial_text: text }), ...ours })}\n`;
};

const objectOf = (text: string): object | null => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
};
