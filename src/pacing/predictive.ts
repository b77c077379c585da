/**
 * Own-loss pacing: one call more only while the probability that this call, if answered, finds no agent in time is at
 * most θ; and θ follows the bank of abandons.
 *
 * The rule to remember: when in doubt (learning, stale data, a jump, a closed gate) the floor, and the floor needs no
 * forecast.
 */
import {
  budgetOf,
  driftAfterAnswer,
  isGated,
  isStopped,
  LINES_PER_AGENT_MAX,
  surplus,
  theta,
  tightest,
} from "./bank.ts";
import type { AbandonWindow } from "./bank.ts";
import { ANSWER_RATE_MIN } from "./answer-rate.ts";
import { Forecast } from "./forecast.ts";
export type { Ages } from "./forecast.ts";
import type { Ages, ForecastSettings, ForecastSnapshot } from "./forecast.ts";
import { TALK_AGE_MAX_S, WRAP_UP_AGE_MAX_S } from "./life-table.ts";
import { EXACT_AGENTS_MAX, ExactOccupancy, NormalOccupancy } from "./occupancy.ts";
import { RING_AGE_STEP_MS, ringRows } from "./ring-table.ts";

const SECOND_MS = 1_000;

export interface PredictiveSample {
  readonly atMs: number;
  /** No call was answered for them yet: the available ones, and those promised to a call on its way. */
  readonly agentsAvailable: number;
  /** Since the call was answered; agents being joined to a call are as old as 0. Those about to leave are not listed. */
  readonly talk: Ages;
  readonly wrapUp: Ages;
  /** Calls on their way, since placing. */
  readonly ringing: Ages;
  /** Of the same calls in the same order, since the network said that it rings; negative where it has not. */
  readonly confirmedRinging: Ages | null;
  /** Calls on their way of campaigns that share agents with this one; absent: none. */
  readonly rivals?: Rivals;
  readonly callsWaiting: number;
  readonly leadsReady: number;
  /** Lines that the campaign may take beyond those it has: its own and the trunk's, whichever are fewer. */
  readonly linesFree: number;
  readonly windows: readonly AbandonWindow[];
  /** Events are missing or the clock has jumped. */
  readonly isStale: boolean;
}

export interface Rivals {
  /** Since placing. */
  readonly ringing: Ages;
  /** Of the same calls in the same order: answers to expect of each, as a multiple of those of a call of our own. */
  readonly weights: Float64Array;
}

/** `spokenFor`: every agent is awaited by somebody who has answered, or is not there for another call. */
export type Because =
  | "stale"
  | "learning"
  | "gated"
  | "stopped"
  | "jumped"
  | "spokenFor"
  | "tokens"
  | "lines"
  | "agentLines"
  | "leads"
  | "loss";

export interface Decision {
  readonly place: number;
  /** Calls to cancel, by their place in `ringing`. */
  readonly cancel: readonly number[];
  /** What kept it from placing more. */
  readonly because: Because;
  readonly floor: number;
  readonly theta: number;
  /** Probability that the next call, if answered, finds nobody; NaN where nothing was forecast. */
  readonly loss: number;
}

export interface PredictiveSettings extends ForecastSettings {
  /** Calls that have rung for so long (confirmed) may be cancelled when no agent is likely; null: never. */
  readonly recourseAfterMs: number | null;
}

/** θ at which the bank stands at its reserve; with recourse part of the abandons it allows for never happen. */
const THETA_BASE = 0.025;
const THETA_BASE_RECOURSE = 0.03;
/** Cancel while an answer right now would find nobody with this probability. Anything from 0.05 to 0.3 serves alike. */
const RECOURSE_LOSS = 0.12;
/** Weight of the next call's answers at an age at which it could be cancelled instead: most of those that would be lost are. */
const RECOURSE_WEIGHT = 0.3;

/**
 * One to one until so much was seen, or a wrong first guess of the answer rate hits the first hundred people. What it
 * can do grows with the team, and so does how fast a team learns: three agents need not wait as long as thirty.
 */
const LEARNING = { answersMax: 30, answersPerAgent: 3, answersOfTeam: 0.5, attemptsMax: 100, attemptsPerAgent: 10 };

/**
 * Lines are taken at most so many times as fast as a fully busy team would take them, and in bursts of at most so many
 * answers or seconds of that rate. Once a thousand calls have been seen the forecast has earned a longer leash.
 */
