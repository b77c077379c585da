/** Somebody to reach, as far as more than one room speaks of them: their numbers, and who promised to call them back. */
import type { AgentId, NumberId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { Outcome } from "./outcome.ts";

/** Where a number rings, as the list says. */
export const NUMBER_KINDS = ["home", "work", "mobile", "other"] as const;
export type NumberKind = (typeof NUMBER_KINDS)[number];

/** One of a lead's numbers, as redialling sees it. */
export interface LeadNumber {
  readonly numberId: NumberId;
  readonly kind: NumberKind;
  /** IANA zone; null when nobody knows. */
  readonly timeZone: string | null;
  /** Attempts that counted, over its life in this campaign. */
  readonly attemptsCounted: number;
  readonly lastAttemptAt: Instant | null;
  /** Of that attempt; null where it is not known. */
  readonly lastOutcome: Outcome | null;
  /** Taken out: for good, or as another person's. */
  readonly isOut: boolean;
}

/** Which way a lead waits for its next attempt; the order is the order in which a claim looks. */
export const LEAD_QUEUES = ["fresh", "putOff", "redial", "callback"] as const;
export type LeadQueue = (typeof LEAD_QUEUES)[number];

/** A promise to call somebody back. */
export interface CallbackPromise {
  readonly callbackId: number;
  /** Null for anybody. */
  readonly agentId: AgentId | null;
  readonly dueAt: Instant;
  /** Promised until then. */
  readonly untilAt: Instant;
  /** When its agent is not there by then: anybody calls, or it is missed. */
  readonly fallback: "anyone" | "missed";
}

/**
 * So long after its end a promise may still be kept, by whoever is free; then it is missed, and the lead one of many again.
 * A minute's work for a daemon that runs, and no more than people take for unpunctual.
 */
export const CALLBACK_GRACE_MS = 15 * 60_000;
