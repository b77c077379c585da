// Hearing from Asterisk and staying connected to it, against a server that misbehaves on purpose. Each test is about
// one guard and fails without it; src/asterisk/README.md lists them.
import { afterEach, describe, expect, test } from "@jest/globals";
import { connected, everythingIn, failureOf, portFor, releaseAll, serve, types } from "../support/pretend-ari/bench.ts";
import { pause, until } from "../support/pretend-ari/connected.ts";

afterEach(releaseAll);

describe("events", () => {
  test("arrive stamped and whole, also before the answer to the request that caused them", async () => {
    const { port, server, events } = await connected();
    server.fault("POST", /create/, { kind: "slow", ms: 150 });
    const creating = port.createChannel({ channelId: "c-1", endpoint: "Local/1" });
    server.emit("ChannelDestroyed", { cause: 1, channel: { id: "c-1" } });
    await until("the event is there", () => events.length > 0);
    expect(events[0]).toMatchObject({ type: "ChannelDestroyed", body: { cause: 1, channel: { id: "c-1" } } });
    expect(Math.abs((events[0]?.receivedAt ?? 0) - Date.now())).toBeLessThan(1_000);
    await creating;
  });

  test("unknown types, repeats, bad JSON, non-objects and throwing listeners are survived and counted", async () => {
    const { port, server, events } = await connected();
    let threw = 0;
    port.onEvent(() => {
      threw += 1;
      throw new Error("a listener of ours is broken");
    });
    for (const frame of ["{", "null", "[1]", '"text"', "{}", '{"type":7}', ""]) server.emitRaw(frame);
    server.emit("TypeOfTheYear2031");
    server.emit("StasisStart", { channel: { id: "c-1" } });
    server.emit("StasisStart", { channel: { id: "c-1" } });
    await until("all events are there", () => events.length === 3);
    expect(threw).toBe(3);
    expect(port.health().events).toEqual({
      byType: { TypeOfTheYear2031: 1, StasisStart: 2 },
      malformed: 7,
      ignored: 0,
      listenerFailures: 3,
    });
  });
});

describe("staying connected", () => {
  test("a cut socket reopens, is announced, and gets the event filter again", async () => {
    const watched = await connected({ eventsNotWanted: ["ChannelVarset"] });
    const { server, events, port } = watched;
    server.dropSockets();
    await until("it is up again", () => types(watched).join() === "up,down,up");
    expect(watched.changes[2]).toMatchObject({ first: false });
    const filters = server.seen("PUT", /eventFilter/);
    expect(filters.map(({ body }) => body)).toEqual([
      { disallowed: [{ type: "ChannelVarset" }] },
      { disallowed: [{ type: "ChannelVarset" }] },
    ]);
    server.emit("StasisStart");
    await until("events flow", () => events.length === 1);
    expect(port.health()).toMatchObject({ connected: true, opens: 2 });
  });

  test("a filter that is refused costs nothing but bandwidth", async () => {
    const server = await serve();
    server.fault("PUT", /eventFilter/, { kind: "status", status: 500 }, 9);
    const watched = portFor(server);
    await watched.port.connect();
    expect(types(watched)).toEqual(["up"]);
    expect(watched.lines).toContainEqual(
      expect.objectContaining({ level: "warn", message: expect.stringMatching(/filter/) }),
    );
  });

  test("a half-open socket is noticed by its missing pongs", async () => {
    const watched = await connected({ pingIntervalMs: 150 });
    await pause(500);
    expect(types(watched)).toEqual(["up"]);
    watched.server.freezeSockets();
    const frozenAt = Date.now();
    await until("the loss is noticed", () => types(watched).includes("down"));
    expect(Date.now() - frozenAt).toBeLessThan(150 * 3);
    await until("it is up again", () => types(watched).join() === "up,down,up");
  });

  test("a server that accepts the reconnect and never completes it does not hold us for ever", async () => {
    const watched = await connected();
    watched.server.upgradeFault = "hang";
    watched.server.dropSockets();
    await until("a reconnect hangs", () => watched.server.upgrades >= 2);
    watched.server.upgradeFault = "none";
    await until("it is up again", () => types(watched).join() === "up,down,up");
  });

  test("a server away for longer than the library's patience is found again", async () => {
    const watched = await connected({ reconnectMaxMs: 25 });
    await watched.server.stop();
    await until(
      "it was tried more often than the library would by itself",
      () => watched.lines.filter(({ message }) => /not open yet/.test(message)).length > 12,
    );
    await watched.server.start();
    await until("it is up again", () => types(watched).join() === "up,down,up");
    watched.server.emit("StasisStart");
    await until("events flow", () => watched.events.length === 1);
    // One loop, not two: nothing opens a second socket behind the first.
    await pause(400);
    expect(watched.server.sockets.size).toBe(1);
    expect(types(watched)).toEqual(["up", "down", "up"]);
  });

  test("a server that is back is found within two seconds, however long it was away", async () => {
    const watched = await connected({ reconnectMaxMs: 2_000 });
    await watched.server.stop();
    // By now the library alone would wait for more than three seconds.
    await pause(7_000);
    const backAt = performance.now();
    await watched.server.start();
    await until("it is up again", () => types(watched).join() === "up,down,up", 5_000);
    // Two seconds in the mean, three at most, of which something has gone by; and a moment for a slow machine.
    expect(performance.now() - backAt).toBeLessThan(3_500);
  }, 20_000);

  test("closing during back-off leaves no zombie behind", async () => {
    const watched = await connected({ reconnectMaxMs: 300 });
    await watched.server.stop();
    await until("it is down", () => types(watched).includes("down"));
    await watched.port.close();
    await watched.server.start();
    await pause(800);
    expect(watched.server.sockets.size).toBe(0);
    watched.server.emit("StasisStart");
    expect(types(watched)).toEqual(["up", "down"]);
  });

  test("closing during start is the end of it", async () => {
    const server = await serve();
    server.fault("PUT", /eventFilter/, { kind: "slow", ms: 200 });
    const watched = portFor(server);
    const connecting = failureOf(watched.port.connect());
    await until("the socket is open", () => server.sockets.size === 1);
    await watched.port.close();
    expect(await connecting).toMatchObject({ code: "ARI_CLOSED" });
    await until("the socket is closed", () => server.sockets.size === 0);
    expect(types(watched)).toEqual([]);
  });

  test("another process takes the application: said once, and not taken back", async () => {
    const watched = await connected();
    watched.server.emit("ApplicationReplaced", { application: "fairdial" });
    await until("it is said", () => types(watched).includes("replaced"));
    await until("our socket is closed", () => watched.server.sockets.size === 0);
    await pause(500);
    expect(types(watched)).toEqual(["up", "replaced"]);
    expect(watched.server.upgrades).toBe(1);
    // Requests still work, so that calls can be ended decently.
    await expect(watched.port.channels()).resolves.toEqual([]);
  });

  test("nothing that is logged or reported holds the password", async () => {
    const watched = await connected();
    watched.server.upgradeFault = "refuse";
    watched.server.dropSockets();
    await until("reconnects fail", () => watched.server.upgrades > 3);
    await watched.server.stop();
    await failureOf(watched.port.channels());
    const text = everythingIn(watched.lines) + everythingIn(watched.changes);
    expect(text).not.toContain(watched.server.password);
    expect(text).not.toContain(encodeURIComponent(watched.server.password));
  });
});
