/**
 * What CRMs ask for that somebody waits for: gaps in recordings (a card is being read out), transfers, calls by hand.
 * Looked for three times a second, beside the dialling, by one question; only what waits is carried out. Each daemon has
 * such a loop; a row that one of them holds is passed over by the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../domain/instant.ts";
import type { Clock, Log } from "../../engine/ports.ts";
import {
  commandsWaiting,
  expireManualCalls,
  expireRecordingCommands,
  expireTransferCommands,
  settleManualCalls,
  settleRecordingCommands,
  settleTransferCommands,
  type Database,
} from "../../store/index.ts";
import { lookAtManual } from "../manual/look.ts";

const LOOK_EVERY_MS = 300;
const EXPIRE_EVERY_MS = 5_000;
const AFTER_FAILURE_MS = 5_000;
const ROWS_AT_ONCE = 50;
/** Each of them asks a dozen questions, and all are held until the last is answered. */
const MANUAL_ROWS_AT_ONCE = 20;
/** A daemon that has the agent answers within seconds; after this there is none. */
const MANUAL_NEVER_ANSWERED_MS = 60_000;

export interface CommandNeeds {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

interface Desk {
  readonly what: keyof Awaited<ReturnType<typeof commandsWaiting>>;
  readonly settle: (database: Database, at: Instant) => Promise<number>;
  /** What nobody answered in time. */
  readonly expire: (database: Database, at: Instant) => Promise<number>;
}

const DESKS: readonly Desk[] = [
  {
    what: "recordings",
    settle: (database, at) => settleRecordingCommands(database, at, ROWS_AT_ONCE),
    expire: expireRecordingCommands,
  },
  {
    what: "transfers",
    settle: (database, at) => settleTransferCommands(database, at, ROWS_AT_ONCE),
    expire: expireTransferCommands,
  },
  {
    what: "manualCalls",
    settle: (database, at) =>
      settleManualCalls(database, at, (tx, row) => lookAtManual({ database, at }, tx, row), {
        limit: MANUAL_ROWS_AT_ONCE,
      }),
    expire: (database, at) => expireManualCalls(database, at, MANUAL_NEVER_ANSWERED_MS),
  },
];

/** What there is to do now, done; what fails is left alone for a while, and holds up nothing else. */
export class CommandDesks {
  readonly #needs: CommandNeeds;
  readonly #failedAt = new Map<Desk, Instant>();
  #expiredAt: Instant | null = null;

  constructor(needs: CommandNeeds) {
    this.#needs = needs;
  }

  /** Rejects where the database cannot be asked at all. */
  async look(): Promise<void> {
    const { database, clock } = this.#needs;
    const waiting = await commandsWaiting(database);
    for (const desk of DESKS) if (waiting[desk.what]) await this.#carryOut(desk, desk.settle);
    const now = clock.now();
    if (this.#expiredAt !== null && Math.abs(now - this.#expiredAt) < EXPIRE_EVERY_MS) return;
    this.#expiredAt = now;
    for (const desk of DESKS) await this.#carryOut(desk, desk.expire);
  }

  async #carryOut(desk: Desk, work: Desk["settle"]): Promise<void> {
    const { database, clock, log } = this.#needs;
    const at = clock.now();
    const failedAt = this.#failedAt.get(desk);
    if (failedAt !== undefined && Math.abs(at - failedAt) < AFTER_FAILURE_MS) return;
    try {
      await work(database, at);
      this.#failedAt.delete(desk);
    } catch (error) {
      this.#failedAt.set(desk, at);
      log.warn("what CRMs ask for could not be carried out; it is tried again", { what: desk.what, error });
    }
  }
}

/** Returns how to stop it; that resolves when the rows that are being looked at are settled. */
export const startCommands = (needs: CommandNeeds): (() => Promise<void>) => {
  const stopped = new AbortController();
  const desks = new CommandDesks(needs);
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let waitMs = LOOK_EVERY_MS;
      try {
        await desks.look();
      } catch (error) {
        waitMs = AFTER_FAILURE_MS;
        needs.log.warn("what CRMs ask for could not be looked for", { error });
      }
      await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await running;
  };
};
