/**
 * A person on hold, and their way back to the agent.
 *
 * The rule to remember: nobody who was put on hold is ever left in silence. What is not known to have worked is undone,
 * what cannot be undone ends with the information message, and each of these waits has an end of its own.
 */
import { after, latest } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { HOLD_GRACE_MS } from "../domain/desk.ts";
import type { AgentId } from "../domain/ids.ts";
import type { CallPolicy, LivingCall, Transition } from "./call.ts";
import { inform } from "./informing.ts";
import { hangUp, hold, same, to } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

/**
 * Two commands there and back take some ten milliseconds. Together with two tries to bring them back the worst silence
 * stays below two seconds: 800 + 2 × 500 ms, and then the message begins.
 */
export const HOLD_ANSWER_MS = 800;
export const RESUME_ANSWER_MS = 500;
export const RESUME_TRIES = 2;

export function putOnHold(call: LivingCall, at: Instant): Transition {
  const nth = call.deskCommands + 1;
  return to(
    {
      ...call,
      state: "onHold",
      deskCommands: nth,
      hold: { isSure: false, warned: false, tries: 0 },
      deadlineAt: after(at, HOLD_ANSWER_MS),
    },
    [{ type: "hold", nth }],
  );
}

export function whileOnHold(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const isSure = call.hold?.isSure === true;
  switch (event.type) {
    case "held":
      if (event.nth !== call.deskCommands || isSure) return same(call);
      return to(
        { ...call, hold: { isSure: true, warned: false, tries: 0 }, deadlineAt: after(event.at, policy.holdMaxMs) },
        [],
      );
    case "deskFailed":
      return event.nth === call.deskCommands ? bringBack(call, event.at, policy) : same(call);
    case "resumeAsked":
      return bringBack(call, event.at, policy);
    case "deadlinePassed":
      return isSure && !call.hold.warned ? warn(call, event.at) : bringBack(call, event.at, policy);
    default:
      return apart(call, event, policy);
  }
}

export function whileResuming(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "resumed": {
      if (event.nth !== call.deskCommands) return same(call);
      const talkUntil = after(call.facts.connectedAt?.at ?? event.at, policy.talkMaxMs);
      return to({ ...call, state: "connected", hold: null, deadlineAt: latest(event.at, talkUntil) }, []);
    }
    case "deskFailed":
      return event.nth === call.deskCommands ? bringBack(call, event.at, policy) : same(call);
    case "deadlinePassed":
      return bringBack(call, event.at, policy);
    default:
      return apart(call, event, policy);
  }
}

/** What means the same whether they hear music or are on the way back. */
function apart(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "agentHungUp":
      return hangUp({ ...call, hold: null }, event.at, "agentHungUp", policy);
    case "cancelled":
      return hangUp({ ...call, hold: null }, event.at, event.reason, policy);
    case "agentLost":
      return call.heldAgentId === event.agentId
        ? forsaken({ ...call, heldAgentId: null }, event.at, policy)
        : same(call);
    case "agentReserved":
      return hold(call, event.agentId);
    default:
      return same(call);
  }
}

function warn(call: LivingCall, at: Instant): Transition {
  const agentId: AgentId | null = call.heldAgentId;
  return to(
    { ...call, hold: { isSure: true, warned: true, tries: 0 }, deadlineAt: after(at, HOLD_GRACE_MS) },
    agentId === null ? [] : [{ type: "warnAgent", agentId }],
  );
}

function bringBack(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  const tries = (call.hold?.tries ?? 0) + 1;
  const agentId = call.heldAgentId;
  if (agentId === null || tries > RESUME_TRIES) return forsaken(call, at, policy);
  const nth = call.deskCommands + 1;
  return to(
    {
      ...call,
      state: "resuming",
      deskCommands: nth,
      hold: { isSure: false, warned: true, tries },
      deadlineAt: after(at, RESUME_ANSWER_MS),
    },
    [{ type: "resume", agentId, nth }],
  );
}

/** Nobody can be brought to them: they hear who called, and how to reach us, to its end. */
export function forsaken(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  const informed = inform({ ...call, hold: null }, at, policy);
  // They may be on the way into a bridge, or in one with music still playing.
  return to(informed.call, [{ type: "unbridge" }, ...informed.effects.filter(({ type }) => type !== "unbridge")]);
}
