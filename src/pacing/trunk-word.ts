/**
 * What the end of a call says of the trunk that carried it, or would not. Pure, and by outcome: where the called person's
 * phone or network may be to blame it says nothing.
 */
import type { AttemptFacts } from "../domain/attempt.ts";
import type { Outcome } from "../domain/outcome.ts";

/** No room, no service, no answer: 5xx but for 502, causes 31, 34, 38, 41, 42, 44 and 102, a 408 before any ringing. */
const REFUSED: ReadonlySet<Outcome> = new Set<Outcome>([
  "trunk-unreachable",
  "congestion",
  "network-failure",
  "no-response",
  "auth-rejected",
]);

/** Somebody beyond the trunk has spoken, of this number and no other. */
const SERVED: ReadonlySet<Outcome> = new Set<Outcome>([
  "busy",
  "subscriber-absent",
  "rejected",
  "spam-rejected",
  "unallocated",
  "invalid-number",
  "number-changed",
  "not-in-service",
  "redirected",
]);

export type TrunkSays = "refused" | "served" | "nothing";

/** Of a call of which nothing had been heard before its end. */
export function trunkSays(outcome: Outcome, { endReason, placedAt }: AttemptFacts): TrunkSays {
  if (REFUSED.has(outcome)) return "refused";
  // The request was taken, and not even ringing came of it in all the time that it had.
  if (outcome === "no-ringback" && endReason === "ringTimeout" && placedAt !== null) return "refused";
  return SERVED.has(outcome) ? "served" : "nothing";
}
