// A pretend server and ports to it, released after each test, and ways to look at failures.
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { AriClientOptions } from "../../../src/asterisk/ari-client-port.ts";
import { portTo } from "./connected.ts";
import type { Watched } from "./connected.ts";
import { PretendAri } from "./pretend-ari.ts";
import type { PretendAriOptions } from "./pretend-ari.ts";

const releasers: (() => unknown)[] = [];

/** Undone, latest first, by releaseAll(). */
export function released(release: () => unknown): void {
  releasers.push(release);
}

export async function releaseAll(): Promise<void> {
  for (const release of releasers.splice(0).reverse()) await release();
}

export async function serve(options: PretendAriOptions = {}): Promise<PretendAri> {
  const server = await PretendAri.started(options);
  released(() => server.stop());
  return server;
}

export function portFor(
  server: Pick<PretendAri, "url" | "user" | "password">,
  options: Partial<AriClientOptions> = {},
): Watched {
  const watched = portTo(server, options);
  released(() => watched.port.close());
  return watched;
}

export async function connected(
  options: Partial<AriClientOptions> = {},
  serverOptions: PretendAriOptions = {},
): Promise<Watched & { server: PretendAri }> {
  const server = await serve(serverOptions);
  const watched = portFor(server, options);
  await watched.port.connect();
  return { ...watched, server };
}

export const types = (watched: Watched): string[] => watched.changes.map(({ type }) => type);

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** Everything a log could show of it, causes included. */
export function everythingIn(value: unknown): string {
  const seen = new Set<unknown>();
  const walk = (one: unknown): string => {
    if (typeof one !== "object" || one === null) return String(one);
    if (seen.has(one)) return "";
    seen.add(one);
    return Object.getOwnPropertyNames(one)
      .map((key) => `${key}=${walk((one as Record<string, unknown>)[key])}`)
      .join(" ");
  };
  return walk(value);
}

export async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  released(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
