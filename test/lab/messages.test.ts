// What a person hears when messages fail, in the recording of their own telephone network; and what Asterisk makes of
// their first words where the network's ring tone sounds until the answer.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { v7 } from "uuid";
import { startLab } from "../../scripts/lab/lab.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { hearings, listenerNumber } from "../../scripts/lab/listeners.ts";
import type { Hearing } from "../../scripts/lab/listeners.ts";
import { personNumber } from "../../scripts/lab/number-plan.ts";
import { INFORMATION_MESSAGE } from "../../scripts/lab/pbx.ts";
import { configDir } from "../../scripts/lab/places.ts";
import { readSamples } from "../../scripts/lab/recording.ts";
import { asteriskTelephony } from "../../src/asterisk/index.ts";
import type { AsteriskTelephony } from "../../src/asterisk/index.ts";
import type { CallEvent } from "../../src/call/call.ts";
import type { AttemptId } from "../../src/domain/ids.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import { pause, surroundings, until } from "../support/pretend-ari/connected.ts";
import type { LogLine } from "../support/pretend-ari/connected.ts";

const BUILT_IN = "sound:fairdial/built-in-message";
const MISSING = "sound:fairdial/nosuch";
/** What is left of a limit of two seconds when the margin is taken off. */
const DEADLINE_MS = 1_800;

let lab: Lab;
let telephony: AsteriskTelephony;
const lines: LogLine[] = [];
const told: { readonly attemptId: AttemptId; readonly event: CallEvent }[] = [];

beforeAll(async () => {
  lab = await startLab();
  await lab.network.recordHeard(true);
  const { url, user, password } = lab.pbx.ari;
  const limits = { linesMax: 100, cpsMax: 50, codecs: ["alaw"] };
  telephony = asteriskTelephony(
    {
      ...{ url, user, password: { reveal: () => password }, app: "fairdial" },
      ...{ placing: "create" as const, loginArgument: "agent-login", speechSilenceMs: 400, speechThreshold: 256 },
    },
    [{ name: "carrier", endpoint: "carrier", numberFormat: "plus", prefix: "", ...limits }],
    "sound:beep",
    "lab-1",
    surroundings(lines),
  );
  await telephony.start((event) => {
    if (event.kind === "call") told.push(event);
  });
}, 60_000);

afterAll(async () => {
  await telephony.stop();
  await lab.stop();
}, 30_000);

const of = (attemptId: AttemptId): readonly CallEvent[] =>
  told.filter((each) => each.attemptId === attemptId).map(({ event }) => event);
const typesOf = (attemptId: AttemptId): readonly string[] => of(attemptId).map(({ type }) => type);
const told1 = (attemptId: AttemptId, type: CallEvent["type"], ms = 15_000): Promise<void> =>
  until(`${type} is told`, () => typesOf(attemptId).includes(type), ms);

const place = (number: string): AttemptId => {
  const attemptId = v7() as AttemptId;
  const cliNumber = phoneNumber("+442079460000");
  telephony.place({ attemptId, number: phoneNumber(number), cliNumber, trunk: "carrier", ringTimeoutMs: 20_000 });
  return attemptId;
};

/** The one call to this number, by the network's account. */
const heardBy = async (number: string): Promise<Hearing> => {
  const messages = {
    campaign: readSamples(join(lab.ground.soundsDir, "messages/information.wav")),
    builtIn: readSamples(join(configDir, "sounds/fairdial/built-in-message.wav")),
  };
  const ended = (): boolean =>
    lab.network.calls().some(({ dialled, endedAt }) => dialled === number && endedAt !== null);
  await until("the network has written it down", ended, 5_000);
  const [hearing] = await hearings(lab.network, messages, ({ dialled }) => dialled === number);
  if (hearing === undefined) throw new Error(`nobody was called at ${number}`);
  return hearing;
};

describe("what the other side hears", () => {
  test("the campaign's message is missing at the deadline: the built-in one, within two seconds of the answer", async () => {
    const number = listenerNumber("listens", 0);
    const attemptId = place(number);
    await told1(attemptId, "answered");
    await pause(DEADLINE_MS);
    void telephony.playInformationMessage(attemptId, MISSING, "campaign");
    await told1(attemptId, "messageFailed");
    void telephony.playInformationMessage(attemptId, BUILT_IN, "builtIn");
    await told1(attemptId, "messageFinished");
    await telephony.hangUp(attemptId, "messagePlayed");
    await told1(attemptId, "destroyed");
    const { firstSoundAfterMs, message, toItsEnd } = await heardBy(number);
    expect({ message, toItsEnd }).toEqual({ message: "builtIn", toItsEnd: true });
    expect(firstSoundAfterMs).toBeGreaterThan(DEADLINE_MS - 100);
    expect(firstSoundAfterMs).toBeLessThanOrEqual(2_000);
  }, 40_000);

  test("both are missing: told for each, and the other side has heard nothing", async () => {
    const number = listenerNumber("listens", 1);
    const attemptId = place(number);
    await told1(attemptId, "answered");
    for (const choice of ["campaign", "builtIn"] as const) {
      await telephony.playInformationMessage(attemptId, MISSING, choice);
      const failed = (): boolean =>
        of(attemptId).some((each) => each.type === "messageFailed" && each.choice === choice);
      await until(`the failure of ${choice} is told`, failed);
    }
    await pause(500);
    await telephony.hangUp(attemptId, "noAgent");
    await told1(attemptId, "destroyed");
    expect(await heardBy(number)).toMatchObject({ firstSoundAfterMs: null, message: null });
  }, 40_000);

  test("a person who leaves in the middle has heard its beginning and not its end, and left by themselves", async () => {
    const number = listenerNumber("leaves-in-the-middle", 0);
    const attemptId = place(number);
    await told1(attemptId, "answered");
    await pause(DEADLINE_MS);
    void telephony.playInformationMessage(attemptId, BUILT_IN, "campaign");
    await told1(attemptId, "destroyed");
    expect(typesOf(attemptId).slice(-3)).toEqual(["messageStarted", "hangupRequested", "destroyed"]);
    expect(of(attemptId).find(({ type }) => type === "hangupRequested")).toMatchObject({ by: "farEnd", cause: 16 });
    expect(await heardBy(number)).toMatchObject({ message: "builtIn", toItsEnd: false });
  }, 40_000);
});

