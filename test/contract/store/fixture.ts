/** What a store must lend the contract suite besides itself: seeds and read-backs; and the orders both sides are given. */
import { DEFAULT_DESK, type DeskWork } from "../../../src/domain/desk.ts";
import type { SupervisionNote } from "../../../src/domain/supervision.ts";
import type { TransferNote } from "../../../src/domain/transfer.ts";
import type { AgentCommand, AgentStateName } from "../../../src/agent/agent.ts";
import {
  NOTHING_KNOWN,
  type AttemptFacts,
  type AttemptOrder,
  type AttemptState,
  type Stamp,
} from "../../../src/domain/attempt.ts";
import type { AccountDay, AccountEntry, AccountScope } from "../../../src/domain/account.ts";
import { AMD_OFF } from "../../../src/domain/campaign.ts";
import type { Campaign, FlowName } from "../../../src/domain/campaign.ts";
import { NO_RECORDING } from "../../../src/domain/recording.ts";
import type { Flow } from "../../../src/flow/flow.ts";
import type { ConnectClock } from "../../../src/domain/connect-clock.ts";
import type { CallbackPromise, LeadQueue } from "../../../src/domain/lead.ts";
import type { Consent, RegisterState } from "../../../src/domain/number-facts.ts";
import {
  isAttemptId,
  nodeId,
  type AgentId,
  type AttemptId,
  type CampaignId,
  type LeadId,
  type NodeId,
} from "../../../src/domain/ids.ts";
import { after, instant, type Instant } from "../../../src/domain/instant.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { phoneNumber, type PhoneNumber } from "../../../src/domain/phone-number.ts";
import { DEFAULT_PREVIEW, type PreviewEnded } from "../../../src/domain/preview.ts";
import { DEFAULT_RETURNS } from "../../../src/domain/return-call.ts";
import type {
  Alarm,
  AttemptEnd,
  InsertGuard,
  LeadClaim,
  LeadToDial,
  LeadVerdict,
  PacingReport,
  Store,
} from "../../../src/engine/ports.ts";

export interface SeedLead {
  /** The one to try first in front. */
  readonly numbers: readonly { readonly number: PhoneNumber; readonly timeZone?: string | null }[];
  readonly priority?: number;
  readonly region?: string | null;
  readonly consent?: Consent | null;
  readonly attributes?: Readonly<Record<string, string>>;
  /** `T0` when not given. */
  readonly dueAt?: Instant;
}

export interface LeadReadBack {
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly dueAt: Instant;
  /** Why it is where it is: of the last verdict that had a reason. */
  readonly because: string | null;
}

export interface AlarmReadBack {
  readonly code: string;
  readonly attemptId: AttemptId | null;
  readonly says: string;
  readonly times: number;
}

export interface AttemptReadBack {
  readonly nodeId: NodeId;
  readonly leadId: LeadId;
  readonly number: PhoneNumber;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly outcome: Outcome | null;
  readonly disposition: string | null;
  readonly account: { readonly entry: AccountEntry; readonly day: AccountDay } | null;
}

export interface StoreFixture {
  readonly store: Store;
  /** How many random histories it is put through: a real database takes its time. */
  readonly propertyRuns: number;
  /** {@link anyCampaign} with these changes. */
  seedCampaign(change?: Partial<Omit<Campaign, "campaignId">>): Promise<CampaignId>;
  /** One list, imported as a manager would; ids in the order given. Numbers taken out for good are known at import. */
  seedList(campaignId: CampaignId, leads: readonly SeedLead[]): Promise<LeadId[]>;
  /** Of the source that this lead is taken from. */
  changeSource(lead: LeadId, change: { readonly weight?: number; readonly isReady?: boolean }): Promise<void>;
  /** As if it had waited there since; nothing that was tried is made up. */
  waitIn(queue: LeadQueue, leads: readonly LeadId[]): Promise<void>;
  /** A promise to this lead, and the lead waiting for it. Returns its number. */
  promise(lead: LeadId, promise: Omit<CallbackPromise, "callbackId">): Promise<number>;
  promiseState(callbackId: number): Promise<"waiting" | "taken" | "kept" | "missed" | "withdrawn">;
  seedAgent(agent: {
    readonly endpoint?: string;
    readonly pin?: string;
    readonly campaignIds: readonly CampaignId[];
  }): Promise<AgentId>;
  /** For everybody, or for one principal only. */
  suppress(number: PhoneNumber, principal?: string): Promise<void>;
  /** Puts this file in force in place of the one before. */
  loadRegister(register: RegisterState, numbers: readonly PhoneNumber[]): Promise<void>;
  setKillSwitch(on: boolean): Promise<void>;
  /** Counted anew from the attempts, as an auditor would: of this scope, by entry, zeroes left out. */
  recount(scope: AccountScope): Promise<Partial<Record<AccountEntry, number>>>;
  alarms(campaignId: CampaignId | null): Promise<AlarmReadBack[]>;
  requestAgentCommand(agentId: AgentId, command: AgentCommand): Promise<number>;
  /** What a manager elsewhere would be told. */
  pacingSaid(
    campaignId: CampaignId,
    nodeId: NodeId,
  ): Promise<Pick<PacingReport, "at" | "because" | "says" | "facts"> | null>;

