/**
 * What is learned on line about a campaign's calls and agents, as tables that a decision merely looks up. Fed with
 * what has happened; times are milliseconds on a clock, and should somebody set it, learning goes on.
 */
import { AnswerRate, PRIOR_RATE } from "./answer-rate.ts";
import type { AnswerRateSnapshot } from "./answer-rate.ts";
import { between, busyInTalk, busyInWrapUp, LifeTable, TALK_EDGES_S, WRAP_UP_EDGES_S } from "./life-table.ts";
import type { LifeTableSnapshot } from "./life-table.ts";
import { EXACT_AGENTS_MAX } from "./occupancy.ts";
import { RingProspects, ringRows, RingTable } from "./ring-table.ts";
import type { RingCurves, RingSnapshot } from "./ring-table.ts";

const SECOND_MS = 1_000;
const TALK_PRIOR_MEAN_S = 90;
const WRAP_UP_PRIOR_MEAN_S = 15;
/** The slow tables: when they have learned a twentieth more, looked at so often. */
const REBUILD_MS = 10_000;
const REBUILD_GROWTH = 1.05;
/** The ring rows, which follow the answer rate. */
const RATE_REFRESH_MS = 1_000;

/** So many of `valuesMs` count: the arrays are made once and filled again for each decision. */
export interface Ages {
  readonly valuesMs: Float64Array;
  readonly count: number;
}

export interface ForecastSettings {
  readonly ringTimeoutMs: number;
  /** A person may wait so long for an agent: one who is free by then is as good as a free one. */
  readonly connectLimitMs: number;
}

/** What survives a restart, and what tomorrow starts with. */
export interface ForecastSnapshot {
  readonly answerRate: AnswerRateSnapshot;
  readonly ring: RingSnapshot;
  readonly talk: LifeTableSnapshot;
  readonly wrapUp: LifeTableSnapshot;
}

export class Forecast {
  readonly #settings: ForecastSettings;
  readonly #ring: RingTable;
  readonly #talk = new LifeTable(TALK_EDGES_S, TALK_PRIOR_MEAN_S);
  readonly #wrapUp = new LifeTable(WRAP_UP_EDGES_S, WRAP_UP_PRIOR_MEAN_S);
  readonly #answerRate: AnswerRate;
  #curves: RingCurves;
  #stepMs = 0;
  #tablesAtMs = -Infinity;
  #tablesOf = -1;
  #rateAtMs = -Infinity;

  /** Live answers and ended calls seen so far by this forecast itself. */
  liveAnswers = 0;
  resolved = 0;
  /** Of the life before a restart, and of another day. */
  #answersBefore = 0;
  #attemptsBefore = 0;
  #answersOfOtherDay = 0;
  #attemptsOfOtherDay = 0;

  /** Latest answer probability of a call placed now. */
  rate = PRIOR_RATE;
  handleMs = (TALK_PRIOR_MEAN_S + WRAP_UP_PRIOR_MEAN_S) * SECOND_MS;
  points = 0;
  /** Share of answers that come at each horizon. */
  weights: Float64Array = new Float64Array(0);
  ringRows: Float64Array = new Float64Array(0);
  talkRows: Float64Array = new Float64Array(0);
  wrapUpRows: Float64Array = new Float64Array(0);
  #prospects: RingProspects | null = null;
  #ringHorizonsMs: number[] = [];

  constructor(settings: ForecastSettings) {
    this.#settings = settings;
    this.#ring = new RingTable(settings.ringTimeoutMs);
    this.#curves = this.#ring.curves();
    this.#answerRate = new AnswerRate(settings.ringTimeoutMs, this.#curves.answered);
  }

  callsPlaced(atMs: number, calls: number): void {
    this.#answerRate.recordPlaced(atMs, calls);
  }

  liveAnswer(placedAtMs: number, atMs: number): void {
    this.liveAnswers += 1;
    this.resolved += 1;
    this.#ring.recordAnswer(atMs - placedAtMs);
    this.#answerRate.recordAnswer(placedAtMs, atMs);
  }

  callFailed(placedAtMs: number, atMs: number): void {
    this.resolved += 1;
    this.#ring.recordFailure(atMs - placedAtMs);
    this.#answerRate.advance(atMs);
  }

  callCancelled(placedAtMs: number, atMs: number): void {
    this.resolved += 1;
    this.#ring.recordCancel(atMs - placedAtMs);
    this.#answerRate.recordCancel(placedAtMs, atMs);
  }

  talkEnded(durationMs: number): void {
    this.#talk.record(durationMs);
  }

  wrapUpEnded(durationMs: number): void {
    this.#wrapUp.record(durationMs);
  }

  get answersKnown(): number {
    return this.liveAnswers + this.#answersBefore + this.#answersOfOtherDay;
  }

  get attemptsKnown(): number {
    return this.resolved + this.#attemptsBefore + this.#attemptsOfOtherDay;
  }

