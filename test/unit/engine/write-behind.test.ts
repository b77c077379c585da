/** Rows that follow what has happened: in order, each until the store has it, each once. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { StoreError } from "../../../src/engine/ports.ts";
import type { AttemptChange, NumberedJob, Store, StoreJob } from "../../../src/engine/ports.ts";
import { WriteBehind } from "../../../src/engine/rows/write-behind.ts";
import { MemoryJournal } from "../../../src/simulation/memory-journal.ts";
import { MemoryLog } from "../../../src/simulation/memory-log.ts";
import { FAIR_DISK, PretendDisk, PretendSpool } from "../../../src/simulation/pretend-spool.ts";
import { SeededRandom } from "../../../src/simulation/seeded-random.ts";
import { MONDAY_MORNING, VirtualClock } from "../../../src/simulation/virtual-clock.ts";

const change = (number: number): AttemptChange => ({
  attemptId: String(number) as AttemptId,
  state: "ringing",
  facts: NOTHING_KNOWN,
});

const away = (): StoreError => new StoreError("away", "no answer");
const broken = (): StoreError => new StoreError("broken", "no such column");

const named = (name: string): StoreJob => ({
  type: "agentCommand",
  commandId: 1,
  result: name,
  at: MONDAY_MORNING,
});
const nameOf = (job: StoreJob): string =>
  job.type === "attemptChange" ? job.change.attemptId : job.type === "agentCommand" ? job.result : job.type;

/** A store that takes rows unless it is told otherwise, and remembers what it was asked and what it took. */
class Rows {
  readonly asked: string[] = [];
  readonly taken: string[] = [];
  /** Consulted before every write, with the names of what is written. */
  mood: (names: readonly string[]) => Error | "hangs" | null = () => null;
  unfit = 0;

  async carryOut(_holder: string, jobs: readonly NumberedJob[]): Promise<number> {
    const names = jobs.map(({ job }) => nameOf(job));
    this.asked.push(names.join(" "));
    await Promise.resolve();
    const mood = this.mood(names);
    if (mood === "hangs") return new Promise(() => undefined);
    if (mood !== null) throw mood;
    this.taken.push(...names);
    return this.unfit;
  }
}

const setUp = ({ rowsMax = 1_000, memoryRowsMax = 1_000, flushMs = FAIR_DISK.flushMs } = {}) => {
  const rows = new Rows();
  const clock = new VirtualClock();
  const [journal, log, disk] = [new MemoryJournal(), new MemoryLog(clock), new PretendDisk()];
  const spool = new PretendSpool(disk, clock, new SeededRandom(7), { ...FAIR_DISK, rowsMax, flushMs });
  const store = rows as unknown as Store;
  const behind = new WriteBehind({ store, spool, clock, log, journal, holder: "one", memoryRowsMax });
  const said = (level: string): string[] => log.lines().flatMap((line) => (line.level === level ? [line.message] : []));
  const alarms = (): unknown[] => journal.ofKind("alarm").map(({ code }) => code);
  return { rows, clock, journal, disk, spool, behind, said, alarms };
};

const write = (behind: WriteBehind, name: string): void => {
  behind.write(named(name));
};

test("rows are written in the order in which they came, of whatever kind", async () => {
  const { rows, clock, behind, disk } = setUp();
  behind.change(change(1));
  write(behind, "end of 1");
  behind.change(change(2));
  behind.change(change(3));
  write(behind, "agent state");
  await clock.advance(0);
  expect(rows.taken).toEqual(["1", "end of 1", "2", "3", "agent state"]);
  expect([behind.depth, disk.everAppended]).toEqual([0, 0]);
});

test("rows that wait together are written together: four hundred at most, and not more than twenty that need statements of their own", async () => {
  const { rows, clock, behind } = setUp();
  for (let number = 0; number <= 450; number++) behind.change(change(number));
  for (let number = 0; number < 25; number++) write(behind, `command-${number}`);
  behind.change(change(451));
  await clock.advance(1_100);
  expect(rows.asked.map((names) => names.split(" ").length)).toEqual([400, 71, 6]);
  expect(rows.taken).toHaveLength(477);
});

