/** The migrations as files: how they are read, and that what was released is never edited. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { compare } from "../../../src/store/migrate.ts";
import { readMigration, readMigrations, statementsOf, type Migration } from "../../../src/store/migration-files.ts";

describe("reading", () => {
  test("statements end with a semicolon at the end of a line", () => {
    expect(statementsOf("-- a; b\nselect 1;\n\nselect ';' as x\n  from y; \n-- the end;\n")).toEqual([
      "-- a; b\nselect 1",
      "select ';' as x\n  from y",
    ]);
  });

  test("line ends do not count, anything else does", () => {
    const unix = readMigration("0001-a.sql", "select 1;\nselect 2;\n");
    expect(readMigration("0001-a.sql", "select 1;\r\nselect 2;\r\n")).toEqual(unix);
    expect(readMigration("0001-a.sql", "select 1;\nselect 3;\n").checksum).not.toBe(unix.checksum);
  });

  test.each(["1-a.sql", "0001_a.sql", "0001-A.sql", "0001-a.txt"])("%s is not a migration's name", (name) => {
    expect(() => readMigration(name, "")).toThrow(name);
  });

  test("ours are numbered from 1 without a gap, and each does something", async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    for (const { statements } of migrations) expect(statements.length).toBeGreaterThan(0);
  });
});

describe("the words of the schema", () => {
  const folder = new URL("../../../src/store/migrations/", import.meta.url);
  const text = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n")
    .replace(/--.*$/gm, "");

  // Each is refused by one of the two servers, or means something else there.
  test.each([
    /create or replace table/i,
    /returning/i,
    /add column if not exists/i,
    /\btimestamp\b/i,
    /\benum\b/i,
    /create sequence/i,
    /uuid\b/i,
    /invisible/i,
    /\bvalues\s*\(\s*\w+\s*\)/i,
  ])("do without %s", (pattern) => {
    expect(text).not.toMatch(pattern);
  });

  test("may be repeated, statement by statement", () => {
    const statements = readdirSync(folder).flatMap((name) => statementsOf(readFileSync(new URL(name, folder), "utf8")));
    for (const statement of statements) {
      const [, table, column] = /^-- unless column (\w+)\.(\w+)$/m.exec(statement) ?? [];
      const plain = statement.replace(/--.*$/gm, "").trim();
      if (column === undefined) {
        // To make a column what it is already does no harm, nor to put in what is not there yet, nor to say again what
        // a row is by what another table has.
        expect(plain).toMatch(
          /^(create table if not exists|create or replace sql security|alter table \w+ modify column [^,]+$|insert into [^;]* left join (\S+) (\w+) on [^;]* where \3\.\w+ is null|update \w+ (\w+)\s+join |update \w+ set (\w+) = [^;]*\swhere \5 is null$)/s,
        );
      } else {
        // Known by a column that this very statement adds.
        expect(plain).toMatch(new RegExp(`^alter table ${table ?? ""}\\s[^;]*add column ${column} `));
      }
    }
  });
});

describe("what a database has against what the program brings", () => {
  const migration = (number: number): Migration => ({
    number,
    fileName: `000${number}-x.sql`,
    checksum: `sum ${number}`,
    statements: ["select 1"],
  });
  const row = (number: number, change: { checksum?: string; applied_at?: Date | null } = {}) => ({
    number,
    file_name: `000${number}-x.sql`,
    checksum: `sum ${number}`,
    statements_done: 1,
    applied_at: new Date(0),
    ...change,
  });
  const [one, two] = [migration(1), migration(2)];

  test.each([
    ["empty", [], 0, ["0001-x.sql", "0002-x.sql"]],
    ["behind", [row(1)], 1, ["0002-x.sql"]],
    ["behind", [row(1), row(2, { applied_at: null })], 1, ["0002-x.sql"]],
    ["current", [row(1), row(2)], 2, []],
    ["ahead", [row(1), row(2), row(3)], 3, []],
    ["changed", [row(1, { checksum: "other" }), row(2)], 2, []],
    ["changed", [row(1, { checksum: "other" })], 1, ["0002-x.sql"]],
  ])("%s", (state, rows, version, pending) => {
    expect(compare([one, two], rows)).toMatchObject({ state, version, expected: 2, pending });
  });
});
