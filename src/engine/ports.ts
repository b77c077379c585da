/**
 * What the engine needs from the world, in its own words. Adapters implement these; the simulation does too, and
 * one contract suite holds both to the same promises.
 */
import type { CallEvent } from "../call/call.ts";
import type { AccountReading, AccountScope } from "../domain/account.ts";
import type { AttemptFacts, AttemptOrder, AttemptState, EndReason, MessageChoice, Stamp } from "../domain/attempt.ts";
import type { AmdTest } from "../compliance/dial-facts.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { DeskWork } from "../domain/desk.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, LegId, NodeId } from "../domain/ids.ts";
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
import type { BreakerLimits } from "../pacing/breaker.ts";
import type { CommandResult } from "./ports/command-result.ts";
import type { AgentProfile, AgentStateChange, PendingAgentCommand } from "./ports/agent.ts";
import type { DeskStore, DeskTelephony, OutsideNews } from "./ports/desk.ts";
import type { FlowNews, FlowOnRecord, FlowStore, FlowTelephony } from "./ports/flow.ts";
import type { HearingTelephony } from "./ports/hearing.ts";
import type { RecordingPort, RecordingStore } from "./ports/recording.ts";
import type { JobStore } from "./rows/store-jobs.ts";
import type { AttemptChange, AttemptEnd } from "./ports/attempt.ts";
import type { LeadClaim, LeadToDial, LeadVerdict, ManualEnd, PendingManualCall } from "./ports/lead.ts";
import type { Alarm, PacingMemory, PacingReport, TollSpent } from "./ports/report.ts";
import type { ReturnLeg, ReturnLegEvent, ReturnLegs, ReturnStore } from "./ports/return.ts";

/* ------------------------------------------------------------------ Telephony */

export interface PlaceOrder {
  readonly attemptId: AttemptId;
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  readonly trunk: string;
  /** Ours; the adapter gives Asterisk a longer one, as a backstop. */
  readonly ringTimeoutMs: number;
  /** Told of all that is said from the answer on, until `stopListening`; null, or left out, for the first greeting alone. */
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

/** A question to Asterisk's AMD(). */
export interface AmdOrder {
  /** As it takes them, e.g. `2500,1500,…`. */
  readonly amdArguments: string;
  /** How long its answer is waited for, in ms; what the leg is told meanwhile waits as long. */
  readonly patienceMs: number;
}

/** AMDSTATUS and AMDCAUSE. */
export type AmdAnswer =
  | { readonly ok: true; readonly status: string; readonly cause: string }
  | Extract<CommandResult, { readonly ok: false }>;

export type AgentLegEvent =
  /** A phone asks to log in. `endpoint` is what Asterisk says the phone is, e.g. `PJSIP/1001`. */
  | { readonly type: "arrived"; readonly stamp: Stamp; readonly endpoint: string }
  /** Answered, and alone in its standing bridge: calls can be joined to it. */
  | { readonly type: "ready"; readonly stamp: Stamp }
  | { readonly type: "pressed"; readonly stamp: Stamp; readonly digit: string }
  | { readonly type: "gone"; readonly stamp: Stamp; readonly cause: number | null };

export type TelephonyEvent =
  | { readonly kind: "call"; readonly attemptId: AttemptId; readonly event: CallEvent }
  | FlowNews
  | OutsideNews
  | { readonly kind: "agentLeg"; readonly legId: LegId; readonly event: AgentLegEvent }
  | { readonly kind: "returnLeg"; readonly legId: LegId; readonly event: ReturnLegEvent }
  /** A recording is over that nobody had ended: with the person's leg, or because it could not go on. */
  | {
      readonly kind: "recording";
      readonly attemptId: AttemptId;
      readonly state: "ended" | "failed";
      readonly at: Instant;
    }
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
  /** Of people who call back. */
  readonly returnLegs: readonly ReturnLeg[];
  /** Attempts whose person is alone with an outside number. */
  readonly away: readonly AttemptId[];
}

export interface Telephony extends FlowTelephony, HearingTelephony {
  /** Resolves when connected for the first time. Waits with back-off while Asterisk is away; rejects on a wrong password. */
  start(listener: (event: TelephonyEvent) => void): Promise<void>;
  stop(): Promise<void>;
  isUp(): boolean;
  /**
   * In how many ms Asterisk has answered nearly all (95 of 100) of the latest two seconds' requests, or for how long it
   * owes us one; null where nothing was asked. It is asked for a sign of life once a second.
   */
  answersInMs(): number | null;

