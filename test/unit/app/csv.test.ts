import { expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csvCell, csvLine, unguarded } from "../../../src/app/csv.ts";

test.each([
  ["plain", "plain"],
  ["", ""],
  [null, ""],
  [undefined, ""],
  [12, "12"],
  [-3, "-3"],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["a\nb", '"a\nb"'],
  ["a;b", '"a;b"'],
  [" a", '" a"'],
  // A spreadsheet would compute these.
  ["=1+1", "'=1+1"],
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+1-1", "'+1-1"],
  ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\tx", '"\'\tx"'],
  ["\r=1", `"'\r'=1"`],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ["\uFF1D1+1", "'\uFF1D1+1"],
  // So would one whose country separates by semicolons, and that does not see our quotation marks.
  ["a;=1+1", `"a;'=1+1"`],
  ["a\n@x\r\n=1", `"a\n'@x\r\n'=1"`],
  ["'=1", "''=1"],
  // And these it would only show.
  ["+447700900123", "+447700900123"],
  ["+44 7700 900123", "+44 7700 900123"],
  ["-12.50", "-12.50"],
])("%j is written as %j", (value, expected) => {
  expect(csvCell(value)).toBe(expected);
});

const hostile = fc.string({
  unit: fc.constantFrom(...["=", "+", "-", "@", "'", '"', ";", ",", "\t", "\r", "\n", " ", "1"]),
});

test("whatever is written is one cell again, never a formula, and can be had back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: "grapheme" }), hostile), { minLength: 2, maxLength: 5 }),
      (cells) => {
        const [read = []] = parse(csvLine(cells));
        expect(read.map(unguarded)).toEqual(cells);
        for (const cell of read) expect(cell).not.toMatch(/(?:^|[;\t\r\n])[=@]|^[\t\r]/);
      },
    ),
  );
});
