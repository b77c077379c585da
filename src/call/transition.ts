/**
 * One attempt's life, state by state: an event comes in, the next call and what it wants come out.
 *
 * The rule to remember: an event that does not fit leaves the call as it is. Asterisk repeats, reorders and
 * forgets; that is weather, not error. Whatever is forgotten, the deadline of the state says what to do instead.
 *
 * Only two things end a call: telephony says that the leg is gone (`destroyed`, `vanished`), or that it never
 * came to be (`placeFailed`). Everything else leads to `ending`, which asks for the hang-up until one of them comes.
 */
import type { AttemptFacts, EndedBy, EndReason, Stamp } from "../domain/attempt.ts";
import { after, isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Call, CallEffect, CallEvent, CallPolicy, LivingCall, Transition } from "./call.ts";
import { classify } from "./classify.ts";

export function transition(call: Call, event: CallEvent, policy: CallPolicy): Transition {
  if (call.state === "ended") return afterTheEnd(call, event);
  switch (event.type) {
    case "destroyed":
    case "vanished":
      return end(call, event, policy);
    case "hangupRequested":
      return endAnnounced(call, event, policy);
    case "placed":
      return placed(call, event.stamp, event.sipCallId, policy);
    case "deadlinePassed":
      // A wake-up that comes early is harmless: the state may have got a later deadline since it was armed.
      return isBefore(event.at, call.deadlineAt) ? same(call) : inState(call, event, policy);
    default:
      return inState(call, event, policy);
  }
}

/** Events that mean something different in each state. */
type StateEvent = Exclude<CallEvent, { type: "destroyed" | "vanished" | "hangupRequested" | "placed" }>;

function inState(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (call.state) {
    case "placing":
    case "dialling":
    case "ringing":
      return beforeAnswer(call, event, policy);
    case "answered":
      return whileAnswered(call, event, policy);
    case "connecting":
      return whileConnecting(call, event, policy);
    case "connected":
      return whileConnected(call, event, policy);
    case "informing":
      return whileInforming(call, event, policy);
    case "ending":
      return whileEnding(call, event, policy);
  }
}

/* ------------------------------------------------------------------ The states */

function beforeAnswer(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
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
    case "deadlinePassed":
      return hangUp(call, event.at, call.state === "placing" ? "placeTimeout" : "ringTimeout", policy);
    default:
      return same(call);
  }
}

function whileAnswered(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "agentReserved":
      // The deadline stays: the person's two seconds run from their answer, whoever comes.
      return to(
        {
          ...call,
          state: "connecting",
          heldAgentId: event.agentId,
          facts: { ...call.facts, agentId: event.agentId },
        },
        [{ type: "bridge", agentId: event.agentId }],
      );
    case "cancelled":
    case "deadlinePassed":
      return inform(call, event.at, policy);
    default:
      return same(call);
  }
}

function whileConnecting(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "joined":
      return to(
        {
          ...call,
          state: "connected",
          deadlineAt: after(event.stamp.at, policy.talkMaxMs),
          facts: { ...call.facts, connectedAt: event.stamp },
        },
        [],
      );
    case "agentLost":
      return call.heldAgentId === event.agentId ? lookAgain(call, event.at, [], policy) : same(call);
    case "bridgeFailed":
      // Late news of an agent who was lost meanwhile must not cost the next one their call.
      return call.heldAgentId === event.agentId
        ? lookAgain(call, event.stamp.at, releaseHeld(call, false), policy)
        : same(call);
    case "deadlinePassed":
      return inform(call, event.at, policy);
    case "agentReserved":
      return hold(call, event.agentId);
    default:
      return same(call);
  }
}

function whileConnected(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "agentHungUp":
      return hangUp(call, event.at, "agentHungUp", policy);
    case "agentLost":
      return call.heldAgentId === event.agentId
        ? hangUp({ ...call, heldAgentId: null }, event.at, "agentGone", policy)
        : same(call);
    case "cancelled":
      return hangUp(call, event.at, event.reason, policy);
    case "deadlinePassed":
      return hangUp(call, event.at, "lengthLimit", policy);
    case "agentReserved":
      return hold(call, event.agentId);
    default:
      return same(call);
  }
}

