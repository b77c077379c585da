/**
 * The laws of a call's life, judged from outside: only events, effects and states are looked at, never how the
 * transition comes to them. A judge that has never failed proves nothing: call.test.ts plants a fault for each law.
 */
import { beginCall } from "../../src/call/call.ts";
import type { Call, CallEffect, CallEvent, CallPolicy, LivingCall, Transition } from "../../src/call/call.ts";
import type { AttemptFacts } from "../../src/domain/attempt.ts";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { agentId } from "../../src/domain/ids.ts";
import type { AgentId, AttemptId } from "../../src/domain/ids.ts";
import { after, isBefore } from "../../src/domain/instant.ts";
import { isOutcome } from "../../src/domain/outcome.ts";
import { BEGUN_AT, eventOf, POLICY } from "./call-stories.ts";
import type { Story } from "./call-stories.ts";

export type Step = (call: Call, event: CallEvent, policy: CallPolicy) => Transition;

export type Law =
  | "a call is ended with an outcome or has a deadline"
  | "a call ends once"
  | "nothing but a release follows the end"
  | "whoever is promised is released once"
  | "only the promised agent is joined"
  | "nobody who answered is hung up on in silence"
  | "two seconds run from the answer"
  | "the message is asked for once, and nobody talks over it"
  | "the message plays to its end"
  | "facts grow and never change"
  | "a hang-up leads to the end"
  | "an event that repeats itself changes nothing";

/** One step as the judge sees it. */
export interface Moment {
  readonly before: Call;
  readonly event: CallEvent;
  readonly next: Call;
  readonly effects: readonly CallEffect[];
}

const ATTEMPT = "0192f3a4-7b1c-7def-8123-456789abcdef" as AttemptId;

export const begun = (promised: number | null): LivingCall => {
  const facts = { ...NOTHING_KNOWN, agentId: promised === null ? null : agentId(promised) };
  return beginCall(ATTEMPT, facts, after(BEGUN_AT, POLICY.placeTimeoutMs));
};

/** Everything that happens in a story, step by step. */
export function told(step: Step, story: Story): Moment[] {
  const moments: Moment[] = [];
  let call: Call = begun(story.promised);
  let now = BEGUN_AT;
  for (const happening of story.happenings) {
    now = after(now, happening.afterMs);
    if (happening.what === "timeout" && call.state !== "ended" && isBefore(now, call.deadlineAt)) now = call.deadlineAt;
    const event = eventOf(happening, now);
    const { call: next, effects } = step(call, event, POLICY);
    moments.push({ before: call, event, next, effects });
    call = next;
  }
  return moments;
}

/** The laws that a story breaks; none, if all is well. */
export function brokenLaws(step: Step, story: Story): Law[] {
  const moments = told(step, story);
  const broken = new Set<Law>();
  const judge = (law: Law, holds: boolean): void => {
    if (!holds) broken.add(law);
  };
  for (const moment of moments) {
    judgeState(moment, judge);
    judgeEnding(moment, judge);
    judgeFacts(moment, judge);
    judgeRepetition(step, moment, judge);
  }
  judgePromises(story, moments, judge);
  judgeWhatThePersonHears(moments, judge);
  return [...broken];
}

type Judge = (law: Law, holds: boolean) => void;

function judgeState({ next }: Moment, judge: Judge): void {
  const law = "a call is ended with an outcome or has a deadline";
  if (next.state === "ended") {
    judge(law, isOutcome(next.outcome) && next.facts.endedAt !== null && !("deadlineAt" in next));
    return;
  }
  judge(law, Number.isFinite(next.deadlineAt) && !("outcome" in next));
  if (next.state === "answered" || next.state === "connecting") {
    const { answeredAt } = next.facts;
    judge(
      "two seconds run from the answer",
      answeredAt !== null && next.deadlineAt === after(answeredAt.at, POLICY.connectWithinMs),
    );
  }
}

function judgeEnding({ before, event, next, effects }: Moment, judge: Judge): void {
  if (before.state === "ended") {
    judge("a call ends once", JSON.stringify(next) === JSON.stringify(before));
    const released = effects.every((each) => each.type === "releaseAgent");
    judge(
      "nothing but a release follows the end",
      released && (effects.length === 0 || event.type === "agentReserved"),
    );
    return;
  }
  const law = "a hang-up leads to the end";
  const asks = effects.some((each) => each.type === "hangUp");
  judge(law, !asks || next.state === "ending");
  if (next.state === "ending") {
    const whoSaysSo = before.state === "ending" || asks || event.type === "hangupRequested";
    judge(law, whoSaysSo && next.facts.endedBy !== null);
  }
  if (before.state === "ending") judge(law, next.state === "ending" || next.state === "ended");
}

