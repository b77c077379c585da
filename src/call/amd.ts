/**
 * Answering-machine detection in a call's life: listening before anybody is joined, what follows from a verdict, and
 * leaving a message on a machine.
 *
 * The rule to remember: from an answer a call is ended without agent and message only by a verdict that is no person's,
 * that came in time, and whose drop was licensed. Every doubt goes on as with a person.
 */
import { isTakenForPerson } from "../domain/amd.ts";
import type { AmdVerdict } from "../domain/amd.ts";
import type { AttemptFacts, EndReason, Stamp, VerdictAct } from "../domain/attempt.ts";
import { after, earliest, isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { AmdPolicy, CallEvent, CallPolicy, LivingCall, Transition } from "./call.ts";
import { inform } from "./informing.ts";
import { dueAt, hangUp, hasTalked, hold, releaseHeld, same, serve, to, withoutAgent } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

/** Longest that an agent takes to be out of the bridge; a command there and its answer back. */
const PART_MAX_MS = 2_000;

type Verdict = Extract<CallEvent, { type: "verdictReached" }>;

export function whileListening(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  switch (event.type) {
    case "deadlinePassed":
      return listenedLong({ ...call, facts: decided(call, OVERDUE(event.at), "served") }, event.at, policy);
    case "agentReserved":
      return hold(call, event.agentId);
    case "agentLost":
      return call.heldAgentId === event.agentId
        ? to(withoutAgent(call, { agentLegFailed: true }), [{ type: "reserveAgent", except: event.agentId }])
        : same(call);
    case "cancelled":
      // Nobody knows who it is: whoever is promised talks to them, or they hear the message.
      return cancelled({ ...call, facts: decided(call, CANCELLED(event.at), "served") }, event.at, policy);
    default:
      return same(call);
  }
}

/** Nobody has said anything: a doubt like any other. Read so late that nobody can be joined in time, the message is due. */
function listenedLong(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  if (isBefore(at, dueAt(call.facts, policy))) return serve(call, call.facts, policy);
  const { call: free, effects: released } = letGo(call);
  const { call: next, effects } = inform(free, at, policy);
  return to(next, [...released, ...effects]);
}

const cancelled = (call: LivingCall, at: Instant, policy: CallPolicy): Transition =>
  call.heldAgentId === null ? inform(call, at, policy) : serve(call, call.facts, policy);

type Word = Pick<Verdict, "verdict" | "cause" | "stamp">;
const unsure = (at: Instant, cause: string): Word => ({ verdict: "unsure", cause, stamp: { at, asteriskAt: null } });
const OVERDUE = (at: Instant): Word => unsure(at, "no verdict in time");
const CANCELLED = (at: Instant): Word => unsure(at, "cancelled");

/** Where a call may still be taken from its agent, or from whoever is looked for. */
const UNDECIDED: ReadonlySet<LivingCall["state"]> = new Set([
  ...(["listening", "inFlow", "answered", "connecting", "connected"] as const),
]);

/** The first word counts, and only of a call that nobody is ending. */
export function judged(call: LivingCall, event: Verdict, policy: CallPolicy): Transition {
  const { answeredAt, verdict } = call.facts;
  if (answeredAt === null || verdict !== null || policy.amd === null || !UNDECIDED.has(call.state)) return same(call);
  // A call flow has the word, with a machine as with a person: its own steps say what follows.
  const act = call.state === "inFlow" ? "served" : actOn(event, answeredAt, policy.amd);
  const facts = decided(call, event, act);
  if (act !== "dropped") return call.state === "listening" ? serve(call, facts, policy) : to({ ...call, facts }, []);
  const { call: free, effects: released } = letGo({ ...call, facts });
  const { call: next, effects } = mayLeave(event.verdict, policy.amd)
    ? leave(free, event.stamp.at, policy)
    : hangUp(free, event.stamp.at, "amdMachine", policy);
  return to(next, [...released, ...effects]);
}

function actOn({ verdict, stamp, licence }: Verdict, answeredAt: Stamp, amd: AmdPolicy): VerdictAct {
  if (isTakenForPerson(verdict)) return "served";
  // Too late to cost anybody the call: by then it is a conversation.
  if (isBefore(after(answeredAt.at, amd.verdictMaxMs), stamp.at) || amd.onMachine === "agent") return "served";
  if (licence === "sampled") return "sampled";
  return licence === "allowed" ? "dropped" : "learning";
}

const decided = ({ facts }: LivingCall, { verdict, cause, stamp }: Word, act: VerdictAct): AttemptFacts =>
  facts.verdict === null ? { ...facts, verdict, verdictAt: stamp, verdictCause: cause, verdictAct: act } : facts;

/** Whoever was promised and not yet joined is free at once; whoever may be in a bridge with them, once they are out of it. */
const letGo = (call: LivingCall): { readonly call: LivingCall; readonly effects: Transition["effects"] } =>
  call.state === "connecting" || call.state === "connected"
    ? { call, effects: [] }
    : { call: withoutAgent(call, {}), effects: releaseHeld(call, false) };

/** A fax and an announcement take no message. */
const mayLeave = (verdict: AmdVerdict, { onMachine }: AmdPolicy): boolean =>
  onMachine === "message" && (verdict === "machine" || verdict === "tone");

/* ------------------------------------------------------------------ Leaving a message */

function leave(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  const leaveBy = after(at, policy.amd?.machineGreetingMaxMs ?? 0);
  // As before any message: a join may still be on its way, also one that we were told had failed.
  const joining = call.state === "connecting" || call.state === "connected" || call.facts.agentLegFailed;
  const leaving: LivingCall = { ...call, state: "leaving", leaveBy };
  return to({ ...leaving, deadlineAt: leaveAt(leaving, at, policy) }, joining ? [{ type: "unbridge" }] : []);
}

/** An agent who talks to it reports a machine, and has heard its greeting: the message begins once they are out of its way. */
export function leaveByWord(call: LivingCall, at: Instant): Transition {
  const facts: AttemptFacts = { ...call.facts, machineReportedAt: { at, asteriskAt: null } };
  const leaveBy = after(at, PART_MAX_MS);
  return to({ ...call, state: "leaving", facts, leaveBy, deadlineAt: leaveBy }, [{ type: "unbridge" }]);
}

/** When the message may begin, if nothing is heard until then: once it has been quiet, and no agent can talk over it. */
export function leaveAt(call: LivingCall, at: Instant, { amd }: CallPolicy): Instant {
  const { leaveBy, speaking, heldAgentId, facts } = call;
  if (leaveBy === null || facts.messageChoice === "voicemail") return call.deadlineAt;
  // By an agent's word nothing is waited for but that they are gone.
  if (facts.machineReportedAt !== null || amd === null) return heldAgentId === null ? at : leaveBy;
  return speaking || heldAgentId !== null ? leaveBy : earliest(leaveBy, after(at, amd.machineQuietMs));
}

export function whileLeaving(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  const isPlaying = call.facts.messageChoice === "voicemail";
  if ("choice" in event && (event.choice !== "voicemail" || !isPlaying)) return same(call);
  switch (event.type) {
    case "parted":
      return alone(call, event.at, releaseHeld(call, hasTalked(call.facts)), policy);
    case "agentLost":
      return call.heldAgentId === event.agentId ? alone(call, event.at, [], policy) : same(call);
    case "agentReserved":
      return hold(call, event.agentId);
    case "cancelled":
      return isPlaying ? same(call) : hangUp(call, event.at, reasonOf(call, false), policy);
    case "messageStarted": {
      const { messageAt } = call.facts;
      return to({ ...call, facts: { ...call.facts, message: "started", messageAt: messageAt ?? event.stamp } }, []);
    }
    case "messageFinished":
      return hangUp(
        { ...call, facts: { ...call.facts, message: "finished" } },
        event.stamp.at,
        reasonOf(call, true),
        policy,
      );
    case "messageFailed":
      return hangUp(
        { ...call, facts: { ...call.facts, message: "failed" } },
        event.stamp.at,
        reasonOf(call, false),
        policy,
      );
    case "deadlinePassed":
      return isPlaying ? overdue(call, event.at, policy) : begin(call, event.at, policy);
    default:
      return same(call);
  }
}

/** Nobody but the machine is on the line any more. */
function alone(call: LivingCall, at: Instant, effects: Transition["effects"], policy: CallPolicy): Transition {
  if (call.heldAgentId === null) return same(call);
  const free = withoutAgent(call, {});
  return to({ ...free, deadlineAt: leaveAt(free, at, policy) }, effects);
}

function begin(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  // It never stops, or an agent may still hear it: half a message, or one with somebody talking, is worse than none.
  const isTalkedOver = call.speaking && call.facts.machineReportedAt === null;
  if (isTalkedOver || call.heldAgentId !== null) return hangUp(call, at, reasonOf(call, false), policy);
  // What was heard of a flow says nothing of this message.
  const facts: AttemptFacts = { ...call.facts, messageChoice: "voicemail", message: "none" };
  return to({ ...call, facts, deadlineAt: after(at, policy.messageMaxMs) }, [{ type: "playVoicemailMessage" }]);
}

/** It has had its time. What was never heard to begin was not left. */
const overdue = (call: LivingCall, at: Instant, policy: CallPolicy): Transition =>
  hangUp(call, at, reasonOf(call, call.facts.message === "started"), policy);

/** Whose word it was that it is a machine, and whether the message was left on it. */
function reasonOf({ facts }: LivingCall, isLeft: boolean): EndReason {
  if (facts.machineReportedAt !== null) return isLeft ? "voicemailLeft" : "voicemailFailed";
  return isLeft ? "amdMessage" : "amdMachine";
}
