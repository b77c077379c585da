/**
 * Which number of a claimed lead is dialled now; or its next moment, where none may be. Asked when it is claimed and again
 * when it is dialled: a band may have ended since it was chosen, and a number may have been taken out.
 */
import { after, type Instant } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import { CALLBACK_GRACE_MS, type CallbackPromise } from "../../domain/lead.ts";
import { redialPlan } from "../../domain/redial-rules.ts";
import { whenPromised } from "./after-promise.ts";
import { chooseAgain } from "./choose-next.ts";
import { firstNumber } from "./first-number.ts";
import type { AgainQuestion, NextChoice } from "./next-choice.ts";
import { firstMoment, mayBeTried } from "./refusals.ts";
import type { Prospect } from "./refusals.ts";

export type NumberNow = { readonly type: "now"; readonly numberId: NumberId } | NextChoice;

export interface NowQuestion extends Omit<AgainQuestion, "from"> {
  /** As it was chosen; of a lead never tried, the first. */
  readonly wanted: NumberId;
  readonly isFresh: boolean;
  readonly promise: CallbackPromise | null;
  readonly at: Instant;
}

export function numberNow(question: NowQuestion): NumberNow {
  if (question.promise !== null) return asPromised(question, question.promise);
  return question.isFresh ? forTheFirstTime(question) : onceMore(question);
}

/** A little late is better than not at all; long after its end it is missed, and the lead one of many again. */
function asPromised(question: NowQuestion, promise: CallbackPromise): NumberNow {
  const { story, rules, openAt, wanted, at } = question;
  if (after(promise.untilAt, CALLBACK_GRACE_MS) < at) {
    return { ...chooseAgain({ ...question, from: at }), promise: "missed" };
  }
  const asked = { story, plan: redialPlan(rules), openAt };
  const slot =
    whenPromised({ ...asked, numberId: wanted }, { from: at, untilAt: null }) ??
    whenPromised({ ...asked, numberId: null }, { from: at, untilAt: null });
  if (slot === null) return { type: "held", because: "no-window", promise: "missed" };
  if (slot.at <= at) return { type: "now", numberId: slot.numberId };
  const until = promise.untilAt;
  if (slot.at <= until)
    return { type: "retry", queue: "callback", because: "callback", promise: "waiting", until, ...slot };
  // The hours have closed over it: it is missed, and the lead is one of many again.
  return { type: "retry", queue: "redial", because: "callback-missed", promise: "missed", until: slot.at, ...slot };
}

function forTheFirstTime(question: NowQuestion): NumberNow {
  const first = firstNumber(question.story.numbers, question.rules, question.at);
  if (first === null) return { type: "done", because: "invalid" };
  return first.suitsNow ? { type: "now", numberId: first.numberId } : atTheNextMoment(question);
}

function onceMore(question: NowQuestion): NumberNow {
  const { story, rules, openAt, wanted, at } = question;
  const plan = redialPlan(rules);
  const number = story.numbers.find(({ numberId }) => numberId === wanted);
  if (number !== undefined) {
    const strict: Prospect = { number, story, plan, openAt, notBefore: null, mode: "strict" };
    if (mayBeTried(strict, at)) return { type: "now", numberId: wanted };
    // A number whose hour never comes within the calling hours is dialled at an odd one: it was chosen so.
    const isHopeless = typeof firstMoment(strict, at) !== "number";
    if (isHopeless && mayBeTried({ ...strict, mode: "anyHour" }, at)) return { type: "now", numberId: wanted };
  }
  return atTheNextMoment(question);
}

function atTheNextMoment(question: NowQuestion): NumberNow {
  const choice = chooseAgain({ ...question, from: question.at });
  return choice.type === "retry" && choice.at <= question.at ? { type: "now", numberId: choice.numberId } : choice;
}
