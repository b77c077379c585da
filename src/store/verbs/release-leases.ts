/** Gives back what this node has leased and is not dialling. */
import type { CampaignId, NodeId } from "../../domain/ids.ts";
import type { Queryable } from "../database.ts";

export const releaseLeases = async (db: Queryable, node: NodeId, campaign: CampaignId | null): Promise<number> => {
  const campaigns = campaign === null ? await allCampaigns(db) : [campaign];
  if (campaigns.length === 0) return 0;
  // By campaign, because the index that claims use then finds the few that are leased.
  const { matched } = await db.write(
    `update campaign_lead force index (lead_by_due)
     set state = 'ready', lease_node = null, lease_until = null
     where campaign_id in (?) and state = 'leased' and lease_node = ?`,
    [campaigns, node],
  );
  return matched;
};

const allCampaigns = async (db: Queryable): Promise<number[]> =>
  (await db.rows<{ campaign_id: number }>("select campaign_id from campaign")).map(({ campaign_id }) => campaign_id);
