/** One command being carried out: its configuration, its database, its way of answering. Built lazily, let go at the end. */
import { toIso, type Instant } from "../domain/instant.ts";
import { schemaState, settleHashKey, type Authority, type Database } from "../store/index.ts";
import { CliError } from "./cli-error.ts";
import { loadConfig, loadDaemonConfig, type Config, type DaemonConfig, type Loaded } from "./config.ts";
import type { World } from "./world.ts";

export interface CommonOptions {
  readonly config?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

export class Session {
  readonly world: World;
  readonly options: CommonOptions;
  #config: Config | null = null;
  #database: Database | null = null;

  constructor(world: World, options: CommonOptions) {
    this.world = world;
    this.options = options;
  }

  get config(): Config {
    this.#config ??= this.#told(loadConfig(this.#source));
    return this.#config;
  }

  /** With node and Asterisk; warnings are the caller's to tell. */
  daemonConfig(): Loaded<DaemonConfig> {
    return loadDaemonConfig(this.#source);
  }

  /** Connected, and with the tables that this program knows. */
  async database(): Promise<Database> {
    const database = this.rawDatabase();
    const { state, version, expected } = await schemaState(database);
    const numbers = `(version ${version}, expected ${expected})`;
    switch (state) {
      case "current":
        return this.#withOurKey(database);
      case "empty":
        throw new CliError("schema-missing", "The database has none of our tables yet: run `fairdial migrate`.");
      case "behind":
        throw new CliError(
          "schema-behind",
          `The database's tables are older than this program ${numbers}: run \`fairdial migrate\`.`,
        );
      case "ahead":
        throw new CliError(
          "schema-ahead",
          `The database's tables are newer than this program ${numbers}: update fairdial on this machine.`,
        );
      case "changed":
        throw new CliError(
          "schema-changed",
          "The database was made by other migrations than this program's: `fairdial check` names them.",
        );
    }
  }

  /** With another key nobody who is suppressed would be found. */
  async #withOurKey(database: Database): Promise<Database> {
    switch (await settleHashKey(database, this.world.now())) {
      case "none":
      case "same":
        return database;
      case "missing":
        throw new CliError(
          "hash-key-missing",
          "This database's numbers are hashed, and the configuration has no numberHashKey: give this machine the same key as the others.",
        );
      case "different":
        throw new CliError(
          "hash-key-different",
          "This database's numbers were hashed with another numberHashKey than this configuration's: nobody who is suppressed would be found. Restore the key that was used before.",
        );
    }
  }

  /** Whatever its tables are; for `migrate` and `check`. */
  rawDatabase(): Database {
    this.#database ??= this.world.openDatabase(this.config.database);
    return this.#database;
  }

  /** Kept with every change. */
  authority(): Authority {
    return { by: this.world.userName, at: this.world.now() };
  }

  /** The answer: with --json this document and nothing else, otherwise the text. */
  answer(document: unknown, text: () => string): void {
    this.world.stdout.write(`${this.options.json ? JSON.stringify(document) : text()}\n`);
  }

  /** For the person, not for the script: goes to standard error, and to nobody with --json. */
  remark(text: string): void {
    if (!this.options.json) this.world.stderr.write(`${text}\n`);
  }

  async close(): Promise<void> {
    await this.#database?.close();
    this.#database = null;
  }

  get #source() {
    return { path: this.options.config ?? null, env: this.world.env };
  }

  #told({ config, warnings }: Loaded<Config>): Config {
    if (this.options.verbose) for (const warning of warnings) this.remark(`warning: ${warning}`);
    return config;
  }
}

/** Instants are for programs; documents carry ISO text. */
export const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));
