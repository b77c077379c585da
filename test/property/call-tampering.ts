/** Ways of spoiling a transition. */
import type { CallEffect, CallPolicy, LivingCall } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { Step } from "./call-laws.ts";

export const without =
  (type: CallEffect["type"]) =>
  (effects: readonly CallEffect[]): readonly CallEffect[] =>
    effects.filter((each) => each.type !== type);

/** The transition as it is, with its answer tampered with. */
export const tampered =
  (tamper: (...step: [...Parameters<Step>, ReturnType<Step>]) => ReturnType<Step>): Step =>
  (call, event, policy) =>
    tamper(call, event, policy, transition(call, event, policy));

/** Releases the agent to whom somebody could not be brought back before the person certainly hears music. */
export const letsGoEarly: Step = tampered((before, _event, _policy, { call, effects }) => {
  const isSeeking = call.state === "onHold" && call.transfer?.stage === "seeking";
  const wasSeeking = before.state !== "ended" && before.transfer?.stage === "seeking";
  if (!isSeeking || wasSeeking || call.heldAgentId === null) return { call, effects };
  const released: CallEffect = { type: "releaseAgent", agentId: call.heldAgentId, talked: true };
  return { call: { ...call, heldAgentId: null }, effects: [released, ...effects] };
});

/** Obeys pacing by another rule than ours. */
export const wantsNobody =
  (mayBe: (call: LivingCall, at: Instant, policy: CallPolicy) => boolean): Step =>
  (call, event, policy) => {
    if (call.state !== "ringing" || event.type !== "noAgentLikely") return transition(call, event, policy);
    return mayBe(call, event.at, policy)
      ? transition(call, { type: "cancelled", at: event.at, reason: "drain" }, policy)
      : transition(call, event, policy);
  };
