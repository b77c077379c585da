/** Pretend days of pacing: the simulator is right, predictive keeps its promises, and the worst days stay bearable. */
import { describe, expect, jest, test } from "@jest/globals";
import { simulateDay } from "../../src/simulation/pacing/day.ts";
import { rateOf } from "../../src/simulation/pacing/day-book.ts";
import type { DayBook } from "../../src/simulation/pacing/day-book.ts";
import { powerPolicy, predictivePolicy, progressivePolicy } from "../../src/simulation/pacing/policies.ts";
import type { Floor, MakePolicy } from "../../src/simulation/pacing/policy.ts";
import type { RunSettings } from "../../src/simulation/pacing/run.ts";
import { daySettings, simulateDays, USUAL } from "../../src/simulation/pacing/run.ts";

// A day is a second of work, on a machine that has nothing else to do.
jest.setTimeout(180_000);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WARM_UP_MINUTES = 15;

const run = (more: Partial<RunSettings>): RunSettings => ({
  ...USUAL,
  agents: 20,
  answerRate: 0.3,
  days: 1,
  seed: 4,
  ...more,
});

const dayOf = (more: Partial<RunSettings>, policy: MakePolicy = predictivePolicy): DayBook =>
  simulateDay(daySettings(run(more), 0), policy);

describe("the simulator", () => {
  test.each([
    [0.3, 0.69, 0.7],
    [0.15, 0.5, 0.51],
  ])("gives progressive at an answer rate of %d between %d and %d, and not one abandon", (answerRate, least, most) => {
    const report = simulateDays(run({ answerRate, agents: 100, days: 2 }), progressivePolicy);
    expect(report.utilisation).toBeGreaterThan(least);
    expect(report.utilisation).toBeLessThan(most);
    expect(report.abandonRate).toBe(0);
  });

  test("runs the same day twice", () => {
    const [one, two] = [dayOf({ measuredMs: HOUR_MS }), dayOf({ measuredMs: HOUR_MS })];
    expect(two).toEqual(one);
    expect(dayOf({ measuredMs: HOUR_MS, seed: 5 }).attempts).not.toBe(one.attempts);
  });

  test("accounts for every agent's every moment", () => {
    const book = dayOf({ measuredMs: HOUR_MS });
    const busyMs = book.utilisation * 20 * HOUR_MS;
    expect(book.talkMs + book.wrapUpMs).toBeCloseTo(busyMs, 0);
    expect(book.talkMs / book.wrapUpMs).toBeGreaterThan(6);
  });

  test("answers as many calls as the answer rate says, and loses those for whom nobody comes within two seconds", () => {
    // Thrice as many calls as agents can take.
    const book = dayOf({ measuredMs: 2 * HOUR_MS }, powerPolicy(12, false));
    const answered = book.measuredConnected + book.measuredAbandoned;
    expect(Math.abs(answered / book.attempts - 0.3)).toBeLessThan(0.02);
    expect(book.dayRate).toBeGreaterThan(0.3);
    expect(book.utilisation).toBeGreaterThan(0.93);
  });

  test("shows a policy nothing that does not add up", () => {
    const seen: string[] = [];
    const watched: MakePolicy = (setting) => {
      const policy = predictivePolicy(setting);
      const look = (floor: Floor): void => {
        if (floor.agents !== floor.agentsAvailable + floor.talk.count + floor.wrapUp.count) seen.push("agents");
        if (floor.callsWaiting > 0 && floor.agentsAvailable > 0) seen.push("waits although somebody is free");
        for (let call = 0; call < floor.ringing.count; call++) {
          const ageMs = floor.ringing.valuesMs[call]!;
          if (ageMs < 0 || ageMs > 25_000) seen.push("rings for ever");
        }
      };
      return {
        listener: policy.listener,
        onEvents: true,
        decide: (floor) => {
          look(floor);
          return policy.decide(floor);
        },
      };
    };
    dayOf({ measuredMs: HOUR_MS }, watched);
    expect([...new Set(seen)]).toEqual([]);
  });
});

