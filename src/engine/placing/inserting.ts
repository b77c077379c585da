/**
 * From decided attempts to calls on their way: the row, then telephony; and what is taken back in between.
 *
 * The rule to remember: the row is committed before telephony is asked. A crash in between costs one counted
 * attempt; the other order could ring a person twice.
 */
import { beginCall } from "../../call/call.ts";
import type { Call } from "../../call/call.ts";
import { classify } from "../../call/classify.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { DialRefusal } from "../../compliance/may-dial.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import { NOTHING_KNOWN } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Agents } from "../agents/agents.ts";
import type { Allowance } from "../rules/allowance.ts";
import type { Calls } from "../calls/calls.ts";
import type { EngineContext } from "../context.ts";
import { amdOf, listeningOf } from "../calls/amd.ts";
import type { Flow } from "../../flow/flow.ts";
import type { LiveCall } from "../calls/live-call.ts";
import { policyOf } from "../calls/live-call.ts";
import type { OverdialGate } from "../rules/overdial-gate.ts";
import type { LeadToDial } from "../ports.ts";
import { StoreError } from "../ports.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { whyNot } from "../rules/screening.ts";
import { settle } from "../calls/settle.ts";
import { Spacing } from "./spacing.ts";

/** Decided, its row on the way to the store. It holds a line and perhaps an agent already, but is not a call yet. */
export interface Pending {
  readonly order: AttemptOrder;
  readonly lead: LeadToDial;
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  /** What is to be carried out on it; left out where an agent is to talk. */
  readonly flow?: Flow;
}

export interface InsertingParts {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly ruleBook: RuleBook;
  readonly gate: OverdialGate;
}

export interface InsertingHost {
  /** Asked once more when the row is written: it took a moment. */
  mayPlace(campaignId: CampaignId): boolean;
  placed(order: AttemptOrder, lead: LeadToDial): void;
  /** Taken back before telephony was asked. @param refusal what the transaction saw against it; null for another reason */
  withdrawn(order: AttemptOrder, refusal: DialRefusal | null): void;
}

const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

export class Inserting {
  readonly #context: EngineContext;
  readonly #parts: InsertingParts;
  readonly #host: InsertingHost;
  readonly #spacing: Spacing<Pending>;
  readonly #pending = new Map<AttemptId, Pending>();
  /** Their numbers are to be called with an agent or not at all, as the store knew when it wrote them. */
  readonly #owed = new Set<AttemptId>();
  readonly #pauses = new Map<CampaignId, { readonly forMs: number; readonly until: Instant }>();

