/** The filter language: what is read as what, and how everything else is refused. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  asksClock,
  asksHistory,
  attributesOf,
  FILTER_LIMITS,
  type Filter,
} from "../../../../src/lead/segment/filter.ts";
import { readFilter, type ReadFilter } from "../../../../src/lead/segment/parse.ts";
import { FILTER_REFUSALS, pointAt } from "../../../../src/lead/segment/refusal.ts";
import { someFilter } from "../../../support/segment-samples.ts";

const read = (text: string): Filter => {
  const result = readFilter(text);
  if ("refusal" in result) throw new Error(`${result.refusal.sentence}\n${pointAt(text, result.refusal.position)}`);
  return result.filter;
};
const refusal = (text: string) => {
  const result: ReadFilter = readFilter(text);
  if ("filter" in result) throw new Error(`${text} was read as ${JSON.stringify(result.filter)}`);
  return result.refusal;
};
const attribute = (name: string) => ({ kind: "attribute", name });
const lead = (name: string) => ({ kind: "lead", name });
const is = (field: object, ...values: unknown[]) => ({
  ...{ type: typeof values[0] === "number" ? "number" : "text", field, test: "is", values },
});
const not = (of: object) => ({ type: "not", of });

describe("is read", () => {
  test.each<[string, object]>([
    ["age>=40", { type: "number", field: attribute("age"), test: "atLeast", values: [40] }],
    ["attempts=0", is(lead("attempts"), 0)],
    ["Days_Since_Import < 3", { type: "number", field: lead("days-since-import"), test: "below", values: [3] }],
    ["status = 'Gold '", is(attribute("status"), "gold")],
    ['status:"gold"', is(attribute("status"), "gold")],
    ['status <> "gold"', not(is(attribute("status"), "gold"))],
    [
      "attr('post code') starts \"SW1 \"",
      { type: "text", field: attribute("post code"), test: "starts", values: ["sw1 "] },
    ],
    ['attr("attempts") = 2', is(attribute("attempts"), 2)],
    ["x not in (1, 2)", not(is(attribute("x"), 1, 2))],
    ["x ends with 'b'", { type: "text", field: attribute("x"), test: "ends", values: ["b"] }],
    ["x not contains 'b'", not({ type: "text", field: attribute("x"), test: "contains", values: ["b"] })],
    ["email is missing", { type: "missing", field: attribute("email") }],
    ["email is not missing", not({ type: "missing", field: attribute("email") })],
    ["email IS PRESENT", not({ type: "missing", field: attribute("email") })],
    ["größe = -1.5", is(attribute("größe"), -1.5)],
    ["a = 'it\\'s \\\\'", is(attribute("a"), "it's \\")],
    ['country = "gb"', is(lead("country"), "gb")],
    ['number_type in ("Mobile","fixed")', is(lead("number-type"), "mobile", "fixed")],
    [
      "income between 10 and 20",
      {
        type: "all",
        of: [
          { type: "number", field: attribute("income"), test: "atLeast", values: [10] },
          { type: "number", field: attribute("income"), test: "atMost", values: [20] },
        ],
      },
    ],
    [
      'region:"SW"',
      {
        type: "any",
        of: [is(lead("region"), "sw"), { type: "text", field: lead("region"), test: "ends", values: ["-sw"] }],
      },
    ],
    ['region:"GB-SW"', is(lead("region"), "gb-sw")],
  ])("%s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test("and binds closer than or, not closest", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => is(attribute(name), 1));
    expect(read("a=1 or b=1 and not c=1")).toEqual({ type: "any", of: [a, { type: "all", of: [b, not(c!)] }] });
    expect(read("(a=1 or b=1) and c=1")).toEqual({ type: "all", of: [{ type: "any", of: [a, b] }, c] });
    expect(read("not a=1 and b=1")).toEqual({ type: "all", of: [not(a!), b] });
    expect(read("not (a=1 and b=1)")).toEqual(not({ type: "all", of: [a, b] }));
    expect(read("a between 1 and 2 and b=1")).toMatchObject({ type: "all", of: [{ type: "all" }, b] });
  });

  test("with the attributes it asks for, and what may change its answer", () => {
    const filter = read('a=1 and attr("b c")=2 or not a=3');
    expect(attributesOf(filter)).toEqual(["a", "b c"]);
    expect([asksHistory(filter), asksClock(filter)]).toEqual([false, false]);
    expect([asksHistory(read("not attempts>1")), asksClock(read("attempts>1"))]).toEqual([true, false]);
    expect([asksHistory(read("days-since-import>1")), asksClock(read("days-since-import>1"))]).toEqual([false, true]);
    expect([asksHistory(read("days-since-attempt>1")), asksClock(read("days-since-attempt>1"))]).toEqual([true, true]);
    expect(asksHistory(read('last-outcome is missing or a="b"'))).toBe(true);
  });

  test("bare names of attributes are told with their places, quoted ones are not", () => {
    expect(readFilter('attemps=0 and attr("attemps")=1 and attempts=2')).toMatchObject({
      bareNames: [{ name: "attemps", position: 0 }],
    });
  });
});

describe("is refused, with a code and the place", () => {
  test.each<[text: string, code: (typeof FILTER_REFUSALS)[number], position: number]>([
    ["", "empty", 0],
    ["  \n ", "empty", 0],
    ["age", "unfinished", 3],
    ["age >=", "unfinished", 6],
    ["age >= 40 and", "unfinished", 13],
    ["(age = 1", "unfinished", 8],
    ["age = 1)", "unexpected", 7],
    ["age = 1 b = 2", "unexpected", 8],
    ["age == 1", "unexpected", 5],
    ["age = 1 && b = 2", "unexpected", 8],
    ["status = gold", "unexpected", 9],
    ["status = “gold”", "unexpected", 9],
    ['status = "gold', "unfinished", 9],
    ['a = "\\n"', "unexpected", 5],
    ["and = 1", "unexpected", 0],
    ["attr(x) = 1", "unexpected", 5],
    ['attr("") = 1', "attribute-refused", 5],
    ['attr("-x") = 1', "attribute-refused", 5],
    [`attr("${"x".repeat(121)}") = 1`, "attribute-refused", 5],
    ["a = 12th", "bad-number", 4],
    ["a = 1.2.3", "bad-number", 4],
    ["a = 1e3", "bad-number", 4],
    ["a = .5", "bad-number", 4],
    ["a = 1234567890123456", "bad-number", 4],
    ["a in ()", "unexpected", 6],
    ["a in (1,)", "unexpected", 8],
    ['a in (1, "x")', "wrong-type", 6],
    ['a > "x"', "wrong-type", 4],
    ["a starts 5", "wrong-type", 9],
    ['a = ""', "wrong-type", 4],
    ['attempts = "1"', "wrong-type", 11],
    ["region = 5", "wrong-type", 9],
    ["country < 5", "wrong-type", 10],
    ['last-outcome = "bsy"', "unknown-value", 15],
    ['number-kind in ("home", "wrk")', "unknown-value", 24],
    ['country = "England"', "unknown-value", 10],
    ["a = 1 -- x", "unexpected", 6],
    ["a = 1 /* x */", "unexpected", 6],
    ["a = 1; drop table lead", "unexpected", 5],
    ["a = 1 # x", "unexpected", 6],
    ["a = ?", "unexpected", 4],
    ["a = 1\u0000", "bad-character", 5],
    ['a = "x\u0000"', "bad-character", 6],
    ['a = "\u202Ex"', "bad-character", 5],
    ['a = "\uD800"', "bad-character", 5],
    ["`a` = 1", "unexpected", 0],
  ])("%j", (text, code, position) => {
    expect(refusal(text)).toMatchObject({ code, position });
  });

  test("what is not known, with what could have been meant", () => {
    expect(refusal('last-outcome = "bsy"').unknown).toMatchObject({ name: "bsy" });
    expect(refusal('last-outcome = "bsy"').unknown?.known).toContain("busy");
  });

  test.each<[string, string, number]>([
    ["too-deep", "(", FILTER_LIMITS.depthMax],
    ["too-deep", "not ", FILTER_LIMITS.depthMax],
    ["too-deep", "not (", FILTER_LIMITS.depthMax / 2],
  ])("%s: %j more often than allowed", (code, piece, most) => {
    const nested = (times: number) => `${piece.repeat(times)}a=1${")".repeat(piece.endsWith("(") ? times : 0)}`;
    expect(read(nested(most))).toBeDefined();
    expect(refusal(nested(most + 1))).toMatchObject({ code, position: most * piece.length });
  });

  test("a bracket that is opened again and again, before the stack ends", () => {
    expect(refusal("(".repeat(FILTER_LIMITS.charactersMax)).code).toBe("too-deep");
    expect(refusal("(".repeat(10_000_000)).code).toBe("too-long");
  });

  test("too many terms, values, or characters", () => {
    const terms = (count: number) => Array.from({ length: count }, () => "a=1").join(" or ");
    expect(read(terms(FILTER_LIMITS.termsMax))).toBeDefined();
    expect(refusal(terms(FILTER_LIMITS.termsMax + 1)).code).toBe("too-many-terms");
    const list = (count: number) => `a in (${Array.from({ length: count }, () => "1").join(",")})`;
    expect(read(list(FILTER_LIMITS.listItemsMax))).toBeDefined();
    expect(refusal(list(FILTER_LIMITS.listItemsMax + 1)).code).toBe("too-many-items");
    expect(refusal(`${list(300)} or ${list(300)}`).code).toBe("too-many-items");
    const long = `a = "${"x".repeat(FILTER_LIMITS.charactersMax)}"`;
    expect(refusal(long)).toMatchObject({ code: "too-long", position: FILTER_LIMITS.charactersMax });
  });
});

