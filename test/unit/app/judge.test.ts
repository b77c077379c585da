/** `fairdial judge`, as somebody types it: what it prints, what it counts, and how it ends. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../../src/app/cli.ts";
import { toIso } from "../../../src/domain/instant.ts";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import { at, attemptId, endingOtherwise, NIGHT } from "../judge/night.ts";
import { memoryWorld } from "./world.ts";

let folder = "";
let config = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fairdial-judge-"));
  config = join(folder, "fairdial.yaml");
  writeFileSync(config, `database: { user: nobody, password: "x" }\njournal: { folder: ${folder} }\n`, { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const journal = (name: string, entries: readonly JournalEntry[], tail = ""): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    entries.map((entry) => `${JSON.stringify({ ...entry, time: toIso(entry.at) })}\n`).join("") + tail,
  );
  return path;
};
const cut = endingOtherwise(2, { facts: { message: "started" } });

const fairdial = async (...argv: string[]) => {
  const world = memoryWorld();
  const exitCode = await runCli(["--config", config, ...argv], world);
  return { exitCode, ...world.printed, document: () => JSON.parse(world.printed.out) as Record<string, never> };
};

describe("fairdial judge", () => {
  test("ends with 0 when every promise was kept, and says what it saw nothing of", async () => {
    const { exitCode, out } = await fairdial("judge", journal("kept", NIGHT));
    expect(out).toMatch(/Every promise was kept/);
    expect(out).toMatch(/served-in-time +2 +0/);
    expect(out).toMatch(/stops-without-a-message +0 +0 +\(saw nothing of it\)/);
    expect(exitCode).toBe(0);
  });

  test("prints each breach with promise, attempt, instant and words, and ends with 1", async () => {
    const { exitCode, out } = await fairdial("judge", journal("cut", cut));
    const line = out.split("\n")[0]!;
    expect(line).toContain(toIso(at(81)));
    expect(line).toContain(`message-to-its-end ${attemptId(2)} a message was cut short, and not by the person`);
    expect(out).toMatch(/1 breach\./);
    expect(exitCode).toBe(1);
  });

  test("says the same in one document", async () => {
    const { exitCode, document } = await fairdial("judge", "--json", journal("cut-json", cut));
    expect(document()).toMatchObject({
      kept: false,
      node: "node-1",
      starts: 1,
      attempts: 3,
      breachCount: 1,
      breaches: [{ invariant: "message-to-its-end", attemptId: attemptId(2), at: toIso(at(81)) }],
    });
    expect(exitCode).toBe(1);
  });

  test("looks only at the time that was asked for, and reads the rest to know how it stood", async () => {
    const path = journal("part", cut);
    const asked = async (from: number, to: number): Promise<number> =>
      (await fairdial("judge", path, "--from", toIso(at(from)), "--to", toIso(at(to)))).exitCode;
    expect([await asked(0, 70), await asked(70, 90), await asked(90, 200)]).toEqual([0, 1, 0]);
  });

  test("takes the configured journal, of yesterday and today, when no file is named", async () => {
    const moved = NIGHT.map((entry) => ({ ...entry }));
    journal("journal-2026-11-20.jsonl", moved.slice(0, 20));
    journal("journal-2026-11-21.jsonl", moved.slice(20));
    journal("journal-2026-11-01.jsonl", cut);
    const { exitCode, document } = await fairdial("judge", "--json");
    expect(document()).toMatchObject({
      files: ["journal-2026-11-20.jsonl", "journal-2026-11-21.jsonl"].map((name) => join(folder, name)),
      attempts: 3,
    });
    expect(exitCode).toBe(0);
  });

  test("tells of torn ends, lines that cannot be read, and a beginning in the middle", async () => {
    const {
      exitCode,
      out,
      document: _document,
    } = await fairdial("judge", journal("torn", NIGHT.slice(8, -2), 'what is this\n{"at":1,"kind":"call"}\n{"at":12'));
    expect(out).toMatch(/1 file ended in the middle of a line/);
    expect(out).toMatch(/2 lines could not be read, the first .*torn:\d+: no JSON/);
    expect(out).toMatch(/begins in the middle of a daemon's life/);
    expect(exitCode).toBe(0);
  });

  test("follows a daemon through its lives", async () => {
    const killed = NIGHT.findIndex((each) => each.kind === "call" && each["attemptId"] === attemptId(2));
    const again: JournalEntry[] = [
      { at: at(70), kind: "engine", what: "started", nodeId: "node-1", open: 1 },
      { at: at(71), kind: "connection", state: "up" },
      {
        ...NIGHT.find((each) => each.kind === "attempt-ended" && each["attemptId"] === attemptId(2))!,
        at: at(71),
        outcome: "lost",
        facts: { endedAt: { at: at(71), asteriskAt: null } },
        account: null,
      },
      { at: at(900), kind: "engine", what: "draining" },
      { at: at(901), kind: "engine", what: "stopped" },
    ];
    const { exitCode, out } = await fairdial("judge", journal("lives", [...NIGHT.slice(0, killed + 2), ...again]));
    expect(out).toMatch(/The daemon was started 2 times in it/);
    expect(exitCode).toBe(0);
  });

  test.each<[string, () => string[], RegExp, number]>([
    ["a file that is not there", () => ["nowhere"], /cannot be read\. \[no-journal\]/, 1],
    ["a time without journals", () => ["--from", "2020-01-02", "--to", "2020-01-03"], /no journal of that time/, 1],
    [
      "nodes mixed together",
      () => [
        journal("one", NIGHT),
        journal(
          "two",
          NIGHT.map((each) => (each.kind === "engine" ? { ...each, nodeId: "node-2" } : each)),
        ),
      ],
      /several nodes, node-1 and node-2/,
      1,
    ],
    ["an end before its beginning", () => ["--from", "today", "--to", "yesterday"], /--from must be before --to/, 2],
    ["an option that there is not", () => ["--databse"], /Did you mean "--database"/, 2],
  ])("refuses %s", async (_what, argv, expected, code) => {
    const { exitCode, err } = await fairdial("judge", ...argv());
    expect(err).toMatch(expected);
    expect(exitCode).toBe(code);
  });

  test("says that an empty journal proves nothing", async () => {
    const { out, exitCode } = await fairdial("judge", journal("empty", []));
    expect(out).toMatch(/nothing to judge/);
    expect(exitCode).toBe(0);
  });
});
