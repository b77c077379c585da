/** Leads that are still to be put into sources: whatever a manager's machine left undone, and what a night changes. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Clock, Log } from "../../engine/ports.ts";
import {
  campaignsAskingClock,
  pendingAssignments,
  requestAssignment,
  runAssignment,
  type Database,
} from "../../store/index.ts";

interface Needs {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** Goes on with those that nobody is about: one that is under way elsewhere is left alone. */
export const finishAssignments = async ({ database, clock, log }: Needs): Promise<void> => {
  for (const campaignId of await pendingAssignments(database)) await assign(campaignId, { database, clock, log });
};

/** Segments that ask how long ago something was take other leads each day. */
export const assignForTheDay = async ({ database, clock, log }: Needs): Promise<void> => {
  for (const campaignId of await campaignsAskingClock(database)) {
    await requestAssignment(database, campaignId, clock.now());
    await assign(campaignId, { database, clock, log });
  }
};

const assign = async (campaignId: CampaignId, { database, clock, log }: Needs): Promise<void> => {
  const report = await runAssignment(database, campaignId, { now: () => clock.now() });
  if (report !== null) log.info("leads were put into the sources of their campaign", { campaignId, ...report });
};
