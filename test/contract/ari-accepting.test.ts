// Asterisk opens the event socket to us. Each test is about one guard of `socket-acceptor` and fails without it.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import type { AriClientOptions } from "../../src/asterisk/ari-client-port.ts";
import { everythingIn, failureOf, portFor, releaseAll, serve } from "../support/pretend-ari/bench.ts";
import { pause, portTo, until, type Watched } from "../support/pretend-ari/connected.ts";
import type { PretendAri } from "../support/pretend-ari/pretend-ari.ts";

const USER = "asterisk";
const PASSWORD = "s3cret-events";
const REGISTERED = JSON.stringify({ type: "ApplicationRegistered", application: "fairdial" });
const opened: WebSocket[] = [];
const made: Watched[] = [];
let server: PretendAri;
let port: number;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(free);
      });
    });
  });

beforeEach(async () => {
  server = await serve();
  port = await freePort();
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.terminate();
  for (const { port: each } of made.splice(0)) await each.close();
  await releaseAll();
});

const accepting = (options: Partial<AriClientOptions> = {}): Watched => {
  const acceptsEvents = { host: "127.0.0.1", port, user: USER, password: PASSWORD };
  const watched = portTo(server, { acceptsEvents, ...options });
  made.push(watched);
  return watched;
};

/** As Asterisk does it: the protocol is "ari", and it names itself in the first request. */
const openAs = (user: string, password: string, autoPong = true): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/`, ["ari"], { auth: `${user}:${password}`, autoPong });
    opened.push(socket);
    socket.once("open", () => {
      resolve(socket);
    });
    socket.once("error", reject);
  });

/** Asterisk tries again and again; what it has kept it sends first, and then that it is registered. */
const openSoon = async (autoPong = true, kept: readonly string[] = []): Promise<WebSocket> => {
  for (;;) {
    try {
      const socket = await openAs(USER, PASSWORD, autoPong);
      for (const frame of [...kept, REGISTERED]) socket.send(frame);
      return socket;
    } catch {
      await pause(20);
    }
  }
};

const connectedTo = async (
  options: Partial<AriClientOptions> = {},
): Promise<{ watched: Watched; socket: WebSocket }> => {
  const watched = accepting(options);
  const [, socket] = await Promise.all([watched.port.connect(), openSoon()]);
  return { watched, socket };
};

const event = (number: number): string => JSON.stringify({ type: "StasisStart", application: "fairdial", number });
const numbers = ({ events }: Watched): unknown[] =>
  events.filter(({ type }) => type === "StasisStart").map(({ body }) => body["number"]);

test("requests go to Asterisk, events come from the socket that it opened, and we open none", async () => {
  const { watched, socket } = await connectedTo();
  expect(socket.protocol).toBe("ari");
  expect(server.upgrades).toBe(0);
  await expect(watched.port.channels()).resolves.toEqual([]);
  socket.send(event(1));
  await until("the event is there", () => numbers(watched).length === 1);
  expect(watched.changes).toMatchObject([{ type: "up", first: true }]);
  expect(watched.port.health()).toMatchObject({ connected: true, opens: 1 });
});

test("what Asterisk kept comes in order, marked, before it is told that the connection is up", async () => {
  const watched = accepting();
  const seen: string[] = [];
  watched.port.onEvent(({ body, isKept }) =>
    seen.push(`${typeof body["number"] === "number" ? String(body["number"]) : "registered"} ${String(isKept)}`),
  );
  watched.port.onConnection(({ type }) => seen.push(type));
  const kept = Array.from({ length: 200 }, (_, index) => event(index + 1));
  const [, socket] = await Promise.all([watched.port.connect(), openSoon(true, kept)]);
  socket.send(event(201));
  await until("all are there", () => numbers(watched).length === 201);
  expect(seen[0]).toBe("registered false");
  expect(seen.slice(1, 201)).toEqual(kept.map((_, index) => `${String(index + 1)} true`));
  expect(seen.slice(201)).toEqual(["up", "201 false"]);
});

test("an Asterisk that never says that it is registered is believed after a while", async () => {
  const watched = accepting();
  const connecting = watched.port.connect();
  let socket: WebSocket | null = null;
  await until("it is let in", () => {
    if (socket === null) {
      openAs(USER, PASSWORD).then(
        (open) => (socket = open),
        () => undefined,
      );
    }
    return socket !== null;
  });
  (socket as unknown as WebSocket).send(event(1));
  await connecting;
  expect(numbers(watched)).toEqual([1]);
});

test("what was kept is told although the socket is cut before all of it has come", async () => {
  const watched = accepting();
  const connecting = watched.port.connect();
  for (;;) {
    try {
      const first = await openAs(USER, PASSWORD);
      first.send(event(1));
      first.close();
      break;
    } catch {
      await pause(20);
    }
  }
  await Promise.all([connecting, openSoon(true, [event(2)])]);
  await until("both are there", () => numbers(watched).length === 2);
  expect(numbers(watched)).toEqual([1, 2]);
});

test("a cut is told, and so is the return", async () => {
  const { watched, socket } = await connectedTo();
  socket.terminate();
  await until("it is down", () => watched.changes.at(-1)?.type === "down");
  const again = await openSoon();
  await until("it is up", () => watched.changes.at(-1)?.type === "up");
  again.send(event(7));
  await until("events flow", () => numbers(watched).includes(7));
  expect(watched.changes.map(({ type }) => type)).toEqual(["up", "down", "up"]);
});

test("a second socket is Asterisk come back; what the first still says is counted and not believed", async () => {
  const { watched, socket } = await connectedTo();
  const again = await openSoon();
  await until("it is up again", () => watched.changes.length === 3);
  await until("the first is closed", () => socket.readyState === WebSocket.CLOSED);
  again.send(event(2));
  await until("events flow", () => numbers(watched).includes(2));
  expect(watched.changes.map(({ type }) => type)).toEqual(["up", "down", "up"]);
});

test.each([
  ["another password", USER, "wrong-pass"],
  ["another user", "root", PASSWORD],
  ["the user alone", USER, ""],
])("%s: nobody is let in, the one who is there stays, and no secret is told", async (_, user, password) => {
  const { watched } = await connectedTo();
  await expect(openAs(user, password)).rejects.toThrow(/401/);
  await pause(50);
  expect(watched.port.health()).toMatchObject({ connected: true, opens: 1 });
  const told = JSON.stringify(watched.lines);
  expect(told).toContain("user or password is wrong");
  for (const secret of [PASSWORD, "wrong-pass", Buffer.from(`${user}:${password}`).toString("base64")]) {
    expect(told).not.toContain(secret);
  }
});

test("a socket that answers no pings is given up", async () => {
  const watched = accepting({ pingIntervalMs: 100 });
  await Promise.all([watched.port.connect(), openSoon(false)]);
  await until("it is down", () => watched.changes.at(-1)?.type === "down");
  expect(watched.changes.at(-1)).toMatchObject({ reason: "the event socket stopped answering pings" });
});

test("nobody comes: connecting fails and says why; it may be tried again", async () => {
  const watched = accepting({ connectTimeoutMs: 300 });
  const error = await failureOf(watched.port.connect());
  expect(error).toMatchObject({ code: "ARI_NO_EVENTS" });
  expect(everythingIn(error)).toContain("has not opened its event socket to us");
  expect(everythingIn(error)).not.toContain(PASSWORD);
  const [identity] = await Promise.all([watched.port.connect(), openSoon()]);
  expect(identity.version).toBe("22.10.1");
});

test("an address that is taken is told, and listened on as soon as it is free", async () => {
  const taken = createServer().listen(port, "127.0.0.1");
  const watched = accepting({ connectTimeoutMs: 4_000 });
  const connecting = watched.port.connect();
  await until("it is told", () => JSON.stringify(watched.lines).includes("EADDRINUSE"));
  taken.close();
  await Promise.all([connecting, openSoon()]);
  expect(watched.port.health().connected).toBe(true);
});

test("after close nobody is let in, and who was there is cut off", async () => {
  const { watched, socket } = await connectedTo();
  await watched.port.close();
  await until("the socket is closed", () => socket.readyState === WebSocket.CLOSED);
  await expect(openAs(USER, PASSWORD)).rejects.toThrow();
});

test("a request that is no socket is answered in words, and a port without acceptsEvents opens its own", async () => {
  await connectedTo();
  const answer = await fetch(`http://127.0.0.1:${String(port)}/`);
  expect([answer.status, await answer.text()]).toEqual([426, "This is for Asterisk's event socket.\n"]);
  const usual = portFor(server);
  await usual.port.connect();
  expect(server.upgrades).toBe(1);
});
