/**
 * Housekeeping by the calendar. A job says that it is time; whoever owns the thing does the work.
 * node-cron keeps the calendar, daylight saving included.
 */
import { schedule } from "node-cron";
import type { Log } from "../engine/ports.ts";

export interface HousekeepingJob {
  readonly name: string;
  /** Five fields, in the machine's own time. */
  readonly when: string;
  readonly due: () => Promise<void> | void;
}

/** Returns how to stop them. A job that fails is logged and comes again at its next time. */
export function startHousekeeping(jobs: readonly HousekeepingJob[], log: Log): () => Promise<void> {
  const tasks = jobs.map(({ name, when, due }) =>
    schedule(
      when,
      async () => {
        try {
          await due();
        } catch (error) {
          log.error("a housekeeping job failed", { job: name, error });
        }
      },
      { name, noOverlap: true },
    ),
  );
  return async () => {
    for (const task of tasks) await task.destroy();
  };
}
