/**
 * Where memory and Asterisk disagree. Pure: two accounts in, findings out; the engine acts on them through the same
 * letters as ordinary events.
 */
import type { LivingCall } from "../../call/call.ts";
import type { AttemptId, LegId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { LegsSnapshot } from "../ports.ts";

export type Finding =
  /** We believe in a call that Asterisk does not know. */
  | { readonly type: "missingLeg"; readonly attemptId: AttemptId }
  /** Somebody answered, and nobody told us. */
  | { readonly type: "answeredUnseen"; readonly attemptId: AttemptId }
  /** The person is in the bridge of the agent with whom they were to be joined, and nobody told us. */
  | { readonly type: "joinedUnseen"; readonly attemptId: AttemptId }
  /** A leg of our name that no call of ours owns. */
  | { readonly type: "strayLeg"; readonly attemptId: AttemptId }
  /** Its call should have moved on, or no call lasts as long as this leg. */
  | { readonly type: "overdueLeg"; readonly attemptId: AttemptId; readonly because: "deadline" | "age" }
  | { readonly type: "missingAgentLeg"; readonly legId: LegId }
  | { readonly type: "unknownAgentLeg"; readonly legId: LegId; readonly endpoint: string; readonly ready: boolean };

export interface Memory {
  readonly calls: Iterable<LivingCall>;
  readonly agentLegs: Iterable<LegId>;
  /** The leg of the agent whom this call holds; null without one. */
  readonly heldLegOf: (call: LivingCall) => LegId | null;
}

/** Younger legs may belong to a request whose answer is still on its way. */
const STRAY_AGE_MIN_MS = 10_000;
/** A deadline that passed so long ago was not heard of by its call: no timer is that late. */
const OVERDUE_MS = 60_000;

/** @param legAgeMaxMs how old a leg may become */
export function findings(memory: Memory, snapshot: LegsSnapshot, legAgeMaxMs: number): Finding[] {
  const found: Finding[] = [];
  const legs = new Map(snapshot.customerLegs.map((leg) => [leg.attemptId, leg]));
  const known = new Set<AttemptId>();
  for (const call of memory.calls) {
    known.add(call.attemptId);
    const leg = legs.get(call.attemptId);
    // A call that is only being asked for has no leg yet; its own deadline watches over it.
    if (leg === undefined) {
      if (call.state !== "placing") found.push({ type: "missingLeg", attemptId: call.attemptId });
    } else if (msBetween(leg.createdAt, snapshot.takenAt) > legAgeMaxMs) {
      found.push({ type: "overdueLeg", attemptId: call.attemptId, because: "age" });
    } else if (msBetween(call.deadlineAt, snapshot.takenAt) > OVERDUE_MS) {
      found.push({ type: "overdueLeg", attemptId: call.attemptId, because: "deadline" });
    } else if (leg.state === "up" && call.facts.answeredAt === null) {
      found.push({ type: "answeredUnseen", attemptId: call.attemptId });
    } else if (
      call.state === "connecting" &&
      leg.inAgentBridge !== null &&
      leg.inAgentBridge === memory.heldLegOf(call)
    ) {
      found.push({ type: "joinedUnseen", attemptId: call.attemptId });
    }
  }
  for (const leg of snapshot.customerLegs) {
    if (!known.has(leg.attemptId) && msBetween(leg.createdAt, snapshot.takenAt) >= STRAY_AGE_MIN_MS) {
      found.push({ type: "strayLeg", attemptId: leg.attemptId });
    }
  }
  const agentLegs = new Map(snapshot.agentLegs.map((leg) => [leg.legId, leg]));
  const knownLegs = new Set(memory.agentLegs);
  for (const legId of knownLegs) if (!agentLegs.has(legId)) found.push({ type: "missingAgentLeg", legId });
  for (const leg of snapshot.agentLegs) if (!knownLegs.has(leg.legId)) found.push({ type: "unknownAgentLeg", ...leg });
  return found;
}
