/** The steps that several states share. */
import type { AttemptFacts, EndedBy, EndReason, Stamp } from "../domain/attempt.ts";
import { connectDeadline } from "../domain/connect-clock.ts";
import { after, earliest, instant, latest } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Call, CallEffect, CallEvent, CallPolicy, LivingCall, Transition } from "./call.ts";
import { classify } from "./classify.ts";

/** Events that mean something different in each state. */
export type StateEvent = Exclude<
  CallEvent,
  { type: "destroyed" | "vanished" | "hangupRequested" | "placed" | "verdictReached" }
>;

export const to = (call: Call, effects: readonly CallEffect[]): Transition => ({ call, effects });
export const same = (call: Call): Transition => ({ call, effects: [] });

export const releaseHeld = (call: LivingCall, talked: boolean): readonly CallEffect[] =>
  call.heldAgentId === null ? [] : [{ type: "releaseAgent", agentId: call.heldAgentId, talked }];

/** What is asked for when nobody else is to have to do with them any more. */
export function outOfIt({ transfer }: LivingCall): readonly CallEffect[] {
  if (transfer === null || transfer.other === null) return [];
  return transfer.other === "outside" ? [{ type: "hangUpOutside" }] : [{ type: "dismiss", agentId: transfer.other }];
}

export const withoutAgent = (call: LivingCall, more: Partial<AttemptFacts>): LivingCall => ({
  ...call,
  heldAgentId: null,
  facts: { ...call.facts, ...more },
});

const MAY_STILL_TALK: ReadonlySet<string> = new Set(["placing", "dialling", "ringing", "listening"]);

/** An agent came too late or twice: keep the first, and give the other back. */
export function hold(call: LivingCall, agentId: NonNullable<LivingCall["heldAgentId"]>): Transition {
  const mayStillTalk = MAY_STILL_TALK.has(call.state);
  if (call.heldAgentId === agentId || call.transfer?.other === agentId) return same(call);
  if (mayStillTalk && call.heldAgentId === null) {
    return to({ ...call, heldAgentId: agentId, facts: { ...call.facts, agentId } }, []);
  }
  return to(call, [{ type: "releaseAgent", agentId, talked: false }]);
}

export function hangUp(call: LivingCall, at: Instant, reason: EndReason, policy: CallPolicy): Transition {
  const endedBy: EndedBy = reason === "agentHungUp" || reason === "agentGone" ? "agent" : "us";
  // Noted before the command is sent, because Asterisk invents a cause for what it is told to hang up.
  const facts = call.facts.endedBy === null ? { ...call.facts, endedBy, endReason: reason } : call.facts;
  return to({ ...call, state: "ending", facts, transfer: null, deadlineAt: after(at, policy.hangUpRetryMs) }, [
    ...outOfIt(call),
    { type: "hangUp", reason },
  ]);
}

/** The one exit. Whoever was promised or talking is free again. */
export function ended(call: LivingCall, facts: AttemptFacts, policy: CallPolicy): Transition {
  return to({ state: "ended", attemptId: call.attemptId, facts, outcome: classify(facts, policy) }, [
    ...releaseHeld(call, hasTalked(facts)),
    ...outOfIt(call),
  ]);
}

/** Whoever was taken off a machine has nothing to write down. */
export const hasTalked = ({ connectedAt, verdictAct }: AttemptFacts): boolean =>
  connectedAt !== null && verdictAct !== "dropped";

/** By when an agent is joined or the message begun. Asked only after the answer; without one it would be at once. */
export const dueAt = (facts: AttemptFacts, policy: CallPolicy): Instant =>
  connectDeadline(facts, policy.clock) ?? instant(0);

/**
 * From a verdict to an agent joined, or the message begun: a command there and its effect back, which take some ten
 * milliseconds on a quiet machine.
 */
export const JOIN_RESERVE_MS = 100;

/** How long AMD may listen: so long as an agent can still be joined in time, and never longer than it is given. */
export function listenUntil(facts: AttemptFacts, policy: CallPolicy): Instant {
  const answeredAt = facts.answeredAt?.at ?? instant(0);
  const verdictBy = after(answeredAt, policy.amd?.verdictMaxMs ?? 0);
  return latest(answeredAt, earliest(verdictBy, after(dueAt(facts, policy), -JOIN_RESERVE_MS)));
}

/** A person, or whoever must be treated as one: joined with who is promised, or the longest idle agent is looked for. */
export function serve(call: LivingCall, facts: AttemptFacts, policy: CallPolicy): Transition {
  const deadlineAt = dueAt(facts, policy);
  return call.heldAgentId === null
    ? to({ ...call, state: "answered", facts, deadlineAt }, [{ type: "reserveAgent", except: null }])
    : to({ ...call, state: "connecting", facts, deadlineAt }, [{ type: "bridge", agentId: call.heldAgentId }]);
}

/**
 * Of an answer that comes when nothing is due by it any more. One that was found at a look is dated by when it may have been
 * at the earliest, until Asterisk's own word of it comes.
 */
export const answeredFacts = (facts: AttemptFacts, stamp: Stamp): AttemptFacts => {
  const { answeredAt } = facts;
  const isBetter = answeredAt === null || (answeredAt.asteriskAt === null && stamp.asteriskAt !== null);
  return isBetter ? { ...facts, answeredAt: stamp } : facts;
};
