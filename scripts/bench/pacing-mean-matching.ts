/**
 * Expected supply equals expected demand: agents who will be free soon against answers on their way. What many
 * predictive diallers are said to do; a baseline for comparison and nothing for the product.
 */
import { Forecast } from "../../src/pacing/forecast.ts";
import {
  busyInTalk,
  busyInWrapUp,
  LifeTable,
  TALK_AGE_MAX_S,
  TALK_EDGES_S,
  WRAP_UP_AGE_MAX_S,
  WRAP_UP_EDGES_S,
} from "../../src/pacing/life-table.ts";
import type { Ages } from "../../src/pacing/forecast.ts";
import { RING_AGE_STEP_MS } from "../../src/pacing/ring-table.ts";
import type {
  Floor,
  Listener,
  MakePolicy,
  PacingPolicy,
  PolicySetting,
  Wish,
} from "../../src/simulation/pacing/policy.ts";

const SECOND_MS = 1_000;
const TALK_PRIOR_MEAN_S = 90;
const WRAP_UP_PRIOR_MEAN_S = 15;
const LEARNING_ANSWERS = 30;
const REBUILD_MS = 60_000;
const BOLD_RANGE_S = 25;

/** `aheadS`: how far to look ahead for agents; below zero only a part of the free ones counts. −25 … 25. */
export const meanMatchingPolicy =
  (aheadS: number): MakePolicy =>
  (setting) =>
    new MeanMatching(setting, aheadS);

class MeanMatching implements PacingPolicy, Listener {
  readonly onEvents = true;
  readonly listener = this;
  readonly #aheadS: number;
  readonly #forecast: Forecast;
  readonly #talk = new LifeTable(TALK_EDGES_S, TALK_PRIOR_MEAN_S);
  readonly #wrapUp = new LifeTable(WRAP_UP_EDGES_S, WRAP_UP_PRIOR_MEAN_S);
  #busyInTalk: Float64Array = new Float64Array(0);
  #busyInWrapUp: Float64Array = new Float64Array(0);
  #builtAtMs = -Infinity;

  constructor(setting: PolicySetting, aheadS: number) {
    this.#aheadS = aheadS;
    this.#forecast = new Forecast(setting);
  }

  callsPlaced(atMs: number, calls: number): void {
    this.#forecast.callsPlaced(atMs, calls);
  }
  liveAnswer(placedAtMs: number, atMs: number): void {
    this.#forecast.liveAnswer(placedAtMs, atMs);
  }
  callFailed(placedAtMs: number, atMs: number): void {
    this.#forecast.callFailed(placedAtMs, atMs);
  }
  callCancelled(placedAtMs: number, atMs: number): void {
    this.#forecast.callCancelled(placedAtMs, atMs);
  }
  talkEnded(durationMs: number): void {
    this.#talk.record(durationMs);
  }
  wrapUpEnded(durationMs: number): void {
    this.#wrapUp.record(durationMs);
  }

  decide(floor: Floor): Wish {
    const safe = Math.max(0, floor.agentsAvailable - floor.callsWaiting - floor.ringing.count);
    if (this.#forecast.liveAnswers < LEARNING_ANSWERS) return { place: safe, cancel: [] };
    this.#forecast.refresh(floor.atMs, floor.agents, floor.talk, floor.wrapUp);
    if (floor.atMs - this.#builtAtMs >= REBUILD_MS) this.#rebuild(floor);
    const supply = this.#supply(floor);
    const wanted = Math.floor((supply - this.#demand(floor.ringing)) / this.#forecast.rate);
    return { place: Math.max(safe, wanted), cancel: [] };
  }

  #rebuild(floor: Floor): void {
    this.#builtAtMs = floor.atMs;
    this.#talk.goingOn(floor.talk.valuesMs, floor.talk.count);
    this.#wrapUp.goingOn(floor.wrapUp.valuesMs, floor.wrapUp.count);
    const horizonMs = Math.max(0, this.#aheadS) * SECOND_MS;
    this.#busyInTalk = busyInTalk(this.#talk, this.#wrapUp, [horizonMs]);
    this.#busyInWrapUp = busyInWrapUp(this.#wrapUp, [horizonMs]);
  }

  #supply(floor: Floor): number {
    const now = floor.agentsAvailable - floor.callsWaiting;
    if (this.#aheadS < 0) return now * Math.max(0, 1 + this.#aheadS / BOLD_RANGE_S);
    return (
      now +
      freed(this.#busyInTalk, floor.talk, TALK_AGE_MAX_S) +
      freed(this.#busyInWrapUp, floor.wrapUp, WRAP_UP_AGE_MAX_S)
    );
  }

  /** Answers that the calls on their way will still bring. */
  #demand(ringing: Ages): number {
    const { ringRows, points } = this.#forecast;
    const rowsMax = ringRows.length / points - 1;
    let demand = 0;
    for (let index = 0; index < ringing.count; index++) {
      const row = Math.min(rowsMax, Math.round((ringing.valuesMs[index] ?? 0) / RING_AGE_STEP_MS));
      demand += ringRows[row * points + points - 1] ?? 0;
    }
    return demand;
  }
}

/** Agents expected to be free by the horizon that the table was made for. */
function freed(busy: Float64Array, ages: Ages, ageMaxS: number): number {
  let count = 0;
  for (let index = 0; index < ages.count; index++) {
    const age = Math.min(ageMaxS, Math.round((ages.valuesMs[index] ?? 0) / SECOND_MS));
    count += 1 - (busy[age] ?? 1);
  }
  return count;
}
