/** The files that rows wait in: torn, spoilt, too new, on a disk without room; and for whose eyes. */
import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSpool, judgeLeftovers, judgeSpoolSpace } from "../../../../src/app/check/check-spool.ts";
import type { DaemonConfig } from "../../../../src/app/config.ts";
import { openSpool } from "../../../../src/app/spool/open-spool.ts";
import { decoded, encoded, HEADER } from "../../../../src/app/spool/records.ts";
import { SpoolFolder } from "../../../../src/app/spool/spool-folder.ts";
import { lockFolder } from "../../../../src/app/spool/spool-lock.ts";
import { instant } from "../../../../src/domain/instant.ts";
import type { SpooledJob } from "../../../../src/engine/ports/spool.ts";
import { MemoryLog } from "../../../../src/simulation/memory-log.ts";
import { MONDAY_MORNING, VirtualClock } from "../../../../src/simulation/virtual-clock.ts";

const log = new MemoryLog(new VirtualClock());
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "fairdial-spool-"));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const row = (seq: number): SpooledJob => ({
  holder: "host:1:abc",
  seq,
  at: instant(MONDAY_MORNING + seq),
  job: { type: "agentCommand", commandId: seq, result: `done ${"é".repeat(seq % 5)}`, at: MONDAY_MORNING },
});
const rows = (count: number): SpooledJob[] => Array.from({ length: count }, (_, index) => row(index + 1));
const open = (at: string, bytesMax = 1_000_000): Promise<SpoolFolder> =>
  SpoolFolder.open(at, { rowsMax: 1_000, bytesMax, segmentBytes: 1_000 }, log);
const written = Buffer.concat([HEADER, ...rows(6).map(encoded)]);