const TOKENS_YOUNG = { rate: 1.5, depthAnswers: 3, depthS: 4 };
const TOKENS = { rate: 2, depthAnswers: 6, depthS: 4 };
const TOKENS_YOUNG_ATTEMPTS = 1_000;
/** In large teams talk ages are taken this coarsely: they say little, and there are many. */
const TALK_GROUP_MS = 10 * SECOND_MS;
/** Share of their time that agents of a team well paced are busy; for guessing what a window may still bring. */
const BUSY_SHARE = 0.85;

export class Predictive {
  readonly forecast: Forecast;
  readonly #settings: PredictiveSettings;
  readonly #thetaBase: number;
  #weights: Float64Array = new Float64Array(0);
  #row: Float64Array = new Float64Array(0);
  #exact: ExactOccupancy | null = null;
  #normal: NormalOccupancy | null = null;
  readonly #groups: Int32Array;
  #points = 0;
  #drift = 0;
  #answersSeen = 0;
  #tokens = 0;
  /** Tokens that the last decision took. */
  #spent = 0;
  #tokensAtMs = -Infinity;

  constructor(settings: PredictiveSettings) {
    this.#settings = settings;
    this.#thetaBase = settings.recourseAfterMs === null ? THETA_BASE : THETA_BASE_RECOURSE;
    this.forecast = new Forecast(settings);
    this.#groups = new Int32Array(Math.max(TALK_AGE_MAX_S, WRAP_UP_AGE_MAX_S, ringRows(settings.ringTimeoutMs)) + 1);
  }

  decide(sample: PredictiveSample): Decision {
    const { forecast } = this;
    const { agentsAvailable, talk, wrapUp, ringing, callsWaiting, leadsReady } = sample;
    const agents = agentsAvailable + talk.count + wrapUp.count;
    // Rivals' calls are after the same agents.
    const onTheirWay = ringing.count + (sample.rivals?.ringing.count ?? 0);
    const agentLines = LINES_PER_AGENT_MAX * agents - onTheirWay - talk.count - callsWaiting;
    const lines = Math.min(sample.linesFree, agentLines);
    const capacity = Math.max(0, Math.min(leadsReady, lines));
    const floor = Math.max(0, Math.min(capacity, agentsAvailable - callsWaiting - onTheirWay));
    const window = this.#foreseen(tightest(sample.windows), agents);
    const thetaNow = this.#theta(window);
    const tokens = this.#refill(sample.atMs, agents);
    this.#spent = 0;
    const held = this.#heldBy(sample, agents, window);
    const seats = agents - callsWaiting;
    const forecasting = !sample.isStale && seats > 0;
    if (!sample.isStale && seats <= 0) {
      // Whoever answers now finds nobody, and no forecast is needed to know it.
      const cancel = this.#cancellable(sample);
      return { place: floor, cancel, because: held ?? "spokenFor", floor, theta: thetaNow, loss: Number.NaN };
    }
    // The recourse goes on under every rule that merely stops overdial: it is a brake.
    if (!forecasting || (held !== null && this.#settings.recourseAfterMs === null)) {
      return { place: floor, cancel: [], because: held ?? "loss", floor, theta: thetaNow, loss: Number.NaN };
    }
    forecast.refresh(sample.atMs, agents, talk, wrapUp);
    const occupancy = this.#occupancy(agents);
    occupancy.reset(seats);
    this.#addAgents(occupancy, talk, wrapUp);
    const cancel = this.#addCalls(occupancy, sample);
    if (held !== null) return { place: floor, cancel, because: held, floor, theta: thetaNow, loss: Number.NaN };

    const most = Math.min(capacity, Math.max(floor, Math.floor(tokens)));
    let wanted = 0;
    const weights = this.#ownWeights();
    let loss = occupancy.loss(weights);
    while (wanted < most && loss <= thetaNow) {
      wanted += 1;
      occupancy.add(forecast.ringRows, 0);
      loss = occupancy.loss(weights);
    }
    const shortOf = leadsReady <= lines ? "leads" : sample.linesFree <= agentLines ? "lines" : "agentLines";
    const because = loss > thetaNow ? "loss" : most < capacity ? "tokens" : shortOf;
    const place = Math.max(floor, wanted);
    this.#spent = Math.min(this.#tokens, place);
    this.#tokens -= this.#spent;
    return { place, cancel, because, floor, theta: thetaNow, loss };
  }

  /** Why there is no overdial at all, or null. */
  #heldBy(sample: PredictiveSample, agents: number, window: AbandonWindow | null): Because | null {
    if (sample.isStale) return "stale";
    // An account that nobody has read allows nothing.
    if (sample.windows.length === 0) return "gated";
    if (sample.windows.some(isStopped)) return "stopped";
    if (window !== null && isGated(window)) return "gated";
    if (this.#isLearning(agents)) return "learning";
    if (this.forecast.hasJumped()) return "jumped";
    return null;
  }

  #isLearning(agents: number): boolean {
    const { answersMax, answersPerAgent, answersOfTeam, attemptsMax, attemptsPerAgent } = LEARNING;
    const answers = Math.max(Math.min(answersMax, answersPerAgent * agents), answersOfTeam * agents);
    const attempts = Math.min(attemptsMax, attemptsPerAgent * agents);
    return !this.forecast.hasSeen(answers, attempts);
  }

