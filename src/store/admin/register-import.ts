/**
 * Loads a file of a do-not-call register beside the one in force, and puts it in force with one update.
 *
 * One rule to remember: a file in state `loading` is seen by nobody. Whoever has the register's lock may remove what an
 * import that died has left.
 */
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, HeldConnection } from "../database.ts";
import { letGo, lockName, takeLock } from "../named-lock.ts";
import { ImportHold } from "./import-hold.ts";
import { clipped, dateOf } from "../rows.ts";
import { registerInForce, type LoadedRegister } from "./registers.ts";

export interface RegisterDraft {
  /** Small enough for a key: up to 32 letters, digits, hyphens and underscores. */
  readonly name: string;
  readonly fileName: string;
  /** Of all bytes, in hexadecimal. */
  readonly sha256: string;
  readonly fileDate: Instant;
  readonly loadedBy: string;
  readonly loadedAt: Instant;
}

export interface RegisterImport {
  /** The file in force when this one began. */
  readonly before: LoadedRegister | null;
  /** Keys as `numberKeyOf` makes them; up to some thousand at a time, in any order, repeated or not. */
  add(keys: readonly string[]): Promise<void>;
  /** Different numbers so far. */
  readonly numbers: number;
  /** From now on every number is asked of this file. The numbers of the one before stay until they are removed. */
  commit(): Promise<LoadedRegister>;
  /** Safe to call at any time, also after `commit`. */
  abort(): Promise<void>;
}

const LOCK_WAIT_SECONDS = 2;
const REMOVED_AT_ONCE = 10_000;

/** Rejects with `conflict` while another import of this register is under way. */
export const beginRegisterImport = async (db: Database, draft: RegisterDraft): Promise<RegisterImport> => {
  const connection = await db.hold({ queryTimeoutMs: null });
  const lock = lockName(`register ${draft.name}`, db.name);
  try {
    if (!(await takeLock(connection, lock, LOCK_WAIT_SECONDS))) {
      throw new StoreError("conflict", `another import of ${draft.name} is under way`);
    }
    await removeLeftovers(connection, draft.name);
    const before = await registerInForce(connection, draft.name);
    const { insertId } = await connection.write(
      `insert into register_file (name, file_name, sha256, file_date, loaded_at, loaded_by, state)
       values (?, ?, ?, ?, ?, ?, 'loading')`,
      [
        ...[draft.name, clipped(draft.fileName, 255), draft.sha256, dateOf(draft.fileDate)],
        ...[dateOf(draft.loadedAt), clipped(draft.loadedBy, 100)],
      ],
    );
    return new OpenRegisterImport(connection, lock, draft, insertId, before);
  } catch (error) {
    connection.discard();
    throw error;
  }
};

/** We have the turn, so whoever left these is gone. */
const removeLeftovers = async (connection: HeldConnection, name: string): Promise<void> => {
  const files = await connection.rows<{ file_id: number }>(
    "select file_id from register_file where name = ? and state = 'loading'",
    [name],
  );
  for (const { file_id } of files) await removeFile(connection, file_id);
};

/** Numbers before the file: a file that is gone would leave numbers of which nobody knows. */
const removeFile = async (connection: HeldConnection, fileId: number): Promise<void> => {
  for (;;) {
    const { matched } = await connection.write("delete from register_number where file_id = ? limit ?", [
      fileId,
      REMOVED_AT_ONCE,
    ]);
    if (matched < REMOVED_AT_ONCE) break;
  }
  await connection.write("delete from register_file where file_id = ? and state = 'loading'", [fileId]);
};

/** What imports that died have left of every register; those under way are left alone. Returns how many files. */
export const removeRegisterLeftovers = async (db: Database): Promise<number> => {
  const names = await db.rows<{ name: string }>("select distinct name from register_file where state = 'loading'");
  let removed = 0;
  for (const { name } of names) {
    const connection = await db.hold({ queryTimeoutMs: null });
    const lock = lockName(`register ${name}`, db.name);
    try {
      if (await takeLock(connection, lock, 0)) {
        await removeLeftovers(connection, name);
        await letGo(connection, lock);
        removed += 1;
      }
      connection.release();
    } catch (error) {
      connection.discard();
      throw error;
    }
  }
  return removed;
};

class OpenRegisterImport implements RegisterImport {
  readonly before: LoadedRegister | null;
  readonly #hold: ImportHold;
  readonly #draft: RegisterDraft;
  readonly #fileId: number;
  #numbers = 0;

  constructor(
    connection: HeldConnection,
    lock: string,
    draft: RegisterDraft,
    fileId: number,
    before: LoadedRegister | null,
  ) {
    this.#hold = new ImportHold(connection, lock);
    this.#draft = draft;
    this.#fileId = fileId;
    this.before = before;
  }

  get numbers(): number {
    return this.#numbers;
  }

  async add(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { matched } = await this.#hold.orOver(() =>
      // "ignore": a register may name a number twice.
      this.#hold.connection.write("insert ignore into register_number (file_id, number_key) values ?", [
        keys.map((key) => [this.#fileId, key]),
      ]),
    );
    this.#numbers += matched;
  }

  async commit(): Promise<LoadedRegister> {
    const { name } = this.#draft;
    await this.#hold.orOver(async () => {
      await this.#hold.connection.write("start transaction");
      await this.#hold.connection.write("update register_file set state = 'ready', numbers = ? where file_id = ?", [
        this.#numbers,
        this.#fileId,
      ]);
      await this.#hold.connection.write(
        "update register_file set state = 'retired' where name = ? and state = 'ready' and file_id <> ?",
        [name, this.#fileId],
      );
      await this.#hold.connection.write(
        "insert into register (name, file_id) values (?, ?) on duplicate key update file_id = ?",
        [name, this.#fileId, this.#fileId],
      );
      await this.#hold.connection.write("commit");
    });
    await this.#hold.end();
    return { ...this.#draft, fileId: this.#fileId, numbers: this.#numbers };
  }

  async abort(): Promise<void> {
    if (this.#hold.isOver) return;
    try {
      await removeFile(this.#hold.connection, this.#fileId);
      await this.#hold.end();
    } catch {
      // The next import of this register, or the nightly job, removes what is left.
      this.#hold.giveUp();
    }
  }
}
