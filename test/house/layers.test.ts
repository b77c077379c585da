/**
 * The layer check fails on each forbidden edge, and on nothing else. A small tree with the rooms' own names is built in
 * a temporary folder and the real table is applied to it.
 */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot, runTool } from "../support/run-tool.ts";

type Tree = Readonly<Record<string, string>>;

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** Edges that the table allows, one file a room and every kind of edge once. */
const LAWFUL: Tree = {
  "src/main.ts": 'import { cli } from "./app/cli.ts";\ncli();\n',
  "src/app/cli.ts": [
    'import yargs from "yargs";',
    'import { engine } from "../engine/engine.ts";',
    'import { ari } from "../asterisk/ari.ts";',
    'import { sql } from "../store/sql.ts";',
    'import { world } from "../simulation/world.ts";',
    "export const cli = () => [yargs, engine, ari, sql, world];",
  ].join("\n"),
  "src/domain/word.ts": "export type Word = string;\nexport const word = 1;\n",
  "src/call/call.ts":
    'import { word } from "../domain/word.ts";\nexport type Call = number;\nexport const call = word;\n',
  "src/agent/agent.ts": 'import { word } from "../domain/word.ts";\nexport const agent = word;\n',
  "src/lead/lead.ts": 'import { parsePhoneNumber } from "libphonenumber-js";\nexport const lead = parsePhoneNumber;\n',
  "src/compliance/window.ts": 'import { DateTime } from "luxon";\nexport const window = DateTime;\n',
  "src/pacing/pacing.ts": 'import { word } from "../domain/word.ts";\nexport const pacing = word;\n',
  "src/flow/flow.ts": 'import { word } from "../domain/word.ts";\nexport const flow = word;\n',
  "src/amd/talk.ts": 'import { word } from "../domain/word.ts";\nexport const talk = word;\n',
  "src/engine/ports.ts":
    'import type { Call } from "../call/call.ts";\nexport type Port = Call;\nexport class StoreError extends Error {}\n',
  "src/engine/engine.ts": [
    'import { call } from "../call/call.ts";',
    'import { agent } from "../agent/agent.ts";',
    'import { lead } from "../lead/lead.ts";',
    'import { window } from "../compliance/window.ts";',
    'import { pacing } from "../pacing/pacing.ts";',
    'import { talk } from "../amd/talk.ts";',
    'import { flow } from "../flow/flow.ts";',
    'import type { Port } from "./ports.ts";',
    "export const engine = (port: Port) => [call, agent, lead, window, pacing, talk, flow, port];",
  ].join("\n"),
  "src/judge/judge.ts": [
    'import { word } from "../domain/word.ts";',
    'import type { Call } from "../call/call.ts";',
    "export const judge = (call: Call) => [word, call];",
  ].join("\n"),
  "src/asterisk/ari.ts": [
    'import { connect } from "ari-client";',
    'import { Agent } from "undici";',
    'import { randomInt } from "node:crypto";',
    'import type { Call } from "../call/call.ts";',
    'import type { Port } from "../engine/ports.ts";',
    "export const ari = (call: Call, port: Port) => [connect, Agent, randomInt, call, port];",
  ].join("\n"),
  "src/store/sql.ts": [
    'import mysql from "mysql2/promise";',
    'import { StoreError } from "../engine/ports.ts";',
    'import { word } from "../domain/word.ts";',
    "export const sql = [mysql, StoreError, word];",
  ].join("\n"),
  "src/simulation/world.ts": [
    'import { engine } from "../engine/engine.ts";',
    'import { call } from "../call/call.ts";',
    'import { judge } from "../judge/judge.ts";',
    "export const world = [engine, call, judge];",
  ].join("\n"),
};

