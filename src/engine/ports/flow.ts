/** What the engine needs of the world to carry out call flows: playbacks by their number, keys, and where results go. */
import type { Stamp } from "../../domain/attempt.ts";
import type { AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Flow } from "../../flow/flow.ts";
import type { CallbackTime } from "../../lead/callback.ts";
import type { CommandResult } from "./command-result.ts";

export interface FlowPlayback {
  /** Counts the playbacks of one call, from 1; all news of it names it. */
  readonly play: number;
  /** Played one after the other; none has a comma in it. */
  readonly media: readonly string[];
  /** Of recordings and grammar, such as `en_GB`. */
  readonly language: string;
}

/** What is heard of a call while its flow has the word. */
export interface FlowNews {
  readonly kind: "flow";
  readonly attemptId: AttemptId;
  readonly event:
    | { readonly type: "playStarted" | "playFinished" | "playFailed"; readonly stamp: Stamp; readonly play: number }
    | { readonly type: "digit"; readonly stamp: Stamp; readonly digit: string };
}

export interface FlowTelephony {
  /**
   * `playStarted`, then `playFinished` or `playFailed` follow; nothing follows once it was stopped, or the person was
   * sent to an agent or given the information message, either of which stops it.
   */
  playFlow(attemptId: AttemptId, playback: FlowPlayback): Promise<CommandResult>;
  /** Stops it if it plays still. Never fails, never waits. */
  stopFlow(attemptId: AttemptId, play: number): void;
}

export interface FlowOnRecord {
  readonly flowId: number;
  readonly flow: Flow;
}

/** What a call without an agent came to. */
export interface FlowNote {
  readonly attemptId: AttemptId;
  readonly flowId: number;
  readonly at: Instant;
  readonly what:
    | { readonly type: "result"; readonly name: string; readonly value: string }
    /** They object to further calls: suppressed for everybody whose calls we make, as by an agent's disposition. */
    | { readonly type: "optOut" }
    | { readonly type: "callback"; readonly callback: CallbackTime };
}

export interface FlowStore {
  /** Of an attempt whose row is written. Repeating it is harmless; a later value of the same result takes its place. */
  recordFlow(note: FlowNote): Promise<void>;
}
