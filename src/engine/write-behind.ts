/**
 * Rows that follow what has already happened: somebody held the phone, and their two seconds were not for the
 * database. Written in the order they came, each repeated until the store accepts it.
 *
 * The store's guards make a repetition harmless, so a lost acknowledgement costs nothing. What the store calls
 * broken will not become better by repeating; it is logged in full and counted, and the journal still has it.
 */
import { after } from "../domain/instant.ts";
import type { AttemptChange, Clock, Log, Store } from "./ports.ts";
import { StoreError } from "./ports.ts";

type Job =
  | { readonly type: "change"; readonly change: AttemptChange }
  | { readonly type: "write"; readonly name: string; readonly run: () => Promise<unknown> };

/** Changes written in one transaction at most. */
const BATCH_MAX = 200;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5_000;

export class WriteBehind {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #jobs: Job[] = [];
  #running = false;
  #waiters: (() => void)[] = [];
  #refused = 0;
  #unfit = 0;
  #away = false;
  /** So many at the head were refused as a batch, and are tried one by one: one bad row must not take others with it. */
  #oneByOne = 0;

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  change(change: AttemptChange): void {
    this.#add({ type: "change", change });
  }

  write(name: string, run: () => Promise<unknown>): void {
    this.#add({ type: "write", name, run });
  }

  get depth(): number {
    return this.#jobs.length;
  }

  /** True while the store does not answer: nothing may be placed that cannot be recorded. */
  get storeAway(): boolean {
    return this.#away;
  }

  /** Rows that the store refused for good, and changes that no longer fitted their row. */
  get counts(): { readonly refused: number; readonly unfit: number } {
    return { refused: this.#refused, unfit: this.#unfit };
  }

  /** Resolves when everything posted so far is written. */
  settled(): Promise<void> {
    if (this.#jobs.length === 0 && !this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  #add(job: Job): void {
    this.#jobs.push(job);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let head = this.#jobs[0]; head !== undefined; head = this.#jobs[0]) {
      const count = head.type === "change" && this.#oneByOne === 0 ? this.#changesAtHead() : 1;
      const answer = await this.#untilAnswered(head, count);
      if (answer === "refused" && count > 1) {
        this.#oneByOne = count;
        continue;
      }
      this.#oneByOne = Math.max(0, this.#oneByOne - 1);
      this.#jobs.splice(0, count);
    }
    this.#running = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #changesAtHead(): number {
    let count = 0;
    while (count < BATCH_MAX && this.#jobs[count]?.type === "change") count += 1;
    return count;
  }

  async #untilAnswered(head: Job, count: number): Promise<"accepted" | "refused"> {
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
      try {
        await this.#write(head, count);
        this.#answered();
        return "accepted";
      } catch (error) {
        if (!(error instanceof StoreError) || error.kind !== "away") {
          this.#answered();
          if (count > 1) {
            this.#log.warn("the store refused a batch; its rows are tried one by one", { count, error });
          } else {
            this.#refused += 1;
            this.#log.error("the store refused a row for good", { job: describe(head), error });
          }
          return "refused";
        }
        if (!this.#away) this.#log.warn("the store is away; rows wait in memory", { error: error.message });
        this.#away = true;
        await this.#pause(delayMs);
      }
    }
  }

  /** Also a no is an answer: otherwise a refusal after an outage would leave the store away until the next row. */
  #answered(): void {
    if (this.#away) this.#log.info("the store answers again", { waiting: this.#jobs.length });
    this.#away = false;
  }

  async #write(head: Job, count: number): Promise<void> {
    if (head.type === "write") {
      await head.run();
      return;
    }
    const changes = this.#jobs.slice(0, count).flatMap((job) => (job.type === "change" ? [job.change] : []));
    const unfit = await this.#store.recordChanges(changes);
    if (unfit > 0) {
      this.#unfit += unfit;
      this.#log.debug("changes no longer fitted their rows", { unfit });
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.wakeAt(after(this.#clock.now(), ms), resolve);
    });
  }
}

const describe = (job: Job): string => (job.type === "write" ? job.name : `change of ${job.change.attemptId}`);
