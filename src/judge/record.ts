/**
 * What a judge reads: the journal, the rows, and what was allowed. One rule to remember: a simulation and last night's
 * production leave the same record, so nothing in here may come from the pretend world alone.
 */
import type { CallEffect, CallEvent } from "../call/call.ts";
import type { AttemptFacts, AttemptOrder, AttemptState } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NumberId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";

/** A line of the journal: an instant, a kind, and whatever belongs to it. */
export type JournalEntry = { readonly at: Instant; readonly kind: string } & Readonly<Record<string, unknown>>;

export interface JudgedAttempt {
  readonly order: AttemptOrder;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly outcome: Outcome | null;
}

export interface ShiftRecord {
  readonly journal: readonly JournalEntry[];
  readonly attempts: readonly JudgedAttempt[];
  readonly leads: readonly { readonly leadId: LeadId; readonly state: string; readonly because: string | null }[];
  readonly campaigns: readonly Campaign[];
  readonly linesMax: Readonly<Record<string, number>>;
  /** Since when. */
  readonly suppressed: ReadonlyMap<PhoneNumber, Instant>;
  readonly timeZones: ReadonlyMap<NumberId, string | null>;
  readonly endedAt: Instant;
}

/** What an invariant found wrong. */
export interface Breach {
  readonly invariant: string;
  readonly at: Instant;
  /** A sentence that says what happened, without the facts. */
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type Invariant = (record: ShiftRecord) => readonly Breach[];

/* The journal's entries as the engine writes them. An entry of another kind is nobody's business here. */

export type Entry =
  | { readonly kind: "engine"; readonly at: Instant; readonly what: "started" | "draining" | "stopped" }
  | { readonly kind: "connection"; readonly at: Instant; readonly state: "up" | "down" | "replaced" }
  | {
      readonly kind: "attempt-decided";
      readonly at: Instant;
      readonly attemptId: AttemptId;
      readonly campaignId: CampaignId;
      readonly leadId: LeadId;
      readonly trunk: string;
      readonly agentId: AgentId | null;
    }
  | {
      readonly kind: "call";
      readonly at: Instant;
      readonly attemptId: AttemptId;
      readonly event: CallEvent;
      readonly before: AttemptState;
      readonly after: AttemptState;
      readonly deadlineAt: Instant | null;
      readonly effects: readonly CallEffect[];
    }
  | {
      readonly kind: "attempt-ended";
      readonly at: Instant;
      readonly attemptId: AttemptId;
      readonly outcome: Outcome;
      readonly facts: AttemptFacts;
    }
  | {
      readonly kind: "agent";
      readonly at: Instant;
      readonly agentId: AgentId;
      readonly before: string;
      readonly after: string;
      readonly attemptId: AttemptId | null;
    }
  | {
      readonly kind: "pacing";
      readonly at: Instant;
      readonly campaignId: CampaignId;
      readonly wanted: number;
      readonly allowed: number;
      readonly placed: number;
      readonly linesMax: number;
    }
  | { readonly kind: "refused"; readonly at: Instant; readonly leadId: LeadId; readonly rule: string };

const KINDS: ReadonlySet<string> = new Set<Entry["kind"]>([
  "engine",
  "connection",
  "attempt-decided",
  "call",
  "attempt-ended",
  "agent",
  "pacing",
  "refused",
]);

/** In the order in which they were written: the journal's, not the clock's. */
export const entriesOf = (record: ShiftRecord): readonly Entry[] =>
  // The journal is ours, written by the engine in these words; a file read back is checked where it is read.
  record.journal.filter(({ kind }) => KINDS.has(kind)) as unknown as readonly Entry[];

/** A dead socket is noticed by a ping that is not answered: so long we may have been deaf before we knew. */
const DEAF_MAX_MS = 10_000;

/** Spells in which nobody could keep a promise: the daemon was dead, or Asterisk could not be heard. */
export const outagesOf = (record: ShiftRecord): readonly { readonly from: Instant; readonly to: Instant }[] => {
  const outages: { from: Instant; to: Instant }[] = [];
  let lastSeenAt: Instant | null = null;
  let isUp = false;
  let begunAt: Instant | null = null;
  for (const entry of entriesOf(record)) {
    if (entry.kind === "engine" && entry.what === "started") {
      // Nothing says when the last process died; its last word is the best that is known.
      if (isUp) begunAt = lastSeenAt;
      isUp = false;
    }
    if (entry.kind === "connection") {
      if (entry.state === "up") {
        if (begunAt !== null) outages.push({ from: begunAt, to: entry.at });
        begunAt = null;
        isUp = true;
      } else if (isUp) {
        begunAt = after(entry.at, -DEAF_MAX_MS);
        isUp = false;
      }
    }
    lastSeenAt = entry.at;
  }
  if (begunAt !== null) outages.push({ from: begunAt, to: record.endedAt });
  return outages;
};
