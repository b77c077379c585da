// One server process of the lab: started in its own group, killed by the kernel when the lab dies, and waited for.

import { spawn, type ChildProcess } from "node:child_process";
import { openSync, closeSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { noteProcess, onExit } from "./release.ts";

const PAUSE_WAIT_MS = 1_000;

export type ChildOptions = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The run folder that the process belongs to. */
  readonly folder: string;
  /** Where its output goes. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** A running server process. */
export class Child {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  #gone = false;

  constructor(options: ChildOptions) {
    this.#options = options;
    const log = openSync(options.logFile, "a");
    // setpriv asks the kernel to kill the server when we die, even by SIGKILL. The group of its own keeps Ctrl-C in a
    // terminal from reaching it before the lab has had its say.
    this.#process = spawn("setpriv", ["--pdeathsig", "KILL", "--", options.command, ...options.args], {
      stdio: ["ignore", log, log],
      detached: true,
      env: { ...process.env, ...options.env },
      cwd: options.cwd ?? "/",
    });
    closeSync(log);
    if (this.#process.pid === undefined) throw new Error(`could not start ${options.name} (${options.command})`);
    this.pid = this.#process.pid;
    noteProcess(options.folder, this.pid);
    const forget = onExit(() => {
      this.signal("SIGKILL");
    });
    this.exited = new Promise((resolve) => {
      this.#process.once("exit", () => {
        this.#gone = true;
        forget();
        resolve();
      });
    });
    // The lab must not keep a test runner or a demo alive by itself.
    this.#process.unref();
  }

  get isRunning(): boolean {
    return !this.#gone;
  }

  /** Sends a signal to the whole group. */
  signal(signal: NodeJS.Signals): void {
    if (this.#gone) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Gone in between.
    }
  }

  /** Stops the server where it stands; returns when each of its threads has stopped, which the signal does not wait for. */
  pause(): void {
    this.signal("SIGSTOP");
    const until = Date.now() + PAUSE_WAIT_MS;
    while (!this.#gone && !this.#isPaused() && Date.now() < until);
  }

  resume(): void {
    this.signal("SIGCONT");
  }

  #isPaused(): boolean {
    const threads = `/proc/${String(this.pid)}/task`;
    try {
      return readdirSync(threads).every((id) => /^State:\s*T/m.test(readFileSync(`${threads}/${id}/status`, "utf8")));
    } catch {
      // A thread that ended in between: looked at again.
      return false;
    }
  }

  /** Asks politely, then kills; resolves when the process is gone. */
  async stop(politely: NodeJS.Signals = "SIGTERM", patienceMs = 5000): Promise<void> {
    if (this.#gone) return;
    // unref() let go of the process; a timer holds the loop open until it is gone.
    const hold = setInterval(() => undefined, 1000);
    try {
      this.signal("SIGCONT");
      this.signal(politely);
      await Promise.race([this.exited, sleep(patienceMs, undefined, { ref: false })]);
      this.signal("SIGKILL");
      await this.exited;
    } finally {
      clearInterval(hold);
    }
  }

  /** Waits until `isReady` says yes; fails with the end of the log when the process dies or the time is up. */
  async waitUntil(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      if (this.#gone) throw new Error(`${this.#options.name} ended while starting:\n${this.#lastWords()}`);
      if (await isReady()) return;
      if (Date.now() > until) {
        throw new Error(`${this.#options.name} was not ready after ${String(timeoutMs)} ms:\n${this.#lastWords()}`);
      }
      await sleep(50);
    }
  }

  #lastWords(): string {
    try {
      return readFileSync(this.#options.logFile, "utf8").slice(-2000);
    } catch {
      return "(no output)";
    }
  }
}
