/**
 * The lint of the core rooms fails on each thing that a core room must not do. The real configuration is asked, with
 * a planted text in the place of a real file, so that typed rules see the project as it is.
 */
import { expect, test } from "@jest/globals";
import { runTool } from "../support/run-tool.ts";

interface Message {
  readonly ruleId: string | null;
  readonly message: string;
  readonly line: number;
}

const lintTexts = async (texts: readonly { path: string; text: string }[]): Promise<Message[][]> => {
  const { exitCode, stdout, stderr } = await runTool("test/support/lint-texts.mjs", [], {
    stdin: JSON.stringify(texts),
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Message[][];
};

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
const CORE_FILES = ["src/call/call.ts", "src/agent/agent.ts", "src/domain/instant.ts"];

/** All offences in one file, one after the other: a typed lint of many small texts is slow. */
const OFFENCES = IN_A_CORE_ROOM.map(([, text], index) => text.replace(" f =", ` f${index} =`)).join("\n");
const firstLineOf = (index: number): number =>
  IN_A_CORE_ROOM.slice(0, index).reduce((lines, [, text]) => lines + text.split("\n").length, 1);

test("a core room that touches clock, dice, promises or machine is told what to do instead", async () => {
  const answers = await lintTexts(CORE_FILES.map((path) => ({ path, text: OFFENCES })));
  const missed = answers.flatMap((messages, file) =>
    IN_A_CORE_ROOM.flatMap(([what, , advice], index) => {
      const from = firstLineOf(index);
      const here = messages.filter(({ line }) => line >= from && line < firstLineOf(index + 1));
      return here.some(({ message }) => advice.test(message)) ? [] : [{ what, path: CORE_FILES[file], here }];
    }),
  );
  expect(missed).toEqual([]);
}, 120_000);

test("converting an instant, and comparing two, is no offence in a core room", async () => {
  const text = [
    'import type { Instant } from "../domain/instant.ts";',
    "/** For reports. */",
    "export const text = (at: Instant): string => new Date(at).toISOString();",
    "export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);",
    "",
  ].join("\n");
  const [messages] = await lintTexts([{ path: "src/call/call.ts", text }]);
  expect(messages).toEqual([]);
}, 120_000);

test("the engine asks its ports for time, dice and words", async () => {
  const planted: readonly [string, RegExp][] = [
    ["export const f = (): number => Date.now();", /Ask the Clock port/],
    ["export const f = (): void => void setTimeout(() => undefined, 1);", /Ask the Clock port/],
    ["export const f = (): number => Math.random();", /Ask the Random port/],
    ['export const f = (): void => console.log("x");', /Use the Log port/],
    ["export const f = (): unknown => process.pid;", /Take the setting as an argument/],
  ];
  const answers = await lintTexts(planted.map(([text]) => ({ path: "src/engine/ports.ts", text })));
  answers.forEach((messages, index) => {
    expect(messages.map(({ message }) => message).join("\n")).toMatch(planted[index]![1]);
  });
}, 120_000);

test("a floating promise, and a switch that forgets a case, are caught anywhere", async () => {
  const [floating, switching] = await lintTexts([
    { path: "src/engine/ports.ts", text: "export const f = (p: Promise<void>): void => {\n  p;\n};\n" },
    {
      path: "src/call/call.ts",
      text: 'export const f = (x: "a" | "b"): void => {\n  switch (x) {\n    case "a":\n      break;\n  }\n};\n',
    },
  ]);
  expect(floating!.map(({ ruleId }) => ruleId)).toContain("@typescript-eslint/no-floating-promises");
  expect(switching!.map(({ ruleId }) => ruleId)).toContain("@typescript-eslint/switch-exhaustiveness-check");
}, 120_000);
