/**
 * The lint of the core rooms fails on each thing that a core room must not do. The real configuration is asked, with
 * a planted text in the place of a real file, so that typed rules see the project as it is.
 */
import { beforeAll, expect, test } from "@jest/globals";
import { runTool } from "../support/run-tool.ts";

interface Message {
  readonly ruleId: string | null;
  readonly message: string;
  readonly line: number;
}

const IN_A_CORE_ROOM: readonly [what: string, text: string, advice: RegExp][] = [
  ["reads the clock", "export const f = (): number => Date.now();", /Take the time as an argument/],
  ["makes a date of now", "export const f = (): Date => new Date();", /Take the time as an argument/],
  ["reads the date as text", "export const f = (): string => Date();", /Take the time as an argument/],
  ["measures", "export const f = (): number => performance.now();", /Take the time as an argument/],
  [
    "asks luxon for now",
    'import { DateTime } from "luxon";\nexport const f = (): number => DateTime.now().toMillis();',
    /Take the time as an argument/,
  ],
  [
    "asks luxon for now in UTC",
    'import { DateTime } from "luxon";\nexport const f = (): number => DateTime.utc().toMillis();',
    /Take the time as an argument/,
  ],
  ["waits", "export const f = (): void => void setTimeout(() => undefined, 1);", /Return a deadline/],
  ["ticks", "export const f = (): void => void setInterval(() => undefined, 1);", /Return a deadline/],
  ["rolls dice", "export const f = (): number => Math.random();", /Take the number as an argument/],
  ["makes up a name", "export const f = (): string => crypto.randomUUID();", /Take the number as an argument/],
  ["is async", "export const f = async (): Promise<number> => 1;", /Return an effect or a value/],
  ["awaits", "await undefined;\nexport const f = 1;", /Return an effect or a value/],
  ["makes a promise", "export const f = (): unknown => Promise.resolve(1);", /Return an effect or a value/],
  ["takes a promise", "export const f = (p: Promise<number>): unknown => p;", /Return an effect or a value/],
  ["reads the environment", 'export const f = (): unknown => process.env["X"];', /Take the setting as an argument/],
  ["prints", 'export const f = (): void => console.log("x");', /Return a value with a reason/],
  ["reads a file", 'import { readFileSync } from "node:fs";\nexport const f = readFileSync;', /knows no machine/],
  [
    "reads a file in old spelling",
    'import { readFileSync } from "fs";\nexport const f = readFileSync;',
    /knows no machine/,
  ],
];

/** One real file a core room, whose place the planted text takes. */
const CORE_FILES = [
  "src/domain/instant.ts",
  "src/call/call.ts",
  "src/agent/agent.ts",
  "src/lead/redial/story.ts",
  "src/compliance/may-dial.ts",
  "src/pacing/limiter.ts",
  "src/amd/talk.ts",
  "src/flow/say.ts",
  "src/judge/judge.ts",
];

/** All offences in one file, one after the other: a typed lint of many small texts is slow. */
const OFFENCES = IN_A_CORE_ROOM.map(([, text], index) => text.replace(" f =", ` f${index} =`)).join("\n");
const firstLineOf = (index: number): number =>
  IN_A_CORE_ROOM.slice(0, index).reduce((lines, [, text]) => lines + text.split("\n").length, 1);

const HARMLESS = [
  'import type { Instant } from "../domain/instant.ts";',
  "/** For reports. */",
  "export const text = (at: Instant): string => new Date(at).toISOString();",
  "export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);",
  "",
].join("\n");

const IN_THE_ENGINE: readonly [text: string, advice: RegExp][] = [
  ["export const a = (): number => Date.now();", /Ask the Clock port/],
  ["export const b = (): void => void setTimeout(() => undefined, 1);", /Ask the Clock port/],
  ["export const c = (): number => Math.random();", /Ask the Random port/],
  ['export const d = (): void => console.log("x");', /Use the Log port/],
  ["export const e = (): unknown => process.pid;", /Take the setting as an argument/],
];

const FLOATING = "export const f = (p: Promise<void>): void => {\n  p;\n};\n";
const FORGETFUL = 'export const f = (x: "a" | "b"): void => {\n  switch (x) {\n    case "a":\n      break;\n  }\n};\n';

const TEXTS = [
  // First, while the files that it imports are still what they are.
  { path: "src/call/call.ts", text: HARMLESS },
  ...CORE_FILES.map((path) => ({ path, text: OFFENCES })),
  { path: "src/engine/ports.ts", text: IN_THE_ENGINE.map(([text]) => text).join("\n") },
  { path: "src/engine/ports.ts", text: FLOATING },
  { path: "src/call/call.ts", text: FORGETFUL },
];

/** All in one go: most of a typed lint is reading the project. */
const lintAll = async (): Promise<Message[][]> => {
  const { exitCode, stdout, stderr } = await runTool("test/support/lint-texts.mjs", [], {
    stdin: JSON.stringify(TEXTS),
  });
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Message[][];
};

let answers: Message[][] = [];
beforeAll(async () => {
  answers = await lintAll();
}, 180_000);

test("a core room that touches clock, dice, promises or machine is told what to do instead", () => {
  const missed = answers.slice(1, 1 + CORE_FILES.length).flatMap((messages, file) =>
    IN_A_CORE_ROOM.flatMap(([what, , advice], index) => {
      const from = firstLineOf(index);
      const here = messages.filter(({ line }) => line >= from && line < firstLineOf(index + 1));
      return here.some(({ message }) => advice.test(message)) ? [] : [{ what, path: CORE_FILES[file], here }];
    }),
  );
  expect(missed).toEqual([]);
});

test("converting an instant, and comparing two, is no offence in a core room", () => {
  expect(answers[0]).toEqual([]);
});

test("the engine asks its ports for time, dice and words", () => {
  const messages = answers[CORE_FILES.length + 1]!;
  IN_THE_ENGINE.forEach(([, advice], index) => {
    const here = messages.filter(({ line }) => line === index + 1);
    expect(here.map(({ message }) => message).join("\n")).toMatch(advice);
  });
});

test("a floating promise, and a switch that forgets a case, are caught anywhere", () => {
  const [floating, switching] = answers.slice(CORE_FILES.length + 2);
  expect(floating!.map(({ ruleId }) => ruleId)).toContain("@typescript-eslint/no-floating-promises");
  expect(switching!.map(({ ruleId }) => ruleId)).toContain("@typescript-eslint/switch-exhaustiveness-check");
});
