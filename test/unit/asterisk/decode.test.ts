// What each thing that Asterisk says means, from payloads as 22.10.1 sends them; and that nothing it could say throws.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { asteriskTime, decode } from "../../../src/asterisk/decode.ts";
import type { Decoded } from "../../../src/asterisk/decode.ts";
import { endpointOf, namesOf } from "../../../src/asterisk/names.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { legId, nodeId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const names = namesOf(nodeId("n-1"));
const options = { names, loginArgument: "agent-login" };
const attemptId = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
const leg = legId("pbx-1795295195.1");
const person = { id: names.customerChannel(attemptId), name: "PJSIP/carrier-00000000", protocol_id: "call-id" };
const phone = { id: leg, name: "PJSIP/1001-0000001f", protocol_id: "other-call-id" };
const stamp = { at: instant(5), asteriskAt: instant(Date.UTC(2026, 10, 21, 21, 8, 33, 421)) };
const timestamp = "2026-11-21T21:08:33.421+0000";

function decoded(type: string, fields: Record<string, unknown>): Decoded {
  return decode({ type, receivedAt: instant(5), isKept: false, body: { type, timestamp, ...fields } }, options);
}

const call = (event: object): unknown => ({
  kind: "telephony",
  event: { kind: "call", attemptId, event: { ...event, stamp } },
});
const ofLeg = (event: object): unknown => ({
  kind: "telephony",
  event: { kind: "agentLeg", legId: leg, event: { ...event, stamp } },
});
const ignored = (type: string): unknown => ({ kind: "ignored", type });
const bridge = { id: names.agentBridge(leg) };

describe("the person's leg", () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ["StasisStart", { args: [], channel: person }, { kind: "created", attemptId, sipCallId: "call-id" }],
    ["ChannelStateChange", { channel: { ...person, state: "Ringing" } }, call({ type: "rang" })],
    ["ChannelStateChange", { channel: { ...person, state: "Up" } }, call({ type: "answered", sipCallId: "call-id" })],
    ["ChannelStateChange", { channel: { ...person, state: "Dialing" } }, ignored("ChannelStateChange")],
    ["Dial", { peer: person, dialstatus: "PROGRESS" }, call({ type: "progressed" })],
    ["Dial", { peer: person, dialstatus: "RINGING" }, call({ type: "rang" })],
    ["Dial", { peer: person, dialstatus: "" }, ignored("Dial")],
    // The final status lies: a 404 reads NOANSWER, and so does a 603.
    ["Dial", { peer: person, dialstatus: "NOANSWER" }, ignored("Dial")],
    ["Dial", { peer: person, dialstatus: "ANSWER" }, ignored("Dial")],
    [
      "ChannelHangupRequest",
      { cause: 17, tech_cause: 486, channel: person },
      call({ type: "hangupRequested", by: "farEnd", cause: 17, sip: 486 }),
    ],
    [
      "ChannelHangupRequest",
      { cause: 16, channel: person },
      call({ type: "hangupRequested", by: "farEnd", cause: 16, sip: null }),
    ],
    // 32 is a flag, not Q.850.
    [
      "ChannelHangupRequest",
      { cause: 32, soft: true, channel: person },
      call({ type: "hangupRequested", by: "asterisk", cause: null, sip: null }),
    ],
    [
      "ChannelDestroyed",
      { cause: 19, cause_txt: "User alerting, no answer", tech_cause: 480, channel: person },
      call({ type: "destroyed", cause: 19, sip: 480, sipCallId: "call-id" }),
    ],
    [
      "ChannelDestroyed",
      { cause: 0, channel: { ...person, protocol_id: "" } },
      call({ type: "destroyed", cause: 0, sip: null, sipCallId: null }),
    ],
    [
      "ChannelDestroyed",
      { cause: 4711, tech_cause: -3, channel: person },
      call({ type: "destroyed", cause: null, sip: null, sipCallId: "call-id" }),
    ],
    ["ChannelEnteredBridge", { channel: person, bridge }, { kind: "joined", attemptId, owner: leg, stamp }],
    ["ChannelEnteredBridge", { channel: person, bridge: { id: "somebody's" } }, ignored("ChannelEnteredBridge")],
    ["StasisEnd", { channel: person }, ignored("StasisEnd")],
    [
      "ChannelDtmfReceived",
      { digit: "5", channel: person },
      { kind: "telephony", event: { kind: "flow", attemptId, event: { type: "digit", digit: "5", stamp } } },
    ],
    ...(["playing", "done", "failed"] as const).map((state): [string, Record<string, unknown>, unknown] => {
      const type = { playing: "playStarted", done: "playFinished", failed: "playFailed" }[state];
      const name = state === "playing" ? "PlaybackStarted" : "PlaybackFinished";
      const event = { kind: "flow", attemptId, event: { type, play: 12, stamp } };
      return [name, { playback: { id: names.flowPlayback(attemptId, 12), state } }, { kind: "telephony", event }];
    }),
    [
      "PlaybackStarted",
      { playback: { id: names.messagePlayback(attemptId, "campaign"), state: "playing" } },
      call({ type: "messageStarted", choice: "campaign" }),
    ],
    [
      "PlaybackFinished",
      { playback: { id: names.messagePlayback(attemptId, "builtIn"), state: "done" } },
      call({ type: "messageFinished", choice: "builtIn" }),
    ],
    [
      "PlaybackFinished",
      { playback: { id: names.messagePlayback(attemptId, "campaign"), state: "failed" } },
      call({ type: "messageFailed", choice: "campaign", detail: "the playback ended failed" }),
    ],
    ["ChannelTalkingStarted", { channel: person }, call({ type: "speechStarted" })],
    ["ChannelTalkingFinished", { duration: 420, channel: person }, call({ type: "speechEnded", durationMs: 420 })],
    ["ChannelTalkingFinished", { duration: 0, channel: person }, call({ type: "speechEnded", durationMs: 0 })],
    ["ChannelTalkingFinished", { duration: -1, channel: person }, call({ type: "speechEnded", durationMs: 0 })],
  ])("%s %#", (type, fields, meaning) => {
    expect(decoded(type, fields)).toEqual(meaning);
  });
});

