/** A person whom an agent passes on: to another agent, to whoever is free of a campaign, to an outside number. */
import type { AgentId, AttemptId, CampaignId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { PhoneNumber } from "./phone-number.ts";

/** So long an outside number is rung, from the moment at which the person is known to hear music. */
export const OUTSIDE_RING_MS = 30_000;

/** So long a person waits with music for any agent, when neither the other nor their own can have them. */
export const SEEK_MS = 15_000;

/** Another agent, whoever is free of a campaign, or a number outside. */
export type TransferTarget =
  { readonly agentId: AgentId } | { readonly campaignId: CampaignId } | { readonly number: string };

export interface TransferKey {
  /** One digit, 1 to 9. */
  readonly key: string;
  readonly kind: (typeof TRANSFER_KINDS)[number];
  readonly to: TransferTarget;
}

export const TRANSFER_KINDS = ["blind", "consulted"] as const;

/** One time that somebody was passed on, or was to be; kept for managers and CRMs. */
export interface TransferNote {
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly kind: (typeof TRANSFER_KINDS)[number];
  readonly at: Instant;
  /** `key` of the agent's phone, or `command`: the command line or SQL. */
  readonly by: "key" | "command";
  /** The agent to whom; null for an outside number. */
  readonly toAgentId: AgentId | null;
  /** The outside number; null for an agent. */
  readonly toNumber: PhoneNumber | null;
  /** When the other could talk with the agent, or the outside number answered; null where they did not. */
  readonly metAt: Instant | null;
  /** When all three talked; null where they did not. */
  readonly togetherAt: Instant | null;
  /** Null while it lasts. */
  readonly endedAt: Instant | null;
  /** `handed-over`, `taken-back`, `no-answer`, `another-agent`, `message`, `they-left`, `hung-up`; null while it lasts. */
  readonly endedAs: string | null;
}
