/**
 * Where a call stands in its flow, what can happen to it, and what it can want.
 *
 * One rule to remember: a flow is either ended or has a deadline, as a call is. Whatever telephony forgets to say, the
 * deadline says what to do instead.
 */
import type { Instant } from "../domain/instant.ts";

/** What is known of the lead and the call; given afresh with every event. */
export interface FlowFacts {
  /** The lead's attributes, as the list had them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly answeredBy: "person" | "machine" | "unknown";
  /** The day where the person is, `YYYY-MM-DD`. */
  readonly today: string;
  /** By when the first word must have begun: the connect limit less its safety margin. */
  readonly firstWordBy: Instant;
}

/** What happened. `play` is the number of the playback that it is about: news of another one means nothing any more. */
export type FlowEvent =
  | { readonly type: "answered"; readonly at: Instant }
  | { readonly type: "playStarted"; readonly at: Instant; readonly play: number }
  /** All its media were heard to the end. */
  | { readonly type: "playFinished"; readonly at: Instant; readonly play: number }
  /** Not for one that was stopped, nor because they hung up. */
  | { readonly type: "playFailed"; readonly at: Instant; readonly play: number }
  | { readonly type: "digit"; readonly at: Instant; readonly digit: string }
  /** A machine's beep, or the end of its greeting. */
  | { readonly type: "beepHeard"; readonly at: Instant }
  | { readonly type: "deadlinePassed"; readonly at: Instant }
  | { readonly type: "agentJoined"; readonly at: Instant }
  /** Nobody is there, and waiting is of no use. */
  | { readonly type: "agentNotFree"; readonly at: Instant }
  /** Their leg is gone, whoever ended it. */
  | { readonly type: "hungUp"; readonly at: Instant };

/** What the flow wants, in the order in which it is to be done. */
export type FlowEffect =
  | {
      readonly type: "play";
      readonly play: number;
      /** `sound:…`, `number:…`, `digits:…` or `characters:…`, one after the other, none of them with a comma. */
      readonly media: readonly string[];
      /** Of recordings and grammar. */
      readonly language: string;
      /** Says something that does not belong in a journal. */
      readonly isPrivate: boolean;
    }
  | { readonly type: "stopPlaying"; readonly play: number }
  | { readonly type: "setResult"; readonly name: string; readonly value: string; readonly isSensitive: boolean }
  /** Suppress the number, as lasting and as soon as for any other objection. */
  | { readonly type: "optOut" }
  /** `afterMs` from now, or on a day `YYYY-MM-DD`; both null for as soon as the rules allow. */
  | { readonly type: "requestCallback"; readonly afterMs: number | null; readonly on: string | null }
  /** Find an agent and join them; answered by `agentJoined` or `agentNotFree`. */
  | { readonly type: "requestAgent"; readonly untilAt: Instant }
  /** Look no longer. Whoever asked and got nobody was abandoned (rule UK-IVM-1). */
  | { readonly type: "agentMissed"; readonly waitedMs: number }
  /** Nothing was heard yet: play the information message, as for a call without an agent, and hang up after it. */
  | { readonly type: "inform" }
  | { readonly type: "hangUp" };

interface Memory {
  /** How often each step was come to. */
  readonly visits: Readonly<Record<string, number>>;
  /** Whether anything was heard. Until then the only way out is the information message. */
  readonly isHeard: boolean;
  /** Number of the last playback; 0 for none. */
  readonly plays: number;
  readonly results: Readonly<Record<string, string>>;
  readonly isAgentAsked: boolean;
  readonly isInTrouble: boolean;
  readonly hasOptedOut: boolean;
}

interface Living extends Memory {
  readonly deadlineAt: Instant;
  /** By then it takes its leave, whatever it is doing. */
  readonly endBy: Instant;
}

interface Playing {
  /** The playback that is under way; null when it is over. */
  readonly play: number | null;
  readonly hasBegun: boolean;
}

export type FlowLiving =
  /** For the answer. */
  | (Living & { readonly doing: "waiting" })
  | (Living & Playing & { readonly doing: "speaking"; readonly step: string })
  | (Living &
      Playing & {
        readonly doing: "asking";
        readonly step: string;
        /** The first is 1. */
        readonly attempt: number;
        /** Pressed so far. */
        readonly digits: string;
        /** What the keys 1, 2, 3 … stand for in an offer of dates. */
        readonly dates: readonly string[];
      })
  /** For a machine's beep. */
  | (Living & { readonly doing: "listening"; readonly step: string })
  /** For an agent, with something in their ears. */
  | (Living &
      Playing & {
        readonly doing: "holding";
        readonly step: string;
        readonly askedAt: Instant;
        readonly untilAt: Instant;
        readonly rounds: number;
      });

export type FlowEnd =
  /** We hang up, everything having been said. */
  | "saidAll"
  /** Nothing could be said: the information message has the word. */
  | "unheard"
  /** They hung up, or their leg was lost. */
  | "left"
  /** An agent has them. */
  | "withAgent"
  /** It was never answered. */
  | "unanswered";

export type FlowState = FlowLiving | (Memory & { readonly doing: "ended"; readonly how: FlowEnd });

export interface Advance {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
}
