/** What was learned is gone on from when it is whole and not too old; nonsense is told, and learned anew. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { instant } from "../../../src/domain/instant.ts";
import { MEMORY_VERSION, memoryOf, readMemory, shareOf } from "../../../src/engine/pacing/pacing-memory.ts";
import { Predictive } from "../../../src/pacing/predictive.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SETTINGS = { ringTimeoutMs: 25_000, connectLimitMs: 1_800, recourseAfterMs: null };

const seasoned = (): Predictive => {
  const predictive = new Predictive(SETTINGS);
  for (let call = 0; call < 50; call++) {
    predictive.forecast.callsPlaced(call * 1_000, 1);
    if (call % 3 === 0) predictive.forecast.liveAnswer(call * 1_000, call * 1_000 + 9_000);
    else predictive.forecast.callFailed(call * 1_000, call * 1_000 + 25_000);
    predictive.forecast.talkEnded(60_000 + call);
    predictive.forecast.wrapUpEnded(9_000 + call);
  }
  return predictive;
};

/** As the store gives it back. */
const kept = (): Record<string, unknown> =>
  JSON.parse(JSON.stringify(memoryOf(seasoned().snapshot()))) as Record<string, unknown>;

describe("by age", () => {
  const now = instant(10 * DAY);
  test.each([
    [0, 1],
    [30 * MINUTE, 1],
    [30 * MINUTE + 1, 0.3],
    [DAY, 0.3],
    [7 * DAY, 0.3],
    [7 * DAY + 1, 0],
    // Another node's clock.
    [-5 * MINUTE, 1],
  ])("%d ms old weighs %d", (ageMs, share) => {
    expect(shareOf(instant(now - ageMs), now)).toBe(share);
  });
});

test("what was kept comes back as it was", () => {
  const read = readMemory(kept());
  if (!read.ok) throw new Error(read.because);
  const again = new Predictive(SETTINGS);
  again.resume(read.snapshot, 1);
  expect(again.forecast.answersKnown).toBeGreaterThan(15);
  expect(again.forecast.attemptsKnown).toBeGreaterThan(40);
});

test("ten restarts change nothing of it", () => {
  let predictive = seasoned();
  predictive.forecast.callFailed(0, 600_000);
  const first = memoryOf(predictive.snapshot());
  for (let restart = 0; restart < 10; restart++) {
    const read = readMemory(JSON.parse(JSON.stringify(memoryOf(predictive.snapshot()))));
    if (!read.ok) throw new Error(read.because);
    predictive = new Predictive(SETTINGS);
    predictive.resume(read.snapshot, 1);
  }
  expect(memoryOf(predictive.snapshot())).toEqual(first);
});

const changed = (change: (memory: Record<string, unknown>) => void): unknown => {
  const memory = kept();
  change(memory);
  return memory;
};
const inForecast = (part: string, value: unknown): unknown =>
  changed(({ forecast }) => {
    (forecast as Record<string, unknown>)[part] = value;
  });

const rate = (counts: { answers: number; exposure: number }): unknown =>
  inForecast("answerRate", { ...counts, guess: { answers: 0, exposure: 0 } });

test.each<[string, unknown]>([
  ["it is no object", null],
  ["it is no object", "a snapshot"],
  ["it is no object", [1, 2, 3]],
  [`its version is undefined, not ${MEMORY_VERSION}`, {}],
  // The first guess was among what was seen.
  ["its version is 1, not 2", { ...(kept() as object), version: 1 }],
  ["drift is no small number", changed((each) => (each["drift"] = 2.5))],
  [
    `its version is ${MEMORY_VERSION + 1}, not ${MEMORY_VERSION}`,
    changed((each) => (each["version"] = MEMORY_VERSION + 1)),
  ],
  ["drift is no small number", changed((each) => (each["drift"] = null))],
  ["drift is no small number", changed((each) => (each["drift"] = 1e9))],
  ["there is no forecast", changed((each) => delete each["forecast"])],
  ["there is no forecast.ring", inForecast("ring", 7)],
  [
    "forecast.ring.failed is not what it should be",
    inForecast("ring", { answered: [1], failed: [-1], cancelled: [0] }),
  ],
  ["forecast.talk.events is not what it should be", inForecast("talk", { events: [], exposureS: [1] })],
  ["forecast.wrapUp.exposureS is not what it should be", inForecast("wrapUp", { events: [1], exposureS: ["many"] })],
  ["forecast.answerRate.exposure is not what it should be", inForecast("answerRate", { answers: 1, exposure: null })],
  ["forecast.answerRate.guess is not what it should be", inForecast("answerRate", { answers: 1, exposure: 3 })],
  ["forecast.answerRate.answers is not what it should be", rate({ answers: 1e11, exposure: 1e11 })],
  ["there are more answers than attempts", rate({ answers: 5_000, exposure: 100 })],
  ["forecast.talk.exposureS is not what it should be", inForecast("talk", { events: [1], exposureS: [1e300] })],
  [
    "forecast.ring.answered is not what it should be",
    inForecast("ring", { answered: [1e200], failed: [1], cancelled: [1] }),
  ],
  // An endless number, as JSON writes it, in what another version added.
  ["forecast.byHour.9 is no number", inForecast("byHour", { 9: null })],
])("%s: it is not believed", (because, memory) => {
  expect(readMemory(memory)).toEqual({ ok: false, because });
});

test("whatever stands there, reading it throws nothing, and what is believed can be gone on from", () => {
  const nearly = fc.tuple(fc.constantFrom("answerRate", "ring", "talk", "wrapUp", "more"), fc.jsonValue());
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        nearly.map(([part, value]) => inForecast(part, value)),
      ),
      (memory) => {
        const read = readMemory(memory);
        if (!read.ok) return;
        const predictive = new Predictive(SETTINGS);
        predictive.resume(read.snapshot, 0.3);
        expect(predictive.forecast.rate).toBeGreaterThan(0);
      },
    ),
  );
});
