/**
 * The beginning and the end of a long-running process: whatever was started registers how it is let go, and is let go
 * in reverse; the first signal is a request, the second an order; a service manager is told how things stand.
 */
import { execFile } from "node:child_process";
import type { Log } from "../engine/ports.ts";

export class Releasers {
  readonly #log: Log;
  readonly #stack: { readonly name: string; readonly release: () => Promise<void> | void }[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, release: () => Promise<void> | void): void {
    this.#stack.push({ name, release });
  }

  /** Lets everything go, last come first gone. One that fails does not keep the others. */
  async unwind(): Promise<void> {
    for (let top = this.#stack.pop(); top !== undefined; top = this.#stack.pop()) {
      try {
        await top.release();
      } catch (error) {
        this.#log.warn("something could not be let go cleanly", { what: top.name, error });
      }
    }
  }
}

/** Resolves at the first signal, and tells of the second. */
export function signals(log: Log): { readonly first: Promise<string>; readonly second: Promise<string>; off(): void } {
  let resolveFirst: (signal: string) => void = () => undefined;
  let resolveSecond: (signal: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => (resolveFirst = resolve));
  const second = new Promise<string>((resolve) => (resolveSecond = resolve));
  let seen = 0;
  const onSignal = (signal: string): void => {
    seen += 1;
    log.info(seen === 1 ? "asked to stop; send the signal again to force it" : "told to stop now", { signal });
    if (seen === 1) resolveFirst(signal);
    else resolveSecond(signal);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    first,
    second,
    off: () => {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
    },
  };
}

/**
 * systemd's notifications (sd_notify(3)). Node cannot open a unix datagram socket, so systemd's own small program
 * speaks for us; without a NOTIFY_SOCKET nothing is said.
 */
export class ServiceManager {
  readonly #log: Log;
  readonly #listens = process.env["NOTIFY_SOCKET"] !== undefined;
  #watchdog: NodeJS.Timeout | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  ready(): void {
    this.#say("READY=1");
  }

  stopping(): void {
    this.#say("STOPPING=1");
  }

  status(text: string): void {
    this.#say(`STATUS=${text}`);
  }

  /** Says that we are alive for as long as `alive` says so, twice in each period the manager allows. */
  watch(alive: () => boolean): void {
    const allowedUs = Number(process.env["WATCHDOG_USEC"] ?? 0);
    if (!this.#listens || !(allowedUs > 0)) return;
    this.#watchdog = setInterval(() => {
      if (alive()) this.#say("WATCHDOG=1");
    }, allowedUs / 2000);
    this.#watchdog.unref();
  }

  stop(): void {
    if (this.#watchdog !== null) clearInterval(this.#watchdog);
  }

  #say(what: string): void {
    if (!this.#listens) return;
    execFile("systemd-notify", [`--pid=${String(process.pid)}`, what], (error) => {
      if (error !== null) this.#log.debug("the service manager could not be told", { what, error });
    });
  }
}
