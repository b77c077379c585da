// fairdial itself in the lab: its configuration, its commands and its daemon, run as a user would run them.

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { Child } from "./child.ts";
import type { DatabaseAccess } from "./database.ts";
import type { Lab } from "./lab.ts";
import { repositoryDir } from "./places.ts";
import { siteProfile } from "./site-profile.ts";
import type { BreakerLimits } from "../../src/pacing/breaker.ts";
import type { SiteProfile } from "./site-profile.ts";

export type CommandResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type FairdialOptions = {
  /** As `createDatabase` gave it. */
  readonly database: DatabaseAccess & { readonly database: string };
  readonly node?: string;
  /** Another way to the PBX than the straight one. */
  readonly asteriskPort?: number;
  readonly startAvailable?: boolean;
  readonly linesMax?: number;
  readonly cpsMax?: number;
  readonly placing?: "create" | "originate";
  /** Of every trunk; hardly ever open where left out. */
  readonly breaker?: BreakerLimits;
  /** What Node itself is told when the daemon is started: `--cpu-prof` and the like. */
  readonly nodeOptions?: readonly string[];
  /** More trunks, as the configuration writes them. */
  readonly trunks?: readonly Readonly<Record<string, string>>[];
  /** The site's own compliance profile; `LAB` unless said otherwise, at any hour of any day. */
  readonly profile?: SiteProfile;
  /** Whole sections of the configuration, besides those that every lab has. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** How a command is run, where not as a process of its own. */
  readonly runCommand?: (
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => Promise<CommandResult>;
};

/** One node of fairdial against the lab: commands, and at most one daemon at a time. */
export class LabFairdial {
  readonly folder: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly journalFolder: string;
  /** Name of the site's compliance profile. */
  readonly profile: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #runCommand: FairdialOptions["runCommand"];
  readonly #nodeOptions: readonly string[];
  #daemon: Child | null = null;
  #exitCode: number | null = null;

  constructor(lab: Lab, options: FairdialOptions) {
    ensureBuilt();
    const node = options.node ?? "lab";
    this.folder = join(lab.ground.folder, `fairdial-${node}`);
    this.configFile = join(this.folder, "fairdial.yaml");
    this.logFile = join(this.folder, "daemon.log");
    this.journalFolder = join(this.folder, "journal");
    mkdirSync(this.journalFolder, { recursive: true });
    const profile = options.profile ?? { name: "LAB" };
    this.profile = profile.name;
    writeFileSync(join(this.folder, "profile.yaml"), siteProfile(profile));
    const { asteriskPort } = options;
    const url = asteriskPort === undefined ? lab.pbx.ari.url : `http://127.0.0.1:${String(asteriskPort)}`;
    // People of the number plan whose network refuses are asked for on purpose, one after the other: nearly any trunk would
    // be closed to calls for that.
    const breaker = options.breaker ?? { refusalsMin: 20, refusedPercent: 100, openMs: 1_000, openMaxMs: 1_000 };
    const trunk = { linesMax: options.linesMax ?? 60, cpsMax: options.cpsMax ?? 20, breaker };
    writeFileSync(
      this.configFile,
      stringify({
        node: { name: node },
        profiles: [join(this.folder, "profile.yaml")],
        asterisk: {
          ...{ url, user: lab.pbx.ari.user, placing: options.placing ?? "create" },
          ...(lab.pbx.opensEventSocket ? { events: { listen: lab.pbx.events.listen, user: lab.pbx.events.user } } : {}),
        },
        database: {
          host: options.database.host,
          port: options.database.port,
          user: options.database.user,
          name: options.database.database,
        },
        trunks: [
          ...["carrier", "sipp", "dead", "unreachable"].map((name) => ({ name, endpoint: name, ...trunk })),
          ...(options.trunks ?? []).map((more) => ({ ...more, ...trunk })),
        ],
        agents: { startAvailable: options.startAvailable ?? true },
        journal: { folder: this.journalFolder },
        spool: { folder: join(this.folder, "spool") },
        // Any free port: several labs run on one machine.
        monitoring: { listen: "127.0.0.1:0" },
        ...options.sections,
      }),
      { mode: 0o640 },
    );
    this.#runCommand = options.runCommand;
    this.#nodeOptions = options.nodeOptions ?? [];
    this.#env = {
      FAIRDIAL_CONFIG: this.configFile,
      FAIRDIAL_ASTERISK_PASSWORD: lab.pbx.ari.password,
      FAIRDIAL_ASTERISK_EVENTS_PASSWORD: lab.pbx.events.password,
      FAIRDIAL_DATABASE_PASSWORD: options.database.password,
    };
  }

  /** What to type before a `fairdial` command to reach this lab from another terminal. */
  get shellEnvironment(): string {
    return Object.entries(this.#env)
      .map(([name, value]) => `${name}='${value}'`)
      .join(" ");
  }

  /** Runs one command to its end, whatever its exit code. */
  run(...args: readonly string[]): Promise<CommandResult> {
    return this.runWith({}, ...args);
  }

  /** The same with some of its environment changed. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CommandResult> {
    const environment = { ...process.env, ...this.#env, ...env };
    // A daemon has signals and an exit of its own.
    if (this.#runCommand !== undefined && args[0] !== "run") return this.#runCommand(args, environment);
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [mainFile, ...args],
        { env: environment, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
          resolve({ code, stdout, stderr });
        },
      );
    });
  }

  /** Runs one command that has to succeed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`fairdial ${args.join(" ")} ended with ${String(code)}:\n${stderr}${stdout}`);
    return stdout;
  }

  /** Runs one reading command and gives what it printed with --json. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.must(...args, "--json")) as T;
  }

  /** Starts `fairdial run`; resolves when it says that it is ready. */
  async startDaemon(timeoutMs = 20_000): Promise<void> {
    writeFileSync(this.logFile, "");
    this.#exitCode = null;
    this.#daemon = new Child({
      name: "fairdial",
      // The exit code is written by the shell, because the process group's parent is not us for its whole life.
      command: "/bin/sh",
      args: [
        ...["-c", 'trap : INT TERM; code=$1; shift; "$0" "$@" run; echo $? > "$code"', process.execPath],
        ...[this.#codeFile, ...this.#nodeOptions, mainFile],
      ],
      folder: this.folder,
      logFile: this.logFile,
      env: this.#env,
    });
    await this.#daemon.waitUntil(() => Promise.resolve(this.logged("ready").length > 0), timeoutMs);
  }

  /** The daemon itself: what the shell around it waits for. */
  get daemonPid(): number {
    const shell = String(this.daemonGroup);
    const children = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim();
    if (!/^\d+$/.test(children)) throw new Error("the daemon is not running");
    return Number(children);
  }

  /** The daemon's process group. */
  get daemonGroup(): number {
    if (this.#daemon === null) throw new Error("the daemon is not running");
    return this.#daemon.pid;
  }

  get daemonIsRunning(): boolean {
    return this.#daemon?.isRunning ?? false;
  }

  /** Sends the daemon a signal; the shell around it does not mind. */
  signal(signal: NodeJS.Signals): void {
    this.#daemon?.signal(signal);
  }

  /** Asks the daemon to stop and waits for it; its exit code. */
  async stopDaemon(patienceMs = 60_000): Promise<number | null> {
    const daemon = this.#daemon;
    if (daemon === null) return this.#exitCode;
    await daemon.stop("SIGTERM", patienceMs);
    this.#daemon = null;
    this.#exitCode = this.#readCode();
    return this.#exitCode;
  }

  /** Waits for the daemon to end by itself; its exit code. */
  async daemonEnded(): Promise<number | null> {
    await this.#daemon?.exited;
    this.#daemon = null;
    return this.#readCode();
  }

  /** Dies without a word. */
  async killDaemon(): Promise<void> {
    await this.#daemon?.stop("SIGKILL");
    this.#daemon = null;
  }

  /** The daemon's log lines whose message is this. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    return jsonLines(this.logFile).filter((line) => line["message"] === message);
  }

  /** One of the running daemon's pages for monitoring. */
  async page(path: "/health" | "/ready" | "/metrics"): Promise<{ readonly code: number; readonly text: string }> {
    const port = this.logged("monitoring pages are open").at(-1)?.["port"];
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
    return { code: response.status, text: await response.text() };
  }

  /** The journal so far, in order. */
  journal(): readonly Readonly<Record<string, unknown>>[] {
    return readdirSync(this.journalFolder)
      .sort()
      .flatMap((name) => jsonLines(join(this.journalFolder, name)));
  }

  /** The end of the daemon's log, for when something went wrong. */
  lastWords(): readonly string[] {
    try {
      return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-15);
    } catch {
      return [];
    }
  }

  get #codeFile(): string {
    return join(this.folder, "exit-code");
  }

  #readCode(): number | null {
    try {
      return Number(readFileSync(this.#codeFile, "utf8"));
    } catch {
      return null;
    }
  }
}

const mainFile = join(repositoryDir, "dist/src/main.js");

/** Objects of a file of JSON lines; a half-written last line is left out. */
function jsonLines(file: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return line.startsWith("{") ? [JSON.parse(line) as Readonly<Record<string, unknown>>] : [];
      } catch {
        return [];
      }
    });
}

let built = false;

/** The lab runs what users run: the built program, made again when a source is newer. */
function ensureBuilt(): void {
  if (built) return;
  const sources = readdirSync(join(repositoryDir, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(repositoryDir, "src", name)).mtimeMs)
    .reduce((a, b) => Math.max(a, b), 0);
  const made = statSync(mainFile, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources > made) {
    const build = spawnSync("npm", ["run", "-s", "build"], { cwd: repositoryDir, encoding: "utf8" });
    if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
    const now = new Date();
    utimesSync(mainFile, now, now);
  }
  built = true;
}
