/** What calls have cost lately: by the minutes begun since the answer, at the rate that each was decided by. */
import { campaignId, nodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { TollSpent } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";

export const tollSpent = async (db: Queryable, since: Instant, at: Instant): Promise<readonly TollSpent[]> => {
  const rows = await db.rows<{ campaign_id: number; node_id: string; spent: number }>(
    `select campaign_id, node_id,
       sum(toll_rate * greatest(1, ceil(timestampdiff(second, answered_at, coalesce(ended_at, ?)) / 60))) as spent
     from attempt
     where campaign_id in (select campaign_id from campaign) and decided_hour >= ? - interval 1 hour
       and decided_at >= ? and toll_rate is not null and answered_at is not null
     group by campaign_id, node_id`,
    [dateOf(at), dateOf(since), dateOf(since)],
  );
  return rows.map((row) => ({
    campaignId: campaignId(row.campaign_id),
    nodeId: nodeId(row.node_id),
    spent: row.spent,
  }));
};
