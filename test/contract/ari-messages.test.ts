// What a person hears from us and we from them, over a pretend ARI server: messages that fail, messages that break off
// because somebody leaves, in every order that Asterisk may tell it; first words; and messages played to nobody.
import { afterEach, describe, expect, test } from "@jest/globals";
import { releaseAll } from "../support/pretend-ari/bench.ts";
import { pause, until } from "../support/pretend-ari/connected.ts";
import { attemptId, channelId, order, started } from "../support/pretend-ari/telephony-bench.ts";
import type { TelephonyBench } from "../support/pretend-ari/telephony-bench.ts";
import type { TelephonySettings } from "../../src/asterisk/telephony-settings.ts";

afterEach(releaseAll);

const CAMPAIGN = `fd-n-1-message-campaign-${attemptId}`;
const BUILT_IN = `fd-n-1-message-builtIn-${attemptId}`;

async function answered(): Promise<TelephonyBench> {
  const made = await started();
  made.telephony.place(order);
  await until("it is placed", () => made.types().includes("placed"));
  made.server.setState(channelId, "Up");
  await until("it is answered", () => made.types().includes("answered"));
  return made;
}

describe("the information message", () => {
  async function playing(): Promise<TelephonyBench> {
    const made = await answered();
    await made.telephony.playInformationMessage(attemptId, "sound:sorry", "campaign");
    await until("it has begun", () => made.types().includes("messageStarted"));
    return made;
  }
  const last = (types: readonly string[], count: number): readonly string[] => types.slice(-count);

  test("each choice has a name of its own; both are told with it", async () => {
    const { server, telephony, told } = await playing();
    server.finishPlayback(CAMPAIGN, "failed");
    await until("it is told", () => told().some(({ type }) => type === "messageFailed"));
    await telephony.playInformationMessage(attemptId, "sound:built-in", "builtIn");
    server.finishPlayback(BUILT_IN, "done");
    await until("the other is told", () => told().some(({ type }) => type === "messageFinished"));
    expect(told().filter(({ type }) => type.startsWith("message"))).toMatchObject([
      { type: "messageStarted", choice: "campaign" },
      { type: "messageFailed", choice: "campaign" },
      { type: "messageStarted", choice: "builtIn" },
      { type: "messageFinished", choice: "builtIn" },
    ]);
    expect(server.seen("POST", /play/).map(({ path }) => path.split("/").at(-1))).toEqual([CAMPAIGN, BUILT_IN]);
  });

  test("that fails is told at once: the person waits for the other one", async () => {
    const { server, told, types } = await playing();
    const failedAt = Date.now();
    server.finishPlayback(CAMPAIGN, "failed");
    await until("it is told", () => types().includes("messageFailed"));
    const failed = told().find(({ type }) => type === "messageFailed");
    // By the stamp and not by when we looked: it would be 250 ms later if it had waited for other news.
    expect(failed !== undefined && "stamp" in failed ? failed.stamp.at - failedAt : NaN).toBeLessThan(150);
  });

  test("that breaks off after the hang-up was told has not failed", async () => {
    const { server, types } = await playing();
    server.hangupRequest(channelId, 16);
    server.finishPlayback(CAMPAIGN, "failed");
    server.end(channelId, 16);
    await until("it has ended", () => types().includes("destroyed"));
    expect(last(types(), 3)).toEqual(["messageStarted", "hangupRequested", "destroyed"]);
  });

  test("that breaks off before the hang-up is told: the other one finds nobody, and it ends as the hang-up it is", async () => {
    const { server, telephony, told, types } = await playing();
    server.finishPlayback(CAMPAIGN, "failed");
    await until("it is told", () => types().includes("messageFailed"));
    server.fault("POST", /play/, { kind: "status", status: 404 });
    expect(await telephony.playInformationMessage(attemptId, "sound:built-in", "builtIn")).toMatchObject({
      ok: false,
      kind: "gone",
    });
    server.hangupRequest(channelId, 16);
    server.end(channelId, 16);
    await until("it has ended", () => types().includes("destroyed"));
    expect(last(types(), 3)).toEqual(["messageFailed", "hangupRequested", "destroyed"]);
    expect(told().find(({ type }) => type === "hangupRequested")).toMatchObject({ by: "farEnd", cause: 16 });
  });

  test("that begins for somebody who is leaving has not begun", async () => {
    const { server, telephony, types } = await playing();
    server.finishPlayback(CAMPAIGN, "failed");
    await until("it is told", () => types().includes("messageFailed"));
    server.hangupRequest(channelId, 16);
    await telephony.playInformationMessage(attemptId, "sound:built-in", "builtIn");
    server.finishPlayback(BUILT_IN, "failed");
    server.end(channelId, 16);
    await until("it has ended", () => types().includes("destroyed"));
    expect(last(types(), 3)).toEqual(["messageFailed", "hangupRequested", "destroyed"]);
  });

  test("that we ourselves end has not failed either", async () => {
    const { server, telephony, types } = await playing();
    server.hangupRequest(channelId, 32, true);
    server.finishPlayback(CAMPAIGN, "failed");
    await telephony.hangUp(attemptId, "messagePlayed");
    await until("it has ended", () => types().includes("destroyed"));
    expect(types()).not.toContain("messageFailed");
  });
});

