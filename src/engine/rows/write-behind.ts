/**
 * Rows that follow what has already happened: somebody held the phone, and their two seconds were not for the
 * database. Carried out in the order they came, each repeated until the store accepts it, each once.
 *
 * One rule to remember: while the store answers, rows go to it straight, those of a moment together; while it does not,
 * they go to the spool, and as long as one lies there the next ones queue up behind it. Nothing is placed before all of
 * them are in the store.
 */
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { AttemptChange, Store } from "../ports.ts";
import type { SpooledJob } from "../ports/spool.ts";
import { Spooler, type SpoolerParts, type SpoolTrouble } from "./spooler.ts";
import { batchOf, describeJob, type NumberedJob, type StoreJob } from "./store-jobs.ts";
import { isNoAnswer, StoreHealth } from "./store-health.ts";

/** Read from the spool at a time. */
const READ_MAX = 200;
/**
 * From one transaction to the next, as long as rows come one by one: what comes meanwhile is written with the statements
 * of one. The first after a rest waits for nobody, nor does a row that somebody waits for.
 */
const GATHER_MS = 250;
/** So many in a transaction are a busy node's: it gathers for longer, because a transaction costs it the same for all. */
const MANY_ROWS = 60;
const GATHER_MANY_MS = 500;
/** More than these are not waited for. */
const GATHERED_MAX = 400;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5_000;
/** A shorter absence is nobody's to look at. */
const ALARM_AFTER_MS = 5_000;

export interface WriteBehindParts extends SpoolerParts {
  readonly store: Store;
  /** See {@link GATHER_MS}, which it is when left out; 0 to gather nothing. */
  readonly gatherMs?: number;
}

/** How many rows wait for the store, and where. */
export interface SpoolStatus {
  readonly rows: number;
  readonly bytes: number;
  /** Of the oldest row on the disk, in ms; null where there is none. */
  readonly ageMs: number | null;
}

interface Mark {
  readonly seq: number;
  readonly run: () => void;
  /** Not when the row was refused. */
  readonly onlyIfWritten: boolean;
}

export class WriteBehind {
  readonly health: StoreHealth;
  readonly #parts: WriteBehindParts;
  readonly #spooler: Spooler;
  #seq = 0;
  /** Somebody waits until rows up to this number are written. */
  #urgentSeq = 0;
  /** No transaction is begun before it, unless there is a reason. */
  #gatherUntil: Instant | null = null;
  #stopGathering: (() => void) | null = null;
  /** Of our own: settled up to here, wherever they lay. */
  #doneSeq = 0;
  /** What waited when the store came back, of which memory may hold what the disk would not take, or had not yet. */
  #waitedSeq = 0;
  #marks: Mark[] = [];
  /** Read from the spool, and not settled yet. */
  #read: SpooledJob[] = [];
  #running = false;
  #waiters: (() => void)[] = [];
  #refused = 0;
  #unfit = 0;

