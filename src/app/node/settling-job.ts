/** Whoever is alive settles what nodes left that have been silent for longer than any of their calls can last. */
import type { ComplianceProfile } from "../../compliance/profile.ts";
import { nodeId } from "../../domain/ids.ts";
import { instant } from "../../domain/instant.ts";
import { StoreError, type Log } from "../../engine/ports.ts";
import { campaignSummaries, nodesToSettle, raiseAlarm, type Database } from "../../store/index.ts";
import { systemClock } from "../clock.ts";
import type { DaemonConfig } from "../config.ts";
import type { HousekeepingJob } from "../cron.ts";
import { settleNode } from "./settle-node.ts";

/** Its machine may be cut off and its people still talking; whatever the campaigns allow, not sooner. */
const SILENT_MIN_MS = 3_600_000;

interface SettlingNeeds {
  readonly config: DaemonConfig;
  readonly database: Database;
  readonly log: Log;
  readonly profiles: () => ReadonlyMap<string, ComplianceProfile>;
}

export const settlingJob = (needs: SettlingNeeds): HousekeepingJob => ({
  name: "settle what dead nodes left",
  when: "*/5 * * * *",
  due: () => settleTheDead(needs),
});

/** After the longest conversation that any campaign allows, by which time nothing can be alive there that we ever knew. */
export async function settleTheDead({ config, database, log, profiles }: SettlingNeeds): Promise<void> {
  const now = systemClock.now();
  const campaigns = (await campaignSummaries(database, now)).map(({ campaign }) => campaign);
  const longest = Math.max(
    SILENT_MIN_MS,
    ...campaigns.map(({ talkMaxMs, ringTimeoutMs }) => talkMaxMs + ringTimeoutMs),
  );
  for (const dead of await nodesToSettle(database, now, longest)) {
    if (dead === nodeId(config.node.name)) continue;
    try {
      const settled = await settleNode(dead, { config, database, profiles, log, by: `node ${config.node.name}` });
      log.warn("what a dead node had left was settled", { node: dead, attempts: settled });
      await raiseAlarm(database, {
        ...{ at: instant(systemClock.now()), campaignId: null, attemptId: null, code: "NODE-DEAD" },
        says: `The node ${dead} has been silent for too long: ${config.node.name} ended the ${settled} attempts that it had left open.`,
      });
    } catch (error) {
      // Its daemon came back, or another node was first.
      if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
    }
  }
}
