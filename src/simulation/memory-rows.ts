/** What the rows of the pretend database hold. */
import type { AgentCommand } from "../agent/agent.ts";
import type { AccountDay, AccountEntry } from "../domain/account.ts";
import type { AttemptFacts, AttemptOrder, AttemptState } from "../domain/attempt.ts";
import type { DispositionKind } from "../domain/disposition.ts";
import type { AgentId, CampaignId, LeadId, ListId, NodeId, NumberId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { CallbackPromise, LeadQueue, NumberKind } from "../domain/lead.ts";
import type { Consent } from "../domain/number-facts.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { ReturnEnd, ReturnRow } from "../domain/return-call.ts";
import type { PastAttempt } from "../lead/redial/story.ts";
import type { AgentProfile, AgentStateChange } from "../engine/ports.ts";

export interface NumberRow {
  readonly numberId: NumberId;
  readonly number: PhoneNumber;
  readonly timeZone: string | null;
  readonly numberType: string;
  readonly kind: NumberKind;
  attemptsCounted: number;
  lastAttemptAt: Instant | null;
  lastOutcome: Outcome | null;
  /** An agent met somebody else there: out for this lead, not for others. */
  isWrong: boolean;
}

export interface LeadRow {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly campaignId: CampaignId;
  /** In the order in which they are tried. */
  readonly numbers: readonly NumberRow[];
  readonly priority: number;
  readonly region: string | null;
  readonly consent: Consent | null;
  readonly attributes: Readonly<Record<string, string>>;
  state: "ready" | "leased" | "dialling" | "done" | "held";
  because: string | null;
  dueAt: Instant;
  /** Place in LEAD_QUEUES. */
  queue: number;
  /** Place in the order of its source, while it was never tried. */
  turn: number;
  sourceId: number;
  /** Null for the first that may be dialled. */
  nextNumberId: NumberId | null;
  leasedBy: NodeId | null;
  leasedUntil: Instant | null;
  attemptsCounted: number;
  carrierTries: number;
  /** Those that ended, latest first. */
  past: readonly PastAttempt[];
}

/** What a campaign takes leads from. */
export interface SourceRow {
  readonly sourceId: number;
  readonly campaignId: CampaignId;
  weight: number;
  isReady: boolean;
}

export interface CallbackRow {
  readonly promise: CallbackPromise;
  readonly leadId: LeadId;
  readonly numberId: NumberId | null;
  /** Who promised it in a call; absent for others. */
  readonly promisedBy?: AgentId | null;
  state: "waiting" | "taken" | "kept" | "missed" | "withdrawn";
  /** Nobody is waited for any more. */
  isAnyones: boolean;
}

export interface AttemptRow {
  readonly order: AttemptOrder;
  readonly nodeId: NodeId;
  state: AttemptState;
  facts: AttemptFacts;
  outcome: Outcome | null;
  /** As it ended. */
  account: { readonly entry: AccountEntry; readonly day: AccountDay } | null;
  disposition: {
    /** Null for the keys of whoever was called. */
    readonly agentId: AgentId | null;
    readonly code: string;
    /** Null for a code that the campaign does not have. */
    readonly kind: DispositionKind | null;
    readonly at: Instant;
  } | null;
}

export interface AgentRow {
  readonly profile: AgentProfile;
  /** Where they were last heard of. */
  nodeId: NodeId | null;
  readonly pin: string | null;
  /** Every state that was ever recorded, the latest last. */
  readonly states: AgentStateChange[];
}

export interface CommandRow {
  readonly commandId: number;
  readonly agentId: AgentId;
  readonly command: AgentCommand;
  readonly requestedAt: Instant;
  result: string | null;
  finishedAt: Instant | null;
}

export interface NodeRow {
  holder: string;
  heldUntil: Instant;
}

export interface NewLead {
  readonly leadId: LeadId;
  readonly campaignId: CampaignId;
  readonly listId: ListId;
  readonly numbers: readonly {
    readonly numberId: NumberId;
    readonly number: PhoneNumber;
    readonly timeZone: string | null;
    /** `mobile` when left out. */
    readonly numberType?: string;
    /** `other` when left out. */
    readonly kind?: NumberKind;
  }[];
  readonly dueAt: Instant;
  readonly priority?: number;
  /** The list's own when left out. */
  readonly sourceId?: number;
  readonly turn?: number;
  /** Never tried when left out. */
  readonly queue?: LeadQueue;
  readonly region?: string | null;
  readonly consent?: Consent | null;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Somebody who called back. */
export interface MemoryReturnRow {
  readonly row: ReturnRow;
  readonly nodeId: NodeId;
  readonly held: { readonly dueAt: Instant; readonly until: Instant } | null;
  end: ReturnEnd | null;
  disposition: { readonly code: string; readonly kind: DispositionKind | null; readonly at: Instant } | null;
}
