import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { CliError } from "../../../src/app/cli-error.ts";
import { RejectFile } from "../../../src/app/import/reject-file.ts";
import { readListFile, type FileRow, type ReadingOptions } from "../../../src/app/import/rows.ts";
import { openListSource } from "../../../src/app/import/source.ts";
import { STDIN } from "../../../src/app/world.ts";
import { readMapping } from "../../../src/lead/import/columns.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-rows-"));
let files = 0;
const fileOf = (content: string | Buffer): string => {
  const path = join(folder, `list-${(files += 1)}.csv`);
  writeFileSync(path, content);
  return path;
};
async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

const OPTIONS: ReadingOptions = {
  format: null,
  encoding: null,
  delimiter: null,
  hasHeader: true,
  mapping: [],
  rules: { defaultCountry: "GB", countriesAllowed: null, onlyInUse: false, timeZone: null },
};

const read = async (content: string | Buffer, change: Partial<ReadingOptions> = {}) => {
  const source = await openListSource(fileOf(content), pieces());
  let bytes = 0;
  const { layout, rows } = await readListFile(source, { ...OPTIONS, ...change }, (count) => (bytes += count));
  const all: FileRow[] = [];
  for await (const some of rows(0)) all.push(...some);
  expect(bytes).toBe(source.sizeBytes);
  return { layout, rows: all };
};
const seen = (rows: readonly FileRow[]): unknown[] =>
  rows.map((row) =>
    row.kind === "lead" ? [row.line, row.lead.name, row.lead.numbers[0]?.number] : [row.line, row.rejection.code],
  );
const problem = async (content: string | Buffer, change: Partial<ReadingOptions> = {}): Promise<string> =>
  read(content, change).then(
    () => "",
    (error: unknown) => {
      if (error instanceof CliError) return error.message;
      throw error;
    },
  );

const LEADS = "Name,Phone\nAnn,07911 123456\nBöb,07911 123457\n";
const EXPECTED = [
  [2, "Ann", "+447911123456"],
  [3, "Böb", "+447911123457"],
];
const utf16be = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le").swap16();

test.each<[string, Buffer, string | null]>([
  ["UTF-8", Buffer.from(LEADS), null],
  ["UTF-8 with its mark", Buffer.from(`\uFEFF${LEADS}`), null],
  ["UTF-16 little-endian with its mark", Buffer.from(`\uFEFF${LEADS}`, "utf16le"), null],
  ["UTF-16 big-endian with its mark", utf16be(LEADS), null],
  ["UTF-16 without its mark, when told", Buffer.from(LEADS, "utf16le"), "utf-16le"],
  ["UTF-16 little-endian without its mark", Buffer.from(LEADS, "utf16le"), null],
  ["UTF-16 big-endian without its mark", utf16be(LEADS).subarray(2), null],
  ["Windows-1252, seen", Buffer.from(LEADS, "latin1"), null],
  ["Windows-1252, when told", Buffer.from(LEADS, "latin1"), "windows-1252"],
  ["a mark beats what was told", Buffer.from(`\uFEFF${LEADS}`), "windows-1252"],
])("%s", async (_name, content, encoding) => {
  expect(seen((await read(content, { encoding })).rows)).toEqual(EXPECTED);
});

test("bytes that mean nothing cost their row and no other", async () => {
  const { rows, layout } = await read(
    Buffer.concat([Buffer.from(`${LEADS}C\u00e9,07911 123458\n`), Buffer.from("D\u00e9,07911 123459\n", "latin1")]),
  );
  expect(layout.encoding).toBe("utf-8");
  expect(seen(rows)).toEqual([...EXPECTED, [4, "C\u00e9", "+447911123458"], [5, "row-bad-encoding"]]);
});

test.each([
  ["semicolons", "Name;Phone\nAnn;07911 123456\n", ";"],
  ["tabs", "Name\tPhone\nAnn\t07911 123456\n", "\t"],
  ["pipes", "Name|Phone\nAnn|07911 123456\n", "|"],
])("%s are seen", async (_name, content, delimiter) => {
  const { layout, rows } = await read(content);
  expect(layout.delimiter).toBe(delimiter);
  expect(seen(rows)).toEqual([EXPECTED[0]]);
});

