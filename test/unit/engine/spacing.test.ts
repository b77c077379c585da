/** Calls of one transaction leave one by one, at the pace of their trunk, and none is forgotten. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AttemptOrder } from "../../../src/domain/attempt.ts";
import { Spacing } from "../../../src/engine/placing/spacing.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import { bench } from "./bench.ts";

const setUp = (cpsMax: number) => {
  const { context, clock } = bench({ telephony: { trunk: () => ({ linesMax: 100, cpsMax, codecs: [] }) } });
  const left: [string, number][] = [];
  const spacing = new Spacing<{ readonly order: AttemptOrder }>(context, ({ order }) => {
    left.push([order.trunk, clock.now() - MONDAY_MORNING]);
  });
  const add = (trunk: string, count: number): void => {
    for (let each = 0; each < count; each++) spacing.add({ order: { trunk } as AttemptOrder });
  };
  return { clock, left, add };
};

test("the first leaves at once, the others as the trunk takes them", async () => {
  const { clock, left, add } = setUp(20);
  add("a", 4);
  expect(left).toEqual([["a", 0]]);
  await clock.advance(1_000);
  expect(left.map(([, at]) => at)).toEqual([0, 50, 100, 150]);
  add("a", 1);
  expect(left.at(-1)).toEqual(["a", 1_000]);
});

test("those who come later wait behind those who wait", async () => {
  const { clock, left, add } = setUp(10);
  add("a", 2);
  await clock.advance(60);
  add("a", 2);
  await clock.advance(1_000);
  expect(left.map(([, at]) => at)).toEqual([0, 100, 200, 300]);
});

test("trunks wait for themselves, and a pace that is no whole number of milliseconds is kept", async () => {
  const { clock, left, add } = setUp(30);
  add("a", 31);
  add("b", 1);
  expect(left.slice(0, 2)).toEqual([
    ["a", 0],
    ["b", 0],
  ]);
  await clock.advance(2_000);
  const last = left.filter(([trunk]) => trunk === "a").at(-1);
  expect(left).toHaveLength(32);
  expect(last?.[1]).toBeGreaterThanOrEqual(1_000);
  expect(last?.[1]).toBeLessThan(1_035);
});

/** Over any stretch of time: what it may bring, the first, and a tenth of a second; clocks tell whole milliseconds. */
const MADE_UP_MS = 100 + 1;
const tooMany = (times: readonly number[], cpsMax: number): boolean =>
  times.some((from, first) =>
    times.slice(first).some((to, more) => more > ((to - from + MADE_UP_MS) / 1_000) * cpsMax + 1e-6),
  );

const together = (batches: readonly { readonly afterMs: number; readonly count: number }[]): number[] => {
  let now = 0;
  return batches.flatMap(({ afterMs, count }) => {
    now += afterMs;
    return Array.from({ length: count }, () => now);
  });
};

test("however many are decided together and when, no trunk is given more than it takes", async () => {
  const additions = fc.array(fc.record({ afterMs: fc.nat(700), count: fc.integer({ min: 1, max: 25 }) }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0.5, 1, 2, 7, 10, 33, 100), additions, async (cpsMax, batches) => {
      const { clock, left, add } = setUp(cpsMax);
      for (const { afterMs, count } of batches) {
        await clock.advance(afterMs);
        add("a", count);
      }
      const all = batches.reduce((sum, { count }) => sum + count, 0);
      await clock.advance(1_000 * Math.ceil(all / cpsMax));
      expect(left).toHaveLength(all);
      const times = left.map(([, at]) => at);
      expect(tooMany(times, cpsMax)).toBe(false);
      // The law tells: had the calls of each batch left together, many a trunk would have had more.
      if (batches.some(({ count }) => count > 1 + cpsMax / 5)) expect(tooMany(together(batches), cpsMax)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