describe("first words", () => {
  test("detection is set with the leg, and taken off when they have been heard", async () => {
    const { server, told } = await answered();
    expect(server.channels.get(channelId)?.variables).toMatchObject({ "TALK_DETECT(set)": "400,256" });
    server.talks(channelId, "Started");
    server.talks(channelId, "Finished", 420);
    await until("they are told", () => told().some(({ type }) => type === "speechEnded"));
    expect(told().slice(-2)).toMatchObject([{ type: "speechStarted" }, { type: "speechEnded", durationMs: 420 }]);
    await until("it is taken off", () => server.seen("POST", /variable/).length === 1);
    expect(server.channels.get(channelId)?.variables).toHaveProperty(["TALK_DETECT(remove)"], "");
    server.talks(channelId, "Started");
    server.talks(channelId, "Finished", 2_000);
    await pause(50);
    expect(told().filter(({ type }) => type.startsWith("speech"))).toHaveLength(2);
  });

  test("an impossible duration is counted, and the call goes on", async () => {
    const { server, telephony, types } = await answered();
    server.talks(channelId, "Started");
    server.talks(channelId, "Finished", -80);
    await until("it is counted", () => telephony.health().malformedTypes["ChannelTalkingFinished"] === 1);
    expect(types()).not.toContain("speechEnded");
  });

  test("an originated leg is given it, too", async () => {
    const { server, telephony } = await started({ placing: "originate" });
    telephony.place(order);
    await until("the leg is there", () => server.channels.has(channelId));
    expect(server.channels.get(channelId)?.variables).toMatchObject({ "TALK_DETECT(set)": "400,256" });
  });
});

describe("a message played to nobody", () => {
  const PATIENCE = { beginMs: 300, endMs: 300 };
  const bench = (settings: Partial<TelephonySettings> = {}): Promise<TelephonyBench> =>
    started({ testPlayPatienceMs: PATIENCE, ...settings });
  /** The name under which it plays. */
  const playing = async ({ server }: TelephonyBench): Promise<string> => {
    await until("it plays", () => server.playbacks.size > 0);
    await pause(20);
    return [...server.playbacks.keys()][0] ?? "";
  };
  const tidy = ({ server }: TelephonyBench): Promise<void> =>
    until("its bridge is gone", () => server.bridges.size === 0);

  test("plays to its end: its length and what Asterisk lists of it; one at a time for each message", async () => {
    const made = await bench();
    const { server, telephony } = made;
    server.sounds.add("sorry");
    const both = Promise.all([telephony.testPlay("sound:sorry"), telephony.testPlay("sound:sorry")]);
    const name = await playing(made);
    await pause(220);
    server.finishPlayback(name, "done");
    const [first, second] = await both;
    expect(first).toMatchObject({ result: "played", formats: ["wav"] });
    expect(first.result === "played" ? first.durationMs : 0).toBeGreaterThanOrEqual(200);
    expect(second).toBe(first);
    expect(server.seen("POST", /\/play\//)).toHaveLength(1);
    await tidy(made);
  });

  test("it fails, or has nothing in it, or never ends", async () => {
    const made = await bench();
    const { server, telephony } = made;
    const broken = telephony.testPlay("sound:broken");
    server.finishPlayback(await playing(made), "failed");
    expect(await broken).toMatchObject({ result: "failed", detail: expect.stringMatching(/cannot play sound:broken/) });
    const empty = telephony.testPlay("sound:empty");
    server.finishPlayback(await playing(made), "done");
    expect(await empty).toMatchObject({ result: "failed", detail: expect.stringMatching(/no sound in it/) });
    const endless = telephony.testPlay("recording:nosuch");
    expect(await endless).toMatchObject({ result: "failed", detail: expect.stringMatching(/come to an end/) });
    await tidy(made);
  });

  test.each<[string, RegExp]>([
    ["POST", /bridges/],
    ["POST", /subscription/],
    ["POST", /\/play\//],
  ])("Asterisk does not answer (%s %s): nothing is known of the file", async (method, path) => {
    const made = await bench();
    made.server.fault(method, path, { kind: "hang" });
    expect(await made.telephony.testPlay("sound:sorry")).toMatchObject({ result: "unknown" });
    await tidy(made);
  });

  test("the connection is lost meanwhile: unknown, and the next look sweeps up what was left behind", async () => {
    const made = await bench({ testPlayPatienceMs: { beginMs: 5_000, endMs: 5_000 } });
    const { server, telephony } = made;
    const lost = telephony.testPlay("sound:sorry");
    const name = await playing(made);
    const bridge = server.bridges.get(name);
    server.emit("ApplicationReplaced", { application: "fairdial" });
    expect(await lost).toMatchObject({ result: "unknown" });
    expect(await telephony.testPlay("sound:sorry")).toMatchObject({ result: "unknown" });
    await tidy(made);
    if (bridge !== undefined) server.bridges.set(bridge.id, bridge);
    await telephony.snapshot();
    await tidy(made);
  });

  test("stopping ends it and takes its bridge away", async () => {
    const made = await bench({ testPlayPatienceMs: { beginMs: 5_000, endMs: 5_000 } });
    const result = made.telephony.testPlay("sound:sorry");
    await playing(made);
    await made.telephony.stop();
    expect(await result).toMatchObject({ result: "unknown" });
    expect(made.server.bridges.size).toBe(0);
  });
});
