/**
 * What the rest of this room asks of a database: rows, a count, a transaction. mysql2 stays behind it in pool.ts.
 *
 * One rule to remember: the text of a statement is ours, values are given apart and never joined into it.
 */

/** Objects are left out on purpose: the driver would write one as `key = value` into the statement. */
export type SqlValue = string | number | boolean | Date | null;
/** A list for `in (?)`, or rows for `values ?`. */
export type SqlParameter = SqlValue | readonly SqlValue[] | readonly (readonly SqlValue[])[];

/** How a statement went that returns no rows. `matched` counts rows that fitted, changed or not. */
export interface Written {
  readonly matched: number;
  readonly insertId: number;
}

export interface Queryable {
  rows<Row>(sql: string, parameters?: readonly SqlParameter[]): Promise<Row[]>;
  write(sql: string, parameters?: readonly SqlParameter[]): Promise<Written>;
}

/** Any text as a name in SQL; only for names that we made. */
export type EscapeName = (name: string) => string;

export interface Database extends Queryable {
  /** The schema's name. */
  readonly name: string;
  /** Commits what `work` did, or undoes it and rejects. Repeated from its beginning after a deadlock. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** One connection for as long as `work` runs: for named locks and long imports. Nothing is repeated. */
  session<T>(work: (session: Queryable) => Promise<T>, options?: SessionOptions): Promise<T>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** For statements that may take longer than the daemon would wait; null for no limit. */
  readonly queryTimeoutMs: number | null;
}
