/** Pretend days of pacing: the simulator is right, predictive keeps its promises, and the worst days stay bearable. */
import { describe, expect, jest, test } from "@jest/globals";
import { simulateDay } from "../../src/simulation/pacing/day.ts";
import { rateOf } from "../../src/simulation/pacing/day-book.ts";
import type { DayBook } from "../../src/simulation/pacing/day-book.ts";
import { powerPolicy, predictivePolicy, progressivePolicy } from "../../src/simulation/pacing/policies.ts";
import type { Floor, MakePolicy } from "../../src/simulation/pacing/policy.ts";
import type { RunSettings } from "../../src/simulation/pacing/run.ts";
import { daySettings, simulateDays, USUAL } from "../../src/simulation/pacing/run.ts";
import { runTool } from "../support/run-tool.ts";

// A day is a second of work, on a machine that has nothing else to do.
jest.setTimeout(180_000);

const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;
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
    const report = simulateDays(run({ answerRate, agents: 60 }), progressivePolicy);
    expect(report.utilisation).toBeGreaterThan(least);
    expect(report.utilisation).toBeLessThan(most);
    expect(report.abandonRate).toBe(0);
  });

  test("runs the same day twice", () => {
    const [one, two] = [dayOf({ measuredMs: HALF_HOUR_MS }), dayOf({ measuredMs: HALF_HOUR_MS })];
    expect(two).toEqual(one);
    expect(dayOf({ measuredMs: HALF_HOUR_MS, seed: 5 }).attempts).not.toBe(one.attempts);
  });

  test("accounts for every agent's every moment", () => {
    const book = dayOf({ measuredMs: HALF_HOUR_MS });
    const busyMs = book.utilisation * 20 * HALF_HOUR_MS;
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

interface Row {
  readonly policy: string;
  readonly agents: number;
  readonly utilisation: number;
  readonly abandonRate: number;
  readonly worstHourRate: number;
}

/** Whole days, by the benchmark itself: jest's own world makes arithmetic ten times as slow. */
async function benchmark(...args: string[]): Promise<Row[]> {
  const { stdout, stderr } = await runTool("node_modules/tsx/dist/cli.mjs", [
    "scripts/bench/pacing.ts",
    ...args,
    "--json",
  ]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Row[];
}

describe("predictive, on cold days", () => {
  test("keeps agents busier than progressive and than a banked ratio, within the limit", async () => {
    const policies = ["--policy", "progressive,power,predictive", "--agents", "5,20"];
    const rows = await benchmark(...policies, "--answer-rate", "0.3", "--days", "2", "--seed", "4");
    expect(rows.map(({ policy, agents }) => `${policy} ${agents}`)).toEqual(
      [5, 20].flatMap((agents) => ["progressive", "power", "predictive"].map((policy) => `${policy} ${agents}`)),
    );
    for (const agents of [5, 20]) {
      const [progressive, power, predictive] = rows.filter((row) => row.agents === agents);
      expect(progressive!.abandonRate).toBe(0);
      expect(predictive!.abandonRate).toBeLessThanOrEqual(0.03);
      expect(power!.utilisation).toBeGreaterThan(progressive!.utilisation);
      expect(predictive!.utilisation).toBeGreaterThan(power!.utilisation + 0.01);
    }
  });

  test("gains by recourse", async () => {
    const day = ["--policy", "predictive", "--agents", "5", "--answer-rate", "0.15", "--days", "2"];
    const [without] = await benchmark(...day);
    const [withRecourse] = await benchmark(...day, "--recourse");
    expect(withRecourse!.utilisation).toBeGreaterThan(without!.utilisation + 0.01);
    expect(withRecourse!.abandonRate).toBeLessThanOrEqual(0.03);
  });

  test.each([3, 8, 60])("serves %d agents as well", async (agents) => {
    const day = ["--agents", String(agents), "--answer-rate", "0.3", "--days", "1", "--hours", "4", "--seed", "4"];
    const [progressive, predictive] = await benchmark("--policy", "progressive,predictive", ...day);
    expect(predictive!.utilisation).toBeGreaterThan(progressive!.utilisation + 0.03);
    expect(predictive!.abandonRate).toBeLessThanOrEqual(0.0305);
  });

  test.each(["sin", "ou", "step"])("stays within the limit while the answer rate goes its way: %s", async (course) => {
    const day = ["--policy", "predictive", "--agents", "20", "--answer-rate", "0.2", "--days", "1", "--hours", "4"];
    const [row] = await benchmark(...day, "--course", course);
    expect(row!.abandonRate).toBeLessThanOrEqual(0.0305);
    expect(row!.utilisation).toBeGreaterThan(0.82);
  });

  test("does not swing: five hundred agents stay busy, and no hour loses more than four in a hundred", async () => {
    const day = ["--policy", "predictive", "--agents", "500", "--answer-rate", "0.15", "--days", "1", "--hours", "1"];
    const [row] = await benchmark(...day);
    expect(row!.worstHourRate).toBeLessThanOrEqual(0.04);
    expect(row!.utilisation).toBeGreaterThan(0.95);
  });

  test("can be held to one per cent while the answer rate doubles", async () => {
    const [row] = await benchmark(
      ...["--policy", "predictive", "--agents", "20", "--answer-rate", "0.2", "--days", "1"],
      ...["--course", "step", "--target", "1"],
    );
    expect(row!.abandonRate).toBeLessThanOrEqual(0.0105);
    expect(row!.utilisation).toBeGreaterThan(0.8);
  });
});

describe("a bad moment", () => {
  const abandonsWithin = (book: DayBook, fromMinute: number, toMinute: number): number =>
    rateOf(...book.within(fromMinute, toMinute));

  test("half of fifty agents log out at once: few are lost in the next two minutes", () => {
    const atMinute = WARM_UP_MINUTES + 30;
    const book = dayOf({
      agents: 50,
      measuredMs: HOUR_MS,
      logouts: [{ atMs: atMinute * MINUTE_MS, agents: 25 }],
    });
    const [, abandoned] = book.within(atMinute, atMinute + 2);
    expect(abandoned).toBeLessThanOrEqual(8);
  });

  test("the answer rate doubles from one call to the next: the next ten minutes lose less than a tenth", () => {
    const book = dayOf({ agents: 50, answerRate: 0.2, course: "doubled", measuredMs: HOUR_MS });
    const middle = WARM_UP_MINUTES + 30;
    expect(abandonsWithin(book, middle, middle + 10)).toBeLessThan(0.1);
  });

  test.each([5, 50])(
    "%d agents begin cold with 45 answers in a hundred calls: the first minutes lose few",
    (agents) => {
      let [connected, abandoned] = [0, 0];
      for (let seed = 0; seed < 2; seed++) {
        const book = dayOf({ agents, answerRate: 0.45, measuredMs: 5 * MINUTE_MS, seed });
        const [c, a] = book.within(0, agents === 5 ? 20 : 5);
        connected += c;
        abandoned += a;
      }
      expect(rateOf(connected, abandoned)).toBeLessThan(0.07);
    },
  );
});