describe("what comes one by one", () => {
  test("is gathered for a moment, all but the first", async () => {
    const { rows, clock, behind } = setUp();
    for (let number = 0; number < 60; number++) {
      behind.change(change(number));
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(rows.taken).toHaveLength(60);
    expect(rows.asked[0]).toBe("0");
    expect(rows.asked.map((names) => names.split(" ").length)).toEqual([1, 24, 25, 10]);
  });

  test("is gathered for longer while much comes", async () => {
    const { rows, clock, behind } = setUp();
    for (let number = 0; number < 400; number++) {
      behind.change(change(number));
      if (number % 2 === 1) await clock.advance(5);
    }
    await clock.advance(1_000);
    expect(rows.taken).toHaveLength(400);
    expect(rows.asked.map((names) => names.split(" ").length)).toEqual([2, 98, 200, 100]);
  });

  test("waits no longer when somebody waits for a row, when enough has come, or the process ends", async () => {
    const { rows, clock, behind } = setUp();
    behind.change(change(0));
    await clock.advance(1);
    behind.change(change(1));
    const written: number[] = [];
    behind.write(named("wanted"), () => written.push(clock.now()));
    await clock.advance(1);
    expect([rows.asked, written.length]).toEqual([["0", "1 wanted"], 1]);
    for (let number = 2; number < 402; number++) behind.change(change(number));
    await clock.advance(1);
    expect(rows.taken).toHaveLength(403);
    behind.change(change(402));
    const settled = behind.settled();
    await clock.advance(1);
    await settled;
    expect(behind.depth).toBe(0);
  });

  test("waits no longer when somebody objected", async () => {
    const { rows, clock, behind } = setUp();
    behind.change(change(0));
    await clock.advance(1);
    behind.change(change(1));
    await clock.advance(1);
    expect(rows.taken).toEqual(["0"]);
    behind.writeAtOnce(named("who objected"));
    await clock.advance(1);
    expect(rows.taken).toEqual(["0", "1", "who objected"]);
  });

  test("outlives the process that gathered it", async () => {
    const { clock, behind, disk, rows } = setUp();
    behind.change(change(0));
    await clock.advance(1);
    behind.change(change(1));
    write(behind, "end of 1");
    expect(rows.taken).toEqual(["0"]);
    // Killed here; the next one finds it.
    const spool = new PretendSpool(disk, clock, new SeededRandom(8), FAIR_DISK);
    const found = await spool.read(10);
    expect(found.map(({ holder, seq, job }) => [holder, seq, nameOf(job)])).toEqual([
      ["one", 2, "1"],
      ["one", 3, "end of 1"],
    ]);
  });
});

describe("while the store is away", () => {
  test("nothing is lost, nothing is overtaken, and it is asked less and less often", async () => {
    const { rows, clock, behind, disk, said } = setUp();
    rows.mood = away;
    behind.change(change(1));
    write(behind, "end of 1");
    await clock.advance(60_000);
    expect([behind.storeAway, behind.isBehind, rows.taken]).toEqual([true, true, []]);
    // After 50, 100, 200 … 3,200 ms and then every five seconds.
    expect(rows.asked.length).toBe(1 + 7 + 10);
    expect(said("warn")[0]).toBe("the store is away; nothing is placed, and rows wait");
    // The two, and the alarm.
    expect([behind.depth, disk.rows, behind.spool.rows]).toEqual([3, 3, 3]);
    expect(behind.spool.ageMs).toBeGreaterThan(59_000);

    rows.mood = () => null;
    await clock.advance(5_000);
    expect([behind.storeAway, behind.isBehind, behind.depth]).toEqual([false, false, 0]);
    expect(rows.taken).toEqual(["1", "end of 1", "alarm"]);
    expect(said("info").at(-1)).toBe("the store answers again");
  });

  test("managers are told, once it is worth their while, and each spell anew", async () => {
    const { rows, clock, behind, alarms } = setUp();
    for (const awayMs of [3_000, 30_000, 30_000]) {
      rows.mood = away;
      write(behind, "row");
      await clock.advance(awayMs);
      rows.mood = () => null;
      await clock.advance(10_000);
    }
    expect(alarms()).toEqual(["DATABASE-AWAY", "DATABASE-AWAY"]);
  });

  test("a statement that hangs is no answer: within a second nothing may be placed, and the row is on the disk", async () => {
    const { rows, clock, behind, disk } = setUp();
    rows.mood = () => "hangs";
    write(behind, "row");
    await clock.advance(700);
    expect(behind.isBehind).toBe(false);
    await clock.advance(299);
    expect([behind.storeAway, behind.isBehind, disk.rows]).toEqual([true, true, 1]);
  });

  test("so is a reading that hangs or fails; and whichever comes back last brings it back", async () => {
    const { clock, behind } = setUp();
    let answer: (value: number) => void = () => undefined;
    const asked = behind.health.watch("reads", new Promise((resolve) => (answer = resolve)));
    await clock.advance(900);
    expect(behind.isBehind).toBe(true);
    answer(1);
    await asked;
    expect(behind.isBehind).toBe(false);
    await behind.health.watch("reads", Promise.reject(away())).catch(() => undefined);
    await behind.health.watch("writes", Promise.reject(away())).catch(() => undefined);
    await behind.health.watch("reads", Promise.resolve(1));
    expect(behind.isBehind).toBe(true);
    await behind.health.watch("writes", Promise.resolve(1));
    expect(behind.isBehind).toBe(false);
  });

  test("whoever waits for everything to be written waits", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = away;
    behind.change(change(1));
    let settled = false;
    void behind.settled().then(() => (settled = true));
    const ran: string[] = [];
    behind.write(named("asked for"), () => ran.push("written"));
    behind.afterwards(() => ran.push("afterwards"));
    await clock.advance(10_000);
    expect([settled, ran]).toEqual([false, []]);
    rows.mood = () => null;
    await clock.advance(10_000);
    expect([settled, ran]).toEqual([true, ["written", "afterwards"]]);
    behind.afterwards(() => ran.push("at once"));
    expect(ran.at(-1)).toBe("at once");
  });

  test("a row that is on its way to the disk as the store comes back is not overtaken by the one after it", async () => {
    const { rows, clock, behind, disk } = setUp({ flushMs: 100 });
    rows.mood = away;
    behind.writeAtOnce(named("first"));
    await clock.advance(110);
    // Placing is held by the readings; the first try that succeeds is due at 150, and the second row's flush lasts to 250.
    await behind.health.watch("reads", Promise.reject(away())).catch(() => undefined);
    rows.mood = () => null;
    await clock.advance(39);
    write(behind, "second");
    await clock.advance(10);
    expect([rows.taken, disk.rows]).toEqual([["first"], 0]);
    write(behind, "third");
    await clock.advance(1_000);
    expect(rows.taken).toEqual(["first", "second", "third"]);
  });

  test("a process that ends leaves on the disk what is not in the store", async () => {
    const { rows, clock, behind, disk } = setUp();
    rows.mood = () => "hangs";
    write(behind, "row");
    write(behind, "other");
    const left = behind.leave();
    await clock.advance(10);
    await left;
    expect(disk.rows).toBe(2);
  });
});