/** The message has been asked for. It plays to its end, whatever else happens, unless the person leaves. */
function whileInforming(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "messageStarted":
      return to(
        {
          ...call,
          facts: { ...call.facts, message: "started", messageAt: call.facts.messageAt ?? event.stamp },
        },
        [],
      );
    case "messageFinished":
      return hangUp(withMessage(call, "finished"), event.stamp.at, "messagePlayed", policy);
    case "messageFailed":
      return hangUp(withMessage(call, "failed"), event.stamp.at, "noAgent", policy);
    case "deadlinePassed":
      return hangUp(call, event.at, call.facts.message === "none" ? "noAgent" : "messagePlayed", policy);
    case "parted":
      return to(withoutAgent(call, {}), releaseHeld(call, false));
    case "agentLost":
      return call.heldAgentId === event.agentId ? to(withoutAgent(call, {}), []) : same(call);
    case "agentReserved":
      return hold(call, event.agentId);
    default:
      return same(call);
  }
}

function whileEnding(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "progressed":
      return to({ ...call, facts: ringingFacts(call.facts, event.stamp, "early") }, []);
    case "rang":
      // It rang before our hang-up got there: a cancelled ring is another thing than a call that nobody noticed.
      return to({ ...call, facts: ringingFacts(call.facts, event.stamp, "ringing") }, []);
    case "answered":
      // Answered while our hang-up was on its way. Nothing can be done for them any more, but the row must say so.
      return to({ ...call, facts: { ...call.facts, answeredAt: call.facts.answeredAt ?? event.stamp } }, []);
    case "agentLost":
      return call.heldAgentId === event.agentId ? to({ ...call, heldAgentId: null }, []) : same(call);
    case "parted":
      // Somebody who talked is released at the end, with their wrap-up.
      return call.facts.connectedAt === null ? to(withoutAgent(call, {}), releaseHeld(call, false)) : same(call);
    case "agentReserved":
      return hold(call, event.agentId);
    case "deadlinePassed":
      return to({ ...call, deadlineAt: after(event.at, policy.hangUpRetryMs) }, [
        { type: "hangUp", reason: call.facts.endReason ?? "lengthLimit" },
      ]);
    default:
      return same(call);
  }
}

/** Nothing changes any more; but an agent who was found too late must not stay promised. */
function afterTheEnd(call: Call, event: CallEvent): Transition {
  return event.type === "agentReserved"
    ? to(call, [{ type: "releaseAgent", agentId: event.agentId, talked: false }])
    : same(call);
}

/* ------------------------------------------------------------------ The steps */

