/**
 * What the end of a call means for everybody else: the attempt's row, the lead's next attempt, the journal, and one
 * line in the log with every figure of the call's life.
 */
import type { Call } from "../call/call.ts";
import type { AttemptFacts, Stamp } from "../domain/attempt.ts";
import { msBetween } from "../domain/instant.ts";
import { maskPhoneNumber } from "../domain/phone-number.ts";
import { historyAfter, nextAttempt } from "../lead/next-attempt.ts";
import type { LiveCall } from "./live-call.ts";
import type { EngineContext } from "./context.ts";
import type { AttemptEnd } from "./ports.ts";

export function settle(context: EngineContext, live: LiveCall, call: Extract<Call, { state: "ended" }>): void {
  const { order, lead, campaign } = live;
  const { facts, outcome } = call;
  const endedAt = facts.endedAt?.at ?? context.clock.now();
  const history = historyAfter(lead, outcome);
  const verdict = nextAttempt(history, outcome, campaign.redial, endedAt, context.random.next());
  const end: AttemptEnd = {
    attemptId: order.attemptId,
    leadId: order.leadId,
    numberId: order.numberId,
    facts,
    outcome,
    verdict,
    attemptsCounted: history.attemptsCounted,
    carrierTries: history.carrierTries,
    lastRetryClass: history.lastRetryClass,
    lastRetryClassCount: history.lastRetryClassCount,
  };
  context.journal.append({ at: endedAt, kind: "attempt-ended", attemptId: order.attemptId, outcome, facts, verdict });
  context.writeBehind.write(`end of ${order.attemptId}`, () => context.store.endAttempt(end));
  context.log.info("attempt ended", {
    attemptId: order.attemptId,
    campaign: campaign.name,
    number: maskPhoneNumber(order.number),
    trunk: order.trunk,
    outcome,
    endedBy: facts.endedBy,
    endReason: facts.endReason,
    cause: facts.cause,
    sip: facts.sip,
    agentId: facts.agentId,
    ...durations(facts),
    next: verdict.type,
  });
}

/** All in milliseconds; null where the step was not reached. */
function durations(facts: AttemptFacts): Record<string, number | null> {
  return {
    ringMs: between(facts.ringingAt ?? facts.progressAt, facts.answeredAt ?? facts.endedAt),
    answerToConnectMs: between(facts.answeredAt, facts.connectedAt),
    answerToMessageMs: between(facts.answeredAt, facts.messageAt),
    talkMs: between(facts.connectedAt, facts.endedAt),
    totalMs: between(facts.placedAt, facts.endedAt),
  };
}

const between = (from: Stamp | null, to: Stamp | null): number | null =>
  from === null || to === null ? null : msBetween(from.at, to.at);
