/**
 * The words of one attempt's telephony life: what can happen to it, what it can want, and where it can stand.
 *
 * One rule to remember: a call is either ended or has a deadline. The type allows no third kind, so no call can
 * be forgotten, whatever telephony fails to say.
 */
import type { AmdVerdict, HeardTone } from "../domain/amd.ts";
import type {
  AttemptFacts,
  EndReason,
  InformationChoice,
  MessageChoice,
  PlaceFailure,
  Stamp,
} from "../domain/attempt.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { AgentId, AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";

/** What happened, in the past tense. Those with a `stamp` come from telephony, the others from ourselves. */
export type CallEvent =
  /** The network has our request: an INVITE may have left. */
  | { readonly type: "placed"; readonly stamp: Stamp; readonly sipCallId: string | null }
  | { readonly type: "placeFailed"; readonly stamp: Stamp; readonly failure: PlaceFailure; readonly detail: string }
  /** A 183: early media, perhaps ring tone, perhaps an announcement. */
  | { readonly type: "progressed"; readonly stamp: Stamp }
  | { readonly type: "rang"; readonly stamp: Stamp }
  | { readonly type: "answered"; readonly stamp: Stamp; readonly sipCallId: string | null }
  /** Sound from the person's side: speech, or what is loud enough to be taken for it. */
  | { readonly type: "speechStarted"; readonly stamp: Stamp }
  /** It was quiet again; the speech before it lasted so long. */
  | { readonly type: "speechEnded"; readonly stamp: Stamp; readonly durationMs: number }
  /** A tone that no voice makes, told once of each; before the answer only special information tones are told. */
  | { readonly type: "toneHeard"; readonly stamp: Stamp; readonly tone: HeardTone; readonly name: string }
  /** After ring tone behind the answer: something that is none. Also told where nobody can listen any more. */
  | { readonly type: "voiceHeard"; readonly stamp: Stamp }
  /** Whoever listens for AMD is sure, or has no time left. The first word counts. */
  | {
      readonly type: "verdictReached";
      readonly stamp: Stamp;
      readonly verdict: AmdVerdict;
      /** In the detector's own words. */
      readonly cause: string;
      readonly licence: DropLicence;
    }
  /** The customer leg is in the agent's bridge. */
  | { readonly type: "joined"; readonly stamp: Stamp }
  | {
      readonly type: "bridgeFailed";
      readonly stamp: Stamp;
      /** Whom the person was to be joined with: the answer may come when that is no longer wanted. */
      readonly agentId: AgentId;
      readonly detail: string;
    }
  /** The customer leg is certainly in no agent's bridge, after we took it out. */
  | { readonly type: "parted"; readonly at: Instant }
  | { readonly type: "messageStarted"; readonly stamp: Stamp; readonly choice: MessageChoice }
  | { readonly type: "messageFinished"; readonly stamp: Stamp; readonly choice: MessageChoice }
  | {
      readonly type: "messageFailed";
      readonly stamp: Stamp;
      readonly choice: MessageChoice;
      readonly detail: string;
    }
  /** Nobody answered who was asked to play a message: whether it ever plays, nobody knows. */
  | { readonly type: "messageUnheard"; readonly at: Instant }
  /** Of a call flow: its first words have begun. */
  | { readonly type: "flowSpoke"; readonly stamp: Stamp }
  /** They have heard, or said, what they were called for. */
  | { readonly type: "flowDelivered"; readonly at: Instant }
  /** It has said its last word. */
  | { readonly type: "flowEnded"; readonly at: Instant }
  /** It cannot go on, and nothing whole was heard of it. */
  | { readonly type: "flowFailed"; readonly stamp: Stamp }
  /** They asked for an agent; and, so much later, are told that nobody comes. */
  | { readonly type: "agentWanted"; readonly at: Instant }
  | { readonly type: "agentGivenUp"; readonly at: Instant; readonly waitedMs: number }
  /** Somebody asked for the end; `asterisk` is its own time-out or our command. The end itself follows. */
  | {
      readonly type: "hangupRequested";
      readonly stamp: Stamp;
      readonly by: "farEnd" | "asterisk";
      readonly cause: number | null;
      readonly sip: number | null;
    }
  /** The customer leg is no more. Nothing happens after this. */
  | {
      readonly type: "destroyed";
      readonly stamp: Stamp;
      readonly cause: number | null;
      readonly sip: number | null;
      readonly sipCallId: string | null;
    }
  /** Reconcile, or a failed command, found no such leg: it ended while nobody told us. */
  | { readonly type: "vanished"; readonly at: Instant }
  | { readonly type: "agentReserved"; readonly at: Instant; readonly agentId: AgentId }
  /** The agent who was promised or talking has no leg any more. */
  | { readonly type: "agentLost"; readonly at: Instant; readonly agentId: AgentId }
  | { readonly type: "agentHungUp"; readonly at: Instant }
  /** The agent who talks says that it is a machine, and there is a message that may be left on it. */
  | { readonly type: "machineReported"; readonly at: Instant }
  | { readonly type: "holdAsked"; readonly at: Instant }
  | { readonly type: "resumeAsked"; readonly at: Instant }
  /** They hear music, alone. `nth` names the command that this is the answer to. */
  | { readonly type: "held"; readonly at: Instant; readonly nth: number }
  /** They are back with the agent. */
  | { readonly type: "resumed"; readonly at: Instant; readonly nth: number }
  /** The agent passes them on; an agent whom they go to is reserved for this call already. */
  | { readonly type: "transferAsked"; readonly at: Instant; readonly kind: TransferKind; readonly to: Other }
  /** The agent and the other hear each other; the person does not hear them. */
  | { readonly type: "met"; readonly at: Instant; readonly nth: number }
  /** The person is the other's from here on, and the agent out of it. */
  | { readonly type: "completeAsked"; readonly at: Instant }
  | { readonly type: "threeWayAsked"; readonly at: Instant }
  /** The other says no, or leaves, by their own word. */
  | { readonly type: "otherLeft"; readonly at: Instant; readonly agentId: AgentId }
  | { readonly type: "outsideAnswered"; readonly at: Instant }
  /** Nobody answers at the outside number, or they have hung up. */
  | { readonly type: "outsideGone"; readonly at: Instant }
  /** Nobody knows where they are, or what they hear. */
  | { readonly type: "deskFailed"; readonly at: Instant; readonly nth: number; readonly detail: string }
  /** By people only. */
  | { readonly type: "cancelled"; readonly at: Instant; readonly reason: "operator" | "drain" }
  /**
   * Pacing finds that hardly any agent will be free for it. Obeyed only where nobody is promised and the network has said
   * for the least time that it rings: before that the want of an agent cancels no call (rule UK-RING-1).
   */
  | { readonly type: "noAgentLikely"; readonly at: Instant }
  /** The person objected while we were calling them. */
  | { readonly type: "optedOut"; readonly at: Instant }
  | { readonly type: "deadlinePassed"; readonly at: Instant };