describe("whatever is written", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "=",
        ":",
        "<>",
        "attr(",
        '"',
        "'",
        "\\",
        "is",
        "missing",
      ),
      fc.constantFrom("attempts", "region", "x", "1", "-1.5", '"a"', "between", "starts", " ", "\0", "--", "/*", "🎺"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 30 },
  );

  test("ends in a filter or in a refusal with a known code and a place in the text", () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom("", " "), (some, between) => {
        const text = some.join(between);
        const result = readFilter(text);
        if ("filter" in result) return;
        const { code, position, sentence } = result.refusal;
        expect(FILTER_REFUSALS).toContain(code);
        expect(sentence).toMatch(/[.:"?]$/);
        expect(position >= 0 && position <= text.length).toBe(true);
        // Nothing that steers a terminal.

        expect(pointAt(text, position)).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("filters of the samples are all read", () => {
    fc.assert(
      fc.property(someFilter, (text) => {
        expect(read(text)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});

test("the mark stands below the place, in long texts too", () => {
  const text = `${"a=1 or ".repeat(30)}b >< 3`;
  const { position } = refusal(text);
  const [shown = "", mark = ""] = pointAt(text, position).split("\n");
  expect(shown.charAt(mark.indexOf("^"))).toBe("<");
  expect(shown.length).toBeLessThan(90);
});
