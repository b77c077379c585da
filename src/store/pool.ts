/**
 * Opens the database. The only file that talks to mysql2.
 *
 * One rule to remember: a connection is handed out only when its session is as this program expects it, whatever the
 * server's defaults are; and one that did not answer in time is never used again.
 */
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createPool,
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type ResultSetHeader,
  type RowDataPacket,
  type SslOptions,
} from "mysql2";
import type { Database, HeldConnection, Queryable, SqlParameter, Written } from "./database.ts";
import { againAfter, DatabaseError, droppedBy, inOurWords, isLostConnection } from "./errors.ts";

export interface DatabaseConfig {
  /** Not used when `socketPath` is given. */
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Null for a plain connection. `ca` is PEM text; null trusts the well-known authorities. */
  readonly tls: { readonly ca: string | null; readonly verifyServer: boolean } | null;
  /** Half of them for transactions; two at least. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /** At least 32 bytes; null to keep numbers as they are. */
  readonly numberHashKey: string | null;
}

export const DATABASE_DEFAULTS = {
  host: "127.0.0.1",
  port: 3306,
  socketPath: null,
  tls: null,
  connectionsMax: 8,
  connectTimeoutMs: 5_000,
  queryTimeoutMs: 10_000,
  numberHashKey: null,
} as const;

/**
 * Read committed: a claim then locks only the rows it takes, never the gaps between them, in which an import may be
 * inserting. The modes are MySQL 8.0's defaults, which MariaDB has only in part; without them a value that does not
 * fit would be cut instead of refused. NO_BACKSLASH_ESCAPES must stay out: the driver escapes with backslashes.
 */
const SESSION = [
  "set session transaction isolation level read committed",
  `set session time_zone = '+00:00', innodb_lock_wait_timeout = 5, sql_mode = '${[
    "ONLY_FULL_GROUP_BY",
    "STRICT_TRANS_TABLES",
    "NO_ZERO_IN_DATE",
    "NO_ZERO_DATE",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_ENGINE_SUBSTITUTION",
  ].join(",")}'`,
];

/** Between tries after a deadlock or a lock wait; each is made up to twice as long, so that two losers part. */
const LOCK_RETRY_DELAYS_MS = [5, 20, 80, 320];

/** Connects when first asked something; rejects nothing by itself. */
export const openDatabase = (config: DatabaseConfig): Database => new MysqlDatabase(config);

/** One connection, with a limit on every answer. */
class Connection implements HeldConnection {
  readonly #connection: PoolConnection;
  readonly #timeoutMs: number | null;
  constructor(connection: PoolConnection, timeoutMs: number | null) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  async rows<Row>(sql: string, parameters: readonly SqlParameter[] = []): Promise<Row[]> {
    return (await this.#query<RowDataPacket[]>(sql, parameters)) as Row[];
  }

  async write(sql: string, parameters: readonly SqlParameter[] = []): Promise<Written> {
    // The driver asks the server to count rows that fitted, not only those that changed (its flag FOUND_ROWS).
    const { affectedRows, insertId } = await this.#query<ResultSetHeader>(sql, parameters);
    return { matched: affectedRows, insertId };
  }

  release(): void {
    this.#connection.release();
  }

  discard(): void {
    this.#connection.destroy();
    // The driver only says goodbye; a server that hangs would never answer that, and the socket would stay.
    const { stream } = this.#connection as unknown as { readonly stream?: { destroy?: () => void } };
    stream?.destroy?.();
  }

  /**
   * The driver's own promises cost as much again as the question. It has a limit of its own, too, whose timer outlives a
   * connection that was cut and keeps a program from ending.
   */
  #query<Result extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    parameters: readonly SqlParameter[],
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timeoutMs = this.#timeoutMs;
      const late = (): void => {
        this.discard();
        reject(new DatabaseError("timedOut", `after ${String(timeoutMs)} ms`));
      };
      const timer = timeoutMs === null ? undefined : setTimeout(late, timeoutMs);
      this.#connection.query<Result>({ sql }, parameters as unknown[], (error, result) => {
        clearTimeout(timer);
        if (error === null) resolve(result);
        else reject(inOurWords(error));
      });
    });
  }
}

/** Connections of one kind. */
class SessionPool {
  readonly #pool: Pool;
  readonly #session: readonly string[];
  readonly #queryTimeoutMs: number;
  /** Connections whose session has been set up, and in which round. */
  readonly #ready = new WeakMap<object, number>();
  /** Grows when the server behind all open connections turns out to be the wrong one. */
  #round = 1;

  constructor(options: PoolOptions, session: readonly string[], queryTimeoutMs: number) {
    this.#pool = createPool(options);
    this.#session = session;
    this.#queryTimeoutMs = queryTimeoutMs;
  }