describe("an agent's leg", () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ["StasisStart", { args: ["agent-login"], channel: phone }, ofLeg({ type: "arrived", endpoint: "PJSIP/1001" })],
    ["ChannelEnteredBridge", { channel: phone, bridge }, ofLeg({ type: "ready" })],
    ["ChannelEnteredBridge", { channel: { ...phone, id: "1.2" }, bridge }, ignored("ChannelEnteredBridge")],
    ["ChannelDtmfReceived", { digit: "#", duration_ms: 100, channel: phone }, ofLeg({ type: "pressed", digit: "#" })],
    ["ChannelDestroyed", { cause: 16, channel: phone }, ofLeg({ type: "gone", cause: 16 })],
    ["StasisEnd", { channel: phone }, ofLeg({ type: "gone", cause: null })],
    ["ChannelStateChange", { channel: { ...phone, state: "Up" } }, ignored("ChannelStateChange")],
    [
      "PlaybackFinished",
      { playback: { id: names.promptPlayback(leg, 1), state: "done" } },
      ignored("PlaybackFinished"),
    ],
    ["ChannelTalkingStarted", { channel: phone }, ignored("ChannelTalkingStarted")],
    ["ChannelTalkingFinished", { duration: -1, channel: phone }, ignored("ChannelTalkingFinished")],
  ])("%s %#", (type, fields, meaning) => {
    expect(decoded(type, fields)).toEqual(meaning);
  });
});

test.each([[-41], [-1.5], [1.5], [20 * 3_600_000], ["420"], [null], [undefined]])(
  "a greeting cannot have lasted %p ms",
  (duration) => {
    expect(decoded("ChannelTalkingFinished", { duration, channel: person })).toMatchObject({ kind: "malformed" });
  },
);

test.each([
  ["PlaybackStarted", "playing", "started"],
  ["PlaybackFinished", "done", "done"],
  ["PlaybackFinished", "failed", "failed"],
])("a test-play's %s %s", (type, state, heard) => {
  const playback = { id: names.testPlay(7), state };
  expect(decoded(type, { playback })).toEqual({ kind: "testPlay", name: names.testPlay(7), state: heard, stamp });
});

