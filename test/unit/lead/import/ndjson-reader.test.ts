import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { JsonColumns } from "../../../../src/lead/import/json-columns.ts";
import { ROW_CHARACTERS_MAX } from "../../../../src/lead/import/limits.ts";
import { ndjsonReader, type JsonRow } from "../../../../src/lead/import/ndjson-reader.ts";

const readIn = (pieces: readonly string[]): JsonRow[] => {
  const reader = ndjsonReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};
const seen = (rows: readonly JsonRow[]): unknown[] =>
  rows.map((row) => (row.kind === "row" ? [row.line, Object.fromEntries(row.values)] : [row.line, row.rejection.code]));

test.each<[string, string, unknown[]]>([
  [
    "objects",
    '{"a":"1"}\n{"b":2}\n',
    [
      [1, { a: "1" }],
      [2, { b: "2" }],
    ],
  ],
  [
    "no end at the end, CR LF, blank lines",
    '{"a":"1"}\r\n\r\n  \n{"b":true}',
    [
      [1, { a: "1" }],
      [4, { b: "true" }],
    ],
  ],
  ["null and empty are nothing", '{"a":null,"b":"","c":0}\n', [[1, { c: "0" }]]],
  ["what is nested is kept as text", '{"a":{"b":[1]}}\n', [[1, { a: '{"b":[1]}' }]]],
  [
    "no object",
    '[1]\n7\nnull\n"x"\n',
    [
      [1, "row-not-json"],
      [2, "row-not-json"],
      [3, "row-not-json"],
      [4, "row-not-json"],
    ],
  ],
  [
    "half an object",
    '{"a":\n{"b":1}\n',
    [
      [1, "row-not-json"],
      [2, { b: "1" }],
    ],
  ],
  ["a number that was rounded", '{"a":12345678901234567890}\n', [[1, "row-number-inexact"]]],
  ["a key of nothing", '{"":1}\n', [[1, "row-key-too-long"]]],
  ["a key without end", `{"${"k".repeat(121)}":1}\n`, [[1, "row-key-too-long"]]],
  ["a value without end", `{"a":"${"v".repeat(4_001)}"}\n`, [[1, "row-field-too-long"]]],
  [
    "a row without end",
    `{"a":"${"v".repeat(ROW_CHARACTERS_MAX)}"}\n{"b":1}\n`,
    [
      [1, "row-too-long"],
      [2, { b: "1" }],
    ],
  ],
  [
    "nested without end",
    `${"[".repeat(60_000)}\n{"b":1}\n`,
    [
      [1, "row-not-json"],
      [2, { b: "1" }],
    ],
  ],
  [
    "keys without number",
    `{${Array.from({ length: 201 }, (_, at) => `"k${String(at)}":1`).join(",")}}\n`,
    [[1, "row-too-many-fields"]],
  ],
  [
    "our own words about a refused row",
    '{"fairdial_line":3,"fairdial_code":"x","fairdial_reason":"y","a":1}\n',
    [[1, { a: "1" }]],
  ],
])("%s", (_name, text, expected) => {
  expect(seen(readIn([text]))).toEqual(expected);
});

test("it does not matter where the text is cut, nor what is in it", () => {
  const line = fc.oneof(fc.json(), fc.string(), fc.constant('{"a":"1"}'));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
      const text = lines.join("\n");
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      expect(readIn(pieces)).toEqual(readIn([text]));
    }),
  );
});

test("keys mean the same in every row, and those that come late too", () => {
  const columns = new JsonColumns([]);
  const take = (values: Record<string, string | string[]>) =>
    columns.take(
      Object.entries(values).flatMap(([key, value]) =>
        (typeof value === "string" ? [value] : value).map((one) => [key, one] as const),
      ),
    );
  const shown = (taken: ReturnType<typeof take>) =>
    "code" in taken
      ? taken.code
      : { numbers: taken.columns.numbers.map((at) => taken.fields[at]), name: taken.fields[taken.columns.name ?? -1] };
  expect(shown(take({ phone: "1", name: "Ann" }))).toEqual({ numbers: ["1"], name: "Ann" });
  expect(shown(take({ name: "Bob", phone: "2" }))).toEqual({ numbers: ["2"], name: "Bob" });
  expect(shown(take({ mobile: "3", name: "Cid" }))).toEqual({ numbers: ["", "3"], name: "Cid" });
  expect(take({ __proto__x: "1", constructor: "2", phone: "4" })).not.toHaveProperty("code");
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${String(at)}`, "1"]));
  expect(shown(take(many))).toBe("row-too-many-fields");
  // The row is refused, and its keys with it.
  expect(shown(take({ phone: "5" }))).toMatchObject({ numbers: ["5", ""] });
});
