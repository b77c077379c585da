/**
 * What a new process makes of the rows that the last one left open. Pure: a row and what Asterisk says of its leg
 * come in, how the call goes on comes out.
 */
import type { CallEvent, LivingCall } from "../call/call.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import type { AgentId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { LegsSnapshot, OpenAttempt } from "./ports.ts";

export interface Recovered {
  readonly call: LivingCall;
  /** What happens to it at once. */
  readonly event: CallEvent | null;
  /** An agent to look for, because the call rings and the one who was promised is not promised any more. */
  readonly needsAgent: boolean;
}

type CustomerLeg = LegsSnapshot["customerLegs"][number];

/**
 * @param leg null when Asterisk knows no such leg
 * @param talkingAgent the agent in whose bridge the person is, if any
 */
export function recovered(
  open: OpenAttempt,
  leg: CustomerLeg | null,
  talkingAgent: AgentId | null,
  campaign: Campaign,
  at: Instant,
): Recovered {
  const { attemptId } = open.order;
  const stamp = { at, asteriskAt: null };
  const base = { attemptId, facts: open.facts, heldAgentId: null, optedOut: false, speaking: false, leaveBy: null };
  if (leg === null) {
    const call: LivingCall = { ...base, state: "ending", deadlineAt: at };
    return { call, event: { type: "vanished", at }, needsAgent: false };
  }
  if (leg.state === "down") {
    // A leg that was made and never dialled would wait for ever: it has no time-out of its own.
    const call: LivingCall = { ...base, state: "ringing", deadlineAt: at };
    return { call, event: { type: "deadlinePassed", at }, needsAgent: false };
  }
  // Rows follow behind, and may have missed what the leg shows.
  const placed = { ...open.facts, placedAt: open.facts.placedAt ?? stamp };
  if (leg.state !== "up") {
    const facts: AttemptFacts =
      leg.state === "ringing" ? { ...placed, ringing: "ringing", ringingAt: placed.ringingAt ?? stamp } : placed;
    const call: LivingCall = { ...base, facts, state: "ringing", deadlineAt: after(at, campaign.ringTimeoutMs) };
    return { call, event: null, needsAgent: true };
  }
  const facts = { ...placed, answeredAt: placed.answeredAt ?? stamp };
  if (facts.verdictAct === "dropped") {
    // A machine on which a message may be playing now, or was to: what can be said of it is over with the last process.
    const call: LivingCall = {
      ...base,
      state: "leaving",
      facts,
      speaking: true,
      leaveBy: at,
      heldAgentId: talkingAgent,
      deadlineAt: at,
    };
    return { call, event: { type: "deadlinePassed", at }, needsAgent: false };
  }
  if (talkingAgent !== null) {
    const call: LivingCall = {
      ...base,
      state: "connected",
      facts: { ...facts, connectedAt: facts.connectedAt ?? stamp, agentId: talkingAgent },
      heldAgentId: talkingAgent,
      deadlineAt: after(at, campaign.talkMaxMs),
    };
    return { call, event: null, needsAgent: false };
  }
  // Up, and nobody there. How long they have waited is not known, and the longest that it may have been counts; they get
  // the message at once.
  const answeredAt = placed.answeredAt ?? { at: (placed.ringingAt ?? placed.placedAt).at, asteriskAt: null };
  const call: LivingCall = { ...base, facts: { ...placed, answeredAt }, state: "answered", deadlineAt: at };
  return { call, event: { type: "deadlinePassed", at }, needsAgent: false };
}
