/** Do-not-call registers: which file of each is in force, since when, and what it says of a number. */
import type { Instant } from "../../domain/instant.ts";
import type { RegisterState } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeysOf } from "../number-key.ts";
import { instantOf } from "../rows.ts";

export interface LoadedRegister extends RegisterState {
  readonly fileId: number;
  readonly fileName: string;
  readonly loadedBy: string;
}

interface FileRow {
  readonly file_id: number;
  readonly name: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly file_date: Date;
  readonly loaded_at: Date;
  readonly loaded_by: string;
  readonly numbers: number;
}

const FILE_COLUMNS = "f.file_id, f.name, f.file_name, f.sha256, f.file_date, f.loaded_at, f.loaded_by, f.numbers";

const fileOf = (row: FileRow): LoadedRegister => ({
  fileId: row.file_id,
  name: row.name,
  fileName: row.file_name,
  sha256: row.sha256,
  fileDate: instantOf(row.file_date),
  loadedAt: instantOf(row.loaded_at),
  loadedBy: row.loaded_by,
  numbers: row.numbers,
});

/** The file in force of every register that has one, by name. */
export const registersInForce = async (db: Queryable): Promise<LoadedRegister[]> => {
  const rows = await db.rows<FileRow>(
    `select ${FILE_COLUMNS} from register r join register_file f on f.file_id = r.file_id order by r.name`,
  );
  return rows.map(fileOf);
};

export const registerInForce = async (db: Queryable, name: string): Promise<LoadedRegister | null> =>
  (await registersInForce(db)).find((file) => file.name === name) ?? null;

/** Files that were in force before, newest first: what a screening of that day was made against. */
export const registersBefore = async (db: Database, name: string, limit: number): Promise<LoadedRegister[]> => {
  const rows = await db.rows<FileRow>(
    `select ${FILE_COLUMNS} from register_file f
     where f.name = ? and f.state = 'retired' order by f.file_id desc limit ?`,
    [name, limit],
  );
  return rows.map(fileOf);
};

/** Names of the registers in force that list this number. */
export const registersListing = async (db: Database, number: PhoneNumber): Promise<string[]> => {
  const rows = await db.rows<{ name: string }>(
    `select straight_join distinct r.name
     from register r join register_number n on n.file_id = r.file_id and n.number_key in (?)
     order by r.name`,
    [numberKeysOf(number, db.numberHashKey)],
  );
  return rows.map(({ name }) => name);
};

export interface RegisterDrop {
  /** The file that was in force, if any. */
  readonly file: LoadedRegister | null;
  readonly numbersRemoved: number;
}

/** Takes a register out of force at once, then removes its numbers. Null when there is no such register. */
export const dropRegister = async (db: Database, name: string, now: () => Instant): Promise<RegisterDrop | null> => {
  const file = await registerInForce(db, name);
  const dropped = await db.transaction(async (tx) => {
    const { matched } = await tx.write("delete from register where name = ?", [name]);
    await tx.write("update register_file set state = 'retired' where name = ? and state = 'ready'", [name]);
    return matched > 0;
  });
  if (!dropped) return null;
  const { numbersRemoved } = await removeRetiredNumbers(db, now, null);
  return { file, numbersRemoved };
};

/** One statement's share: short enough that nobody waits for it. */
const REMOVED_AT_ONCE = 10_000;

/**
 * Numbers of files that are in force no longer, some thousand at a time. The files' own rows stay: they say what a
 * screening was made against. Stops after `untilMs`, if given; what is left goes the next time.
 */
export const removeRetiredNumbers = async (
  db: Database,
  now: () => Instant,
  untilMs: number | null,
): Promise<{ readonly numbersRemoved: number }> => {
  const startedAt = now();
  let numbersRemoved = 0;
  const files = await db.rows<{ file_id: number }>(
    `select f.file_id from register_file f
     where f.state = 'retired' and exists (select 1 from register_number n where n.file_id = f.file_id)`,
  );
  for (const { file_id } of files) {
    for (;;) {
      const { matched } = await db.write("delete from register_number where file_id = ? limit ?", [
        file_id,
        REMOVED_AT_ONCE,
      ]);
      numbersRemoved += matched;
      if (matched < REMOVED_AT_ONCE) break;
      if (untilMs !== null && now() - startedAt > untilMs) return { numbersRemoved };
    }
  }
  return { numbersRemoved };
};
