/**
 * Brings the schema up to this program's, forward only.
 *
 * One rule to remember: neither server undoes the making of a table, so progress is noted after every statement, and
 * every statement may be repeated, by itself or because `unless column` says when it was done. A migration that was cut
 * off goes on where it stopped.
 */
import { StoreError } from "../engine/ports.ts";
import { grantCrmRole, type CrmRoleReport } from "./crm-role.ts";
import type { Database, HeldConnection, Queryable } from "./database.ts";
import { DatabaseError } from "./errors.ts";
import { readMigrations, type Migration } from "./migration-files.ts";
import { letGo, lockName, takeLock } from "./named-lock.ts";

export interface MigrateReport {
  /** File names of what was done now, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
  /** Number of the newest migration in the database afterwards. */
  readonly version: number;
  readonly crmRole: CrmRoleReport;
}

/** `behind` and `empty`: run `fairdial migrate`. `ahead`: this program is older. `changed`: a file is not what was run. */
export interface SchemaState {
  readonly state: "empty" | "behind" | "current" | "ahead" | "changed";
  /** Number of the newest migration that the database has whole; 0 for none. */
  readonly version: number;
  readonly expected: number;
  /** File names not applied yet, or not whole. */
  readonly pending: readonly string[];
  /** File names whose text differs from what was applied. */
  readonly changed: readonly string[];
}

interface AppliedRow {
  readonly number: number;
  readonly file_name: string;
  readonly checksum: string;
  readonly statements_done: number;
  readonly applied_at: Date | null;
}

const MIGRATION_TABLE = `create table if not exists schema_migration (
  number int unsigned not null,
  file_name varchar(120) not null,
  checksum char(64) character set ascii collate ascii_bin not null,
  statements_done int unsigned not null,
  began_at datetime(3) not null,
  applied_at datetime(3) null,
  primary key (number)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci`;

/** For a large table an index takes minutes; whoever waits longer than this should be told that somebody is at it. */
const LOCK_WAIT_SECONDS_MAX = 600;

/** Rejects with `broken` when the schema is `ahead` or `changed`; two processes take turns. */
export const migrate = async (db: Database): Promise<MigrateReport> => {
  const migrations = await readMigrations();
  const applied = await withMigrationLock(db, (connection) => bringUp(connection, migrations));
  return { applied, version: migrations.length, crmRole: await grantCrmRole(db) };
};

export const schemaState = async (db: Database): Promise<SchemaState> => {
  const migrations = await readMigrations();
  try {
    return compare(migrations, await appliedRows(db));
  } catch (error) {
    if (error instanceof DatabaseError && error.trouble === "wrongSchema") return compare(migrations, []);
    throw error;
  }
};

/** What the database has against what the program brings. Exported for its test. */
export const compare = (migrations: readonly Migration[], rows: readonly AppliedRow[]): SchemaState => {
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const whole = rows.filter(({ applied_at }) => applied_at !== null);
  const version = Math.max(0, ...whole.map(({ number }) => number));
  const expected = migrations.length;
  const isChanged = ({ number, checksum }: Migration): boolean =>
    byNumber.has(number) && byNumber.get(number)?.checksum !== checksum;
  const changed = migrations.filter(isChanged).map(({ fileName }) => fileName);
  const isPending = ({ number }: Migration): boolean => (byNumber.get(number)?.applied_at ?? null) === null;
  const pending = migrations.filter(isPending).map(({ fileName }) => fileName);
  const state = rows.some(({ number }) => number > expected)
    ? "ahead"
    : changed.length > 0
      ? "changed"
      : rows.length === 0
        ? "empty"
        : pending.length > 0
          ? "behind"
          : "current";
  return { state, version, expected, pending, changed };
};

const appliedRows = (db: Queryable): Promise<AppliedRow[]> =>
  db.rows<AppliedRow>(
    "select number, file_name, checksum, statements_done, applied_at from schema_migration order by number",
  );

const bringUp = async (db: Queryable, migrations: readonly Migration[]): Promise<string[]> => {
  await db.write(MIGRATION_TABLE);
  const rows = await appliedRows(db);
  const { state, version, expected, pending, changed } = compare(migrations, rows);
  if (state === "ahead") {
    throw new StoreError(
      "broken",
      `the database is newer (version ${version}) than this program (${expected}): update the program`,
    );
  }
  if (state === "changed") {
    throw new StoreError("broken", `what was run on this database is not what these files say: ${changed.join(", ")}`);
  }
  for (const migration of migrations.filter(({ fileName }) => pending.includes(fileName))) {
    const done = rows.find(({ number }) => number === migration.number)?.statements_done ?? 0;
    await apply(db, migration, done);
  }
  return [...pending];
};

const apply = async (db: Queryable, migration: Migration, alreadyDone: number): Promise<void> => {
  const { number, fileName, checksum, statements } = migration;
  await db.write(
    `insert into schema_migration (number, file_name, checksum, statements_done, began_at)
     values (?, ?, ?, 0, utc_timestamp(3)) on duplicate key update began_at = began_at`,
    [number, fileName, checksum],
  );
  for (const [index, statement] of statements.entries()) {
    if (index < alreadyDone) continue;
    await runStatement(db, statement);
    await db.write("update schema_migration set statements_done = ? where number = ?", [index + 1, number]);
  }
  await db.write("update schema_migration set applied_at = utc_timestamp(3) where number = ?", [number]);
};

/** The line above a statement that cannot be repeated, naming a column that is there once it was done. */
const UNLESS_COLUMN = /^-- unless column (\w+)\.(\w+)$/m;

/**
 * Only MariaDB has `add column if not exists`. Both servers change a table wholly or not at all (MySQL since 8.0, MariaDB
 * since 10.6), so one column tells of the whole statement. Exported for its test.
 */
export const runStatement = async (db: Queryable, statement: string): Promise<void> => {
  const [, table, column] = UNLESS_COLUMN.exec(statement) ?? [];
  if (table !== undefined && column !== undefined && (await hasColumn(db, table, column))) return;
  await db.write(statement);
};

const hasColumn = async (db: Queryable, table: string, column: string): Promise<boolean> => {
  const rows = await db.rows(
    `select 1 from information_schema.columns
     where table_schema = database() and table_name = ? and column_name = ?`,
    [table, column],
  );
  return rows.length > 0;
};

/** A named lock, because one on a table would end with the first `create table`. */
const withMigrationLock = async <T>(db: Database, work: (connection: HeldConnection) => Promise<T>): Promise<T> => {
  const connection = await db.hold({ queryTimeoutMs: null });
  const lock = lockName("migrate", db.name);
  try {
    if (!(await takeLock(connection, lock, LOCK_WAIT_SECONDS_MAX))) {
      throw new StoreError("away", "another process is still migrating this database");
    }
    const result = await work(connection);
    await letGo(connection, lock);
    connection.release();
    return result;
  } catch (error) {
    connection.discard();
    throw error;
  }
};