test("a file without a heading is read by place", async () => {
  const mapping = readMapping("name=1,number=2");
  if ("problem" in mapping) throw new Error(mapping.problem);
  const { rows } = await read("Ann,07911 123456\n", { hasHeader: false, mapping });
  expect(seen(rows)).toEqual([[1, "Ann", "+447911123456"]]);
});

test("every bad row is told with its line, and the others load", async () => {
  const { rows } = await read(
    [
      "Name,Phone,Note",
      "Ann,07911 123456,",
      "No number,,",
      ",,",
      'Open,07911 123457,"x',
      "Bob,999,",
      "C,07911 123458,a,b",
      'D,07911 123459,"two\nlines"',
      "E,07911 123460,",
    ].join("\n"),
  );
  expect(seen(rows)).toEqual([
    [2, "Ann", "+447911123456"],
    [3, "number-missing"],
    [5, "row-quote-misplaced"],
    [6, "number-impossible"],
    [7, "row-too-many-fields"],
    [8, "D", "+447911123459"],
    [10, "E", "+447911123460"],
  ]);
});

test.each<[string, string | Buffer, string]>([
  ["nothing", "", "is empty."],
  ["only blank lines", "\n\n", "holds no row."],
  ["a spreadsheet", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), "save it as CSV (UTF-8)"],
  ["an archive", Buffer.from([0x1f, 0x8b, 8]), "is compressed"],
  ["zero bytes", Buffer.alloc(5_000), "holds zero bytes and is no text"],
  ["a JSON array", '[{"phone":"07911 123456"}]', "write one object a line"],
  ["NDJSON without a number", '{"name":"Ann"}\n', "No key looks like a telephone number"],
  [
    "no number column",
    "Name,Town\nAnn,Leeds\n",
    'No heading looks like a telephone number; the columns are "Name", "Town".',
  ],
  ["a heading never closed", '"Name,Phone\nAnn,1\n', "The first row cannot be read"],
  ["too many columns", `${"a,".repeat(300)}Phone\n`, "The file has 301 columns"],
])("%s is no list", async (_name, content, expected) => {
  expect(await problem(content)).toContain(expected);
});

test("an encoding that nobody knows is wrong usage", async () => {
  expect(await problem(LEADS, { encoding: "klingon" })).toContain('--encoding: "klingon" is not known');
});

test.each([
  ["/no/such/file.csv", "/no/such/file.csv does not exist."],
  [folder, `${folder} is a folder.`],
])("%s cannot be opened", async (path, sentence) => {
  await expect(openListSource(path, pieces())).rejects.toThrow(sentence);
});

test("standard input is kept for as long as it is needed", async () => {
  const source = await openListSource(STDIN, pieces("Name,Ph", "one\nAnn,07911 123456\n"));
  expect(source.name).toBe("-");
  expect(source.hash).toBe((await openListSource(fileOf("Name,Phone\nAnn,07911 123456\n"), pieces())).hash);
  expect(statSync(source.path).mode & 0o077).toBe(0);
  source.release();
  expect(existsSync(source.path)).toBe(false);
});

test("refused rows come back as they were, with line and reason, and no formula", async () => {
  const rejects = new RejectFile(join(folder, "a.rejects.csv"), ["Name", "Phone"]);
  await rejects.add(3, ["=1+1", "+44 7700"], { code: "number-impossible", reason: "too short" });
  await rejects.add(7, ["the whole line"], { code: "row-quote-unclosed", reason: "open" });
  await rejects.close();
  expect(readFileSync(rejects.path, "utf8")).toBe(
    "line,code,reason,Name,Phone\n3,number-impossible,too short,'=1+1,+44 7700\n7,row-quote-unclosed,open,the whole line,\n",
  );
  expect(statSync(rejects.path).mode & 0o077).toBe(0);
});