  constructor(parts: WriteBehindParts) {
    this.#parts = parts;
    this.health = new StoreHealth(parts, (away) => {
      this.#storeChanged(away);
    });
    this.#spooler = new Spooler(parts, {
      isAway: () => this.health.isAway("writes"),
      spooled: () => {
        this.#stopGathering?.();
        this.#go();
      },
      inTrouble: (trouble) => {
        this.#complain(trouble);
      },
    });
  }

  /** What earlier processes left goes into the store. Resolves when all of it is there: only then rows may be believed. */
  async begin(): Promise<void> {
    const { spool, log, journal, clock } = this.#parts;
    for (const { says, keptIn } of spool.torn) {
      log.error("rows of the spool could not be read", { says, keptIn });
      journal.append({ at: clock.now(), kind: "spool", what: "torn", says, keptIn });
      this.alarm("SPOOL-TORN", `Rows that waited for the database could not be read: ${says} Kept in ${keptIn}.`);
    }
    const { rows, bytes } = spool;
    if (rows > 0) {
      log.warn("rows of an earlier process are written first", { rows, bytes });
      journal.append({ at: clock.now(), kind: "spool", what: "found", rows });
    }
    this.#go();
    await this.settled();
    if (rows > 0) journal.append({ at: clock.now(), kind: "spool", what: "replayed", rows });
  }

  change(change: AttemptChange): void {
    this.write({ type: "attemptChange", change });
  }

  /** @param written called once the row is in the store; never, if the store refuses it */
  write(job: StoreJob, written?: () => void): void {
    this.#seq += 1;
    if (written !== undefined) {
      this.#marks.push({ seq: this.#seq, run: written, onlyIfWritten: true });
      this.#urgentSeq = this.#seq;
    }
    this.#spooler.add({ seq: this.#seq, job });
    if (!this.#mayGather) this.#stopGathering?.();
    this.#go();
  }

  /** Gathered with nothing that is still to come: who objects may be dialled as another lead until it is in the store. */
  writeAtOnce(job: StoreJob): void {
    this.write(job, () => undefined);
  }

  /** Runs when everything written so far is settled. */
  afterwards(run: () => void): void {
    if (this.#doneSeq >= this.#seq) run();
    else this.#marks.push({ seq: this.#seq, run, onlyIfWritten: false });
  }

  /** Something a human must look at; raised from here, since whoever else raises alarms is built upon this. */
  alarm(code: string, says: string, campaignId: CampaignId | null = null): void {
    const { clock, log, journal } = this.#parts;
    const alarm = { at: clock.now(), campaignId, attemptId: null, code, says };
    log.warn("alarm", { campaignId, attemptId: null, code, because: says });
    journal.append({ ...alarm, kind: "alarm", stops: false });
    this.write({ type: "alarm", alarm });
  }

  /** Rows that wait, in memory and on the disk. */
  get depth(): number {
    return this.#spooler.inMemory + this.#parts.spool.rows;
  }

  /** True while the store does not answer. */
  get storeAway(): boolean {
    return this.health.awaySince !== null;
  }

  /** True while something that happened is not in the store for long: who objected may be among it, so nobody is dialled. */
  get isBehind(): boolean {
    return this.storeAway || this.#parts.spool.rows > 0 || this.#spooler.isBacklogged || this.#isCatchingUp;
  }

  /** Of what was lost for good, nothing waits any more. */
  get #isCatchingUp(): boolean {
    return this.#doneSeq < this.#waitedSeq && this.#spooler.inMemory > 0;
  }

  get spool(): SpoolStatus {
    const { rows, bytes, oldestAt } = this.#parts.spool;
    return { rows, bytes, ageMs: oldestAt === null ? null : Math.max(0, msBetween(oldestAt, this.#parts.clock.now())) };
  }

  /** Rows that the store refused for good, and changes that no longer fitted their row. */
  get counts(): { readonly refused: number; readonly unfit: number } {
    return { refused: this.#refused, unfit: this.#unfit };
  }

  /** Resolves when everything posted so far is written. */
  settled(): Promise<void> {
    if (this.depth === 0 && !this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#stopGathering?.();
    });
  }

  /** The process ends: what is not in the store goes to the disk, if the disk takes it. */
  async leave(): Promise<void> {
    await this.#spooler.empty();
  }

  #go(): void {
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      if (this.#parts.spool.rows > 0) {
        if (!(await this.#fromSpool())) await this.#pause(RETRY_FIRST_MS);
      } else {
        if (this.#spooler.inMemory === 0) break;
        await this.#gather();
        const jobs = this.#spooler.head();
        // Some of it may have gone to the disk meanwhile, or all: what is left here is younger.
        if (this.#parts.spool.rows > 0 || jobs.length === 0) continue;
        const gatherMs = jobs.length < MANY_ROWS ? GATHER_MS : GATHER_MANY_MS;
        this.#gatherUntil = after(this.#parts.clock.now(), this.#parts.gatherMs ?? gatherMs);
        await this.#settle(this.#parts.holder, jobs);
        this.#spooler.gone(this.#doneSeq);
      }
    }
    this.#running = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  get #mayGather(): boolean {
    const { clock } = this.#parts;
    if (this.#gatherUntil === null || clock.now() >= this.#gatherUntil || this.#waiters.length > 0) return false;
    return this.#urgentSeq <= this.#doneSeq && this.#spooler.inMemory < GATHERED_MAX && !this.#isCatchingUp;
  }

  /** Until the last transaction is long enough ago, or there is a reason to begin the next. */
  #gather(): Promise<void> {
    const until = this.#gatherUntil;
    if (until === null || !this.#mayGather) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stopGathering = null;
        cancel();
        resolve();
      };
      const cancel = this.#parts.clock.wakeAt(until, done);
      this.#stopGathering = done;
    });
  }

  /** The next few, all of one process. False where nothing could be read, though something is there. */
  async #fromSpool(): Promise<boolean> {
    const { spool, holder: own, log } = this.#parts;
    try {
      if (this.#read.length === 0) this.#read.push(...(await spool.read(READ_MAX)));
      const [first] = this.#read;
      if (first === undefined) return false;
      const { holder } = first;
      const other = this.#read.findIndex((each) => each.holder !== holder);
      const jobs = batchOf(this.#read.slice(0, other < 0 ? this.#read.length : other));
      // What had been on its way when it was spooled, and arrived.
      const open = holder === own ? jobs.filter(({ seq }) => seq > this.#doneSeq) : jobs;
      if (open.length > 0) await this.#settle(holder, open);
      this.#read.splice(0, jobs.length);
      await spool.forget(jobs.length);
      return true;
    } catch (error) {
      log.error("the spool could not be read", { error });
      return false;
    }
  }

  /** Until each is in the store, or refused. One bad row must not take others with it. */
  async #settle(holder: string, jobs: readonly NumberedJob[]): Promise<void> {
    const error = await this.#untilAnswered(holder, jobs);
    if (error !== null && jobs.length > 1) {
      this.#parts.log.warn("the store refused a batch; its rows are tried one by one", { count: jobs.length, error });
      for (const job of jobs) await this.#settle(holder, [job]);
      return;
    }
    const last = jobs.at(-1);
    if (last === undefined) return;
    if (error !== null) await this.#refuse(holder, last, error);
    if (holder === this.#parts.holder) this.#done(last.seq, error !== null);
  }

  /** Null when it was accepted, else why not. */
  async #untilAnswered(holder: string, jobs: readonly NumberedJob[]): Promise<unknown> {
    const { store, clock, log } = this.#parts;
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
      try {
        const unfit = await this.health.watch("writes", store.carryOut(holder, jobs, clock.now()));
        if (unfit > 0) {
          this.#unfit += unfit;
          log.debug("changes no longer fitted their rows", { unfit });
        }
        return null;
      } catch (error) {
        if (!isNoAnswer(error)) return error ?? new Error("no reason given");
        await this.#pause(delayMs);
      }
    }
  }

  #done(seq: number, refused: boolean): void {
    this.#doneSeq = Math.max(this.#doneSeq, seq);
    const due = this.#marks.filter((mark) => mark.seq <= this.#doneSeq);
    if (due.length === 0) return;
    this.#marks = this.#marks.filter((mark) => mark.seq > this.#doneSeq);
    for (const mark of due) if (!(refused && mark.onlyIfWritten && mark.seq === seq)) mark.run();
  }

  async #refuse(holder: string, { seq, job }: NumberedJob, error: unknown): Promise<void> {
    const { spool, clock, log, journal } = this.#parts;
    this.#refused += 1;
    const what = describeJob(job);
    const because = error instanceof Error ? error.message : String(error);
    log.error("the store refused a row for good", { job: what, error });
    journal.append({ at: clock.now(), kind: "spool", what: "refused", job: what, because });
    // The alarm about it may be what is refused.
    if (job.type !== "alarm") this.alarm("ROW-REFUSED", `The database refused a row for good: ${what}: ${because}`);
    await spool.setAside({ holder, seq, job, at: clock.now() }, because).catch((fault: unknown) => {
      log.error("a refused row could not be kept", { job: what, error: fault });
    });
  }

  #storeChanged(away: boolean): void {
    if (!away) {
      this.#waitedSeq = this.#seq;
      this.#stopGathering?.();
      return;
    }
    this.#spooler.go();
    const since: Instant | null = this.health.awaySince;
    const { clock } = this.#parts;
    clock.wakeAt(after(clock.now(), ALARM_AFTER_MS), () => {
      if (since === null || this.health.awaySince !== since) return;
      this.alarm("DATABASE-AWAY", "The database does not answer. Nothing is placed; rows wait on this machine's disk.");
    });
  }

  #complain({ code, says }: SpoolTrouble): void {
    this.alarm(code, says);
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.wakeAt(after(clock.now(), ms), resolve);
    });
  }
}