function placed(call: LivingCall, stamp: Stamp, sipCallId: string | null, policy: CallPolicy): Transition {
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

const ringingFacts = (facts: AttemptFacts, stamp: Stamp, how: "early" | "ringing"): AttemptFacts => ({
  ...facts,
  placedAt: facts.placedAt ?? stamp,
  ringing: how === "ringing" || facts.ringing === "ringing" ? "ringing" : "early",
  progressAt: how === "early" ? (facts.progressAt ?? stamp) : facts.progressAt,
  ringingAt: how === "ringing" ? (facts.ringingAt ?? stamp) : facts.ringingAt,
});

function rings(call: LivingCall, stamp: Stamp, how: "early" | "ringing", policy: CallPolicy): Transition {
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
  // The clock that matters to the person who picked up starts here.
  const deadlineAt = after(stamp.at, policy.connectWithinMs);
  return call.heldAgentId === null
    ? to({ ...call, state: "answered", facts, deadlineAt }, [{ type: "reserveAgent", except: null }])
    : to({ ...call, state: "connecting", facts, deadlineAt }, [{ type: "bridge", agentId: call.heldAgentId }]);
}

/** An agent came too late or twice: keep the first, and give the other back. */
function hold(call: LivingCall, agentId: NonNullable<LivingCall["heldAgentId"]>): Transition {
  const mayStillTalk = call.state === "placing" || call.state === "dialling" || call.state === "ringing";
  if (call.heldAgentId === agentId) return same(call);
  if (mayStillTalk && call.heldAgentId === null) {
    return to({ ...call, heldAgentId: agentId, facts: { ...call.facts, agentId } }, []);
  }
  return to(call, [{ type: "releaseAgent", agentId, talked: false }]);
}

/** The promised agent fell away with a person waiting: one more try with somebody else, then the message at once. */
function lookAgain(call: LivingCall, at: Instant, release: readonly CallEffect[], policy: CallPolicy): Transition {
  const secondTime = call.facts.agentLegFailed;
  const waiting: LivingCall = { ...withoutAgent(call, { agentLegFailed: true }), state: "answered" };
  if (secondTime) {
    const informed = inform(waiting, at, policy);
    return to(informed.call, [...release, ...informed.effects]);
  }
  return to(waiting, [...release, { type: "reserveAgent", except: call.heldAgentId }]);
}

function inform(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  // A command to join may still be on its way to Asterisk, also one that we were told had failed: undo it before the
  // message, or the agent talks over it.
  const joining = call.state === "connecting" || call.facts.agentLegFailed;
  const unbridge: readonly CallEffect[] = joining ? [{ type: "unbridge" }] : [];
  // Whoever was promised stays so until the person is certainly out of their bridge, or gone: otherwise the next person
  // would be joined to both of them.
  return to({ ...call, state: "informing", deadlineAt: after(at, policy.messageMaxMs) }, [
    ...unbridge,
    { type: "playInformationMessage" },
  ]);
}

function hangUp(call: LivingCall, at: Instant, reason: EndReason, policy: CallPolicy): Transition {
  const endedBy: EndedBy = reason === "agentHungUp" || reason === "agentGone" ? "agent" : "us";
  // Noted before the command is sent, because Asterisk invents a cause for what it is told to hang up.
  const facts = call.facts.endedBy === null ? { ...call.facts, endedBy, endReason: reason } : call.facts;
  return to({ ...call, state: "ending", facts, deadlineAt: after(at, policy.hangUpRetryMs) }, [
    { type: "hangUp", reason },
  ]);
}

/** Somebody else asked for the end. The leg should be gone in a moment; if that news is lost, the deadline asks again. */
function endAnnounced(
  call: LivingCall,
  event: Extract<CallEvent, { type: "hangupRequested" }>,
  policy: CallPolicy,
): Transition {
  if (call.state === "ending") return same(call);
  // The cause of a local request is a soft-hangup flag and no Q.850 at all (32): only the far end's word is kept.
  const said = event.by === "farEnd" ? { cause: event.cause, sip: event.sip } : {};
  // When they left is known from here on; if the last news is lost, it must not look as if they had waited until then.
  const facts =
    call.facts.endedBy === null
      ? { ...call.facts, endedBy: event.by, endedAt: call.facts.endedAt ?? event.stamp, ...said }
      : call.facts;
  return to({ ...call, state: "ending", facts, deadlineAt: after(event.stamp.at, policy.hangUpRetryMs) }, []);
}

function end(
  call: LivingCall,
  event: Extract<CallEvent, { type: "destroyed" | "vanished" }>,
  policy: CallPolicy,
): Transition {
  if (event.type === "vanished") {
    return ended(call, { ...call.facts, endedAt: call.facts.endedAt ?? { at: event.at, asteriskAt: null } }, policy);
  }
  return ended(
    call,
    {
      ...call.facts,
      endedAt: event.stamp,
      endedBy: call.facts.endedBy ?? "asterisk",
      cause: event.cause ?? call.facts.cause,
      sip: event.sip ?? call.facts.sip,
      sipCallId: call.facts.sipCallId ?? event.sipCallId,
    },
    policy,
  );
}

/** The one exit. Whoever was promised or talking is free again. */
function ended(call: LivingCall, facts: AttemptFacts, policy: CallPolicy): Transition {
  return to(
    { state: "ended", attemptId: call.attemptId, facts, outcome: classify(facts, policy) },
    releaseHeld(call, facts.connectedAt !== null),
  );
}

/* ------------------------------------------------------------------ Small change */

const to = (call: Call, effects: readonly CallEffect[]): Transition => ({ call, effects });
const same = (call: Call): Transition => ({ call, effects: [] });

const releaseHeld = (call: LivingCall, talked: boolean): readonly CallEffect[] =>
  call.heldAgentId === null ? [] : [{ type: "releaseAgent", agentId: call.heldAgentId, talked }];

const withoutAgent = (call: LivingCall, more: Partial<AttemptFacts>): LivingCall => ({
  ...call,
  heldAgentId: null,
  facts: { ...call.facts, ...more },
});

/** What was heard stays heard: a failure after the start cannot turn into "none". */
const withMessage = (call: LivingCall, message: "finished" | "failed"): LivingCall => ({
  ...call,
  facts: { ...call.facts, message },
});
