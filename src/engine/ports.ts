/**
 * What the engine needs from the world, in its own words. Adapters implement these; the simulation does too, and
 * one contract suite holds both to the same promises.
 */
import type { CallEvent } from "../call/call.ts";
import type { AccountReading, AccountScope } from "../domain/account.ts";
import type {
  AttemptFacts,
  AttemptOrder,
  AttemptState,
  EndedAttempt,
  EndReason,
  MessageChoice,
  Stamp,
} from "../domain/attempt.ts";
import type { AmdTest } from "../compliance/dial-facts.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, LegId, NodeId, NumberId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type {
  ApprovedMessage,
  KillSwitch,
  NumberFacts,
  OwnedCliNumber,
  RegisterState,
} from "../domain/number-facts.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import type { AgentProfile, AgentStateChange, PendingAgentCommand } from "./agent-ports.ts";
import type { ContactMade, LeadClaim, LeadToDial, LeadVerdict, ManualEnd, PendingManualCall } from "./lead-ports.ts";

/* ------------------------------------------------------------------ Telephony */

export interface PlaceOrder {
  readonly attemptId: AttemptId;
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  /** Name of a configured trunk. */
  readonly trunk: string;
  /** Ours; the adapter gives Asterisk a longer one, as a backstop. */
  readonly ringTimeoutMs: number;
  /** Told of all that is said from the answer on, by these, until `stopListening`; null, or left out, for the first greeting alone. */
  readonly listening?: ListeningOrder | null;
}

export interface ListeningOrder {
  /** So long must it be quiet for talking to have ended, in ms. */
  readonly silenceMs: number;
  /** Mean of a 20 ms frame that counts as talking, of 32,767. */
  readonly threshold: number;
  /** Nobody is joined while they are listened to: something must be sent to them all the same, or some networks send nothing back. */
  readonly waits: boolean;
}

/** `commandFailed` tells apart: no such leg (it is gone), refused (our mistake or a race), no answer (nobody knows). */
export type CommandResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: "gone" | "refused" | "unknown"; readonly detail: string };

export type AgentLegEvent =
  /** A phone asks to log in. `endpoint` is what Asterisk says the phone is, e.g. `PJSIP/1001`. */
  | { readonly type: "arrived"; readonly stamp: Stamp; readonly endpoint: string }
  /** Answered, and alone in its standing bridge: calls can be joined to it. */
  | { readonly type: "ready"; readonly stamp: Stamp }
  | { readonly type: "pressed"; readonly stamp: Stamp; readonly digit: string }
  | { readonly type: "gone"; readonly stamp: Stamp; readonly cause: number | null };

export type TelephonyEvent =
  | { readonly kind: "call"; readonly attemptId: AttemptId; readonly event: CallEvent }
  | { readonly kind: "agentLeg"; readonly legId: LegId; readonly event: AgentLegEvent }
  /** `replaced`: another daemon took our application over; nothing more will be heard on this connection. */
  | { readonly kind: "connection"; readonly state: "up" | "down" | "replaced"; readonly at: Instant };

export interface LegsSnapshot {
  readonly takenAt: Instant;
  /** Customer legs named by this node. `inAgentBridge` is the agent leg whose standing bridge they are in. */
  readonly customerLegs: readonly {
    readonly attemptId: AttemptId;
    readonly state: "down" | "dialling" | "ringing" | "up";
    readonly inAgentBridge: LegId | null;
    /** Since when the leg exists. */
    readonly createdAt: Instant;
  }[];
  readonly agentLegs: readonly { readonly legId: LegId; readonly endpoint: string; readonly ready: boolean }[];
}

export interface Telephony {
  /** Resolves when connected for the first time. Waits with back-off while Asterisk is away; rejects on a wrong password. */
  start(listener: (event: TelephonyEvent) => void): Promise<void>;
  stop(): Promise<void>;
  isUp(): boolean;

