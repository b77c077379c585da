/** What a minute costs: read strictly, found by the longest beginning. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readTightening, formatTightening } from "../../../src/app/arguments/tightening.ts";
import { readTollRates } from "../../../src/app/toll-rates.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-rates-"));
const read = (text: string) => {
  const file = join(folder, "rates.csv");
  writeFileSync(file, text);
  const findings = { problems: [] as string[], warnings: [] as string[] };
  return { rates: readTollRates(file, findings), problems: findings.problems };
};

test("the longest beginning counts; what is not listed has no rate", () => {
  const { rates, problems } = read("# of May\n44,0.0045\n+447,0.012,UK mobile\r\n44709;1.5\n\n");
  expect(problems).toEqual([]);
  expect(rates.rateOf("+442079460018")).toBe(4_500);
  expect(rates.rateOf("+447700900123")).toBe(12_000);
  expect(rates.rateOf("+447091234567")).toBe(1_500_000);
  expect(rates.rateOf("+33123456789")).toBeNull();
  expect(rates.rateOf("+4")).toBeNull();
});

test.each([
  ["44,cheap", /line 1: it is not PREFIX,PRICE/],
  ["44,-1", /line 1/],
  ["44,=1+1", /line 1/],
  ["44,0.1\n+44,0.2", /line 2: the prefix 44 is there twice/],
  ["44,1e9", /line 1/],
  ["", /holds no rate/],
  ["a\nb\nc\nd\ne", /2 more lines are wrong/],
])("%j is refused", (text, problem) => {
  expect(read(text).problems.join("\n")).toMatch(problem);
});

describe("a campaign's own guards", () => {
  test("are written and read back", () => {
    const read = readTightening({}, ["countries=ie+gb", "spend-per-hour=12.5"]);
    expect(read).toEqual({ tightening: { countries: ["GB", "IE"], spendPerHourMax: 12_500_000 } });
    if ("tightening" in read) expect(formatTightening(read.tightening)).toBe("countries=GB+IE spend-per-hour=12.50");
  });
  test.each(["countries=UK", "countries=", "spend-per-hour=0", "spend-per-hour=-3", "spend-per-hour=1e3"])(
    "%s is refused",
    (text) => {
      expect(readTightening({}, [text])).toHaveProperty("problem");
    },
  );
});