/** In the order in which they can follow one another; what was reached stays reached. */
const RINGING_LEVEL = { none: 0, early: 1, ringing: 2 };
const MESSAGE_LEVEL = { none: 0, started: 1, finished: 2, failed: 2 };
/** Once known, known for good. The code of the end is the exception: its last word counts. */
const FOR_GOOD: readonly (keyof AttemptFacts)[] = [
  "placedAt",
  "progressAt",
  "ringingAt",
  "answeredAt",
  "connectedAt",
  "messageAt",
  "endedBy",
  "endReason",
  "placeFailure",
  "sipCallId",
];

function judgeFacts({ before, next }: Moment, judge: Judge): void {
  const [was, is] = [before.facts, next.facts];
  const kept = FOR_GOOD.every((each) => was[each] === null || JSON.stringify(was[each]) === JSON.stringify(is[each]));
  const grown =
    RINGING_LEVEL[is.ringing] >= RINGING_LEVEL[was.ringing] &&
    MESSAGE_LEVEL[is.message] >= MESSAGE_LEVEL[was.message] &&
    (is.agentLegFailed || !was.agentLegFailed);
  judge("facts grow and never change", kept && grown);
}

function judgeRepetition(step: Step, { event, next }: Moment, judge: Judge): void {
  const again = step(next, event, POLICY);
  const law = "an event that repeats itself changes nothing";
  judge(law, JSON.stringify(again.call) === JSON.stringify(next));
  // Somebody promised twice is given back twice; anything else is wanted only once.
  judge(law, again.effects.length === 0 || event.type === "agentReserved");
}

/** Kept from outside: who was promised, and has neither been given back nor lost their leg. */
function judgePromises(story: Story, moments: readonly Moment[], judge: Judge): void {
  const law = "whoever is promised is released once";
  const promised = new Set<AgentId>(story.promised === null ? [] : [agentId(story.promised)]);
  for (const { event, next, effects } of moments) {
    if (event.type === "agentReserved") promised.add(event.agentId);
    if (event.type === "agentLost") promised.delete(event.agentId);
    for (const effect of effects) {
      if (effect.type === "releaseAgent") judge(law, promised.delete(effect.agentId));
      if (effect.type === "bridge") {
        judge("only the promised agent is joined", next.state === "connecting" && next.heldAgentId === effect.agentId);
      }
    }
    // Whoever is left is held by the living call, and by it alone.
    const held = next.state === "ended" || next.heldAgentId === null ? [] : [next.heldAgentId];
    judge(law, JSON.stringify([...promised]) === JSON.stringify(held));
  }
}

function judgeWhatThePersonHears(moments: readonly Moment[], judge: Judge): void {
  const seen = { joining: false, served: false, message: 0, unbridged: false, left: false, hangUpBeforeAnswer: false };
  for (const { before, event, next, effects } of moments) {
    if (event.type === "hangupRequested") seen.left = true;
    if (next.state === "connected") seen.served = true;
    for (const effect of effects) {
      switch (effect.type) {
        case "bridge":
          judge("the message is asked for once, and nobody talks over it", seen.message === 0);
          seen.joining = true;
          seen.unbridged = false;
          break;
        case "unbridge":
          seen.unbridged = true;
          break;
        case "playInformationMessage":
          seen.message += 1;
          judge(
            "the message is asked for once, and nobody talks over it",
            seen.message === 1 && (!seen.joining || seen.unbridged),
          );
          break;
        case "hangUp":
          judgeHangUp({ before, event, next, effects }, seen, judge);
          break;
        default:
      }
    }
  }
}

function judgeHangUp(
  { before, event, next }: Moment,
  seen: { served: boolean; message: number; left: boolean; hangUpBeforeAnswer: boolean },
  judge: Judge,
): void {
  // Answered while our hang-up was on its way: nothing can be done for them any more.
  if (next.facts.answeredAt === null) seen.hangUpBeforeAnswer = true;
  judge(
    "nobody who answered is hung up on in silence",
    next.facts.answeredAt === null || seen.served || seen.message > 0 || seen.left || seen.hangUpBeforeAnswer,
  );
  if (before.state === "informing") {
    const overForIt = ["messageFinished", "messageFailed", "deadlinePassed"].includes(event.type);
    const tooEarly = event.type === "deadlinePassed" && isBefore(event.at, before.deadlineAt);
    judge("the message plays to its end", overForIt && !tooEarly);
  }
}
