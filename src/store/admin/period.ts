/** A stretch of time as a condition on attempts. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { SqlParameter } from "../database.ts";
import { dateOf } from "../rows.ts";

/** From included, to excluded, by the instant of the decision to dial. Null for no bound. */
export interface Period {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

const HOUR_MS = 3_600_000;

/** The condition of a campaign and a period; on the hour too, because that is what the index is by. */
export const within = (
  campaign: CampaignId | null,
  { from, to }: Period,
): { readonly where: string; readonly parameters: SqlParameter[] } => {
  const conditions: [string, SqlParameter][] = [];
  if (campaign !== null) conditions.push(["campaign_id = ?", campaign]);
  if (from !== null) {
    conditions.push(["decided_hour >= ?", new Date(Math.floor(from / HOUR_MS) * HOUR_MS)]);
    conditions.push(["decided_at >= ?", dateOf(from)]);
  }
  if (to !== null) {
    conditions.push(["decided_hour <= ?", dateOf(to)]);
    conditions.push(["decided_at < ?", dateOf(to)]);
  }
  return {
    where: ["1 = 1", ...conditions.map(([text]) => text)].join(" and "),
    parameters: conditions.map(([, value]) => value),
  };
};
