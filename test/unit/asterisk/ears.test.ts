/** A node's ears: sound comes by AudioSocket and is told as tones; whatever fails there, nobody waits and nothing is made up. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { newToneDetector } from "../../../src/app/ears.ts";
import { FrameCutter, nameOf, SocketReader } from "../../../src/asterisk/audio-socket.ts";
import { Ears } from "../../../src/asterisk/ears.ts";
import { namesOf } from "../../../src/asterisk/names.ts";
import type { CallEvent } from "../../../src/call/call.ts";
import { nodeId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const CALL = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
const STRANGER = "0199d3a0-1111-7222-8333-555555555555";
const STAMP = { at: instant(0), asteriskAt: null };
const ANSWERED: CallEvent = { type: "answered", stamp: STAMP, sipCallId: null };
const LISTENING = { silenceMs: 40, threshold: 350, waits: true };

const message = (kind: number, body: Buffer): Buffer => {
  const header = Buffer.from([kind, 0, 0]);
  header.writeUInt16BE(body.length, 1);
  return Buffer.concat([header, body]);
};

const named = (name: string): Buffer => message(0x01, Buffer.from(name.replaceAll("-", ""), "hex"));

function sound(hertz: number, ms: number): Buffer {
  const bytes = Buffer.alloc(16 * ms);
  for (let n = 0; n < bytes.length / 2; n += 1) {
    bytes.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * n) / 8_000)), 2 * n);
  }
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 320) frames.push(message(0x10, bytes.subarray(at, at + 320)));
  return Buffer.concat(frames);
}

describe("AudioSocket", () => {
  test("messages come whole out of any pieces", () => {
    const all = Buffer.concat([named(CALL), sound(1_000, 60), message(0x00, Buffer.alloc(0))]);
    const reader = new SocketReader();
    const kinds: number[] = [];
    for (const byte of all) kinds.push(...reader.read(Buffer.from([byte])).map(({ kind }) => kind));
    expect(kinds).toEqual([0x01, 0x10, 0x10, 0x10, 0x00]);
  });

  test("frames of 20 ms come out of sound of any length", () => {
    const cutter = new FrameCutter();
    const lengths = [100, 700, 20, 140].map((bytes) => cutter.cut(Buffer.alloc(bytes, 1)).map(({ length }) => length));
    expect(lengths).toEqual([[], [160, 160], [], [160]]);
    expect(cutter.cut(Buffer.alloc(320, 1))[0]?.[0]).toBe(0x0101);
  });

  test("a name is sixteen bytes", () => {
    expect(nameOf(Buffer.from(CALL.replaceAll("-", ""), "hex"))).toBe(CALL);
    expect(nameOf(Buffer.alloc(15))).toBeNull();
  });
});

describe("ears", () => {
  const told: (readonly [string, CallEvent])[] = [];
  const asked: string[] = [];
  const warned: string[] = [];
  let ears: Ears;
  let address = "";
  const sockets: Socket[] = [];

  beforeEach(async () => {
    for (const list of [told, asked, warned]) list.length = 0;
    const ask =
      (what: string) =>
      async (id: string, name = "", value = ""): Promise<void> => {
        asked.push(`${what} ${id.replace(CALL, "CALL")}`);
        if (name === "FAIRDIAL_EAR_AT") address = value;
      };
    const say = (reason: string, facts?: unknown): void => {
      warned.push(`${reason} ${JSON.stringify(facts ?? {})}`);
    };
    ears = new Ears(
      { listen: { host: "127.0.0.1", port: 0 }, newToneDetector, outside: null },
      {
        port: {
          snoop: ask("snoop"),
          setVariable: ask("set"),
          continueInDialplan: async (id: string) => ask("continue")(id),
          hangup: async (id: string) => ask("hangup")(id).then(() => "hung-up" as const),
        },
        names: namesOf(nodeId("n")),
        clock: { now: () => instant(1_000) },
        log: { debug: say, info: say, warn: say, error: say },
        tell: (attemptId, event) => told.push([attemptId, event]),
      },
    );
    await ears.start();
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await ears.stop();
  });

  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo() && tries < 400; tries += 1) await sleep(5);
    expect(isSo()).toBe(true);
  };

  /** As Asterisk does when the snoop comes to the dialplan. */
  async function asteriskCalls(name: string = CALL): Promise<Socket> {
    await until(() => address !== "" && asked.some((each) => each.startsWith("continue")));
    const socket = connect(Number(address.split(":").at(-1)), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write(named(name));
    return socket;
  }

  const tones = (): readonly string[] =>
    told.map(([, event]) => (event.type === "toneHeard" ? `${event.tone} ${event.name}` : event.type));

  test("hear a fax behind the answer of a call that AMD listens to, and no longer than somebody wants to know", async () => {
    ears.placed({ attemptId: CALL, listening: LISTENING });
    ears.admits(CALL, ANSWERED);
    const socket = await asteriskCalls();
    socket.write(sound(2_100, 600));
    await until(() => told.length > 0);
    expect(tones()).toEqual(["fax ced"]);
    ears.stopListening(CALL);
    expect(ears.count).toBe(0);
    await until(() => socket.destroyed || socket.readyState === "closed");
  });

  test("leave a call alone that nobody listens to: before its answer only the network's announcements are told", async () => {
    ears.placed({ attemptId: CALL, listening: null });
    ears.admits(CALL, { type: "progressed", stamp: STAMP });
    const socket = await asteriskCalls();
    socket.write(Buffer.concat([sound(2_100, 600), sound(950, 340), sound(1_400, 340), sound(1_800, 340)]));
    await until(() => told.length > 0);
    expect(tones()).toEqual(["sit sit"]);
    ears.admits(CALL, ANSWERED);
    expect(ears.count).toBe(0);
  });

  test("ring tone before the answer is forgotten at the answer, and is told of behind it", async () => {
    ears.placed({ attemptId: CALL, listening: LISTENING });
    ears.admits(CALL, { type: "progressed", stamp: STAMP });
    const socket = await asteriskCalls();
    socket.write(sound(425, 1_000));
    await sleep(50);
    expect(told).toEqual([]);
    ears.admits(CALL, ANSWERED);
    socket.write(sound(425, 1_000));
    await until(() => told.length > 0);
    expect(tones()).toEqual(["ringback ringback"]);
    // Somebody talks to nobody there: it is listened to on.
    ears.stopListening(CALL);
    expect(ears.count).toBe(1);
  });

  test("where ring tone is not heard to its end, somebody may have come; not so where the call has ended", async () => {
    for (const isOver of [false, true]) {
      told.length = 0;
      ears.placed({ attemptId: CALL, listening: LISTENING });
      ears.admits(CALL, ANSWERED);
      const socket = await asteriskCalls();
      socket.write(sound(425, 1_000));
      await until(() => told.length > 0);
      socket.destroy();
      if (isOver) ears.admits(CALL, { type: "destroyed", stamp: STAMP, cause: 16, sip: null, sipCallId: null });
      await sleep(1_200);
      expect(tones()).toEqual(["ringback ringback", ...(isOver ? [] : ["voiceHeard"])]);
      expect(ears.count).toBe(0);
    }
  });

  test("a connection that names no call of ours, or a call that is heard already, hears and tells nothing", async () => {
    ears.placed({ attemptId: CALL, listening: LISTENING });
    ears.admits(CALL, ANSWERED);
    const stranger = await asteriskCalls(STRANGER);
    stranger.write(sound(2_100, 600));
    await asteriskCalls();
    await sleep(50);
    const second = await asteriskCalls();
    second.write(sound(2_100, 600));
    await sleep(100);
    expect(told).toEqual([]);
    expect(stranger.readyState).toBe("closed");
  });

  test("where no sound comes that is said once, and a detector outside is in doubt at once", async () => {
    ears.placed({ attemptId: CALL, listening: LISTENING });
    ears.admits(CALL, ANSWERED);
    expect(await ears.ask(CALL, { patienceMs: 5_000 })).toMatchObject({ ok: false, detail: "is not configured" });
    await until(() => warned.length > 0);
    expect(warned.join()).toContain("fairdial-ear");
    ears.admits(CALL, { type: "destroyed", stamp: STAMP, cause: 16, sip: null, sipCallId: null });
    expect(asked).toContain("hangup fd-ear_n_CALL");
  });

  test("an address that is taken is said loudly, and calls go on unheard", async () => {
    const other = new Ears(
      { listen: { host: "192.0.2.1", port: 9_465 }, newToneDetector, outside: null },
      {
        ...{ port: {} as never, names: namesOf(nodeId("n")), clock: { now: () => instant(0) } },
        log: {
          debug: () => undefined,
          info: () => undefined,
          warn: () => undefined,
          error: (says) => warned.push(says),
        },
        tell: () => undefined,
      },
    );
    await other.start();
    expect(warned.join()).toContain("hearing.listen cannot be listened at");
    other.placed({ attemptId: CALL, listening: LISTENING });
    other.admits(CALL, ANSWERED);
    expect(other.count).toBe(0);
    await other.stop();
  });
});
