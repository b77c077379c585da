/**
 * Calls that somebody asked for by name, in any mode: looked at under the same rules as every other, with the agent for whom
 * they were asked reserved. One rule to remember: each gets an answer within seconds, and what was not begun by then never is.
 */
import { MANUAL_PAUSE, type AgentState } from "../../agent/agent.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId, CampaignId, LeadId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Admitting } from "./admitting.ts";
import type { Agents } from "../agents/agents.ts";
import { decided } from "../calls/attempt-order.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "./hopper.ts";
import type { Pending } from "./inserting.ts";
import type { LeadToDial, LeadVerdict, ManualEnd, PendingManualCall } from "../ports.ts";
import type { Previews } from "../previews/previews.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { screened } from "../rules/screening.ts";

export interface ManualParts {
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly previews: Previews;
  /** Whether a call of this lead lives, or is about to. */
  readonly isBeingCalled: (leadId: LeadId) => boolean;
}

interface Asked {
  readonly call: PendingManualCall;
  readonly takenAt: Instant;
  lead: LeadToDial | null;
  attemptId: AttemptId | null;
}

type Answer = Pick<ManualEnd, "code" | "says">;

/** From being heard of to being placed: the agent sits and waits. */
export const MANUAL_WAIT_MS = 10_000;
/** Asked for while no daemon listened; the half minute is for clocks that differ. */
const AGE_MAX_MS = 30_000;

const NOT_RUNNING: Answer = {
  code: "campaign-not-running",
  says: "The campaign does not run, so nobody is called for it.",
};
const IN_HAND: Answer = { code: "lead-in-hand", says: "Somebody else has this lead in hand at this moment." };
const NOT_BEGUN: Answer = {
  code: "not-begun",
  says: `Nothing could be placed within ${MANUAL_WAIT_MS / 1_000} seconds: no line was free, or the dialler places nothing now.`,
};
const TOO_LATE: Answer = { code: "too-late", says: "It was asked for longer ago than a call may wait." };

export class ManualCalls {
  readonly #context: EngineContext;
  readonly #parts: ManualParts;
  readonly #onReady: () => void;
  readonly #asked = new Map<number, Asked>();
  /** Answered, and listed still because the answer is on its way to the store. */
  readonly #answered = new Set<number>();

  constructor(context: EngineContext, parts: ManualParts, onReady: () => void) {
    this.#context = context;
    this.#parts = parts;
    this.#onReady = onReady;
  }

