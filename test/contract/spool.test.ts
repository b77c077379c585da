/** What every spool promises, the pretend one and the one of real files. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpoolFolder } from "../../src/app/spool/spool-folder.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Spool, SpooledJob } from "../../src/engine/ports/spool.ts";
import { MemoryLog } from "../../src/simulation/memory-log.ts";
import { FAIR_DISK, PretendDisk, PretendSpool } from "../../src/simulation/pretend-spool.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { MONDAY_MORNING, VirtualClock } from "../../src/simulation/virtual-clock.ts";

/** One disk, on which one process after the other opens its spool. */
interface Disk {
  open(rowsMax?: number): Promise<Spool>;
  /** Whatever has to happen for a promise of the spool to come true. */
  pass<T>(asked: Promise<T>): Promise<T>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const files = (): Disk => {
  const folder = mkdtempSync(join(tmpdir(), "fairdial-spool-"));
  folders.push(folder);
  const log = new MemoryLog(new VirtualClock());
  return {
    open: (rowsMax = 100) => SpoolFolder.open(folder, { rowsMax, bytesMax: 1_000_000, segmentBytes: 700 }, log),
    pass: (asked) => asked,
  };
};

const pretend = (): Disk => {
  const [disk, clock] = [new PretendDisk(), new VirtualClock()];
  return {
    open: async (rowsMax = 100) => new PretendSpool(disk, clock, new SeededRandom(1), { ...FAIR_DISK, rowsMax }),
    pass: async (asked) => {
      // Whoever waits for it hears of it below.
      asked.catch(() => undefined);
      await clock.advance(100);
      return asked;
    },
  };
};

const jobs = (from: number, count: number, holder = "one"): SpooledJob[] =>
  Array.from({ length: count }, (_, index) => ({
    holder,
    seq: from + index,
    at: instant(MONDAY_MORNING + from + index),
    job: { type: "agentCommand", commandId: from + index, result: "done – für Zoë\n\"'", at: MONDAY_MORNING },
  }));

const all = async (spool: Spool): Promise<SpooledJob[]> => {
  const found: SpooledJob[] = [];
  for (let batch = await spool.read(7); batch.length > 0; batch = await spool.read(7)) found.push(...batch);
  return found;
};

describe.each([
  ["of files", files],
  ["of the pretend world", pretend],
])("the spool %s", (_name, make) => {
  test("has nothing to begin with", async () => {
    const spool = await make().open();
    expect([spool.rows, spool.oldestAt, spool.torn, await spool.read(5)]).toEqual([0, null, [], []]);
  });

  test("keeps what was noted for the next process, behind what was appended, until it is forgotten", async () => {
    const disk = make();
    const spool = await disk.open();
    await disk.pass(spool.append(jobs(1, 2)));
    for (const job of jobs(3, 60)) spool.note(job);
    spool.forgetNotes(4);
    for (const job of jobs(63, 2)) spool.note(job);
    expect(spool.rows).toBe(2);
    const next = await disk.open();
    const left = await all(next);
    expect(left.slice(0, 2)).toEqual(jobs(1, 2));
    // Some that are settled may still be there: whoever carries them out passes them over.
    expect(left.slice(2).slice(-60)).toEqual(jobs(5, 60));
    expect(left.slice(2).map(({ seq }) => seq)).toEqual(left.slice(2).map((_, index) => 65 - left.length + 2 + index));
    await next.forget(left.length);
    expect([next.rows, await all(await disk.open())]).toEqual([0, []]);
  });

  test("has nothing left of notes that are all settled", async () => {
    const disk = make();
    const spool = await disk.open();
    for (const job of jobs(1, 30)) spool.note(job);
    spool.forgetNotes(30);
    expect(await all(await disk.open())).toEqual([]);
  });

  test("gives back what it was given, in order, whole, and each row once", async () => {
    const disk = make();
    const spool = await disk.open();
    await disk.pass(spool.append(jobs(1, 3)));
    await disk.pass(spool.append(jobs(4, 20)));
    expect([spool.rows, spool.oldestAt]).toEqual([23, MONDAY_MORNING + 1]);
    expect(spool.bytes).toBeGreaterThan(23 * 80);
    expect(await spool.read(2)).toEqual(jobs(1, 2));
    await disk.pass(spool.append(jobs(24, 2)));
    expect(await all(spool)).toEqual(jobs(3, 23));
    expect(spool.rows).toBe(25);
    await spool.forget(25);
    expect([spool.rows, spool.oldestAt, await spool.read(5)]).toEqual([0, null, []]);
    await disk.pass(spool.append(jobs(26, 1)));
    expect(await all(spool)).toEqual(jobs(26, 1));
  });

  test("what was promised is there for the next process; what was read and not forgotten as well", async () => {
    const disk = make();
    const first = await disk.open();
    await disk.pass(first.append(jobs(1, 30)));
    await first.read(30);
    await first.forget(2);
    const second = await disk.open();
    await disk.pass(second.append(jobs(1, 2, "two")));
    const found = await all(second);
    // It may tell again what was forgotten, in order, from the beginning of some row.
    expect(found.slice(-30)).toEqual([...jobs(3, 28), ...jobs(1, 2, "two")]);
    expect(second.torn).toEqual([]);
    await second.forget(found.length);
    expect([second.rows, (await disk.open()).rows]).toEqual([0, 0]);
  });

  test("what was forgotten altogether is not told again", async () => {
    const disk = make();
    const first = await disk.open();
    await disk.pass(first.append(jobs(1, 12)));
    await first.read(12);
    await first.forget(12);
    expect(await (await disk.open()).read(5)).toEqual([]);
  });

  test("takes a group whole or not at all, and says when it holds as much as it may", async () => {
    const disk = make();
    const spool = await disk.open(10);
    await disk.pass(spool.append(jobs(1, 8)));
    await expect(disk.pass(spool.append(jobs(9, 3)))).rejects.toMatchObject({ name: "SpoolError", kind: "full" });
    await disk.pass(spool.append(jobs(9, 2)));
    await spool.read(5);
    await spool.forget(5);
    await disk.pass(spool.append(jobs(11, 3)));
    expect(await all(spool)).toEqual(jobs(6, 8));
  });

  test("keeps what was refused where the next process does not take it for a row", async () => {
    const disk = make();
    const spool = await disk.open();
    const [refused] = jobs(1, 1);
    await disk.pass(spool.setAside(refused!, "no such column"));
    expect([spool.rows, (await disk.open()).rows]).toEqual([0, 0]);
  });
});
