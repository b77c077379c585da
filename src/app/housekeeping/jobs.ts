/** The work on the database that nobody waits for, most of it nightly, in the shape that cron.ts takes. Every node has it; one of them does it. */
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { Clock, Log } from "../../engine/ports.ts";
import { settleMissed, type Database } from "../../store/index.ts";
import { closeYesterday } from "../statement/close-days.ts";
import type { HousekeepingJob } from "../cron.ts";
import { assignForTheDay, finishAssignments } from "./assignments.ts";
import { forgetWhatIsOver } from "./retention.ts";

export interface HousekeepingNeeds {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Asked every night anew, because profiles change. */
  readonly profiles: () => ReadonlyMap<string, ComplianceProfile>;
}

export const housekeepingJobs = ({ database, clock, log, profiles }: HousekeepingNeeds): readonly HousekeepingJob[] => [
  {
    name: "retention",
    // While everybody sleeps, and in no hour that a clock change leaves out or repeats (those begin at one or two).
    when: "41 3 * * *",
    due: async () => {
      const forgotten = await forgetWhatIsOver(database, profiles(), () => clock.now());
      if (forgotten === null) log.info("another node keeps the records tonight");
      else if (Object.values(forgotten).some((count) => count > 0)) {
        log.info("what was past its time was forgotten", { ...forgotten });
      }
    },
  },
  {
    name: "go on with putting leads into sources",
    // A manager's own command does so at once; this is for one that was cut off.
    when: "*/2 * * * *",
    due: () => finishAssignments({ database, clock, log }),
  },
  {
    name: "callbacks that were missed",
    // Whoever dials notices by themselves; this is for campaigns that stand still, and agents who never came.
    when: "* * * * *",
    due: async () => {
      for (const { callbackId, leadId } of await settleMissed(database, clock.now())) {
        log.warn("a callback was missed", { leadId, callbackId, fate: "untried" });
      }
    },
  },
  {
    name: "put leads into sources for the day",
    when: "51 3 * * *",
    due: () => assignForTheDay({ database, clock, log }),
  },
  {
    name: "close the day",
    // Twice, because days end at different times in different zones; what has not changed is not written again.
    when: "11 4,13 * * *",
    due: async () => {
      for (const { day, statements, written } of await closeYesterday(database, profiles(), clock.now(), "nightly")) {
        log.info("a day of the abandon account was closed", { day, statements, written: written.length });
      }
    },
  },
];
