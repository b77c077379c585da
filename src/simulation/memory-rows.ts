/** What the rows of the pretend database hold. */
import type { AgentCommand } from "../agent/agent.ts";
import type { AccountDay, AccountEntry } from "../domain/account.ts";
import type { AttemptFacts, AttemptOrder, AttemptState } from "../domain/attempt.ts";
import type { DispositionKind } from "../domain/disposition.ts";
import type { AgentId, CampaignId, LeadId, ListId, NodeId, NumberId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Consent } from "../domain/number-facts.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { AgentProfile, AgentStateChange } from "../engine/ports.ts";

export interface NumberRow {
  readonly numberId: NumberId;
  readonly number: PhoneNumber;
  readonly timeZone: string | null;
  readonly numberType: string;
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
  state: "ready" | "leased" | "dialling" | "done" | "held";
  because: string | null;
  dueAt: Instant;
  leasedBy: NodeId | null;
  leasedUntil: Instant | null;
  attemptsCounted: number;
  carrierTries: number;
  lastRetryClass: string | null;
  lastRetryClassCount: number;
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
    readonly agentId: AgentId;
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
  }[];
  readonly dueAt: Instant;
  readonly priority?: number;
  readonly region?: string | null;
  readonly consent?: Consent | null;
}
