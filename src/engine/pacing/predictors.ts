/**
 * What predictive campaigns have learned on this node, kept beside the calls: who answers, after how long, how long agents
 * talk and wrap up. Fed with what happens to calls and agents; asked how many to place, and which to cancel.
 */
import type { AgentState } from "../../agent/agent.ts";
import type { Call, LivingCall } from "../../call/call.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import { RECOURSE_RING_MIN_MS } from "../../domain/campaign.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId, CampaignId, ListId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { PRIOR_RATE } from "../../pacing/answer-rate.ts";
import { Predictive } from "../../pacing/predictive.ts";
import type { Ages, Decision, PredictiveSettings } from "../../pacing/predictive.ts";
import type { Agents } from "../agents/agents.ts";
import type { Allowance } from "../rules/allowance.ts";
import type { Calls } from "../calls/calls.ts";
import { ClockSteps } from "./clock-steps.ts";
import { ListWatch } from "./list-watch.ts";
import type { LiveCall } from "../calls/live-call.ts";
import { memoryOf, readMemory, shareOf } from "./pacing-memory.ts";
import type { AgentProfile, Log, PacingMemory } from "../ports.ts";

interface Learner {
  readonly predictive: Predictive;
  readonly settings: PredictiveSettings;
  readonly lists: ListWatch;
}

/** What a decision is made from, beside calls and agents. */
export interface Circumstances {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly allowance: Allowance;
  readonly leadsReady: number;
  /** Lines that the campaign may take beyond those it has. */
  readonly linesFree: number;
  /** Events are missing, or the clock has jumped. */
  readonly isStale: boolean;
  readonly at: Instant;
  /** The same moment by a clock that nobody sets. */
  readonly steadyMs: number;
  /** Decided, their rows on the way to the store. */
  readonly pending: Iterable<AttemptOrder>;
}

export interface Decided extends Omit<Decision, "cancel"> {
  /** Calls that had better be cancelled: they have rung long enough, and hardly anybody will be free for them. */
  readonly cancel: readonly AttemptId[];
}

/** What is told to whoever asks why. */
export interface Learned {
  readonly answerRate: number;
  readonly liveAnswers: number;
  readonly attempts: number;
}

/** Grows by need and is filled again for each decision. */
class AgeList implements Ages {
  valuesMs = new Float64Array(64);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** Negative where there is no such age; a clock that is a little behind makes nobody younger than 0. */
  add(ageMs: number | null): void {
    if (this.count === this.valuesMs.length) {
      const longer = new Float64Array(2 * this.count);
      longer.set(this.valuesMs);
      this.valuesMs = longer;
    }
    this.valuesMs[this.count] = ageMs === null ? -1 : Math.max(0, ageMs);
    this.count += 1;
  }
}

export class Predictors {
  readonly #log: Log;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #learners = new Map<CampaignId, Learner>();
  /** From an earlier life, until the campaign is dialled. */
  #memories = new Map<CampaignId, PacingMemory>();
  readonly #talk = new AgeList();
  readonly #wrapUp = new AgeList();
  readonly #ringing = new AgeList();
  readonly #confirmed = new AgeList();
  readonly #rivals = new AgeList();
  #rivalWeights = new Float64Array(64);
  readonly #steps = new ClockSteps();
  /** Of the same calls in the same order. */
  #attempts: (AttemptId | null)[] = [];

  /** How many people who called back wait for an agent of this campaign. */
  readonly #returnsFor: (campaignId: CampaignId) => number;

  constructor(log: Log, calls: Calls, agents: Agents, returnsFor: (campaignId: CampaignId) => number = () => 0) {
    this.#log = log;
    this.#returnsFor = returnsFor;
    this.#calls = calls;
    this.#agents = agents;
  }

  /** What was learned before this process began; each campaign goes on from its own when it is first dialled. */
  remember(memories: readonly PacingMemory[]): void {
    this.#memories = new Map(memories.map((each) => [each.campaignId, each]));
  }

  /** To be kept, and remembered by the next process; null when nothing was learned here. */
  memoryOf(campaignId: CampaignId): unknown {
    const learner = this.#learners.get(campaignId);
    return learner === undefined ? null : memoryOf(learner.predictive.snapshot());
  }

  learnedOf(campaignId: CampaignId): Learned | null {
    const forecast = this.#learners.get(campaignId)?.predictive.forecast;
    if (forecast === undefined) return null;
    return { answerRate: forecast.rate, liveAnswers: forecast.answersKnown, attempts: forecast.attemptsKnown };
  }

