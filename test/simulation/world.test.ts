/** The pretend world itself: it repeats itself by seed, its faults really happen, and its people do what they are said to. */
import { describe, expect, jest, test } from "@jest/globals";
import { instant } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { CalleeKind } from "../../src/simulation/population.ts";
import type { ShiftOptions, ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { breachesOf, WEATHERS } from "../support/weather.ts";

// A shift takes a second, and on a busy machine many.
jest.setTimeout(120_000);

const MINUTE = 60_000;

const outcomesOf = ({ tables }: ShiftResult): (Outcome | null)[] =>
  [...tables.attempts.values()].map(({ outcome }) => outcome);

describe("a seed", () => {
  const stormy = WEATHERS["everything at once"].options;

  test("replays a shift to the letter, faults and all", async () => {
    const [once, again] = [await runShift({ seed: 12, ...stormy }), await runShift({ seed: 12, ...stormy })];
    expect(again.journal).toEqual(once.journal);
    expect(again.diaries).toEqual(once.diaries);
    expect(again.log).toEqual(once.log);
  });

  test("of another number gives another shift", async () => {
    const [one, other] = [await runShift({ seed: 12 }), await runShift({ seed: 13 })];
    expect(other.journal).not.toEqual(one.journal);
  });
});

describe("faults happen", () => {
  const oneKind = async (options: Omit<ShiftOptions, "seed">): Promise<ShiftResult> =>
    runShift({ seed: 1, ...options });

  test("events are lost", async () => {
    expect((await oneKind(WEATHERS["events lost"].options)).lostEvents).toBeGreaterThan(10);
  });

  test("the connection goes and comes back", async () => {
    const { journal, lostEvents } = await oneKind(WEATHERS["the socket cut, three times"].options);
    const states = journal.filter(({ kind }) => kind === "connection").map((entry) => entry["state"]);
    expect(states).toEqual(["up", "down", "up", "down", "up", "down", "up"]);
    expect(lostEvents).toBeGreaterThan(0);
  });

  test("the store goes away, and what waited is written afterwards", async () => {
    const { log, tables } = await oneKind(WEATHERS["a store that goes away"].options);
    expect(log.map(({ message }) => message)).toContain("the store is away; nothing is placed, and rows wait");
    expect([...tables.attempts.values()].every(({ state }) => state === "ended")).toBe(true);
  });

  test("the daemon is killed and its calls are taken over", async () => {
    const { journal } = await oneKind(WEATHERS["a daemon killed twice"].options);
    const started = journal.filter((entry) => entry.kind === "engine" && entry["what"] === "started");
    expect(started).toHaveLength(3);
    expect(started.slice(1).some((entry) => Number(entry["open"]) > 0)).toBe(true);
  });
});

describe("what a number does becomes the outcome of its calls", () => {
  const EXPECTED: readonly [CalleeKind, readonly Outcome[]][] = [
    ["answers", ["connected"]],
    // Progressive dialling joins them before they can be gone; now and then one is faster.
    ["hangsUpAtOnce", ["connected", "hung-up-early"]],
    ["machine", ["connected"]],
    ["ringsOut", ["no-answer"]],
    ["busy", ["busy"]],
    ["unallocated", ["unallocated"]],
    ["congestion", ["congestion"]],
    ["declined", ["rejected"]],
    ["unavailable", ["subscriber-absent", "no-answer"]],
    ["announcement", ["unallocated"]],
    ["neverResponds", ["no-ringback"]],
    ["noTrunk", ["trunk-unreachable"]],
  ];

  test.each(EXPECTED)("%s", async (kind, expected) => {
    const result = await runShift({ seed: 3, leads: 12, mix: { [kind]: 1 } });
    expect(outcomesOf(result).length).toBeGreaterThanOrEqual(12);
    expect(outcomesOf(result).filter((outcome) => outcome === null || !expected.includes(outcome))).toEqual([]);
    expect(breachesOf(result)).toEqual([]);
  });
});

describe("the calling window", () => {
  /** 17:55 in London, on a campaign that closes at six. */
  const evening = instant(Date.UTC(2026, 10, 2, 17, 55));
  const callingHours = [{ days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 18 * 60 }];

  test("closes on a list that is not done, and the rest waits for the morning", async () => {
    const shift = { seed: 5, leads: 120, startAt: evening, campaign: { callingHours }, endAfterMs: 20 * MINUTE };
    const result = await runShift(shift);
    expect(breachesOf(result)).toEqual([]);
    const closed = instant(Date.UTC(2026, 10, 2, 18));
    expect([...result.tables.attempts.values()].every(({ order }) => order.decidedAt < closed)).toBe(true);
    const waiting = [...result.tables.leads.values()].filter(({ state }) => state === "ready");
    expect(waiting.length).toBeGreaterThan(10);
    expect(result.journal.some((entry) => entry.kind === "refused" && entry["rule"] === "CALLING-WINDOW")).toBe(true);
  });
});
