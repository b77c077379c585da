/** What a predictive decision is in cases that can be reasoned out; how well it does over a day is the simulation's to say. */
import { describe, expect, test } from "@jest/globals";
import type { AbandonWindow } from "../../../src/pacing/bank.ts";
import { Predictive } from "../../../src/pacing/predictive.ts";
import type { Ages } from "../../../src/pacing/forecast.ts";
import type { PredictiveSample } from "../../../src/pacing/predictive.ts";

const MINUTE_MS = 60_000;
const BEGIN_MS = 1_000_000;

const ages = (...valuesMs: number[]): Ages => ({ valuesMs: Float64Array.from(valuesMs), count: valuesMs.length });
const alike = (count: number, ageMs: number): Ages => ages(...new Array<number>(count).fill(ageMs));

const DAY: AbandonWindow = {
  liveAnswers: 1_000,
  abandoned: 26,
  targetBasisPoints: 300,
  limitBasisPoints: 300,
  msUntilEnd: 240 * MINUTE_MS,
};

const sample = (more: Partial<PredictiveSample>): PredictiveSample => ({
  atMs: BEGIN_MS,
  agentsAvailable: 0,
  talk: ages(),
  wrapUp: ages(),
  ringing: ages(),
  confirmedRinging: null,
  callsWaiting: 0,
  leadsReady: 1_000,
  linesFree: 1_000,
  windows: [DAY],
  isStale: false,
  ...more,
});

/** Has seen 200 calls, 60 of them answered after 8 to 17 s; agents talk for two minutes and write for fifteen seconds. */
function experienced(recourseAfterMs: number | null = null): Predictive {
  const predictive = new Predictive({ ringTimeoutMs: 25_000, connectLimitMs: 2_000, recourseAfterMs });
  const { forecast } = predictive;
  for (let call = 0; call < 200; call++) {
    const placedAtMs = BEGIN_MS - 900_000 + call * 4_000;
    forecast.callsPlaced(placedAtMs, 1);
    if (call % 10 < 3) forecast.liveAnswer(placedAtMs, placedAtMs + 8_000 + (call % 10) * 3_000 + call * 5);
    else forecast.callFailed(placedAtMs, placedAtMs + 25_000);
  }
  for (let call = 0; call < 60; call++) {
    forecast.talkEnded(-120_000 * Math.log((call + 0.5) / 60));
    forecast.wrapUpEnded(7_500 + 250 * call);
  }
  predictive.decide(sample({ agentsAvailable: 1, ringing: alike(20, 1_000) }));
  return predictive;
}

const decide = (more: Partial<PredictiveSample>, predictive = experienced()) =>
  predictive.decide(sample({ atMs: BEGIN_MS + 60_000, ...more }));

describe("overdial", () => {
  test("goes beyond the floor when agents are free", () => {
    const { place, floor, because, loss, theta } = decide({ agentsAvailable: 4, talk: alike(1, 30_000) });
    expect(floor).toBe(4);
    expect(place).toBeGreaterThan(5);
    expect(place).toBeLessThan(20);
    expect(because).toBe("loss");
    expect(loss).toBeGreaterThan(theta);
  });

  test("calls ahead for agents who are about to end their wrap-up, not for those who have begun to talk", () => {
    const soon = decide({ talk: alike(10, 10_000), wrapUp: alike(8, 20_000) });
    const late = decide({ talk: alike(18, 10_000) });
    expect(soon.floor).toBe(0);
    expect(soon.place).toBeGreaterThan(late.place + 3);
  });

  test("takes off what rings, more for calls in the middle of their ringing than for those that hardly will be answered", () => {
    const none = decide({ agentsAvailable: 8 }).place;
    const middle = decide({ agentsAvailable: 8, ringing: alike(10, 6_000) }).place;
    const old = decide({ agentsAvailable: 8, ringing: alike(10, 22_000) }).place;
    expect(middle).toBeLessThan(none - 2);
    expect(old).toBeGreaterThan(middle + 1);
    expect(old).toBeLessThanOrEqual(none);
  });

  test("is bolder with more abandons in hand", () => {
    const rich = decide({ agentsAvailable: 5, talk: alike(5, 9_000), windows: [{ ...DAY, abandoned: 13 }] });
    const poor = decide({ agentsAvailable: 5, talk: alike(5, 9_000), windows: [{ ...DAY, abandoned: 32 }] });
    expect(rich.theta).toBeGreaterThan(poor.theta);
    expect(rich.place).toBeGreaterThan(poor.place);
  });

  test("obeys the tighter of two windows", () => {
    const month = { ...DAY, liveAnswers: 9_000, abandoned: 262, msUntilEnd: 20 * 1_440 * MINUTE_MS };
    expect(decide({ agentsAvailable: 8, windows: [DAY, month] }).theta).toBe(
      decide({ agentsAvailable: 8, windows: [month] }).theta,
    );
  });

  test("keeps to leads, to lines, and to fifteen lines per agent", () => {
    const free = { agentsAvailable: 6, windows: [{ ...DAY, abandoned: 0 }] };
    expect(decide({ ...free, leadsReady: 7 })).toMatchObject({ place: 7, because: "leads" });
    expect(decide({ ...free, linesFree: 8 })).toMatchObject({ place: 8, because: "lines" });
    expect(decide({ ...free, ringing: alike(6 * 15, 24_900) })).toMatchObject({ place: 0, because: "agentLines" });
    // Lines are free or they are not: what rings, and rivals' calls, were subtracted by whoever counted them.
    const beside = { ...free, ringing: alike(8, 24_900), linesFree: 2 };
    expect(decide(beside)).toMatchObject({ place: 2, because: "lines" });
    const rivals = { ringing: alike(8, 24_900), weights: new Float64Array(8).fill(1) };
    expect(decide({ ...free, rivals, linesFree: 2 })).toMatchObject({ place: 2, because: "lines" });
  });

  test("takes lines no faster than a busy team would, the floor excepted", () => {
    const predictive = experienced();
    const rich = { agentsAvailable: 30, windows: [{ ...DAY, abandoned: 0 }] };
    const first = decide(rich, predictive);
    expect(first).toMatchObject({ because: "tokens", floor: 30 });
    expect(first.place).toBeGreaterThanOrEqual(30);
    expect(decide(rich, predictive).place).toBe(30);
  });
});

