import { describe, expect, test } from "@jest/globals";
import { namesOf } from "../../../src/asterisk/names.ts";
import { returnEvent } from "../../../src/asterisk/return-events.ts";
import { legId, nodeId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const names = namesOf(nodeId("n-1"));
const LEG = legId("pbx-1.5");
const AGENT = legId("pbx-1.1");
const receivedAt = instant(99);
const stamp = { at: receivedAt, asteriskAt: null };
const channel = { id: LEG, name: "PJSIP/carrier-00000003", caller: { number: "07700900001" } };
const read = (type: string, body: Record<string, unknown>, known = true) =>
  returnEvent({ type, receivedAt, isKept: false, body }, names, (leg) => known && leg === LEG);
const arrival = (args: string[], number = "07700900001") =>
  read("StasisStart", { channel: { ...channel, caller: { number } }, args }, false);

describe("somebody who calls back", () => {
  test("arrives with the number that they ring, and theirs unless they withhold it", () => {
    const event = { type: "arrived", stamp, rung: "442079460000", caller: "07700900001" };
    expect(arrival(["return-call", "442079460000", "allowed_not_screened"])).toEqual({ legId: LEG, event });
    expect(arrival(["return-call", "442079460000"])).toEqual({ legId: LEG, event });
    for (const hidden of ["prohib_passed_screen", "unavailable"]) {
      expect(arrival(["return-call", "442079460000", hidden])?.event).toMatchObject({ caller: null });
    }
    expect(arrival(["return-call", "442079460000"], "")?.event).toMatchObject({ caller: null });
    // A dialplan that names no number: it is no number of ours, and goes back.
    expect(arrival(["return-call"])?.event).toMatchObject({ rung: "" });
  });

  test("is told from a phone, and from a leg of ours", () => {
    expect(arrival(["agent-login"])).toBeNull();
    expect(read("StasisStart", { channel: { id: "fd-n-1-x" }, args: ["return-call", "1"] }, false)).toBeNull();
  });

  test.each([
    ["ChannelDtmfReceived", { channel, digit: "9" }, { type: "pressed", stamp, digit: "9" }],
    ["StasisEnd", { channel }, { type: "gone", stamp, cause: null }],
    ["ChannelDestroyed", { channel, cause: 16 }, { type: "gone", stamp, cause: null }],
    [
      "ChannelEnteredBridge",
      { channel, bridge: { id: names.agentBridge(AGENT) } },
      { type: "joined", stamp, owner: AGENT },
    ],
    [
      "PlaybackStarted",
      { playback: { id: names.returnPlayback(LEG, "builtIn") } },
      { type: "messageStarted", stamp, choice: "builtIn" },
    ],
    [
      "PlaybackFinished",
      { playback: { id: names.returnPlayback(LEG, "campaign"), state: "done" } },
      { type: "messageFinished", stamp, choice: "campaign" },
    ],
    [
      "PlaybackFinished",
      { playback: { id: names.returnPlayback(LEG, "campaign"), state: "failed" } },
      { type: "messageFailed", stamp, choice: "campaign", detail: "the playback ended failed" },
    ],
  ] as const)("%s", (type, body, event) => {
    expect(read(type, body)).toEqual({ legId: LEG, event });
    expect(read(type, body, false)).toBeNull();
  });

  test.each([
    ["ChannelEnteredBridge", { channel, bridge: { id: "somebody's" } }],
    ["ChannelEnteredBridge", { channel }],
    ["ChannelDtmfReceived", { channel }],
    ["ChannelTalkingStarted", { channel }],
    ["PlaybackStarted", { playback: { id: "fd-n-1-message-campaign-x" } }],
    ["PlaybackStarted", {}],
    ["StasisStart", {}],
  ])("%s that means nothing to them", (type, body) => {
    expect(read(type, body)).toBeNull();
  });
});
