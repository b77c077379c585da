/** What is written of an attempt while it lives, and at its end. */
import type { AttemptFacts, AttemptState, EndedAttempt } from "../../domain/attempt.ts";
import type { AttemptId, LeadId, NumberId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ContactMade, LeadVerdict } from "./lead.ts";

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