describe("first words", () => {
  test("ring tone that sounds until the answer is not theirs; their word half a second later is", async () => {
    const attemptId = place(personNumber(lab.network.plan, "ring-tone"));
    await told1(attemptId, "speechEnded");
    const [answered, started, ended] = of(attemptId).filter(({ type }) => /answered|speech/.test(type));
    expect([answered?.type, started?.type, ended?.type]).toEqual(["answered", "speechStarted", "speechEnded"]);
    const at = (event: CallEvent | undefined): number =>
      event !== undefined && "stamp" in event ? (event.stamp.asteriskAt ?? NaN) : NaN;
    // The network's half second before its people speak.
    expect(at(started) - at(answered)).toBeGreaterThan(300);
    expect(at(started) - at(answered)).toBeLessThan(900);
    expect(ended).toMatchObject({ durationMs: expect.any(Number) });
    await telephony.hangUp(attemptId, "operator");
    await told1(attemptId, "destroyed");
  }, 40_000);

  test("nobody listens any more after the first greeting: a long talk does not send two events a sentence", async () => {
    const talking = (): number => telephony.health().events.byType["ChannelTalkingStarted"] ?? 0;
    const before = talking();
    // Talks for five seconds, with a pause for breath that counts as an end.
    const attemptId = place("+447700900002");
    await told1(attemptId, "destroyed");
    expect(typesOf(attemptId).filter((type) => type.startsWith("speech"))).toEqual(["speechStarted", "speechEnded"]);
    expect(talking() - before).toBe(1);
  }, 40_000);

  test.each(["say-quiet", "say-hiss", "say-welcome"] as const)(
    "%s",
    async (who) => {
      const attemptId = place(personNumber(lab.network.plan, who));
      await told1(attemptId, "answered");
      await pause(6_500);
      const speech = of(attemptId).filter(({ type }) => type.startsWith("speech"));
      if (who === "say-welcome") {
        expect(speech).toMatchObject([{ type: "speechStarted" }, { type: "speechEnded" }]);
        const ended = speech[1];
        expect(ended?.type === "speechEnded" ? ended.durationMs : 0).toBeGreaterThan(3_500);
      } else {
        expect(speech).toEqual([]);
      }
      await telephony.hangUp(attemptId, "operator");
      await told1(attemptId, "destroyed");
    },
    40_000,
  );
});

describe("files that cannot be played", () => {
  const files: readonly [name: string, file: string, content: Buffer | null][] = [
    ["there is no such file", "nothing.txt", Buffer.from("x")],
    ["an empty .wav", "empty-wav.wav", Buffer.alloc(0)],
    ["an empty .alaw, which Asterisk plays to its end at once", "empty-alaw.alaw", Buffer.alloc(0)],
    ["noise called .wav", "noise.wav", Buffer.alloc(20_000, 0x37)],
    ["a form that Asterisk has not loaded", "other.mp3", Buffer.alloc(20_000, 0x37)],
    ["a folder", "folder.wav", null],
  ];

  test.each(files)(
    "%s: failed, and nothing is left behind",
    async (_name, file, content) => {
      const folder = join(lab.ground.folder, "messages");
      mkdirSync(folder, { recursive: true });
      const path = join(folder, file);
      if (content === null) mkdirSync(path, { recursive: true });
      else writeFileSync(path, content);
      const media = `sound:${lab.ground.asterisk.inside(path).replace(/\.[^.]+$/, "")}`;
      expect(await telephony.testPlay(media)).toMatchObject({ result: "failed" });
      await pause(200);
      expect(await (await lab.pbx.request("GET", "/bridges")).json()).toEqual([]);
    },
    20_000,
  );

  test("the product's own message and the lab's play to their end, in all the forms that Asterisk lists", async () => {
    const [builtIn, information] = await Promise.all(
      [BUILT_IN, INFORMATION_MESSAGE.media].map((media) => telephony.testPlay(media)),
    );
    const formats = expect.arrayContaining(["alaw", "ulaw", "slin"]);
    expect(builtIn).toMatchObject({ result: "played", formats });
    expect(information).toMatchObject({ result: "played", formats });
    const ms = information?.result === "played" ? information.durationMs : 0;
    expect(Math.abs(ms - INFORMATION_MESSAGE.lengthMs)).toBeLessThan(150);
  }, 30_000);
});