describe("predictive", () => {
  test.each([
    { agents: 3, answerRate: 0.3, gain: 0.02 },
    { agents: 5, answerRate: 0.3, gain: 0.06 },
    { agents: 20, answerRate: 0.3, gain: 0.16 },
    { agents: 60, answerRate: 0.15, gain: 0.35 },
  ])(
    "keeps $agents agents busier than progressive, within the limit, on a cold day",
    ({ agents, answerRate, gain }) => {
      const book = dayOf({ agents, answerRate });
      const before = dayOf({ agents, answerRate }, progressivePolicy);
      expect(book.utilisation - before.utilisation).toBeGreaterThan(gain);
      expect(book.dayRate).toBeLessThanOrEqual(0.0305);
    },
  );

  test("beats a banked fixed ratio on the same calls", () => {
    const ratios = [1.4, 1.7, 2, 2.5].map((ratio) => dayOf({}, powerPolicy(ratio, true)).utilisation);
    expect(dayOf({}).utilisation).toBeGreaterThan(Math.max(...ratios));
  });

  test("gains by recourse, and cancels nothing without", () => {
    const [without, withRecourse] = [dayOf({ agents: 5 }), dayOf({ agents: 5, recourse: true })];
    expect(without.cancels).toBe(0);
    expect(withRecourse.cancels).toBeGreaterThan(20);
    expect(withRecourse.utilisation).toBeGreaterThan(without.utilisation + 0.008);
    expect(withRecourse.dayRate).toBeLessThanOrEqual(0.0305);
  });

  test("can be held to one per cent", () => {
    const book = dayOf({ targetBasisPoints: 100, limitBasisPoints: 100 });
    expect(book.dayRate).toBeLessThanOrEqual(0.0105);
    expect(book.utilisation).toBeGreaterThan(0.78);
  });

  test.each(["sin", "ou", "step"] as const)("stays within the limit while the answer rate goes as %s", (course) => {
    const book = dayOf({ answerRate: 0.2, course });
    expect(book.dayRate).toBeLessThanOrEqual(0.0305);
    expect(book.worstHourRate).toBeLessThan(0.08);
    expect(book.utilisation).toBeGreaterThan(0.84);
  });
});

describe("a bad moment", () => {
  const abandonsWithin = (book: DayBook, fromMinute: number, toMinute: number): number =>
    rateOf(...book.within(fromMinute, toMinute));

  test("half of fifty agents log out at once: few are lost in the next two minutes", () => {
    const atMinute = WARM_UP_MINUTES + 60;
    const book = dayOf({
      agents: 50,
      measuredMs: 2 * HOUR_MS,
      logouts: [{ atMs: atMinute * MINUTE_MS, agents: 25 }],
    });
    const [, abandoned] = book.within(atMinute, atMinute + 2);
    expect(abandoned).toBeLessThanOrEqual(8);
    expect(book.dayRate).toBeLessThan(0.032);
  });

  test("the answer rate doubles from one call to the next: the next ten minutes lose less than a tenth", () => {
    const book = dayOf({ agents: 50, answerRate: 0.2, course: "doubled", measuredMs: 2 * HOUR_MS });
    const middle = WARM_UP_MINUTES + 60;
    expect(abandonsWithin(book, middle, middle + 10)).toBeLessThan(0.1);
    expect(book.worstHourRate).toBeLessThan(0.06);
  });

  test.each([5, 50])(
    "%d agents begin cold with 45 answers in a hundred calls: the first minutes lose few",
    (agents) => {
      let [connected, abandoned] = [0, 0];
      for (let seed = 0; seed < 6; seed++) {
        const book = dayOf({ agents, answerRate: 0.45, measuredMs: 10 * MINUTE_MS, seed });
        const [c, a] = book.within(0, agents === 5 ? 20 : 5);
        connected += c;
        abandoned += a;
      }
      expect(rateOf(connected, abandoned)).toBeLessThan(0.07);
    },
  );

  test("five hundred agents do not swing: no hour above four per cent", () => {
    const book = dayOf({ agents: 500, measuredMs: HOUR_MS });
    expect(book.worstHourRate).toBeLessThan(0.04);
    expect(book.utilisation).toBeGreaterThan(0.97);
  });
});
