/** `fairdial simulate` from its words to its answer: refusals, one document, files. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { runCli } from "../../../../src/app/cli.ts";
import { simulateCommand } from "../../../../src/app/commands/simulate.ts";
import { readXml } from "../../../support/xml.ts";
import { memoryWorld } from "../world.ts";

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "fairdial-simulate-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = async (...words: readonly string[]) => {
  const world = memoryWorld();
  const code = await runCli(["simulate", ...words], world, [simulateCommand]);
  return { code, ...world.printed };
};

const SHORT = ["--agents", "4", "--hours", "0.25", "--days", "1", "--answer-rate", "30%"];

describe("wrong words", () => {
  test.each([
    [[], "--agents is needed, or --campaign and --day"],
    [["--agents", "0"], "from 1 to 500"],
    [["--agents", "501"], "from 1 to 500"],
    [["--agents", "5.5"], "whole number"],
    [["--agents", "5", "--hours", "25"], "from 0.25 to 24"],
    [["--agents", "5", "--leads", "10000001"], "from 1 to 10,000,000"],
    [["--agents", "5", "--answer-rate", "30"], 'Did you mean "30%"?'],
    [["--agents", "5", "--answer-rate", "0.96"], "from 1% to 95%"],
    [["--agents", "5", "--busy-share", "91%"], "from 0% to 90%"],
    [["--agents", "5", "--busy-share", "0.2", "--answer-rate", "0.85"], "cannot be more than 100 %"],
    [["--agents", "5", "--talk", "4s"], "from 5s to 1h"],
    [["--agents", "5", "--wrap-up", "31m"], "from 0s to 30m"],
    [["--agents", "5", "--ring-timeout", "9s"], "from 10s to 2m"],
    [["--agents", "5", "--ring-mean", "20s"], "three quarters of --ring-timeout"],
    [["--agents", "5", "--connect-limit", "11s"], "from 500ms to 10s"],
    [["--agents", "5", "--abandon-limit", "21%"], "from 0.1% to 20%"],
    [["--agents", "5", "--days", "101"], "from 1 to 100"],
    [["--agents", "5", "--seed", "x"], "--seed"],
    [["--agents", "5", "--course", "sine"], 'Did you mean "sin"?'],
    [["--agents", "5", "--course", "doubled"], "There are constant, sin, ou, step."],
    [["--agents", "5", "--modes", "predictiv"], 'Did you mean "predictive"?'],
    [["--agents", "5", "--modes", "power:0.5"], "from 1 to 10 lines"],
    [["--agents", "5", "--modes", "power,power:1.5"], "more than once"],
    [["--agents", "5", "--campaign", "spring"], "--campaign and --day go together"],
    [["--campaign", "spring", "--day", "2026-13-40"], "is not a day"],
    [["--campaign", "spring", "--day", "2026-11-22"], "has not been yet"],
    [["--agents", "500", "--days", "100", "--answer-rate", "5%"], "30m is the most"],
    [["--agents", "5", "--html", "/nowhere/at/all.html"], "cannot be written"],
    [["--agents", "5", "--html", tmpdir()], "is a folder"],
    [["--agents", "5", "--html", "one", "--svg", "./one"], "two files"],
    [["--agents", "5", "--svg", "-"], "name of a file"],
  ])("%j are refused at once: %s", async (words, sentence) => {
    const { code, out, err } = await run(...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });
});

test("a table for people, with the figure for so small a team", async () => {
  const { code, out, err } = await run(...SHORT, "--modes", "progressive,predictive");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^4 agents, 15m, a list without end, answer rate 30\.0 %/);
  expect(out).toMatch(/^progressive +\d/m);
  expect(out).toMatch(/Note: With 4 agents predictive is expected to keep agents busy \d/);
});

interface Answered {
  readonly settings: { readonly agents: number; readonly seed: number };
  readonly modes: readonly { readonly mode: string; readonly utilisation: { readonly mean: number } }[];
  readonly teamSizes: readonly { readonly agents: number }[] | null;
  readonly files: readonly string[];
}

test("--json is one document and nothing else, the same for the same seed", async () => {
  const words = [...SHORT, "--leads", "50", "--modes", "power:2", "--json", "--seed", "7"];
  const [one, two] = [await run(...words), await run(...words)];
  expect(one.err).toBe("");
  expect(two.out).toBe(one.out);
  const document = JSON.parse(one.out) as Answered;
  expect(document.settings).toMatchObject({ agents: 4, hours: 0.25, leads: 50, seed: 7, answerRate: 0.3 });
  expect(document.modes.map(({ mode }) => mode)).toEqual(["power:2"]);
  expect(document.modes[0]?.utilisation).toMatchObject({ low: null, high: null });
  expect(document).toMatchObject({ teamSizes: null, pastDay: null, files: [] });
  const other = await run(...SHORT, "--leads", "50", "--modes", "power:2", "--json", "--seed", "8");
  expect(other.out).not.toBe(one.out);
});

test("a page and a picture are written, with teams of other sizes", async () => {
  const [html, svg] = [join(folder, "forecast.html"), join(folder, "forecast.svg")];
  const { code, out } = await run(...SHORT, "--modes", "progressive", "--html", html, "--svg", svg, "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out) as Answered;
  expect(document.files).toEqual([html, svg]);
  expect(document.teamSizes?.map(({ agents }) => agents)).toContain(4);
  expect(readXml(readFileSync(html, "utf8").trimEnd()).name).toBe("html");
  expect(readXml(readFileSync(svg, "utf8").trimEnd()).name).toBe("svg");
});
