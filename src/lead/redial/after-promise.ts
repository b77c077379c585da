/**
 * An attempt that was to keep a promise: as long as the promise lasts, it is tried again; after that it falls back.
 * What nobody promised (limits, bands, whose numbers ring when) gives way to it; the calling hours never do.
 */
import { after, instant, latest } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { CallbackPromise, LeadNumber } from "../../domain/lead.ts";
import type { NumberId } from "../../domain/ids.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { RedialPlan } from "../../domain/redial-rules.ts";
import type { NextChoice, NextQuestion, PromiseFate } from "./next-choice.ts";
import { firstMoment } from "./refusals.ts";
import type { OpenAt } from "./refusals.ts";
import type { LeadStory } from "./story.ts";

const MINUTE_MS = 60_000;
/** An agent who is not there is looked for again so often; no call is placed for it. */
const AGENT_WAIT_MS = MINUTE_MS;
/** Claims come a little before the promised minute. */
const EARLY_MS = 5 * MINUTE_MS;

/** What becomes of the lead while the promise holds; or how the promise ended, where the ordinary rules go on from there. */
export function afterPromise(
  question: NextQuestion,
  promise: CallbackPromise,
  plan: RedialPlan,
): NextChoice | PromiseFate {
  const { story, ended, jitter } = question;
  const { permanent, retryClass } = outcomeFacts(ended.outcome);
  if (permanent || ended.outcome === "fax")
    return again(question, promise, plan, { wait: 0, on: null, because: "other-number" });
  switch (retryClass) {
    case "requeue":
    case "operator":
      return "waiting";
    case "none":
      // They spoke with somebody, or must not be called at all.
      return outcomeFacts(ended.outcome).liveVoice ? "kept" : "unreached";
    case "rejected":
    case "early-hangup":
      // The person was asked and would not: no promise wants that again within minutes.
      return "unreached";
    case "callback":
      return agentMissing(question, promise, plan);
    case "busy":
    case "carrier":
    case "no-answer":
    case "machine":
    case "not-home":
    case "abandoned": {
      if (retryClass === "carrier" && story.carrierTries >= plan.carrierTriesMax) return "unreached";
      const rule = plan.byClass[retryClass === "busy" || retryClass === "carrier" ? retryClass : "callback"];
      if (rule === undefined || triesOf(story, promise) > rule.triesMax) return "unreached";
      const wait = Math.round(rule.delayMs + (rule.delayMaxMs - rule.delayMs) * jitter);
      return again(question, promise, plan, { wait, on: ended.numberId, because: "callback" });
    }
  }
}

/** Attempts made for this promise that reached a telephone. */
const triesOf = ({ attempts }: LeadStory, { dueAt }: CallbackPromise): number =>
  attempts.filter(({ at, outcome }) => at >= after(dueAt, -EARLY_MS) && outcomeFacts(outcome).countsAsAttempt).length;

function again(
  { story, ended, openAt, now }: NextQuestion,
  promise: CallbackPromise,
  plan: RedialPlan,
  { wait, on, because }: { wait: number; on: NumberId | null; because: string },
): NextChoice | PromiseFate {
  const from = latest(now, instant(ended.endedAt + wait));
  const slot = whenPromised({ story, plan, openAt, numberId: on }, { from, untilAt: promise.untilAt });
  if (slot === null) return "unreached";
  return { type: "retry", queue: "callback", because, promise: "waiting", until: promise.untilAt, ...slot };
}

function agentMissing(question: NextQuestion, promise: CallbackPromise, plan: RedialPlan): NextChoice | PromiseFate {
  const { now, ended, story, openAt } = question;
  const wait = { wait: AGENT_WAIT_MS, on: ended.numberId, because: "callback-agent-missing" };
  const waiting = again(question, promise, plan, wait);
  if (typeof waiting !== "string") return waiting;
  if (promise.fallback === "missed") return "missed";
  // Late, and by whoever is free, is what the campaign prefers to not at all.
  const from = latest(now, ended.endedAt);
  const slot = whenPromised({ story, plan, openAt, numberId: ended.numberId }, { from, untilAt: null });
  if (slot === null) return "missed";
  return { type: "retry", queue: "callback", because: "callback-anyone", promise: "anyone", until: slot.at, ...slot };
}

/**
 * When somebody can be called who asked for it: the first moment from `from` on within the calling hours, on the number
 * asked for or on the first that can be. Null when that is never, or later than `untilAt`.
 */
export function whenPromised(
  asked: { story: LeadStory; plan: RedialPlan; openAt: OpenAt; numberId: NumberId | null },
  { from, untilAt }: { from: Instant; untilAt: Instant | null },
): { readonly numberId: NumberId; readonly at: Instant } | null {
  const { story, plan, openAt, numberId } = asked;
  const wanted = story.numbers.filter((number) => numberId === null || number.numberId === numberId);
  let best: { numberId: NumberId; at: Instant } | null = null;
  for (const number of wanted) {
    const at = promisedMoment(number, { story, plan, openAt, from });
    if (at === null || (untilAt !== null && at > untilAt)) continue;
    if (best === null || at < best.at) best = { numberId: number.numberId, at };
  }
  return best;
}

function promisedMoment(
  number: LeadNumber,
  { story, plan, openAt, from }: { story: LeadStory; plan: RedialPlan; openAt: OpenAt; from: Instant },
): Instant | null {
  if (number.lastOutcome === "fax") return null;
  const at = firstMoment({ number, story, plan, openAt, notBefore: from, mode: "promised" }, from);
  return typeof at === "number" ? at : null;
}