  async hold(options?: { readonly queryTimeoutMs: number | null }): Promise<HeldConnection> {
    for (;;) {
      const connection = await this.#connection();
      const held = new Connection(connection, options === undefined ? this.#queryTimeoutMs : options.queryTimeoutMs);
      const round = this.#ready.get(connection);
      if (round === this.#round) return held;
      if (round !== undefined) {
        held.discard();
        continue;
      }
      try {
        for (const statement of this.#session) await held.write(statement);
      } catch (error) {
        held.discard();
        throw error;
      }
      this.#ready.set(connection, this.#round);
      return held;
    }
  }

  /** Again after a deadlock or lock wait: its victim was undone as a whole, so it may be repeated as a whole. */
  async repeatedly<T>(work: (connection: HeldConnection) => Promise<T>): Promise<T> {
    for (const delayMs of LOCK_RETRY_DELAYS_MS) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (againAfter(error) !== "atOnce") throw error;
        await sleep(delayMs * (1 + Math.random()));
      }
    }
    return this.#once(work);
  }

  /** What goes wrong with saying goodbye is nobody's concern. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#pool.end(() => {
        resolve();
      });
    });
  }

  #connection(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error === null) resolve(connection);
        else reject(inOurWords(error));
      });
    });
  }

  async #once<T>(work: (connection: HeldConnection) => Promise<T>): Promise<T> {
    const connection = await this.hold();
    try {
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      const dropped = droppedBy(error);
      // After a failover the name leads to another server, and these connections to the old one still.
      if (dropped === "pool") this.#round += 1;
      if (dropped === "nothing") connection.release();
      else connection.discard();
      throw error;
    }
  }
}

class MysqlDatabase implements Database {
  readonly name: string;
  readonly numberHashKey: string | null;
  /** Where each statement is committed by itself. */
  readonly #statements: SessionPool;
  /** Where the first statement begins a transaction, which saves saying so. */
  readonly #transactions: SessionPool;

  constructor(config: DatabaseConfig) {
    this.name = config.database;
    this.numberHashKey = config.numberHashKey;
    const { queryTimeoutMs, connectionsMax } = config;
    const ofTransactions = Math.max(1, Math.floor(connectionsMax / 2));
    const ofStatements = Math.max(1, connectionsMax - ofTransactions);
    this.#statements = new SessionPool(optionsOf(config, ofStatements), SESSION, queryTimeoutMs);
    const session = [...SESSION, "set autocommit = 0"];
    this.#transactions = new SessionPool(optionsOf(config, ofTransactions), session, queryTimeoutMs);
  }

  async rows<Row>(sql: string, parameters?: readonly SqlParameter[]): Promise<Row[]> {
    return this.#statements.repeatedly((connection) => connection.rows<Row>(sql, parameters));
  }

  async write(sql: string, parameters?: readonly SqlParameter[]): Promise<Written> {
    return this.#statements.repeatedly((connection) => connection.write(sql, parameters));
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#transactions.repeatedly(async (connection) => {
      try {
        const result = await work(connection);
        await connection.write("commit");
        return result;
      } catch (error) {
        // Nothing to say to a connection that is gone: the server undoes it by itself.
        if (!isLostConnection(error)) await connection.write("rollback");
        throw error;
      }
    });
  }

  hold(options?: { readonly queryTimeoutMs: number | null }): Promise<HeldConnection> {
    return this.#statements.hold(options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#statements.close(), this.#transactions.close()]);
  }
}

const optionsOf = (config: DatabaseConfig, connectionLimit: number): PoolOptions => {
  const { socketPath, host, port, tls } = config;
  return {
    ...(socketPath === null ? { host, port } : { socketPath }),
    ...(tls === null ? {} : { ssl: tlsOf(tls, host) }),
    user: config.user,
    password: config.password,
    database: config.database,
    charset: "utf8mb4_unicode_ci",
    timezone: "Z",
    connectTimeout: config.connectTimeoutMs,
    connectionLimit,
    maxIdle: connectionLimit,
    idleTimeout: 60_000,
    enableKeepAlive: true,
    supportBigNumbers: true,
    // Sums of milliseconds: far below 2^53, and a string would be concatenated one day.
    decimalNumbers: true,
    // MariaDB's JSON columns are text and MySQL's are not; so we parse both ourselves.
    jsonStrings: true,
    // An object among the values must never become `key = value` in a statement.
    stringifyObjects: true,
  };
};

/**
 * Certificates name hosts, and the driver cannot check one against an address. With an authority of one's own, being
 * signed by it is enough then; with the well-known ones it would be nothing, so that stays refused.
 */
const tlsOf = ({ ca, verifyServer }: NonNullable<DatabaseConfig["tls"]>, host: string): SslOptions => ({
  rejectUnauthorized: verifyServer,
  verifyIdentity: verifyServer && !(isIP(host) !== 0 && ca !== null),
  ...(ca === null ? {} : { ca }),
});
