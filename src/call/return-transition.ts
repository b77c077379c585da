/**
 * A return call's life, event by event. What does not fit leaves it as it is. Whoever waits in vain gets the message, and
 * after a first one that fails the second; only when both have failed does it end with nothing said, and then by name.
 */
import type { AgentId } from "../domain/ids.ts";
import { after, latest } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { RETURN_OPT_OUT_KEY, type ReturnEndedBy, type ReturnOutcome } from "../domain/return-call.ts";
import { NOTHING_YET } from "./return-call.ts";
import type { LivingReturn, ReturnCall, ReturnEffect, ReturnEvent, ReturnFacts, ReturnPolicy } from "./return-call.ts";

export interface ReturnStep {
  readonly call: ReturnCall;
  readonly effects: readonly ReturnEffect[];
}

export const newReturn = (at: Instant, policy: ReturnPolicy): LivingReturn => ({
  state: "arriving",
  arrivedAt: at,
  deadlineAt: after(at, policy.lookUpMs),
  heldAgentId: null,
  waitUntil: at,
  first: "builtIn",
  facts: NOTHING_YET,
});

export function returnAfter(call: LivingReturn, event: ReturnEvent, policy: ReturnPolicy): ReturnStep {
  switch (event.type) {
    case "known":
      return known(call, event, policy);
    case "agentReserved":
      return reserved(call, event, policy);
    case "agentLost":
      return lost(call, event, policy);
    case "agentHungUp":
      return call.state === "connected" ? ending(call, event.at, "agent", policy) : unchanged(call);
    case "joined":
      return joined(call, event.at, policy);
    case "bridgeFailed":
      return call.state === "connecting" && call.heldAgentId === event.agentId
        ? apart(call, event.at)
        : unchanged(call);
    case "parted":
      return parted(call);
    case "messageStarted":
    case "messageFinished":
    case "messageFailed":
      return message(call, event, policy);
    case "pressed":
      return pressed(call, event);
    case "resumed":
      return resumed(call, event, policy);
    case "cancelled":
      return cancelled(call, event.at, policy);
    case "gone":
      return gone(call, event.at);
    case "deadlinePassed":
      return event.at < call.deadlineAt ? unchanged(call) : late(call, event.at, policy);
  }
}

function known(call: LivingReturn, event: Extract<ReturnEvent, { type: "known" }>, policy: ReturnPolicy): ReturnStep {
  if (call.state !== "arriving") return unchanged(call);
  const { first } = event;
  if (!event.seeks) return informing({ ...call, first }, event.at, first, policy);
  const waitUntil = after(call.arrivedAt, event.waitMs);
  return {
    call: { ...call, state: "waiting", first, waitUntil, deadlineAt: waitUntil },
    effects: [{ type: "reserveAgent", except: null }],
  };
}

/** A promise that is not wanted any more is given back at once: nobody is kept by a call that does without them. */
function reserved(
  call: LivingReturn,
  { at, agentId }: Extract<ReturnEvent, { type: "agentReserved" }>,
  policy: ReturnPolicy,
): ReturnStep {
  if (call.state !== "waiting" || call.heldAgentId !== null) {
    if (call.heldAgentId === agentId) return unchanged(call);
    return { call, effects: [{ type: "releaseAgent", agentId, talked: false }] };
  }
  return {
    call: { ...call, state: "connecting", heldAgentId: agentId, deadlineAt: after(at, policy.connectMs) },
    effects: [{ type: "bridge", agentId }],
  };
}

function joined(call: LivingReturn, at: Instant, policy: ReturnPolicy): ReturnStep {
  if (call.state !== "connecting") return unchanged(call);
  const facts: ReturnFacts = { ...call.facts, connectedAt: at, agentId: call.heldAgentId };
  return { call: { ...call, state: "connected", facts, deadlineAt: after(at, policy.talkMaxMs) }, effects: [] };
}

function lost(
  call: LivingReturn,
  event: Extract<ReturnEvent, { type: "agentLost" }>,
  policy: ReturnPolicy,
): ReturnStep {
  if (call.heldAgentId !== event.agentId) return unchanged(call);
  const step = bereft(call, event);
  if (call.state !== "connected" || step.call.state === "ended") return step;
  const over = ending(step.call, event.at, "agent", policy);
  return { call: over.call, effects: [...step.effects, ...over.effects] };
}

/** The phone is gone: somebody else is sought at once. After they talked it is over, as with every call. */
function bereft(call: LivingReturn, { at, agentId }: Extract<ReturnEvent, { type: "agentLost" }>): ReturnStep {
  const release = released(agentId, call.facts.connectedAt !== null);
  const free = { ...call, heldAgentId: null };
  if (call.state === "connecting") {
    const again: ReturnEffect[] = [{ type: "hold" }, { type: "reserveAgent", except: agentId }];
    return {
      call: { ...free, state: "waiting", deadlineAt: latest(at, call.waitUntil) },
      effects: [...release, ...again],
    };
  }
  return { call: free, effects: release };
}

/** Whether they are in the agent's bridge after all nobody knows: the agent stays promised until they are surely apart. */
const apart = (call: LivingReturn, at: Instant): ReturnStep => ({
  call: { ...call, state: "waiting", deadlineAt: latest(at, call.waitUntil) },
  effects: [{ type: "hold" }],
});

function parted(call: LivingReturn): ReturnStep {
  const { heldAgentId } = call;
  if (heldAgentId === null || call.state === "connecting" || call.state === "connected") return unchanged(call);
  const release = released(heldAgentId, call.facts.connectedAt !== null);
  const again: ReturnEffect[] = call.state === "waiting" ? [{ type: "reserveAgent", except: heldAgentId }] : [];
  return { call: { ...call, heldAgentId: null }, effects: [...release, ...again] };
}