describe("the bounds", () => {
  test("a spool that is full says so once, rows stay in memory in order, and all are written in the end", async () => {
    const { rows, clock, behind, alarms, disk } = setUp({ rowsMax: 3 });
    rows.mood = away;
    for (let index = 0; index < 3; index++) write(behind, `early ${index}`);
    await clock.advance(100);
    for (let index = 0; index < 40; index++) write(behind, `late ${index}`);
    await clock.advance(60_000);
    expect([disk.rows, behind.depth]).toEqual([3, 3 + 40 + 2]);
    expect(alarms()).toEqual(["SPOOL-FULL", "DATABASE-AWAY"]);
    rows.mood = () => null;
    await clock.advance(60_000);
    const early = ["early 0", "early 1", "early 2"];
    const late = Array.from({ length: 40 }, (_, index) => `late ${index}`);
    expect(rows.taken.filter((name) => name !== "alarm")).toEqual([...early, ...late]);
    expect(behind.depth).toBe(0);
  });

  test("what the full spool left in memory is in the store before anybody is dialled again", async () => {
    const { rows, clock, disk, behind } = setUp({ rowsMax: 3 });
    rows.mood = away;
    for (const name of ["a", "b", "c"]) write(behind, name);
    await clock.advance(2_000);
    for (let number = 0; number < 30; number++) write(behind, `late-${number}`);
    write(behind, "who objected");
    await clock.advance(1_000);
    expect(disk.rows).toBe(3);
    rows.mood = () => null;
    let free = false;
    // As often as placing looks, and oftener.
    for (let ms = 0; ms < 10_000 && !free; ms++) {
      await clock.advance(1);
      free = !behind.isBehind;
    }
    expect([free, rows.taken.includes("who objected")]).toEqual([true, true]);
    // What comes from then on is as young as ever, and holds up nobody.
    write(behind, "young");
    await clock.advance(1);
    write(behind, "younger");
    expect([behind.depth, behind.isBehind]).toEqual([2, false]);
  });

  test("beyond disk and memory: changes of ended attempts are spared first; what is lost is journalled and told", async () => {
    const { rows, clock, behind, alarms, journal } = setUp({ rowsMax: 0, memoryRowsMax: 20 });
    rows.mood = away;
    for (let number = 0; number < 12; number++) behind.change(change(number));
    const end = { attemptId: "3" } as unknown as Extract<StoreJob, { type: "attemptEnd" }>["end"];
    for (let index = 0; index < 6; index++)
      behind.write({ type: "attemptEnd", end: { ...end, attemptId: `${index}` as AttemptId } });
    await clock.advance(1);
    // One alarm about the disk is there as well; six changes are spared for the next six rows.
    for (let index = 0; index < 20; index++) write(behind, `row ${index}`);
    expect(behind.depth).toBe(20);
    const lost = journal.ofKind("spool").filter(({ what }) => what === "lost");
    // Thirteen rows, and the alarm that says so.
    expect(lost.length).toBe(14);
    expect(alarms()).toEqual(["SPOOL-FULL", "ROWS-LOST"]);
    expect(lost.at(-1)).toMatchObject({ row: named("row 19") });
    rows.mood = () => null;
    await clock.advance(10_000);
    expect(behind.depth).toBe(0);
  });
});

