/**
 * What a person may expect of us, judged from what telephony was told and told us: to be let ring, to be joined or
 * informed in time, to hear a message out. The states are the call's own word, and are not asked.
 */
import type { CallEffect, CallEvent, CallPolicy } from "../../src/call/call.ts";
import type { MessageChoice } from "../../src/domain/attempt.ts";
import type { AgentId } from "../../src/domain/ids.ts";
import type { Judge, Moment } from "./call-laws.ts";
import { latestServiceAt } from "./connect-clock-oracle.ts";

const momentOf = (event: CallEvent): number => ("stamp" in event ? event.stamp.at : event.at);
const wants = (effects: readonly CallEffect[], type: CallEffect["type"]): boolean =>
  effects.some((each) => each.type === type);
const played = (effects: readonly CallEffect[]): readonly MessageChoice[] =>
  effects.flatMap((each) => (each.type === "playInformationMessage" ? [each.choice] : []));

/** The leg is gone, or on its way: nobody is there to be served any more. */
const isEnd = (event: CallEvent): boolean =>
  event.type === "hangupRequested" || event.type === "destroyed" || event.type === "vanished";

interface Wait {
  readonly told: CallEvent[];
  answered: boolean;
  /** The bridge commands that are out. */
  readonly joining: Set<AgentId>;
  served: boolean;
  /** In the order in which they were asked for. */
  readonly asked: { readonly choice: MessageChoice; readonly at: number }[];
  started: boolean;
  /** Somebody may still be put through to them: a join was asked for and not undone. */
  mayBeJoined: boolean;
  /** Nobody answered the request for the last message: it may be asked for again. */
  unheard: boolean;
}

/** From the answer to the end: an agent, or a message, or both of them, in time. */
export function judgeWaiting(moments: readonly Moment[], policy: CallPolicy, judge: Judge): void {
  const wait: Wait = {
    told: [],
    answered: false,
    joining: new Set(),
    served: false,
    asked: [],
    started: false,
    mayBeJoined: false,
    unheard: false,
  };
  for (const { event, next, effects } of moments) {
    // A leg that never came to be ends without one of those.
    if (next.state === "ended") return;
    // Taken for a machine: whether that may be is asked apart (call-amd-laws).
    if (next.facts.verdictAct === "dropped") return;
    // Answered while our hang-up was on its way: nothing can be done for them any more.
    if (isEnd(event) || (wants(effects, "hangUp") && !wait.answered)) return;
    wait.told.push(event);
    hear(wait, event);
    if (wait.answered && !wait.served) judgeStep(wait, event, effects, policy, judge);
    for (const effect of effects) {
      if (effect.type === "bridge") {
        wait.joining.add(effect.agentId);
        wait.mayBeJoined = true;
      }
      if (effect.type === "unbridge") wait.joining.clear();
    }
    for (const choice of played(effects)) {
      if (wait.unheard && wait.asked.at(-1)?.choice === choice) wait.asked.pop();
      wait.unheard = false;
      wait.asked.push({ choice, at: momentOf(event) });
      wait.started = false;
    }
    if (wants(effects, "hangUp")) return;
  }
}

function hear(wait: Wait, event: CallEvent): void {
  switch (event.type) {
    case "answered":
      wait.answered = true;
      return;
    case "bridgeFailed":
    case "agentLost":
      wait.joining.delete(event.agentId);
      return;
    case "joined":
      if (wait.joining.size > 0) wait.served = true;
      return;
    case "messageUnheard":
      wait.unheard = true;
      return;
    case "messageStarted":
      if (event.choice === wait.asked.at(-1)?.choice) wait.started = true;
      return;
    default:
  }
}

