/**
 * One decision to dial one number for one lead; a durable row, always. The facts recorded here are what
 * classification, redialling, compliance and reports read: nobody keeps a second account.
 */
import type { AccountDay, AccountEntry } from "./account.ts";
import type { AmdVerdict } from "./amd.ts";
import type { ConnectClock } from "./connect-clock.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NumberId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { Outcome } from "./outcome.ts";
import type { PhoneNumber } from "./phone-number.ts";
import type { Stamp } from "./stamp.ts";

export type { Stamp };

/** How far ringing got: `early` is a 183, which many networks use for ring tone and some for announcements. */
export type Ringing = "none" | "early" | "ringing";

/** Who ended the call. `asterisk`: a time-out or failure of its own, without any intention of ours. */
export type EndedBy = "us" | "agent" | "farEnd" | "asterisk";

/** Why we hung up; noted before the command is sent, because Asterisk invents a cause for its own hang-ups. */
export type EndReason =
  | "ringTimeout"
  | "placeTimeout"
  | "noAgent"
  | "messagePlayed"
  /** A call without an agent: its flow had said all that there was to say. */
  | "flowEnded"
  | "amdMachine"
  | "amdMessage"
  | "noSpeech"
  | "operator"
  /** They objected while it rang, and it had rung long enough. */
  | "optedOut"
  | "drain"
  /** An agent found a machine: the message was left, or could not be. */
  | "voicemailLeft"
  | "voicemailFailed"
  | "agentHungUp"
  | "agentGone"
  /** They had been passed on to an outside number, and whoever talked to them there has hung up. */
  | "outsideLeft"
  | "lengthLimit";

export type MessageState = "none" | "started" | "finished" | "failed";

/** The campaign's own, the one that is there for when that fails, and what is left on an answering machine. */
export type MessageChoice = "campaign" | "builtIn" | "voicemail";

/** What somebody hears for whom nobody is there. */
export type InformationChoice = Exclude<MessageChoice, "voicemail">;
/** Whose words somebody hears who talks to nobody: a message's, or those of a call flow. */
export type WordsChoice = MessageChoice | "flow";

/**
 * What followed from a verdict of AMD. `served`: the call went on as with a person. `sampled` and `learning`: a machine by
 * the verdict, and passed to an agent all the same, who says what it was; because it was drawn by lot, or because no valid
 * test allows anything else. `dropped`: no agent for it any more.
 */
export const VERDICT_ACTS = ["served", "sampled", "learning", "dropped"] as const;
export type VerdictAct = (typeof VERDICT_ACTS)[number];

/**
 * Why placing came to nothing. `withdrawn` is our own: decided, and taken back before telephony was asked;
 * the others are telephony's.
 */
export type PlaceFailure = "withdrawn" | "refused" | "unavailable" | "unknown";

/** What one attempt came to know about itself; grows, never shrinks. */
export interface AttemptFacts {
  readonly placedAt: Stamp | null;
  /** Furthest reached. */
  readonly ringing: Ringing;
  readonly progressAt: Stamp | null;
  readonly ringingAt: Stamp | null;
  readonly answeredAt: Stamp | null;
  /** The first sound from the person's side, speech or not. */
  readonly speechStartedAt: Stamp | null;
  /** When the first stretch of speech was over: its start and its length, not when we were told. */
  readonly greetingEndedAt: Stamp | null;
  readonly connectedAt: Stamp | null;
  readonly messageAt: Stamp | null;
  readonly message: MessageState;
  /** The last message asked for, or the call flow that has the word; null when none was. */
  readonly messageChoice: WordsChoice | null;
  readonly endedAt: Stamp | null;
  readonly endedBy: EndedBy | null;
  readonly endReason: EndReason | null;
  readonly placeFailure: PlaceFailure | null;
  /** Q.850, from the end of the customer leg. */
  readonly cause: number | null;
  /** Last SIP response of an off-nominal end, where Asterisk tells it. */
  readonly sip: number | null;
  /** SIP Call-ID of the customer leg. */
  readonly sipCallId: string | null;
  /** The agent who was promised last, or who talked. */
  readonly agentId: AgentId | null;
  /** True when an agent had been promised and their leg failed before the person was served. */
  readonly agentLegFailed: boolean;
  /** What AMD said, the first word of it; null where it did not listen, or said nothing. */
  readonly verdict: AmdVerdict | null;
  readonly verdictAt: Stamp | null;
  /** Why, in the detector's own words. */
  readonly verdictCause: string | null;
  readonly verdictAct: VerdictAct | null;
  /** After ring tone that went on behind the answer: the first sound that was none; null where there was none, or no such tone. */
  readonly voiceAt: Stamp | null;
  /** When an agent who talked to it said that it was a machine, and sent it to the message. */
  readonly machineReportedAt: Stamp | null;
  /** In a call flow: how long they waited in vain for an agent whom they had asked for, in ms; null where they did not. */
  readonly agentWaitedMs: number | null;
}

