/** The pretend Asterisk behaves as the real one was measured to: causes, order of events, commands on legs that are gone. */
import { describe, expect, test } from "@jest/globals";
import { after } from "../../src/domain/instant.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import type { PlaceOrder, TelephonyEvent } from "../../src/engine/ports.ts";
import type { Callee } from "../../src/simulation/callee.ts";
import { PretendPhone } from "../../src/simulation/phone.ts";
import { PretendAsterisk } from "../../src/simulation/pretend-asterisk.ts";
import { PretendTelephony } from "../../src/simulation/pretend-telephony.ts";
import { FAIR_TELEPHONY, type TelephonyFaults } from "../../src/simulation/telephony-faults.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { MONDAY_MORNING, VirtualClock } from "../../src/simulation/virtual-clock.ts";
import { FAIR_WIRE } from "../../src/simulation/wire.ts";

const PERSON: Callee = {
  type: "person",
  ringsAfterMs: 500,
  earlyMedia: false,
  answersAfterMs: 2_000,
  talkMs: 10_000,
  patienceMs: 4_000,
};

const setUp = async (callee: Callee, faults: Partial<TelephonyFaults> = {}) => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const asterisk = new PretendAsterisk({ clock, calleeAt: () => callee, messageMs: 8_000, skewMs: -7 });
  const telephony = new PretendTelephony({
    asterisk,
    clock,
    random,
    trunks: { carrier: { linesMax: 2, cpsMax: 1, codecs: ["alaw"] } },
    faults: { ...FAIR_TELEPHONY, ...faults },
  });
  const events: TelephonyEvent[] = [];
  void telephony.start((event) => events.push(event));
  await clock.advance(100);
  const attemptId = random.attemptId(clock.now());
  const order: PlaceOrder = {
    attemptId,
    number: phoneNumber("+447700900001"),
    cliNumber: phoneNumber("+441632960000"),
    trunk: "carrier",
    ringTimeoutMs: 20_000,
  };
  const told = () => events.flatMap((event) => (event.kind === "call" ? [event.event] : []));
  const names = (): string[] => told().map(({ type }) => type);
  /** Resolves a command while time passes. */
  const now = async <Answer>(command: Promise<Answer>): Promise<Answer> => {
    await clock.advance(5_000);
    return command;
  };
  const phone = new PretendPhone(asterisk, "PJSIP/1001");
  const agent = async () => {
    const legId = phone.dialIn();
    await clock.advance(10);
    const admitted = telephony.admitAgentLeg(legId);
    await clock.advance(10);
    await admitted;
    return legId;
  };
  return { clock, asterisk, telephony, events, told, names, now, attemptId, order, phone, agent };
};

describe("the end of a call", () => {
  test("by us while it rings: cause 16, no SIP code, asked for by Asterisk itself", async () => {
    const { telephony, clock, order, attemptId, told, now } = await setUp({ type: "ringsOut", ringsAfterMs: 500 });
    telephony.place(order);
    await clock.advance(2_000);
    expect(await now(telephony.hangUp(attemptId, "ringTimeout"))).toEqual({ ok: true });
    expect(told().slice(-2)).toMatchObject([
      { type: "hangupRequested", by: "asterisk", cause: null, sip: null },
      { type: "destroyed", cause: 16, sip: null },
    ]);
  });

  test("by Asterisk's own time-out: 19 and 480, as if the far end had said so", async () => {
    const { telephony, clock, order, told } = await setUp({ type: "ringsOut", ringsAfterMs: 500 });
    telephony.place(order);
    await clock.advance(60_000);
    expect(told().slice(-2)).toMatchObject([
      { type: "hangupRequested", by: "asterisk" },
      { type: "destroyed", cause: 19, sip: 480 },
    ]);
  });

  test("by the network, with its code, and nothing after it", async () => {
    const busy: Callee = { type: "fails", before: "nothing", ringsAfterMs: 1, failsAfterMs: 1, sip: 486, cause: 17 };
    const { telephony, clock, order, told } = await setUp(busy);
    telephony.place(order);
    await clock.advance(60_000);
    expect(told().at(-2)).toMatchObject({ type: "hangupRequested", by: "farEnd", cause: 17, sip: 486 });
    expect(told().at(-1)).toMatchObject({ type: "destroyed", cause: 17, sip: 486 });
  });

  test("of a number that never responds: 408 after timer B", async () => {
    const { telephony, clock, order, told } = await setUp({ type: "neverResponds" });
    telephony.place({ ...order, ringTimeoutMs: 60_000 });
    await clock.advance(31_000);
    expect(told().map(({ type }) => type)).toEqual(["placed"]);
    await clock.advance(2_000);
    expect(told().at(-1)).toMatchObject({ type: "destroyed", cause: 18, sip: 408 });
  });

  test("breaks a message off, which has not failed then", async () => {
    const { telephony, clock, order, attemptId, names, now } = await setUp(PERSON);
    telephony.place(order);
    await clock.advance(3_000);
    await now(telephony.playInformationMessage(attemptId, "sound:x", "campaign"));
    await now(telephony.hangUp(attemptId, "messagePlayed"));
    expect(names().slice(-3)).toEqual(["messageStarted", "hangupRequested", "destroyed"]);
  });
});