  /** So much was seen; another day's make up for half of what is asked for at most, the rest is of today. */
  hasSeen(answers: number, attempts: number): boolean {
    return (
      this.liveAnswers + this.#answersBefore + Math.min(answers / 2, this.#answersOfOtherDay) >= answers &&
      this.resolved + this.#attemptsBefore + Math.min(attempts / 2, this.#attemptsOfOtherDay) >= attempts
    );
  }

  /** Between two horizons, in milliseconds. */
  get stepMs(): number {
    return this.#stepMs;
  }

  listChanged(): void {
    this.#answerRate.forget();
    this.#rateAtMs = -Infinity;
  }

  /** Answers far beyond what was expected: the forecast is not to be trusted until it has caught up. */
  hasJumped(): boolean {
    return this.#answerRate.hasJumped();
  }

  /** Brings the tables up to date, as often as they need it. Ages are of those who talk and write now. */
  refresh(atMs: number, agents: number, talk: Ages, wrapUp: Ages): void {
    const stepMs = agents > EXACT_AGENTS_MAX ? SECOND_MS : 2 * SECOND_MS;
    const learned = this.resolved > REBUILD_GROWTH * this.#tablesOf && isDue(atMs - this.#tablesAtMs, REBUILD_MS);
    const tablesDue = learned || stepMs !== this.#stepMs;
    if (tablesDue) {
      this.#talk.goingOn(talk.valuesMs, talk.count);
      this.#wrapUp.goingOn(wrapUp.valuesMs, wrapUp.count);
      this.#rebuildTables(stepMs, atMs);
    }
    if (!tablesDue && !isDue(atMs - this.#rateAtMs, RATE_REFRESH_MS)) return;
    this.#rateAtMs = atMs;
    this.#answerRate.advance(atMs);
    this.rate = this.#answerRate.rate();
    this.#prospects?.fill(this.ringRows, this.rate);
  }

  #rebuildTables(stepMs: number, atMs: number): void {
    const { ringTimeoutMs, connectLimitMs } = this.#settings;
    this.#tablesAtMs = atMs;
    this.#tablesOf = this.resolved;
    this.#curves = this.#ring.curves();
    this.#answerRate.useCurve(this.#curves.answered);
    if (stepMs !== this.#stepMs) {
      this.#stepMs = stepMs;
      this.points = Math.ceil(ringTimeoutMs / stepMs);
      this.#ringHorizonsMs = Array.from({ length: this.points }, (_, point) => (point + 0.5) * stepMs);
      this.ringRows = new Float64Array(ringRows(ringTimeoutMs) * this.points);
      this.weights = new Float64Array(this.points);
    }
    let total = 0;
    for (let point = 0; point < this.points; point++) {
      const from = between(this.#curves.answered, (point * stepMs) / SECOND_MS);
      const mass = between(this.#curves.answered, ((point + 1) * stepMs) / SECOND_MS) - from;
      this.weights[point] = mass;
      total += mass;
    }
    for (let point = 0; point < this.points; point++) this.weights[point] = (this.weights[point] ?? 0) / total;
    this.#prospects = new RingProspects(this.#curves, this.#ringHorizonsMs, ringTimeoutMs);
    const agentHorizonsMs = this.#ringHorizonsMs.map((each) => each + connectLimitMs);
    this.talkRows = busyInTalk(this.#talk, this.#wrapUp, agentHorizonsMs);
    this.wrapUpRows = busyInWrapUp(this.#wrapUp, agentHorizonsMs);
    this.handleMs = this.#talk.meanMs() + this.#wrapUp.meanMs();
  }

  snapshot(): ForecastSnapshot {
    return {
      answerRate: this.#answerRate.snapshot(),
      ring: this.#ring.snapshot(),
      talk: this.#talk.snapshot(),
      wrapUp: this.#wrapUp.snapshot(),
    };
  }

  /**
   * The life before a restart (share 1: as if seen by this one), or as a prior another day (a share below 1). How long
   * people ring, talk and wrap up hardly changes from day to day; how many answer does, and counts for little.
   */
  learnFrom(snapshot: ForecastSnapshot, share: number): void {
    const { answers, exposure } = snapshot.answerRate;
    if (share < 1) {
      this.#answersOfOtherDay += share * answers;
      this.#attemptsOfOtherDay += share * exposure;
    } else {
      this.#answersBefore += answers;
      this.#attemptsBefore += exposure;
    }
    this.#answerRate.learnFrom(snapshot.answerRate, share);
    this.#ring.learnFrom(snapshot.ring, share);
    this.#talk.learnFrom(snapshot.talk, share);
    this.#wrapUp.learnFrom(snapshot.wrapUp, share);
    this.#tablesAtMs = -Infinity;
    this.#tablesOf = -1;
  }
}

/** A clock that was set back makes everything due, or it would have to catch up first. */
const isDue = (elapsedMs: number, everyMs: number): boolean => elapsedMs < 0 || elapsedMs >= everyMs;
