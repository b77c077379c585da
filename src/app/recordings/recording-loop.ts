/** Beside the dialling: removes the files of recordings that are to go, looked for every two seconds. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeId } from "../../domain/ids.ts";
import type { Clock, Log, Telephony } from "../../engine/ports.ts";
import { fileRemoved, filesToRemove, type Database } from "../../store/index.ts";

const LOOK_EVERY_MS = 2_000;
const AFTER_FAILURE_MS = 5_000;
const ROWS_AT_ONCE = 50;

export interface RecordingNeeds {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly telephony: Pick<Telephony, "isUp" | "recordings">;
  readonly nodeId: NodeId;
}

/** Removes the files of this node that are to go, and says so in their rows. Returns how many are gone now. */
export const removeFiles = async ({ database, clock, log, telephony, nodeId }: RecordingNeeds): Promise<number> => {
  if (!telephony.isUp()) return 0;
  const files = await filesToRemove(database, nodeId, ROWS_AT_ONCE);
  for (const { attemptId, file } of files) {
    const what = await telephony.recordings.remove(file);
    await fileRemoved(database, attemptId, clock.now());
    log.info("the file of a recording was removed", { attemptId, what });
  }
  return files.length;
};

/** Returns how to stop it. */
export const startRecordings = (needs: RecordingNeeds): (() => Promise<void>) => {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let waitMs = LOOK_EVERY_MS;
      try {
        await removeFiles(needs);
      } catch (error) {
        waitMs = AFTER_FAILURE_MS;
        needs.log.warn("files of recordings that are to go could not be removed; it is tried again", { error });
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
