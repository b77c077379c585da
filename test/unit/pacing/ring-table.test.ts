/** When calls are answered and fail, and what that says about a call that has rung so long. */
import { describe, expect, test } from "@jest/globals";
import { RING_AGE_STEP_MS, RingProspects, ringRows, RingTable } from "../../../src/pacing/ring-table.ts";

const RING_TIMEOUT_MS = 25_000;

/** A thousand calls: three hundred answered, evenly from 5 to 20 s; a hundred fail at 2 s, the others ring out. */
function learned(cancelAtMs: number | null): RingTable {
  const table = new RingTable(RING_TIMEOUT_MS);
  for (let index = 0; index < 300; index++) {
    const atMs = 5_000 + (index / 300) * 15_000;
    if (cancelAtMs !== null && atMs > cancelAtMs && index % 2 === 0) table.recordCancel(cancelAtMs);
    else table.recordAnswer(atMs);
  }
  for (let index = 0; index < 100; index++) table.recordFailure(2_000);
  for (let index = 0; index < 600; index++) {
    if (cancelAtMs !== null && index % 2 === 0) table.recordCancel(cancelAtMs);
    else table.recordFailure(RING_TIMEOUT_MS);
  }
  return table;
}

describe("the curves", () => {
  test("are those of the calls seen", () => {
    const { answered, failed } = learned(null).curves();
    expect(answered[5]).toBeLessThan(0.02);
    expect(answered[12]).toBeCloseTo(7 / 15, 1.5);
    expect(answered[20]).toBeGreaterThan(0.98);
    expect(failed[3]).toBeCloseTo(1 / 7, 1.5);
    expect(failed.at(-1)).toBe(1);
  });

  test("are not bent by cancelling half of the calls that have rung for fifteen seconds", () => {
    const whole = learned(null).curves();
    const cut = learned(15_000).curves();
    for (const second of [8, 12, 15, 18]) {
      expect(Math.abs(cut.answered[second]! - whole.answered[second]!)).toBeLessThan(0.03);
    }
    expect(Math.abs(cut.failed[20]! - whole.failed[20]!)).toBeLessThan(0.03);
  });

  test("are whole before anything was seen", () => {
    const { answered, failed } = new RingTable(RING_TIMEOUT_MS).curves();
    expect(answered.at(-1)).toBeCloseTo(1);
    expect(failed.at(-1)).toBeCloseTo(1);
    expect(answered[2]).toBe(0);
  });

  test("survive a restart, and are not taken over from another ring time-out", () => {
    const next = new RingTable(RING_TIMEOUT_MS);
    next.learnFrom(learned(null).snapshot(), 1);
    expect(next.curves().answered[12]).toBeCloseTo(learned(null).curves().answered[12]!, 2);
    const other = new RingTable(40_000);
    other.learnFrom(learned(null).snapshot(), 1);
    expect(other.curves()).toEqual(new RingTable(40_000).curves());
  });
});

describe("the prospects of a call", () => {
  const horizonsMs = [1_000, 25_000];
  const rows = new Float64Array(ringRows(RING_TIMEOUT_MS) * horizonsMs.length);
  new RingProspects(learned(null).curves(), horizonsMs, RING_TIMEOUT_MS).fill(rows, 0.3);
  const answers = (ageMs: number, horizon: number): number =>
    rows[(ageMs / RING_AGE_STEP_MS) * horizonsMs.length + horizon]!;

  test("are the answer rate when it is placed", () => {
    expect(answers(0, 0)).toBeLessThan(0.01);
    expect(answers(0, 1)).toBeCloseTo(0.3, 2);
  });

  test("rise when the quick failures are out of the way", () => {
    expect(answers(4_000, 1)).toBeCloseTo(300 / 900, 1.5);
  });

  test("fall as the answers are used up, to nothing", () => {
    expect(answers(12_500, 1)).toBeCloseTo(150 / 750, 1.5);
    expect(answers(24_000, 1)).toBeLessThan(0.01);
  });
});
