/** The journal's file on a disk that may be full: nothing is lost that memory can hold, and nothing is out of order. */
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JournalFile } from "../../../src/app/journal-file.ts";
import { after, instant } from "../../../src/domain/instant.ts";
import type { JournalEntry, Log } from "../../../src/engine/ports.ts";

const NOON = instant(Date.UTC(2026, 10, 20, 12));
const DAY_MS = 86_400_000;

let base: string;
let folder: string;
let said: string[];
let journal: JournalFile;

const log: Log = {
  debug: (text) => said.push(text),
  info: (text, facts) => said.push(`${text} ${JSON.stringify(facts)}`),
  warn: (text) => said.push(text),
  error: (text) => said.push(text),
};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "fairdial-journal-"));
  folder = join(base, "journal");
  said = [];
  journal = new JournalFile(folder, log);
});

afterEach(async () => {
  await journal.close();
  chmodSync(folder, 0o700);
  rmSync(base, { recursive: true });
});

const entry = (nth: number, at = NOON): JournalEntry => ({ at, kind: "engine", what: `number ${String(nth)}` });
const file = (day: string): string => join(folder, `journal-${day}.jsonl`);
const written = (day: string): string[] =>
  readFileSync(file(day), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { what: string }).what);
const upTo = (count: number, from = 0): string[] =>
  Array.from({ length: count - from }, (_, index) => `number ${String(from + index)}`);

const untilSaid = async (count: number): Promise<void> => {
  while (said.length < count) await sleep(10);
};

/** A file stands where the folder was: nothing can be opened below it, whoever asks. */
const takeAway = (): void => {
  renameSync(folder, join(base, "aside"));
  writeFileSync(folder, "");
};
const giveBack = (): void => {
  rmSync(folder);
  renameSync(join(base, "aside"), folder);
};

test("entries are written in order, each day into a file of its own", async () => {
  for (let nth = 0; nth < 1_000; nth += 1) journal.append(entry(nth));
  for (let nth = 0; nth < 3; nth += 1) journal.append(entry(nth, after(NOON, DAY_MS)));
  await journal.close();
  expect(written("2026-11-20")).toEqual(upTo(1_000));
  expect(written("2026-11-21")).toEqual(upTo(3));
  expect(said).toEqual([]);
});

test("what cannot be written waits, and follows in order when it can; it is said once, and once again", async () => {
  takeAway();
  for (let nth = 0; nth < 10; nth += 1) journal.append(entry(nth));
  await sleep(700);
  for (let nth = 10; nth < 20; nth += 1) journal.append(entry(nth));
  giveBack();
  await untilSaid(2);
  for (let nth = 20; nth < 30; nth += 1) journal.append(entry(nth));
  await journal.close();
  expect(written("2026-11-20")).toEqual(upTo(30));
  expect(said).toEqual([
    "the journal cannot be written; its entries wait in memory",
    'the journal can be written again {"lost":0}',
  ]);
});

test("more than memory is given for is lost from the end, counted, and said", async () => {
  const small = new JournalFile(folder, log, 400);
  takeAway();
  for (let nth = 0; nth < 100; nth += 1) small.append(entry(nth));
  await untilSaid(1);
  giveBack();
  await untilSaid(2);
  small.append(entry(100));
  await small.close();
  const kept = written("2026-11-20");
  expect(kept.length).toBeGreaterThan(2);
  expect(kept).toEqual([...upTo(kept.length - 1), "number 100"]);
  expect(said.at(-1)).toBe(`the journal can be written again {"lost":${String(101 - kept.length)}}`);
});

test("what is still waiting at the end is said to be lost", async () => {
  takeAway();
  journal.append(entry(0));
  await journal.close();
  giveBack();
  expect(said).toEqual([
    "the journal cannot be written; its entries wait in memory",
    "journal entries are lost: they could not be written",
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test("entries of a moment go together; one that the database will know as well goes at once, with all before it", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] });
  try {
    // What a write takes is the machine's affair: what should come is waited for; nothing else moves the clock.
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const onDisk = (): number =>
      existsSync(file("2026-11-20")) ? readFileSync(file("2026-11-20"), "utf8").split("\n").length - 1 : 0;
    const untilOnDisk = async (count: number): Promise<void> => {
      while (onDisk() < count) await turn();
      for (let turns = 0; turns < 200; turns += 1) await turn();
      expect(onDisk()).toBe(count);
    };
    journal.append(entry(0));
    await untilOnDisk(1);
    journal.append(entry(1));
    journal.append(entry(2));
    await untilOnDisk(1);
    jest.advanceTimersByTime(25);
    await untilOnDisk(3);
    journal.append(entry(3));
    journal.append({ ...entry(4), kind: "attempt-decided" });
    await untilOnDisk(5);
    expect(written("2026-11-20")).toEqual(upTo(5));
  } finally {
    jest.useRealTimers();
  }
});

test("old files are removed, and nothing else", () => {
  mkdirSync(folder, { recursive: true });
  for (const name of ["journal-2026-11-18.jsonl", "journal-2026-11-20.jsonl", "notes.txt"]) {
    writeFileSync(join(folder, name), "");
  }
  expect(journal.prune(NOON)).toBe(1);
  expect(readdirSync(folder).sort()).toEqual(["journal-2026-11-20.jsonl", "notes.txt"]);
});
