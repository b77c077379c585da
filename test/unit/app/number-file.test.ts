// Files of numbers that are not to be called, as keepers of registers and people send them.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { recordsOver, monthsBefore } from "../../../src/app/housekeeping/retention.ts";
import { loadNumbers } from "../../../src/app/import/load-numbers.ts";
import { readNumberFile, type NumberFileOptions, type NumberRow } from "../../../src/app/import/number-file.ts";
import { RejectFile } from "../../../src/app/import/reject-file.ts";
import { openListSource } from "../../../src/app/import/source.ts";
import { instant, toIso } from "../../../src/domain/instant.ts";
import { csvReader } from "../../../src/lead/import/csv-reader.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-numbers-"));
let files = 0;
const nothing = async function* (): AsyncGenerator<Uint8Array> {
  yield* [] as Uint8Array[];
};

const OPTIONS: NumberFileOptions = {
  encoding: null,
  column: null,
  hasHeader: null,
  rules: { defaultCountry: "GB", countriesAllowed: null, onlyInUse: false },
};

const open = async (content: string | Buffer, change: Partial<NumberFileOptions> = {}) => {
  const path = join(folder, `file-${(files += 1)}.txt`);
  writeFileSync(path, content);
  const source = await openListSource(path, nothing());
  const read = await readNumberFile(source, { ...OPTIONS, ...change }, () => undefined);
  return { ...read, path };
};

const seen = async (content: string | Buffer, change: Partial<NumberFileOptions> = {}): Promise<unknown[]> => {
  const { rows } = await open(content, change);
  const all: unknown[] = [];
  for await (const some of rows) {
    all.push(
      ...some.map((row) =>
        row.kind === "number" ? row.number : row.kind === "refused" ? [row.line, row.rejection.code] : row.kind,
      ),
    );
  }
  return all;
};

const A = "+442079460001";
const B = "+442079460002";

test.each<[string, string | Buffer, Partial<NumberFileOptions>]>([
  ["one number a line", "02079460001\n02079460002\n", {}],
  ["without an end of the last line, in another system's", "02079460001\r\n02079460002", {}],
  ["with a heading", "Telephone Number\n02079460001\n02079460002\n", {}],
  ["among other columns, by its heading", "Ref,Phone,Date\n1,02079460001,x\n2,02079460002,y\n", {}],
  ["among other columns without a heading", "1,02079460001,x\n2,02079460002,y\n", {}],
  ["by place", "77,02079460001,02079460009\n78,02079460002,02079460009\n", { column: "2" }],
  ["by another heading", "a;b\n1;020 7946 0001\n2;(020) 7946 0002\n", { column: "B" }],
  ["in two columns", "020,79460001\n020,79460002\n", { column: "1+2" }],
  ["in two columns with headings", "area,rest\n020,79460001\n020,79460002\n", { column: "area+rest" }],
  ["in UTF-16", Buffer.from("\uFEFF02079460001\n02079460002\n", "utf16le"), {}],
  ["a heading of digits, when told", "2079460009\n02079460001\n02079460002\n", { hasHeader: true }],
])("%s", async (_what, content, change) => {
  expect(await seen(content, change)).toEqual([A, B]);
});

test("what cannot be read is told with its line, also in the first one, and takes no other with it", async () => {
  expect(await seen('0207946\n02079460001\n\n"02079460002\nhello\n+881612345678\n02079460002')).toEqual([
    [1, "number-impossible"],
    A,
    [4, "row-quote-unclosed"],
    [5, "number-unreadable"],
    "ignored",
    B,
  ]);
});

test("bytes that are no text are rows that cannot be read", async () => {
  const noise = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7_919 + 131) % 256));
  const rows = await seen(Buffer.concat([Buffer.from("02079460001\n"), noise]));
  expect(rows[0]).toBe(A);
  expect(rows.slice(1).every(Array.isArray)).toBe(true);
});

test.each<[string, string, Partial<NumberFileOptions>]>([
  ["which of several", "a,b\n1,2\n", {}],
  ["two that could be", "02079460001,02079460002\n", {}],
  ["two headings that could be", "Phone,Mobile\n1,2\n", {}],
  ["no such heading", "a,b\n1,2\n", { column: "c" }],
  ["no such place", "a,b\n1,2\n", { column: "3" }],
])("nobody guesses a column: %s", async (_what, content, change) => {
  await expect(open(content, change)).rejects.toMatchObject({ code: "columns-refused" });
});