  decide(now: Circumstances): Decided {
    const { campaign, allowance, at } = now;
    const { predictive } = this.#learnerOf(now);
    this.#steps.look(at, now.steadyMs);
    const waiting = this.#countCalls(now, predictive.forecast.rate);
    const available = this.#countAgents(campaign.campaignId, at);
    const { cancel, ...decision } = predictive.decide({
      atMs: at,
      agentsAvailable: available,
      talk: this.#talk,
      wrapUp: this.#wrapUp,
      ringing: this.#ringing,
      confirmedRinging: this.#confirmed,
      rivals: { ringing: this.#rivals, weights: this.#rivalWeights },
      callsWaiting: waiting + this.#returnsFor(campaign.campaignId),
      leadsReady: now.leadsReady,
      linesFree: now.linesFree,
      windows: allowance.windows,
      // An account that was not read lately stops the placing, not the recourse: that is for pacing to say.
      isStale: now.isStale,
    });
    const cancelled = cancel.map((index) => this.#attempts[index] ?? null).filter((each) => each !== null);
    return { cancel: cancelled, ...decision };
  }

  /** Of the calls wanted last, so many were not placed. */
  notPlaced(campaignId: CampaignId, calls: number): void {
    this.#learners.get(campaignId)?.predictive.notPlaced(calls);
  }

  callPlaced({ campaignId }: AttemptOrder, listId: ListId, at: Instant): void {
    const learner = this.#learners.get(campaignId);
    if (learner === undefined) return;
    if (learner.lists.placed(listId)) learner.predictive.forecast.listChanged();
    learner.predictive.forecast.callsPlaced(at, 1);
  }

  callChanged({ order }: LiveCall, before: LivingCall, after: Call): void {
    const learner = this.#learners.get(order.campaignId);
    if (learner === undefined) return;
    const { forecast } = learner.predictive;
    const { answeredAt, connectedAt, endedAt, endedBy, endReason } = after.facts;
    const placedAt = after.facts.placedAt?.at ?? order.decidedAt;
    const need = becameOf(before, after);
    if (need === "needed")
      forecast.liveAnswer(placedAt, after.facts.verdictAt?.at ?? answeredAt?.at ?? order.decidedAt);
    if (need === "not-needed")
      forecast.callFailed(placedAt, after.facts.verdictAt?.at ?? endedAt?.at ?? order.decidedAt);
    if (after.state !== "ended" || endedAt === null) return;
    if (connectedAt !== null && answeredAt !== null)
      forecast.talkEnded(msBetween(answeredAt.at, (after.facts.machineReportedAt ?? endedAt).at));
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

  #learnerOf({ campaign, rules, at }: Circumstances): Learner {
    const settings = settingsOf(campaign, rules);
    const known = this.#learners.get(campaign.campaignId);
    if (known !== undefined && isSame(known.settings, settings)) return known;
    const predictive =
      known === undefined
        ? this.#resumed(campaign, settings, at)
        : // Asked for in the middle of the day: what was learned until now still holds.
          resumed(settings, known.predictive.snapshot(), 1);
    const learner = { predictive, settings, lists: known?.lists ?? new ListWatch() };
    this.#learners.set(campaign.campaignId, learner);
    return learner;
  }

  /** As far as there is something to go on from, and it can be understood. */
  #resumed({ campaignId, name }: Campaign, settings: PredictiveSettings, at: Instant): Predictive {
    const saved = this.#memories.get(campaignId);
    this.#memories.delete(campaignId);
    const share = saved === undefined ? 0 : shareOf(saved.savedAt, at);
    if (saved === undefined || share === 0) return new Predictive(settings);
    const facts = { campaign: name, savedAt: saved.savedAt };
    const read = readMemory(saved.memory);
    if (!read.ok) {
      this.#log.warn("what pacing learned before cannot be used; it learns anew", { ...facts, because: read.because });
      return new Predictive(settings);
    }
    try {
      const predictive = resumed(settings, read.snapshot, share);
      this.#log.info("pacing goes on from what it learned before", { ...facts, share });
      return predictive;
    } catch (error) {
      this.#log.warn("what pacing learned before cannot be used; it learns anew", { ...facts, error });
      return new Predictive(settings);
    }
  }

  /** Calls on their way that hold no agent, and how many people wait. Those of campaigns that share agents are apart. */
  #countCalls({ campaign, pending, at }: Circumstances, ownRate: number): number {
    this.#ringing.clear();
    this.#confirmed.clear();
    this.#rivals.clear();
    this.#attempts = [];
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
    for (const live of this.#calls.all()) {
      const { order, call } = live;
      if (call.heldAgentId !== null || call.state === "ending" || !concerns(order.campaignId)) continue;
      if (call.state === "answered" || call.state === "listening") waiting += 1;
      else if (call.facts.answeredAt === null) {
        const ageMs = msBetween(call.facts.placedAt?.at ?? order.decidedAt, at);
        if (order.campaignId === campaign.campaignId) this.#rings(ageMs, live, at);
        else this.#rivalRings(ageMs, this.#rateOf(order.campaignId) / ownRate);
      }
    }
    for (const { campaignId, agentId } of pending) {
      if (agentId !== null || !concerns(campaignId)) continue;
      if (campaignId === campaign.campaignId) this.#rings(0, null, at);
      else this.#rivalRings(0, this.#rateOf(campaignId) / ownRate);
    }
    return waiting;
  }

