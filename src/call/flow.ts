/**
 * A call without an agent: from its answer a call flow has the word. What the flow says and asks is none of the call's
 * business; that somebody speaks in time, that an agent who is asked for is joined, and that it ends, is.
 *
 * The rule to remember: the first words are what is owed to whoever answers. Until they have begun the connect limit
 * runs, and every doubt ends in the information message.
 */
import type { AttemptFacts, Stamp } from "../domain/attempt.ts";
import { after, earliest, instant, isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { CallEffect, CallPolicy, LivingCall, Transition } from "./call.ts";
import { HEARD_MIN_MS, inform, playedMs } from "./informing.ts";
import { dueAt, hangUp, hold, releaseHeld, same, to, withoutAgent } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

/** From asking for an agent's bridge to being in it; what plays to the person has been stopped for it, so it is short. */
export const FLOW_JOIN_MAX_MS = 2_000;

export const enterFlow = (call: LivingCall, facts: AttemptFacts, policy: CallPolicy): Transition => {
  const begun: AttemptFacts = { ...facts, messageChoice: "flow" };
  // Whoever was promised belongs to somebody else's call.
  return to({ ...withoutAgent(call, {}), state: "inFlow", facts: begun, deadlineAt: dueAt(facts, policy) }, [
    ...releaseHeld(call, false),
    { type: "beginFlow" },
  ]);
};

export const isSpeaking = ({ facts }: LivingCall): boolean =>
  facts.message === "started" || facts.message === "finished";

export function whileInFlow(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "flowSpoke":
      return spoke(call, event.stamp, policy);
    case "flowDelivered":
      return isSpeaking(call) ? to(delivered(call), []) : same(call);
    case "flowEnded":
      // Without a word heard it has not said anything, whatever it believes.
      return isSpeaking(call)
        ? hangUp(delivered(call), event.at, "flowEnded", policy)
        : informNow(call, event.at, policy);
    case "flowFailed":
      return informNow(unheard(call, event.stamp), event.stamp.at, policy);
    case "agentWanted":
      return call.wantsAgent ? same(call) : to({ ...call, wantsAgent: true }, [{ type: "reserveAgent", except: null }]);
    case "agentGivenUp":
      return givenUp(call, event.waitedMs, policy);
    case "agentReserved":
      return reserved(call, event.agentId, event.at);
    case "joined":
      return joined(call, event.stamp, policy);
    case "bridgeFailed":
      return call.heldAgentId === event.agentId ? lookAgain(call, releaseHeld(call, false), policy) : same(call);
    case "agentLost":
      return call.heldAgentId === event.agentId ? lookAgain(call, [], policy) : same(call);
    case "parted":
      // Nobody came in time, and now it is certain that nobody does.
      return call.heldAgentId !== null && !call.wantsAgent
        ? to(withoutAgent(call, {}), releaseHeld(call, false))
        : same(call);
    case "cancelled":
      return informNow(call, event.at, policy);
    case "deadlinePassed":
      return overdue(call, event.at, policy);
    default:
      return same(call);
  }
}

/** An agent is held and the command to join them is out; not one of whom the person is being taken out again. */
const isBeingJoined = ({ heldAgentId, wantsAgent }: LivingCall): boolean => heldAgentId !== null && wantsAgent;

/** What the call waits for next: its first words, or the end of all that may be said. */
const goesOnBy = (call: LivingCall, policy: CallPolicy): Instant =>
  isSpeaking(call) ? flowEndsBy(call, policy) : dueAt(call.facts, policy);

const flowEndsBy = ({ facts }: LivingCall, { flowMaxMs }: CallPolicy): Instant =>
  after(facts.answeredAt?.at ?? instant(0), flowMaxMs ?? 0);

