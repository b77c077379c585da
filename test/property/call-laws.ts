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
import { judgeVerdicts } from "./call-amd-laws.ts";
import { judgeHolds } from "./call-desk-laws.ts";
import { judgeRinging, judgeWaiting } from "./call-patience-laws.ts";
import { BEGUN_AT, eventOf } from "./call-stories.ts";
import type { Story } from "./call-stories.ts";
import { latestServiceAt } from "./connect-clock-oracle.ts";

export type Step = (call: Call, event: CallEvent, policy: CallPolicy) => Transition;

export type Law =
  | "a call is ended with an outcome or has a deadline"
  | "a call ends once"
  | "only telephony ends a call"
  | "nothing but a release follows the end"
  | "whoever is promised is released once"
  | "only the promised agent is joined"
  | "nobody who answered is hung up on in silence"
  | "the wait ends by the clock, whoever comes and goes"
  | "the message is asked for by the deadline"
  | "the other message is asked for when the first fails"
  | "each message is asked for once, and nobody talks over it"
  | "the message plays to its end"
  | "only a sure and licensed verdict in time costs a call its agent"
  | "nobody is listened to beyond the time for it"
  | "a message is left whole, once, and to a machine alone"
  | "nobody on hold is left in silence"
  | "a hold ends in time"
  | "nobody is let go while the person may be with them"
  | "it rings for the least time before we give up"
  | "the want of an agent ends only what has rung long enough for nobody"
  | "an objection ends the ringing as soon as it may"
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

export type Judge = (law: Law, holds: boolean) => void;

export const begun = ({ promised, policy }: Pick<Story, "promised" | "policy">): LivingCall => {
  const facts = { ...NOTHING_KNOWN, agentId: promised === null ? null : agentId(promised) };
  return beginCall(ATTEMPT, facts, after(BEGUN_AT, policy.placeTimeoutMs));
};