function judgeStep(
  wait: Wait,
  event: CallEvent,
  effects: readonly CallEffect[],
  policy: CallPolicy,
  judge: Judge,
): void {
  const last = wait.asked.at(-1);
  const plays = played(effects);
  const hangsUp = wants(effects, "hangUp");
  if (last === undefined) {
    judge("nobody who answered is hung up on in silence", !hangsUp);
    const isDue = event.type === "deadlinePassed" && event.at >= latestServiceAt(wait.told, policy.clock);
    judge("the message is asked for by the deadline", !isDue || plays.includes("campaign"));
  }
  const secondIsDue = last?.choice === "campaign" && event.type === "messageFailed" && event.choice === "campaign";
  judge("the other message is asked for when the first fails", !secondIsDue || plays.includes("builtIn"));
  judgePlaying(wait, effects, judge);
  if (last !== undefined && hangsUp) {
    const isOver = event.type === "deadlinePassed" && event.at >= last.at + policy.messageMaxMs;
    const isFinished = event.type === "messageFinished" && event.choice === last.choice;
    const isFailed = event.type === "messageFailed" && event.choice === last.choice;
    judge("the message plays to its end", isFinished || isFailed || isOver);
    // Nothing was ever heard of the first: that is a failure too.
    const otherWasOwed = last.choice === "campaign" && !isFinished && !(isOver && wait.started);
    judge("the other message is asked for when the first fails", !otherWasOwed);
  }
}

function judgePlaying(wait: Wait, effects: readonly CallEffect[], judge: Judge): void {
  const law = "each message is asked for once, and nobody talks over it";
  let mayBeJoined = wait.mayBeJoined;
  let asked = wait.asked.map(({ choice }) => choice);
  if (wait.unheard && asked.at(-1) === "builtIn") asked.pop();
  for (const effect of effects) {
    if (effect.type === "unbridge") mayBeJoined = wait.mayBeJoined = false;
    if (effect.type === "bridge") judge(law, asked.length === 0);
    if (effect.type !== "playInformationMessage") continue;
    asked = [...asked, effect.choice];
    judge(law, !mayBeJoined && ["campaign", "campaign,builtIn"].includes(asked.join()));
  }
}

/** Before the answer: whoever hears it ring hears it long enough to come to the phone, unless we are told to stop. */
export function judgeRinging(moments: readonly Moment[], policy: CallPolicy, judge: Judge): void {
  let rungEnoughAt = Infinity;
  let isRinging = false;
  // What is known when they object: a 180 after it may set the end earlier still, and need not.
  let silentFrom: number | null = null;
  // The network's own word that it rings, and nothing less, counts where we cancel for our own reasons.
  let confirmedAt: number | null = null;
  for (const { before, event, next, effects } of moments) {
    if (event.type === "answered" || isEnd(event) || event.type === "placeFailed") return;
    const at = momentOf(event);
    if (event.type === "rang") rungEnoughAt = Math.min(rungEnoughAt, at + policy.ringMinMs);
    if (event.type === "rang") confirmedAt ??= at;
    if (event.type === "progressed") rungEnoughAt = Math.min(rungEnoughAt, at + policy.earlyRingMinMs);
    isRinging ||= event.type === "rang" || event.type === "progressed";
    if (event.type === "optedOut") silentFrom ??= isRinging ? Math.max(at, rungEnoughAt) : at;
    if (wants(effects, "hangUp")) {
      const isTold = event.type === "cancelled";
      if (event.type === "noAgentLikely") {
        const rungMs = confirmedAt === null ? -1 : at - confirmedAt;
        const mayBe =
          rungMs >= Math.max(15_000, policy.ringMinMs) && before.state !== "ended" && before.heldAgentId === null;
        judge("the want of an agent ends only what has rung long enough for nobody", mayBe);
        return;
      }
      judge("it rings for the least time before we give up", isTold || !isRinging || at >= rungEnoughAt);
      return;
    }
    if (silentFrom !== null && next.state !== "ended") {
      judge("an objection ends the ringing as soon as it may", isRinging && next.deadlineAt <= silentFrom);
    }
  }
}
