/**
 * Return calls: people who ring the number that they were called from. No attempts: nobody was dialled, no cap and no
 * abandon account knows of them. What a campaign says about them, and what one of them came to.
 */
import type { MessageChoice } from "./attempt.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, LegId, NodeId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { PhoneNumber } from "./phone-number.ts";

/** Shaped like an attempt's, because an agent is held by either, and by one of them at a time. */
export type ReturnId = AttemptId;

/** `message`: who called and how to reach them, with nobody sought; `off`: left to the dialplan. */
export const RETURN_MODES = ["agent", "message", "off"] as const;
export type ReturnMode = (typeof RETURN_MODES)[number];

/** What a campaign does with those who call back. */
export interface ReturnRules {
  readonly mode: ReturnMode;
  /** How long somebody hears it ring while an agent is sought, before the message. */
  readonly waitMs: number;
}

export const DEFAULT_RETURNS: ReturnRules = { mode: "agent", waitMs: 15_000 };

/** So long after an attempt whoever rings its caller number is taken to be calling back. */
export const RETURN_WINDOW_MS = 30 * 86_400_000;

/** Pressed during the message, or within moments of its end: no more calls. */
export const RETURN_OPT_OUT_KEY = "9";

export const RETURN_OUTCOMES = [
  /** Talked with an agent. */
  "talked",
  /** The message played to its end. */
  "informed",
  /** Pressed the key: whoever did is suppressed, whatever else they heard. */
  "opted-out",
  /** Hung up while it rang. */
  "left-waiting",
  /** Hung up before the message was over. */
  "left-message",
  /** More at once than this node takes, or a campaign that leaves them to the dialplan. */
  "handed-back",
  /** From one of our own numbers: a call of ours that was forwarded to us. */
  "loop",
  /** Neither an agent nor a message could be brought to them. */
  "unserved",
  /** Nobody saw its end: the process, or Asterisk, was away. */
  "lost",
] as const;
export type ReturnOutcome = (typeof RETURN_OUTCOMES)[number];

export type ReturnEndedBy = "caller" | "agent" | "us" | "unknown";

/** Whom the caller is taken for: the latest attempt to their number that showed the number they ring. */
export interface ReturnMatch {
  readonly attemptId: AttemptId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  /** Who talked with this lead last, else who was promised to that attempt; null for nobody. */
  readonly lastAgentId: AgentId | null;
}

export interface ReturnRow {
  readonly returnId: ReturnId;
  readonly legId: LegId;
  readonly at: Instant;
  /** The number they rang; null where it is none of ours. */
  readonly cliNumber: PhoneNumber | null;
  /** Null where they withhold it. */
  readonly caller: PhoneNumber | null;
  /** Theirs by the match, else the campaign whose message they get; null for neither. */
  readonly campaignId: CampaignId | null;
  readonly match: ReturnMatch | null;
}

export interface ReturnEnd {
  readonly returnId: ReturnId;
  readonly endedAt: Instant;
  readonly outcome: ReturnOutcome;
  readonly endedBy: ReturnEndedBy;
  /** Who talked with them; null for nobody. */
  readonly agentId: AgentId | null;
  /** From their arrival to the agent or the beginning of the message; null where neither came. */
  readonly waitedMs: number | null;
  readonly connectedAt: Instant | null;
  readonly message: MessageChoice | null;
  readonly optedOut: boolean;
  /** The lead is not dialled before this; null where the call says nothing of that. */
  readonly notBefore: Instant | null;
}

/** A row that says that a return call is alive on this node. */
export interface OpenReturn {
  readonly row: ReturnRow;
  readonly nodeId: NodeId;
}