/**
 * Whether a verdict that is no person's may cost the call its agent. `sampled`: an agent is to hear whether it is right.
 * `unlicensed`: no valid test says how often it is wrong (rule UK-ACR-4).
 */
export type DropLicence = "allowed" | "sampled" | "unlicensed";

/** What the call wants, in the imperative. The engine carries them out in this order. */
export type CallEffect =
  /** Find the longest idle agent, other than the one who just failed, and answer with `agentReserved`; silence means none. */
  | { readonly type: "reserveAgent"; readonly except: AgentId | null }
  /** `talked` decides between wrap-up and available. */
  | { readonly type: "releaseAgent"; readonly agentId: AgentId; readonly talked: boolean }
  | { readonly type: "bridge"; readonly agentId: AgentId }
  /** Take the customer leg out of whatever bridge it may be in or on the way to. */
  | { readonly type: "unbridge" }
  | { readonly type: "playInformationMessage"; readonly choice: InformationChoice }
  /** Out of the agent's bridge, and music for them alone. `held` or `deskFailed` follows. */
  | { readonly type: "hold"; readonly nth: number }
  /** Back into the agent's bridge; no more music. `resumed` or `deskFailed` follows. */
  | { readonly type: "resume"; readonly agentId: AgentId; readonly nth: number }
  /** The other's leg into the agent's bridge. `met` or `deskFailed` follows. */
  | { readonly type: "meet"; readonly agentId: AgentId; readonly other: Other; readonly nth: number }
  /** The other's leg into their own bridge, and the person with them. `resumed` or `deskFailed` follows. */
  | { readonly type: "handOver"; readonly to: Other; readonly nth: number }
  /** Another agent, who talked to nobody but us: back in their own bridge, and free once that is certain. */
  | { readonly type: "dismiss"; readonly agentId: AgentId }
  | { readonly type: "callOutside" }
  | { readonly type: "hangUpOutside" }
  /** Somebody has been on hold for as long as they may be. */
  | { readonly type: "warnAgent"; readonly agentId: AgentId }
  /** The person has answered, and the call flow has the word. */
  | { readonly type: "beginFlow" }
  /** What is left on an answering machine. */
  | { readonly type: "playVoicemailMessage" }
  | { readonly type: "hangUp"; readonly reason: EndReason };

