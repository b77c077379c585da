/**
 * A disk that outlives processes, and the spool of one process on it. One rule to remember: what was appended and not
 * flushed when the process was killed is there, or not, or torn; what was promised to be there is there, and what was noted.
 */
import type { Instant } from "../domain/instant.ts";
import { isBefore } from "../domain/instant.ts";
import { type Spool, type SpooledJob, SpoolError, type TornRows } from "../engine/ports/spool.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SleepingClock } from "./virtual-clock.ts";

export interface DiskFaults {
  readonly flushMs: number;
  /** A flush now and then takes this much longer. */
  readonly slowRate: number;
  readonly slowMs: number;
  /** Spells without room. */
  readonly fullAt: readonly { readonly from: Instant; readonly to: Instant }[];
  readonly rowsMax: number;
}

export const FAIR_DISK: DiskFaults = { flushMs: 2, slowRate: 0, slowMs: 0, fullAt: [], rowsMax: 100_000 };

/** Rows let go together, as files are. */
const SEGMENT_ROWS = 8;

/** What the next process finds. Rows are text, as on a real disk: what is not written is not there. */
export class PretendDisk {
  readonly lines: string[] = [];
  /** Handed to the disk, and not flushed: of the last group, should the process die now. */
  unflushed: readonly string[] = [];
  readonly setAside: string[] = [];
  /** On their way to the store, by their numbers, as the process that is alive has noted them. */
  notes = new Map<number, string>();
  everAppended = 0;

  get rows(): number {
    return this.lines.length;
  }
}

export class PretendSpool implements Spool {
  readonly torn: readonly TornRows[];
  readonly #disk: PretendDisk;
  readonly #clock: SleepingClock;
  readonly #random: SeededRandom;
  readonly #faults: DiskFaults;
  /** Of the disk's rows: forgotten, though they are there until their segment is let go; and read. */
  #forgotten = 0;
  readonly #notes = new Map<number, string>();
  #read = 0;

  constructor(disk: PretendDisk, clock: SleepingClock, random: SeededRandom, faults: DiskFaults = FAIR_DISK) {
    this.#disk = disk;
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
    this.torn = this.#recover();
  }

  get rows(): number {
    return this.#disk.lines.length - this.#forgotten;
  }

  get bytes(): number {
    return this.#disk.lines.slice(this.#forgotten).reduce((sum, line) => sum + line.length, 0);
  }

  get oldestAt(): Instant | null {
    const line = this.#disk.lines[this.#forgotten];
    return line === undefined ? null : rowOf(line).at;
  }

  async append(jobs: readonly SpooledJob[]): Promise<void> {
    const { flushMs, slowRate, slowMs, rowsMax } = this.#faults;
    if (this.rows + jobs.length > rowsMax) throw new SpoolError("full", "The pretend spool is full.");
    if (this.#isFull()) throw new SpoolError("disk", "The pretend disk has no room.");
    this.#disk.unflushed = jobs.map((job) => JSON.stringify(job));
    await this.#clock.sleep(flushMs + (this.#random.chance(slowRate) ? this.#random.between(1, slowMs) : 0));
    this.#disk.lines.push(...this.#disk.unflushed);
    this.#disk.everAppended += jobs.length;
    this.#disk.unflushed = [];
  }

  async read(max: number): Promise<readonly SpooledJob[]> {
    const lines = this.#disk.lines.slice(this.#read, this.#read + max);
    this.#read += lines.length;
    return lines.map(rowOf);
  }

  async forget(count: number): Promise<void> {
    this.#forgotten += count;
    const isAll = this.#forgotten === this.#disk.lines.length;
    const gone = isAll ? this.#forgotten : this.#forgotten - (this.#forgotten % SEGMENT_ROWS);
    this.#disk.lines.splice(0, gone);
    this.#forgotten -= gone;
    this.#read -= gone;
  }

  note(job: SpooledJob): void {
    if (!this.#isFull()) this.#notes.set(job.seq, JSON.stringify(job));
  }

  forgetNotes(seq: number): void {
    for (const noted of this.#notes.keys()) if (noted <= seq) this.#notes.delete(noted);
  }

  async setAside(job: SpooledJob, because: string): Promise<void> {
    if (this.#isFull()) throw new SpoolError("disk", "The pretend disk has no room.");
    this.#disk.setAside.push(JSON.stringify({ ...job, because }));
  }

  /** What the last process was writing when it died. */
  #recover(): readonly TornRows[] {
    const { lines, unflushed, notes } = this.#disk;
    this.#disk.unflushed = [];
    const isWhole = unflushed.length === 0 || this.#random.chance(0.5);
    const whole = isWhole ? unflushed.length : Math.floor(this.#random.below(unflushed.length + 1));
    lines.push(...unflushed.slice(0, whole), ...notes.values());
    this.#disk.everAppended += whole;
    // What a process that is dead would still forget is not of this one.
    this.#disk.notes = this.#notes;
    return whole === unflushed.length ? [] : [{ says: "a row was cut off.", keptIn: "the pretend disk" }];
  }

  #isFull(): boolean {
    const now = this.#clock.now();
    return this.#faults.fullAt.some(({ from, to }) => !isBefore(now, from) && isBefore(now, to));
  }
}

const rowOf = (line: string): SpooledJob => JSON.parse(line) as SpooledJob;