function message(
  call: LivingReturn,
  event: Extract<ReturnEvent, { type: "messageStarted" | "messageFinished" | "messageFailed" }>,
  policy: ReturnPolicy,
): ReturnStep {
  // News counts only for the one that was asked for last.
  if (call.state !== "informing" || call.choice !== event.choice) return unchanged(call);
  const { at, choice } = event;
  if (event.type === "messageStarted") {
    if (call.facts.message === choice) return unchanged(call);
    const facts = { ...call.facts, message: choice, messageAt: call.facts.messageAt ?? at };
    return { call: { ...call, facts }, effects: [] };
  }
  if (event.type === "messageFinished") {
    const facts = { ...call.facts, message: choice, messageAt: call.facts.messageAt ?? at, messageDone: true };
    return { call: { ...call, state: "lingering", facts, deadlineAt: after(at, policy.lingerMs) }, effects: [] };
  }
  // Asterisk says of a file that is missing that it began, and then that it failed.
  const silent = { ...call, facts: { ...call.facts, message: null, messageAt: null } };
  return choice === "campaign" ? informing(silent, at, "builtIn", policy) : ending(silent, at, "us", policy);
}

/** Heard from the first second of the message on. They listen on: it may tell them how to reach somebody. */
function pressed(call: LivingReturn, { digit }: Extract<ReturnEvent, { type: "pressed" }>): ReturnStep {
  const listens = call.state === "informing" || call.state === "lingering";
  if (!listens || digit !== RETURN_OPT_OUT_KEY || call.facts.optedOut) return unchanged(call);
  return { call: { ...call, facts: { ...call.facts, optedOut: true } }, effects: [{ type: "optOut" }] };
}

function resumed(
  call: LivingReturn,
  { at, agentId }: Extract<ReturnEvent, { type: "resumed" }>,
  policy: ReturnPolicy,
): ReturnStep {
  if (call.state !== "arriving" && call.state !== "waiting") return unchanged(call);
  const facts = { ...call.facts, connectedAt: at, agentId };
  const deadlineAt = after(at, policy.talkMaxMs);
  return { call: { ...call, state: "connected", heldAgentId: agentId, facts, deadlineAt }, effects: [] };
}

/** By people who stop the daemon: those who wait get the message first. */
function cancelled(call: LivingReturn, at: Instant, policy: ReturnPolicy): ReturnStep {
  if (call.state === "arriving" || call.state === "waiting") return informing(call, at, call.first, policy);
  return call.state === "connected" ? ending(call, at, "us", policy) : unchanged(call);
}

function late(call: LivingReturn, at: Instant, policy: ReturnPolicy): ReturnStep {
  switch (call.state) {
    // The store says nothing: they are told who called all the same.
    case "arriving":
    case "waiting":
      return informing(call, at, call.first, policy);
    case "connecting":
      return apart(call, at);
    case "connected":
      return ending(call, at, "us", policy);
    case "informing":
      // One of which no beginning was heard has failed, though nobody said so.
      return call.choice === "campaign" && call.facts.messageAt === null
        ? informing(call, at, "builtIn", policy)
        : ending(call, at, "us", policy);
    case "lingering":
      return ending(call, at, "us", policy);
    case "ending":
      return { call: { ...call, deadlineAt: after(at, policy.hangUpRetryMs) }, effects: [{ type: "hangUp" }] };
  }
}

const informing = (
  call: LivingReturn,
  at: Instant,
  choice: "campaign" | "builtIn",
  policy: ReturnPolicy,
): ReturnStep => ({
  call: { ...call, state: "informing", choice, deadlineAt: after(at, policy.messageMaxMs) },
  effects: [{ type: "playMessage", choice }],
});

/** Who ended it is noted before the command goes out. The agent is let go when their leg is gone, and not sooner. */
const ending = (call: LivingReturn, at: Instant, endedBy: ReturnEndedBy, policy: ReturnPolicy): ReturnStep => ({
  call: {
    ...call,
    state: "ending",
    facts: { ...call.facts, endedBy: call.facts.endedBy ?? endedBy },
    deadlineAt: after(at, policy.hangUpRetryMs),
  },
  effects: [{ type: "hangUp" }],
});

function gone(call: LivingReturn, at: Instant): ReturnStep {
  const release = call.heldAgentId === null ? [] : released(call.heldAgentId, call.facts.connectedAt !== null);
  const facts = { ...call.facts, endedBy: call.facts.endedBy ?? "caller" };
  const { arrivedAt } = call;
  return {
    call: {
      state: "ended",
      arrivedAt,
      heldAgentId: null,
      endedAt: at,
      outcome: returnOutcome(call.state, facts),
      facts,
    },
    effects: release,
  };
}

/** What it came to, from what is known; the strongest word first. */
export function returnOutcome(state: LivingReturn["state"], facts: ReturnFacts): ReturnOutcome {
  if (facts.optedOut) return "opted-out";
  if (facts.connectedAt !== null) return "talked";
  if (facts.messageDone) return "informed";
  if (facts.messageAt !== null) return "left-message";
  // Whoever hangs up as the message is asked for was not left alone by us.
  if (facts.endedBy === "caller") return state === "informing" ? "left-message" : "left-waiting";
  return "unserved";
}

const released = (agentId: AgentId, talked: boolean): ReturnEffect[] => [{ type: "releaseAgent", agentId, talked }];
const unchanged = (call: LivingReturn): ReturnStep => ({ call, effects: [] });
