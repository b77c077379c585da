/** What managers are told: figures, and how far to trust them. */
import { describe, expect, test } from "@jest/globals";
import { settingsOf } from "../../../../src/app/simulate/options.ts";
import { textOf } from "../../../../src/app/simulate/print.ts";
import { verdict, warnings, withBounds, withHalf } from "../../../../src/app/simulate/words.ts";
import { instant } from "../../../../src/domain/instant.ts";
import { PROGRESSIVE } from "../../../../src/simulation/pacing/forecast.ts";
import { around, forecast, progressive, simulation } from "./samples.ts";

test("estimates carry their interval, if they have one", () => {
  expect(withHalf(around(0.789, 0.004))).toBe("78.9 % ± 0.4");
  expect(withHalf(around(0.789, null))).toBe("78.9 %");
  expect(withBounds(around(0.0278, 0.0006))).toBe("2.78 % (2.72 to 2.84)");
  expect(withBounds(around(0, 0))).toBe("0 %");
});

describe("a small team", () => {
  test("is told what predictive is worth to it, and how certain that is", () => {
    expect(warnings(simulation())).toEqual([
      "With 5 agents predictive is expected to keep agents busy 78.9 % of the time against 69.5 % progressive, +9.4 points; the gain is certain to ± 0.5 points. 24 abandons per day (2.78 %; worst day 2.93 %; 0 of 10 days above the limit). In a small team one agent who leaves moves all of this.",
    ]);
  });

  test("is told so after one day too, which says nothing of others", () => {
    const one = simulation({ modes: [forecast("predictive", 0.789, { gain: around(0.09, null), days: 1 })] });
    expect(warnings(one)[0]).toContain("how certain that is one day alone cannot say");
  });

  test("ends at fourteen agents, and without a predictive mode there is nothing to say", () => {
    const team = (agents: number) => warnings(simulation({ settings: settingsOf({ agents }, 10, 1) }));
    expect(team(14)).toHaveLength(1);
    expect(team(15)).toEqual([]);
    expect(warnings(simulation({ modes: [progressive, forecast("power:1.5", 0.75)] }))).toEqual([]);
  });
});

test("days above the limit are named, whatever the size of the team", () => {
  const over = forecast("power:8", 0.72, { daysOverLimit: 2, abandonRateMax: 0.0331 });
  const [said] = warnings(simulation({ settings: settingsOf({ agents: 50 }, 10, 1), modes: [progressive, over] }));
  expect(said).toBe("Power:8 ended 2 of 10 days above the abandon limit of 3.0 %, the worst at 3.31 %.");
});

test("the verdict is the busiest mode that keeps the limit", () => {
  const wild = forecast("power:8", 0.9, { abandonRate: around(0.031) });
  expect(verdict(simulation({ modes: [progressive, forecast("predictive", 0.789), wild] }))).toEqual([
    "Predictive keeps agents busy 78.9 % of the time against 69.5 % progressive: 92 more people connected a day, for 24 abandoned (2.78 % of live answers).",
  ]);
  expect(verdict(simulation({ modes: [wild] }))).toEqual(["No mode stays within the abandon limit."]);
});

test("a list that ends is a warning, and has its columns", () => {
  const list = { dialledShare: around(1), connectedShare: around(0.357), endsAfterHours: 5.57, daysEnded: 10 };
  const short = simulation({
    settings: settingsOf({ agents: 20, leads: 6_000 }, 10, 1),
    modes: [forecast("predictive", 0.84, { list })],
  });
  expect(warnings(short)).toEqual([
    "The 6,000 leads have all been dialled once after 5h 34m (predictive): what agents do afterwards is redials, or nothing.",
  ]);
  const text = textOf(short, []);
  expect(text).toContain("20 agents, 8h, 6,000 leads, answer rate 25.0 %");
  expect(text).toMatch(/predictive .* 100\.0 % +35\.7 %/);
  expect(textOf(simulation(), [])).not.toContain("list dialled");
});

describe("a past day", () => {
  const calibration = (utilisation: number) => ({
    campaign: "spring",
    day: "2026-11-20",
    mode: PROGRESSIVE,
    settings: settingsOf({ agents: 20 }, 10, 1),
    simulated: progressive,
    past: {
      ...{
        attempts: 2_500,
        leads: 2_400,
        overdialled: 0,
        liveAnswers: 752,
        connects: 740,
        abandoned: 12,
        cancelled: 0,
      },
      ...{ failedAtOnce: 300, ringMeanMs: 11_000, talkMeanMs: 120_000, talkVariation: 1, longestGapMs: 2_820_000 },
      ...{ from: instant(0), to: instant(28_800_000) },
      agents: { mean: 20.2, peak: 22, utilisation, wrapUpMeanMs: 15_000 },
    },
  });
  const large = settingsOf({ agents: 20 }, 10, 1);

  test("is shown as it was, beside its simulation", () => {
    const text = textOf(simulation({ settings: large, calibration: calibration(0.681) }), []);
    expect(text).toMatch(/spring on 2026-11-20, progressive +as it was +simulated/);
    expect(text).toMatch(/utilisation +68\.1 % +69\.5 % ± 0\.4/);
    expect(text).toMatch(/abandons +12 \(1\.60 %\) +0 \(0\.00 %\)/);
  });

  test("that the simulation misses is a warning; one that it meets is none", () => {
    expect(warnings(simulation({ settings: large, calibration: calibration(0.681) }))).toEqual([]);
    expect(warnings(simulation({ settings: large, calibration: calibration(0.541) }))).toEqual([
      "The simulation of that day is 15.4 points of utilisation above what was: take its figures as differences between modes. The longest time without an attempt was 47m.",
    ]);
  });
});