  leadState(leadId: LeadId): Promise<LeadReadBack>;
  attemptRow(attemptId: AttemptId): Promise<AttemptReadBack | null>;
  /** Of the number wherever it turns up. */
  permanentOutcome(number: PhoneNumber): Promise<string | null>;
  agentState(agentId: AgentId): Promise<{
    readonly state: AgentStateName;
    readonly since: Instant;
    readonly attemptId: AttemptId | null;
    readonly pauseReason: string | null;
  }>;
  /** `undefined` where it was never shown, null while it is on the screen. */
  previewEnd(attemptId: AttemptId): Promise<Pick<PreviewEnded, "end" | "press" | "because"> | null | undefined>;
  commandResult(commandId: number): Promise<string | null>;
  /** In the order in which it began. */
  deskWork(attempt: AttemptId): Promise<readonly DeskWork[]>;
  transfers(attempt: AttemptId): Promise<readonly TransferNote[]>;
  supervisions(attempt: AttemptId): Promise<readonly SupervisionNote[]>;
  /** A new version of some flow. */
  seedFlow(flow: Flow): Promise<FlowName>;
  /** By name. */
  flowResults(attemptId: AttemptId): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export const T0 = instant(Date.UTC(2026, 10, 21, 10, 0, 0, 123));
export const soon = (ms: number): Instant => after(T0, ms);
/** Asterisk's clock a few milliseconds behind ours. */
export const stamp = (ms: number): Stamp => ({ at: soon(ms), asteriskAt: soon(ms - 3) });

// Suites of two runs may share a database: names and numbers begin somewhere of their own.
let serial = Math.floor(Date.now() / 7) % 1_000_000;
const next = (): number => (serial += 1);
/** Never the same twice in one run; of the range that is reserved for drama, made longer. */
export const anyNumber = (): PhoneNumber => phoneNumber(`+44770090${String(next()).padStart(7, "0")}`);
export const anyNode = (): NodeId => nodeId(`node-${process.pid}-${next()}`);

export const attemptIdOf = (number = next()): AttemptId => {
  const digits = number.toString(16).padStart(12, "0");
  const id = `019aa5e0-${process.pid.toString(16).padStart(4, "0").slice(-4)}-7000-8000-${digits}`;
  if (!isAttemptId(id)) throw new Error(`not an attempt id: ${id}`);
  return id;
};

export const anyCampaign = (change: Partial<Omit<Campaign, "campaignId">> = {}): Omit<Campaign, "campaignId"> => ({
  name: `campaign-${process.pid}-${next()}`,
  mode: "progressive",
  desiredState: "running",
  profile: "UK",
  tightening: {},
  principal: "Acme Ltd",
  purpose: "marketing",
  sector: "general",
  sectorAuthority: null,
  gate: "bank",
  dialLevelPercent: 100,
  recourse: false,
  preview: DEFAULT_PREVIEW,
  returnCalls: DEFAULT_RETURNS,
  flow: null,
  newSharePercent: 50,
  firstStartedAt: null,
  trunk: "carrier",
  cliNumber: phoneNumber("+441632960000"),
  ringTimeoutMs: 30_000,
  connectTimeoutMs: 2_000,
  connectSafetyMarginMs: 200,
  amd: AMD_OFF,
  recording: NO_RECORDING,
  informationMessage: "sound:fairdial/information",
  wrapUpMs: 5_000,
  talkMaxMs: 3_600_000,
  desk: DEFAULT_DESK,
  linesMax: null,
  callingHours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 }],
  redial: {
    attemptsMax: 3,
    carrierTriesMax: 5,
    byClass: { busy: { delayMs: 300_000, triesMax: 2 }, "no-answer": { delayMs: 3_600_000, triesMax: 3 } },
  },
  dispositions: [
    { key: "1", code: "sale", kind: "success" },
    { key: "2", code: "no-interest", kind: "refusal" },
    { key: "3", code: "call-again", kind: "callback-requested" },
    { key: "8", code: "wrong-number", kind: "wrong-number" },
    { key: "7", code: "machine", kind: "machine-reported" },
    { key: "9", code: "never-again", kind: "opt-out-requested" },
  ],
  ...change,
});

