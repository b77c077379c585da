/** Journals are read back in their order, however many there are and wherever they were torn. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { STDIN } from "../../../src/app/world.ts";
import { inOrder, journalFiles, type JournalLine, journalLines } from "../../../src/app/journal-reader.ts";
import { memoryWorld } from "./world.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fairdial-journal-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const world = memoryWorld();
const entry = (at: number): string => JSON.stringify({ at, kind: "connection", state: "up" });
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const read = async (path: string, from: Parameters<typeof journalLines>[1] = world): Promise<JournalLine[]> => {
  const lines: JournalLine[] = [];
  for await (const batch of journalLines(path, from)) lines.push(...batch);
  return lines;
};
const instants = (lines: readonly JournalLine[]): unknown[] =>
  lines.map(({ value }) => (value as { at: number } | undefined)?.at);

describe("a file", () => {
  test("is read line by line, with their numbers", async () => {
    const lines = await read(file("plain", `${entry(1)}\n\n${entry(2)}\n`));
    expect(lines.map(({ line, value }) => [line, (value as { at: number }).at])).toEqual([
      [1, 1],
      [3, 2],
    ]);
  });

  test("torn at its end tells so, and loses only that line", async () => {
    const lines = await read(file("torn", `${entry(1)}\n${entry(2).slice(0, 20)}`));
    expect(lines.map(({ value, isLast }) => [value === undefined, isLast])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test("whose last line is whole lacks only its line end", async () => {
    expect(instants(await read(file("whole", `${entry(1)}\n${entry(2)}`)))).toEqual([1, 2]);
  });

  test("that another process went on writing keeps what came after the tear", async () => {
    const inner = JSON.stringify({ at: 1, kind: "attempt-ended", facts: { endedAt: { at: 7, asteriskAt: null } } });
    const path = file("went-on", inner.slice(0, -10));
    appendFileSync(path, `${inner.replace('"at":1', '"at":2')}\n${entry(3)}\n`);
    const lines = await read(path);
    expect(instants(lines)).toEqual([2, 3]);
    expect(lines.map(({ isSalvaged }) => isSalvaged)).toEqual([true, false]);
  });

  test("of nonsense is told line by line", async () => {
    const lines = await read(file("nonsense", `hello\n${entry(2)}\n\u0000\u0001\n`));
    expect(instants(lines)).toEqual([undefined, 2, undefined]);
  });

  test("that is one endless line does not fill the memory", async () => {
    const lines = await read(file("endless", "x".repeat(9_000_000)));
    expect(lines).toMatchObject([{ value: undefined, isLast: true }]);
  });

  test("may be compressed", async () => {
    expect(instants(await read(file("old.jsonl.gz", gzipSync(`${entry(1)}\n${entry(2)}\n`))))).toEqual([1, 2]);
  });

  test("that is damaged, missing or a folder is refused in a sentence", async () => {
    await expect(read(file("broken.jsonl.gz", "no gzip"))).rejects.toThrow(/cannot be read/);
    await expect(read(join(folder, "nowhere"))).rejects.toThrow(/cannot be read/);
    await expect(read(folder)).rejects.toThrow(/is a folder/);
  });

  test("may be standard input, with letters cut in two", async () => {
    const bytes = new TextEncoder().encode(`${JSON.stringify({ at: 1, kind: "x", name: "Zoë" })}\n`);
    async function* halves(): AsyncGenerator<Uint8Array> {
      const middle = bytes.indexOf(0xc3) + 1;
      yield bytes.subarray(0, middle);
      yield bytes.subarray(middle);
    }
    expect((await read(STDIN, { stdin: halves() }))[0]?.value).toMatchObject({ name: "Zoë" });
  });
});

describe("several files", () => {
  test("of a folder come by their days, and only those asked for", () => {
    const days = ["journal-2026-11-03.jsonl", "journal-2026-11-01.jsonl.gz", "journal-2026-11-02.jsonl", "notes.txt"];
    const inside = mkdtempSync(join(folder, "days-"));
    for (const name of days) writeFileSync(join(inside, name), "");
    const names = (from: string | null, to: string | null): string[] =>
      journalFiles(inside, from, to).map((path) => path.slice(inside.length + 1));
    expect(names(null, null)).toEqual([days[1], days[2], days[0]]);
    expect(names("2026-11-02", "2026-11-02")).toEqual([days[2]]);
    expect(() => journalFiles(join(folder, "nowhere"), null, null)).toThrow(/cannot be read/);
  });

  test("given by hand come in the order of their first entries", async () => {
    const late = file("b", `junk\n${entry(20)}\n`);
    const early = file("z", `${entry(10)}\n`);
    const empty = file("a", "");
    expect(await inOrder([late, empty, early], world)).toEqual([early, late, empty]);
    await expect(inOrder([late, STDIN], world)).rejects.toThrow(/no other file/);
  });
});
