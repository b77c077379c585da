import { expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csvReader, type CsvRow } from "../../../../src/lead/import/csv-reader.ts";

const readIn = (pieces: readonly string[], delimiter = ","): CsvRow[] => {
  const reader = csvReader(delimiter);
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};
const read = (text: string): CsvRow[] => readIn([text]);
const seen = (rows: readonly CsvRow[]): unknown[] =>
  rows.map((row) => (row.kind === "row" ? [row.line, ...row.fields] : [row.line, row.rejection.code]));

test.each([
  [
    "plain rows",
    "a,b\n1,2\n",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "no line end at the end",
    "a,b\n1,2",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "CR LF",
    "a,b\r\n1,2\r\n",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "lone CR",
    "a,b\r1,2\r",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "mixed line ends",
    "a\r\nb\nc\rd",
    [
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "d"],
    ],
  ],
  [
    "blank lines keep the count",
    "a,b\n\n\n1,2\n\n",
    [
      [1, "a", "b"],
      [4, "1", "2"],
    ],
  ],
  [
    "empty fields",
    ",\n1,\n,2\n",
    [
      [1, "", ""],
      [2, "1", ""],
      [3, "", "2"],
    ],
  ],
  ["quoted separator", '"a,b",c\n', [[1, "a,b", "c"]]],
  ["doubled marks", '"a ""quoted"" word",c\n', [[1, 'a "quoted" word', "c"]]],
  [
    "quoted line end",
    '"a\nb",c\nd,e\n',
    [
      [1, "a\nb", "c"],
      [3, "d", "e"],
    ],
  ],
  ["quoted nothing", '"",c\n', [[1, "", "c"]]],
  [
    "an inch mark in the middle of a field",
    '6" pipe,c\nd,e\n',
    [
      [1, '6" pipe', "c"],
      [2, "d", "e"],
    ],
  ],
  [
    "text after a closing mark",
    'a,b\n"x"y,1\nc,d\n',
    [
      [1, "a", "b"],
      [2, "row-quote-misplaced"],
      [3, "c", "d"],
    ],
  ],
  [
    "a mark never closed",
    'a,b\n"x,1\nc,d\ne,f\n',
    [
      [1, "a", "b"],
      [2, "row-quote-unclosed"],
      [3, "c", "d"],
      [4, "e", "f"],
    ],
  ],
  [
    "a mark never closed, and another quoted field later",
    'a,b\n"x,1\nc,d\n"e",f\n',
    [
      [1, "a", "b"],
      [2, "row-quote-misplaced"],
      [3, "c", "d"],
      [4, "e", "f"],
    ],
  ],
])("%s", (_name, text, expected) => {
  expect(seen(read(text))).toEqual(expected);
});

test("a huge row and a huge field are given up, and their neighbours are not", () => {
  const text = `a,b\n${"x".repeat(70_000)},1\nc,d\n"${"y".repeat(5_000)}",1\ne,f\n`;
  expect(seen(read(text))).toEqual([
    [1, "a", "b"],
    [2, "row-too-long"],
    [3, "c", "d"],
    [4, "row-field-too-long"],
    [5, "e", "f"],
  ]);
});

test("what is shown of a rejected row is short", () => {
  const [bad] = read(`"${"x".repeat(100_000)}`);
  expect(bad).toMatchObject({ kind: "bad", line: 1 });
  expect(bad?.kind === "bad" && bad.text.length).toBe(1_000);
});

test("a field that never ends does not use up memory", () => {
  const reader = csvReader(",");
  const rows = Array.from({ length: 200 }, () => reader.push("x".repeat(10_000))).flat();
  expect(seen([...rows, ...reader.end()])).toEqual([[1, "row-too-long"]]);
});

test("a mark opened on every line takes each of those lines and no other", () => {
  const text = Array.from({ length: 2_000 }, (_, index) => `"open ${index},1\ngood,2\n`).join("");
  const rows = read(text);
  expect(rows.filter((row) => row.kind === "row" && row.fields[0] === "good")).toHaveLength(2_000);
});

const field = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom("", '"', '""', ",", "\n", "\r\n", "a,b", 'say "hi"', "\r", " ", "\u{1F600}"),
);
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((columns) =>
    fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 }),
  );
const written = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\n");

test("well-formed text is read as csv-parse reads it, however it is cut into pieces", () => {
  fc.assert(
    fc.property(table, fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 }), (rows, cuts) => {
      const text = written(rows);
      const pieces: string[] = [];
      let at = 0;
      for (const cut of cuts) {
        pieces.push(text.slice(at, at + cut));
        at += cut;
      }
      pieces.push(text.slice(at));
      const ours = readIn(pieces).map((row) => (row.kind === "row" ? row.fields : row.rejection.code));
      expect(ours).toEqual(parse(text));
      expect(ours).toEqual(rows);
    }),
  );
});

test("any text at all is read without an exception, the same whole and in pieces", () => {
  const wild = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", "b"), maxLength: 60 });
  fc.assert(
    fc.property(wild, (text) => {
      expect(readIn(text.split(""))).toEqual(read(text));
    }),
    { numRuns: 500 },
  );
});
