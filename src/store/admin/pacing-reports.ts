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

/** Leads that stand alike: in one state, for one reason. */
export interface LeadsAlike {
  /** `now`: due; `later`: ready, and not due yet; `inHand`: leased by a node. */
  readonly where: "now" | "later" | "inHand" | "dialling" | "held" | "done";
  /** Of the last verdict that gave one: an outcome, a rule, a word; null when never tried. */
  readonly because: string | null;
  readonly leads: number;
  /** The earliest due time among them. */
  readonly dueAt: Instant;
}

interface AlikeRow {
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly is_later: number;
  readonly reason: string | null;
  readonly leads: number;
  readonly due_at: Date;
}

/**
 * Most frequent first. Reads every lead of the campaign, because no index holds the reasons: a million take two and a half
 * seconds, so it is asked by people, not by daemons.
 */
export const leadsByReason = async (db: Queryable, campaign: CampaignId, at: Instant): Promise<LeadsAlike[]> => {
  const rows = await db.rows<AlikeRow>(
    `select state, state = 'ready' and due_at > ? as is_later, reason, count(*) as leads, min(due_at) as due_at
     from campaign_lead where campaign_id = ?
     group by state, is_later, reason
     order by leads desc, state, reason`,
    [dateOf(at), campaign],
  );
  return rows.map(({ state, is_later, reason, leads, due_at }) => ({
    where: whereOf(state, is_later !== 0),
    because: reason,
    leads,
    dueAt: instantOf(due_at),
  }));
};

const whereOf = (state: AlikeRow["state"], isLater: boolean): LeadsAlike["where"] => {
  if (state === "ready") return isLater ? "later" : "now";
  return state === "leased" ? "inHand" : state;
};

/** Reports of nodes that have been silent since before, with what they learned: too old to say anything of today. Returns how many. */
export const forgetPacing = async (db: Queryable, before: Instant): Promise<number> =>
  (await db.write("delete from campaign_pacing where told_at < ?", [dateOf(before)])).matched;
