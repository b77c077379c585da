/** What pacing and the limiter are told: agents by state, calls on their way, lines taken. Counted anew at every tick. */
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { AgentId, CampaignId, LeadId } from "../domain/ids.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";
import type { AgentCounts } from "./standing.ts";

interface CallTally {
  pending: number;
  promised: number;
  /** Answered, and nobody promised to them yet. */
  waiting: number;
}

const NO_CALLS: Readonly<CallTally> = { pending: 0, promised: 0, waiting: 0 };

export class Capacity {
  readonly #calls: Calls;
  readonly #agents: Agents;
  /** Decided, their rows on the way to the store: they hold lines and agents already. */
  readonly #pending: () => Iterable<AttemptOrder>;

  constructor(calls: Calls, agents: Agents, pending: () => Iterable<AttemptOrder>) {
    this.#calls = calls;
    this.#agents = agents;
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
    const { pending, waiting } = this.#tally().get(campaignId) ?? NO_CALLS;
    return { callsPending: pending, callsWaiting: waiting };
  }

  /** @param counts the campaign's agents, where they have just been counted */
  sample(campaign: Campaign, leadsReady: number, counts = this.agents(campaign.campaignId)): PacingSample {
    const tally = this.#tally();
    const own = tally.get(campaign.campaignId) ?? NO_CALLS;
    let rivalCalls = 0;
    for (const [rival, { available }] of this.#agents.rivalsOf(campaign.campaignId)) {
      // A call without an agent may take any of those it shares with others, and not more of them than there are.
      const { pending, promised, waiting } = tally.get(rival) ?? NO_CALLS;
      rivalCalls += Math.min(pending - promised + waiting, available);
    }
    return {
      agentsAvailable: counts.available,
      agentsReserved: counts.reserved,
      agentsOnCall: counts.onCall,
      agentsInWrapUp: counts.wrapUp,
      callsPending: own.pending + rivalCalls,
      callsPromised: own.promised,
      callsWaiting: own.waiting,
      leadsReady,
    };
  }

  /** Campaigns whose calls ring, or are answered, and hold no agent. */
  needy(): ReadonlySet<CampaignId> {
    const needy = new Set<CampaignId>();
    for (const [campaignId, { pending, promised, waiting }] of this.#tally()) {
      if (pending > promised || waiting > 0) needy.add(campaignId);
    }
    return needy;
  }

  #tally(): Map<CampaignId, CallTally> {
    const tally = new Map<CampaignId, CallTally>();
    for (const { order, call } of this.#calls.all()) {
      if (call.facts.answeredAt !== null) {
        // Whoever is listened to needs an agent in a moment, as far as anybody knows.
        const waits = call.state === "answered" || (call.state === "listening" && call.heldAgentId === null);
        if (waits) tallyOf(tally, order.campaignId).waiting += 1;
      } else if (call.state !== "ending") count(tallyOf(tally, order.campaignId), call.heldAgentId);
    }
    for (const order of this.#pending()) count(tallyOf(tally, order.campaignId), order.agentId);
    return tally;
  }

  /** Whether a call to this lead is decided or under way: a claim that the store gave twice is not one to call twice. */
  isBeingCalled(leadId: LeadId): boolean {
    for (const { order } of this.#calls.all()) if (order.leadId === leadId) return true;
    for (const order of this.#pending()) if (order.leadId === leadId) return true;
    return false;
  }

  linesInUse(counts: (order: AttemptOrder) => boolean): number {
    let lines = 0;
    for (const { order } of this.#calls.all()) if (counts(order)) lines += 1;
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

function count(calls: CallTally, promisedTo: AgentId | null): void {
  calls.pending += 1;
  if (promisedTo !== null) calls.promised += 1;
}
