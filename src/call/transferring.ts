/**
 * A person who is passed on: to another agent, at once or after a word between the two, or to an outside number.
 *
 * The rule to remember: until they are with somebody else they hear music, and each wait for that has an end of its own.
 * Where it comes to nothing they go back to the agent; where that one is gone, to any other; and last, to the message.
 */
import { after, latest } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { HOLD_GRACE_MS } from "../domain/desk.ts";
import type { AgentId } from "../domain/ids.ts";
import { OUTSIDE_RING_MS, SEEK_MS } from "../domain/transfer.ts";
import type { CallEffect, CallEvent, CallPolicy, LivingCall, Transfer, Transition } from "./call.ts";
import { forsaken, HOLD_ANSWER_MS, RESUME_ANSWER_MS, RESUME_TRIES } from "./holding.ts";
import { hangUp, hasTalked, hold, outOfIt, releaseHeld, same, to } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

/** Both agents wait in silence for it, and the person with music. */
const MEET_ANSWER_MS = 2_000;

/** After two ways that failed: together with them, and one more to whoever is found, the worst silence is below two seconds. */
const SEEK_ANSWER_MS = 400;

type PassedOn = LivingCall & { readonly transfer: Transfer };

/** Whoever is reserved for what cannot be is given back. */
export function transferAsked(call: LivingCall, event: Extract<CallEvent, { type: "transferAsked" }>): Transition {
  const { kind, to: other, at } = event;
  if (call.transfer?.other === other || call.heldAgentId === other) return same(call);
  const hearsMusic = call.state === "onHold" && call.hold?.isSure === true;
  const isTalkedWith =
    call.heldAgentId !== null && call.transfer === null && (call.state === "connected" || hearsMusic);
  if (!isTalkedWith) {
    return other === "outside" ? same(call) : to(call, [{ type: "releaseAgent", agentId: other, talked: false }]);
  }
  const stage = other === "outside" ? "calling" : "meeting";
  const begun: PassedOn = { ...call, transfer: { kind, stage, other, answered: false, sought: false } };
  if (other === "outside") {
    return hearsMusic
      ? to({ ...begun, hold: MUSIC, deadlineAt: after(at, OUTSIDE_RING_MS) }, [{ type: "callOutside" }])
      : withMusic(begun, at, [{ type: "callOutside" }]);
  }
  if (kind === "blind") return handOver(begun, at);
  return hearsMusic ? meet(begun, at) : withMusic(begun, at, []);
}

export function whilePassedOn(living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const { transfer } = living;
  if (transfer === null) return same(living);
  const call: PassedOn = { ...living, transfer };
  switch (event.type) {
    case "cancelled":
      return hangUp({ ...call, hold: null }, event.at, event.reason, policy);
    case "agentHungUp":
      return call.heldAgentId === null || transfer.sought
        ? same(living)
        : hangUp({ ...call, hold: null }, event.at, "agentHungUp", policy);
    case "agentReserved":
      return transfer.stage === "seeking" && call.heldAgentId !== event.agentId && transfer.other !== event.agentId
        ? found(call, event.agentId, event.at)
        : hold(living, event.agentId);
    case "agentLost":
      if (transfer.other === event.agentId) return otherGone(call, event.at, [], policy);
      return call.heldAgentId === event.agentId
        ? agentGone({ ...call, heldAgentId: null }, event.at, policy)
        : same(living);
    case "otherLeft":
      return transfer.other === event.agentId && MAY_LEAVE.has(transfer.stage)
        ? otherGone(call, event.at, outOfIt(call), policy)
        : same(living);
    case "outsideGone":
      return transfer.other === "outside" ? otherGone(call, event.at, [], policy) : same(living);
    case "resumeAsked":
      return call.heldAgentId !== null && MAY_LEAVE.has(transfer.stage)
        ? otherGone(call, event.at, outOfIt(call), policy)
        : same(living);
    default:
      return inStage(call, living, event, policy);
  }
}

/** The person is not on the way to them, nor with them alone. */
const MAY_LEAVE: ReadonlySet<string> = new Set(["calling", "meeting", "consulting", "joining", "together"]);

function inStage(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (call.transfer.stage) {
    case "calling":
      return whileCalling(call, living, event, policy);
    case "meeting":
      return whileMeeting(call, living, event, policy);
    case "consulting":
      return whileConsulting(call, living, event, policy);
    case "handing":
    case "joining":
    case "returning":
      return onTheWay(call, living, event, policy);
    case "together":
      if (event.type === "completeAsked") return handOver(call, event.at);
      return event.type === "deadlinePassed" ? hangUp(call, event.at, "lengthLimit", policy) : same(living);
    case "away":
      return event.type === "deadlinePassed" ? hangUp(call, event.at, "lengthLimit", policy) : same(living);
    case "seeking":
      return whileSeeking(call, living, event, policy);
  }
}

/* ------------------------------------------------------------------ The stages */