  /** With the live answers to expect in the rest of it, as a team well paced would take them. */
  #foreseen(window: AbandonWindow | null, agents: number): AbandonWindow | null {
    if (window === null || window.answersLeft !== undefined) return window;
    const answersLeft = (BUSY_SHARE * agents * Math.max(0, window.msUntilEnd)) / this.forecast.handleMs;
    return { ...window, answersLeft };
  }

  #theta(window: AbandonWindow | null): number {
    if (window === null) return this.#thetaBase;
    const inHand = surplus(window, window.targetBasisPoints);
    for (; this.#answersSeen < this.forecast.liveAnswers; this.#answersSeen++) {
      this.#drift = driftAfterAnswer(this.#drift, inHand, window.targetBasisPoints);
    }
    return theta(this.#thetaBase * Math.exp(this.#drift), inHand, budgetOf(window));
  }

  /** How much a loss at each horizon counts for the call that is about to be placed. */
  #ownWeights(): Float64Array {
    const { weights, stepMs } = this.forecast;
    const { recourseAfterMs } = this.#settings;
    if (recourseAfterMs === null) return weights;
    if (this.#weights.length !== weights.length) this.#weights = new Float64Array(weights.length);
    for (let point = 0; point < weights.length; point++) {
      const isLate = (point + 0.5) * stepMs >= recourseAfterMs;
      this.#weights[point] = (weights[point] ?? 0) * (isLate ? RECOURSE_WEIGHT : 1);
    }
    return this.#weights;
  }

  /** A limit on how fast lines are taken: a wrong forecast then shows before it has done much harm. */
  #refill(atMs: number, agents: number): number {
    const { forecast } = this;
    const tokens = forecast.hasSeen(0, TOKENS_YOUNG_ATTEMPTS) ? TOKENS : TOKENS_YOUNG;
    const answerRate = Math.max(ANSWER_RATE_MIN, forecast.rate);
    const perSecond = (tokens.rate * agents * SECOND_MS) / (forecast.handleMs * answerRate);
    const depth = Math.max(tokens.depthAnswers / answerRate, tokens.depthS * perSecond);
    const elapsedS = Math.max(0, atMs - this.#tokensAtMs) / SECOND_MS;
    // At first it is full; and with nobody there it earns nothing, however long that lasts.
    const earned = elapsedS === Infinity ? depth : elapsedS * perSecond;
    this.#tokens = Math.min(depth, this.#tokens + earned);
    this.#tokensAtMs = atMs;
    return this.#tokens;
  }

  #occupancy(agents: number): ExactOccupancy | NormalOccupancy {
    const { points } = this.forecast;
    if (points !== this.#points) {
      this.#points = points;
      this.#exact = null;
      this.#normal = null;
    }
    if (agents > EXACT_AGENTS_MAX) return (this.#normal ??= new NormalOccupancy(points));
    return (this.#exact ??= new ExactOccupancy(points, EXACT_AGENTS_MAX));
  }

  #addAgents(occupancy: ExactOccupancy | NormalOccupancy, talk: Ages, wrapUp: Ages): void {
    const { talkRows, wrapUpRows } = this.forecast;
    if (occupancy instanceof NormalOccupancy) {
      this.#addGrouped(occupancy, talkRows, talk, TALK_GROUP_MS, SECOND_MS, TALK_AGE_MAX_S);
      this.#addGrouped(occupancy, wrapUpRows, wrapUp, SECOND_MS, SECOND_MS, WRAP_UP_AGE_MAX_S);
      return;
    }
    for (let index = 0; index < talk.count; index++) {
      occupancy.add(talkRows, rowOf(talk, index, SECOND_MS, TALK_AGE_MAX_S));
    }
    for (let index = 0; index < wrapUp.count; index++) {
      occupancy.add(wrapUpRows, rowOf(wrapUp, index, SECOND_MS, WRAP_UP_AGE_MAX_S));
    }
  }

  /** Large teams have many of nearly the same age: the cost then goes with the ages and not with the team. */
  #addGrouped(
    occupancy: NormalOccupancy,
    rows: Float64Array,
    ages: Ages,
    groupMs: number,
    stepMs: number,
    rowsMax: number,
  ): void {
    const counts = this.#groups.fill(0);
    const groupsMax = Math.floor((rowsMax * stepMs) / groupMs);
    for (let index = 0; index < ages.count; index++) {
      const group = rowOf(ages, index, groupMs, groupsMax);
      counts[group] = (counts[group] ?? 0) + 1;
    }
    for (let group = 0; group <= groupsMax; group++) {
      const count = counts[group] ?? 0;
      if (count > 0) occupancy.addMany(rows, (group * groupMs) / stepMs, count);
    }
  }

  /** Calls that may be cancelled, by their place in `ringing`: they have rung for long enough, by the network's word. */
  #cancellable({ ringing, confirmedRinging }: PredictiveSample): number[] {
    const { recourseAfterMs } = this.#settings;
    const found: number[] = [];
    if (recourseAfterMs === null || confirmedRinging === null) return found;
    for (let index = 0; index < ringing.count; index++) {
      if ((confirmedRinging.valuesMs[index] ?? -1) >= recourseAfterMs) found.push(index);
    }
    return found;
  }

  /** Adds the calls on their way, except those that had better be cancelled: the longest ringing first. */
  #addCalls(occupancy: ExactOccupancy | NormalOccupancy, sample: PredictiveSample): number[] {
    const { ringing, rivals } = sample;
    const { recourseAfterMs } = this.#settings;
    const { ringRows, points } = this.forecast;
    const rowsMax = ringRows.length / points - 1;
    if (rivals !== undefined) this.#addRivals(occupancy, rivals, rowsMax);
    if (occupancy instanceof NormalOccupancy && recourseAfterMs === null) {
      this.#addGrouped(occupancy, ringRows, ringing, RING_AGE_STEP_MS, RING_AGE_STEP_MS, rowsMax);
      return [];
    }
    const eligible = this.#cancellable(sample);
    const isEligible = new Set(eligible);
    for (let index = 0; index < ringing.count; index++) {
      if (!isEligible.has(index)) occupancy.add(ringRows, rowOf(ringing, index, RING_AGE_STEP_MS, rowsMax));
    }
    if (eligible.length === 0) return eligible;
    // Back in from the youngest on, for as long as an answer right now would find somebody.
    eligible.sort((a, b) => (ringing.valuesMs[a] ?? 0) - (ringing.valuesMs[b] ?? 0));
    let kept = 0;
    for (const index of eligible) {
      const row = rowOf(ringing, index, RING_AGE_STEP_MS, rowsMax);
      if (occupancy.firstLossWith(ringRows, row) > RECOURSE_LOSS) break;
      occupancy.add(ringRows, row);
      kept += 1;
    }
    return eligible.slice(kept);
  }

  /** Rivals' people answer more or less often than ours: each call by as much. */
  #addRivals(occupancy: ExactOccupancy | NormalOccupancy, { ringing, weights }: Rivals, rowsMax: number): void {
    const { ringRows, points } = this.forecast;
    if (this.#row.length !== points) this.#row = new Float64Array(points);
    const row = this.#row;
    for (let index = 0; index < ringing.count; index++) {
      const from = rowOf(ringing, index, RING_AGE_STEP_MS, rowsMax) * points;
      const weight = weights[index] ?? 1;
      for (let point = 0; point < points; point++) row[point] = Math.min(1, weight * (ringRows[from + point] ?? 0));
      occupancy.add(row, 0);
    }
  }

  /** Of the calls that were wanted last, so many were not placed after all: the trunk or the list had no room for them. */
  notPlaced(calls: number): void {
    const back = Math.min(Math.max(0, calls), this.#spent);
    this.#spent -= back;
    this.#tokens += back;
  }

  snapshot(): PredictiveSnapshot {
    return { drift: this.#drift, forecast: this.forecast.snapshot() };
  }

  /** Goes on from an earlier life; `share` is the weight of what was learned then: 1 after a restart, 0.3 on another day. */
  resume(snapshot: PredictiveSnapshot, share: number): void {
    this.#drift = snapshot.drift;
    this.forecast.learnFrom(snapshot.forecast, share);
  }
}

/** θ's drift and the tables: what a restart must not lose. */
export interface PredictiveSnapshot {
  readonly drift: number;
  readonly forecast: ForecastSnapshot;
}

const rowOf = (ages: Ages, index: number, stepMs: number, rowsMax: number): number =>
  Math.min(rowsMax, Math.round((ages.valuesMs[index] ?? 0) / stepMs));
