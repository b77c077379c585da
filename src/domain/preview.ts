/**
 * Preview dialling: an agent is shown a lead before anybody is called, and presses, skips, or lets the time run out. What
 * a campaign says of it, and how a preview can end.
 */
import type { AgentId, AttemptId, CampaignId, LeadId, NumberId } from "./ids.ts";
import type { Instant } from "./instant.ts";

/** Why an agent would not call somebody now. */
export interface SkipReason {
  /** Pressed after `*`; null for the command line and CRMs alone. */
  readonly key: string | null;
  /** As reports show it. */
  readonly code: string;
  /** For good: the lead is done, instead of coming back later. */
  readonly closes: boolean;
}

export interface PreviewRules {
  /** How long a lead is shown, {@link PREVIEW_TIME_MIN_MS} to {@link PREVIEW_TIME_MAX_MS}. */
  readonly timeMs: number;
  /** Whether the number is dialled by itself when the time is over. Without: the lead goes back. */
  readonly auto: boolean;
  /** What one agent may skip within an hour; null for no limit. */
  readonly skipsPerHourMax: number | null;
  readonly skips: readonly SkipReason[];
}

export const PREVIEW_TIME_MIN_MS = 5_000;
export const PREVIEW_TIME_MAX_MS = 600_000;
/** `*0` ends a preview and pauses, so nine are left. */
export const SKIP_KEYS = "123456789";

export const DEFAULT_PREVIEW: PreviewRules = {
  timeMs: 15_000,
  auto: true,
  skipsPerHourMax: null,
  skips: [
    { key: "1", code: "not-now", closes: false },
    { key: "2", code: "look-up-first", closes: false },
    { key: "9", code: "not-for-us", closes: true },
  ],
};

/** Who pressed: the agent by a key, somebody by a command, or nobody, the time being over. */
export const PRESSES = ["key", "command", "time"] as const;
export type Press = (typeof PRESSES)[number];

/**
 * How a preview ended: an attempt was placed, or a rule forbade it at the press, or the agent said no, or no for good, or
 * let the time run out where nothing is dialled by itself, or it was taken off the screen (a pause, a stop, a lost lease).
 */
export const PREVIEW_ENDS = [
  "dialled",
  "refused",
  "preview-rejected",
  "preview-closed",
  "preview-timed-out",
  "withdrawn",
] as const;
export type PreviewEndName = (typeof PREVIEW_ENDS)[number];

/** A lead on an agent's screen. Its attempt, if it comes to one, has the same id: so a press can never make two. */
export interface PreviewShown {
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly callbackId: number | null;
  readonly shownAt: Instant;
  readonly untilAt: Instant;
  readonly auto: boolean;
}

export interface PreviewEnded {
  readonly attemptId: AttemptId;
  readonly at: Instant;
  readonly end: PreviewEndName;
  /** Null where nobody pressed. */
  readonly press: Press | null;
  /** Code of the skip, id of the rule, or what took it off the screen; null for nothing to add. */
  readonly because: string | null;
  /** In a sentence, for whoever asks; null for nothing to add. */
  readonly says: string | null;
}
