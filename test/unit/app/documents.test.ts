/** What administrators and managers are told is what the program does. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { COMMANDS } from "../../../src/app/commands/index.ts";
import { DEFAULT_HOURS, DEFAULT_REDIAL } from "../../../src/app/commands/campaign/options.ts";
import { configSchema } from "../../../src/app/config-schema.ts";
import { DATABASE_CODES } from "../../../src/app/why/reason.ts";
import { LEAD_CODES } from "../../../src/app/why/why-lead.ts";
import { SENTENCES } from "../../../src/engine/standing/standing.ts";
import { REJECTION_CODES } from "../../../src/lead/import/rejection.ts";

const root = join(import.meta.dirname, "../../..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");
const managers = read("docs/managers.md");
const flows = read("docs/flows.md");
const documents = managers + read("docs/administrators.md") + read("docs/compliance.md") + flows;

const lines = COMMANDS.flatMap((entry) =>
  "word" in entry
    ? entry.commands.map((inner) => ({
        line: `fairdial ${entry.word} ${inner.words.split(" ")[0] ?? ""}`,
        entry: inner,
      }))
    : [{ line: `fairdial ${entry.words}`, entry }],
);

test.each(lines.filter(({ line }) => line !== "fairdial run").map(({ line }) => line))("%s is explained", (line) => {
  expect(documents).toContain(line);
});

test("every option that the documents name exists", () => {
  const known = new Set([...lines.flatMap(({ entry }) => entry.optionNames), "json", "help", "config", "verbose"]);
  // Options of other programs stand in the same blocks.
  for (const other of ["omit", "now", "system", "user-group", "home-dir", "shell", "no-header", "no-suppress"])
    known.add(other);
  const named = [...documents.matchAll(/(?<=[\s`(])--([a-z][a-z-]+)/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test("the defaults are told as they are", () => {
  expect(managers).toContain(`\`${DEFAULT_HOURS}\``);
  for (const name of Object.keys(DEFAULT_REDIAL.byClass)) expect(managers).toContain(`| \`${name}\` |`);
});

test("every reason for refusing a row is listed", () => {
  const aboutNumbersLoaded = ["number-suppressed", "number-taken-out"];
  for (const code of REJECTION_CODES.filter((each) => !aboutNumbersLoaded.includes(each))) {
    expect(managers).toContain(`\`${code}\``);
  }
});

test("everything that can hold a campaign back is explained, and nothing else", () => {
  const section = /## Why is nobody called[^]*?\n## /.exec(managers)?.[0] ?? "";
  const explained = [...section.matchAll(/^\| (`[a-z`, -]+`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code = ""]) => code),
  );
  expect(explained.sort()).toEqual([...DATABASE_CODES, ...Object.keys(SENTENCES)].sort());
});

test("everything that can hold one lead back is explained", () => {
  const section = /## Why is this one not called[^]*?\n## /.exec(managers)?.[0] ?? "";
  for (const code of LEAD_CODES) expect(section).toContain(`\`${code}\``);
});

test("the service waits longer than the daemon drains, and the container's advice too", () => {
  const { drainMaxMs } = configSchema.parse({ database: { user: "fairdial" } });
  const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(read("scripts/fairdial.service"))?.[1]);
  expect(stopSeconds * 1_000).toBeGreaterThan(drainMaxMs + 20_000);
  expect(read("Dockerfile")).toContain(`--stop-timeout ${stopSeconds}`);
});

test("what the service and the container start is what is built", () => {
  const { bin } = JSON.parse(read("package.json")) as { bin: { fairdial: string } };
  expect(read("scripts/fairdial.service")).toContain(`ExecStart=/usr/bin/node /opt/fairdial/${bin.fairdial} run`);
  expect(read("Dockerfile")).toContain(`ln -s /opt/fairdial/${bin.fairdial} `);
  expect(read("src/main.ts")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test("every file of a command is reached from the registry", () => {
  const folder = join(root, "src/app/commands");
  const registry = readFileSync(join(folder, "index.ts"), "utf8");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  // What commands share has a name of its own.
  const commands = files.filter((each) => !/(^index|options|period)\.ts$/.test(each));
  for (const name of commands) expect(registry).toContain(`"./${name}"`);
});
