/** What pacing and the limiter are told: agents by state, calls on their way, lines taken. Counted anew at every tick. */
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { AgentId, CampaignId, LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import { isForFlow } from "../calls/attempt-order.ts";
import type { Agents } from "../agents/agents.ts";
import type { Calls } from "../calls/calls.ts";
import type { AgentCounts } from "../standing/standing.ts";
import type { ReturnCalls } from "../returns/return-calls.ts";

interface CallTally {
  pending: number;
  promised: number;
  /** Answered, and nobody promised to them yet. */
  waiting: number;
  /** On their way to a call flow: no agent is to come. */
  spoken: number;
}

const NO_CALLS: Readonly<CallTally> = { pending: 0, promised: 0, waiting: 0, spoken: 0 };

export class Capacity {
  readonly #calls: Calls;
  readonly #agents: Agents;
  /** Decided, their rows on the way to the store: they hold lines and agents already. */
  readonly #pending: () => Iterable<AttemptOrder>;

  /** People who called back: they wait for an agent like those who answered. */
  readonly #returns: ReturnCalls;

  constructor(calls: Calls, agents: Agents, returns: ReturnCalls, pending: () => Iterable<AttemptOrder>) {
    this.#calls = calls;
    this.#agents = agents;
    this.#returns = returns;
    this.#pending = pending;
  }

  /** Of the campaign, logged in here. */
  agents(campaignId: CampaignId): AgentCounts {
    const counts = { available: 0, previewing: 0, reserved: 0, onCall: 0, wrapUp: 0, paused: 0, loggedOut: 0 };
    for (const { profile, agent } of this.#agents.loggedIn()) {
      if (profile.campaignIds.includes(campaignId)) counts[agent.state.state] += 1;
    }
    const { available, previewing, reserved, onCall, wrapUp, paused } = counts;
    return { available, previewing, reserved, onCall, wrapUp, paused };
  }

  /** The campaign's own calls: decided or placed and not answered yet, and answered with nobody promised. */
  own(campaignId: CampaignId): Required<Pick<PacingSample, "callsPending" | "callsWaiting">> {
    const { pending, waiting, spoken } = this.#tally().get(campaignId) ?? NO_CALLS;
    return { callsPending: pending + spoken, callsWaiting: waiting + this.#returns.waiting(campaignId) };
  }

  /** @param counts the campaign's agents, where they have just been counted */
  sample(campaign: Campaign, leadsReady: number, counts = this.agents(campaign.campaignId)): PacingSample {
    const tally = this.#tally();
    const own = tally.get(campaign.campaignId) ?? NO_CALLS;
    const rivalCalls = this.#rivalCalls(tally, campaign.campaignId);
    return {
      agentsAvailable: counts.available,
      agentsReserved: counts.reserved,
      agentsOnCall: counts.onCall,
      agentsInWrapUp: counts.wrapUp,
      callsPending: own.pending + rivalCalls,
      callsPromised: own.promised,
      callsWaiting: own.waiting + this.#returns.concerning(campaign.campaignId),
      leadsReady,
    };
  }

  /** Whether an agent would be left if everybody who is being called now were to answer. */
  isOneToSpare(campaignId: CampaignId): boolean {
    const tally = this.#tally();
    const { pending, promised, waiting, spoken } = tally.get(campaignId) ?? NO_CALLS;
    const wanted = pending - promised + waiting + spoken + this.#rivalCalls(tally, campaignId);
    return this.agents(campaignId).available > wanted;
  }

  /** Campaigns whose calls ring, or are answered, and hold no agent. */
  needy(): ReadonlySet<CampaignId> {
    const needy = new Set<CampaignId>();
    for (const [campaignId, { pending, promised, waiting }] of this.#tally()) {
      if (pending > promised || waiting > 0) needy.add(campaignId);
    }
    return needy;
  }

  /** A call without an agent may take any of those it shares with others, and not more of them than there are. */
  #rivalCalls(tally: ReadonlyMap<CampaignId, CallTally>, campaignId: CampaignId): number {
    let calls = 0;
    for (const [rival, { available }] of this.#agents.rivalsOf(campaignId)) {
      const { pending, promised, waiting } = tally.get(rival) ?? NO_CALLS;
      calls += Math.min(pending - promised + waiting, available);
    }
    return calls;
  }

  #tally(): Map<CampaignId, CallTally> {
    const tally = new Map<CampaignId, CallTally>();
    for (const { order, call } of this.#calls.all()) {
      if (call.facts.answeredAt !== null) {
        // Whoever is listened to needs an agent in a moment, as far as anybody knows.
        const alone = call.heldAgentId === null;
        const isAsking = call.state === "inFlow" && call.wantsAgent && alone;
        if (call.state === "answered" || (call.state === "listening" && alone) || isAsking)
          tallyOf(tally, order.campaignId).waiting += 1;
      } else if (call.state !== "ending") count(tallyOf(tally, order.campaignId), order, call.heldAgentId);
    }
    for (const order of this.#pending()) count(tallyOf(tally, order.campaignId), order, order.agentId);
    return tally;
  }

  /** Whether a call to this lead is decided or under way: a claim that the store gave twice is not one to call twice. */
  isBeingCalled(leadId: LeadId): boolean {
    if (this.#returns.isTalkingTo(leadId)) return true;
    for (const { order } of this.#calls.all()) if (order.leadId === leadId) return true;
    for (const order of this.#pending()) if (order.leadId === leadId) return true;
    return false;
  }

  /** Both ways: a carrier counts those who call in as well. */
  linesOfTrunk(trunk: string): number {
    return this.linesInUse((order) => order.trunk === trunk) + this.#returns.linesOf(trunk);
  }

  /** On this trunk: placed, decided at this moment or later, and not heard to ring. */
  youngOf(trunk: string, since: Instant): number {
    let young = 0;
    for (const { order, call } of this.#calls.all()) {
      const { ringing, answeredAt } = call.facts;
      if (order.trunk === trunk && order.decidedAt >= since && ringing === "none" && answeredAt === null) young += 1;
    }
    return young;
  }

  /** Of all trunks, both ways. */
  linesOfNode(): number {
    return this.linesInUse(() => true) + this.#returns.count;
  }

  linesInUse(counts: (order: AttemptOrder) => boolean): number {
    let lines = 0;
    // Whoever is with an outside number takes a second one.
    for (const { order, call } of this.#calls.all())
      if (counts(order)) lines += call.transfer?.other === "outside" ? 2 : 1;
    for (const order of this.#pending()) if (counts(order)) lines += 1;
    return lines;
  }
}

function tallyOf(tally: Map<CampaignId, CallTally>, campaignId: CampaignId): CallTally {
  const known = tally.get(campaignId);
  if (known !== undefined) return known;
  const begun = { ...NO_CALLS };
  tally.set(campaignId, begun);
  return begun;
}

function count(calls: CallTally, order: AttemptOrder, promisedTo: AgentId | null): void {
  if (isForFlow(order)) {
    calls.spoken += 1;
    return;
  }
  calls.pending += 1;
  if (promisedTo !== null) calls.promised += 1;
}
