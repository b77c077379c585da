/**
 * Rows that wait for the database, in files of one folder. One rule to remember: a row counts as kept only once the disk
 * has been told to flush it; and a file goes only when every row in it is in the database.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Instant } from "../../domain/instant.ts";
import { toIso } from "../../domain/instant.ts";
import type { Log } from "../../engine/ports.ts";
import { type Spool, type SpooledJob, SpoolError, type TornRows } from "../../engine/ports/spool.ts";
import { Notebook, NOTES } from "./notebook.ts";
import { decoded, encoded, FILE_MODE, FORMAT_VERSION, HEADER } from "./records.ts";

export interface SpoolBounds {
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** A file that has grown beyond this is followed by the next. */
  readonly segmentBytes: number;
}

/** What a person should know who cannot start the daemon for it. */
export class SpoolFolderError extends Error {
  override readonly name = "SpoolFolderError";
}

const SEGMENT = /^spool-(\d{8})\.rows$/;
const segmentName = (number: number): string => `spool-${String(number).padStart(8, "0")}.rows`;
const FOLDER_MODE = 0o700;

interface Segment {
  readonly name: string;
  /** Of the file. */
  bytes: number;
  rows: number;
  /** Of its rows, so many were read, and are settled. */
  read: number;
  settled: number;
  oldestAt: Instant | null;
}

export class SpoolFolder implements Spool {
  readonly torn: readonly TornRows[];
  readonly #folder: string;
  readonly #bounds: SpoolBounds;
  readonly #log: Log;
  readonly #segments: Segment[];
  #next: number;
  /** Open for appending: the last of the segments, if it is of this process. */
  #file: FileHandle | null = null;
  /** Rows of the segment that is being read. */
  #reading: { readonly segment: Segment; readonly jobs: readonly SpooledJob[] } | null = null;
  readonly #notebook: Notebook;

