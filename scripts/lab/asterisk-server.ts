// An Asterisk of the lab: own configuration, run, log and spool folders; the binaries are shared.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Child } from "./child.ts";
import type { AsteriskPlace } from "./places.ts";
import { makeDataFolder } from "./data-folder.ts";
import { renderInto } from "./templates.ts";

const run = promisify(execFile);

/** On a busy machine with two cores Asterisk takes about a second to come up. */
const START_TIMEOUT_MS = 30_000;

export type AsteriskServerOptions = {
  readonly name: string;
  readonly asterisk: AsteriskPlace;
  /** The run folder; the server makes one of its own inside. */
  readonly folder: string;
  /** Sounds to be found beside the installed ones: folders of files, by the name that they get below the sounds. */
  readonly sounds?: Readonly<Record<string, string>>;
  /** Writes the rest of the configuration into the folder given. */
  readonly configure: (etc: string) => void;
  readonly isReady: () => Promise<boolean>;
};

export class AsteriskServer {
  /** Its own folder, as we see it: etc, run, log, spool. */
  readonly folder: string;
  readonly #options: AsteriskServerOptions;
  #child: Child | null = null;

  constructor(options: AsteriskServerOptions) {
    this.#options = options;
    this.folder = join(options.folder, options.name);
    for (const name of ["etc", "run", "log/cel-custom", "spool/recording", "spool/monitor", "lib", "heard"]) {
      mkdirSync(join(this.folder, name), { recursive: true });
    }
    const etc = join(this.folder, "etc");
    renderInto(etc, ["asterisk.conf"], {
      name: options.name,
      directories: this.#directories(),
      limits: this.inside("etc/samples/asterisk.conf"),
    });
    options.configure(etc);
  }

  get pid(): number {
    if (this.#child === null) throw new Error(`${this.#options.name} is not running`);
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    const { command, args } = this.#options.asterisk.command(["-f", "-C", this.#conf]);
    this.#child = new Child({
      name: this.#options.name,
      command,
      args,
      folder: this.#options.folder,
      logFile: join(this.folder, "log/output.log"),
    });
    await this.#child.waitUntil(this.#options.isReady, START_TIMEOUT_MS);
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Dies without a word, as in a power cut. */
  async kill(): Promise<void> {
    await this.#child?.stop("SIGKILL");
  }

  /** Stops answering anything, without closing anything. */
  pause(): void {
    this.#child?.pause();
  }

  resume(): void {
    this.#child?.resume();
  }

  /** What `asterisk -rx` prints. */
  async cli(line: string): Promise<string> {
    const { command, args } = this.#options.asterisk.command(["-C", this.#conf, "-rx", line]);
    const { stdout } = await run(command, args, { timeout: 10_000 });
    return stdout;
  }

  /** The path of a file in this server's folder, as the server sees it. */
  inside(name: string): string {
    return this.#options.asterisk.inside(join(this.folder, name));
  }

  get #conf(): string {
    return this.inside("etc/asterisk.conf");
  }

  /** The installation's own folders for what is installed, ours for everything that is written. */
  #directories(): string {
    const installed = join(this.#options.asterisk.root || "/", "etc/asterisk/asterisk.conf");
    const kept = existsSync(installed)
      ? readFileSync(installed, "utf8")
          .split("\n")
          .filter((line) => /^(astmoddir|astdatadir|astagidir|astkeydir|astsbindir)\s*=/.test(line))
      : [];
    const { sounds, asterisk } = this.#options;
    const data =
      sounds === undefined ? [] : [`astdatadir => ${makeDataFolder(asterisk, join(this.folder, "data"), sounds)}`];
    return [
      ...kept.filter((line) => data.length === 0 || !line.startsWith("astdatadir")),
      ...data,
      `astetcdir => ${this.inside("etc")}`,
      `astrundir => ${this.inside("run")}`,
      `astlogdir => ${this.inside("log")}`,
      `astspooldir => ${this.inside("spool")}`,
      `astvarlibdir => ${this.inside("lib")}`,
      `astdbdir => ${this.inside("lib")}`,
    ].join("\n");
  }
}