  /**
   * Starts one call. How it went comes as `placed` or `placeFailed` of that attempt, then ringing, answer and end as events.
   * Never repeated by the adapter. Never throws.
   */
  place(order: PlaceOrder): void;
  /** Joins the customer leg into the agent's standing bridge, the agent hearing a short tone first. `joined` follows. */
  bridge(attemptId: AttemptId, legId: LegId): Promise<CommandResult>;
  unbridge(attemptId: AttemptId): Promise<CommandResult>;
  /** Nothing more is to be told of what they say, but the end of their first greeting. Never fails, never waits. */
  stopListening(attemptId: AttemptId): void;
  /** `messageStarted`, then `messageFinished` or `messageFailed` follow. */
  playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult>;
  hangUp(attemptId: AttemptId, reason: EndReason): Promise<CommandResult>;

  /** Answers the phone and puts it into a standing bridge of its own; `ready` follows. */
  admitAgentLeg(legId: LegId): Promise<CommandResult>;
  setAgentMusic(legId: LegId, on: boolean): Promise<CommandResult>;
  /** Plays a prompt to the agent alone. */
  promptAgent(legId: LegId, media: string): Promise<CommandResult>;
  hangUpAgentLeg(legId: LegId): Promise<CommandResult>;

  /** Everything that bears our name in Asterisk now. Rejects when Asterisk cannot be asked. */
  snapshot(): Promise<LegsSnapshot>;
  /**
   * Plays a message to nobody, to its end, so that a missing or broken file is found before a person meets it.
   * Takes as long as the message. Never rejects.
   */
  testPlay(media: string): Promise<TestPlay>;
  /** Whether this trunk is configured on this node, and its limits. */
  trunk(name: string): TrunkLimits | null;
}

/** `unknown`: Asterisk was away, or its answer was lost; ask again. */
export type TestPlay =
  | {
      readonly result: "played";
      readonly durationMs: number;
      /** As Asterisk lists them; null where it keeps no list. */ readonly formats: readonly string[] | null;
    }
  | { readonly result: "failed" | "unknown"; readonly detail: string };

export interface TrunkLimits {
  readonly linesMax: number;
  readonly cpsMax: number;
  /** What the carrier may choose from; a message is kept in one of these, so that nothing is transcoded. */
  readonly codecs: readonly string[];
}

/* ------------------------------------------------------------------ Store */

export type * from "./agent-ports.ts";
export type * from "./lead-ports.ts";

export interface AttemptChange {
  readonly attemptId: AttemptId;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
}

export interface AttemptEnd extends EndedAttempt {
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly verdict: LeadVerdict;
  /** Null where it tells nothing of when people answer. */
  readonly contact: ContactMade | null;
  /** From the outcome: until when this principal calls the number with a guaranteed agent only. */
  readonly guaranteedOnlyUntil: Instant | null;
}

/** A row that says an attempt is alive on this node. */
export interface OpenAttempt {
  readonly order: AttemptOrder;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly lead: LeadToDial;
}

/** What managers want now. Polled, so that every command works from any machine that reaches the database. */
export interface DesiredState {
  readonly campaigns: readonly Campaign[];
  readonly agents: readonly AgentProfile[];
  readonly agentCommands: readonly PendingAgentCommand[];
  readonly manualCalls: readonly PendingManualCall[];
  readonly compliance: ComplianceState;
}

/** A test holds for one campaign, one trunk, and one kind of detection with its parameters. */
export interface AmdTestOnRecord {
  readonly campaignId: CampaignId;
  readonly trunk: string;
  readonly build: string;
  readonly test: AmdTest;
}

/** What compliance asks beside the lead and the profile. Small, and read as often as desired state. */
export interface ComplianceState {
  readonly killSwitch: KillSwitch | null;
  readonly messages: readonly ApprovedMessage[];
  readonly cliNumbers: readonly OwnedCliNumber[];
  readonly registers: readonly RegisterState[];
  /** What people found who listened to calls that AMD had taken for machines. */
  readonly amdTests: readonly AmdTestOnRecord[];
  /** Attempts open on this node whose number was suppressed since they were decided. */
  readonly optedOut: readonly AttemptId[];
}