  constructor(context: EngineContext, parts: InsertingParts, host: InsertingHost) {
    this.#context = context;
    this.#parts = parts;
    this.#host = host;
    this.#spacing = new Spacing(context, (each) => {
      this.#place(each);
    });
  }

  get count(): number {
    return this.#pending.size;
  }

  *orders(): Iterable<AttemptOrder> {
    for (const { order } of this.#pending.values()) yield order;
  }

  /** From here on it holds its line and its agent. */
  add(pending: Pending): void {
    this.#pending.set(pending.order.attemptId, pending);
  }

  /** The store has refused this campaign's attempts for good, and is left alone for a while. */
  isPaused(campaignId: CampaignId): boolean {
    const pause = this.#pauses.get(campaignId);
    return pause !== undefined && this.#context.clock.now() < pause.until;
  }

  /** Attempts of one campaign that were added, decided under the same rules and the same allowance. */
  insert(
    { campaign, rules, allowance }: Pick<Pending, "campaign" | "rules"> & { readonly allowance: Allowance },
    pending: readonly Pending[],
  ): void {
    const { store, settings, mailbox, log } = this.#context;
    const { ruleBook, gate } = this.#parts;
    const byId = new Map(pending.map((each) => [each.order.attemptId, each]));
    const facts = ruleBook.factsOf(campaign);
    const refusals = new Map<AttemptId, DialRefusal>();
    mailbox.await(
      "attempt rows committed",
      store.insertAttempts(
        settings.nodeId,
        pending.map((each) => each.order),
        {
          mayDial: (order, numberFacts) => {
            const lead = byId.get(order.attemptId)?.lead;
            if (lead === undefined) return false;
            const guaranteed = order.agentId !== null;
            const { guaranteedOnlyUntil } = numberFacts;
            // Since the decision: whoever was abandoned meanwhile, or taken for a machine, is not listened to.
            if (guaranteedOnlyUntil !== null && guaranteedOnlyUntil > order.decidedAt) this.#owed.add(order.attemptId);
            const refusal = whyNot({ lead, campaign: facts, rules, guaranteed }, numberFacts, order.decidedAt);
            if (refusal !== null) refusals.set(order.attemptId, refusal);
            return refusal === null;
          },
          overdial: allowance.guard,
        },
      ),
      (refused) => {
        this.#pauses.delete(campaign.campaignId);
        if (refused.length > 0) gate.refused(campaign.campaignId);
        for (const each of pending) {
          // The lead goes back; its next screening says why it may not be dialled.
          const { attemptId } = each.order;
          if (refused.includes(attemptId)) this.#withdraw(each, "not written", refusals.get(attemptId));
          else this.#spacing.add(each);
        }
      },
      (error) => {
        const conflict = error instanceof StoreError && error.kind === "conflict";
        const isRefused = !(error instanceof StoreError) || error.kind === "broken" || error.kind === "unusable";
        if (isRefused) this.#pause(campaign, error);
        log.warn("attempt rows could not be written; nothing is placed", { count: pending.length, error });
        for (const each of pending) this.#withdraw(each, conflict ? "not written" : "unknown");
      },
    );
  }

  /** What the store refuses for good it will refuse again: neither the list nor the log is to be worn out on it. */
  #pause({ campaignId, name }: Campaign, error: unknown): void {
    const { clock } = this.#context;
    const forMs = Math.min(PAUSE_MAX_MS, 2 * (this.#pauses.get(campaignId)?.forMs ?? PAUSE_FIRST_MS / 2));
    this.#pauses.set(campaignId, { forMs, until: after(clock.now(), forMs) });
    const says = `${name}: the store refuses attempts: ${error instanceof Error ? error.message : String(error)}`;
    this.#parts.ruleBook.alarm(campaignId, null, "STORE-REFUSES", says.slice(0, 500));
  }

  #place(pending: Pending): void {
    const { order, lead, campaign, rules, flow = null } = pending;
    const { telephony, clock, settings } = this.#context;
    const { agents, ruleBook, calls } = this.#parts;
    const promised = order.agentId === null || agents.holds(order.agentId, order.attemptId);
    // The row took a moment, and a campaign may have been barred in it.
    const barred = ruleBook.barOf(campaign, rules, clock.now()) !== null;
    const isLate = msBetween(order.decidedAt, clock.now()) > settings.timings.decisionMaxMs;
    const mayPlace = this.#host.mayPlace(order.campaignId);
    if (!mayPlace || !telephony.isUp() || !promised || barred || isLate) {
      this.#withdraw(pending, "written");
      return;
    }
    this.#pending.delete(order.attemptId);
    const deadlineAt = after(clock.now(), settings.timings.placeTimeoutMs);
    const call = beginCall(order.attemptId, { ...NOTHING_KNOWN, agentId: order.agentId }, deadlineAt);
    const listens = this.#owed.delete(order.attemptId) ? null : amdOf(campaign, order, settings);
    const policy = policyOf(campaign, order, rules.profile, settings.timings, listens, flow);
    calls.add({ order, lead, campaign, profile: rules.profile, policy, listens, flow, call });
    this.#host.placed(order, lead);
    telephony.place({
      attemptId: order.attemptId,
      number: order.number,
      cliNumber: order.cliNumber,
      trunk: order.trunk,
      // Ours ends it first: it may have to ring on for the least time.
      ringTimeoutMs: campaign.ringTimeoutMs + Math.max(policy.ringMinMs, policy.earlyRingMinMs),
      listening: listens === null ? null : listeningOf(listens),
    });
  }

  /** Taken back before telephony was asked. If its row may exist it ends as not placed, and the lead is as before. */
  #withdraw(
    { order, lead, campaign, rules }: Pending,
    row: "written" | "not written" | "unknown",
    refusal: DialRefusal | null = null,
  ): void {
    const { settings, clock, writeBehind, journal } = this.#context;
    this.#pending.delete(order.attemptId);
    this.#owed.delete(order.attemptId);
    if (order.agentId !== null) this.#parts.agents.release(order.agentId, order.attemptId, false, 0);
    if (row === "not written") {
      // Nothing else would say what became of the decision.
      journal.append({ at: clock.now(), kind: "attempt-withdrawn", attemptId: order.attemptId });
    } else {
      const policy = policyOf(campaign, order, rules.profile, settings.timings);
      const at = clock.now();
      const facts = { ...NOTHING_KNOWN, placeFailure: "withdrawn" as const, endedAt: { at, asteriskAt: null } };
      const ended: Call = { state: "ended", attemptId: order.attemptId, facts, outcome: classify(facts, policy) };
      const call = beginCall(order.attemptId, facts, at);
      const live: LiveCall = { order, lead, campaign, profile: rules.profile, policy, listens: null, call };
      settle(this.#context, live, ended);
    }
    // Harmless when the end of the attempt has settled the lead already: then nobody holds the lease.
    const { nodeId } = settings;
    const verdict = { type: "requeue" } as const;
    writeBehind.write({ type: "leadRelease", nodeId, leadId: order.leadId, verdict, at: clock.now() });
    this.#host.withdrawn(order, refusal);
  }
}
