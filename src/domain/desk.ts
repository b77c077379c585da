/**
 * What an agent may do with a person they talk to, beside talking: leave a message on a machine, put them on hold. What a
 * campaign says of it, and what is written down of it.
 */
import type { AgentId, AttemptId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { TransferKey } from "./transfer.ts";

export interface DeskRules {
  /** After so long on hold the agent is warned, and {@link HOLD_GRACE_MS} later the person is back with them. */
  readonly holdMaxMs: number;
  /** Wrap-up of an agent who has sent a machine to the message; there is nothing to write down. */
  readonly voicemailWrapUpMs: number;
  /** E.164 numbers, outside this house, to which somebody may be passed on; no others. */
  readonly outsideNumbers: readonly string[];
  /** So many of the campaign's people may be with outside numbers at once. */
  readonly outsideMax: number;
  /** What an agent's `*8` and a digit stand for. */
  readonly transferKeys: readonly TransferKey[];
  /** Whether somebody may listen to its agents' calls. */
  readonly supervision: boolean;
}

export const DEFAULT_DESK: DeskRules = {
  holdMaxMs: 180_000,
  voicemailWrapUpMs: 0,
  outsideNumbers: [],
  outsideMax: 2,
  transferKeys: [],
  supervision: true,
};

/** From the warning to the end of a hold: time to finish a sentence with somebody else. */
export const HOLD_GRACE_MS = 10_000;

export const DESK_WORKS = ["voicemail", "hold"] as const;
export type DeskWorkKind = (typeof DESK_WORKS)[number];

/** One thing that was done with a call; kept for managers and CRMs. */
export interface DeskWork {
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly kind: DeskWorkKind;
  readonly at: Instant;
  /** `key` of the agent's phone, or `command`: the command line or SQL. */
  readonly by: "key" | "command";
  /** Null while it lasts. */
  readonly endedAt: Instant | null;
  /** How it ended: `resumed`, `hung-up`, `message`, `left` …; null while it lasts. */
  readonly endedAs: string | null;
}