describe("a call", () => {
  test("is placed, rings, is answered, joined, and left by the person", async () => {
    const { telephony, clock, order, attemptId, names, agent, now } = await setUp(PERSON);
    const legId = await agent();
    telephony.place(order);
    await clock.advance(2_700);
    expect(await now(telephony.bridge(attemptId, legId))).toEqual({ ok: true });
    await clock.advance(20_000);
    expect(names()).toEqual(["placed", "rang", "answered", "joined", "hangupRequested", "destroyed"]);
  });

  test("is stamped by our clock where it enters, with Asterisk's own beside it", async () => {
    const { telephony, clock, order, told } = await setUp(PERSON);
    telephony.place(order);
    await clock.advance(3_000);
    const answered = told().find(({ type }) => type === "answered")!;
    const { at, asteriskAt } = (answered as Extract<typeof answered, { stamp: unknown }>).stamp;
    expect(at - asteriskAt!).toBeGreaterThanOrEqual(8); // 7 ms of skew and at least one on the way.
    expect(at - asteriskAt!).toBeLessThanOrEqual(10);
  });

  test("may fail before the answer to its placing; its first event confirms it, and its end is the last", async () => {
    const quick: Callee = { type: "fails", before: "nothing", ringsAfterMs: 0, failsAfterMs: 0, sip: 404, cause: 1 };
    const { telephony, clock, order, names } = await setUp(quick);
    telephony.place(order);
    await clock.advance(5_000);
    expect(names()).toEqual(["placed", "hangupRequested", "destroyed"]);
  });

  test("for which no leg can be made fails without any other event", async () => {
    const { telephony, clock, order, told } = await setUp({ type: "unplaceable", failure: "unavailable" });
    telephony.place(order);
    await clock.advance(5_000);
    expect(told()).toMatchObject([{ type: "placeFailed", failure: "unavailable" }]);
  });

  test("of the same name is not made twice", async () => {
    const { telephony, asterisk, clock, order, told } = await setUp(PERSON);
    telephony.place(order);
    telephony.place(order);
    await clock.advance(1_000);
    expect(asterisk.snapshot().customerLegs).toHaveLength(1);
    expect(told().map(({ type }) => type)).toContain("placeFailed");
  });
});

describe("a command", () => {
  test("on a leg that is gone says so", async () => {
    const { telephony, attemptId, agent, now } = await setUp(PERSON);
    const legId = await agent();
    const gone = { ok: false, kind: "gone" };
    expect(await now(telephony.hangUp(attemptId, "operator"))).toMatchObject(gone);
    expect(await now(telephony.unbridge(attemptId))).toMatchObject(gone);
    expect(await now(telephony.bridge(attemptId, legId))).toMatchObject(gone);
    expect(await now(telephony.playInformationMessage(attemptId, "sound:x", "campaign"))).toMatchObject(gone);
  });

  test("without an answer may have been obeyed, or not", async () => {
    const results = new Set<string>();
    const { telephony, clock, asterisk, order, now } = await setUp(PERSON, { unknownRate: 1 });
    for (let seed = 1; seed <= 12; seed += 1) {
      const attemptId = new SeededRandom(seed).attemptId(clock.now());
      telephony.place({ ...order, attemptId });
      await clock.advance(50);
      expect(await now(telephony.hangUp(attemptId, "operator"))).toMatchObject({ kind: "unknown" });
      results.add(asterisk.snapshot().customerLegs.some((leg) => leg.attemptId === attemptId) ? "lives" : "gone");
    }
    expect([...results].sort()).toEqual(["gone", "lives"]);
  });
});

