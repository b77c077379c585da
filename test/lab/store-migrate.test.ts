/** The schema: made from nothing, twice, from two sides at once, and refused when it is not ours. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { migrate, schemaState, type Database } from "../../src/store/index.ts";
import { runStatement } from "../../src/store/migrate.ts";
import { readMigrations } from "../../src/store/migration-files.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

// Many schemas made from nothing; a busy machine takes seconds for each.
jest.setTimeout(120_000);

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
    // As if the server had stopped in the middle of a file, before the ones after it were begun.
    const pending = (await files()).filter((name) => name >= "0007");
    await db.write("update schema_migration set statements_done = 2, applied_at = null where number = 7");
    await db.write("delete from schema_migration where number > 7");
    await db.write("drop view crm_abandon_account");
    expect(await schemaState(db)).toMatchObject({ state: "behind", version: 6, pending });
    expect((await migrate(db)).applied).toEqual(pending);
    expect(await db.rows("select * from crm_abandon_account")).toEqual([]);
  });

  test("repeats any statement without harm", async () => {
    const db = await fresh("repeats");
    for (const { statements } of await readMigrations()) {
      for (const statement of [...statements, ...statements]) await runStatement(db, statement);
      // And the whole file, as after a server that lost the notes.
      for (const statement of statements) await runStatement(db, statement);
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

describe("a database with data in it", () => {
  /** As the program before the compliance core left it. */
  const asBefore = async (name: string): Promise<Database> => {
    const db = await fresh(name);
    for (const { number, statements } of await readMigrations()) {
      if (number <= 4) for (const statement of statements) await runStatement(db, statement);
    }
    const now = "2026-11-01 10:00:00.123";
    await db.write("insert into node (node_id) values ('n1')");
    await db.write(
      `insert into campaign (campaign_id, name, mode, desired_state, trunk, cli_number, ring_timeout_ms,
         connect_timeout_ms, connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, calling_hours,
         redial, dispositions, added_at, changed_at, changed_by)
       values (1, 'spring', 'progressive', 'running', 'carrier', '+442079460000', 22000, 2000, 200, 'sound:sorry', 1000,
         1000, '[]', '{}', '[]', ?, ?, 'anna')`,
      [now, now],
    );
    await db.write(
      `insert into list (list_id, campaign_id, name, imported_by, imported_at, state)
       values (1, 1, 'l', 'anna', ?, 'ready')`,
      [now],
    );
    await db.write(
      `insert into campaign_lead (lead_id, list_id, campaign_id, line, attributes, state, due_at, changed_at)
       values (1, 1, 1, 1, '{"a":"b"}', 'dialling', ?, ?)`,
      [now, now],
    );
    await db.write(
      `insert into lead_number (number_id, lead_id, campaign_id, position, e164, number_type)
       values (1, 1, 1, 1, '+447700900001', 'mobile')`,
    );
    await db.write(
      "insert into number_status (e164, permanent_outcome, since) values ('+447700900002', 'invalid-number', ?)",
      [now],
    );
    await db.write(
      `insert into suppression (e164, reason, source, added_at)
       values ('+447700900001', 'opt-out', 'by letter', ?), ('+447700900003', 'dnc', 'file', ?)`,
      [now, now],
    );
    await db.write(
      `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
         decided_hour, evidence, state)
       values ('018f0000-0000-7000-8000-000000000001', 'n1', 1, 1, 1, '+447700900001', '+442079460000', 'carrier', ?,
         '2026-11-01 10:00:00', '{"checkedAt":"then"}', 'dialling')`,
      [now],
    );
    for (const { number, fileName, checksum, statements } of await readMigrations()) {
      if (number > 4) continue;
      await db.write(
        `create table if not exists schema_migration (number int unsigned not null primary key,
           file_name varchar(120) not null, checksum char(64) character set ascii collate ascii_bin not null,
           statements_done int unsigned not null, began_at datetime(3) not null, applied_at datetime(3) null)`,
      );
      await db.write("insert into schema_migration values (?, ?, ?, ?, ?, ?)", [
        ...[number, fileName, checksum, statements.length, now, now],
      ]);
    }
    return db;
  };

  const isWhole = async (db: Database): Promise<void> => {
    expect(await schemaState(db)).toMatchObject({ state: "current" });
    expect(
      await db.rows("select e164, principal, reason, source, channel, actor from suppression order by e164"),
    ).toEqual([
      { e164: "+447700900001", principal: "", reason: "opt-out", source: "by letter", channel: null, actor: null },
      { e164: "+447700900003", principal: "", reason: "dnc", source: "file", channel: null, actor: null },
    ]);
    expect(await db.rows("select * from campaign")).toMatchObject([
      {
        ...{ name: "spring", desired_state: "running", changed_by: "anna", profile: "UK", tightening: null },
        ...{ principal: "", purpose: "marketing", sector: "general", sector_authority: null, gate: "bank" },
        ...{ dial_level_percent: 100, first_started_at: null, stopped_because: null, cli_changed_on: null },
      },
    ]);
    expect(await db.rows("select * from attempt")).toMatchObject([
      {
        ...{ e164: "+447700900001", state: "dialling", evidence: '{"checkedAt":"then"}', principal: "", centre: "" },
        ...{ overdial: 0, profile: null, profile_version: null, clock: null, speech_started_at: null },
        ...{ account_entry: null, account_day: null, message_choice: null, erased_at: null },
      },
    ]);
    expect(await db.rows("select region, consent_kind, attributes, erased_at from campaign_lead")).toEqual([
      { region: null, consent_kind: null, attributes: '{"a":"b"}', erased_at: null },
    ]);
    expect(await db.rows("select e164, permanent_outcome from number_status")).toEqual([
      { e164: "+447700900002", permanent_outcome: "invalid-number" },
    ]);
    expect(await db.rows("select number, suppressed from crm_number")).toEqual([
      { number: "+447700900001", suppressed: "opt-out" },
    ]);
    // A number for one principal beside the one for everybody, and a key where there was a number.
    await db.write(
      `insert into suppression (e164, principal, reason, source, added_at)
       values ('+447700900001', 'Acme', 'opt-out', 'phone', utc_timestamp(3)),
         (concat('h:', repeat('a', 40)), '', 'opt-out', 'phone', utc_timestamp(3))`,
    );
    expect(await db.rows("select number, suppressed from crm_number")).toHaveLength(1);
  };

  test("is brought up with nothing lost", async () => {
    const db = await asBefore("carried_over");
    expect((await migrate(db)).applied[0]).toMatch(/^0005-/);
    await isWhole(db);
  });

  test("is brought up after a stop between any statement and the note of it", async () => {
    const [columns] = (await readMigrations()).filter(({ number }) => number === 5);
    for (const done of columns!.statements.keys()) {
      const db = await asBefore(`cut_off_${done}`);
      await db.write(`insert into schema_migration values (5, ?, ?, ?, utc_timestamp(3), null)`, [
        columns!.fileName,
        columns!.checksum,
        done,
      ]);
      for (const statement of columns!.statements.slice(0, done + 1)) await db.write(statement);
      await migrate(db);
      await isWhole(db);
    }
  });
});

