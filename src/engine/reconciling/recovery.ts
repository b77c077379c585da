/**
 * What a new process makes of the rows that the last one left open. Pure: a row and what Asterisk says of its leg
 * come in, how the call goes on comes out.
 */
import type { CallEvent, LivingCall } from "../../call/call.ts";
import type { AttemptFacts } from "../../domain/attempt.ts";
import type { AgentId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { endIn, factsAfter } from "./late-news.ts";
import type { LegsSnapshot, OpenAttempt } from "../ports.ts";

export interface Recovered {
  readonly call: LivingCall;
  /** What happens to it at once. */
  readonly event: CallEvent | null;
  /** An agent to look for, because the call rings and the one who was promised is not promised any more. */
  readonly needsAgent: boolean;
}

const NOT_HELD = { deskCommands: 0, hold: null, transfer: null } as const;

type CustomerLeg = LegsSnapshot["customerLegs"][number];

/** What Asterisk says of a call that the last process left open, and what is known of it besides. */
export interface Found {
  /** Null when Asterisk knows no such leg. */
  readonly leg: CustomerLeg | null;
  /** The agent in whose bridge the person is, if any. */
  readonly talkingAgent?: AgentId | null;
  /** The agent who has them on hold, and whose phone still stands, if any. */
  readonly keeper?: AgentId | null;
  /** What was told of its leg since this process listens, in order. */
  readonly news?: readonly CallEvent[];
  /** They are with a number outside, to which they were passed on. */
  readonly isAway?: boolean;
}

export function recovered(open: OpenAttempt, found: Found, campaign: Campaign, at: Instant): Recovered {
  const { leg, talkingAgent = null, keeper = null, news = [], isAway = false } = found;
  const { attemptId } = open.order;
  const known = factsAfter(open.facts, news);
  const stamp = { at, asteriskAt: null };
  const base = {
    attemptId,
    facts: known,
    heldAgentId: null,
    optedOut: false,
    speaking: false,
    leaveBy: null,
    ...NOT_HELD,
    wantsAgent: false,
    announced: null,
    unheard: false,
  };
  const end = endIn(news);
  // News of its end may have come after the look at it was taken.
  if (leg === null || end !== null) {
    // Whoever was with them until a moment ago is let go by the end itself.
    const call: LivingCall = { ...base, state: "ending", heldAgentId: talkingAgent ?? keeper, deadlineAt: at };
    return { call, event: end ?? { type: "vanished", at }, needsAgent: false };
  }
  if (leg.state === "down") {
    // A leg that was made and never dialled would wait for ever: it has no time-out of its own.
    const call: LivingCall = { ...base, state: "ringing", deadlineAt: at };
    return { call, event: { type: "deadlinePassed", at }, needsAgent: false };
  }
  // Rows follow behind, and may have missed what the leg shows.
  const placed = { ...known, placedAt: known.placedAt ?? stamp };
  if (leg.state !== "up") {
    const facts: AttemptFacts =
      leg.state === "ringing" ? { ...placed, ringing: "ringing", ringingAt: placed.ringingAt ?? stamp } : placed;
    const call: LivingCall = { ...base, facts, state: "ringing", deadlineAt: after(at, campaign.ringTimeoutMs) };
    return { call, event: null, needsAgent: true };
  }
  // Whether somebody came to the telephone while nobody listened is not known: they may have.
  const voiceAt = placed.verdict === "ringback" ? (placed.voiceAt ?? stamp) : placed.voiceAt;
  const facts = { ...placed, answeredAt: placed.answeredAt ?? stamp, voiceAt };
  if (facts.verdictAct === "dropped" || facts.machineReportedAt !== null) {
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
  if (isAway) {
    const call: LivingCall = {
      ...base,
      state: "connected",
      facts: { ...facts, connectedAt: facts.connectedAt ?? stamp },
      transfer: { kind: "blind", stage: "away", other: "outside", answered: true, sought: false },
      deadlineAt: after(at, campaign.talkMaxMs),
    };
    return { call, event: null, needsAgent: false };
  }
  if (keeper !== null) {
    // They hear music, or the way back was asked for when the last process went: to the agent they talked with.
    const call: LivingCall = {
      ...base,
      state: "onHold",
      facts: { ...facts, connectedAt: facts.connectedAt ?? stamp, agentId: keeper },
      heldAgentId: keeper,
      hold: { isSure: true, warned: true, tries: 0 },
      deadlineAt: at,
    };
    return { call, event: { type: "resumeAsked", at }, needsAgent: false };
  }
  // Up, and nobody there. How long they have waited is not known, and the longest that it may have been counts; they get
  // the message at once.
  const answeredAt = placed.answeredAt ?? { at: (placed.ringingAt ?? placed.placedAt).at, asteriskAt: null };
  const call: LivingCall = { ...base, facts: { ...placed, answeredAt }, state: "answered", deadlineAt: at };
  return { call, event: { type: "deadlinePassed", at }, needsAgent: false };
}
