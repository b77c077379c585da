/** Reads what happened. Counts, never rates: whoever divides should see by what. */
import type { AttemptFacts, AttemptState } from "../../domain/attempt.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database } from "../database.ts";

/** From included, to excluded, by the instant of the decision to dial. Null for no bound. */
export interface Period {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

export interface OutcomeCount {
  readonly outcome: Outcome;
  readonly attempts: number;
  /** Different leads among them. */
  readonly leads: number;
}

export interface OutcomesReport {
  /** Most frequent first. */
  readonly outcomes: readonly OutcomeCount[];
  readonly attempts: number;
  /** Not ended yet. */
  readonly open: number;
  readonly answered: number;
  readonly connected: number;
  readonly talkMs: number;
  /** From the answer to both legs joined; null when nothing was connected. */
  readonly answerToConnectMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
}

/** Of one campaign, or of all when null. */
export const reportOutcomes = async (
  _db: Database,
  _campaignId: CampaignId | null,
  _period: Period,
): Promise<OutcomesReport> => {
  throw new Error("not built");
};

export interface AttemptFilter extends Partial<Period> {
  readonly campaignId?: CampaignId;
  readonly leadId?: LeadId;
  readonly agentId?: AgentId;
  readonly attemptId?: AttemptId;
  readonly number?: PhoneNumber;
  readonly outcome?: Outcome;
  /** True: only those not ended. False: only those ended. */
  readonly open?: boolean;
}

export interface AttemptRecord {
  readonly attemptId: AttemptId;
  readonly nodeId: NodeId;
  readonly campaignName: string;
  readonly listName: string;
  readonly leadId: LeadId;
  readonly externalKey: string | null;
  readonly leadName: string | null;
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  readonly trunk: string;
  readonly decidedAt: Instant;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly outcome: Outcome | null;
  readonly agentName: string | null;
  readonly disposition: string | null;
}

/** Newest first, at most `limit`. */
export const reportAttempts = async (
  _db: Database,
  _filter: AttemptFilter,
  _limit: number,
): Promise<AttemptRecord[]> => {
  throw new Error("not built");
};

/** Slowest answer→connect first. */
export const slowestConnects = async (
  _db: Database,
  _campaignId: CampaignId | null,
  _period: Period,
  _limit: number,
): Promise<AttemptRecord[]> => {
  throw new Error("not built");
};
