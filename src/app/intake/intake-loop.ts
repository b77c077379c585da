/**
 * Looks for what CRMs handed in, every few seconds, beside the dialling. Each daemon has one; a row that one of them
 * holds is passed over by the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Log } from "../../engine/ports.ts";
import { settleIntake, type Database } from "../../store/index.ts";
import type { ProfileSet } from "../profiles.ts";
import { carryOut } from "./carry-out.ts";

const LOOK_EVERY_MS = 2_000;
/** Held in one transaction, for some tenths of a second. */
const ROWS_AT_ONCE = 50;
/** While the database is away nobody needs to hear of it from here as well. */
const AFTER_FAILURE_MS = 15_000;

export interface IntakeNeeds {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Asked each time anew, because profiles change. */
  readonly profiles: () => ProfileSet;
}

/** Everything that waits now; returns how many rows. */
export const settleAll = async (
  { database, clock, log, profiles }: IntakeNeeds,
  goOn: () => boolean = () => true,
): Promise<number> => {
  let settled = 0;
  while (goOn()) {
    const some = await settleIntake(
      database,
      ROWS_AT_ONCE,
      () => clock.now(),
      (tx, row) => carryOut({ database, profiles: profiles(), at: clock.now() }, tx, row),
      (intakeId, error) => {
        log.error("a row of the intake could not be carried out", { intakeId, error });
      },
    );
    settled += some;
    if (some < ROWS_AT_ONCE) break;
  }
  return settled;
};

/** Returns how to stop it; that resolves when the row that is being worked on is settled. */
export const startIntake = (needs: IntakeNeeds): (() => Promise<void>) => {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let waitMs = LOOK_EVERY_MS;
      try {
        const settled = await settleAll(needs, () => !stopped.signal.aborted);
        if (settled > 0) needs.log.info("rows of the intake were settled", { settled });
      } catch (error) {
        waitMs = AFTER_FAILURE_MS;
        needs.log.warn("the intake could not be read", { error });
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
