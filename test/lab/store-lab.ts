/**
 * A database for the store's tests: a private one, or any other server when `FAIRDIAL_TEST_DATABASE` names it, as
 * `mysql://user:password@127.0.0.1:3306` – for trying another product or version.
 */
import { openDatabase, DATABASE_DEFAULTS, type Database, type DatabaseConfig } from "../../src/store/index.ts";
import { startDatabase } from "../../scripts/lab/database.ts";

export interface StoreLab {
  /** An empty database of its own. */
  create(name: string): Promise<DatabaseConfig>;
  open(config: DatabaseConfig): Database;
  /** As the administrator; for statements that are not the program's. */
  readonly admin: Database;
  readonly access: Pick<DatabaseConfig, "host" | "port" | "user" | "password">;
  stop(): Promise<void>;
}

const elsewhere = (): { access: StoreLab["access"]; stop: () => Promise<void> } | null => {
  const url = process.env["FAIRDIAL_TEST_DATABASE"];
  if (url === undefined) return null;
  const { hostname, port, username, password } = new URL(url);
  return {
    access: { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password) },
    stop: async () => undefined,
  };
};

export const startStoreLab = async (): Promise<StoreLab> => {
  const given = elsewhere();
  const own = given === null ? await startDatabase() : null;
  const access = given?.access ?? own?.access;
  if (access === undefined) throw new Error("no database");
  const opened: Database[] = [];
  const made: string[] = [];
  const open = (config: DatabaseConfig): Database => {
    const database = openDatabase(config);
    opened.push(database);
    return database;
  };
  const { host, port, user, password } = access;
  const configOf = (database: string): DatabaseConfig => ({
    ...DATABASE_DEFAULTS,
    host,
    port,
    user,
    password,
    database,
  });
  // The schema of the server's own facts is there on every server.
  const admin = open(configOf("information_schema"));
  return {
    admin,
    access: { host, port, user, password },
    open,
    create: async (name) => {
      const database = `fd_${process.pid}_${name}`;
      await admin.write(`drop database if exists ${database}`);
      await admin.write(`create database ${database} character set utf8mb4`);
      made.push(database);
      return configOf(database);
    },
    stop: async () => {
      if (own === null) for (const name of made) await admin.write(`drop database if exists ${name}`);
      for (const database of opened) await database.close();
      await own?.stop();
    },
  };
};