/** Asked inside the transaction that writes the rows, with what is true there and then. */
export interface InsertGuard {
  mayDial(order: AttemptOrder, facts: NumberFacts): boolean;
  /** For orders that overdial: how many of them these accounts allow. Null where nothing has to be asked. */
  readonly overdial: {
    readonly campaignId: CampaignId;
    readonly scopes: readonly AccountScope[];
    credit(readings: readonly AccountReading[]): number;
  } | null;
}

/** Something a human must look at. Kept until they have. */
export interface Alarm {
  readonly at: Instant;
  readonly campaignId: CampaignId | null;
  readonly attemptId: AttemptId | null;
  /** e.g. `SILENT-CALL`, `MESSAGE-FAILED`, `PROFILE-UNKNOWN`, `ABANDON-ALERT`. */
  readonly code: string;
  readonly says: string;
}

/** What a campaign's pacing on one node says of itself, kept for whoever asks why it is not dialling (more). */
export interface PacingReport {
  readonly campaignId: CampaignId;
  readonly at: Instant;
  /** What holds it back, as a code: `agents`, `loss`, `credit`, `leads`, `lines`, `cps`, `tokens`, `learning`, `barred` … */
  readonly because: string;
  /** The same as a sentence. */
  readonly says: string;
  /** The figures it was decided from: agents by state, calls on their way, leads, credit, θ, loss … */
  readonly facts: Facts;
  /** What was learned, to go on from after a restart; null: as it was saved last. Opaque to the store. */
  readonly memory: unknown;
}

/** What pacing had learned when it was last saved. */
export interface PacingMemory {
  readonly campaignId: CampaignId;
  readonly savedAt: Instant;
  readonly memory: unknown;
}

/**
 * Rejections are {@link StoreError}s: `away` is retried by whoever asked, `conflict` and `broken` are not.
 * Every write may be repeated: guards make a replay harmless.
 */
export interface Store {
  desiredState(nodeId: NodeId): Promise<DesiredState>;
  finishAgentCommand(commandId: number, result: string, at: Instant): Promise<void>;

  /**
   * Leases up to `limit` leads that are due, in the order in which they are to be dialled: callbacks, then new leads and
   * redials as they are to be mixed, by weight of their sources and evenly over zones, each by priority. Never the same
   * lead to two callers; none of a source that is loading or has no weight.
   */
  claimLeads(claim: LeadClaim): Promise<LeadToDial[]>;
  /** Counts of all cells that were tried, by campaign. */
  contactRates(campaignIds: readonly CampaignId[]): Promise<ReadonlyMap<CampaignId, readonly ContactCount[]>>;
  /** After a refusal before dialling. Touches nothing unless this node holds the lease. */
  releaseLead(nodeId: NodeId, leadId: LeadId, verdict: LeadVerdict, at: Instant): Promise<void>;
  /**
   * Puts a lead on an agent's screen and leases it until `leaseUntil`, in one transaction. False, having changed nothing,
   * when this node does not hold its lease. Harmless to repeat; a preview that has ended stays so.
   */
  showPreview(nodeId: NodeId, preview: PreviewShown, leaseUntil: Instant): Promise<boolean>;
  /** The first end stands; one of a preview that was never shown is nothing. */
  endPreview(end: PreviewEnded): Promise<void>;
  /** The lead of a manual call on the number that was named, as a claim tells it; null where this node does not lease it any more. */
  manualLead(nodeId: NodeId, manualId: number, at: Instant): Promise<LeadToDial | null>;
  /** The first end stands. */
  finishManual(end: ManualEnd): Promise<void>;
  /** Leases these for longer; resolves with those that this node holds still. */
  keepLeases(nodeId: NodeId, leadIds: readonly LeadId[], leaseUntil: Instant): Promise<readonly LeadId[]>;
  /** Gives back everything leased but not dialled by this node for the campaign, or for all campaigns. */
  releaseLeases(nodeId: NodeId, campaignId: CampaignId | null): Promise<number>;

