/** What no list should hold: lines without end, files that change, bytes that are none. Bounded, told, nothing lost. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { RejectFile } from "../../../src/app/import/reject-file.ts";
import { readListFile, type FileRow, type ReadingOptions } from "../../../src/app/import/rows.ts";
import { openListSource } from "../../../src/app/import/source.ts";
import { readFileSync } from "node:fs";

const folder = mkdtempSync(join(tmpdir(), "fairdial-bounds-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OPTIONS: ReadingOptions = {
  format: null,
  encoding: null,
  delimiter: null,
  hasHeader: true,
  mapping: [],
  rules: { defaultCountry: "GB", countriesAllowed: null, onlyInUse: false, timeZone: null },
};
async function* none(): AsyncGenerator<Uint8Array> {
  // Nobody types.
}
const shown = (row: FileRow): unknown[] => [
  row.line,
  row.kind === "lead" ? row.lead.numbers[0]?.number : row.rejection.code,
];

/** A file that is nowhere: a beginning, so many bytes of one line, an end. */
const pretend = (beginning: string, filler: string, fillerBytes: number, end: string) => {
  const piece = Buffer.from(filler.repeat(1_048_576));
  return {
    name: "pretend",
    head: Buffer.from(beginning + filler.repeat(1_000)),
    utf8: "valid" as const,
    async *pieces(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(beginning);
      for (let given = 0; given < fillerBytes; given += piece.length) yield await Promise.resolve(piece);
      yield Buffer.from(end);
    },
  };
};

const TWO_GB = 2_147_483_648;

test.each<[name: string, bytes: number, beginning: string, filler: string, end: string]>([
  ["csv", TWO_GB, "Phone\n07911 123456\n", "x", "\n07911 123457\n"],
  // An eighth of it for the others: what they might keep would show in that as well.
  ["csv in quotation marks", TWO_GB / 8, 'Phone\n07911 123456\n"', "x", '"\n07911 123457\n'],
  ["ndjson", TWO_GB / 8, '{"phone":"07911 123456"}\n{"phone":"', "1", '"}\n{"phone":"07911 123457"}\n'],
])(
  "a line without end costs itself, and a few megabytes: %s of %d bytes",
  async (_name, bytes, beginning, filler, end) => {
    const { rows } = await readListFile(pretend(beginning, filler, bytes, end), OPTIONS, () => undefined);
    const all: FileRow[] = [];
    let largestMb = 0;
    const before = process.memoryUsage().rss;
    for await (const some of rows(0)) all.push(...some);
    largestMb = (process.memoryUsage().rss - before) / 1_048_576;
    expect(all.map((row) => (row.kind === "lead" ? row.lead.numbers[0]?.number : row.rejection.code))).toEqual([
      "+447911123456",
      expect.stringMatching(/^row-(too-long|quote-unclosed)$/),
      "+447911123457",
    ]);
    expect(JSON.stringify(all).length).toBeLessThan(10_000);
    expect(largestMb).toBeLessThan(200);
  },
  400_000,
);

const read = async (path: string, between: () => void): Promise<string> => {
  const source = await openListSource(path, none());
  try {
    const { rows } = await readListFile(source, OPTIONS, () => undefined);
    between();
    let seen = 0;
    for await (const some of rows(0)) seen += some.length;
    return String(seen);
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "other";
  } finally {
    source.release();
  }
};

test.each<[string, (path: string) => void, string]>([
  ["is left alone", () => undefined, "20000"],
  ["grows", (path) => appendFileSync(path, "07911 999999\n"), "file-changed"],
  [
    "is written anew, of the same length",
    (path) => writeFileSync(path, `Phone\n${"07911 000000\n".repeat(20_000)}`),
    "file-changed",
  ],
  ["is cut off", (path) => writeFileSync(path, "Phone\n07911 000000\n"), "file-changed"],
])("a file that %s while it is read", async (name, change, expected) => {
  const path = join(folder, `${name.replace(/\W/g, "-")}.csv`);
  const rows = Array.from({ length: 20_000 }, (_, at) => `07911 ${String(100_000 + at)}`);
  writeFileSync(path, `Phone\n${rows.join("\n")}\n`);
  expect(
    await read(path, () => {
      change(path);
    }),
  ).toBe(expected);
});