  /** How many answer there, as far as this node has seen: of what is not forecast here the first guess. */
  #rateOf(campaignId: CampaignId): number {
    return this.#learners.get(campaignId)?.predictive.forecast.rate ?? PRIOR_RATE;
  }

  #rivalRings(ageMs: number, weight: number): void {
    if (this.#rivals.count >= this.#rivalWeights.length) {
      const longer = new Float64Array(2 * this.#rivals.count);
      longer.set(this.#rivalWeights);
      this.#rivalWeights = longer;
    }
    this.#rivalWeights[this.#rivals.count] = weight;
    this.#rivals.add(ageMs);
  }

  /** @param live null for a call that is not there to be cancelled yet */
  #rings(ageMs: number, live: LiveCall | null, at: Instant): void {
    const rang = live === null ? null : this.#confirmedMs(live, at);
    this.#ringing.add(ageMs);
    this.#confirmed.add(rang);
    this.#attempts.push(rang === null ? null : (live?.order.attemptId ?? null));
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

  /**
   * How long the network has said that it rings; null where it has not, or where the call is not to be cancelled for want
   * of an agent: the campaign had no recourse when it was placed, it had an agent of its own, the person objected and it
   * ends by itself, or it has not rung for as long as it must. A clock that was set forward lets nobody ring for longer.
   */
  #confirmedMs({ order, call, campaign, policy }: LiveCall, at: Instant): number | null {
    const { ringingAt } = call.facts;
    // A call finishes under the rules it began with.
    if (campaign.mode !== "predictive" || !campaign.recourse) return null;
    if (call.state !== "ringing" || ringingAt === null || order.agentId !== null || call.optedOut) return null;
    const rangMs = this.#steps.msSince(ringingAt.at, at);
    // The call would refuse, and a call that rings on while nobody counts it is one too many.
    return rangMs >= Math.max(RECOURSE_RING_MIN_MS, policy.ringMinMs) ? rangMs : null;
  }
}

/** An answer asks for an agent; where AMD listens first, its verdict does, or the want of one. Null when nothing is new. */
function becameOf(before: LivingCall, after: Call): "needed" | "not-needed" | null {
  if (before.state === "listening") {
    if (after.state === "listening") return null;
    return after.state === "ending" || after.state === "ended" || after.state === "leaving" ? "not-needed" : "needed";
  }
  const isNew = before.facts.answeredAt === null && after.facts.answeredAt !== null;
  return isNew && after.state !== "listening" ? "needed" : null;
}

/** A person waits as long as the stricter of campaign and profile lets them; the least ring is never under fifteen seconds. */
const settingsOf = (
  { ringTimeoutMs, recourse }: Campaign,
  { profile: { clock, ringMinMs } }: CampaignRules,
): PredictiveSettings => ({
  ringTimeoutMs,
  connectLimitMs: Math.max(0, clock.limitMs - clock.safetyMarginMs),
  recourseAfterMs: recourse ? Math.max(RECOURSE_RING_MIN_MS, ringMinMs) : null,
});

const isSame = (one: PredictiveSettings, other: PredictiveSettings): boolean =>
  one.ringTimeoutMs === other.ringTimeoutMs &&
  one.connectLimitMs === other.connectLimitMs &&
  one.recourseAfterMs === other.recourseAfterMs;

function resumed(
  settings: PredictiveSettings,
  snapshot: Parameters<Predictive["resume"]>[0],
  share: number,
): Predictive {
  const predictive = new Predictive(settings);
  predictive.resume(snapshot, share);
  return predictive;
}
