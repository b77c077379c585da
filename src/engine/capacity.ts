/** What pacing and the limiter are told: agents by state, calls on their way, lines taken. Counted anew at every tick. */
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { AgentId, CampaignId } from "../domain/ids.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";

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

  sample(campaign: Campaign, leadsReady: number): PacingSample {
    const counts = { available: 0, reserved: 0, onCall: 0, wrapUp: 0, paused: 0, loggedOut: 0 };
    for (const { profile, agent } of this.#agents.loggedIn()) {
      if (profile.campaignIds.includes(campaign.campaignId)) counts[agent.state.state] += 1;
    }
    const rivals = this.#agents.rivalsOf(campaign.campaignId);
    let callsPending = 0;
    let callsPromised = 0;
    let callsWaiting = 0;
    const count = (campaignId: CampaignId, promisedTo: AgentId | null): void => {
      // A call without an agent may take any of those it shares with others: for each of them it is on its way.
      if (campaignId !== campaign.campaignId && (promisedTo !== null || !rivals.has(campaignId))) return;
      callsPending += 1;
      if (promisedTo !== null) callsPromised += 1;
    };
    for (const { order, call } of this.#calls.all()) {
      if (call.facts.answeredAt === null) {
        if (call.state !== "ending") count(order.campaignId, call.heldAgentId);
      } else if (
        call.state === "answered" &&
        (order.campaignId === campaign.campaignId || rivals.has(order.campaignId))
      ) {
        callsWaiting += 1;
      }
    }
    for (const order of this.#pending()) count(order.campaignId, order.agentId);
    return {
      agentsAvailable: counts.available,
      agentsReserved: counts.reserved,
      agentsOnCall: counts.onCall,
      agentsInWrapUp: counts.wrapUp,
      callsPending,
      callsPromised,
      callsWaiting,
      leadsReady,
    };
  }

  linesInUse(counts: (order: AttemptOrder) => boolean): number {
    let lines = 0;
    for (const { order } of this.#calls.all()) if (counts(order)) lines += 1;
    for (const order of this.#pending()) if (counts(order)) lines += 1;
    return lines;
  }
}