  /**
   * Starts one call. How it went comes as `placed` or `placeFailed` of that attempt, then ringing, answer and end as events.
   * Never repeated by the adapter. Never throws.
   */
  place(order: PlaceOrder): void;
  /** Joins the customer leg into the agent's standing bridge, the agent hearing a short tone first. `joined` follows. */
  bridge(attemptId: AttemptId, legId: LegId): Promise<CommandResult>;
  unbridge(attemptId: AttemptId): Promise<CommandResult>;
  /** Out of whatever bridge, and music for the person alone. Done: they hear it. */
  hold(attemptId: AttemptId): Promise<CommandResult>;
  /** Into the agent's standing bridge again, without a tone; the music stops, or goes on where that fails. */
  resume(attemptId: AttemptId, legId: LegId): Promise<CommandResult>;
  /** Nothing more is to be told of what they say, but the end of their first greeting. Never fails, never waits. */
  stopListening(attemptId: AttemptId): void;
  /**
   * Sends the answered leg through AMD() in the dialplan and back. It can be neither joined nor played to until it is back:
   * what it is told meanwhile waits.
   */
  askAmd(attemptId: AttemptId, order: AmdOrder): Promise<AmdAnswer>;
  /** `messageStarted`, then `messageFinished` or `messageFailed` follow. */
  playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult>;
  hangUp(attemptId: AttemptId, reason: EndReason): Promise<CommandResult>;

  /** Answers the phone and puts it into a standing bridge of its own; `ready` follows. */
  admitAgentLeg(legId: LegId): Promise<CommandResult>;
  setAgentMusic(legId: LegId, on: boolean): Promise<CommandResult>;
  /** Plays a prompt to the agent alone. */
  promptAgent(legId: LegId, media: string): Promise<CommandResult>;
  hangUpAgentLeg(legId: LegId): Promise<CommandResult>;

  readonly returnLegs: ReturnLegs;
  readonly desk: DeskTelephony;
  readonly recordings: RecordingPort;

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
  /** When the trunk is given no more calls for a while; left out: as usual. */
  readonly breaker?: BreakerLimits;
}

/* ------------------------------------------------------------------ Store */

export type * from "./ports/agent.ts";
export type * from "./ports/attempt.ts";
export type * from "./ports/command-result.ts";
export type * from "./ports/desk.ts";
export type * from "./ports/facts.ts";
export type * from "./ports/flow.ts";
export type * from "./ports/hearing.ts";
export type * from "./ports/lead.ts";
export type * from "./ports/recording.ts";
export type * from "./ports/report.ts";
export type * from "./ports/return.ts";
export type * from "./ports/world.ts";
export type * from "./rows/store-jobs.ts";

/** A row that says an attempt is alive on this node. */
export interface OpenAttempt {
  readonly order: AttemptOrder;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly lead: LeadToDial;
}

/**
 * What managers want now. Polled, so that every command works from any machine that reaches the database. None of it is
 * older than a second, and none older than the campaign that needs it: what a start could know comes with it.
 */
export interface DesiredState {
  readonly campaigns: readonly Campaign[];
  readonly agents: readonly AgentProfile[];
  readonly agentCommands: readonly PendingAgentCommand[];
  readonly manualCalls: readonly PendingManualCall[];
  readonly compliance: ComplianceState;
  /** Those that campaigns name. */
  readonly flows: readonly FlowOnRecord[];
  /** A manager wants nothing new placed on this node. */
  readonly nodeDrained: boolean;
}

/** A test holds for one campaign, one trunk, and one kind of detection with its parameters. */
export interface AmdTestOnRecord {
  readonly campaignId: CampaignId;
  readonly trunk: string;
  readonly build: string;
  readonly test: AmdTest;
}

/** What compliance asks beside the lead and the profile. Small; the kill switch is of now, all else of this second. */
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

/**
 * Rejections are {@link StoreError}s: `away` is retried by whoever asked, `conflict` and `broken` are not.
 * Every write may be repeated: guards make a replay harmless.
 */
export interface Store extends RecordingStore, FlowStore, JobStore, DeskStore {
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
  /** The same for many, for the price of one; true for each that ended now, in the order given. May be told again as it is. */
  endAttempts(ends: readonly AttemptEnd[]): Promise<readonly boolean[]>;
  openAttempts(nodeId: NodeId): Promise<OpenAttempt[]>;

  /** Sums over all nodes, in the order asked for. */
  readAccounts(scopes: readonly AccountScope[]): Promise<readonly AccountReading[]>;
  tollSpent(since: Instant, at: Instant): Promise<readonly TollSpent[]>;
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
  /** In the order given, all or none. */
  recordAgentStates(nodeId: NodeId, changes: readonly AgentStateChange[]): Promise<void>;
  /** `callback`: when they are to be called back if the disposition asks for it; it is promised with it. */
  recordDisposition(
    attemptId: AttemptId,
    agentId: AgentId,
    dispositionCode: string,
    at: Instant,
    callback?: CallbackTime | null,
  ): Promise<void>;
  /** The same work again, once with its end, is one row. */
  recordDeskWork(work: DeskWork): Promise<void>;
  verifyPin(agentId: AgentId, pin: string): Promise<boolean>;
  readonly returnCalls: ReturnStore;

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
  /** It lets us in no more, or lacks a table: a person has to act, and what waits for it goes on waiting. */
  | "unusable"
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