  /** What is wanted now. Whatever is read late or twice comes to the same. */
  obey(calls: readonly PendingManualCall[], campaigns: readonly Campaign[]): void {
    const running = new Set(campaigns.flatMap((each) => (each.desiredState === "running" ? [each.campaignId] : [])));
    const listed = new Set(calls.map(({ manualId }) => manualId));
    for (const id of this.#answered) if (!listed.has(id)) this.#answered.delete(id);
    for (const call of calls) {
      if (this.#asked.has(call.manualId) || this.#answered.has(call.manualId)) continue;
      this.#begin(call, running.has(call.campaignId));
    }
    for (const asked of this.#waiting()) {
      if (!running.has(asked.call.campaignId)) this.#refuse(asked, NOT_RUNNING, { type: "requeue" });
    }
  }

  /** Those that are to be placed for the campaign. */
  count(campaignId: CampaignId): number {
    return this.#waitingFor(campaignId).length;
  }

  /** Up to `count` attempts; whoever may not be called is answered for. */
  decide(
    { campaign, rules }: { readonly campaign: Campaign; readonly rules: CampaignRules },
    count: number,
  ): Pending[] {
    const pending: Pending[] = [];
    for (const asked of this.#waitingFor(campaign.campaignId)) {
      if (pending.length >= count) break;
      const made = this.#decideOne(asked, campaign, rules);
      if (made !== null) pending.push(made);
    }
    return pending;
  }

  /** The campaign may not dial at all now. */
  bar(campaignId: CampaignId, bar: { readonly rule: string; readonly says: string }): void {
    for (const asked of this.#waitingFor(campaignId)) {
      this.#refuse(asked, { code: bar.rule, says: bar.says }, { type: "requeue" });
    }
  }

  /** What has waited for long enough. */
  expire(): void {
    const now = this.#context.clock.now();
    for (const asked of this.#waiting()) {
      if (msBetween(asked.takenAt, now) > MANUAL_WAIT_MS) this.#refuse(asked, NOT_BEGUN, { type: "requeue" });
    }
  }

  placed(attemptId: AttemptId): void {
    const asked = this.#of(attemptId);
    if (asked !== null) this.#finish(asked, attemptId, { code: "placed", says: "The call is on its way." });
  }

  /** Taken back before telephony was asked; its lead has gone back. */
  withdrawn(attemptId: AttemptId, refusal: { readonly rule: string; readonly says: string } | null): void {
    const asked = this.#of(attemptId);
    if (asked === null) return;
    this.#finish(asked, null, refusal === null ? NOT_BEGUN : { code: refusal.rule, says: refusal.says });
  }

  #begin(call: PendingManualCall, isRunning: boolean): void {
    const { clock, store, settings, mailbox, log, journal } = this.#context;
    const takenAt = clock.now();
    const asked: Asked = { call, takenAt, lead: null, attemptId: null };
    this.#asked.set(call.manualId, asked);
    journal.append({ at: takenAt, kind: "manual-asked", ...call });
    const why = isRunning ? (msBetween(call.requestedAt, takenAt) > AGE_MAX_MS ? TOO_LATE : null) : NOT_RUNNING;
    mailbox.await(
      "lead of a manual call",
      store.manualLead(settings.nodeId, call.manualId, takenAt),
      (lead) => {
        if (this.#asked.get(call.manualId) !== asked) return;
        asked.lead = lead;
        if (lead === null) this.#finish(asked, null, why ?? IN_HAND);
        else if (why !== null) this.#refuse(asked, why, { type: "requeue" });
        else this.#onReady();
      },
      (error) => {
        log.warn("the lead of a manual call could not be read", { manualId: call.manualId, error });
        if (this.#asked.get(call.manualId) === asked) this.#finish(asked, null, NOT_BEGUN);
      },
    );
  }

  #decideOne(asked: Asked, campaign: Campaign, rules: CampaignRules): Pending | null {
    const { agents, hopper, admitting, ruleBook, previews } = this.#parts;
    const { clock, random } = this.#context;
    const { lead, call } = asked;
    if (lead === null) return null;
    const at = clock.now();
    hopper.forget(campaign.campaignId, lead.leadId);
    const others = [...this.#asked.values()].filter((other) => other !== asked && other.lead?.leadId === lead.leadId);
    if (previews.has(lead.leadId) || others.length > 0 || this.#parts.isBeingCalled(lead.leadId)) {
      this.#finish(asked, null, IN_HAND);
      return null;
    }
    const where = agents.whereabouts(call.agentId, campaign.campaignId);
    const state = where === "away" ? null : agents.stateOf(call.agentId);
    if (!mayHaveOne(state)) {
      this.#refuse(asked, whyNotTheirs(state), { type: "requeue" });
      return null;
    }
    const facts = ruleBook.factsOf(campaign);
    const verdict = screened({ lead, campaign: facts, rules, guaranteed: true }, lead.facts, at);
    if (!verdict.allowed) {
      const says = verdict.ruleId === null ? verdict.says : `${verdict.says} (${verdict.ruleId})`;
      this.#refuse(asked, { code: verdict.rule, says }, admitting.refusal(campaign, rules, lead, verdict, at));
      return null;
    }
    const attemptId = random.attemptId(at);
    if (!agents.reserveOne(call.agentId, attemptId, campaign.campaignId, "manual")) return null;
    asked.attemptId = attemptId;
    const chosen = { attemptId, lead, agentId: call.agentId, overdial: false, evidence: verdict.evidence, at };
    return decided(this.#context, { campaign, rules }, chosen, "manual");
  }

  #refuse(asked: Asked, answer: Answer, verdict: LeadVerdict): void {
    if (asked.lead !== null) this.#parts.admitting.giveBack(asked.lead, verdict, this.#context.clock.now());
    this.#finish(asked, null, answer);
  }

  #finish({ call: { manualId } }: Asked, attemptId: AttemptId | null, { code, says }: Answer): void {
    const { clock, journal, writeBehind } = this.#context;
    this.#asked.delete(manualId);
    this.#answered.add(manualId);
    const end: ManualEnd = { manualId, at: clock.now(), attemptId, code, says };
    journal.append({ kind: "manual-answered", ...end });
    writeBehind.write({ type: "manualEnd", end });
  }

  #waiting(): Asked[] {
    return [...this.#asked.values()].filter(({ lead, attemptId }) => lead !== null && attemptId === null);
  }

  #waitingFor(campaignId: CampaignId): Asked[] {
    return this.#waiting().filter(({ call }) => call.campaignId === campaignId);
  }

  #of(attemptId: AttemptId): Asked | null {
    for (const asked of this.#asked.values()) if (asked.attemptId === attemptId) return asked;
    return null;
  }
}

/** Waits for a call, or has paused for such calls only. */
const mayHaveOne = (state: AgentState | null): boolean =>
  state?.state === "available" || (state?.state === "paused" && state.pauseReason === MANUAL_PAUSE);

function whyNotTheirs(state: AgentState | null): Answer {
  if (state === null || state.state === "loggedOut") {
    return { code: "agent-away", says: "The agent is not logged in on this node, or not of this campaign." };
  }
  const doing = state.state === "paused" ? `paused (${state.pauseReason})` : state.state;
  const says = `The agent is ${doing}: a call by hand needs one who is available, or paused with the reason ${MANUAL_PAUSE}.`;
  return { code: "agent-not-free", says };
}