describe("what the store refuses for good", () => {
  test("is counted, said aloud and set aside, and the rest goes on", async () => {
    const { rows, clock, behind, said, disk, alarms } = setUp();
    rows.mood = (names) => (names.includes("bad") ? broken() : null);
    const written: string[] = [];
    for (const name of ["good", "bad", "better"]) behind.write(named(name), () => written.push(name));
    await clock.advance(300);
    expect(rows.taken).toEqual(["good", "better", "alarm"]);
    expect(written).toEqual(["good", "better"]);
    expect(behind.counts).toEqual({ refused: 1, unfit: 0 });
    expect(said("error")).toEqual(["the store refused a row for good"]);
    expect(alarms()).toEqual(["ROW-REFUSED"]);
    expect(disk.setAside.map((line) => (JSON.parse(line) as { because: string }).because)).toEqual(["no such column"]);
  });

  test.each([
    ["a conflict", new StoreError("conflict", "somebody else's")],
    ["a mistake of ours", new TypeError("undefined is not a row")],
  ])("%s is not repeated either, nor the alarm about it", async (_what, error) => {
    const { rows, clock, behind } = setUp();
    rows.mood = () => error;
    write(behind, "row");
    await clock.advance(60_000);
    expect([rows.asked, behind.depth, behind.counts.refused]).toEqual([["row", "alarm"], 0, 2]);
  });

  test("takes none of its batch with it", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = (names) => (names.includes("3") ? broken() : null);
    for (let number = 0; number <= 5; number++) behind.change(change(number));
    await clock.advance(300);
    expect(rows.taken).toEqual(["0", "1", "2", "4", "5", "alarm"]);
    expect(behind.counts.refused).toBe(1);
    // One by one only as long as needed.
    for (let number = 6; number <= 9; number++) behind.change(change(number));
    await clock.advance(300);
    expect(rows.asked.at(-1)).toBe("6 7 8 9");
  });

  test("shows at least that the store is there again, so that dialling can go on", async () => {
    const { rows, clock, behind } = setUp();
    rows.mood = away;
    write(behind, "row");
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
  await expect(behind.begin()).resolves.toBeUndefined();
});
