/** A database that counts what it is asked, and lets somebody else do something before each statement. */
import type { Database, Queryable } from "../../src/store/index.ts";

export interface Watched {
  readonly db: Database;
  /** Since the last time; texts of statements, transactions' among them. */
  taken(): string[];
  /** Called before each statement with its text and its place among those since. Null for nothing. */
  before: ((sql: string, place: number) => Promise<void> | void) | null;
}

export const watched = (db: Database): Watched => {
  let asked: string[] = [];
  const watching: Watched = {
    db: null as unknown as Database,
    taken: () => {
      const all = asked;
      asked = [];
      return all;
    },
    before: null,
  };
  const watch = (inner: Queryable): Queryable => ({
    rows: async (sql, parameters) => {
      await note(sql);
      return inner.rows(sql, parameters);
    },
    write: async (sql, parameters) => {
      await note(sql);
      return inner.write(sql, parameters);
    },
  });
  const note = async (sql: string): Promise<void> => {
    asked = [...asked, sql.replace(/\s+/g, " ").trim()];
    await watching.before?.(sql, asked.length - 1);
  };
  const outer: Database = {
    name: db.name,
    numberHashKey: db.numberHashKey,
    ...watch(db),
    transaction: (work) => db.transaction((tx) => work(watch(tx))),
    hold: (options) => db.hold(options),
    close: async () => undefined,
  };
  return Object.assign(watching, { db: outer });
};
