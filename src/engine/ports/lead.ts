/** What engine and store say to one another about leads: what is asked for, what is handed over, what becomes of it. */
import type { AgentId, AttemptId, CampaignId, LeadId, ListId, NodeId, NumberId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { CallbackPromise, LeadQueue, NumberKind } from "../../domain/lead.ts";
import type { Consent, NumberFacts } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { PromiseFate } from "../../lead/redial/next-choice.ts";
import type { LeadStory } from "../../lead/redial/story.ts";

export interface LeadClaim {
  readonly campaignId: CampaignId;
  readonly nodeId: NodeId;
  /** Callbacks included. */
  readonly limit: number;
  /** Due callbacks come before everybody else, but no more of them than this. */
  readonly callbacksMax: number;
  readonly at: Instant;
  readonly leaseMs: number;
  /** Of a hundred leads that are nobody's callback so many were never tried, as long as there are both kinds. */
  readonly newSharePercent: number;
  /** Whether anybody there may be called at `at`: leads of closed zones are passed over untouched. Null: nobody knows. */
  isOpen(timeZone: string | null): boolean;
}

/** A number as it is dialled, with what the records said of it when the lead was claimed; asked again in the transaction that writes the attempt. */
export interface DialNumber {
  readonly numberId: NumberId;
  readonly number: PhoneNumber;
  /** IANA zone of the called party; null when unknown, which means no. */
  readonly timeZone: string | null;
  /** As the import found it, e.g. `mobile`. */
  readonly numberType: string;
  readonly facts: NumberFacts;
}

/** A claimed lead with the number to dial next: screened again before it is dialled. */
export interface LeadToDial extends DialNumber {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly campaignId: CampaignId;
  /** What the campaign took it from. */
  readonly sourceId: number;
  /** Never tried, whether its turn came or it was put off. */
  readonly isFresh: boolean;
  /** All its numbers, also those that are out, and what became of them in this campaign. */
  readonly story: LeadStory;
  /** What was promised and is due; null for nothing. */
  readonly callback: CallbackPromise | null;
  /** Those that may be dialled, in the order of the list; the one to dial next is among them. */
  readonly numbers: readonly DialNumber[];
  /** State, province or nation of the called party, ISO 3166-2 or its last part; null where the list does not say. */
  readonly region: string | null;
  readonly consent: Consent | null;
  /** What else the list says of them, by name; left out where it says nothing. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What becomes of a lead that was claimed, after a refusal or an attempt. */
export type LeadVerdict = (
  | {
      readonly type: "retry";
      readonly at: Instant;
      readonly because: string;
      /** To be dialled then; null for whichever may be. */
      readonly numberId: NumberId | null;
      readonly queue: Exclude<LeadQueue, "fresh">;
    }
  | { readonly type: "done"; readonly because: string }
  /** Held until a human lets it go. */
  | { readonly type: "held"; readonly because: string }
  /** Given back as it was. */
  | { readonly type: "requeue" }
) & {
  /** What is left of the promise that it was claimed for; absent where none was concerned. */
  readonly promise?: { readonly callbackId: number; readonly fate: PromiseFate };
};

/** One attempt as the table of who answers when counts it; weekday ISO 1 Monday … 7 Sunday, by the called person's clock. */
export interface ContactMade {
  readonly kind: NumberKind;
  readonly weekday: number;
  readonly hour: number;
  readonly isLive: boolean;
}

/** A call that somebody asked for by name: looked at, its lead leased to this node, not placed yet. */
export interface PendingManualCall {
  readonly manualId: number;
  readonly campaignId: CampaignId;
  readonly agentId: AgentId;
  readonly leadId: LeadId;
  /** By the clock of whoever looked at it. */
  readonly requestedAt: Instant;
}

/** What became of it. Without an attempt it was refused. */
export interface ManualEnd {
  readonly manualId: number;
  readonly at: Instant;
  readonly attemptId: AttemptId | null;
  /** Of a refusal: the rule's, or what else stood in the way. */
  readonly code: string;
  /** One sentence. */
  readonly says: string;
}