function whileCalling(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const { transfer } = call;
  const isSure = call.hold?.isSure === true;
  switch (event.type) {
    case "held":
      if (event.nth !== call.deskCommands || isSure) return same(living);
      return transfer.answered
        ? goOn({ ...call, hold: MUSIC }, event.at)
        : to({ ...call, hold: MUSIC, deadlineAt: after(event.at, OUTSIDE_RING_MS) }, []);
    case "outsideAnswered":
      if (transfer.answered) return same(living);
      // Not before it is certain that they hear music, and nothing of what is said there.
      return isSure
        ? goOn({ ...call, transfer: { ...transfer, answered: true } }, event.at)
        : to({ ...call, transfer: { ...transfer, answered: true } }, []);
    case "completeAsked":
      // Not before they certainly hear music: until then they may be with the agent still.
      if (call.heldAgentId === null || !isSure) return same(living);
      return to({ ...call, heldAgentId: null, transfer: { ...transfer, kind: "blind" } }, releaseHeld(call, true));
    case "deskFailed":
      return event.nth === call.deskCommands && !isSure
        ? otherGone(call, event.at, outOfIt(call), policy)
        : same(living);
    case "deadlinePassed":
      return otherGone(call, event.at, outOfIt(call), policy);
    default:
      return same(living);
  }
}

function whileMeeting(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const isSure = call.hold?.isSure === true;
  switch (event.type) {
    case "held":
      return event.nth === call.deskCommands && !isSure ? meet({ ...call, hold: MUSIC }, event.at) : same(living);
    case "met":
      if (event.nth !== call.deskCommands || !isSure) return same(living);
      return to(staged({ ...call, deadlineAt: after(event.at, policy.holdMaxMs) }, "consulting"), []);
    case "deskFailed":
      return event.nth === call.deskCommands ? otherGone(call, event.at, outOfIt(call), policy) : same(living);
    case "deadlinePassed":
      return otherGone(call, event.at, outOfIt(call), policy);
    default:
      return same(living);
  }
}

function whileConsulting(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "completeAsked":
      return handOver(call, event.at);
    case "threeWayAsked":
      return call.heldAgentId === null ? same(living) : toAgent(call, "joining", event.at, [], policy);
    case "deadlinePassed":
      return call.hold?.warned === true
        ? otherGone(call, event.at, outOfIt(call), policy)
        : to(
            { ...call, hold: { ...MUSIC, warned: true }, deadlineAt: after(event.at, HOLD_GRACE_MS) },
            call.heldAgentId === null ? [] : [{ type: "warnAgent", agentId: call.heldAgentId }],
          );
    default:
      return same(living);
  }
}

function onTheWay(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "resumed":
      return event.nth === call.deskCommands ? arrived(call, event.at, policy) : same(living);
    case "deskFailed":
      return event.nth === call.deskCommands ? astray(call, event.at, policy) : same(living);
    case "deadlinePassed":
      return astray(call, event.at, policy);
    default:
      return same(living);
  }
}

function whileSeeking(call: PassedOn, living: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const isSure = call.hold?.isSure === true;
  switch (event.type) {
    case "held":
      if (event.nth !== call.deskCommands || isSure) return same(living);
      // Out of every bridge: whoever they were with, or may have been on the way to, is free.
      return to({ ...withoutOther(call), heldAgentId: null, hold: MUSIC, deadlineAt: after(event.at, SEEK_MS) }, [
        ...releaseHeld(call, hasTalked(call.facts)),
        ...outOfIt(call),
      ]);
    case "deskFailed":
      return event.nth === call.deskCommands ? toMessage(call, event.at, policy) : same(living);
    case "deadlinePassed":
      return toMessage(call, event.at, policy);
    default:
      return same(living);
  }
}

/* ------------------------------------------------------------------ The steps */

const MUSIC = { isSure: true, warned: false, tries: 0 } as const;

const staged = (call: PassedOn, stage: Transfer["stage"]): PassedOn => ({
  ...call,
  transfer: { ...call.transfer, stage },
});

function withMusic(
  call: PassedOn,
  at: Instant,
  more: readonly CallEffect[],
  answerMs: number = HOLD_ANSWER_MS,
): Transition {
  const nth = call.deskCommands + 1;
  const holding = { isSure: false, warned: false, tries: 0 };
  return to({ ...call, state: "onHold", deskCommands: nth, hold: holding, deadlineAt: after(at, answerMs) }, [
    { type: "hold", nth },
    ...more,
  ]);
}

/** The outside number has answered, and they hear music. */
const goOn = (call: PassedOn, at: Instant): Transition =>
  call.transfer.kind === "consulted" && call.heldAgentId !== null
    ? meet(staged({ ...call, transfer: { ...call.transfer, answered: true } }, "meeting"), at)
    : handOver(call, at);

function meet(call: PassedOn, at: Instant): Transition {
  const { heldAgentId: agentId, transfer } = call;
  if (agentId === null || transfer.other === null) return same(call);
  const nth = call.deskCommands + 1;
  return to({ ...call, deskCommands: nth, hold: MUSIC, deadlineAt: after(at, MEET_ANSWER_MS) }, [
    { type: "meet", agentId, other: transfer.other, nth },
  ]);
}

