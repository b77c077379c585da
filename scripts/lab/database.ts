// A private MariaDB (or MySQL, where a machine has that): own data folder, own socket, a port on 127.0.0.1.

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConnection, type Connection, type ConnectionOptions } from "mysql2/promise";
import { Child } from "./child.ts";
import { tmpLabDir } from "./places.ts";
import { reservePorts, type PortBlock } from "./ports.ts";
import { makeRunFolder, onExit, removeRunFolder } from "./release.ts";
import { secret } from "./pbx.ts";

const run = promisify(execFile);

/** The server refuses to run as root unless told so; anybody else need not, and may not, say who. */
const asRoot = userInfo().uid === 0 ? ["--user=root"] : [];

export type DatabaseAccess = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Where root gets in without a password. */
  readonly socketPath: string;
};

export class LabDatabase {
  /** The administrator, who may do everything, over TCP. */
  readonly access: DatabaseAccess;
  readonly #folder: string;
  readonly #forget: () => void;
  readonly #ownPorts: PortBlock | null;
  #child: Child | null = null;

  constructor(port: number, ownPorts: PortBlock | null) {
    this.#ownPorts = ownPorts;
    this.#folder = makeRunFolder(tmpLabDir, "db");
    this.#forget = onExit(() => {
      removeRunFolder(this.#folder);
    });
    this.access = { host: "127.0.0.1", port, user: "lab", password: secret(), socketPath: join(this.#folder, "sock") };
  }

  get pid(): number {
    if (this.#child === null) throw new Error("the database is not running");
    return this.#child.pid;
  }

  /** Makes the data folder (half a second) and starts the server for the first time. */
  async install(): Promise<void> {
    const data = join(this.#folder, "data");
    const tmp = join(this.#folder, "tmp");
    mkdirSync(tmp);
    if (serverBinary().endsWith("mariadbd")) {
      await run("mariadb-install-db", [
        ...["--no-defaults", `--datadir=${data}`, ...asRoot, "--auth-root-authentication-method=socket"],
        ...["--skip-test-db", "--innodb-log-file-size=16M"],
        // Its own folder: a starting server deletes the temporary tables it finds, also those of one beside it.
        `--tmpdir=${tmp}`,
      ]);
    } else {
      await run(serverBinary(), [
        "--no-defaults",
        "--initialize-insecure",
        `--datadir=${data}`,
        `--tmpdir=${tmp}`,
        ...asRoot,
      ]);
    }
    await this.start();
    const root = await createConnection({ user: userInfo().username, socketPath: this.access.socketPath });
    await root.query(`create user 'lab'@'127.0.0.1' identified by '${this.access.password}'`);
    await root.query("grant all privileges on *.* to 'lab'@'127.0.0.1' with grant option");
    await root.end();
  }

  async start(): Promise<void> {
    if (this.#child?.isRunning === true) return;
    this.#child = new Child({
      name: "MariaDB",
      command: serverBinary(),
      args: [
        ...["--no-defaults", ...asRoot, `--datadir=${join(this.#folder, "data")}`],
        ...[
          `--socket=${this.access.socketPath}`,
          `--pid-file=${join(this.#folder, "pid")}`,
          `--tmpdir=${join(this.#folder, "tmp")}`,
        ],
        ...["--bind-address=127.0.0.1", `--port=${String(this.access.port)}`, "--skip-name-resolve"],
        ...["--character-set-server=utf8mb4", "--max-connections=200"],
        // Small, for two cores and several labs at once.
        ...["--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M"],
        // 2 writes at every commit and syncs once a second: a killed server loses nothing, and the lab never cuts the
        // power (MariaDB manual, innodb_flush_log_at_trx_commit). Everything else is as in production.
        "--innodb-flush-log-at-trx-commit=2",
      ],
      folder: this.#folder,
      logFile: join(this.#folder, "server.log"),
    });
    await this.#child.waitUntil(async () => {
      try {
        const root = await createConnection({ user: userInfo().username, socketPath: this.access.socketPath });
        await root.end();
        return true;
      } catch {
        return false;
      }
    }, 30_000);
  }

  /** Connects as the administrator. */
  connect(options: ConnectionOptions = {}): Promise<Connection> {
    const { host, port, user, password } = this.access;
    return createConnection({ host, port, user, password, charset: "utf8mb4", timezone: "Z", ...options });
  }

  /** Makes an empty utf8mb4 database; an older one of the same name is dropped. */
  async createDatabase(name: string): Promise<DatabaseAccess & { readonly database: string }> {
    if (!/^\w+$/.test(name)) throw new Error(`not a database name: ${name}`);
    const connection = await this.connect();
    await connection.query(`drop database if exists ${name}`);
    await connection.query(`create database ${name} character set utf8mb4`);
    await connection.end();
    return { ...this.access, database: name };
  }

  /** Stops answering, with all connections left open, until resumed. */
  pause(): void {
    this.#child?.pause();
  }

  resume(): void {
    this.#child?.resume();
  }

  /** Dies without a word; `start` brings it back with what was committed. */
  async kill(): Promise<void> {
    await this.#child?.stop("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.#child?.stop();
    await this.start();
  }

  /** Stops for good and removes the data. */
  async stop(): Promise<void> {
    await this.#child?.stop("SIGTERM", 10_000);
    this.#forget();
    removeRunFolder(this.#folder);
    this.#ownPorts?.release();
  }
}

function serverBinary(): string {
  for (const path of ["mariadbd", "mysqld"]) {
    try {
      return execFileSync("sh", ["-c", `PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v ${path}`], {
        encoding: "utf8",
      }).trim();
    } catch {
      // The next one, then.
    }
  }
  throw new Error("there is no mariadbd or mysqld here: run scripts/setup first");
}

/** Starts a private database server; `port` when the caller has reserved one. */
export async function startDatabase(port?: number): Promise<LabDatabase> {
  const ownPorts = port === undefined ? await reservePorts() : null;
  const database = new LabDatabase(port ?? ownPorts?.database ?? 0, ownPorts);
  try {
    await database.install();
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}
