// Connecting to Asterisk and asking it things, against a server that misbehaves on purpose. Each test is about one
// guard and fails without it; src/asterisk/README.md lists them.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isOutcomeUnknown, isPassing, isUnauthorised, isUnsent } from "../../src/asterisk/ari-error.ts";
import {
  connected,
  everythingIn,
  failureOf,
  listen,
  portFor,
  released,
  releaseAll,
  serve,
} from "../support/pretend-ari/bench.ts";
import { cert, key } from "../support/pretend-ari/certificate.ts";
import { pause, portTo } from "../support/pretend-ari/connected.ts";

afterEach(releaseAll);

describe("connecting", () => {
  test("tells the version, prints nothing and announces itself once", async () => {
    const printed = jest.spyOn(console, "log").mockImplementation(() => undefined);
    const { port, changes } = await connected();
    await expect(port.connect()).resolves.toMatchObject({ version: "22.10.1", entityId: "02:00:00:00:00:01" });
    expect(changes).toMatchObject([{ type: "up", first: true }]);
    expect(port.health()).toMatchObject({ connected: true, opens: 1 });
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  test("callers at the same time share one connection", async () => {
    const server = await serve();
    const { port } = portFor(server);
    const [one, two] = await Promise.all([port.connect(), port.connect()]);
    expect(one).toBe(two);
    expect(server.upgrades).toBe(1);
  });

  test("nobody there: said so, and worth waiting for", async () => {
    const server = await serve();
    await server.stop();
    const error = await failureOf(portFor(server).port.connect());
    expect(error).toMatchObject({ code: "ARI_UNREACHABLE", status: 0 });
    expect(isUnsent(error) && isPassing(error)).toBe(true);
    expect(String(error)).toMatch(/is Asterisk running/);
  });

  test("wrong password: said so, not worth waiting for, and not in the error", async () => {
    const server = await serve();
    const error = await failureOf(
      portFor({ url: server.url, user: server.user, password: "wrong-pass" }).port.connect(),
    );
    expect(isUnauthorised(error)).toBe(true);
    expect(isPassing(error)).toBe(false);
    expect(everythingIn(error)).not.toContain("wrong-pass");
    expect(everythingIn(error)).not.toContain(Buffer.from(`${server.user}:wrong-pass`).toString("base64"));
  });

  test("accepts and never answers: given up in time", async () => {
    const mute = await listen(() => undefined);
    const error = await failureOf(
      portFor({ url: mute, user: "u", password: "p" }, { requestTimeoutMs: 300 }).port.connect(),
    );
    expect(error).toMatchObject({ code: "ARI_TIMEOUT" });
  });

  test.each([
    ["a web server without ARI", "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"],
    ["a web page", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<html>hi!"],
    ["another JSON service", 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"ok":true}'],
    ["not HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n"],
  ])("%s is not Asterisk", async (_, answer) => {
    const url = await listen((socket) => socket.on("data", () => socket.write(answer)));
    const error = await failureOf(portFor({ url, user: "u", password: "p" }).port.connect());
    expect(error).toMatchObject({ code: "ARI_NOT_ASTERISK" });
  });

  test("api-docs that are refused, broken, hanging or lead elsewhere: a typed error each, and the next try works", async () => {
    const server = await serve();
    const { port } = portFor(server, { requestTimeoutMs: 500, connectTimeoutMs: 1_500 });
    server.fault("GET", /api-docs\/channels/, { kind: "status", status: 500, body: "" });
    expect(await failureOf(port.connect())).toMatchObject({
      name: "AriError",
      message: expect.stringMatching(/channels.*500/),
    });
    server.fault("GET", /api-docs\/resources/, { kind: "status", status: 200, body: "<html>" }, 2);
    expect(await failureOf(port.connect())).toMatchObject({ name: "AriError" });
    server.fault("GET", /api-docs\/resources/, { kind: "hang" }, 2);
    expect(await failureOf(port.connect())).toMatchObject({ code: "ARI_TIMEOUT" });
    server.healed();
    await expect(port.connect()).resolves.toMatchObject({ version: "22.10.1" });

    const rewritten = await serve({ hostInDocs: "pbx.example.com:8088" });
    expect(await failureOf(portFor(rewritten).port.connect())).toMatchObject({
      message: expect.stringMatching(/pbx\.example\.com/),
    });
  }, 30_000);

  test("an Asterisk without an operation we need is refused by name", async () => {
    const server = await serve({ missingOperations: ["channels.dial"] });
    expect(await failureOf(portFor(server).port.connect())).toMatchObject({
      code: "ARI_UNSUPPORTED",
      message: expect.stringMatching(/channels\.dial/),
    });
  });

  test("requests work and the event socket does not: said so", async () => {
    const server = await serve();
    server.upgradeFault = "refuse";
    const { port } = portFor(server, { connectTimeoutMs: 500 });
    const error = await failureOf(port.connect());
    expect(error).toMatchObject({ code: "ARI_NO_EVENTS", message: expect.stringMatching(/401/) });
    expect(everythingIn(error)).not.toContain(encodeURIComponent(server.password));
  });

  test.each([
    ["http://127.0.0.1:8088/asterisk", /prefix/],
    ["http://user:pass@127.0.0.1:8088", /do not belong/],
    ["ftp://127.0.0.1", /http/],
    ["127.0.0.1", /not a URL/],
  ])("the address %s is refused with a reason", (url, reason) => {
    expect(() => portTo({ url, user: "u", password: "p" })).toThrow(reason);
    expect(() => portTo({ url, user: "u", password: "p" })).not.toThrow(/pass@/);
  });

  test("an application name that would change the socket's address is refused", () => {
    expect(() => portTo({ url: "http://127.0.0.1:1", user: "u", password: "p" }, { application: "a&b" })).toThrow(
      /letters/,
    );
  });

  test("TLS: a certificate that is not trusted is named; one that is trusted serves requests and events", async () => {
    const server = await serve({ tls: { key, cert }, user: "u", password: "p" });
    const error = await failureOf(portFor(server).port.connect());
    expect(error).toMatchObject({ code: "ARI_TLS", message: expect.stringMatching(/NODE_EXTRA_CA_CERTS/) });
    expect(isPassing(error)).toBe(false);

    const folder = mkdtempSync(join(tmpdir(), "fairdial-tls-"));
    released(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "ca.pem"), cert);
    const script = join(import.meta.dirname, "../support/pretend-ari/over-tls.ts");
    const running = promisify(execFile)(process.execPath, ["--import", "tsx", script, server.url, "u", "p"], {
      env: { ...process.env, NODE_OPTIONS: "", NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
    });
    const speaking = setInterval(() => server.emit("Hello"), 50);
    released(() => {
      clearInterval(speaking);
    });
    expect(JSON.parse((await running).stdout)).toEqual({ version: "22.10.1", channels: 0, event: "Hello" });
  }, 15_000);

  test("two Asterisks with different credentials work side by side", async () => {
    const one = await connected();
    const two = await connected({}, { user: "other", password: "another" });
    await one.port.createChannel({ channelId: "c-1", endpoint: "Local/1" });
    await two.port.createChannel({ channelId: "c-2", endpoint: "Local/2" });
    expect([...one.server.channels.keys()]).toEqual(["c-1"]);
    expect([...two.server.channels.keys()]).toEqual(["c-2"]);
  });
});

describe("requests", () => {
  test("404, 409 and 500 keep status, code and text", async () => {
    const { port, server } = await connected();
    expect(await failureOf(port.answer("nobody"))).toMatchObject({
      code: "ARI_NOT_FOUND",
      status: 404,
      body: expect.stringMatching(/not found/),
    });
    await port.createChannel({ channelId: "c-1", endpoint: "PJSIP/1" });
    expect(await failureOf(port.createChannel({ channelId: "c-1", endpoint: "PJSIP/1" }))).toMatchObject({
      code: "ARI_CONFLICT",
      status: 409,
    });
    server.fault("POST", /create/, { kind: "status", status: 500, body: '{"error":"Allocation failed"}' });
    expect(await failureOf(port.createChannel({ channelId: "c-2", endpoint: "PJSIP/2" }))).toMatchObject({
      code: "ARI_SERVER_ERROR",
      message: "POST /ari/channels/create: 500 Allocation failed",
    });
  });

  test("the number dialled is in no error", async () => {
    const { port, server } = await connected();
    for (const fault of [{ kind: "reset" }, { kind: "status", status: 500 }] as const) {
      server.fault("POST", /create/, fault);
      const error = await failureOf(port.createChannel({ channelId: "c", endpoint: "PJSIP/447700900123@trunk" }));
      expect(everythingIn(error)).not.toContain("447700900123");
    }
  });

  test("reset, hang and a dead server all settle, as failures that say what may have happened", async () => {
    const { port, server } = await connected({ requestTimeoutMs: 400 });
    server.fault("POST", /answer/, { kind: "reset" });
    const reset = await failureOf(port.answer("c"));
    expect(reset).toMatchObject({ code: "ARI_RESET", status: 0 });
    expect(isOutcomeUnknown(reset)).toBe(true);
    server.fault("POST", /answer/, { kind: "hang" });
    expect(await failureOf(port.answer("c"))).toMatchObject({ code: "ARI_TIMEOUT" });
    await server.stop();
    expect(await failureOf(port.answer("c"))).toMatchObject({ code: "ARI_UNREACHABLE" });
  });

  test("a create whose answer was lost is not repeated; a hang-up is, and 'gone' is as good as done", async () => {
    const { port, server } = await connected();
    server.fault("POST", /create/, { kind: "answer-lost" });
    expect(isOutcomeUnknown(await failureOf(port.createChannel({ channelId: "c-1", endpoint: "PJSIP/1" })))).toBe(true);
    expect(server.seen("POST", /create/)).toHaveLength(1);
    expect([...server.channels.keys()]).toEqual(["c-1"]);
    server.fault("DELETE", /c-1/, { kind: "answer-lost" });
    await expect(port.hangup("c-1", 17)).resolves.toBe("gone");
    expect(server.seen("DELETE", /c-1/)).toHaveLength(2);
  });

  test("variables, lists and absent things arrive as they should", async () => {
    const { port, server } = await connected();
    const made = await port.createChannel({
      channelId: "c-1",
      endpoint: "PJSIP/1",
      variables: { "TALK_DETECT(set)": "600,256" },
    });
    expect(made).toMatchObject({ id: "c-1", state: "Down", protocolId: "call-id-of-c-1" });
    expect(server.seen("POST", /create/)[0]?.body).toEqual({ variables: { "TALK_DETECT(set)": "600,256" } });
    await expect(port.variable("c-1", "TALK_DETECT(set)")).resolves.toBe("600,256");
    await expect(port.variable("c-1", "NOTHING")).resolves.toBe("");
    await expect(port.channel("nobody")).resolves.toBeNull();
    await port.createBridge("b-1", { type: "mixing", name: "n" });
    await port.addToBridge("b-1", ["c-1"]);
    await expect(port.bridges()).resolves.toMatchObject([{ id: "b-1", channelIds: ["c-1"] }]);
    await expect(port.removeFromBridge("b-1", "c-9")).resolves.toBe("gone");
    await expect(port.destroyBridge("b-9")).resolves.toBe("gone");
    await expect(port.channels()).resolves.toHaveLength(1);
  });

  test("a burst far above sessionlimit is queued, not lost", async () => {
    const { port, server } = await connected({ requestTimeoutMs: 10_000 }, { sessionLimit: 40 });
    const burst = Array.from({ length: 400 }, (_, i) =>
      port.createChannel({ channelId: `c-${String(i)}`, endpoint: "Local/1" }),
    );
    await expect(Promise.all(burst)).resolves.toHaveLength(400);
    expect(server.peakConnections).toBeLessThanOrEqual(40);
    expect(port.health().requests.p95Ms).toBeGreaterThan(0);
  });

  test("waiting for a free connection counts: a queue behind a hanging request is given up as a whole", async () => {
    const { port, server } = await connected({ connectionsMax: 1, requestTimeoutMs: 500 });
    server.fault("POST", /answer/, { kind: "hang" }, 9);
    const startedAt = Date.now();
    const queue = await Promise.all(Array.from({ length: 5 }, () => failureOf(port.answer("c"))));
    expect(Date.now() - startedAt).toBeLessThan(1_500);
    expect(queue).toEqual(Array.from({ length: 5 }, () => expect.objectContaining({ code: "ARI_TIMEOUT" })));
  });

  test("before connect() and after close() a request fails by name", async () => {
    const server = await serve();
    const { port } = portFor(server);
    expect(await failureOf(port.answer("c"))).toMatchObject({ code: "ARI_MISUSE" });
    await port.connect();
    server.fault("GET", /channels/, { kind: "hang" });
    const inFlight = failureOf(port.channels());
    await pause(50);
    await port.close();
    expect(await inFlight).toMatchObject({ code: "ARI_CLOSED" });
    expect(await failureOf(port.answer("c"))).toMatchObject({ code: "ARI_CLOSED" });
    expect(await failureOf(port.connect())).toMatchObject({ code: "ARI_CLOSED" });
    await port.close();
  });
});
