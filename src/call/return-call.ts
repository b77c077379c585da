/**
 * The words of a return call's life: somebody rings the number they were called from. The rule is that of every call: it is
 * ended or has a deadline; and from the first moment on they hear ringing, music, an agent or a message.
 */
import type { MessageChoice } from "../domain/attempt.ts";
import type { AgentId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { ReturnEndedBy, ReturnOutcome } from "../domain/return-call.ts";

export type ReturnMessage = Exclude<MessageChoice, "voicemail">;

export type ReturnEvent =
  /** The store has said who it may be, or has not answered. */
  | {
      readonly type: "known";
      readonly at: Instant;
      /** Whether an agent is sought, and how long from their arrival on. */
      readonly seeks: boolean;
      readonly waitMs: number;
      /** What they hear where nobody comes: the campaign's own only where it may be played. */
      readonly first: ReturnMessage;
    }
  | { readonly type: "agentReserved"; readonly at: Instant; readonly agentId: AgentId }
  /** The agent who was promised or talking has no leg any more. */
  | { readonly type: "agentLost"; readonly at: Instant; readonly agentId: AgentId }
  | { readonly type: "agentHungUp"; readonly at: Instant }
  /** Their leg is in the agent's bridge. */
  | { readonly type: "joined"; readonly at: Instant }
  | { readonly type: "bridgeFailed"; readonly at: Instant; readonly agentId: AgentId }
  /** Their leg is certainly in no agent's bridge, after we took it out. */
  | { readonly type: "parted"; readonly at: Instant }
  | { readonly type: "messageStarted"; readonly at: Instant; readonly choice: ReturnMessage }
  | { readonly type: "messageFinished"; readonly at: Instant; readonly choice: ReturnMessage }
  | { readonly type: "messageFailed"; readonly at: Instant; readonly choice: ReturnMessage }
  | { readonly type: "pressed"; readonly at: Instant; readonly digit: string }
  /** A process found them talking that knew nothing of it. */
  | { readonly type: "resumed"; readonly at: Instant; readonly agentId: AgentId }
  | { readonly type: "cancelled"; readonly at: Instant }
  /** Their leg is no more. Nothing happens after this. */
  | { readonly type: "gone"; readonly at: Instant }
  | { readonly type: "deadlinePassed"; readonly at: Instant };

export type ReturnEffect =
  | { readonly type: "reserveAgent"; readonly except: AgentId | null }
  | { readonly type: "releaseAgent"; readonly agentId: AgentId; readonly talked: boolean }
  /** Answers them, if that is still to be done, and joins them to the agent's bridge. */
  | { readonly type: "bridge"; readonly agentId: AgentId }
  /** Out of whatever bridge they may be in or on the way to; and music, for they were answered. */
  | { readonly type: "hold" }
  | { readonly type: "playMessage"; readonly choice: ReturnMessage }
  | { readonly type: "optOut" }
  | { readonly type: "hangUp" };

interface Living {
  readonly arrivedAt: Instant;
  readonly deadlineAt: Instant;
  /** Promised, talking, or not yet certain to be apart from them. */
  readonly heldAgentId: AgentId | null;
  /** Until then an agent is sought. */
  readonly waitUntil: Instant;
  readonly first: ReturnMessage;
  readonly facts: ReturnFacts;
}

export interface ReturnFacts {
  readonly connectedAt: Instant | null;
  readonly agentId: AgentId | null;
  /** The message that began last. */
  readonly message: ReturnMessage | null;
  readonly messageAt: Instant | null;
  readonly messageDone: boolean;
  readonly optedOut: boolean;
  readonly endedBy: ReturnEndedBy | null;
}

export const NOTHING_YET: ReturnFacts = {
  ...{ connectedAt: null, agentId: null, message: null, messageAt: null },
  ...{ messageDone: false, optedOut: false, endedBy: null },
};

export type LivingReturn =
  /** It rings, and the store is asked who they are. */
  | (Living & { readonly state: "arriving" })
  /** It rings, or music plays, until somebody is free. */
  | (Living & { readonly state: "waiting" })
  | (Living & { readonly state: "connecting" })
  | (Living & { readonly state: "connected" })
  | (Living & { readonly state: "informing"; readonly choice: ReturnMessage })
  /** The message is over; a moment is left for the key. */
  | (Living & { readonly state: "lingering" })
  | (Living & { readonly state: "ending" });

export type ReturnCall =
  | LivingReturn
  | {
      readonly state: "ended";
      readonly arrivedAt: Instant;
      readonly heldAgentId: null;
      readonly endedAt: Instant;
      readonly outcome: ReturnOutcome;
      readonly facts: ReturnFacts;
    };

/** All in milliseconds. */
export interface ReturnPolicy {
  /** So long the store may take to say who it is; they hear it ring. */
  readonly lookUpMs: number;
  /** From an agent's promise to the join. */
  readonly connectMs: number;
  readonly talkMaxMs: number;
  readonly messageMaxMs: number;
  /** After the message, for the key. */
  readonly lingerMs: number;
  readonly hangUpRetryMs: number;
}
