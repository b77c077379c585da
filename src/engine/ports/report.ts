/** What engine and store say to one another about what humans are to read: alarms, and where campaigns stand. */
import type { AttemptId, CampaignId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Facts } from "./facts.ts";

/** Something a human must look at. Kept until they have. */
export interface Alarm {
  readonly at: Instant;
  readonly campaignId: CampaignId | null;
  readonly attemptId: AttemptId | null;
  /** e.g. `SILENT-CALL`, `MESSAGE-FAILED`, `PROFILE-UNKNOWN`, `ABANDON-ALERT`. */
  readonly code: string;
  readonly says: string;
}

/** What a campaign's pacing on one node says of itself, kept for whoever asks why it is not dialling (more). */
export interface PacingReport {
  readonly campaignId: CampaignId;
  readonly at: Instant;
  /** What holds it back, as a code: `agents`, `loss`, `credit`, `leads`, `lines`, `cps`, `tokens`, `learning`, `barred` … */
  readonly because: string;
  /** The same as a sentence. */
  readonly says: string;
  /** The figures it was decided from: agents by state, calls on their way, leads, credit, θ, loss … */
  readonly facts: Facts;
  /** What was learned, to go on from after a restart; null: as it was saved last. Opaque to the store. */
  readonly memory: unknown;
}

/** What calls decided within a time have cost, by campaign and node: talking minutes begun, at the rate they were decided by. */
export interface TollSpent {
  readonly campaignId: CampaignId;
  readonly nodeId: NodeId;
  /** In millionths of the rates' own unit. */
  readonly spent: number;
}

/** What pacing had learned when it was last saved. */
export interface PacingMemory {
  readonly campaignId: CampaignId;
  readonly savedAt: Instant;
  readonly memory: unknown;
}