describe("tokens", () => {
  const wanted = (predictive: Predictive, afterMs: number): number =>
    predictive.decide(sample({ atMs: BEGIN_MS + 60_000 + afterMs, agentsAvailable: 20 })).place;

  test("that were not used are given back", () => {
    const [used, unused] = [experienced(), experienced()];
    const first = wanted(used, 0);
    expect(wanted(unused, 0)).toBe(first);
    unused.notPlaced(first);
    expect(wanted(unused, 100)).toBe(first);
    // More than were taken there are none to give back.
    unused.notPlaced(1_000);
    expect(wanted(unused, 200)).toBe(first);
    used.notPlaced(0);
    expect(wanted(used, 100)).toBe(20);
  });

  test("are earned by agents: a team that was not there at first is not a burden for ever", () => {
    const predictive = new Predictive({ ringTimeoutMs: 25_000, connectLimitMs: 2_000, recourseAfterMs: 15_000 });
    predictive.decide(sample({ atMs: BEGIN_MS }));
    predictive.resume(experienced().snapshot(), 1);
    const { place, floor } = predictive.decide(sample({ atMs: BEGIN_MS + 60_000, agentsAvailable: 4 }));
    expect(place).toBeGreaterThan(floor);
  });
});

describe("nothing but the floor", () => {
  const free = { agentsAvailable: 4, ringing: alike(1, 5_000) };
  test.each<[because: string, more: Partial<PredictiveSample>]>([
    ["stale", { isStale: true }],
    ["gated", { windows: [] }],
    ["gated", { windows: [{ ...DAY, abandoned: 36 }] }],
    ["stopped", { windows: [{ ...DAY, abandoned: 30, msUntilEnd: 10 * MINUTE_MS }] }],
  ])("when %s", (because, more) => {
    expect(decide({ ...free, ...more })).toMatchObject({ because, floor: 3, place: 3, cancel: [] });
  });

  test("while learning, and a small team learns sooner than a large one", () => {
    const cold = new Predictive({ ringTimeoutMs: 25_000, connectLimitMs: 2_000, recourseAfterMs: null });
    expect(decide(free, cold)).toMatchObject({ because: "learning", place: 3 });
    expect(decide({ talk: alike(130, 10_000), agentsAvailable: 5 }).because).toBe("learning");
  });

  test("on a new day until it has seen half of what it would have to see without yesterday's", () => {
    const predictive = new Predictive({ ringTimeoutMs: 25_000, connectLimitMs: 2_000, recourseAfterMs: null });
    predictive.resume(experienced().snapshot(), 0.9);
    expect(decide(free, predictive).because).toBe("learning");
    // Five agents: 15 answers and 50 attempts, half of each.
    for (let call = 0; call < 25; call++) {
      predictive.forecast.callsPlaced(BEGIN_MS, 1);
      if (call < 8) predictive.forecast.liveAnswer(BEGIN_MS, BEGIN_MS + 10_000);
      else predictive.forecast.callFailed(BEGIN_MS, BEGIN_MS + 25_000);
      if (call === 6) expect(decide(free, predictive).because).toBe("learning");
    }
    expect(decide({ ...free, talk: alike(1, 30_000), atMs: BEGIN_MS + 300_000 }, predictive).because).not.toBe(
      "learning",
    );
  });

  test("when answers come that were not expected", () => {
    const predictive = experienced();
    const atMs = BEGIN_MS + 30_000;
    predictive.forecast.callsPlaced(atMs, 20);
    for (let call = 0; call < 15; call++) predictive.forecast.liveAnswer(atMs, atMs + 9_000 + call);
    expect(predictive.decide(sample({ atMs: atMs + 11_000, agentsAvailable: 5 }))).toMatchObject({
      because: "jumped",
      place: 5,
    });
  });

  test("and not even that when more wait than there are agents", () => {
    expect(decide({ agentsAvailable: 1, callsWaiting: 2 }).place).toBe(0);
  });
});

