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

/** A connection of one's own: for named locks and for imports, which outlast any statement. */
export interface HeldConnection extends Queryable {
  /** Gives it back to the pool; nothing may be open on it. */
  release(): void;
  /** Closes it: the server undoes what was open, and lets go of its locks. */
  discard(): void;
}

export interface Database extends Queryable {
  /** The schema's name. */
  readonly name: string;
  /** By which numbers are hashed that need not be readable; null where they stand as they are. See number-key.ts. */
  readonly numberHashKey: string | null;
  /** Commits what `work` did, or undoes it and rejects. Repeated from its beginning after a deadlock. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** `queryTimeoutMs` for statements that may take longer than the daemon would wait; null for no limit. */
  hold(options?: { readonly queryTimeoutMs: number | null }): Promise<HeldConnection>;
  close(): Promise<void>;
}
