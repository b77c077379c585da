/** The schema: made from nothing, twice, from two sides at once, and refused when it is not ours. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { migrate, schemaState, type Database } from "../../src/store/index.ts";
import { readMigrations } from "../../src/store/migration-files.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

jest.setTimeout(30_000);

let lab: StoreLab;
beforeAll(async () => {
  lab = await startStoreLab();
}, 60_000);
afterAll(() => lab.stop());

const files = async (): Promise<string[]> => (await readMigrations()).map(({ fileName }) => fileName);
const fresh = async (name: string): Promise<Database> => lab.open(await lab.create(name));

describe("migrating", () => {
  test("makes everything from nothing, says so, and finds nothing to do the second time", async () => {
    const db = await fresh("twice");
    expect(await schemaState(db)).toMatchObject({ state: "empty", version: 0, pending: await files() });
    const first = await migrate(db);
    expect(first.applied).toEqual(await files());
    expect(first.version).toBe(first.applied.length);
    expect(await schemaState(db)).toMatchObject({ state: "current", version: first.version, pending: [], changed: [] });
    expect(await migrate(db)).toMatchObject({ applied: [], version: first.version });
  });

  test("from several processes at once happens once", async () => {
    const config = await lab.create("at_once");
    const reports = await Promise.all(Array.from({ length: 4 }, () => migrate(lab.open(config))));
    expect(reports.flatMap(({ applied }) => applied).sort()).toEqual(await files());
    expect(await schemaState(lab.open(config))).toMatchObject({ state: "current" });
  });

  test("goes on where it was cut off, between a statement and the note of it", async () => {
    const db = await fresh("cut_off");
    await migrate(db);
    // As if the server had stopped in the middle of the last file.
    const [last] = (await readMigrations()).slice(-1);
    await db.write("update schema_migration set statements_done = 2, applied_at = null where number = ?", [
      last!.number,
    ]);
    await db.write("drop view crm_campaign_hour");
    expect(await schemaState(db)).toMatchObject({ state: "behind", pending: [last!.fileName] });
    expect((await migrate(db)).applied).toEqual([last!.fileName]);
    expect(await db.rows("select * from crm_campaign_hour")).toEqual([]);
  });

  test("repeats any statement without harm", async () => {
    const db = await fresh("repeats");
    for (const { statements } of await readMigrations()) {
      for (const statement of [...statements, ...statements]) await db.write(statement);
    }
    expect(await db.rows("select * from crm_lead")).toEqual([]);
  });

  test("refuses when a file is not what was run", async () => {
    const db = await fresh("tampered");
    await migrate(db);
    await db.write("update schema_migration set checksum = repeat('0', 64) where number = 1");
    const [first] = await files();
    expect(await schemaState(db)).toMatchObject({ state: "changed", changed: [first] });
    await expect(migrate(db)).rejects.toMatchObject({ kind: "broken", message: expect.stringContaining(first!) });
  });

  test("refuses a database that is newer than the program", async () => {
    const db = await fresh("newer");
    await migrate(db);
    await db.write(
      `insert into schema_migration (number, file_name, checksum, statements_done, began_at, applied_at)
       values (9000, '9000-future.sql', repeat('f', 64), 1, utc_timestamp(3), utc_timestamp(3))`,
    );
    expect(await schemaState(db)).toMatchObject({ state: "ahead", version: 9000 });
    await expect(migrate(db)).rejects.toMatchObject({ kind: "broken", message: expect.stringContaining("newer") });
  });
});

describe("the schema", () => {
  test("is InnoDB and utf8mb4 throughout, and every instant has milliseconds", async () => {
    const db = await fresh("looks");
    await migrate(db);
    const tables = await db.rows<{ name: string; engine: string; collation: string }>(
      `select table_name as name, engine as engine, table_collation as collation from information_schema.tables
       where table_schema = database() and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      expect(table).toMatchObject({ engine: "InnoDB", collation: "utf8mb4_unicode_ci" });
      expect(table.name).toBe(table.name.toLowerCase());
    }
    const dates = await db.rows<{ name: string; type: string }>(
      `select column_name as name, column_type as type from information_schema.columns
       where table_schema = database() and data_type in ('datetime', 'timestamp', 'date')
         and column_name not in ('decided_hour', 'hour')`,
    );
    expect(dates.filter(({ type }) => !type.startsWith("datetime(3)"))).toEqual([]);
  });
});