const spoke = (call: LivingCall, stamp: Stamp, policy: CallPolicy): Transition => {
  if (isSpeaking(call)) return same(call);
  const facts: AttemptFacts = { ...call.facts, message: "started", messageAt: stamp };
  const endsBy = flowEndsBy(call, policy);
  // An agent may be on the way already, and is waited for no longer than before.
  return to({ ...call, facts, deadlineAt: isBeingJoined(call) ? earliest(call.deadlineAt, endsBy) : endsBy }, []);
};

const delivered = (call: LivingCall): LivingCall => ({ ...call, facts: { ...call.facts, message: "finished" } });

/** A recording that is not there begins and fails in one moment: then nothing was heard, whatever had been told. */
const unheard = (call: LivingCall, stamp: Stamp): LivingCall => {
  const { messageAt } = call.facts;
  const wasHeard = messageAt !== null && playedMs(messageAt, stamp) >= HEARD_MIN_MS;
  return wasHeard ? call : { ...call, facts: { ...call.facts, message: "failed" } };
};

/** The information message, as for anybody for whom nobody is there. An agent on the way is kept from talking over it. */
const informNow = (call: LivingCall, at: Instant, policy: CallPolicy): Transition => {
  const isJoining = isBeingJoined(call) && !call.facts.agentLegFailed;
  const { call: informing, effects } = inform({ ...call, wantsAgent: false }, at, policy);
  return to(informing, [...(isJoining ? [{ type: "unbridge" } as const] : []), ...effects]);
};

const givenUp = (call: LivingCall, waitedMs: number, policy: CallPolicy): Transition => {
  const facts = { ...call.facts, agentWaitedMs: Math.max(call.facts.agentWaitedMs ?? 0, waitedMs) };
  const alone: LivingCall = { ...call, facts, wantsAgent: false };
  // Whoever is on the way is taken out of it, and free once that is certain.
  return isBeingJoined(call)
    ? to({ ...alone, deadlineAt: goesOnBy(call, policy) }, [{ type: "unbridge" }])
    : to(alone, []);
};

const reserved = (call: LivingCall, agentId: NonNullable<LivingCall["heldAgentId"]>, at: Instant): Transition => {
  if (!call.wantsAgent || call.heldAgentId !== null) return hold(call, agentId);
  return to(
    {
      ...call,
      heldAgentId: agentId,
      facts: { ...call.facts, agentId },
      deadlineAt: earliest(call.deadlineAt, after(at, FLOW_JOIN_MAX_MS)),
    },
    [{ type: "bridge", agentId }],
  );
};

const joined = (call: LivingCall, stamp: Stamp, policy: CallPolicy): Transition => {
  // Whoever is taken out again was joined too late to be of use.
  if (!isBeingJoined(call)) return same(call);
  const facts: AttemptFacts = { ...call.facts, connectedAt: stamp, message: "finished" };
  return to(
    { ...call, state: "connected", facts, wantsAgent: false, deadlineAt: after(stamp.at, policy.talkMaxMs) },
    [],
  );
};

/** One agent failed them: another is looked for, once; the flow's own limit tells them that nobody comes. */
const lookAgain = (call: LivingCall, release: readonly CallEffect[], policy: CallPolicy): Transition => {
  const isFirst = !call.facts.agentLegFailed && call.wantsAgent;
  const alone: LivingCall = {
    ...withoutAgent(call, { agentLegFailed: true }),
    wantsAgent: isFirst,
    deadlineAt: goesOnBy(call, policy),
  };
  return to(alone, isFirst ? [...release, { type: "reserveAgent", except: call.heldAgentId }] : release);
};

function overdue(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  if (!isSpeaking(call)) return informNow(call, at, policy);
  if (isBeingJoined(call) && isBefore(at, flowEndsBy(call, policy))) {
    // The join was asked for and nothing came of it: nobody waits in silence for it.
    const facts = { ...call.facts, agentLegFailed: true };
    const parting: LivingCall = { ...call, wantsAgent: false, facts, deadlineAt: goesOnBy(call, policy) };
    return to(parting, [{ type: "unbridge" }]);
  }
  return hangUp(call, at, "lengthLimit", policy);
}
