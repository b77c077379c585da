/** What a human must look at: kept once for each campaign, kind and hour, however often it comes. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Alarm } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf } from "../rows.ts";

const HOUR_MS = 3_600_000;
/** No campaign has this number. */
const NO_CAMPAIGN = 0;

/**
 * Repeated with the instant it has, it counts once; and what comes again after somebody has looked is to be looked at
 * again. The last instant is assigned at the end, because the others are compared with it.
 */
export const raiseAlarm = async (db: Queryable, { at, campaignId, attemptId, code, says }: Alarm): Promise<void> => {
  const when = dateOf(at);
  await db.write(
    `insert into alarm (campaign_id, campaign_key, code, hour, says, attempt_id, first_at, last_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on duplicate key update
       times = times + (last_at < ?),
       seen_at = if(last_at < ?, null, seen_at),
       seen_by = if(last_at < ?, null, seen_by),
       last_at = greatest(last_at, ?)`,
    [
      ...[campaignId, campaignId ?? NO_CAMPAIGN, clipped(code, 32), new Date(Math.floor(at / HOUR_MS) * HOUR_MS)],
      ...[clipped(says, 500), attemptId, when, when],
      ...[when, when, when, when],
    ],
  );
};

/** Who is said to have stopped it. */
const BY = "fairdial";

export const stopCampaign = async (db: Database, campaignId: CampaignId, alarm: Alarm): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.write(
      `update campaign set desired_state = 'stopped', stopped_because = ?, changed_at = ?, changed_by = ?
       where campaign_id = ? and desired_state <> 'stopped'`,
      [clipped(alarm.says, 200), dateOf(alarm.at), BY, campaignId],
    );
    await raiseAlarm(tx, alarm);
  });
};