test("where people wait for every agent there is, that is what it is called", () => {
  const waited = { agentsAvailable: 1, talk: alike(1, 9_000), callsWaiting: 2 };
  expect(decide(waited)).toMatchObject({ place: 0, because: "spokenFor", loss: Number.NaN });
  expect(decide({ ...waited, windows: [{ ...DAY, abandoned: 36 }] }).because).toBe("gated");
});

describe("calls of campaigns that share agents", () => {
  const free = { agentsAvailable: 4 };
  const besides = (count: number, weight: number, ageMs = 6_000): Partial<PredictiveSample> => ({
    rivals: { ringing: alike(count, ageMs), weights: new Float64Array(count).fill(weight) },
  });

  test("count like our own where as many answer there", () => {
    const { loss, place, floor } = decide({ ...free, ringing: alike(5, 6_000) });
    const beside = decide({ ...free, ...besides(5, 1) });
    expect([beside.place, beside.floor]).toEqual([place, floor]);
    expect(beside.loss).toBeCloseTo(loss, 12);
  });

  test.each([4, 60])("count for more or less by as much, with %i agents in wrap-up besides", (others) => {
    const team = { ...free, wrapUp: alike(others, 1_000) };
    // Without leads it is the loss of the first call more.
    const alone = decide({ ...team, leadsReady: 0 });
    const losses = [0, 0.3, 1, 3].map((weight) => decide({ ...team, ...besides(5, weight), leadsReady: 0 }).loss);
    expect(losses[0]).toBe(alone.loss);
    for (const [index, loss] of losses.slice(1).entries()) expect(loss).toBeGreaterThan(losses[index]!);
  });

  test("are no more than certain, however much more likely they are answered", () => {
    const { loss, place } = decide({ ...free, ...besides(3, 1_000) });
    expect([Number.isFinite(loss), place]).toEqual([true, expect.any(Number)]);
    expect(place).toBeGreaterThanOrEqual(1);
  });
});

describe("recourse", () => {
  const full = {
    talk: alike(5, 10_000),
    ringing: ages(3_000, 18_000, 20_000),
    confirmedRinging: ages(2_000, 16_000, 19_000),
  };

  test("cancels what has rung long enough when no agent is likely, even while overdial is stopped", () => {
    expect([...decide(full, experienced(15_000)).cancel].sort()).toEqual([1, 2]);
    expect(decide({ ...full, windows: [{ ...DAY, abandoned: 36 }] }, experienced(15_000)).cancel).toHaveLength(2);
  });

  test("leaves calls alone when agents are free, when they have not rung long enough, when nobody confirmed it, and when it is off", () => {
    expect(decide({ ...full, agentsAvailable: 5 }, experienced(15_000)).cancel).toEqual([]);
    expect(decide(full, experienced(19_500)).cancel).toEqual([]);
    expect(decide({ ...full, confirmedRinging: ages(-1, -1, -1) }, experienced(15_000)).cancel).toEqual([]);
    expect(decide({ ...full, confirmedRinging: null }, experienced(15_000)).cancel).toEqual([]);
    expect(decide(full, experienced(null)).cancel).toEqual([]);
  });

  test("takes the longest ringing first, and no more than it must", () => {
    const ringing = ages(13_600, 13_100, 13_900, 13_400);
    const { cancel } = decide(
      { talk: alike(4, 10_000), agentsAvailable: 1, ringing, confirmedRinging: ringing },
      experienced(13_000),
    );
    expect(cancel.length).toBeGreaterThan(0);
    expect(cancel.length).toBeLessThan(4);
    expect(cancel.toSorted()).toEqual([2, 0, 3, 1].slice(0, cancel.length).sort());
  });
});

test("where nobody is left to answer for, recourse needs no forecast", () => {
  const rings = { ringing: ages(20_000, 16_000, 16_000), confirmedRinging: ages(18_000, -1, 14_000) };
  expect(decide(rings, experienced(15_000)).cancel).toEqual([0]);
  expect(decide(rings, experienced()).cancel).toEqual([]);
  expect(decide({ ...rings, isStale: true }, experienced(15_000)).cancel).toEqual([]);
});

test("a restart goes on where it stopped", () => {
  const before = experienced();
  const after = new Predictive({ ringTimeoutMs: 25_000, connectLimitMs: 2_000, recourseAfterMs: null });
  after.resume(JSON.parse(JSON.stringify(before.snapshot())), 1);
  const expected = decide({ agentsAvailable: 4 }, before);
  const decision = decide({ agentsAvailable: 4 }, after);
  expect(decision.because).toBe("loss");
  expect(Math.abs(decision.place - expected.place)).toBeLessThanOrEqual(2);
});

test("equal samples, equal decisions", () => {
  const given = { agentsAvailable: 3, talk: alike(9, 40_000), ringing: alike(4, 9_000) };
  expect(decide(given)).toEqual(decide(given));
});