interface Living {
  readonly attemptId: AttemptId;
  readonly facts: AttemptFacts;
  readonly deadlineAt: Instant;
  /** Promised to this call or talking in it now; must be released before the call ends. */
  readonly heldAgentId: AgentId | null;
  /** They objected before they answered: cancelled as soon as it has rung for the least time. */
  readonly optedOut: boolean;
  /** They talk, as far as we were told; false before the answer. */
  readonly speaking: boolean;
  /** By when a message that is to be left on a machine has begun; null where none is. */
  readonly leaveBy: Instant | null;
  /** Commands to hold and to resume so far: an answer to an earlier one is no news of the last. */
  readonly deskCommands: number;
  /** Null where nobody is on hold, or on the way back. */
  readonly hold: Hold | null;
  /** The network has announced with its tones that nobody can be reached; null before, and where it has not. */
  readonly announced: Announced | null;
  /** In a call flow: they have asked for an agent, and one may still be joined. */
  readonly wantsAgent: boolean;
  /** Null where nobody else has to do with them. Only of somebody who is talked with, on hold, or on the way. */
  readonly transfer: Transfer | null;
  /** Nobody answered who was asked to play the message: it is asked for again at the deadline. */
  readonly unheard: boolean;
}

export type TransferKind = "blind" | "consulted";

/** To whom somebody is passed on: another agent, or whoever answers at a number that is none of ours. */
export type Other = AgentId | "outside";

/**
 * `calling`: the outside number is rung, the person hears music. `meeting`, `consulting`: the agent talks to the other, or is
 * about to. `handing`: the person is on the way to the other. `joining`, `together`: all three. `returning`: on the way back
 * to the agent, and no other any more. `seeking`: any agent will do. `away`: with the outside number, and no agent.
 */
export type TransferStage =
  "calling" | "meeting" | "consulting" | "handing" | "joining" | "together" | "returning" | "seeking" | "away";

export interface Transfer {
  readonly kind: TransferKind;
  readonly stage: TransferStage;
  /** An agent among them is promised to the call as the agent is. Null once they are out of it. */
  readonly other: Other | null;
  /** Of an outside number. */
  readonly answered: boolean;
  /** Any agent has been looked for: not a second time. */
  readonly sought: boolean;
}

export interface Announced {
  readonly stamp: Stamp;
  /** Which of them, as the detector calls it. */
  readonly name: string;
}

