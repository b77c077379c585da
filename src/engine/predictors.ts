/**
 * What predictive campaigns have learned on this node, kept beside the calls: who answers, after how long, how long agents
 * talk and wrap up. Fed with what happens to calls and agents; asked how many to place.
 */
import type { AgentState } from "../agent/agent.ts";
import type { Call, LivingCall } from "../call/call.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import { msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { Predictive } from "../pacing/predictive.ts";
import type { Ages, Decision } from "../pacing/predictive.ts";
import type { Agents } from "./agents.ts";
import type { Allowance } from "./allowance.ts";
import type { Calls } from "./calls.ts";
import type { LiveCall } from "./live-call.ts";
import type { AgentProfile } from "./ports.ts";

interface Learner {
  readonly predictive: Predictive;
  readonly ringTimeoutMs: number;
}

/** What a decision is made from, beside calls and agents. */
export interface Circumstances {
  readonly campaign: Campaign;
  readonly allowance: Allowance;
  readonly leadsReady: number;
  /** Lines that the campaign may have, those in use included. */
  readonly linesMax: number;
  readonly at: Instant;
  /** Decided, their rows on the way to the store. */
  readonly pending: Iterable<AttemptOrder>;
}

/** Grows by need and is filled again for each decision. */
class AgeList implements Ages {
  valuesMs = new Float64Array(64);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add(ageMs: number): void {
    if (this.count === this.valuesMs.length) {
      const longer = new Float64Array(2 * this.count);
      longer.set(this.valuesMs);
      this.valuesMs = longer;
    }
    this.valuesMs[this.count] = Math.max(0, ageMs);
    this.count += 1;
  }
}

export class Predictors {
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #learners = new Map<CampaignId, Learner>();
  readonly #talk = new AgeList();
  readonly #wrapUp = new AgeList();
  readonly #ringing = new AgeList();

  constructor(calls: Calls, agents: Agents) {
    this.#calls = calls;
    this.#agents = agents;
  }

  decide(now: Circumstances): Decision {
    const { campaign, allowance, at } = now;
    const waiting = this.#countCalls(now);
    const available = this.#countAgents(campaign.campaignId, at);
    return this.#learnerOf(campaign).predictive.decide({
      atMs: at,
      agentsAvailable: available,
      talk: this.#talk,
      wrapUp: this.#wrapUp,
      ringing: this.#ringing,
      confirmedRinging: null,
      callsWaiting: waiting,
      leadsReady: now.leadsReady,
      linesMax: now.linesMax,
      windows: allowance.windows,
      isStale: allowance.windows.length === 0,
    });
  }

  callPlaced({ campaignId }: AttemptOrder, at: Instant): void {
    this.#learners.get(campaignId)?.predictive.forecast.callsPlaced(at, 1);
  }

  callChanged({ order }: LiveCall, before: LivingCall, after: Call): void {
    const learner = this.#learners.get(order.campaignId);
    if (learner === undefined) return;
    const { forecast } = learner.predictive;
    const { answeredAt, connectedAt, endedAt, endedBy, endReason } = after.facts;
    const placedAt = after.facts.placedAt?.at ?? order.decidedAt;
    if (answeredAt !== null && before.facts.answeredAt === null) forecast.liveAnswer(placedAt, answeredAt.at);
    if (after.state !== "ended" || endedAt === null) return;
    if (connectedAt !== null && answeredAt !== null) forecast.talkEnded(msBetween(answeredAt.at, endedAt.at));
    if (answeredAt !== null) return;
    // Our own time-out is the network's answer as well: nobody came to the phone.
    const cutShort = endedBy === "us" && endReason !== "ringTimeout";
    if (cutShort) forecast.callCancelled(placedAt, endedAt.at);
    else forecast.callFailed(placedAt, endedAt.at);
  }

  agentChanged({ campaignIds }: AgentProfile, before: AgentState, after: AgentState, at: Instant): void {
    if (before.state !== "wrapUp" || after.state === "wrapUp") return;
    for (const campaignId of campaignIds) {
      this.#learners.get(campaignId)?.predictive.forecast.wrapUpEnded(msBetween(before.since, at));
    }
  }

  #learnerOf({ campaignId, ringTimeoutMs, connectTimeoutMs, connectSafetyMarginMs }: Campaign): Learner {
    const known = this.#learners.get(campaignId);
    if (known?.ringTimeoutMs === ringTimeoutMs) return known;
    const connectLimitMs = Math.max(0, connectTimeoutMs - connectSafetyMarginMs);
    const predictive = new Predictive({ ringTimeoutMs, connectLimitMs, recourseAfterMs: null });
    const learner = { predictive, ringTimeoutMs };
    this.#learners.set(campaignId, learner);
    return learner;
  }

  /** Calls on their way that hold no agent, and how many people wait. Those of campaigns that share agents are ours too. */
  #countCalls({ campaign, pending, at }: Circumstances): number {
    const ringing = this.#ringing;
    ringing.clear();
    const rivals = this.#agents.rivalsOf(campaign.campaignId);
    const room = new Map([...rivals].map(([rival, { agents }]) => [rival, agents]));
    const concerns = (campaignId: CampaignId): boolean => {
      if (campaignId === campaign.campaignId) return true;
      const left = room.get(campaignId) ?? 0;
      // Of another campaign's calls not more than there are agents in common.
      if (left > 0) room.set(campaignId, left - 1);
      return left > 0;
    };
    let waiting = 0;
    for (const { order, call } of this.#calls.all()) {
      if (call.heldAgentId !== null || call.state === "ending" || !concerns(order.campaignId)) continue;
      if (call.state === "answered") waiting += 1;
      else if (call.facts.answeredAt === null) {
        ringing.add(msBetween(call.facts.placedAt?.at ?? order.decidedAt, at));
      }
    }
    for (const { campaignId, agentId } of pending) if (agentId === null && concerns(campaignId)) ringing.add(0);
    return waiting;
  }

  /** How many are available; the ages of those who talk and wrap up. Who is promised to a ringing call is neither. */
  #countAgents(campaignId: CampaignId, at: Instant): number {
    this.#talk.clear();
    this.#wrapUp.clear();
    let available = 0;
    for (const { profile, agent } of this.#agents.loggedIn()) {
      if (!profile.campaignIds.includes(campaignId)) continue;
      const { state } = agent;
      if (state.state === "available") available += 1;
      else if (state.state === "wrapUp" && agent.afterwards === null) this.#wrapUp.add(msBetween(state.since, at));
      else if ((state.state === "onCall" || state.state === "reserved") && agent.afterwards === null) {
        const answeredAt = this.#calls.find(state.attemptId)?.call.facts.answeredAt;
        if (answeredAt !== undefined && answeredAt !== null) this.#talk.add(msBetween(answeredAt.at, at));
      }
    }
    return available;
  }
}