/** [the rule that must catch it, the file it is planted in, what is planted]. */
const PLANTED: readonly [rule: string, file: string, line: string][] = [
  ["domain-reaches-too-far", "src/domain/word.ts", 'export type { Call } from "../call/call.ts";'],
  ["domain-uses-a-package-of-another-room", "src/domain/word.ts", 'export { DateTime } from "luxon";'],
  ["call-reaches-too-far", "src/call/call.ts", 'export { agent } from "../agent/agent.ts";'],
  ["call-reaches-too-far", "src/call/call.ts", 'export type { Port } from "../engine/ports.ts";'],
  ["call-uses-a-package-of-another-room", "src/call/call.ts", 'export { DateTime } from "luxon";'],
  ["call-touches-the-machine", "src/call/call.ts", 'export { readFileSync } from "node:fs";'],
  ["agent-reaches-too-far", "src/agent/agent.ts", 'export type { Call } from "../call/call.ts";'],
  ["lead-reaches-too-far", "src/lead/lead.ts", 'export { window } from "../compliance/window.ts";'],
  ["lead-uses-a-package-of-another-room", "src/lead/lead.ts", 'export { default } from "mysql2/promise";'],
  ["compliance-reaches-too-far", "src/compliance/window.ts", 'export { lead } from "../lead/lead.ts";'],
  ["pacing-reaches-too-far", "src/pacing/pacing.ts", 'export { agent } from "../agent/agent.ts";'],
  ["pacing-uses-a-package-of-another-room", "src/pacing/pacing.ts", 'export { DateTime } from "luxon";'],
  ["flow-reaches-too-far", "src/flow/flow.ts", 'export { call } from "../call/call.ts";'],
  ["flow-uses-a-package-of-another-room", "src/flow/flow.ts", 'export { DateTime } from "luxon";'],
  ["flow-touches-the-machine", "src/flow/flow.ts", 'export { readFileSync } from "node:fs";'],
  ["amd-reaches-too-far", "src/amd/talk.ts", 'export { call } from "../call/call.ts";'],
  ["amd-touches-the-machine", "src/amd/talk.ts", 'export { readFileSync } from "node:fs";'],
  ["engine-reaches-too-far", "src/engine/engine.ts", 'export { ari } from "../asterisk/ari.ts";'],
  ["engine-reaches-too-far", "src/engine/engine.ts", 'export { sql } from "../store/sql.ts";'],
  ["engine-uses-a-package-of-another-room", "src/engine/engine.ts", 'export * as winston from "winston";'],
  ["engine-touches-the-machine", "src/engine/engine.ts", 'export { readFileSync } from "node:fs";'],
  ["judge-reaches-too-far", "src/judge/judge.ts", 'export { engine } from "../engine/engine.ts";'],
  ["judge-takes-more-than-types", "src/judge/judge.ts", 'export { window } from "../compliance/window.ts";'],
  ["judge-uses-a-package-of-another-room", "src/judge/judge.ts", 'export { DateTime } from "luxon";'],
  ["judge-touches-the-machine", "src/judge/judge.ts", 'export { readFileSync } from "node:fs";'],
  ["asterisk-reaches-too-far", "src/asterisk/ari.ts", 'export { engine } from "../engine/engine.ts";'],
  ["asterisk-reaches-too-far", "src/asterisk/ari.ts", 'export { sql } from "../store/sql.ts";'],
  ["asterisk-takes-more-than-types", "src/asterisk/ari.ts", 'export { call } from "../call/call.ts";'],
  ["asterisk-uses-a-package-of-another-room", "src/asterisk/ari.ts", 'export { default } from "mysql2/promise";'],
  ["store-reaches-too-far", "src/store/sql.ts", 'export { engine } from "../engine/engine.ts";'],
  ["store-takes-more-than-types", "src/store/sql.ts", 'export { lead } from "../lead/lead.ts";'],
  ["store-uses-a-package-of-another-room", "src/store/sql.ts", 'export { connect } from "ari-client";'],
  ["simulation-reaches-too-far", "src/simulation/world.ts", 'export { ari } from "../asterisk/ari.ts";'],
  ["simulation-reaches-too-far", "src/simulation/world.ts", 'export { cli } from "../app/cli.ts";'],
  ["simulation-uses-a-package-of-another-room", "src/simulation/world.ts", 'export { DateTime } from "luxon";'],
  ["app-uses-an-adapter-s-package", "src/app/cli.ts", 'export { connect } from "ari-client";'],
  ["main-does-more-than-hand-over", "src/main.ts", 'export { engine } from "./engine/engine.ts";'],
  ["nobody-knows-main", "src/app/cli.ts", 'export * from "../main.ts";'],
  ["circular", "src/app/cli.ts", 'export * from "../main.ts";'],
  ["unresolvable", "src/app/cli.ts", 'export * from "./nowhere.ts";'],
  ["only-for-development", "src/app/cli.ts", 'export * as check from "fast-check";'],
  ["a-file-outside-the-rooms", "src/utils/misc.ts", 'export { word } from "../domain/word.ts";'],
  ["orphan", "src/call/forgotten.ts", "export const forgotten = 1;"],
];

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "fairdial-layers-"));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

const cruise = async (name: string, tree: Tree): Promise<Violation[]> => {
  const cwd = join(home, name);
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  for (const file of ["package.json", "tsconfig.json"]) await copyFile(join(projectRoot, file), join(cwd, file));
  await symlink(join(projectRoot, "node_modules"), join(cwd, "node_modules"));
  const { stdout, stderr } = await runTool(
    "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
    ["--config", join(projectRoot, ".dependency-cruiser.cjs"), "--output-type", "json", "src"],
    { cwd },
  );
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
};

test("every edge of the table is allowed", async () => {
  expect(await cruise("lawful", LAWFUL)).toEqual([]);
}, 60_000);

test("each planted edge is caught by its rule", async () => {
  const tree: Record<string, string> = { ...LAWFUL };
  for (const [, file, line] of PLANTED) tree[file] = `${tree[file] ?? ""}\n${line}\n`;
  const caught = (await cruise("planted", tree)).map(({ rule, from }) => `${rule.name} in ${from}`);
  const missed = PLANTED.map(([rule, file]) => `${rule} in ${file}`).filter((expected) => !caught.includes(expected));
  expect(missed).toEqual([]);
}, 60_000);
