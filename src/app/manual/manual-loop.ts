/**
 * Looks for calls that CRMs ask for, twice a second, beside the dialling: somebody sits there and waits. Each daemon has
 * one; a row that one of them holds is passed over by the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Log } from "../../engine/ports.ts";
import { expireManualCalls, settleManualCalls, type Database } from "../../store/index.ts";
import { lookAtManual } from "./look.ts";

const LOOK_EVERY_MS = 500;
const ROWS_AT_ONCE = 20;
const AFTER_FAILURE_MS = 5_000;
const EXPIRE_EVERY_MS = 10_000;
/** A daemon that has the agent answers within seconds; after this there is none. */
export const NEVER_ANSWERED_MS = 60_000;

export interface ManualNeeds {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** Everything that waits now; returns how many rows. */
export const lookAtAll = ({ database, clock }: Omit<ManualNeeds, "log">): Promise<number> => {
  const at = clock.now();
  return settleManualCalls(database, at, (tx, row) => lookAtManual({ database, at }, tx, row), { limit: ROWS_AT_ONCE });
};

/** Returns how to stop it; that resolves when the rows that are being looked at are settled. */
export const startManual = (needs: ManualNeeds): (() => Promise<void>) => {
  const stopped = new AbortController();
  let expiredAt = 0;
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let waitMs = LOOK_EVERY_MS;
      try {
        await lookAtAll(needs);
        const now = needs.clock.now();
        if (now - expiredAt > EXPIRE_EVERY_MS) {
          expiredAt = now;
          await expireManualCalls(needs.database, now, NEVER_ANSWERED_MS);
        }
      } catch (error) {
        waitMs = AFTER_FAILURE_MS;
        needs.log.warn("calls asked for by name could not be looked at", { error });
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
