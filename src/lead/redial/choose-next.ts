/**
 * After an attempt: on which number again and when; or never, because; or held, or given back. Pure: the hours, the
 * rates and the dice come as arguments.
 */
import { instant, latest } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { RetryClass } from "../../domain/outcome.ts";
import { redialPlan } from "../../domain/redial-rules.ts";
import type { RedialPlan } from "../../domain/redial-rules.ts";
import { afterPromise } from "./after-promise.ts";
import { chooseSlot, inTurn } from "./choose-slot.ts";
import type { Slot, SlotQuestion } from "./choose-slot.ts";
import type { AgainQuestion, EndedTry, NextChoice, NextQuestion } from "./next-choice.ts";
import type { Refusal } from "./refusals.ts";
import { isSpent, rowOf } from "./story.ts";
import type { LeadStory } from "./story.ts";

export function chooseNext(question: NextQuestion): NextChoice {
  const { ended, promise } = question;
  const { retryClass } = outcomeFacts(ended.outcome);
  const plan = redialPlan(question.rules);
  const kept = promise === null ? null : afterPromise(question, promise, plan);
  if (kept !== null && typeof kept !== "string") return kept;
  const choice = ordinary(question, plan, retryClass);
  return kept === null ? choice : { ...choice, promise: kept };
}

/** These reached the person, or somebody who answers for them: their row is the lead's, not a number's. */
const PERSONAL: readonly RetryClass[] = ["rejected", "abandoned", "early-hangup"];

function ordinary(question: NextQuestion, plan: RedialPlan, retryClass: RetryClass): NextChoice {
  const { story, ended } = question;
  if (retryClass === "requeue") return { type: "requeue" };
  if (retryClass === "operator") return { type: "held", because: ended.outcome };
  const isOut = outcomeFacts(ended.outcome).permanent || ended.outcome === "fax";
  if (isOut) return afterNumberOut(question, plan);
  if (retryClass === "none") return { type: "done", because: "done" };
  if (story.attemptsCounted >= plan.attemptsMax) return { type: "done", because: "attempts-exhausted" };
  if (retryClass === "carrier" && story.carrierTries >= plan.carrierTriesMax) {
    return { type: "done", because: "carrier-tries-exhausted" };
  }
  if (retryClass === "callback") return afterAgentMissing(question, plan);
  const rule = plan.byClass[retryClass];
  if (rule === undefined) return { type: "done", because: `no-rule-for-${retryClass}` };
  const row = rowOf(story, PERSONAL.includes(retryClass) ? null : ended.numberId).length;
  const isLeadSpent = row > rule.triesMax && PERSONAL.includes(retryClass);
  if (isLeadSpent || inTurn(story, plan).length === 0)
    return { type: "done", because: whySpent(story, plan, ended, row > rule.triesMax) };
  return slotOr(question, plan, {
    hurry: rule.anotherBand ? "best" : "soon",
    because: retryClass,
    delayMs: drawn(rule, question.jitter),
    sameNumber: rule.number === "same" ? ended.numberId : null,
  });
}

/** That its agent was missed says nothing of the person: the lead is back among the others, as soon as they let it through. */
function afterAgentMissing(question: NextQuestion, plan: RedialPlan): NextChoice {
  // Without a promise there is nobody to wait for, and this must not turn in a circle.
  const rule = question.promise === null ? plan.byClass.callback : undefined;
  const delayMs = rule === undefined ? 0 : drawn(rule, question.jitter);
  return slotOr(question, plan, { hurry: "soon", because: "callback", delayMs });
}

const drawn = ({ delayMs, delayMaxMs }: { delayMs: number; delayMaxMs: number }, jitter: number): number =>
  Math.round(delayMs + (delayMaxMs - delayMs) * jitter);

/** No number is left; the one just dialled says why. */
function whySpent(story: LeadStory, plan: RedialPlan, ended: EndedTry, isRowOver: boolean): string {
  const { retryClass } = outcomeFacts(ended.outcome);
  if (isRowOver) return `${retryClass}-tries-exhausted`;
  const number = story.numbers.find(({ numberId }) => numberId === ended.numberId);
  const because = number === undefined ? "out" : isSpent(story, number, plan);
  if (because === "number-limit") return "number-limits";
  return because === null || because === "out" ? "invalid" : because;
}

/** The number is out for good; the person may still have another. It is tried at once, because nobody was disturbed. */
function afterNumberOut(question: NextQuestion, plan: RedialPlan): NextChoice {
  const { story, ended } = question;
  if (inTurn(story, plan).length === 0) {
    const others = story.numbers.filter(({ numberId }) => numberId !== ended.numberId);
    const spent = others.map((number) => isSpent(story, number, plan)).find((because) => because !== "out");
    const own = ended.outcome === "suppressed" ? "suppressed" : ended.outcome === "fax" ? "fax" : "invalid";
    return { type: "done", because: spent === "number-limit" ? "number-limits" : (spent ?? own) };
  }
  if (story.attemptsCounted >= plan.attemptsMax) return { type: "done", because: "attempts-exhausted" };
  return slotOr(question, plan, { hurry: "now", because: "other-number" });
}

interface Wish {
  readonly hurry: SlotQuestion["hurry"];
  readonly because: string;
  readonly delayMs?: number;
  readonly sameNumber?: NumberId | null;
}

function slotOr(question: NextQuestion, plan: RedialPlan, wish: Wish): NextChoice {
  const { ended, now } = question;
  const from = latest(now, instant(ended.endedAt + (wish.delayMs ?? 0)));
  return chosen(question, { plan, from, hurry: wish.hurry, sameNumber: wish.sameNumber ?? null }, wish.because);
}

function chosen(
  { story, openAt, rates, jitter }: Pick<NextQuestion, "story" | "openAt" | "rates" | "jitter">,
  asked: Pick<SlotQuestion, "plan" | "from" | "hurry" | "sameNumber">,
  because: string,
): NextChoice {
  const slot = (mode: SlotQuestion["mode"]): Slot | Refusal =>
    chooseSlot({ story, openAt, rates, jitter, mode, ...asked });
  const strict = slot("strict");
  if (!("rule" in strict)) return { type: "retry", queue: "redial", because, ...strict };
  // A work number in a campaign of evenings: better at an odd hour than never, and `why` says so.
  const atAnyHour = slot("anyHour");
  if (!("rule" in atAnyHour)) return { type: "retry", queue: "redial", because: `${because}-any-hour`, ...atAnyHour };
  return { type: "held", because: atAnyHour.rule === "zone" ? "zone-unknown" : "no-window" };
}

/**
 * For a lead whose moment passed, or that something else than redialling sent away: its next moment as the rules have
 * it, without anything having been tried.
 */
export function chooseAgain(question: AgainQuestion): NextChoice {
  const plan = redialPlan(question.rules);
  const { story, from } = question;
  if (inTurn(story, plan).length === 0) return { type: "done", because: whyNoneLeft(story, plan) };
  if (story.attemptsCounted >= plan.attemptsMax) return { type: "done", because: "attempts-exhausted" };
  // Whoever was not there is sought where people answer; whoever was never called, as soon as may be.
  const hurry = story.attempts.length > 0 ? "best" : "soon";
  return chosen(question, { plan, from, hurry, sameNumber: null }, "put-off");
}

const whyNoneLeft = (story: LeadStory, plan: RedialPlan): string => {
  const reasons = story.numbers.map((number) => isSpent(story, number, plan));
  const because = reasons.find((each) => each !== null && each !== "out");
  if (because === "number-limit") return "number-limits";
  return because ?? "invalid";
};