export interface Hold {
  /** They are known to hear music. */
  readonly isSure: boolean;
  /** The agent was told that it has lasted long enough. */
  readonly warned: boolean;
  /** How often they were to be brought back. */
  readonly tries: number;
}

export type LivingCall =
  /** Asked for, not yet confirmed. */
  | (Living & { readonly state: "placing" })
  | (Living & { readonly state: "dialling" })
  | (Living & { readonly state: "ringing" })
  /** Answered, and AMD has not said who it is. Its deadline leaves enough of the connect limit to join an agent. */
  | (Living & { readonly state: "listening" })
  /** Answered, and a call flow has the word; an agent who is held is being joined. */
  | (Living & { readonly state: "inFlow" })
  /** A person may be listening; nobody is promised yet. The deadline is the connect limit. */
  | (Living & { readonly state: "answered" })
  /** The bridge command is out. Same deadline. */
  | (Living & { readonly state: "connecting" })
  | (Living & { readonly state: "connected" })
  /** With music, for as long as the campaign allows. */
  | (Living & { readonly state: "onHold" })
  /** Their way back to the agent has been asked for. */
  | (Living & { readonly state: "resuming" })
  | (Living & { readonly state: "informing" })
  /** A machine: waiting until it has said its say, then leaving the message. */
  | (Living & { readonly state: "leaving" })
  /** The hang-up is out; waiting to hear that the leg is gone. */
  | (Living & { readonly state: "ending" });

export type Call =
  | LivingCall
  | {
      readonly state: "ended";
      readonly attemptId: AttemptId;
      readonly facts: AttemptFacts;
      readonly outcome: Outcome;
    };

/** The times a campaign and its compliance profile allow. All in milliseconds. */
export interface CallPolicy {
  /** From asking for a call to hearing that the network has it. */
  readonly placeTimeoutMs: number;
  readonly ringTimeoutMs: number;
  /** Least time that it rings before we give up. */
  readonly ringMinMs: number;
  /** The same where only a 183 was seen, which need not have been ringing from its first moment. */
  readonly earlyRingMinMs: number;
  /** By when an agent is joined or the message begun. */
  readonly clock: ConnectClock;
  readonly talkMaxMs: number;
  /** Longest hold before the agent is warned. */
  readonly holdMaxMs: number;
  /** Longest a message may take before it counts as failed. */
  readonly messageMaxMs: number;
  /** From a hang-up to asking again. */
  readonly hangUpRetryMs: number;
  /** Null where nobody listens: everybody who answers is a person. */
  readonly amd: AmdPolicy | null;
  /** Longest that a call flow may take from the answer on; null where there is none, and an agent is to talk. */
  readonly flowMaxMs: number | null;
}

/** What AMD may do to a call. All in milliseconds. */
export interface AmdPolicy {
  /** `afterVerdict`: nobody is joined before it. `atOnce`: an agent is joined at the answer, as without AMD. */
  readonly joins: "afterVerdict" | "atOnce";
  /** From the answer to where a verdict comes too late to cost anybody the call. */
  readonly verdictMaxMs: number;
  readonly onMachine: "hangUp" | "message" | "agent";
  /** So long must a machine be quiet before a message is left on it. */
  readonly machineQuietMs: number;
  /** Longest that its greeting is waited for. */
  readonly machineGreetingMaxMs: number;
}

export interface Transition {
  readonly call: Call;
  readonly effects: readonly CallEffect[];
}

/** A new attempt, before anything was asked of telephony. An agent reserved for it is held from here on. */
export const beginCall = (attemptId: AttemptId, facts: AttemptFacts, deadlineAt: Instant): LivingCall => ({
  state: "placing",
  attemptId,
  facts,
  deadlineAt,
  heldAgentId: facts.agentId,
  optedOut: false,
  speaking: false,
  leaveBy: null,
  deskCommands: 0,
  hold: null,
  announced: null,
  wantsAgent: false,
  transfer: null,
  unheard: false,
});
