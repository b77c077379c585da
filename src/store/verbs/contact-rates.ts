/** Who answers when: counts of all cells that were tried. At most a few hundred rows a campaign. */
import { campaignId, type CampaignId } from "../../domain/ids.ts";
import { NUMBER_KINDS } from "../../domain/lead.ts";
import type { ContactCount } from "../../lead/redial/contact-rates.ts";
import type { Queryable } from "../database.ts";

interface RateRow {
  readonly campaign_id: number;
  readonly number_kind: string;
  readonly weekday: number;
  readonly hour: number;
  readonly attempts: number;
  readonly live_answers: number;
}

export const RATES_QUESTION = `
  select campaign_id, number_kind, weekday, hour, attempts, live_answers from contact_rate where campaign_id in (?)`;

export const contactRates = async (
  db: Queryable,
  campaigns: readonly CampaignId[],
): Promise<ReadonlyMap<CampaignId, readonly ContactCount[]>> => {
  const counts = new Map<CampaignId, ContactCount[]>(campaigns.map((campaign) => [campaign, []]));
  if (campaigns.length === 0) return counts;
  for (const row of await db.rows<RateRow>(RATES_QUESTION, [campaigns])) {
    const kind = NUMBER_KINDS.find((known) => known === row.number_kind);
    if (kind === undefined) continue;
    const { weekday, hour, attempts, live_answers } = row;
    counts.get(campaignId(row.campaign_id))?.push({ kind, weekday, hour, attempts, liveAnswers: live_answers });
  }
  return counts;
};
