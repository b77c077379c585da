/**
 * What the end of a call means for everybody else: the attempt's row, the lead's next attempt, the journal, and one
 * line in the log with every figure of the call's life.
 */
import type { Call } from "../../call/call.ts";
import { accountOf } from "../../compliance/account.ts";
import { isTakenForPerson } from "../../domain/amd.ts";
import type { AttemptFacts, Stamp } from "../../domain/attempt.ts";
import { after, latest, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import { maskPhoneNumber } from "../../domain/phone-number.ts";
import { tellPromise } from "../placing/admitting.ts";
import type { LiveCall } from "./live-call.ts";
import type { EngineContext } from "../context.ts";
import type { AttemptEnd } from "../ports.ts";
import { afterAttempt, contactMade } from "./redialling.ts";

/** @returns what was written down */
export function settle(context: EngineContext, live: LiveCall, call: Extract<Call, { state: "ended" }>): AttemptEnd {
  const { order, lead, campaign } = live;
  const { facts, outcome } = call;
  const endedAt = facts.endedAt?.at ?? context.clock.now();
  const rates = context.contacts.of(campaign.campaignId);
  // Decided and placed are moments apart, and rows keep the decision: the story told later is the same.
  const placedAt = order.decidedAt;
  const when = { outcome, placedAt, endedAt, now: latest(endedAt, context.clock.now()) };
  const redial = { lead, campaign, profile: live.profile, rates, jitter: context.random.next() };
  const verdict = afterAttempt(redial, when);
  const end: AttemptEnd = {
    attemptId: order.attemptId,
    leadId: order.leadId,
    numberId: order.numberId,
    facts,
    outcome,
    verdict,
    contact: contactMade(lead, outcome, placedAt),
    account: accountIn(live, call),
    guaranteedOnlyUntil: guaranteedOnlyUntil(live, call, endedAt),
  };
  tellPromise(context, lead, verdict, endedAt);
  context.journal.append({
    at: endedAt,
    kind: "attempt-ended",
    attemptId: order.attemptId,
    outcome,
    facts,
    verdict,
    account: end.account,
  });
  context.writeBehind.write({ type: "attemptEnd", end });
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
    verdict: facts.verdict,
    verdictAct: facts.verdictAct,
    // All in milliseconds; null where the step was not reached.
    ringMs: between(facts.ringingAt ?? facts.progressAt, facts.answeredAt ?? facts.endedAt),
    answerToVerdictMs: between(facts.answeredAt, facts.verdictAt),
    answerToConnectMs: between(facts.answeredAt, facts.connectedAt),
    answerToMessageMs: between(facts.answeredAt, facts.messageAt),
    talkMs: between(facts.connectedAt, facts.endedAt),
    totalMs: between(facts.placedAt, facts.endedAt),
    next: verdict.type,
  });
  return end;
}

/** Without a profile nobody can say what the call owed; such a call is one of the last process, under a profile that went. */
function accountIn(
  { profile, order }: LiveCall,
  { facts, outcome }: { facts: AttemptFacts; outcome: Outcome },
): AttemptEnd["account"] {
  if (profile === null) return null;
  return accountOf(facts, outcome, {
    abandon: profile.abandon,
    clock: order.clock,
    ringMinMs: profile.ringMinMs,
    amd: null,
  });
}

/** Whoever was abandoned, or taken for a machine, is not to find nobody there a second time (UK-72H-1, UK-24H-1). */
function guaranteedOnlyUntil(
  live: LiveCall,
  { facts, outcome }: { facts: AttemptFacts; outcome: Outcome },
  endedAt: Instant,
): Instant | null {
  if (live.profile === null) return null;
  const { guaranteedAfterAbandonMs, guaranteedAfterMachineMs } = live.profile;
  const entry = accountIn(live, { facts, outcome })?.entry;
  if (entry === "abandonedWithMessage" || entry === "silent") return later(endedAt, guaranteedAfterAbandonMs);
  // Right or wrong, and whoever talked to them in the end: the rule asks for the verdict, and not for what followed.
  const isNoPerson = facts.verdict !== null && !isTakenForPerson(facts.verdict);
  if (entry === "machineDropped" || isNoPerson) {
    return later(facts.verdictAt?.at ?? facts.answeredAt?.at ?? endedAt, guaranteedAfterMachineMs);
  }
  return null;
}

const later = (at: Instant, ms: number): Instant | null => (ms > 0 ? after(at, ms) : null);

const between = (from: Stamp | null, to: Stamp | null): number | null =>
  from === null || to === null ? null : msBetween(from.at, to.at);
