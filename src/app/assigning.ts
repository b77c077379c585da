/** Puts leads into the sources of their campaign while somebody looks on. */
import type { CampaignId } from "../domain/ids.ts";
import { runAssignment, type AssignmentReport, type Database } from "../store/index.ts";
import { progressBar } from "./import/progress-bar.ts";
import { plural } from "./print.ts";
import type { Session } from "./session.ts";

const STEPS = 1_000;

/** A bar for work whose length is told with each step. */
export const stepsBar = (session: Session) => {
  const bar = progressBar(session.world, session.options.json, STEPS);
  let shown = 0;
  return {
    begin: () => {
      bar.begin();
    },
    onProgress: (done: number, total: number) => {
      const step = total === 0 ? STEPS : Math.min(STEPS, Math.floor((done / total) * STEPS));
      if (step > shown) bar.advance(step - shown);
      shown = Math.max(shown, step);
    },
    end: () => {
      bar.end();
    },
  };
};

/** Null when another process is about it, which comes to the same. */
export const assignWithBar = async (
  session: Session,
  database: Database,
  campaign: CampaignId,
): Promise<AssignmentReport | null> => {
  const bar = stepsBar(session);
  bar.begin();
  try {
    return await runAssignment(database, campaign, { now: () => session.world.now(), onProgress: bar.onProgress });
  } finally {
    bar.end();
  }
};

export const describeAssignment = (report: AssignmentReport | null): string =>
  report === null
    ? "Another process is putting leads into sources; it ends with the sources as they are now."
    : `${plural(report.leadsMoved, "lead")} of ${report.leadsSeen.toLocaleString("en-GB")} moved.`;
