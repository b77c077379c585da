/** What a manager asks when a campaign does not dial as expected: what each node's pacing says, and where its leads are. */
import type { CampaignId, NodeId } from "../../domain/ids.ts";
import { nodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { dateOf, instantOf, instantOrNull, parsed } from "../rows.ts";

/** The latest of one node, however old it is. */
export interface PacingSaid {
  readonly nodeId: NodeId;
  readonly at: Instant;
  /** A code of the engine's. */
  readonly because: string;
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** When what was learned was saved; null: never. */
  readonly savedAt: Instant | null;
}

interface SaidRow {
  readonly node_id: string;
  readonly told_at: Date;
  readonly because: string;
  readonly says: string;
  readonly facts: string;
  readonly saved_at: Date | null;
}

export const SAID_QUESTION = `
  select node_id, told_at, because, says, facts, saved_at from campaign_pacing
  where campaign_id = ? order by node_id`;

/** By node. */
export const pacingSaid = async (db: Queryable, campaign: CampaignId): Promise<PacingSaid[]> => {
  const rows = await db.rows<SaidRow>(SAID_QUESTION, [campaign]);
  return rows.map((row) => ({
    nodeId: nodeId(row.node_id),
    at: instantOf(row.told_at),
    because: row.because,
    says: row.says,
    facts: parsed(row.facts) as Readonly<Record<string, unknown>>,
    savedAt: instantOrNull(row.saved_at),
  }));
};

/** Reports of nodes that have been silent since before, with what they learned: too old to say anything of today. Returns how many. */
export const forgetPacing = async (db: Queryable, before: Instant): Promise<number> =>
  (await db.write("delete from campaign_pacing where told_at < ?", [dateOf(before)])).matched;