/** Everything that happens in a story, step by step. */
export function told(step: Step, story: Story): Moment[] {
  const moments: Moment[] = [];
  let call: Call = begun(story);
  let now = BEGUN_AT;
  for (const happening of story.happenings) {
    now = after(now, happening.afterMs);
    if (happening.what === "timeout" && call.state !== "ended" && isBefore(now, call.deadlineAt)) now = call.deadlineAt;
    const event = eventOf(happening, now);
    const { call: next, effects } = step(call, event, story.policy);
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
  const events: CallEvent[] = [];
  for (const moment of moments) {
    events.push(moment.event);
    judgeState(moment, judge);
    judgeClock(moment, latestServiceAt(events, story.policy.clock), judge);
    judgeEnding(moment, judge);
    judgeFacts(moment, judge);
    judgeRepetition(step, moment, story.policy, judge);
  }
  judgePromises(story, moments, judge);
  judgeWaiting(moments, story.policy, judge);
  judgeVerdicts(moments, story.policy, judge);
  judgeRinging(moments, story.policy, judge);
  judgeHolds(moments, story.policy, judge);
  return [...broken];
}

function judgeState({ next }: Moment, judge: Judge): void {
  const law = "a call is ended with an outcome or has a deadline";
  if (next.state === "ended") {
    judge(law, isOutcome(next.outcome) && next.facts.endedAt !== null && !("deadlineAt" in next));
    return;
  }
  judge(law, Number.isFinite(next.deadlineAt) && !("outcome" in next));
}

function judgeClock({ next }: Moment, latestAt: number, judge: Judge): void {
  if (next.state !== "answered" && next.state !== "connecting") return;
  // Not a moment later, nor earlier: a message that need not have been is a nuisance as well.
  judge("the wait ends by the clock, whoever comes and goes", next.deadlineAt === latestAt);
}

function judgeEnding({ before, event, next, effects }: Moment, judge: Judge): void {
  if (before.state === "ended") {
    judge("a call ends once", JSON.stringify(next) === JSON.stringify(before));
    const released = effects.every((each) => each.type === "releaseAgent");
    judge("nothing but a release follows the end", released && (effects.length === 0 || brings(event)));
    return;
  }
  if (next.state === "ended") {
    // That it never came to be can be said only of a call of which nothing else was heard.
    const neverWas = event.type === "placeFailed" && before.state === "placing";
    judge("only telephony ends a call", neverWas || event.type === "destroyed" || event.type === "vanished");
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
const CHOICE_LEVEL = { flow: 1, campaign: 2, builtIn: 3, voicemail: 4 };
/** Once known, known for good. The code of the end is the exception: its last word counts. */
const FOR_GOOD: readonly (keyof AttemptFacts)[] = [
  "placedAt",
  "progressAt",
  "ringingAt",
  "speechStartedAt",
  "greetingEndedAt",
  "connectedAt",
  "endedBy",
  "endReason",
  "placeFailure",
  "sipCallId",
  "verdict",
  "verdictAt",
  "verdictCause",
  "verdictAct",
];

function judgeFacts({ before, next }: Moment, judge: Judge): void {
  const [was, is] = [before.facts, next.facts];
  const kept = FOR_GOOD.every((each) => was[each] === null || JSON.stringify(was[each]) === JSON.stringify(is[each]));
  const grown = RINGING_LEVEL[is.ringing] >= RINGING_LEVEL[was.ringing] && (is.agentLegFailed || !was.agentLegFailed);
  judge("facts grow and never change", kept && grown && answerGrown(before.state, was, is) && messageGrown(was, is));
}

/** Nothing is measured from the answer any more: what was found may be dated anew, once, by Asterisk's own word of it. */
function answerGrown(
  state: Call["state"],
  { answeredAt: was }: AttemptFacts,
  { answeredAt: is }: AttemptFacts,
): boolean {
  if (was === null || JSON.stringify(was) === JSON.stringify(is)) return true;
  return (
    (state === "informing" || state === "ending") && was.asteriskAt === null && is !== null && is.asteriskAt !== null
  );
}

/** What the first words came to may be forgotten only when they failed, and for the next ones' sake. */
function messageGrown(was: AttemptFacts, is: AttemptFacts): boolean {
  const level = (choice: AttemptFacts["messageChoice"]): number => (choice === null ? 0 : CHOICE_LEVEL[choice]);
  if (level(is.messageChoice) < level(was.messageChoice)) return false;
  if (was.message === "failed" && is.messageChoice === "builtIn") return true;
  // Of a campaign's message itself that is not kept: with its failure the other one is chosen. So a flow's words failed.
  if (was.message === "failed" && is.messageChoice === "campaign" && is.message === "started") return true;
  // The words of a flow are one thing and the message after them another; the first of them stays the first.
  if (was.messageChoice === "flow" && (is.messageChoice === "campaign" || is.messageChoice === "voicemail"))
    return was.message === "failed" || is.messageAt?.at === was.messageAt?.at;
  const momentKept = was.messageAt === null || is.messageAt?.at === was.messageAt.at;
  return momentKept && MESSAGE_LEVEL[is.message] >= MESSAGE_LEVEL[was.message];
}

function judgeRepetition(step: Step, { event, next }: Moment, policy: CallPolicy, judge: Judge): void {
  const again = step(next, event, policy);
  const law = "an event that repeats itself changes nothing";
  judge(law, JSON.stringify(again.call) === JSON.stringify(next));
  // Somebody promised twice is given back twice; anything else is wanted only once.
  judge(law, again.effects.length === 0 || brings(event));
}

/** An agent comes with it, who is to be let go again where nobody wants them. */
const brings = ({ type }: CallEvent): boolean => type === "agentReserved" || type === "transferAsked";

/** Kept from outside: who was promised, and has neither been given back nor lost their leg. */
function judgePromises(story: Story, moments: readonly Moment[], judge: Judge): void {
  const law = "whoever is promised is released once";
  const promised = new Set<AgentId>(story.promised === null ? [] : [agentId(story.promised)]);
  for (const { event, next, effects } of moments) {
    if (event.type === "agentReserved") promised.add(event.agentId);
    if (event.type === "transferAsked" && event.to !== "outside") promised.add(event.to);
    if (event.type === "agentLost") promised.delete(event.agentId);
    for (const effect of effects) {
      if (effect.type === "handOver" && effect.to !== "outside")
        judge("only the promised agent is joined", promised.has(effect.to));
      if (effect.type === "meet")
        judge("only the promised agent is joined", effect.other === "outside" || promised.has(effect.other));
      if (effect.type === "releaseAgent" || effect.type === "dismiss") judge(law, promised.delete(effect.agentId));
      if (effect.type === "bridge") {
        // In a flow the person is joined out of its words.
        const isJoining = next.state === "connecting" || next.state === "inFlow";
        judge("only the promised agent is joined", isJoining && next.heldAgentId === effect.agentId);
      }
    }
    // Whoever is left is held by the living call, and by it alone.
    const held = next.state === "ended" ? [] : [next.heldAgentId, otherOf(next)].filter((each) => each !== null);
    judge(law, JSON.stringify([...promised].sort()) === JSON.stringify(held.sort()));
  }
}

const otherOf = ({ transfer }: LivingCall): AgentId | null =>
  transfer === null || transfer.other === "outside" ? null : transfer.other;
