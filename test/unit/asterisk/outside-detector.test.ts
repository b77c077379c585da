/** The word of a program that is none of ours: taken when it is whole, in time and its own; else nobody has said anything. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { OutsideListener, readAnswer } from "../../../src/asterisk/outside-detector.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";

const IT = { name: "acme", version: "1.2" };
const CALL = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
const GOOD = { verdict: "machine", detector: "acme", version: "1.2", cause: "beep" };

describe("its line", () => {
  test("with its name, its version and one of the four words is an answer", () => {
    for (const verdict of ["person", "machine", "unsure", "screening"]) {
      expect(readAnswer(JSON.stringify({ ...GOOD, verdict }), IT)).toEqual({ ok: true, verdict, cause: "beep" });
    }
    const { cause: _cause, ...silent } = GOOD;
    expect(readAnswer(JSON.stringify(silent), IT)).toMatchObject({ ok: true, cause: "none" });
  });

  test.each([
    ["is no JSON", "machine", "no JSON"],
    ["is no object", "null", "no object"],
    ["is a list", "[1]", "another detector"],
    ["has another name", JSON.stringify({ ...GOOD, detector: "other" }), "another detector"],
    ["has another version", JSON.stringify({ ...GOOD, version: "1.3" }), "another detector"],
    ["has another word", JSON.stringify({ ...GOOD, verdict: "MACHINE" }), "none of its four"],
    ["has a cause that is no text", JSON.stringify({ ...GOOD, cause: 4 }), "no text"],
  ])("that %s is none", (_what, line, says) => {
    const answer = readAnswer(line, IT);
    expect(answer.ok ? "" : answer.detail).toContain(says);
  });

  test("cannot bring control characters or a novel into a row", () => {
    const answer = readAnswer(JSON.stringify({ ...GOOD, cause: `\u001b[2J${"x".repeat(500)}` }), IT);
    expect(answer.ok ? answer.cause : "").toMatch(/^ \[2Jx{60}$/);
  });
});

describe("one call", () => {
  let server: Server | null = null;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    server = null;
  });

  async function detector(behave: (socket: Socket, heard: Buffer) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      let heard = Buffer.alloc(0);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        heard = Buffer.concat([heard, data]);
        behave(socket, heard);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  test("is told what follows, gets the sound as it was, and its answer is taken", async () => {
    let greeting = "";
    const address = await detector((socket, heard) => {
      const until = heard.indexOf(10);
      if (until < 0 || heard.length < until + 1 + 640) return;
      greeting = heard.subarray(0, until).toString();
      const [first, last] = [heard.readInt16LE(until + 1), heard.readInt16LE(until + 1 + 638)];
      socket.write(`${JSON.stringify({ ...GOOD, cause: `${String(first)} to ${String(last)}` })}\n`);
    });
    const listener = new OutsideListener({ ...IT, address }, CALL, 5_000);
    listener.frame(new Int16Array(160).fill(-7));
    listener.frame(new Int16Array(160).fill(1_234));
    expect(await listener.answer).toEqual({ ok: true, verdict: "machine", cause: "-7 to 1234" });
    expect(JSON.parse(greeting)).toEqual({
      ...{ fairdial: 1, call: CALL, rate: 8_000, encoding: "s16le", answerWithinMs: 5_000 },
    });
  });

  test.each<readonly [string, (socket: Socket) => void, string]>([
    ["says nothing", () => undefined, "in time"],
    ["hangs up", (socket) => socket.end(), "hung up"],
    ["breaks off", (socket) => socket.resetAndDestroy(), "broke off"],
    ["talks without end", (socket) => socket.write("x".repeat(5_000)), "more than a line"],
    ["says half a line", (socket) => socket.write('{"verdict":'), "in time"],
  ])("on which it %s is in doubt, within the time for it", async (_what, behave, says) => {
    const address = await detector(behave);
    const since = Date.now();
    const answer = await new OutsideListener({ ...IT, address }, CALL, 400).answer;
    expect(answer.ok ? "" : answer.detail).toContain(says);
    expect(Date.now() - since).toBeLessThan(2_000);
  });

  test("that nobody can be asked about is in doubt at once", async () => {
    const answer = await new OutsideListener({ ...IT, address: "/nowhere/at/all.sock" }, CALL, 5_000).answer;
    expect(answer).toMatchObject({ ok: false });
  });

  test("that ends while it is asked is waited for no longer", async () => {
    const address = await detector(() => undefined);
    const listener = new OutsideListener({ ...IT, address }, CALL, 5_000);
    listener.end("nobody waits for it any more");
    expect(await listener.answer).toMatchObject({ ok: false, detail: "nobody waits for it any more" });
  });
});