  /**
   * Inserts the rows and marks their leads as being dialled, in one transaction; committed when it resolves.
   * Rejects with `conflict`, having changed nothing, when a lead is not leased by this node any more: another node
   * may be dialling it. Repeating a committed insert is harmless.
   *
   * Two inserts of one number for one principal never both see the facts from before either, on whichever node; nor do
   * two that overdial one campaign see the same credit.
   *
   * Resolves with those that the guard refused, which were not written; they must not be dialled, and their leads are
   * still leased.
   */
  insertAttempts(nodeId: NodeId, orders: readonly AttemptOrder[], guard: InsertGuard): Promise<readonly AttemptId[]>;
  /** In order, all or none. Changes that no longer fit touch nothing; returns how many did not. */
  recordChanges(changes: readonly AttemptChange[]): Promise<number>;
  /** Ends the row once and settles its lead, number and account, in one transaction. False when it had ended before, or is not there. */
  endAttempt(end: AttemptEnd): Promise<boolean>;
  openAttempts(nodeId: NodeId): Promise<OpenAttempt[]>;

  /** Sums over all nodes, in the order asked for. */
  readAccounts(scopes: readonly AccountScope[]): Promise<readonly AccountReading[]>;
  /** Sets its desired state to stopped, says why, and raises the alarm. Harmless when it is stopped already. */
  stopCampaign(campaignId: CampaignId, alarm: Alarm): Promise<void>;
  /** The same alarm of one campaign is kept once an hour, with how often it came. */
  raiseAlarm(alarm: Alarm): Promise<void>;

  /**
   * Replaces what this node said of these campaigns before; harmless to repeat; unknown campaigns are passed over.
   * Rejects with `broken` when a memory is longer than PACING_MEMORY_CHARACTERS_MAX, after keeping everything else.
   */
  reportPacing(nodeId: NodeId, reports: readonly PacingReport[]): Promise<void>;
  /** Of all campaigns, as JSON holds it; where this node has none, the latest of another node. */
  pacingMemories(nodeId: NodeId): Promise<readonly PacingMemory[]>;

  recordAgentState(nodeId: NodeId, change: AgentStateChange): Promise<void>;
  /** `callback`: when they are to be called back if the disposition asks for it; it is promised with it. */
  recordDisposition(
    attemptId: AttemptId,
    agentId: AgentId,
    dispositionCode: string,
    at: Instant,
    callback?: CallbackTime | null,
  ): Promise<void>;
  verifyPin(agentId: AgentId, pin: string): Promise<boolean>;

  /**
   * Refuses (StoreError `conflict`) while another living daemon holds the name; renewed by calling it again.
   * When the name changes hands, agents that the last daemon left logged in are logged out, and what was on their
   * screens is withdrawn.
   */
  holdNode(nodeId: NodeId, holder: string, at: Instant, forMs: number): Promise<void>;
  releaseNode(nodeId: NodeId, holder: string): Promise<void>;
}

export type StoreErrorKind =
  /** Not reachable, timed out, deadlock: may succeed when repeated. */
  | "away"
  /** Somebody else holds it. */
  | "conflict"
  /** Our mistake, or the schema's. */
  | "broken";

export class StoreError extends Error {
  readonly kind: StoreErrorKind;
  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.kind = kind;
  }
}

/* ------------------------------------------------------------------ The rest of the world */

export interface Clock {
  /** By the clock on the wall, which may be set. */
  now(): Instant;
  /** Milliseconds since some moment, by a clock that nobody sets and that never runs backwards. */
  steadyMs(): number;
  /** Runs `wake` at `at` or soon after; a spurious or late wake-up is harmless. Returns how to cancel it. */
  wakeAt(at: Instant, wake: () => void): () => void;
}

export interface Random {
  /** In [0, 1). */
  next(): number;
  attemptId(at: Instant): AttemptId;
}

export type Facts = Readonly<Record<string, unknown>>;

/** The message is a constant sentence, facts go in fields. Phone numbers are masked before they get here. */
export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** Append-only account of events and decisions; must not throw and must not block. */
export interface Journal {
  append(entry: JournalEntry): void;
}

export type JournalEntry = { readonly at: Instant; readonly kind: string } & Facts;