describe("a cut", () => {
  const cut = (fromMs: number, toMs: number, requestsToo: boolean) => ({
    from: after(MONDAY_MORNING, fromMs),
    to: after(MONDAY_MORNING, toMs),
    noticedAfterMs: 1_000,
    requestsToo,
  });

  test("loses what happens meanwhile, and the snapshot afterwards tells the truth", async () => {
    const { telephony, clock, order, attemptId, names, events, now } = await setUp(PERSON, {
      cuts: [cut(1_500, 4_000, false)],
    });
    telephony.place(order);
    await clock.advance(4_100);
    expect(events.filter(({ kind }) => kind === "connection")).toMatchObject([
      { state: "up" },
      { state: "down" },
      { state: "up" },
    ]);
    expect(names()).not.toContain("answered");
    const { customerLegs } = await now(telephony.snapshot());
    expect(customerLegs).toMatchObject([{ attemptId, state: "up" }]);
  });

  test("is noticed late: until then we believe that we are connected", async () => {
    const { telephony, clock } = await setUp(PERSON, { cuts: [cut(1_000, 10_000, true)] });
    await clock.advance(1_500);
    expect(telephony.isUp()).toBe(true);
    await clock.advance(1_000);
    expect(telephony.isUp()).toBe(false);
    await expect(
      (async () => {
        const asked = telephony.snapshot();
        asked.catch(() => undefined);
        await clock.advance(5_000);
        await asked;
      })(),
    ).rejects.toThrow("cannot be asked");
  });

  test("in the middle of placing leaves no undialled leg behind", async () => {
    const { telephony, clock, asterisk, order, told } = await setUp(PERSON, { cuts: [cut(101, 60_000, false)] });
    telephony.place(order);
    await clock.advance(5_000);
    expect(asterisk.snapshot().customerLegs).toEqual([]);
    expect(told().at(-1)).toMatchObject({ type: "placeFailed" });
  });
});

describe("an agent's phone", () => {
  test("arrives, is let in, presses keys, and is gone", async () => {
    const { phone, agent, events, clock } = await setUp(PERSON);
    const legId = await agent();
    phone.press("*1");
    await clock.advance(10);
    phone.hangUp();
    await clock.advance(10);
    const told = events.flatMap((event) => (event.kind === "agentLeg" ? [event] : []));
    expect(told.map(({ event }) => event.type)).toEqual(["arrived", "ready", "pressed", "pressed", "gone"]);
    expect(told.every((event) => event.legId === legId)).toBe(true);
  });

  test("that goes takes its bridge with it, and the person hears nothing", async () => {
    const { telephony, asterisk, clock, order, attemptId, phone, agent, now } = await setUp(PERSON);
    const legId = await agent();
    telephony.place(order);
    await clock.advance(2_700);
    await now(telephony.bridge(attemptId, legId));
    phone.hangUp();
    expect(asterisk.snapshot().customerLegs).toMatchObject([{ attemptId, state: "up", inAgentBridge: null }]);
    expect(await now(telephony.bridge(attemptId, legId))).toMatchObject({ ok: false });
  });

  test("that vanished is believed in for a while, beside the new call it makes", async () => {
    const { asterisk, clock, phone, agent } = await setUp(PERSON);
    await agent();
    phone.vanish(5_000);
    phone.dialIn();
    expect(asterisk.snapshot().agentLegs).toHaveLength(2);
    await clock.advance(5_000);
    expect(asterisk.snapshot().agentLegs).toHaveLength(1);
  });
});

test("a second connection replaces the first, which hears nothing more", async () => {
  const { asterisk, clock, events, order } = await setUp(PERSON);
  const random = new SeededRandom(2);
  const other = new PretendTelephony({ asterisk, clock, random, trunks: {}, faults: FAIR_TELEPHONY });
  const heard: TelephonyEvent[] = [];
  void other.start((event) => heard.push(event));
  await clock.advance(100);
  expect(events.at(-1)).toMatchObject({ kind: "connection", state: "replaced" });
  const before = events.length;
  other.place(order);
  await clock.advance(5_000);
  expect(events).toHaveLength(before);
  expect(heard.length).toBeGreaterThan(1);
});

test("events may be lost, repeated and overtaken", async () => {
  const wire = { ...FAIR_WIRE, duplicateRate: 0.5, lossRate: 0.1, lateRate: 0.5, lateMaxMs: 1_000 };
  const { telephony, clock, order, names } = await setUp(PERSON, { wire });
  for (let seed = 1; seed <= 30; seed += 1) {
    telephony.place({ ...order, attemptId: new SeededRandom(seed).attemptId(clock.now()) });
  }
  await clock.advance(60_000);
  const answers = names().filter((name) => name === "answered").length;
  expect(answers).toBeGreaterThan(30);
  expect(telephony.lostCount).toBeGreaterThan(0);
});