/** Refuses nothing. */
export const ANYTHING: InsertGuard = { mayDial: () => true, overdial: null };

/** What every profile asks of a number that it knows nothing else about. */
export const UNLESS_BARRED: InsertGuard = {
  mayDial: (_order, facts) => !facts.suppressed && facts.permanentOutcome === null,
  overdial: null,
};

export const CLOCK: ConnectClock = {
  start: "answer",
  limitMs: 2_000,
  safetyMarginMs: 200,
  noSpeechGraceMs: 2_000,
  greetingMaxMs: 10_000,
};

export const alarmOf = (campaignId: CampaignId | null, at: Instant, change: Partial<Alarm> = {}): Alarm => ({
  at,
  campaignId,
  attemptId: null,
  code: "SILENT-CALL",
  says: "A person heard nothing.",
  ...change,
});

/** Tried before, and again then. */
export const retryAt = (at: Instant, because: string, change: Partial<Extract<LeadVerdict, { type: "retry" }>> = {}) =>
  ({ type: "retry", at, because, numberId: null, queue: "redial", ...change }) as const satisfies LeadVerdict;

export const LEASE_MS = 30_000;

/** Of anything that is due at T0, wherever it is. */
export const claimOf = (campaignId: CampaignId, node: NodeId, change: Partial<LeadClaim> = {}): LeadClaim => ({
  campaignId,
  nodeId: node,
  limit: 10,
  callbacksMax: 10,
  at: T0,
  leaseMs: LEASE_MS,
  newSharePercent: 50,
  isOpen: () => true,
  ...change,
});

export const orderFor = (lead: LeadToDial, change: Partial<AttemptOrder> = {}): AttemptOrder => ({
  attemptId: attemptIdOf(),
  campaignId: lead.campaignId,
  leadId: lead.leadId,
  numberId: lead.numberId,
  number: lead.number,
  cliNumber: phoneNumber("+441632960000"),
  trunk: "carrier",
  principal: "Acme Ltd",
  centre: "main",
  agentId: null,
  sourceId: lead.sourceId,
  callbackId: lead.callback?.callbackId ?? null,
  overdial: false,
  profile: "UK",
  profileVersion: "0123456789abcdef",
  clock: CLOCK,
  decidedAt: T0,
  evidence: { rule: "UK-HRS-1", localTime: "10:00", zone: "Europe/London" },
  ...change,
});

/** An end that settles the lead as done, unless said otherwise. */
export const endOf = (
  lead: LeadToDial,
  order: AttemptOrder,
  change: Partial<
    Pick<AttemptEnd, "outcome" | "verdict" | "facts" | "account" | "guaranteedOnlyUntil" | "contact">
  > = {},
): AttemptEnd => ({
  attemptId: order.attemptId,
  leadId: lead.leadId,
  numberId: lead.numberId,
  outcome: change.outcome ?? "connected",
  facts: change.facts ?? {
    ...NOTHING_KNOWN,
    placedAt: stamp(10),
    endedAt: stamp(20_000),
    endedBy: "farEnd",
    cause: 16,
  },
  verdict: change.verdict ?? { type: "done", because: "done" },
  contact: change.contact ?? null,
  account: change.account ?? null,
  guaranteedOnlyUntil: change.guaranteedOnlyUntil ?? null,
});
