/**
 * Closed loops: what is placed makes Asterisk slow, the process late, the trunk refuse, and that comes back as less being
 * placed, some time later. Nothing may swing: after settling the figures stay within bounds, and controllers that do swing
 * are found out by the same bounds.
 */
import { describe, expect, test } from "@jest/globals";
import { instant } from "../../../src/domain/instant.ts";
import { DEFAULT_BREAKER, heard, linesFree, looked, TRUSTED } from "../../../src/pacing/breaker.ts";
import { throttled, UNTHROTTLED } from "../../../src/pacing/throttle.ts";
import type { Pressure, Throttle, ThrottleLimits } from "../../../src/pacing/throttle.ts";
import { BusyProcess, isSteady, SlowAsterisk, swingOf, TICK_S, TrunkOf } from "./plants.ts";
import type { Breaking, Plant, Swing } from "./plants.ts";

const LIMITS: ThrottleLimits = { slowMs: 150, stalledMs: 1_000, loopDelayMaxMs: 500, ceilingPerSecond: 100 };
type Step = typeof throttled;
type Seen = Omit<Pressure, "placedPerSecond">;

/** Ten minutes of demand without end, two of them to settle, held to the throttle and a trunk's hundred calls a second. */
function swingOfRate(plant: Plant, seen: () => Seen, step: Step = throttled): Swing {
  let throttle: Throttle = UNTHROTTLED;
  const rates: number[] = [];
  for (let tick = 0; tick < 600 / TICK_S; tick++) {
    if (tick % 5 === 0) {
      const lately = rates.slice(-30);
      const placedPerSecond = lately.reduce((sum, each) => sum + each, 0) / Math.max(1, lately.length);
      const at = instant(1_000_000 + Math.round(tick * TICK_S * 1000));
      throttle = step(throttle, { ...seen(), placedPerSecond }, LIMITS, at);
    }
    const rate = Math.min(LIMITS.ceilingPerSecond, throttle.callsPerSecond ?? Infinity);
    plant.place(rate * TICK_S);
    rates.push(rate);
  }
  return swingOf(rates, 120);
}

const onAsterisk = (capacity: number, step?: Step): Swing => {
  const plant = new SlowAsterisk(capacity);
  return swingOfRate(plant, () => ({ answersInMs: plant.answersInMs, loopDelayMs: 0 }), step);
};
const inProcess = (capacity: number, step?: Step): Swing => {
  const plant = new BusyProcess(capacity);
  return swingOfRate(plant, () => ({ answersInMs: 3, loopDelayMs: plant.loopDelayMs }), step);
};

/** The same signals, and no patience: cut whenever it is slow, doubled whenever it is not. */
const impatient: Step = (before, { answersInMs, loopDelayMs, placedPerSecond }, limits) => {
  const isSlow = (answersInMs ?? 0) >= limits.slowMs || loopDelayMs >= limits.loopDelayMaxMs / 2;
  const rate = before.callsPerSecond ?? placedPerSecond;
  const callsPerSecond = isSlow ? Math.max(1, rate / 2) : Math.min(limits.ceilingPerSecond, 2 * rate);
  return { ...before, callsPerSecond };
};

describe.each([8, 20, 40, 80])("asked for more than its %i calls a second,", (capacity) => {
  test("Asterisk gets nine in ten of those it can make, and never a third fewer", () => {
    const swing = onAsterisk(capacity);
    expect(isSteady(swing, capacity)).toBe(true);
    expect(swing.mean).toBeGreaterThan(0.9 * capacity);
    expect(swing.least).toBeGreaterThan(0.7 * capacity);
  });

  test("a process settles", () => {
    expect(isSteady(inProcess(capacity), capacity)).toBe(true);
  });

  test("a throttle without patience is found out", () => {
    expect(isSteady(onAsterisk(capacity, impatient), capacity)).toBe(false);
    expect(isSteady(inProcess(capacity, impatient), capacity)).toBe(false);
  });
});

const breaking: Breaking = { begin: TRUSTED, heard, looked, linesFree };

/** Opens as ours does, and is closed again all at once. */
const allAtOnce: Breaking = {
  ...breaking,
  heard: (before, word, use, limits) => {
    const now = heard(before, word, use, limits);
    if (now.state !== "closed") return now;
    return { ...now, linesTrusted: null };
  },
};

describe.each([
  [10, 60],
  [30, 60],
  [30, 20],
  [100, 40],
])("a trunk that carries %i of the 200 lines it should, calls of %i s,", (capacity, talkS) => {
  const trunk = (how: Breaking) =>
    new TrunkOf({ capacity, talkS, cps: 5, linesMax: 200, how, limits: DEFAULT_BREAKER });

  test("is full all the time, is asked for too much twice a minute, and is never closed to calls", () => {
    const { swing, refused, opened } = trunk(breaking).run(3_600);
    expect(isSteady(swing, capacity)).toBe(true);
    expect(swing.mean).toBeGreaterThan(0.98 * capacity);
    expect(refused).toBeLessThan(180);
    expect(opened).toBe(0);
  });

  test("a breaker that gives all lines back at once is found out", () => {
    expect(isSteady(trunk(allAtOnce).run(3_600).swing, capacity)).toBe(false);
  });
});