test.each<[string, string | Buffer, unknown[]]>([
  ["zero bytes in a field", "Phone,Note\n07911 123456,a\u0000b\n", [[2, "+447911123456"]]],
  ["headings that repeat", "Phone,Note,Note,\n07911 123456,a,b,c\n", [[2, "+447911123456"]]],
  ["headings like an object's", "Phone,__proto__,constructor,toString\n07911 123456,a,b,c\n", [[2, "+447911123456"]]],
  ["a heading alone", "Phone\n", []],
  [
    "other lines' ends",
    "Phone\r07911 123456\r07911 123457",
    [
      [2, "+447911123456"],
      [3, "+447911123457"],
    ],
  ],
  ["bytes of Windows", Buffer.from("Phone,Name\n07911 123456,\x80uro\n", "latin1"), [[2, "+447911123456"]]],
  [
    "a quotation mark that is never closed",
    'Phone\n"07911 123456\n07911 123457\n',
    [
      [2, "row-quote-unclosed"],
      [3, "+447911123457"],
    ],
  ],
  [
    "NDJSON cut off",
    '{"phone":"07911 123456"}\n{"phone":"0791',
    [
      [1, "+447911123456"],
      [2, "row-not-json"],
    ],
  ],
])("%s", async (name, content, expected) => {
  const path = join(folder, `${name.replace(/\W/g, "-")}.txt`);
  writeFileSync(path, content);
  const source = await openListSource(path, none());
  const { rows } = await readListFile(source, OPTIONS, () => undefined);
  const all: FileRow[] = [];
  for await (const some of rows(0)) all.push(...some);
  expect(all.map(shown)).toEqual(expected);
  if (name.startsWith("bytes of")) expect(all[0]?.kind === "lead" && all[0].lead.name).toBe("€uro");
});

test("rows that were settled are passed over, and the rest are the same rows", async () => {
  const path = join(folder, "skip.ndjson");
  writeFileSync(path, '{"phone":"07911 123456"}\n\n{"phone":"1"}\n{"mobile":"07911 123457","a":"b"}\n');
  const from = async (skip: number): Promise<FileRow[]> => {
    const { rows } = await readListFile(await openListSource(path, none()), OPTIONS, () => undefined);
    const all: FileRow[] = [];
    for await (const some of rows(skip)) all.push(...some);
    return all;
  };
  const all = await from(0);
  expect(all).toHaveLength(3);
  for (const [index, row] of all.entries()) expect(await from(row.record)).toEqual(all.slice(index + 1));
});

test("a file of refused rows goes on where it counted, and nowhere else", async () => {
  const path = join(folder, "r.csv.rejects.csv");
  const first = new RejectFile(path, ["Phone"], { stays: true });
  const no = { code: "number-missing", reason: "x" } as const;
  await first.add(2, ["a"], no);
  const mark = await first.mark();
  await first.add(3, ["b"], no);
  await first.mark();
  first.leave();
  const again = RejectFile.resume(path, ["Phone"], { stays: true }, mark);
  await again?.add(4, ["c"], no);
  await again?.close();
  expect(readFileSync(path, "utf8")).toBe("line,code,reason,Phone\n2,number-missing,x,a\n4,number-missing,x,c\n");
  expect(RejectFile.resume(path, ["Phone"], {}, mark)).toBeNull();
  const short = join(folder, "short.part");
  writeFileSync(short, "x");
  expect(RejectFile.resume(path, ["Phone"], {}, { part: short, bytes: 2 })).toBeNull();
});
