/** Forecasts: plausible, reproducible, and of the same days for every mode. */
import { describe, expect, jest, test } from "@jest/globals";
import { settingsOf, type Given } from "../../../../src/app/simulate/options.ts";
import {
  computingSeconds,
  forecastModes,
  forecastTeam,
  powerMode,
  PREDICTIVE,
  PREDICTIVE_WITH_RECOURSE,
  PROGRESSIVE,
  teamSizes,
} from "../../../../src/simulation/pacing/forecast.ts";
import { answerAfter, ringLawWith } from "../../../../src/simulation/pacing/laws.ts";

jest.setTimeout(120_000);

const settings = (given: Given = {}, days = 1, seed = 3) => settingsOf({ agents: 8, hours: 0.5, ...given }, days, seed);

describe("a forecast", () => {
  test("gives progressive what progressive comes to, without one abandon, on lines that its agents have", () => {
    const [forecast] = forecastModes(settings({ agents: 60, hours: 2, answerRate: 0.3 }), [PROGRESSIVE]);
    expect(forecast?.utilisation.mean).toBeGreaterThan(0.685);
    expect(forecast?.utilisation.mean).toBeLessThan(0.705);
    expect(forecast?.abandons.mean).toBe(0);
    expect(forecast?.linesPeak).toBe(60);
    expect(forecast?.gain.mean).toBe(0);
  });

  test("is the same for the same seed and another for another", () => {
    const run = (seed: number) => forecastModes(settings({}, 1, seed), [PREDICTIVE_WITH_RECOURSE]);
    expect(run(3)).toEqual(run(3));
    expect(run(4)[0]?.attempts.mean).not.toBe(run(3)[0]?.attempts.mean);
  });

  test("counts gains over progressive, also where nobody asked for that", () => {
    const run = settings({ hours: 1 }, 2);
    const [power] = forecastModes(run, [powerMode(2)]);
    const [floor, again] = forecastModes(run, [PROGRESSIVE, powerMode(2)]);
    expect(again).toEqual(power);
    expect(power?.gain.mean).toBeCloseTo((power?.utilisation.mean ?? 0) - (floor?.utilisation.mean ?? 0), 10);
    expect(power?.gain.mean).toBeGreaterThan(0.02);
    expect(power?.gain.low).not.toBeNull();
  });

  test("ends with the list, whose redials are counted", () => {
    const [endless] = forecastModes(settings({ hours: 1 }), [PROGRESSIVE]);
    const [short] = forecastModes(settings({ hours: 1, leads: 100 }), [PROGRESSIVE]);
    expect(endless?.list).toBeNull();
    expect(endless?.attempts.mean).toBeGreaterThan(200);
    expect(short?.list?.dialledShare.mean).toBe(1);
    expect(short?.list?.daysEnded).toBe(1);
    expect(short?.list?.endsAfterHours).toBeLessThan(0.5);
    // The busy ones are due again within the hour, those who did not answer are not.
    expect(short?.attempts.mean).toBeGreaterThan(105);
    expect(short?.attempts.mean).toBeLessThan(135);
    expect(short?.list?.connectedShare.mean).toBeCloseTo((short?.connects.mean ?? 0) / 100, 10);
  });

  test("feels every setting", () => {
    const [usual] = forecastModes(settings(), [PREDICTIVE]);
    const others: readonly Given[] = [
      { ringTimeoutMs: 40_000 },
      { ringMeanMs: 6_000 },
      { connectLimitMs: 8_000 },
      { busyShare: 0.6 },
      { talkMs: 60_000 },
      { talkVariation: 0.3 },
      { wrapUpMs: 0 },
      { abandonLimit: 0.1 },
      { course: "step" },
      { answerRate: 0.5 },
    ];
    for (const given of others) {
      const [other] = forecastModes(settings(given), [PREDICTIVE]);
      expect([given, other?.attempts.mean]).not.toEqual([given, usual?.attempts.mean]);
    }
  });

  test("tells of each day as it ends", () => {
    const days: string[] = [];
    forecastModes(settings({ hours: 0.25 }, 2), [powerMode(1.5)], ({ name }) => days.push(name));
    expect(days).toEqual(["progressive", "progressive", "power:1.5", "power:1.5"]);
  });
});

test("teams reach from three agents to four times the team, which is one of them", () => {
  expect(teamSizes(12, 500)).toEqual([3, 5, 8, 12, 19, 30, 48]);
  for (const agents of [1, 2, 3, 4, 7, 100, 499, 500]) {
    const sizes = teamSizes(agents, 500);
    expect(sizes).toContain(agents);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(new Set(sizes).size).toBe(sizes.length);
  }
});

test("a larger team is busier in predictive mode, and no busier in progressive", () => {
  const [small, large] = [4, 24].map((agents) => forecastTeam(settings(), agents));
  expect((large?.predictive ?? 0) - (small?.predictive ?? 0)).toBeGreaterThan(0.04);
  expect(Math.abs((large?.progressive ?? 0) - (small?.progressive ?? 0))).toBeLessThan(0.05);
});

test("computing is estimated by days, modes and team", () => {
  const seconds = (given: Given, days: number, modes = [PREDICTIVE]) => computingSeconds(settings(given, days), modes);
  expect(seconds({}, 20)).toBeCloseTo(2 * seconds({}, 10), 6);
  expect(seconds({}, 1, [PREDICTIVE, PREDICTIVE_WITH_RECOURSE])).toBeGreaterThan(2 * seconds({}, 1));
  expect(seconds({ agents: 400 }, 1)).toBeGreaterThan(10 * seconds({ agents: 10 }, 1));
});

test("a ring law has the mean that was asked for, as far as the time-out lets it", () => {
  for (const [meanS, timeoutMs] of [
    [11.8, 25_000],
    [18.7, 25_000],
    [4, 120_000],
  ] as const) {
    const after = answerAfter(ringLawWith(meanS, timeoutMs, 0.15), timeoutMs);
    const points = Array.from({ length: 1_000 }, (_, index) => after((index + 0.5) / 1_000, 0));
    expect(points.reduce((sum, each) => sum + each, 0) / points.length / 1_000).toBeCloseTo(meanS, 1);
    expect(Math.max(...points)).toBeLessThan(timeoutMs);
  }
});
