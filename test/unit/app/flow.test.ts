/** Flows on the command line: what is wrong and where, what would be heard, and another language out of a file. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCli } from "../../../src/app/cli.ts";
import { readFlowText } from "../../../src/app/flow/flow-file.ts";
import { SAMPLE_FILE } from "../../support/flows.ts";
import { memoryWorld } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-flow-"));
const sample = readFileSync(SAMPLE_FILE, "utf8");
const fileOf = (text: string): string => {
  const path = join(folder, "flow.yaml");
  writeFileSync(path, text);
  return path;
};
async function* typed(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
const run = async (words: readonly string[], stdin = "") => {
  const world = { ...memoryWorld(), stdin: typed(stdin) };
  const code = await runCli(["flow", ...words], world);
  return { code, ...world.printed };
};
const LEAD = ["--attributes", "delivery_date=2026-11-24", "--attributes", "delivery_options=2026-11-25,2026-11-26"];
const walk = (...words: string[]) => run(["test", SAMPLE_FILE, ...LEAD, ...words]);

describe("check", () => {
  test("finds nothing in the flow of the documents", async () => {
    expect(await run(["check", SAMPLE_FILE])).toMatchObject({ code: 0, err: "" });
  });

  test.each([
    [
      "to: nowhere",
      (text: string) => text.replace("then: who", "then: whom"),
      /line \d+, step hello: It leads to "whom"/,
    ],
    [
      "a key of a step",
      (text: string) => text.replace("otherwise: not-reached", "otherwize: x"),
      /line \d+: "otherwize" is not a key .*Did you mean "otherwise"\?/,
    ],
    [
      "two things",
      (text: string) => text.replace("  thanks:\n", "  thanks:\n    optOut: true\n"),
      /steps.thanks must do one thing, and has play and optOut/,
    ],
    ["no then", (text: string) => text.replace("    then: thanks\n", ""), /does not say where it goes on/],
    ["no step", () => "flow: x\nstart: a\ntrouble: a\nsteps: { a: {} }\n", /steps.a does nothing/],
    [
      "a media with a comma",
      (text: string) => text.replace("sound:acme/who", "sound:acme/who,tone:x"),
      /must be a media name/,
    ],
    ["another language", (text: string) => text.replace("en_GB", "fr_FR"), /language "fr_FR" has no words/],
    ["no YAML", () => "flow: [", /is not YAML/],
    ["nothing", () => "", /It holds no flow/],
    ["a list", () => "- a\n", /It holds no flow/],
  ])("says where and what: %s", async (_what, slip, says) => {
    const { code, out, err } = await run(["check", fileOf(slip(sample))]);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toMatch(says);
  });

  test("names the line of the step", async () => {
    const text = sample.replace("wait: 10s", "wait: 1m");
    const { out } = await run(["check", fileOf(text), "--json"]);
    const line = text.split("\n").findIndex((each) => each.startsWith("  somebody:")) + 1;
    const { ok, files } = JSON.parse(out) as { ok: boolean; files: { problems: object[] }[] };
    expect([ok, files[0]?.problems]).toMatchObject([false, [{ code: "unfair-wait", step: "somebody", line }]]);
  });

  test("of a file that is not there is no crash", async () => {
    expect((await run(["check", join(folder, "none.yaml")])).out).toContain("it does not exist");
  });
});

describe("the version", () => {
  const versionOf = (text: string): string => {
    const result = readFlowText("x", text);
    return result.ok ? result.read.version : "none";
  };

  test("is the same however the file was written, and another for another word", () => {
    const version = versionOf(sample);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(versionOf(`# A remark\n${sample.replace('key: "9"', "key:   9")}`)).toBe(version);
    expect(versionOf(sample.replace("wait: 10s", "wait: 9s"))).not.toBe(version);
    expect(versionOf(sample.replace("Goodbye.", "Bye."))).not.toBe(version);
  });
});

test("show draws each step once", async () => {
  const { code, out } = await run(["show", SAMPLE_FILE]);
  expect(code).toBe(0);
  expect(out.split("\n").filter((line) => /(^|→ |then )somebody: /.test(line.trim()))).toHaveLength(1);
  expect(out).toContain("key 3 → somebody (above)");
  const { err, code: refused } = await run(["show", fileOf("flow: x")]);
  expect([refused, err]).toEqual([1, expect.stringContaining("[flow-refused]")]);
});

describe("test", () => {
  test.each([
    [["--keys", "11"], "Results: delivery = confirmed."],
    [["--keys", "122", "--today", "2026-11-22"], "Results: new_date = 2026-11-26, delivery = changed."],
    [["--keys", ",,,"], "Results: delivery = not-reached."],
    [["--keys", "9"], "they object to further calls"],
    [["--keys", "13", "--agent", "4s"], "an agent talks to them"],
    [["--keys", "13"], "no agent came in 10 s"],
    [["--keys", "1h"], "they have hung up"],
    [["--keys", "", "--answered-by", "machine"], "--keys needs a value"],
  ])("%j comes to: %s", async (words, wanted) => {
    const { out, err } = await walk(...words);
    expect(out + err).toContain(wanted);
  });

  test("lets somebody type, and hangs up when the input ends", async () => {
    const typing = await run(["test", SAMPLE_FILE, ...LEAD], "1\n\n1\n");
    expect(typing.out).toContain("nothing is pressed");
    expect(typing.out).toContain("delivery = confirmed");
    expect((await run(["test", SAMPLE_FILE, ...LEAD], "1")).out).toContain("they have hung up");
  });

  test("is one document with --json, and takes no real time", async () => {
    const { out } = await walk("--keys", "115", "--json");
    expect(JSON.parse(out)).toMatchObject({ how: "saidAll", results: { delivery: "confirmed" }, unusedKeys: "5" });
  });

  test.each([
    [["--keys", "1x"], '"x" is no key'],
    [["--keys", "1", "--today", "tomorrow"], "is not a day"],
    [["--keys", "1", "--agent", "soon"], "is neither a duration"],
    [["--keys", "1", "--attributes", "pin"], "is not name=value"],
  ])("refuses %j", async (words, says) => {
    const { code, err } = await walk(...words);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});

test("another language comes with the file", () => {
  const days = Array.from({ length: 31 }, (_, index) => `[sound:de/tag-${String(index + 1)}]`).join(", ");
  const named = (count: number, what: string) =>
    Array.from({ length: count }, (_, index) => `[sound:de/${what}-${String(index)}]`).join(", ");
  const table = [
    "sayTable:",
    `  { language: de, weekdays: [${named(7, "wt")}], months: [${named(12, "mon")}], days: [${days}],`,
    '    date: ["{weekday}", sound:de/der, "{day}", "{month}"], fullHour: ["{hour}", sound:de/uhr],',
    '    fewMinutes: ["{hour}", sound:de/uhr, "{minute}"], time: ["{hour}", sound:de/uhr, "{minute}"] }',
  ].join("\n");
  const result = readFlowText("x", sample.replace("language: en_GB", table));
  expect(result.ok && result.read.flow.sayTable.language).toBe("de");
  const short = readFlowText("x", sample.replace("language: en_GB", table.replace(", [sound:de/tag-31]", "")));
  expect(short.ok || short.problems[0]?.says).toContain("must be 31 lists of media");
});