describe("everything else", () => {
  test("a caller without a purpose is a stranger, whatever arguments came along", () => {
    const stranger = { kind: "stranger", channelId: leg, channelName: phone.name };
    for (const args of [[], ["something"], [7], "agent-login", undefined]) {
      expect(decoded("StasisStart", { args, channel: phone })).toEqual(stranger);
    }
  });

  test("another node's legs are none of ours, even where its name begins like ours", () => {
    const other = { ...person, id: namesOf(nodeId("n-1-b")).customerChannel(attemptId) };
    for (const type of ["StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelHangupRequest"]) {
      expect(decoded(type, { args: ["agent-login"], cause: 16, channel: other })).toEqual(ignored(type));
    }
  });

  test.each(["ChannelVarset", "BridgeCreated", "TypeOfTheYear2031", "constructor", "__proto__", "toString"])(
    "%s is ignored by name",
    (type) => {
      expect(decoded(type, { channel: person })).toEqual(ignored(type));
    },
  );

  test.each<[string, Record<string, unknown>]>([
    ["StasisStart", {}],
    ["ChannelStateChange", { channel: "PJSIP/1" }],
    ["Dial", { peer: person }],
    ["Dial", { dialstatus: "RINGING" }],
    ["ChannelDestroyed", { cause: 16, channel: { id: 7 } }],
    ["ChannelDtmfReceived", { digit: "11", channel: phone }],
    ["ChannelDtmfReceived", { channel: phone }],
    ["ChannelEnteredBridge", { channel: person }],
    ["PlaybackFinished", { playback: null }],
  ])("%s without what it is about is malformed", (type, fields) => {
    expect(decoded(type, fields)).toMatchObject({ kind: "malformed", type });
  });

  test("no JSON of any known or unknown type throws", () => {
    const types = [
      "StasisStart",
      "StasisEnd",
      "ChannelStateChange",
      "Dial",
      "ChannelHangupRequest",
      "ChannelDestroyed",
    ];
    const type = fc.oneof(
      fc.constantFrom(...types, "ChannelDtmfReceived", "ChannelEnteredBridge", "PlaybackStarted", "PlaybackFinished"),
      fc.string(),
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(person.id, leg, bridge.id, "Up", "Ringing"));
    const record = fc.dictionary(fc.constantFrom("id", "name", "state", "protocol_id"), value);
    const fields = fc.record(
      {
        channel: fc.oneof(record, value),
        peer: fc.oneof(record, value),
        bridge: fc.oneof(record, value),
        playback: fc.oneof(record, value),
        args: value,
        digit: value,
        cause: value,
        tech_cause: value,
        dialstatus: value,
        timestamp: value,
        soft: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(type, fields, (name, body) => {
        const meaning = decode(
          { type: name, receivedAt: instant(5), isKept: false, body: { ...body, type: name } },
          options,
        );
        expect(["telephony", "created", "joined", "stranger", "ignored", "malformed"]).toContain(meaning.kind);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each<[string | null, number | null]>([
  ["2026-11-21T21:08:33.421+0000", Date.UTC(2026, 10, 21, 21, 8, 33, 421)],
  ["2026-11-21T21:08:33.421+0530", Date.UTC(2026, 10, 21, 15, 38, 33, 421)],
  ["2026-11-21T21:08:33.421Z", Date.UTC(2026, 10, 21, 21, 8, 33, 421)],
  ["yesterday", null],
  ["", null],
  [null, null],
])("Asterisk's time %s", (text, epochMs) => {
  expect(asteriskTime(text)).toBe(epochMs);
});

test.each([
  ["PJSIP/1001-0000001f", "PJSIP/1001"],
  ["PJSIP/front-desk-0000001f", "PJSIP/front-desk"],
  ["Local/7000@agents-0000001f;2", "Local/7000@agents"],
  ["Snoop/1", "Snoop/1"],
])("the phone behind channel %s is %s", (channelName, endpoint) => {
  expect(endpointOf(channelName)).toBe(endpoint);
});

test("names and what they stand for are each other's inverse", () => {
  expect(names.attemptOf(names.customerChannel(attemptId))).toBe(attemptId);
  expect(names.ownerOf(names.agentBridge(leg))).toBe(leg);
  for (const choice of ["campaign", "builtIn"] as const) {
    expect(names.informed(names.messagePlayback(attemptId, choice))).toEqual({ attemptId, choice });
  }
  expect(names.informed(names.testPlay(1))).toBeNull();
  expect(names.isTestPlay(names.testPlay(1))).toBe(true);
  // Another node, of an unlucky name, on the same Asterisk.
  expect(names.isTestPlay(namesOf(nodeId("n-1-testplay")).agentBridge(leg))).toBe(false);
  expect(names.ownerOf(names.customerChannel(attemptId))).toBeNull();
  expect(names.attemptOf(names.agentBridge(leg))).toBeNull();
  expect(names.mayBePhone(names.customerChannel(attemptId))).toBe(false);
});
