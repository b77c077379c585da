/** The tree as it stands passes its own checks, and every room introduces itself. */
import { describe, expect, test } from "@jest/globals";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot, runTool } from "../support/run-tool.ts";

const CHECKS: readonly [what: string, bin: string, args: readonly string[]][] = [
  ["is formatted", "node_modules/prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]],
  ["has sound types", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit"]],
  ["passes the lint", "node_modules/eslint/bin/eslint.js", ["--max-warnings", "0", "src", "test", "scripts"]],
  [
    "keeps its layers",
    "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
    ["--config", ".dependency-cruiser.cjs", "src"],
  ],
];

describe("the tree", () => {
  test.each(CHECKS)(
    "%s",
    async (_what, bin, args) => {
      const { exitCode, stdout, stderr } = await runTool(bin, args);
      // What the tool said comes first, so that a failure reads like the tool.
      expect(exitCode === 0 ? "" : `${stdout}${stderr}`).toBe("");
    },
    180_000,
  );
});

/** A screen. Longer ones are not read. */
const README_LINES_MAX = 60;

const rooms = (await readdir(join(projectRoot, "src"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe("each room under src", () => {
  test.each(rooms)("%s has a README of at most a screen", async (room) => {
    const text = await readFile(join(projectRoot, "src", room, "README.md"), "utf8").catch(() => "");
    expect(text).not.toBe("");
    expect(text.split("\n").length).toBeLessThanOrEqual(README_LINES_MAX);
  });
});
