/**
 * When, if ever, a lead is tried again. "Never" is a value with a reason; jitter comes in as a number,
 * because no core file rolls dice.
 */
import type { RedialRules } from "../domain/campaign.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import type { Outcome } from "../domain/outcome.ts";

/** What the lead has been through, this attempt not included. */
export interface LeadHistory {
  readonly attemptsCounted: number;
  readonly carrierTries: number;
  readonly lastRetryClass: string | null;
  /** Outcomes of that class in a row. */
  readonly lastRetryClassCount: number;
  /** Whether the lead has a number that was not taken out, beside the one just dialled. */
  readonly hasOtherNumber: boolean;
}

export type NextAttempt =
  | { readonly type: "retry"; readonly at: Instant; readonly because: string }
  | { readonly type: "done"; readonly because: string }
  | { readonly type: "held"; readonly because: string }
  | { readonly type: "requeue" };

/** Jitter spreads what ended together: a tenth of the delay, so that a busy evening does not come back as a wall. */
const JITTER_SHARE = 0.1;

export function historyAfter(history: LeadHistory, outcome: Outcome): LeadHistory {
  const { countsAsAttempt, retryClass } = outcomeFacts(outcome);
  // Given back as it was: nothing was learnt about the number, so what came in a row before still does.
  const last = retryClass === "requeue" ? history.lastRetryClass : retryClass;
  const inARow = retryClass === "requeue" ? 0 : 1;
  return {
    attemptsCounted: history.attemptsCounted + (countsAsAttempt ? 1 : 0),
    carrierTries: history.carrierTries + (retryClass === "carrier" ? 1 : 0),
    lastRetryClass: last,
    lastRetryClassCount: history.lastRetryClass === last ? history.lastRetryClassCount + inARow : inARow,
    hasOtherNumber: history.hasOtherNumber,
  };
}

/** The number is out for good; the person may still have another. It is tried at once, because nobody was disturbed. */
function afterNumberOut(history: LeadHistory, rules: RedialRules, at: Instant): NextAttempt {
  if (!history.hasOtherNumber) return { type: "done", because: "invalid" };
  if (history.attemptsCounted >= rules.attemptsMax) return { type: "done", because: "attempts-exhausted" };
  return { type: "retry", at, because: "other-number" };
}

/**
 * @param history after the attempt that just ended, see {@link historyAfter}
 * @param jitter in [0, 1)
 */
export function nextAttempt(
  history: LeadHistory,
  outcome: Outcome,
  rules: RedialRules,
  at: Instant,
  jitter: number,
): NextAttempt {
  const { permanent, retryClass } = outcomeFacts(outcome);
  if (permanent) return afterNumberOut(history, rules, at);
  if (retryClass === "requeue") return { type: "requeue" };
  if (retryClass === "operator") return { type: "held", because: outcome };
  if (retryClass === "none") return { type: "done", because: "done" };
  if (history.attemptsCounted >= rules.attemptsMax) return { type: "done", because: "attempts-exhausted" };
  if (retryClass === "carrier" && history.carrierTries >= rules.carrierTriesMax) {
    return { type: "done", because: "carrier-tries-exhausted" };
  }
  const rule = rules.byClass[retryClass];
  if (rule === undefined) return { type: "done", because: `no-rule-for-${retryClass}` };
  if (history.lastRetryClassCount > rule.triesMax) return { type: "done", because: `${retryClass}-tries-exhausted` };
  const delayMs = Math.round(rule.delayMs * (1 + JITTER_SHARE * jitter));
  return { type: "retry", at: after(at, delayMs), because: retryClass };
}