describe("a file", () => {
  test("cut off anywhere loses the row that was cut, and nothing before it", () => {
    for (let length = HEADER.length; length <= written.length; length += 1) {
      const { jobs, spoilt } = decoded(written.subarray(0, length));
      expect(jobs).toEqual(rows(jobs.length));
      const kept = HEADER.length + Buffer.concat(jobs.map(encoded)).length;
      expect(Buffer.concat(spoilt).length).toBe(length - kept);
    }
  });

  test("spoilt anywhere loses no other row, and gives every byte back that is no row", () => {
    const bytes = fc.tuple(
      fc.integer({ min: HEADER.length, max: written.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(bytes, ([at, flip]) => {
        const spoiltFile = Buffer.from(written);
        spoiltFile[at] = spoiltFile[at]! ^ flip;
        const { jobs, spoilt } = decoded(spoiltFile);
        // A line end that is hit joins two rows into one that is none.
        expect(jobs.length).toBeGreaterThanOrEqual(4);
        for (const job of jobs) expect(job).toEqual(row(job.seq));
        expect(spoilt.length).toBeGreaterThan(0);
        expect(HEADER.length + Buffer.concat([...jobs.map(encoded), ...spoilt]).length).toBe(written.length);
      }),
    );
  });

  test("of a kind of row that this version does not know is kept", () => {
    const strange = { ...row(2), job: { type: "teleport" } } as unknown as SpooledJob;
    const { jobs, spoilt } = decoded(Buffer.concat([HEADER, encoded(row(1)), encoded(strange), encoded(row(3))]));
    expect(jobs.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(Buffer.concat(spoilt)).toEqual(encoded(strange));
  });
});

describe("the folder", () => {
  test("of a process that was killed in the middle of a row: whole rows are told, the rest is kept and reported", async () => {
    const at = folder();
    const torn = encoded(row(7)).subarray(0, 30);
    writeFileSync(join(at, "spool-00000003.rows"), Buffer.concat([written, torn]));
    const spool = await open(at);
    expect(await spool.read(10)).toEqual(rows(6));
    expect(spool.torn).toEqual([
      {
        says: "30 bytes of spool-00000003.rows are no row, beside 6 that are.",
        keptIn: expect.stringMatching(/torn-00000003-[0-9a-f]{16}$/) as unknown as string,
      },
    ]);
    expect(readFileSync(spool.torn[0]!.keptIn)).toEqual(torn);
    // The next one does not write behind what is torn, nor into a number that was used.
    await spool.append([row(8)]);
    expect(readdirSync(at).filter((name) => name.startsWith("spool"))).toEqual([
      "spool-00000003.rows",
      "spool-00000004.rows",
    ]);
    expect(await spool.read(10)).toEqual([row(8)]);
    await spool.close();
  });

  test("with a file that holds nothing but rubbish is cleaned of it, and the rubbish is kept", async () => {
    const at = folder();
    writeFileSync(join(at, "spool-00000001.rows"), "no spool at all");
    writeFileSync(join(at, "spool-00000002.rows"), "");
    const spool = await open(at);
    expect([spool.rows, spool.torn.length]).toEqual([0, 1]);
    expect(readFileSync(spool.torn[0]!.keptIn, "utf8")).toBe("no spool at all");
    expect(readdirSync(at).length).toBe(1);
  });

  test("of a newer version is not touched: nobody is to settle what they cannot read", async () => {
    const at = folder();
    writeFileSync(join(at, "spool-00000001.rows"), "fairdial-spool 2\nwho knows\n");
    await expect(open(at)).rejects.toThrow(/newer fairdial \(format 2\)/);
    expect(readFileSync(join(at, "spool-00000001.rows"), "utf8")).toContain("who knows");
  });

  test("and its files are for nobody else's eyes", async () => {
    const at = join(folder(), "deep", "node");
    const spool = await open(at);
    await spool.append([row(1)]);
    await spool.setAside(row(2), "refused");
    expect(statSync(at).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(at)) expect([name, statSync(join(at, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(readdirSync(at).sort()).toEqual(["refused-2026-11-02.jsonl", "spool-00000001.rows"]);
    await spool.close();
  });

  test("goes on in a new file when one is long enough, and removes each that is settled", async () => {
    const at = folder();
    const spool = await open(at);
    for (const each of rows(40)) await spool.append([each]);
    const before = readdirSync(at).length;
    expect(before).toBeGreaterThan(3);
    expect((await spool.read(1_000)).length).toBeLessThan(40);
    await spool.forget(8);
    expect(readdirSync(at).length).toBe(before - 1);
    await spool.close();
  });

  test("holds no more than it may, and says by which setting", async () => {
    const spool = await open(folder(), 1_048_576 / 1_024);
    await spool.append(rows(4));
    await expect(spool.append(rows(10))).rejects.toMatchObject({
      kind: "full",
      message: expect.stringContaining("spool.megabytesMax") as unknown as string,
    });
    expect((await spool.read(100)).length).toBe(4);
    await spool.close();
  });

  test("that cannot be written says so, loses nothing it had, and takes rows again when it can", async () => {
    // /dev/full is a disk without room for whoever writes; here the folder is gone instead, as an unmounted disk is.
    const at = join(folder(), "spool");
    const spool = await open(at);
    rmSync(at, { recursive: true });
    await expect(spool.append(rows(2))).rejects.toMatchObject({ kind: "disk" });
    await expect(spool.setAside(row(1), "x")).rejects.toMatchObject({ kind: "disk" });
    mkdirSync(at);
    await spool.append(rows(3));
    expect(await spool.read(10)).toEqual(rows(3));
    await spool.close();
  });

  test("has one living owner", async () => {
    const at = folder();
    const first = await lockFolder(at, 0);
    expect(first).not.toBeNull();
    expect(await lockFolder(at, 300)).toBeNull();
    expect(await lockFolder(folder(), 0)).not.toBeNull();
    first?.();
    const again = await lockFolder(at, 2_000);
    expect(again).not.toBeNull();
    again?.();
  });

  test("is a node's own below the one that is configured", async () => {
    const at = folder();
    const opened = await openSpool({ folder: at, rowsMax: 1_000, megabytesMax: 10 }, "north", log);
    await opened.spool.append([row(1)]);
    expect(readdirSync(join(at, "north"))).toEqual(["spool-00000001.rows"]);
    await opened.close();
  });
});

describe("fairdial check", () => {
  const config = (at: string): DaemonConfig =>
    ({
      spool: { folder: at, rowsMax: 1_000, megabytesMax: 10, memoryRowsMax: 1_000 },
      node: { name: "n" },
    }) as DaemonConfig;

  test("tries to write", () => {
    const at = folder();
    expect(checkSpool(config(join(at, "not", "there")))).toMatchObject([{ status: "ok" }]);
    expect(readdirSync(at)).toEqual([]);
    writeFileSync(join(at, "file"), "");
    expect(checkSpool(config(join(at, "file")))).toMatchObject([
      { status: "fail", sentence: expect.stringContaining("not a folder") as unknown as string },
    ]);
    if (process.getuid?.() === 0) return;
    chmodSync(at, 0o500);
    expect(checkSpool(config(at))).toMatchObject([
      { status: "fail", sentence: expect.stringContaining("EACCES") as unknown as string },
    ]);
  });

  test.each([
    [600, "ok"],
    [100, "warn"],
    [10, "fail"],
  ])("%i MiB free for 512", (free, status) => {
    expect(judgeSpoolSpace("/spool", free * 1_048_576, 512).status).toBe(status);
  });

  test("names what people have to look at", () => {
    expect(judgeLeftovers("/spool", ["spool-00000001.rows"])).toEqual([]);
    expect(judgeLeftovers("/spool", ["torn-1-a", "refused-2026-11-02.jsonl"])).toMatchObject([{ status: "warn" }]);
  });
});

describe("notes", () => {
  test("that the disk does not take are no reason to stop, and are said once", async () => {
    const at = folder();
    const said = new MemoryLog(new VirtualClock());
    const spool = await SpoolFolder.open(at, { rowsMax: 10, bytesMax: 10_000, segmentBytes: 1_000 }, said);
    rmSync(at, { recursive: true });
    for (const each of rows(3)) spool.note(each);
    expect(said.lines().map(({ level }) => level)).toEqual(["warn"]);
    mkdirSync(at);
    spool.note(row(4));
    expect((await (await open(at)).read(9)).map(({ seq }) => seq)).toEqual([4]);
  });

  test("cut off by a power failure lose the row that was cut, which is kept aside", async () => {
    const at = folder();
    const spool = await open(at);
    for (const each of rows(3)) spool.note(each);
    const [name] = readdirSync(at);
    const bytes = readFileSync(join(at, name!));
    writeFileSync(join(at, name!), bytes.subarray(0, bytes.length - 9));
    const next = await open(at);
    expect((await next.read(9)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(next.torn).toHaveLength(1);
    expect(next.torn[0]!.says).toContain("are no row, beside 2 that are");
  });

  test("go on in the next file when one is full, and none is left when all are settled", async () => {
    const at = folder();
    const spool = await open(at);
    const wide = (seq: number): SpooledJob => ({
      ...row(seq),
      job: { type: "agentCommand", commandId: seq, result: "x".repeat(100_000), at: MONDAY_MORNING },
    });
    for (let seq = 1; seq <= 7; seq++) spool.note(wide(seq));
    expect(readdirSync(at)).toHaveLength(3);
    expect(statSync(join(at, readdirSync(at)[0]!)).mode & 0o777).toBe(0o600);
    spool.forgetNotes(3);
    expect(readdirSync(at)).toHaveLength(2);
    spool.forgetNotes(7);
    await spool.close();
    expect(readdirSync(at)).toEqual([]);
  });
});
