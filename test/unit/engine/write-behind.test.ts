/** Rows that follow what has happened: in order, each until the store has it. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { StoreError } from "../../../src/engine/ports.ts";
import type { AttemptChange, Log, Store } from "../../../src/engine/ports.ts";
import { WriteBehind } from "../../../src/engine/write-behind.ts";
import { VirtualClock } from "../../../src/simulation/virtual-clock.ts";

const change = (number: number): AttemptChange => ({
  attemptId: String(number) as AttemptId,
  state: "ringing",
  facts: NOTHING_KNOWN,
});

const away = (): StoreError => new StoreError("away", "no answer");
const broken = (): StoreError => new StoreError("broken", "no such column");

/** A store that takes rows unless it is told otherwise, and remembers what it was asked and what it took. */
class Rows {
  readonly asked: string[] = [];
  readonly taken: string[] = [];
  /** Consulted before every write, with the names of what is written. */
  mood: (names: readonly string[]) => Error | null = () => null;
  unfit = 0;

  async take(names: readonly string[]): Promise<number> {
    this.asked.push(names.join(" "));
    await Promise.resolve();
    const error = this.mood(names);
    if (error !== null) throw error;
    this.taken.push(...names);
    return this.unfit;
  }

  get store(): Store {
    const recordChanges = (changes: readonly AttemptChange[]): Promise<number> =>
      this.take(changes.map(({ attemptId }) => attemptId));
    return { recordChanges } as Store;
  }
}

const setUp = (): { rows: Rows; clock: VirtualClock; behind: WriteBehind; logged: string[] } => {
  const rows = new Rows();
  const clock = new VirtualClock();
  const logged: string[] = [];
  const say = (level: string) => (message: string) => logged.push(`${level}: ${message}`);
  const log: Log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  return { rows, clock, behind: new WriteBehind(rows.store, clock, log), logged };
};

const write = (behind: WriteBehind, rows: Rows, name: string): void => {
  behind.write(name, () => rows.take([name]));
};

test("rows are written in the order in which they came, of whatever kind", async () => {
  const { rows, clock, behind } = setUp();
  behind.change(change(1));
  write(behind, rows, "end of 1");
  behind.change(change(2));
  behind.change(change(3));
  write(behind, rows, "agent state");
  await clock.advance(0);
  expect(rows.taken).toEqual(["1", "end of 1", "2", "3", "agent state"]);
  expect(behind.depth).toBe(0);
});

test("changes that wait together are written together, two hundred at most, and never past another row", async () => {
  const { rows, clock, behind } = setUp();
  for (let number = 0; number <= 450; number++) behind.change(change(number));
  write(behind, rows, "end of 450");
  behind.change(change(451));
  await clock.advance(0);
  // The first goes at once; the others come together while it is on its way.
  expect(rows.asked.map((names) => names.split(" ").length)).toEqual([1, 200, 200, 50, 3, 1]);
  expect(rows.asked[4]).toBe("end of 450");
});

describe("while the store is away", () => {
  test("nothing is lost, nothing is overtaken, and it is asked less and less often", async () => {
    const { rows, clock, behind, logged } = setUp();
    rows.mood = away;
    behind.change(change(1));
    write(behind, rows, "end of 1");
    await clock.advance(60_000);
    expect([behind.storeAway, behind.depth, rows.taken]).toEqual([true, 2, []]);
    // After 50, 100, 200 … 3,200 ms and then every five seconds.
    expect(rows.asked.length).toBe(1 + 7 + 10);
    expect(logged).toEqual(["warn: the store is away; rows wait in memory"]);

    rows.mood = () => null;
    await clock.advance(5_000);
    expect([behind.storeAway, behind.depth, rows.taken]).toEqual([false, 0, ["1", "end of 1"]]);
    expect(logged.at(-1)).toBe("info: the store answers again");
  });

  test("whoever waits for everything to be written waits", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = away;
    behind.change(change(1));
    let settled = false;
    void behind.settled().then(() => (settled = true));
    await clock.advance(10_000);
    expect(settled).toBe(false);
    rows.mood = () => null;
    await clock.advance(10_000);
    expect(settled).toBe(true);
  });
});

describe("what the store refuses for good", () => {
  test("is counted and said aloud, and the rest goes on", async () => {
    const { rows, clock, behind, logged } = setUp();
    rows.mood = ([name]) => (name === "bad" ? broken() : null);
    for (const name of ["good", "bad", "better"]) write(behind, rows, name);
    await clock.advance(0);
    expect(rows.taken).toEqual(["good", "better"]);
    expect(behind.counts).toEqual({ refused: 1, unfit: 0 });
    expect(logged).toEqual(["error: the store refused a row for good"]);
  });

  test.each([
    ["a conflict", new StoreError("conflict", "somebody else's")],
    ["a mistake of ours", new TypeError("undefined is not a row")],
  ])("%s is not repeated either", async (_what, error) => {
    const { rows, clock, behind } = setUp();
    rows.mood = () => error;
    write(behind, rows, "row");
    await clock.advance(60_000);
    expect([rows.asked, behind.depth, behind.counts.refused]).toEqual([["row"], 0, 1]);
  });

  test("takes none of its batch with it", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = (names) => (names.includes("3") ? broken() : null);
    for (let number = 0; number <= 5; number++) behind.change(change(number));
    await clock.advance(0);
    expect(rows.taken).toEqual(["0", "1", "2", "4", "5"]);
    expect(behind.counts.refused).toBe(1);
    // One by one only as long as needed.
    for (let number = 6; number <= 9; number++) behind.change(change(number));
    await clock.advance(0);
    expect(rows.asked.slice(-2)).toEqual(["6", "7 8 9"]);
  });

  test("shows at least that the store is there again, so that dialling can go on", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = away;
    write(behind, rows, "row");
    await clock.advance(1_000);
    expect(behind.storeAway).toBe(true);
    rows.mood = broken;
    await clock.advance(5_000);
    expect([behind.depth, behind.storeAway]).toEqual([0, false]);
  });
});

test("changes that no longer fitted their rows are counted", async () => {
  const { rows, clock, behind } = setUp();
  rows.unfit = 2;
  behind.change(change(1));
  await clock.advance(0);
  expect(behind.counts).toEqual({ refused: 0, unfit: 2 });
});

test("with nothing to write, everything is written", async () => {
  const { behind } = setUp();
  await expect(behind.settled()).resolves.toBeUndefined();
});

test("in any weather every row arrives once or is refused once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ isChange: fc.boolean(), bad: fc.boolean(), pauseMs: fc.constantFrom(0, 10, 400) }), {
        maxLength: 40,
      }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      async (jobs, outages) => {
        const { rows, clock, behind } = setUp();
        const bad = new Set(jobs.flatMap((job, index) => (job.bad ? [String(index)] : [])));
        const weather = [...outages];
        rows.mood = (names) => {
          if (weather.pop() === true) return away();
          return names.some((name) => bad.has(name)) ? broken() : null;
        };
        for (const [index, { isChange, pauseMs }] of jobs.entries()) {
          if (isChange) behind.change(change(index));
          else write(behind, rows, String(index));
          await clock.advance(pauseMs);
        }
        await clock.advance(600_000);
        expect(rows.taken).toEqual(jobs.flatMap((job, index) => (job.bad ? [] : [String(index)])));
        expect([behind.depth, behind.counts.refused, behind.storeAway]).toEqual([0, bad.size, false]);
      },
    ),
    { numRuns: 60 },
  );
});
