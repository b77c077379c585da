/** A call that nobody has answered yet: it is asked for, it rings, it is given up; but never after a ring or two. */
import type { AttemptFacts, Stamp } from "../domain/attempt.ts";
import { RECOURSE_RING_MIN_MS } from "../domain/campaign.ts";
import { after, earliest, isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { CallEvent, CallPolicy, LivingCall, Transition } from "./call.ts";
import { enterFlow } from "./flow.ts";
import { ended, hangUp, hold, listenUntil, same, serve, to, withoutAgent } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

export function beforeAnswer(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "placeFailed":
      return placeFailed(call, event, policy);
    case "progressed":
      return rings(call, event.stamp, "early", policy);
    case "rang":
      return rings(call, event.stamp, "ringing", policy);
    case "answered":
      return answered(call, event.stamp, event.sipCallId, policy);
    case "agentReserved":
      return hold(call, event.agentId);
    case "agentLost":
      // The phone still rings at the person's, and a cancel after a ring or two is a nuisance of its own
      // (rule UK-RING-1): let it ring, and look for somebody else meanwhile.
      return call.heldAgentId === event.agentId
        ? to(withoutAgent(call, { agentLegFailed: true }), [{ type: "reserveAgent", except: event.agentId }])
        : same(call);
    case "cancelled":
      return hangUp(call, event.at, event.reason, policy);
    case "noAgentLikely":
      return hasRungOut(call, event.at, policy) ? hangUp(call, event.at, "noAgent", policy) : same(call);
    case "optedOut":
      return objected(call, event.at, policy);
    case "deadlinePassed":
      return giveUp(call, event.at, policy);
    default:
      return same(call);
  }
}

/** It has not been answered in time. Whoever hears it ring hears it for the least time at least (rule UK-RING-1). */
function giveUp(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  const rungAt = rungEnoughAt(call.facts, policy);
  if (rungAt !== null && isBefore(at, rungAt)) return to({ ...call, deadlineAt: rungAt }, []);
  if (call.optedOut) return hangUp(call, at, "optedOut", policy);
  return hangUp(call, at, call.state === "placing" ? "placeTimeout" : "ringTimeout", policy);
}

/** Nobody has noticed yet: it ends here. Else it rings for the least time; whoever answers until then is served. */
function objected(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  if (call.optedOut) return same(call);
  const rungAt = rungEnoughAt(call.facts, policy);
  const until = rungAt === null || isBefore(rungAt, at) ? at : rungAt;
  const waiting = { ...call, optedOut: true, deadlineAt: earliest(call.deadlineAt, until) };
  // A ring time-out that is due in this very moment is no reason to stop short: its own deadline sees to it.
  return isBefore(at, until) ? to(waiting, []) : hangUp(waiting, at, "optedOut", policy);
}

/**
 * Whether it may be cancelled for want of an agent, whatever pacing thinks: nobody is promised to it, and a 180 is old
 * enough. A 183 never is: nobody can say since when it rings, if it does at all.
 */
function hasRungOut({ state, heldAgentId, facts }: LivingCall, at: Instant, { ringMinMs }: CallPolicy): boolean {
  if (state !== "ringing" || heldAgentId !== null || facts.ringingAt === null) return false;
  return !isBefore(at, after(facts.ringingAt.at, Math.max(RECOURSE_RING_MIN_MS, ringMinMs)));
}

/** Since the first sign of ringing, and longer where that was only a 183; null when nothing rings. */
function rungEnoughAt(facts: AttemptFacts, policy: CallPolicy): Instant | null {
  const early = facts.progressAt === null ? null : after(facts.progressAt.at, policy.earlyRingMinMs);
  const rung = facts.ringingAt === null ? null : after(facts.ringingAt.at, policy.ringMinMs);
  return early === null || rung === null ? (early ?? rung) : earliest(early, rung);
}

export function placed(call: LivingCall, stamp: Stamp, sipCallId: string | null, policy: CallPolicy): Transition {
  const facts = { ...call.facts, placedAt: call.facts.placedAt ?? stamp, sipCallId: call.facts.sipCallId ?? sipCallId };
  // The confirmation may come after the first events of the call it confirms.
  if (call.state !== "placing") return to({ ...call, facts }, []);
  return to({ ...call, state: "dialling", facts, deadlineAt: after(stamp.at, policy.ringTimeoutMs) }, []);
}

function placeFailed(
  call: LivingCall,
  event: Extract<CallEvent, { type: "placeFailed" }>,
  policy: CallPolicy,
): Transition {
  const facts = { ...call.facts, placeFailure: event.failure };
  if (call.state !== "placing") return same(call); // The network has answered since: there is a call.
  if (event.failure === "unknown") return hangUp({ ...call, facts }, event.stamp.at, "placeTimeout", policy);
  return ended(call, { ...facts, endedAt: event.stamp, endedBy: facts.endedBy ?? "asterisk" }, policy);
}

export const ringingFacts = (facts: AttemptFacts, stamp: Stamp, how: "early" | "ringing"): AttemptFacts => ({
  ...facts,
  placedAt: facts.placedAt ?? stamp,
  ringing: how === "ringing" || facts.ringing === "ringing" ? "ringing" : "early",
  progressAt: how === "early" ? (facts.progressAt ?? stamp) : facts.progressAt,
  ringingAt: how === "ringing" ? (facts.ringingAt ?? stamp) : facts.ringingAt,
});

export function rings(call: LivingCall, stamp: Stamp, how: "early" | "ringing", policy: CallPolicy): Transition {
  const facts = ringingFacts(call.facts, stamp, how);
  const deadlineAt = call.state === "placing" ? after(stamp.at, policy.ringTimeoutMs) : call.deadlineAt;
  return to({ ...call, state: "ringing", facts, deadlineAt }, []);
}

function answered(call: LivingCall, stamp: Stamp, sipCallId: string | null, policy: CallPolicy): Transition {
  const facts: AttemptFacts = {
    ...call.facts,
    placedAt: call.facts.placedAt ?? stamp,
    answeredAt: stamp,
    sipCallId: call.facts.sipCallId ?? sipCallId,
  };
  if (policy.flowMaxMs !== null) return enterFlow(call, facts, policy);
  // The clock that matters to the person who picked up starts here, or at their first word.
  return policy.amd?.joins === "afterVerdict"
    ? to({ ...call, state: "listening", facts, deadlineAt: listenUntil(facts, policy) }, [])
    : serve(call, facts, policy);
}