describe("a database from before pacing was kept", () => {
  /** With every migration before this one, and notes of them. */
  const upTo = async (name: string, last: number): Promise<Database> => {
    const db = await fresh(name);
    await migrate(db);
    // The newest of them make tables and columns of their own: taken back, as if never run.
    await db.write("drop table campaign_pacing");
    await db.write("alter table campaign drop column recourse");
    await db.write("delete from schema_migration where number > ?", [last]);
    const now = "2026-11-01 10:00:00.123";
    await db.write(
      `insert into campaign (campaign_id, name, mode, desired_state, trunk, cli_number, ring_timeout_ms,
         connect_timeout_ms, connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, calling_hours,
         redial, dispositions, added_at, changed_at, changed_by)
       values (1, 'spring', 'power', 'running', 'carrier', '+442079460000', 22000, 2000, 200, 'sound:sorry', 1000,
         1000, '[]', '{}', '[]', ?, ?, 'anna')`,
      [now, now],
    );
    return db;
  };
  const isWhole = async (db: Database): Promise<void> => {
    expect(await schemaState(db)).toMatchObject({ state: "current", pending: [] });
    // Nobody has asked for calls to be cancelled.
    expect(await db.rows("select name, mode, desired_state, recourse, changed_by from campaign")).toEqual([
      { name: "spring", mode: "power", desired_state: "running", recourse: 0, changed_by: "anna" },
    ]);
    expect(await db.rows("select * from campaign_pacing")).toEqual([]);
  };

  test("is brought up with nothing lost, and only once", async () => {
    const db = await upTo("pacing", 8);
    expect(await schemaState(db)).toMatchObject({ state: "behind", version: 8 });
    expect((await migrate(db)).applied[0]).toBe("0009-pacing.sql");
    await isWhole(db);
    await db.write("update campaign set recourse = 1");
    expect((await migrate(db)).applied).toEqual([]);
    expect(await db.rows("select recourse from campaign")).toEqual([{ recourse: 1 }]);
  });

  test("is brought up after a stop between any statement and the note of it", async () => {
    const pacing = (await readMigrations()).find(({ number }) => number === 9)!;
    expect(pacing.statements.length).toBe(2);
    for (const done of pacing.statements.keys()) {
      const db = await upTo(`pacing_cut_off_${done}`, 8);
      await db.write(`insert into schema_migration values (9, ?, ?, ?, utc_timestamp(3), null)`, [
        ...[pacing.fileName, pacing.checksum, done],
      ]);
      for (const statement of pacing.statements.slice(0, done + 1)) await runStatement(db, statement);
      await migrate(db);
      await isWhole(db);
    }
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
       where table_schema = database() and data_type in ('datetime', 'timestamp')
         and column_name not in ('decided_hour', 'hour')`,
    );
    expect(dates.filter(({ type }) => !type.startsWith("datetime(3)"))).toEqual([]);
  });
});
