// From one raw ARI event to what it means for the engine. Pure, and nothing throws: unknown is ignored by name, nonsense
// is malformed. An outcome is never read out of `Dial`: its final status is wrong for half of all failures.
import type { CallEvent } from "../call/call.ts";
import type { Stamp } from "../domain/attempt.ts";
import { legId } from "../domain/ids.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import { instant } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { AgentLegEvent, FlowNews, TelephonyEvent } from "../engine/ports.ts";
import type { AriEvent, JsonObject } from "./ari-port.ts";
import { endpointOf } from "./names.ts";
import type { Names } from "./names.ts";
import { numberIn, objectIn, textIn, textsIn } from "./read-json.ts";
import { recordedAttempt } from "./recordings.ts";

export type Decoded =
  | { readonly kind: "telephony"; readonly event: TelephonyEvent }
  /** A person is in the standing bridge of this phone; whether that is where they were last sent is for the legs to say. */
  | { readonly kind: "joined"; readonly attemptId: AttemptId; readonly owner: LegId; readonly stamp: Stamp }
  /** A message is played to nobody. `state` is how the playback ended, as Asterisk says it. */
  | { readonly kind: "testPlay"; readonly name: string; readonly state: string; readonly stamp: Stamp }
  /** A leg that we created is ours to dial now. */
  | { readonly kind: "created"; readonly attemptId: AttemptId; readonly sipCallId: string | null }
  /** A leg is back from AMD() in the dialplan, with AMDSTATUS and AMDCAUSE. */
  | { readonly kind: "returned"; readonly attemptId: AttemptId; readonly status: string; readonly cause: string }
  /** Somebody was sent into our application who has no business there. */
  | { readonly kind: "stranger"; readonly channelId: string; readonly channelName: string }
  | { readonly kind: "ignored"; readonly type: string }
  | { readonly kind: "malformed"; readonly type: string; readonly reason: string };

export interface DecodeOptions {
  readonly names: Names;
  /** The argument with which the dialplan sends a phone to us to log in. */
  readonly loginArgument: string;
}

/** With what the dialplan sends a leg back to us (asterisk-config/samples/extensions.conf). */
const AMD_ARGUMENT = "amd";

type Decoder = (event: AriEvent, options: DecodeOptions) => Decoded;

const DECODERS: Readonly<Record<string, Decoder>> = {
  StasisStart: stasisStart,
  StasisEnd: (event, options) => ofPhone(event, options, (stamp) => ({ type: "gone", stamp, cause: null })),
  ChannelStateChange: stateChange,
  Dial: dial,
  ChannelHangupRequest: hangupRequest,
  ChannelDestroyed: destroyed,
  ChannelDtmfReceived: dtmf,
  ChannelTalkingStarted: talkingStarted,
  ChannelTalkingFinished: talkingFinished,
  ChannelEnteredBridge: enteredBridge,
  PlaybackStarted: playback,
  PlaybackFinished: playback,
  RecordingFinished: recordingOver,
  RecordingFailed: recordingOver,
};

export function decode(event: AriEvent, options: DecodeOptions): Decoded {
  const decoder = Object.hasOwn(DECODERS, event.type) ? DECODERS[event.type] : undefined;
  return decoder === undefined ? ignored(event) : decoder(event, options);
}

/** Asterisk's own time, "2026-11-21T21:08:33.421+0000"; null if it cannot be read. */
export function asteriskTime(text: string | null): Instant | null {
  if (text === null) return null;
  const parts = TIME.exec(text);
  if (parts === null) return null;
  const [, second = "", ms = "", hours = "+00", minutes = "00"] = parts;
  const whole = `${second}${hours}:${minutes}`;
  if (whole !== lastSecond.text) lastSecond = { text: whole, epochMs: Date.parse(whole) };
  const { epochMs } = lastSecond;
  return Number.isNaN(epochMs) ? null : instant(epochMs + Number(ms));
}

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{3})(?:Z|([+-]\d{2}):?(\d{2}))$/;
/** Many events are of one second, and reading a second costs more than the rest of the event. */
let lastSecond: { readonly text: string; readonly epochMs: number } = { text: "", epochMs: NaN };

/* ---------------------------------------------------------------- One function an event type */

function stasisStart(event: AriEvent, { names, loginArgument }: DecodeOptions): Decoded {
  const channel = channelIn(event);
  const id = textIn(channel, "id");
  if (id === null) return malformed(event, "no channel");
  const attemptId = names.attemptOf(id);
  const [purpose, status = "", cause = ""] = textsIn(event.body, "args");
  if (attemptId !== null && purpose === AMD_ARGUMENT) return { kind: "returned", attemptId, status, cause };
  if (attemptId !== null) return { kind: "created", attemptId, sipCallId: sipCallIdIn(channel) };
  const channelName = textIn(channel, "name") ?? "";
  if (!names.mayBePhone(id)) return ignored(event);
  if (textsIn(event.body, "args")[0] !== loginArgument) return { kind: "stranger", channelId: id, channelName };
  return agentLeg(id, { type: "arrived", stamp: stampOf(event), endpoint: endpointOf(channelName) });
}