test("a line of any length costs no more memory than a piece of it", () => {
  const reader = csvReader(",");
  const piece = "7".repeat(65_536);
  const rows: unknown[] = [];
  const before = process.memoryUsage().heapUsed;
  // Over a hundred megabytes; kept, it would be seen.
  for (let index = 0; index < 2_000; index += 1) rows.push(...reader.push(piece));
  rows.push(...reader.push("\n02079460001\n"), ...reader.end());
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  expect(rows).toMatchObject([
    { kind: "bad", rejection: { code: "row-too-long" } },
    { kind: "row", line: 2 },
  ]);
});

const load = async (content: string, hashKey: string | null = null) => {
  const { rows, layout, path } = await open(content);
  const rejects = new RejectFile(`${path}.rejects.csv`, layout.names);
  const added: string[] = [];
  const batches: number[] = [];
  const read = await loadNumbers(rows, hashKey, rejects, async (keys) => {
    await Promise.resolve();
    batches.push(keys.length);
    added.push(...keys);
  });
  await rejects.close();
  return { read, added, batches, rejects };
};

test("numbers go to the store in batches, and what was refused beside the file", async () => {
  const lines = Array.from({ length: 12_000 }, (_, index) => `0207${String(9_000_000 + index)}`);
  const { read, added, batches, rejects } = await load(`${lines.join("\n")}\nnobody\n`);
  expect(read).toEqual({
    ...{ rowsRead: 12_001, numbersRead: 12_000, rowsIgnored: 0, rowsRejected: 1 },
    rejectedByCode: { "number-unreadable": 1 },
  });
  expect(batches).toEqual([5_000, 5_000, 2_000]);
  expect(new Set(added).size).toBe(12_000);
  expect(readFileSync(rejects.path, "utf8")).toContain("12001,number-unreadable,");
});

test("with a key nothing but hashes leaves this machine, and hashes without one are refused", async () => {
  const key = "a key for tests, of more than thirty-two bytes";
  const { added } = await load("02079460001\n", key);
  expect(added).toEqual([expect.stringMatching(/^h:[0-9a-f]{40}$/)]);
  expect((await load(`${added[0] ?? ""}\n`, key)).added).toEqual(added);
  await expect(load(`${added[0] ?? ""}\n`)).rejects.toMatchObject({ code: "file-refused" });
});

test("a file that is something else is given up early, and a store that fails stops the reading", async () => {
  await expect(load("word\n".repeat(60_000))).rejects.toThrow(/of \d+,\d+ rows cannot be read/);
  let asked = 0;
  const rows = async function* (): AsyncGenerator<readonly NumberRow[]> {
    for (;;) {
      asked += 1;
      yield await Promise.resolve((await open("02079460001\n".repeat(5_000))).rows).then(async (some) => {
        const all: NumberRow[] = [];
        for await (const batch of some) all.push(...batch);
        return all;
      });
    }
  };
  const rejects = new RejectFile(join(folder, "never.csv"), ["1"]);
  await expect(loadNumbers(rows(), null, rejects, () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(asked).toBeLessThan(5);
});

test("records are kept for calendar months, those of unknown regimes for the longest", () => {
  const at = instant(Date.UTC(2026, 7, 31, 3));
  expect(toIso(monthsBefore(at, 6))).toBe("2026-02-28T03:00:00.000Z");
  const profiles = new Map([
    ["UK", { recordsMonths: 12 }],
    ["IE", { recordsMonths: 12 }],
    ["US", { recordsMonths: 60 }],
  ]);
  expect(recordsOver(profiles, at).map(({ profiles: names, before }) => [names, toIso(before).slice(0, 10)])).toEqual([
    [["UK", "IE"], "2025-08-31"],
    [["US"], "2021-08-31"],
    ["others", "2021-08-31"],
  ]);
  expect(recordsOver(new Map(), at)).toMatchObject([{ profiles: "others" }]);
});
