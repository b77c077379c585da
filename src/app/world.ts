/** What a command may touch: streams, environment, time, who is asking. Tests bring their own. */
import { userInfo } from "node:os";
import type { Instant } from "../domain/instant.ts";
import type { Database } from "../store/index.ts";
import { systemClock } from "./clock.ts";
import type { DatabaseSettings } from "./config.ts";
import { databaseOf } from "./open-store.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * How standard input is called inside: yargs loses a lone hyphen, so `cli.ts` writes this in its place. Typed by hand
 * it means the same.
 */
export const STDIN = "/dev/stdin";

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** For what was asked for, and nothing else. */
  readonly stdout: Output;
  /** For warnings, errors and progress. */
  readonly stderr: Output;
  /** Who is typing, kept with every change. */
  readonly userName: string;
  now(): Instant;
  openDatabase(settings: DatabaseSettings): Database;
}

/** Behind sudo it is the person who counts, not root. */
const whoIsTyping = (): string => {
  const sudoUser = process.env["SUDO_USER"];
  if (sudoUser !== undefined && sudoUser !== "") return sudoUser;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
};

export const systemWorld = (): World => ({
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  userName: whoIsTyping(),
  now: () => systemClock.now(),
  openDatabase: databaseOf,
});