const onWay = (call: PassedOn, stage: Transfer["stage"], at: Instant): PassedOn => ({
  ...staged(call, stage),
  state: "resuming",
  deskCommands: call.deskCommands + 1,
  hold: { isSure: false, warned: true, tries: (call.hold?.tries ?? 0) + 1 },
  deadlineAt: after(at, RESUME_ANSWER_MS),
});

function handOver(call: PassedOn, at: Instant): Transition {
  const { other } = call.transfer;
  if (other === null) return same(call);
  const next = onWay(call, "handing", at);
  return to(next, [{ type: "handOver", to: other, nth: next.deskCommands }]);
}

function toAgent(
  call: PassedOn,
  stage: "joining" | "returning",
  at: Instant,
  before: readonly CallEffect[],
  policy: CallPolicy,
): Transition {
  const { heldAgentId: agentId, hold: holding } = call;
  const isInVain = call.transfer.sought || (holding?.tries ?? 0) >= RESUME_TRIES;
  if (agentId === null || isInVain) return seek(call, at, before, policy);
  const next = onWay(call, stage, at);
  return to(next, [...before, { type: "resume", agentId, nth: next.deskCommands }]);
}

/** They are where they were going. */
function arrived(call: PassedOn, at: Instant, policy: CallPolicy): Transition {
  const { stage, other } = call.transfer;
  const talkUntil = after(call.facts.connectedAt?.at ?? at, policy.talkMaxMs);
  const there: PassedOn = { ...call, state: "connected", hold: null, deadlineAt: latest(at, talkUntil) };
  if (stage === "returning") return to({ ...there, transfer: null }, outOfIt(call));
  if (stage === "joining") return to(staged(there, "together"), []);
  const released = releaseHeld(call, hasTalked(call.facts));
  if (other === "outside" || other === null) return to(staged({ ...there, heldAgentId: null }, "away"), released);
  const facts = { ...call.facts, agentId: other };
  return to({ ...there, heldAgentId: other, facts, transfer: null }, released);
}

/** The way to where they were going failed, or nobody knows. */
function astray(call: PassedOn, at: Instant, policy: CallPolicy): Transition {
  if (call.transfer.stage === "joining") return toAgent(withoutOther(call), "returning", at, outOfIt(call), policy);
  // They may be with the other after all: an agent is let go only when they are certainly elsewhere.
  if (call.transfer.other !== "outside") return toAgent(call, "returning", at, [], policy);
  return toAgent(withoutOther(call), "returning", at, outOfIt(call), policy);
}

const withoutOther = (call: PassedOn): PassedOn => ({ ...call, transfer: { ...call.transfer, other: null } });

/** `effects` send the other away, where they are not gone already. */
function otherGone(call: PassedOn, at: Instant, effects: readonly CallEffect[], policy: CallPolicy): Transition {
  const alone = withoutOther(call);
  switch (call.transfer.stage) {
    case "away":
      return hangUp(alone, at, "outsideLeft", policy);
    case "together":
      return to({ ...alone, transfer: null }, effects);
    case "returning":
    case "seeking":
      return to(alone, effects);
    case "joining":
      // On the way to the agent already, who is then alone with them.
      return to(staged(alone, "returning"), effects);
    default:
      return toAgent(alone, "returning", at, effects, policy);
  }
}

/** The phone of the agent who passes them on is gone. Another agent, who knows of them by now, has them. */
function agentGone(call: PassedOn, at: Instant, policy: CallPolicy): Transition {
  const { stage, other } = call.transfer;
  if (stage === "calling" || stage === "handing" || stage === "seeking" || stage === "away") return to(call, []);
  if (stage === "returning") return seek(call, at, [], policy);
  return other === "outside" || other === null ? otherGone(call, at, outOfIt(call), policy) : handOver(call, at);
}

/**
 * Nobody can be brought to them: whoever is free, for as long as that is bearable, and once. The agent who could not have
 * them back stays theirs until they are certainly elsewhere, or the next person would be joined to both.
 */
function seek(call: PassedOn, at: Instant, before: readonly CallEffect[], policy: CallPolicy): Transition {
  const { heldAgentId } = call;
  if (call.transfer.sought) {
    const informed = toMessage(call, at, policy);
    return to(informed.call, [...before, ...informed.effects]);
  }
  const { call: waiting, effects } = withMusic(
    { ...call, transfer: { ...call.transfer, stage: "seeking", sought: true } },
    at,
    [{ type: "reserveAgent", except: heldAgentId }],
    SEEK_ANSWER_MS,
  );
  return to(waiting, [...before, ...effects]);
}

function found(call: PassedOn, agentId: AgentId, at: Instant): Transition {
  const next = handOver({ ...call, hold: MUSIC, transfer: { ...call.transfer, other: agentId } }, at);
  return to(next.call, [...outOfIt(call), ...next.effects]);
}

function toMessage(call: PassedOn, at: Instant, policy: CallPolicy): Transition {
  const informed = forsaken({ ...call, transfer: null }, at, policy);
  return to(informed.call, [...informed.effects, ...outOfIt(call)]);
}
