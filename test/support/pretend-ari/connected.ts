// Makes ports for tests: short intervals, a log that can be read afterwards, and waiting that says what it waited for.
import { createAriClientPort } from "../../../src/asterisk/ari-client-port.ts";
import type { AriClientOptions } from "../../../src/asterisk/ari-client-port.ts";
import type { AriConnectionEvent, AriEvent, AriPort, AriSurroundings } from "../../../src/asterisk/ari-port.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { PretendAri } from "./pretend-ari.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly facts: unknown;
}

export interface Watched {
  readonly port: AriPort;
  readonly events: AriEvent[];
  readonly changes: AriConnectionEvent[];
  readonly lines: LogLine[];
}

export function surroundings(lines: LogLine[]): AriSurroundings {
  const note = (level: string) => (message: string, facts?: unknown) => {
    lines.push({ level, message, facts });
  };
  return {
    clock: { now: () => instant(Date.now()) },
    random: { next: () => 0.5 },
    log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
  };
}

/** A port to the pretend server, not connected yet. */
export function portTo(
  server: Pick<PretendAri, "url" | "user" | "password">,
  options: Partial<AriClientOptions> = {},
): Watched {
  const lines: LogLine[] = [];
  const port = createAriClientPort(
    {
      url: server.url,
      user: server.user,
      password: server.password,
      application: "fairdial",
      requestTimeoutMs: 1_000,
      connectTimeoutMs: 4_000,
      pingIntervalMs: 150,
      reconnectMaxMs: 100,
      ...options,
    },
    surroundings(lines),
  );
  const events: AriEvent[] = [];
  const changes: AriConnectionEvent[] = [];
  port.onEvent((event) => events.push(event));
  port.onConnection((change) => changes.push(change));
  return { port, events, changes, lines };
}

export async function until(what: string, isTrue: () => boolean, withinMs = 4_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() > giveUpAt) throw new Error(`waited ${String(withinMs)} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