  private constructor(folder: string, bounds: SpoolBounds, log: Log, found: Found) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#log = log;
    this.#segments = [...found.segments];
    this.#next = found.next;
    this.torn = found.torn;
    this.#notebook = new Notebook(folder, found.nextNotes, log);
  }

  /** Looks at what is there; rejects with a {@link SpoolFolderError} where nobody should go on. */
  static async open(folder: string, bounds: SpoolBounds, log: Log): Promise<SpoolFolder> {
    try {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      return new SpoolFolder(folder, bounds, log, await found(folder));
    } catch (error) {
      if (error instanceof SpoolFolderError) throw error;
      throw new SpoolFolderError(`The spool folder ${folder} cannot be used: ${wordsOf(error)}.`, { cause: error });
    }
  }

  get rows(): number {
    return this.#segments.reduce((sum, { rows, settled }) => sum + rows - settled, 0);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get oldestAt(): Instant | null {
    return this.#segments.find(({ rows, settled }) => rows > settled)?.oldestAt ?? null;
  }

  async append(jobs: readonly SpooledJob[]): Promise<void> {
    const [first] = jobs;
    if (first === undefined) return;
    const rows = jobs.map(encoded);
    const bytes = rows.reduce((sum, row) => sum + row.length, 0);
    const { rowsMax, bytesMax } = this.#bounds;
    if (this.rows + jobs.length > rowsMax) throw new SpoolError("full", `spool.rowsMax is ${String(rowsMax)}.`);
    if (this.bytes + bytes > bytesMax) throw new SpoolError("full", `spool.megabytesMax is ${String(bytesMax / MIB)}.`);
    try {
      const { file, segment } = await this.#toAppend();
      await this.#written(file, segment, Buffer.concat(rows));
      segment.bytes += bytes;
      segment.rows += jobs.length;
      segment.oldestAt ??= first.at;
    } catch (error) {
      throw new SpoolError("disk", `${wordsOf(error)}.`, { cause: error });
    }
  }

  async read(max: number): Promise<readonly SpooledJob[]> {
    const segment = this.#segments.find(({ rows, read }) => read < rows);
    if (segment === undefined) return [];
    if (this.#reading?.segment !== segment || this.#reading.jobs.length < segment.rows) {
      const file = await readFile(join(this.#folder, segment.name));
      // What is being appended meanwhile is not there yet.
      this.#reading = { segment, jobs: decoded(file).jobs.slice(0, segment.rows) };
    }
    const { jobs } = this.#reading;
    if (jobs.length <= segment.read) throw new SpoolError("disk", "Rows that were spooled are not in their file.");
    const batch = jobs.slice(segment.read, segment.read + max);
    segment.read += batch.length;
    return batch;
  }

  async forget(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const segment = this.#segments.find(({ read, settled }) => settled < read);
      if (segment === undefined) return;
      const settled = Math.min(left, segment.read - segment.settled);
      segment.settled += settled;
      left -= settled;
      if (segment.settled === segment.rows) await this.#letGo(segment);
    }
  }

  note(job: SpooledJob): void {
    this.#notebook.note(job);
  }

  forgetNotes(seq: number): void {
    this.#notebook.forget(seq);
  }

  async setAside(job: SpooledJob, because: string): Promise<void> {
    const day = toIso(job.at).slice(0, 10);
    try {
      const file = await open(join(this.#folder, `refused-${day}.jsonl`), "a", FILE_MODE);
      try {
        await file.write(`${JSON.stringify({ ...job, because, time: toIso(job.at) })}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw new SpoolError("disk", `${wordsOf(error)}.`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#notebook.close();
    await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #toAppend(): Promise<{ readonly file: FileHandle; readonly segment: Segment }> {
    const last = this.#segments.at(-1);
    if (this.#file !== null && last !== undefined && last.bytes < this.#bounds.segmentBytes) {
      return { file: this.#file, segment: last };
    }
    await this.#closeFile();
    const number = this.#next;
    this.#next += 1;
    const path = join(this.#folder, segmentName(number));
    const file = await open(path, "wx", FILE_MODE);
    try {
      await file.write(HEADER);
      await file.datasync();
      await flushFolder(this.#folder);
    } catch (error) {
      // Its number is not used again, so that nothing stands in the way of the next.
      await file.close().catch(() => undefined);
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
    const segment = { name: segmentName(number), bytes: HEADER.length, rows: 0, read: 0, settled: 0, oldestAt: null };
    this.#segments.push(segment);
    this.#file = file;
    return { file, segment };
  }

  /** All or none: what the disk took of a group that it did not take whole is cut off again. */
  async #written(file: FileHandle, segment: Segment, rows: Buffer): Promise<void> {
    try {
      for (let done = 0; done < rows.length;) {
        const { bytesWritten } = await file.write(rows, done, rows.length - done, segment.bytes + done);
        done += bytesWritten;
      }
      await file.datasync();
    } catch (error) {
      // After a flush that failed nobody knows what is on the disk: the next row goes into a file of its own.
      this.#file = null;
      await file.truncate(segment.bytes).catch((fault: unknown) => {
        this.#log.warn("what was half written to the spool could not be cut off", { error: fault });
      });
      await file.close().catch(() => undefined);
      if (segment.rows === segment.settled) await this.#letGo(segment);
      throw error;
    }
  }

  async #letGo(segment: Segment): Promise<void> {
    const isAppendedTo = this.#file !== null && this.#segments.at(-1) === segment;
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    if (this.#reading?.segment === segment) this.#reading = null;
    try {
      if (isAppendedTo) await this.#closeFile();
      await rm(join(this.#folder, segment.name), { force: true });
    } catch (error) {
      // Its rows are told again by the next process; the database passes them over.
      this.#log.warn("a file of the spool could not be removed", { file: segment.name, error });
    }
  }
}

const MIB = 1_048_576;

interface Found {
  readonly segments: readonly Segment[];
  readonly next: number;
  readonly nextNotes: number;
  readonly torn: readonly TornRows[];
}

/** What was appended comes first: notes are of what came later, or lie there as well, and are passed over by their numbers. */
const found = async (folder: string): Promise<Found> => {
  const names = await readdir(folder);
  const [appended, noted] = [numbered(names, SEGMENT), numbered(names, NOTES)];
  const segments: Segment[] = [];
  const torn: TornRows[] = [];
  for (const { name } of [...appended, ...noted]) {
    const path = join(folder, name);
    const file = await readFile(path);
    const { jobs, spoilt, version } = decoded(file);
    if (version !== null && version > FORMAT_VERSION) {
      throw new SpoolFolderError(
        `${path} was written by a newer fairdial (format ${String(version)}); run that one until the folder is empty.`,
      );
    }
    if (spoilt.length > 0) torn.push(await keptAside(folder, name, Buffer.concat(spoilt), jobs.length));
    if (jobs.length === 0) {
      await rm(path, { force: true });
      continue;
    }
    const bytes = (await stat(path)).size;
    segments.push({ name, bytes, rows: jobs.length, read: 0, settled: 0, oldestAt: jobs[0]?.at ?? null });
  }
  const after = (files: readonly Numbered[]): number => (files.at(-1)?.number ?? 0) + 1;
  return { segments, next: after(appended), nextNotes: after(noted), torn };
};

interface Numbered {
  readonly name: string;
  readonly number: number;
}

const numbered = (names: readonly string[], pattern: RegExp): Numbered[] =>
  names
    .flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);

/** Named for what is in it, so that a second start keeps it once. The whole rows of the file stay where they are. */
const keptAside = async (folder: string, name: string, bytes: Buffer, whole: number): Promise<TornRows> => {
  const sum = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const keptIn = join(folder, `torn-${/\d+/.exec(name)?.[0] ?? ""}-${sum}`);
  const file = await open(keptIn, "w", FILE_MODE);
  try {
    await file.write(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await flushFolder(folder);
  return {
    says: `${String(bytes.length)} bytes of ${name} are no row, beside ${String(whole)} that are.`,
    keptIn,
  };
};

const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The system's own words name the path and the reason. */
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
