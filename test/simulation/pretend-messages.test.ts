/** What pretend people hear and say: messages one after the other, files that are missing, greetings, plays to nobody. */
import { describe, expect, test } from "@jest/globals";
import { after } from "../../src/domain/instant.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import type { PlaceOrder, TelephonyEvent } from "../../src/engine/ports.ts";
import type { Callee } from "../../src/simulation/callee.ts";
import { PretendAsterisk } from "../../src/simulation/pretend-asterisk.ts";
import { PretendTelephony } from "../../src/simulation/pretend-telephony.ts";
import { FAIR_TELEPHONY, type TelephonyFaults } from "../../src/simulation/telephony-faults.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { MONDAY_MORNING, VirtualClock } from "../../src/simulation/virtual-clock.ts";

const PERSON: Callee = {
  ...{
    type: "person",
    ringsAfterMs: 500,
    earlyMedia: false,
    answersAfterMs: 1_000,
    talkMs: 60_000,
    patienceMs: 60_000,
  },
  greeting: { afterMs: 300, lastsMs: 700 },
};
const CAMPAIGN = "sound:acme";
const BUILT_IN = "sound:built-in";
const MESSAGE_MS = 8_000;

const setUp = async (missing: readonly string[], faults: Partial<TelephonyFaults> = {}, callee: Callee = PERSON) => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const asterisk = new PretendAsterisk({
    ...{ clock, calleeAt: () => callee, messageMs: MESSAGE_MS, skewMs: 0 },
    missingMedia: missing.map((media) => ({ media, from: MONDAY_MORNING, to: after(MONDAY_MORNING, 60_000) })),
  });
  const trunks = { carrier: { linesMax: 2, cpsMax: 1, codecs: ["alaw"] } };
  const telephony = new PretendTelephony({ asterisk, clock, random, trunks, faults: { ...FAIR_TELEPHONY, ...faults } });
  const events: TelephonyEvent[] = [];
  void telephony.start((event) => events.push(event));
  await clock.advance(100);
  const attemptId = random.attemptId(clock.now());
  const [number, cliNumber] = [phoneNumber("+447700900001"), phoneNumber("+441632960000")];
  const order: PlaceOrder = { attemptId, number, cliNumber, trunk: "carrier", ringTimeoutMs: 20_000 };
  const told = () => events.flatMap((event) => (event.kind === "call" ? [event.event] : []));
  const diary = () => asterisk.diaries.of(attemptId);
  const after1 = async <Answer>(ms: number, command: Promise<Answer>): Promise<Answer> => {
    await clock.advance(ms);
    return command;
  };
  telephony.place(order);
  await clock.advance(1_700);
  return { clock, telephony, told, diary, attemptId, after1 };
};

describe("a message", () => {
  test("without a file begins and fails at once; the diary has not heard it, and has heard the other", async () => {
    const { telephony, told, diary, attemptId, after1 } = await setUp([CAMPAIGN]);
    await after1(10, telephony.playInformationMessage(attemptId, CAMPAIGN, "campaign"));
    await after1(MESSAGE_MS + 50, telephony.playInformationMessage(attemptId, BUILT_IN, "builtIn"));
    expect(told().filter(({ type }) => type.startsWith("message"))).toMatchObject([
      { type: "messageStarted", choice: "campaign" },
      { type: "messageFailed", choice: "campaign" },
      { type: "messageStarted", choice: "builtIn" },
      { type: "messageFinished", choice: "builtIn" },
    ]);
    expect(diary()).toMatchObject({ unheard: ["campaign"], heard: [{ what: "message", choice: "builtIn" }] });
    const [heard] = diary()?.heard ?? [];
    expect((heard?.to ?? 0) - (heard?.from ?? 0)).toBe(MESSAGE_MS);
  });

  test("asked for while another plays comes after it, and once, however often it is asked for", async () => {
    const { clock, telephony, diary, attemptId, after1 } = await setUp([]);
    for (const choice of ["campaign", "builtIn", "builtIn", "campaign"] as const) {
      expect(await after1(10, telephony.playInformationMessage(attemptId, BUILT_IN, choice))).toEqual({ ok: true });
    }
    await clock.advance(2 * MESSAGE_MS);
    const heard = diary()?.heard ?? [];
    expect(heard.map(({ choice }) => choice)).toEqual(["campaign", "builtIn"]);
    expect(heard[1]?.from).toBe(heard[0]?.to);
  });

  test("that a person leaves in the middle of ends with them, and is not told to have failed", async () => {
    const { clock, telephony, told, diary, attemptId, after1 } = await setUp(
      [],
      {},
      { ...PERSON, leavesAfterMs: 2_000 },
    );
    await after1(10, telephony.playInformationMessage(attemptId, CAMPAIGN, "campaign"));
    await clock.advance(5_000);
    expect(told().slice(-2)).toMatchObject([{ type: "hangupRequested", by: "farEnd" }, { type: "destroyed" }]);
    expect(told().map(({ type }) => type)).not.toContain("messageFailed");
    expect(diary()?.heard[0]?.to).toBe(diary()?.endedAt);
  });
});

test("a greeting is told when it begins, and when it has been quiet for a while; the diary has its own times", async () => {
  const { clock, told, diary } = await setUp([]);
  await clock.advance(2_000);
  const [started, ended] = told().filter(({ type }) => type.startsWith("speech"));
  expect([started, ended]).toMatchObject([{ type: "speechStarted" }, { type: "speechEnded", durationMs: 700 }]);
  const { answeredAt = null, spokeFrom = null, spokeTo = null } = diary() ?? {};
  expect([Number(spokeFrom) - Number(answeredAt), Number(spokeTo) - Number(spokeFrom)]).toEqual([300, 700]);
});

describe("a play to nobody", () => {
  test("takes as long as the message, and fails for a missing file until it is there again", async () => {
    const { clock, telephony, after1 } = await setUp([CAMPAIGN]);
    expect(await after1(50, telephony.testPlay(CAMPAIGN))).toMatchObject({ result: "failed" });
    expect(await after1(MESSAGE_MS + 50, telephony.testPlay(BUILT_IN))).toEqual({
      result: "played",
      durationMs: MESSAGE_MS,
      formats: ["alaw"],
    });
    await clock.advance(60_000);
    expect(await after1(MESSAGE_MS + 50, telephony.testPlay(CAMPAIGN))).toMatchObject({ result: "played" });
  });

  test("is unknown when the connection is lost meanwhile, and without one", async () => {
    const [from, to] = [after(MONDAY_MORNING, 4_000), after(MONDAY_MORNING, 20_000)];
    const { telephony, after1 } = await setUp([], { cuts: [{ from, to, noticedAfterMs: 1_000, requestsToo: false }] });
    expect(await after1(MESSAGE_MS + 50, telephony.testPlay(CAMPAIGN))).toMatchObject({ result: "unknown" });
    expect(await after1(10, telephony.testPlay(CAMPAIGN))).toMatchObject({ result: "unknown" });
  });

  test("goes unanswered now and then, as any request may", async () => {
    const { telephony, after1 } = await setUp([], { unknownRate: 1 });
    expect(await after1(5_000, telephony.testPlay(CAMPAIGN))).toMatchObject({ result: "unknown" });
  });
});