export const NOTHING_KNOWN: AttemptFacts = {
  placedAt: null,
  ringing: "none",
  progressAt: null,
  ringingAt: null,
  answeredAt: null,
  speechStartedAt: null,
  greetingEndedAt: null,
  connectedAt: null,
  messageAt: null,
  message: "none",
  messageChoice: null,
  endedAt: null,
  endedBy: null,
  endReason: null,
  placeFailure: null,
  cause: null,
  sip: null,
  sipCallId: null,
  agentId: null,
  agentLegFailed: false,
  verdict: null,
  verdictAt: null,
  verdictCause: null,
  verdictAct: null,
  voiceAt: null,
  machineReportedAt: null,
  agentWaitedMs: null,
};

/** What is known when the decision to dial is taken, and never changes afterwards. */
export interface AttemptOrder {
  readonly attemptId: AttemptId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  readonly trunk: string;
  /** On whose behalf. */
  readonly principal: string;
  /** Whose account it is in, beside the campaign's. */
  readonly centre: string;
  /** Reserved before placing (progressive, preview), which guarantees them; null when the agent is found on answer. */
  readonly agentId: AgentId | null;
  /** What the lead was taken from, and the promise that it is to keep; null for none, and where nobody kept it. */
  readonly sourceId: number | null;
  readonly callbackId: number | null;
  /** Placed beyond the agents there were: all of these might have to be abandoned. */
  readonly overdial: boolean;
  /** The compliance profile it was decided under, and its version. */
  readonly profile: string;
  readonly profileVersion: string;
  readonly clock: ConnectClock;
  readonly decidedAt: Instant;
  /** What the compliance check saw; stored as JSON beside the attempt. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** States as rows show them; `ended` carries an outcome. */
export type AttemptState =
  | "placing"
  | "dialling"
  | "ringing"
  /** Answered, and nobody is joined before AMD has said who it is. */
  | "listening"
  /** Answered, and a call flow has the word. */
  | "inFlow"
  | "answered"
  | "connecting"
  | "connected"
  /** The person hears music, and the agent nothing. */
  | "onHold"
  /** On the way back to the agent. */
  | "resuming"
  | "informing"
  /** A machine by AMD's verdict or the agent's word: a message is being left on it. */
  | "leaving"
  | "ending"
  | "ended";

export interface EndedAttempt {
  readonly attemptId: AttemptId;
  readonly facts: AttemptFacts;
  readonly outcome: Outcome;
  /** What it adds to the abandon account, and on which day of the profile's zone; null for nothing. */
  readonly account: { readonly entry: AccountEntry; readonly day: AccountDay } | null;
}

const BEFORE_ANSWER: readonly AttemptState[] = ["placing", "dialling", "ringing"];
const TALKING: readonly AttemptState[] = ["connected", "onHold", "resuming"];
const UNSERVED: readonly AttemptState[] = [...BEFORE_ANSWER, "listening", "inFlow", "answered", "connecting"];

/**
 * From which states a row may come to each; its own among them, for the sake of facts that came to it. What was overtaken
 * does not fit. The end is not among them: it settles the lead as well, and is written apart.
 */
export const REACHED_FROM: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  placing: ["placing"],
  dialling: ["placing", "dialling"],
  ringing: BEFORE_ANSWER,
  listening: [...BEFORE_ANSWER, "listening"],
  inFlow: [...BEFORE_ANSWER, "inFlow"],
  // Back from connecting, when the bridge or the agent failed.
  answered: UNSERVED,
  connecting: UNSERVED,
  connected: [...UNSERVED, ...TALKING],
  onHold: [...UNSERVED, ...TALKING],
  resuming: [...UNSERVED, ...TALKING],
  // From a hold, where the agent is gone.
  informing: [...UNSERVED, ...TALKING, "informing"],
  leaving: [...UNSERVED, ...TALKING, "leaving"],
  ending: [...UNSERVED, ...TALKING, "informing", "leaving", "ending"],
  ended: [],
};
