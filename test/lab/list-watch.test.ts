// Files dropped into a folder: whole ones are imported and moved away, the others wait or come back with a reason.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliLab } from "./cli-lab.ts";

const lab = new CliLab();
let folder: string;
beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must("campaign", "add", "spring", "--trunk", "carrier", "--cli", "+442079460000");
  folder = join(lab.folder, "drops");
  mkdirSync(folder);
}, 60_000);
afterAll(() => lab.end(), 30_000);

const watch = (...flags: string[]) =>
  lab.run("list", "watch", folder, "--campaign", "spring", "--settle", "300ms", "--every", "100ms", ...flags);
const documents = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("good files go to done with their rejects, bad ones to failed with a reason", async () => {
  writeFileSync(join(folder, "a.csv"), "Id,Phone\n1,07911 160001\n2,12\n");
  writeFileSync(join(folder, "b.csv"), "Name,Town\nAnn,Leeds\n");
  writeFileSync(join(folder, "c.ndjson"), '{"phone":"12"}\n');
  writeFileSync(join(folder, "notes.pdf"), "x");
  const { code, out } = await watch("--once", "--json");
  expect(code).toBe(1);
  expect(documents(out)).toMatchObject([
    { kind: "done", file: "a.csv", leadsLoaded: 1, rowsRejected: 1 },
    { kind: "failed", file: "b.csv", code: "columns-refused" },
    { kind: "failed", file: "c.ndjson", code: "no-row-loaded" },
  ]);
  expect(readdirSync(folder).sort()).toEqual(["done", "failed", "notes.pdf"]);
  expect(
    readdirSync(join(folder, "done"))
      .map((name) => name.replace(/-\d{8}T\d{6}/, ""))
      .sort(),
  ).toEqual(["a.csv", "a.rejects.csv"]);
  const failed = readdirSync(join(folder, "failed")).sort();
  expect(failed.map((name) => name.replace(/-\d{8}T\d{6}/, ""))).toEqual([
    "b.csv",
    "b.reason.txt",
    "c.ndjson",
    "c.reason.txt",
    "c.rejects.ndjson",
  ]);
  expect(readFileSync(join(folder, "failed", failed[1] ?? ""), "utf8")).toContain("columns-refused: No heading looks");
}, 60_000);

test("a file that still grows waits, and one watcher has the folder", async () => {
  const file = join(folder, "grows.csv");
  writeFileSync(file, "Phone\n");
  const child = lab.start(["list", "watch", folder, "--campaign", "spring", "--settle", "700ms", "--every", "100ms"]);
  while (!existsSync(join(folder, ".fairdial-watch"))) await sleep(20);
  expect(await watch("--once")).toMatchObject({ code: 1, err: expect.stringContaining("[folder-watched]") });
  for (let at = 0; at < 8; at += 1) {
    await sleep(150);
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, `07911 16100${String(at)}\n`, { flag: "a" });
  }
  for (const begun = Date.now(); existsSync(file) && Date.now() - begun < 30_000;) await sleep(50);
  child.kill("SIGTERM");
  await once(child, "close");
  expect(existsSync(join(folder, ".fairdial-watch"))).toBe(false);
  const lists = await lab.json<{ name: string; leadsLoaded: number }[]>("list", "show", "--campaign", "spring");
  expect(lists.find(({ name }) => name.startsWith("grows"))).toMatchObject({ leadsLoaded: 8 });
}, 60_000);

test("a watcher that died is succeeded; one of another machine is not", async () => {
  const lock = join(folder, ".fairdial-watch");
  writeFileSync(lock, `${hostname()} 999999999\n`);
  writeFileSync(join(folder, "late.csv"), "Phone\n07911 162001\n");
  expect(await watch("--once")).toMatchObject({ code: 0, out: expect.stringContaining("1 lead loaded") });
  expect(existsSync(lock)).toBe(false);
  writeFileSync(lock, "elsewhere 1\n");
  expect(await watch("--once")).toMatchObject({ code: 1, err: expect.stringContaining("on elsewhere") });
  rmSync(lock);
}, 60_000);
