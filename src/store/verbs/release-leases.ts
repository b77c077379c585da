/** Gives back what this node has leased and is not dialling. */
import type { CampaignId, NodeId } from "../../domain/ids.ts";
import { sourcesOfLeads } from "../claim-cells.ts";
import type { Queryable } from "../database.ts";

export const RELEASE = `
  update campaign_lead force index (lead_to_claim) set state = 'ready', lease_node = null, lease_until = null
  where campaign_id = ? and source_id in (?) and state = 'leased' and lease_node = ?`;

export const releaseLeases = async (db: Queryable, node: NodeId, campaign: CampaignId | null): Promise<number> => {
  const campaigns = campaign === null ? await allCampaigns(db) : [campaign];
  let released = 0;
  for (const each of campaigns) {
    const sources = await sourcesOfLeads(db, each);
    if (sources.length === 0) continue;
    // By campaign and source, because the index that claims use then finds the few that are leased.
    const { matched } = await db.write(RELEASE, [each, sources, node]);
    released += matched;
  }
  return released;
};

const allCampaigns = async (db: Queryable): Promise<number[]> =>
  (await db.rows<{ campaign_id: number }>("select campaign_id from campaign")).map(({ campaign_id }) => campaign_id);
