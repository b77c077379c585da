/**
 * One attempt's life, state by state: an event comes in, the next call and what it wants come out.
 *
 * The rule to remember: an event that does not fit leaves the call as it is. Asterisk repeats, reorders and
 * forgets; that is weather, not error. Whatever is forgotten, the deadline of the state says what to do instead.
 *
 * Only two things end a call: telephony says that the leg is gone (`destroyed`, `vanished`), or that it never
 * came to be (`placeFailed`). Everything else leads to `ending`, which asks for the hang-up until one of them comes.
 */
import type { Stamp } from "../domain/attempt.ts";
import { after, isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { judged, leaveAt, leaveByWord, whileLeaving, whileListening } from "./amd.ts";
import { beforeAnswer, placed, ringingFacts } from "./before-answer.ts";
import type { Call, CallEffect, CallEvent, CallPolicy, LivingCall, Transition } from "./call.ts";
import { isSpeaking, whileInFlow } from "./flow.ts";
import { announcedFacts, toned } from "./hearing.ts";
import { putOnHold, whileOnHold, whileResuming } from "./holding.ts";
import { inform, whileInforming } from "./informing.ts";
import {
  answeredFacts,
  dueAt,
  ended,
  hangUp,
  hasTalked,
  hold,
  listenUntil,
  outOfIt,
  releaseHeld,
  same,
  to,
  withoutAgent,
} from "./steps.ts";
import { transferAsked, whilePassedOn } from "./transferring.ts";
import type { StateEvent } from "./steps.ts";

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
    case "speechStarted":
    case "speechEnded":
      return heard(call, event, policy);
    case "verdictReached":
      return judged(call, event, policy);
    case "toneHeard":
    case "voiceHeard":
      return toned(call, event);
    case "deadlinePassed":
      // A wake-up that comes early is harmless: the state may have got a later deadline since it was armed.
      return isBefore(event.at, call.deadlineAt) ? same(call) : inState(call, event, policy);
    default:
      return inState(call, event, policy);
  }
}

function inState(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  if (event.type === "transferAsked") return transferAsked(call, event);
  if (call.transfer !== null) return whilePassedOn(call, event, policy);
  switch (call.state) {
    case "placing":
    case "dialling":
    case "ringing":
      return beforeAnswer(call, event, policy);
    case "listening":
      return whileListening(call, event, policy);
    case "inFlow":
      return whileInFlow(call, event, policy);
    case "answered":
      return whileAnswered(call, event, policy);
    case "connecting":
      return whileConnecting(call, event, policy);
    case "connected":
      return whileConnected(call, event, policy);
    case "onHold":
      return whileOnHold(call, event, policy);
    case "resuming":
      return whileResuming(call, event, policy);
    case "informing":
      return whileInforming(call, event, policy);
    case "leaving":
      return whileLeaving(call, event, policy);
    case "ending":
      return whileEnding(call, event, policy);
  }
}

/* ------------------------------------------------------------------ The states */

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
    case "machineReported":
      return leaveByWord(call, event.at);
    case "holdAsked":
      return putOnHold(call, event.at);
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

function whileEnding(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "progressed":
      return to({ ...call, facts: ringingFacts(call.facts, event.stamp, "early") }, []);
    case "rang":
      // It rang before our hang-up got there: a cancelled ring is another thing than a call that nobody noticed.
      return to({ ...call, facts: ringingFacts(call.facts, event.stamp, "ringing") }, []);
    case "answered":
      // Answered while our hang-up was on its way. Nothing can be done for them any more, but the row must say so.
      return to({ ...call, facts: answeredFacts(call.facts, event.stamp) }, []);
    case "agentLost":
      return call.heldAgentId === event.agentId ? to({ ...call, heldAgentId: null }, []) : same(call);
    case "parted":
      // Somebody who talked is released at the end, with their wrap-up.
      return hasTalked(call.facts) ? same(call) : to(withoutAgent(call, {}), releaseHeld(call, false));
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
  const late = event.type === "agentReserved" ? event.agentId : event.type === "transferAsked" ? event.to : "outside";
  return late === "outside" ? same(call) : to(call, [{ type: "releaseAgent", agentId: late, talked: false }]);
}

/* ------------------------------------------------------------------ The steps */

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

/** The person speaks, whatever the call is doing: all three clocks are kept, and the one that counts may move. */
function heard(
  call: LivingCall,
  event: Extract<CallEvent, { type: "speechStarted" | "speechEnded" }>,
  policy: CallPolicy,
): Transition {
  const { answeredAt, speechStartedAt, greetingEndedAt } = call.facts;
  // What sounds before the answer is the network; only their first words start a clock.
  if (answeredAt === null) return same(call);
  const speaking = event.type === "speechStarted";
  if (speaking && speechStartedAt === null) {
    return clocked({ ...call, speaking }, { speechStartedAt: event.stamp }, event.stamp.at, policy);
  }
  if (event.type === "speechEnded" && speechStartedAt !== null && greetingEndedAt === null) {
    const ended: Stamp = {
      at: after(speechStartedAt.at, event.durationMs),
      asteriskAt: speechStartedAt.asteriskAt === null ? null : after(speechStartedAt.asteriskAt, event.durationMs),
    };
    return clocked({ ...call, speaking }, { greetingEndedAt: ended }, event.stamp.at, policy);
  }
  // What is said after the first words matters to nobody but AMD, and to a message that is to be left on a machine.
  const matters = call.state === "leaving" || (policy.amd !== null && call.facts.verdict === null);
  return matters && call.speaking !== speaking
    ? clocked({ ...call, speaking }, {}, event.stamp.at, policy)
    : same(call);
}

function clocked(call: LivingCall, more: Partial<LivingCall["facts"]>, at: Instant, policy: CallPolicy): Transition {
  const facts = { ...call.facts, ...more };
  return to({ ...call, facts, deadlineAt: deadlineAfterSpeech({ ...call, facts }, at, policy) }, []);
}

function deadlineAfterSpeech(call: LivingCall, at: Instant, policy: CallPolicy): Instant {
  switch (call.state) {
    case "listening":
      return listenUntil(call.facts, policy);
    case "answered":
    case "connecting":
      return dueAt(call.facts, policy);
    case "inFlow":
      return isSpeaking(call) ? call.deadlineAt : dueAt(call.facts, policy);
    case "leaving":
      return leaveAt(call, at, policy);
    default:
      return call.deadlineAt;
  }
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
  const deadlineAt = after(event.stamp.at, policy.hangUpRetryMs);
  return to({ ...call, state: "ending", facts, transfer: null, deadlineAt }, outOfIt(call));
}

function end(
  call: LivingCall,
  event: Extract<CallEvent, { type: "destroyed" | "vanished" }>,
  policy: CallPolicy,
): Transition {
  if (event.type === "vanished") {
    const endedAt = call.facts.endedAt ?? { at: event.at, asteriskAt: null };
    return ended(call, { ...announcedFacts(call), endedAt }, policy);
  }
  return ended(
    call,
    {
      ...announcedFacts(call),
      endedAt: event.stamp,
      endedBy: call.facts.endedBy ?? "asterisk",
      cause: event.cause ?? call.facts.cause,
      sip: event.sip ?? call.facts.sip,
      sipCallId: call.facts.sipCallId ?? event.sipCallId,
    },
    policy,
  );
}
