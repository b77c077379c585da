// A database, a configuration and the command line: what the tests of commands share.

import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { startDatabase, type LabDatabase } from "../../scripts/lab/database.ts";
import { repositoryDir } from "../../scripts/lab/places.ts";
import { runCli } from "../../src/app/cli.ts";
import { systemClock } from "../../src/app/clock.ts";
import { databaseOf } from "../../src/app/open-store.ts";
import type { Instant } from "../../src/domain/instant.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

export class CliLab {
  readonly folder = mkdtempSync(join(tmpdir(), "fairdial-cli-"));
  readonly configFile = join(this.folder, "fairdial.yaml");
  /** What commands take for the time of day; a test whose answers depend on calling hours sets it. */
  now: () => Instant = () => systemClock.now();
  #server: LabDatabase | null = null;
  #password = "";

  get server(): LabDatabase {
    if (this.#server === null) throw new Error("the lab has not begun");
    return this.#server;
  }

  async begin(): Promise<void> {
    this.#server = await startDatabase();
    const access = await this.#server.createDatabase("fairdial_cli");
    this.#password = access.password;
    this.configure({ host: access.host, port: access.port, user: access.user, name: access.database });
  }

  async end(): Promise<void> {
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  configure(database: Record<string, unknown>, path = this.configFile): void {
    writeFileSync(
      path,
      stringify({
        node: { name: "lab" },
        // Nothing listens on the discard port.
        asterisk: { url: "http://127.0.0.1:9", user: "fairdial" },
        database,
        trunks: [{ name: "carrier", endpoint: "carrier", linesMax: 10, cpsMax: 5 }],
        journal: { folder: join(this.folder, "journal") },
        spool: { folder: join(this.folder, "spool") },
      }),
      { mode: 0o600 },
    );
  }

  /** A list to import; returns its path. */
  file(name: string, text: string | Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** In this process, which takes a hundredth of the time; that a process does the same is shown by `asProcess`. */
  async fairdial(words: readonly string[], input = "", env: Record<string, string> = {}): Promise<Answer> {
    let out = "";
    let err = "";
    const code = await runCli(words, {
      env: { ...this.#environment, ...env },
      stdin: once(input),
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      userName: "tester",
      now: () => this.now(),
      openDatabase: databaseOf,
    });
    return { code, out, err };
  }

  run(...words: readonly string[]): Promise<Answer> {
    return this.fairdial(words);
  }

  /** A command that has to succeed; what it printed. */
  async must(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...words);
    if (code !== 0) throw new Error(`fairdial ${words.join(" ")} ended with ${code}: ${err}`);
    return out;
  }

  async json<Document>(...words: readonly string[]): Promise<Document> {
    return JSON.parse(await this.must(...words, "--json")) as Document;
  }

  start(words: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, ["--import", "tsx", join(repositoryDir, "src/main.ts"), ...words], {
      cwd: repositoryDir,
      env: { ...process.env, NODE_OPTIONS: "", ...this.#environment },
    });
  }

  asProcess(words: readonly string[], input = ""): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const child = this.start(words);
      let out = "";
      let err = "";
      child.stdout.on("data", (piece: Buffer) => (out += piece.toString("utf8")));
      child.stderr.on("data", (piece: Buffer) => (err += piece.toString("utf8")));
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code: code ?? -1, out, err });
      });
      child.stdin.end(input);
    });
  }

  get #environment(): Record<string, string> {
    return {
      FAIRDIAL_CONFIG: this.configFile,
      FAIRDIAL_DATABASE_PASSWORD: this.#password,
      FAIRDIAL_ASTERISK_PASSWORD: "nobody-asks",
    };
  }
}
