/** Whatever looks for memory that is kept must find some when it is there. */
import { describe, expect, test } from "@jest/globals";
import { measureMemory } from "../../../scripts/bench/memory/run.ts";
import { slopeOf } from "../../../scripts/bench/memory/slope.ts";
import { isRising } from "../../../scripts/bench/soak/run.ts";
import type { SoakPoint } from "../../../scripts/bench/soak/run.ts";

describe("the slope of points", () => {
  test.each<[what: string, points: [number, number][], slope: number]>([
    [
      "on a line is the line's",
      [
        [1, 3],
        [2, 5],
        [4, 9],
      ],
      2,
    ],
    [
      "around a line is about the line's",
      [
        [0, 1],
        [1, 1],
        [2, 3],
        [3, 3],
      ],
      0.8,
    ],
    [
      "that lie level is nothing",
      [
        [1, 7],
        [2, 7],
      ],
      0,
    ],
    ["of which there is one is nothing", [[1, 7]], 0],
    [
      "at one place is nothing",
      [
        [1, 7],
        [1, 9],
      ],
      0,
    ],
  ])("%s", (_what, points, slope) => {
    expect(slopeOf(points)).toBeCloseTo(slope);
  });
});

describe("the memory of a pretend daemon", () => {
  test("is looked at ten times while a list is dialled that is filled up, and nothing of it is left", async () => {
    const figures = await measureMemory({ attempts: 200, agents: 10, mode: "power" });
    expect(figures.attempts).toBeGreaterThanOrEqual(200);
    expect(figures.points).toHaveLength(10);
    expect(figures.points.at(-1)?.attempts).toBeGreaterThanOrEqual(200);
    expect(figures.rows).toBe(0);
  }, 120_000);

  test("with a leak planted, of ten kilobytes a call, is not flat", async () => {
    const leaked: number[][] = [];
    const leak = (ended: number): void => {
      for (let call = 0; call < ended; call++) leaked.push(new Array<number>(1_280).fill(call));
    };
    const figures = await measureMemory({ attempts: 300, agents: 10, mode: "power", leak });
    expect(leaked.length).toBeGreaterThanOrEqual(300);
    expect(figures.bytesPerAttempt).toBeGreaterThan(5_000);
    expect(figures.flat).toBe(false);
  }, 120_000);
});

describe("a soak", () => {
  const point = (minute: number, rssMb: number): SoakPoint => ({
    ...{ minute, rssMb, heapMb: 40, openFiles: 30, resources: 20, asteriskRssMb: 90, asteriskThreads: 60 },
    ...{ channels: 30, bridges: 10, attempts: minute * 600 },
  });

  test.each<[what: string, perMinute: number, minutes: number, rising: boolean]>([
    ["nothing rises where nothing does", 0, 20, false],
    ["a megabyte a minute for twenty minutes is a leak", 1, 20, true],
    ["a megabyte a minute for two minutes cannot be told from noise", 1, 2, false],
    ["what falls does not rise", -1, 20, false],
  ])("%s", (_what, perMinute, minutes, rising) => {
    const points = Array.from({ length: minutes + 1 }, (_, minute) => point(minute, 180 + perMinute * minute));
    expect(isRising(points, "rssMb", perMinute * 60)).toBe(rising);
  });
});
