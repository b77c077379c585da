/** Opens the database. The only file that talks to mysql2. */
import type { Database } from "./database.ts";

export interface DatabaseConfig {
  /** Not used when `socketPath` is given. */
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Null for a plain connection. `ca` is PEM text; null trusts the system's authorities. */
  readonly tls: { readonly ca: string | null; readonly verifyServer: boolean } | null;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

export const DATABASE_DEFAULTS = {
  host: "127.0.0.1",
  port: 3306,
  socketPath: null,
  tls: null,
  connectionsMax: 8,
  connectTimeoutMs: 5_000,
  queryTimeoutMs: 10_000,
} as const;

/** Connects when first asked something; rejects nothing by itself. */
export const openDatabase = (_config: DatabaseConfig): Database => {
  throw new Error("not built");
};