test("a reject file imported again and refused again does not grow", async () => {
  const rejects = new RejectFile(join(folder, "b.rejects.csv"), ["line", "code", "reason", "Name", "Phone"]);
  await rejects.add(2, ["3", "number-impossible", "too short", "Ann", "12"], {
    code: "number-impossible",
    reason: "x",
  });
  await rejects.close();
  expect(readFileSync(rejects.path, "utf8")).toBe("line,code,reason,Name,Phone\n2,number-impossible,x,Ann,12\n");
});

test("no refused row, no file; a discarded one is gone; one that cannot be written is said", async () => {
  const unused = new RejectFile(join(folder, "c.rejects.csv"), ["Name"]);
  await unused.close();
  expect(existsSync(unused.path)).toBe(false);
  const discarded = new RejectFile(join(folder, "d.rejects.csv"), ["Name"]);
  await discarded.add(2, ["x"], { code: "number-missing", reason: "x" });
  await discarded.discard();
  expect(existsSync(discarded.path)).toBe(false);
  mkdirSync(join(folder, "e.rejects.csv"));
  const impossible = new RejectFile(join(folder, "e.rejects.csv"), ["Name"]);
  await expect(impossible.add(2, ["x"], { code: "number-missing", reason: "x" })).rejects.toThrow("cannot be written");
});

const REFUSED = { code: "number-missing", reason: "x" } as const;

test("a reject file takes the place of an earlier one as a whole, for its owner alone", async () => {
  const path = join(folder, "f.rejects.csv");
  writeFileSync(path, "corrections", { mode: 0o644 });
  const given = new RejectFile(path, ["Name"]);
  await given.add(2, ["Ann"], REFUSED);
  await given.discard();
  expect(readFileSync(path, "utf8")).toBe("corrections");
  const kept = new RejectFile(path, ["Name"]);
  await kept.add(2, ["Ann"], REFUSED);
  expect(readFileSync(path, "utf8")).toBe("corrections");
  await kept.close();
  expect(readFileSync(path, "utf8")).toContain("Ann");
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("a reject file does not follow a link", async () => {
  const victim = join(folder, "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, join(folder, "g.rejects.csv"));
  const rejects = new RejectFile(join(folder, "g.rejects.csv"), ["Name"]);
  await expect(rejects.add(2, ["Ann"], REFUSED)).rejects.toThrow("cannot be written");
  expect(readFileSync(victim, "utf8")).toBe("precious");
});

test("a reject file that comes back is read without our apostrophes", async () => {
  const rejects = new RejectFile(join(folder, "h.rejects.csv"), ["Id", "Name", "Phone"]);
  await rejects.add(2, ["-abc", "=1+1", "07911 123456"], REFUSED);
  await rejects.close();
  const { rows } = await read(readFileSync(rejects.path));
  expect(rows).toMatchObject([{ kind: "lead", lead: { externalKey: "-abc", name: "=1+1" } }]);
  // In anybody else's file they belong to the text.
  expect((await read("Id,Phone\n'-abc,07911 123456\n")).rows).toMatchObject([{ lead: { externalKey: "'-abc" } }]);
});

test("a pipe is read like standard input", async () => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const [source] = await Promise.all([openListSource(path, pieces()), writeFile(path, LEADS)]);
  expect(source.name).toBe(path);
  const { rows } = await readListFile(source, OPTIONS, () => undefined);
  const all: FileRow[] = [];
  for await (const some of rows(0)) all.push(...some);
  expect(seen(all)).toEqual(EXPECTED);
  source.release();
  expect(existsSync(source.path)).toBe(false);
});

test("a signal leaves neither the kept copy nor a half-written reject file behind", async () => {
  const kill = jest.spyOn(process, "kill").mockReturnValue(true);
  const source = await openListSource(STDIN, pieces(LEADS));
  const rejects = new RejectFile(join(folder, "i.rejects.csv"), ["Name"]);
  await rejects.add(2, ["Ann"], REFUSED);
  process.emit("SIGINT", "SIGINT");
  expect(kill).toHaveBeenCalledWith(process.pid, "SIGINT");
  kill.mockRestore();
  expect(existsSync(source.path)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith("i.rejects"))).toEqual([]);
  source.release();
  await rejects.discard();
  expect(process.listenerCount("SIGINT")).toBe(0);
});
