/** Whose lead is next: the stated shares, whatever the size of a claim and whoever comes and goes. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CALLBACK, FRESH, LeadMix, PUT_OFF, REDIAL, type Cell } from "../../src/domain/lead-mix.ts";
import { Turns } from "../../src/domain/turns.ts";

const cell = (change: Partial<Cell> = {}): Cell => ({
  ...{ sourceId: 1, weight: 1, queue: FRESH, zone: "a", priority: 0 },
  ...change,
});

const taken = (mix: LeadMix, cells: readonly Cell[], share: number, count: number): Map<Cell, number> => {
  const counts = new Map<Cell, number>(cells.map((each) => [each, 0]));
  for (let turn = 0; turn < count; turn += 1) {
    const next = mix.next(cells, share);
    if (next !== null) counts.set(next, (counts.get(next) ?? 0) + 1);
  }
  return counts;
};

describe("turns", () => {
  test("by weight: nobody is ever a whole turn's worth behind or ahead of their share for each who takes part", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 400 }),
        (weights, count) => {
          const turns = new Turns();
          const all = weights.map((weight, index) => ({ key: String(index), weight }));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const got = new Map<string, number>();
          let worst = 0;
          for (let turn = 1; turn <= count; turn += 1) {
            const { key } = turns.next(all)!;
            got.set(key, (got.get(key) ?? 0) + 1);
            for (const each of all) {
              const owed = (turn * each.weight) / total;
              worst = Math.max(worst, Math.abs((got.get(each.key) ?? 0) - owed));
            }
          }
          expect(worst).toBeLessThan(all.length);
        },
      ),
    );
  });

  test("who has no weight has none", () => {
    const turns = new Turns();
    expect(turns.next([{ key: "a", weight: 0 }])).toBeNull();
    expect(turns.next([])).toBeNull();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(
        turns.next([
          { key: "a", weight: 0 },
          { key: "b", weight: 1 },
        ])?.key,
      ).toBe("b");
    }
  });

  test("who was away comes back with what they had, and gets no more for it", () => {
    const turns = new Turns();
    const [a, b] = [
      { key: "a", weight: 1 },
      { key: "b", weight: 1 },
    ];
    for (let turn = 0; turn < 100; turn += 1) turns.next([a]);
    const next = Array.from({ length: 10 }, () => turns.next([a, b])?.key);
    expect(next.filter((key) => key === "b")).toHaveLength(5);
  });
});

describe("the mix", () => {
  test("of new and tried is as stated, over any number of turns, within one; of one kind alone it is all of that", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 300 }), (share, count) => {
        const [fresh, tried] = [cell(), cell({ queue: REDIAL })];
        const counts = taken(new LeadMix(), [fresh, tried], share, count);
        expect(Math.abs((counts.get(fresh) ?? 0) - (count * share) / 100)).toBeLessThan(2);
        expect(taken(new LeadMix(), [tried], share, count).get(tried)).toBe(count);
        expect(taken(new LeadMix(), [fresh], share, count).get(fresh)).toBe(count);
      }),
    );
  });

  test("of sources is by weight in each kind, and of zones even, whatever their number", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (weights, zones) => {
          const cells = weights.flatMap((weight, sourceId) =>
            Array.from({ length: zones }, (_, zone) => cell({ sourceId, weight, zone })),
          );
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const counts = taken(new LeadMix(), cells, 50, 20 * total * zones);
          for (const each of cells) expect(Math.abs(counts.get(each)! - 20 * each.weight)).toBeLessThanOrEqual(zones);
        },
      ),
    );
  });

  test("begins with the highest priority of a source, and there with those put off", () => {
    const [low, high, waited] = [cell(), cell({ priority: 2 }), cell({ priority: 2, queue: PUT_OFF })];
    expect(new LeadMix().next([low, high, waited], 50)).toBe(waited);
    expect(new LeadMix().next([low, high], 50)).toBe(high);
    // Another source's priorities are its own.
    const other = cell({ sourceId: 2, priority: 9 });
    const counts = taken(new LeadMix(), [low, other], 50, 10);
    expect([counts.get(low), counts.get(other)]).toEqual([5, 5]);
  });

  test("callbacks go by priority and zone like others, when they are asked for", () => {
    const promised = [cell({ queue: CALLBACK }), cell({ queue: CALLBACK, zone: "b" })];
    expect([...taken(new LeadMix(), promised, 50, 4).values()]).toEqual([2, 2]);
  });
});