function stateChange(event: AriEvent, options: DecodeOptions): Decoded {
  return ofCustomer(event, options, (stamp, channel) => {
    switch (textIn(channel, "state")) {
      case "Ringing":
        return { type: "rang", stamp };
      case "Up":
        return { type: "answered", stamp, sipCallId: sipCallIdIn(channel) };
      default:
        return null;
    }
  });
}

/** Only its progress is used; the leg is called `peer` here. */
function dial(event: AriEvent, { names }: DecodeOptions): Decoded {
  const id = textIn(objectIn(event.body["peer"]), "id");
  const status = textIn(event.body, "dialstatus");
  if (id === null || status === null) return malformed(event, "no peer or no status");
  const attemptId = names.attemptOf(id);
  const stamp = stampOf(event);
  if (attemptId === null) return ignored(event);
  if (status === "PROGRESS") return call(attemptId, { type: "progressed", stamp });
  // A 180 shows here and as a state; whichever comes first counts.
  if (status === "RINGING") return call(attemptId, { type: "rang", stamp });
  return ignored(event);
}

/**
 * `soft` marks what Asterisk itself asked for: its own time-out, or our DELETE. Its `cause` is then a flag (32), and not
 * Q.850. Without `soft` it was the far end, also for a failure response.
 */
function hangupRequest(event: AriEvent, options: DecodeOptions): Decoded {
  const soft = event.body["soft"] === true;
  return ofCustomer(event, options, (stamp) => ({
    type: "hangupRequested",
    stamp,
    by: soft ? "asterisk" : "farEnd",
    cause: soft ? null : causeIn(event.body),
    sip: soft ? null : sipIn(event.body),
  }));
}

function destroyed(event: AriEvent, options: DecodeOptions): Decoded {
  const id = textIn(channelIn(event), "id");
  const cause = causeIn(event.body);
  if (id !== null && options.names.mayBePhone(id)) {
    return agentLeg(id, { type: "gone", stamp: stampOf(event), cause });
  }
  return ofCustomer(event, options, (stamp, channel) => ({
    type: "destroyed",
    stamp,
    cause,
    sip: sipIn(event.body),
    sipCallId: sipCallIdIn(channel),
  }));
}

function dtmf(event: AriEvent, options: DecodeOptions): Decoded {
  const digit = textIn(event.body, "digit");
  if (digit === null || !/^[0-9A-D*#]$/.test(digit)) return malformed(event, "no digit");
  const attemptId = options.names.attemptOf(textIn(channelIn(event), "id") ?? "");
  if (attemptId !== null) return ofFlow(attemptId, { type: "digit", stamp: stampOf(event), digit });
  return ofPhone(event, options, (stamp) => ({ type: "pressed", stamp, digit }));
}

function enteredBridge(event: AriEvent, { names }: DecodeOptions): Decoded {
  const id = textIn(channelIn(event), "id");
  const bridgeId = textIn(objectIn(event.body["bridge"]), "id");
  if (id === null || bridgeId === null) return malformed(event, "no channel or no bridge");
  const owner = names.ownerOf(bridgeId);
  if (owner === null) return ignored(event);
  const stamp = stampOf(event);
  const attemptId = names.attemptOf(id);
  if (attemptId !== null) return { kind: "joined", attemptId, owner, stamp };
  return owner === id ? agentLeg(id, { type: "ready", stamp }) : ignored(event);
}

function playback(event: AriEvent, { names }: DecodeOptions): Decoded {
  const found = objectIn(event.body["playback"]);
  const id = textIn(found, "id");
  if (id === null) return malformed(event, "no playback");
  const stamp = stampOf(event);
  const state = event.type === "PlaybackStarted" ? "started" : (textIn(found, "state") ?? "without a state");
  if (names.isTestPlay(id)) return { kind: "testPlay", name: id, state, stamp };
  const ofWhom = names.ofFlow(id);
  if (ofWhom !== null) {
    const type = state === "started" ? "playStarted" : state === "done" ? "playFinished" : "playFailed";
    return ofFlow(ofWhom.attemptId, { type, stamp, play: ofWhom.play });
  }
  const informed = names.informed(id);
  if (informed === null) return ignored(event);
  const { attemptId, choice } = informed;
  if (state === "started") return call(attemptId, { type: "messageStarted", stamp, choice });
  if (state === "done") return call(attemptId, { type: "messageFinished", stamp, choice });
  return call(attemptId, { type: "messageFailed", stamp, choice, detail: `the playback ended ${state}` });
}

/** Also of one that we have ended ourselves; whoever asked for that knows. */
function recordingOver(event: AriEvent): Decoded {
  const name = textIn(objectIn(event.body["recording"]), "name");
  if (name === null) return malformed(event, "no recording");
  const attemptId = recordedAttempt(name);
  if (attemptId === null) return ignored(event);
  const state = event.type === "RecordingFailed" ? "failed" : "ended";
  return { kind: "telephony", event: { kind: "recording", attemptId, state, at: event.receivedAt } };
}

function talkingStarted(event: AriEvent, options: DecodeOptions): Decoded {
  return ofCustomer(event, options, (stamp) => ({ type: "speechStarted", stamp }));
}

// Detection is taken off after the first greeting or a verdict, and begun anew at the answer: nobody greets for hours.
const GREETING_MAX_MS = 4 * 3_600_000;
/** Two frames of 20 ms: seen as -1 where 40 ms of quiet end a word (22.10.1). An end that is not told makes a verdict unsure. */
const ROUNDING_MAX_MS = 40;

/** Its duration has the quiet that ended it taken off already; Asterisk 18.17 was seen to make it negative (its issue 80). */
function talkingFinished(event: AriEvent, options: DecodeOptions): Decoded {
  const told = numberIn(event.body, "duration") ?? NaN;
  // A sound of one frame, less quiet that was measured to the millisecond, comes to a little below nothing.
  const durationMs = Number.isInteger(told) && told < 0 && told >= -ROUNDING_MAX_MS ? 0 : told;
  const decoded = ofCustomer(event, options, (stamp) => ({ type: "speechEnded", stamp, durationMs }));
  const isSane = Number.isInteger(durationMs) && durationMs >= 0 && durationMs <= GREETING_MAX_MS;
  return decoded.kind === "telephony" && !isSane ? malformed(event, "no duration that can be true") : decoded;
}

/* ---------------------------------------------------------------- Small change */

function ofCustomer(
  event: AriEvent,
  { names }: DecodeOptions,
  read: (stamp: Stamp, channel: JsonObject | null) => CallEvent | null,
): Decoded {
  const channel = channelIn(event);
  const id = textIn(channel, "id");
  if (id === null) return malformed(event, "no channel");
  const attemptId = names.attemptOf(id);
  const meaning = attemptId === null ? null : read(stampOf(event), channel);
  return attemptId === null || meaning === null ? ignored(event) : call(attemptId, meaning);
}

function ofPhone(event: AriEvent, { names }: DecodeOptions, read: (stamp: Stamp) => AgentLegEvent): Decoded {
  const id = textIn(channelIn(event), "id");
  if (id === null) return malformed(event, "no channel");
  return names.mayBePhone(id) ? agentLeg(id, read(stampOf(event))) : ignored(event);
}

const call = (attemptId: AttemptId, event: CallEvent): Decoded => ({
  kind: "telephony",
  event: { kind: "call", attemptId, event },
});

const ofFlow = (attemptId: AttemptId, event: FlowNews["event"]): Decoded => ({
  kind: "telephony",
  event: { kind: "flow", attemptId, event },
});

const agentLeg = (channelId: string, event: AgentLegEvent): Decoded => ({
  kind: "telephony",
  event: { kind: "agentLeg", legId: legId(channelId), event },
});

const ignored = (event: AriEvent): Decoded => ({ kind: "ignored", type: event.type });
const malformed = (event: AriEvent, reason: string): Decoded => ({ kind: "malformed", type: event.type, reason });

const channelIn = (event: AriEvent): JsonObject | null => objectIn(event.body["channel"]);

export const stampOf = (event: AriEvent): Stamp => ({
  at: event.receivedAt,
  asteriskAt: asteriskTime(textIn(event.body, "timestamp")),
});

/** Q.850 has 7 bits (ITU-T Q.850, 2.1); 0 is Asterisk's "not known". */
function causeIn(body: JsonObject): number | null {
  const cause = numberIn(body, "cause");
  return cause !== null && Number.isInteger(cause) && cause >= 0 && cause <= 127 ? cause : null;
}

/** The last SIP response; absent before Asterisk 20.17 and 22.7, for other technologies, and on nominal ends. */
function sipIn(body: JsonObject): number | null {
  const code = numberIn(body, "tech_cause");
  return code !== null && Number.isInteger(code) && code >= 300 && code <= 699 ? code : null;
}

/** The SIP Call-ID; an empty string where a technology has none. */
function sipCallIdIn(channel: JsonObject | null): string | null {
  return textIn(channel, "protocol_id") || null;
}
