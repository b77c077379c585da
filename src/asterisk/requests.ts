// AriRequests on top of the operations that Asterisk's api-docs declare: one line a request, and what counts as done.
import { AriError, isNotFound } from "./ari-error.ts";
import type { OperationName, ResourceName } from "./ari-library.ts";
import type { AriRequests, CreateChannel, RecordRequest } from "./ari-port.ts";
import {
  readBridge,
  readChannel,
  readEndpoint,
  readIdentity,
  readModule,
  readRtpStatistics,
  readSound,
} from "./answers.ts";
import { listIn, objectIn, textIn } from "./read-json.ts";

/** Runs one operation by resource and api-docs nickname; rejects with an AriError only. */
export type Call = <R extends ResourceName>(
  resource: R,
  operation: OperationName<R>,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

// Without these no call can be placed, answered, informed or ended; checked once when connecting. The rest is
// either optional (statistics, recording) or fails by itself with a clear error.
export const NEEDED_OPERATIONS: readonly (readonly [string, string])[] = [
  ["applications", "filter"],
  ["applications", "subscribe"],
  ["asterisk", "getInfo"],
  ["bridges", "addChannel"],
  ["bridges", "createWithId"],
  ["bridges", "destroy"],
  ["bridges", "list"],
  ["bridges", "playWithId"],
  ["bridges", "removeChannel"],
  ["channels", "answer"],
  ["channels", "create"],
  ["channels", "dial"],
  ["channels", "hangup"],
  ["channels", "list"],
  ["channels", "originateWithId"],
  ["channels", "playWithId"],
  ["channels", "setChannelVar"],
  ["playbacks", "stop"],
];

// Q.850 16, "normal call clearing".
const NORMAL_CLEARING = 16;

/** Reads a file that Asterisk sends, without keeping it; null when there is none. The path is below /ari. */
export type ReadThrough = (path: string) => Promise<{ readonly bytes: number; readonly sha256: string } | null>;

export function ariRequests(call: Call, application: string, readThrough: ReadThrough): AriRequests {
  return {
    createChannel: async (request) =>
      readChannel(await call("channels", "create", { ...placing(request), app: application })),
    dial: async (channelId, { timeoutSeconds }) => {
      await call("channels", "dial", { channelId, timeout: timeoutSeconds });
    },
    originate: async ({ callerId, timeoutSeconds, ...request }) =>
      readChannel(
        await call("channels", "originateWithId", {
          ...placing(request),
          app: application,
          callerId,
          timeout: timeoutSeconds,
        }),
      ),
    answer: async (channelId) => {
      await call("channels", "answer", { channelId });
    },
    ring: async (channelId) => {
      await call("channels", "ring", { channelId });
    },
    continueInDialplan: async (channelId, place) => {
      await call("channels", "continueInDialplan", { channelId, ...place });
    },
    hangup: (channelId, reasonCode = NORMAL_CLEARING) =>
      orGone(call("channels", "hangup", { channelId, reason_code: String(reasonCode) }), "hung-up"),
    channel: (channelId) => orNull(call("channels", "get", { channelId }), readChannel),
    channels: async () => listIn(await call("channels", "list")).map(readChannel),
    variable: async (channelId, variable) => {
      // Asterisk 22 answers 404 both for an unset variable and for a channel that is gone; neither has a value.
      const answer = await orNull(call("channels", "getChannelVar", { channelId, variable }), objectIn);
      return textIn(answer, "value") ?? "";
    },
    setVariable: async (channelId, variable, value) => {
      await call("channels", "setChannelVar", { channelId, variable, value });
    },
    mute: async (channelId, direction) => {
      await call("channels", "mute", { channelId, direction });
    },
    unmute: async (channelId, direction) => {
      await call("channels", "unmute", { channelId, direction });
    },
    startSilence: async (channelId) => {
      await call("channels", "startSilence", { channelId });
    },
    stopSilence: (channelId) => orGone(call("channels", "stopSilence", { channelId }), "stopped", [404, 409, 412]),
    startMusic: async (channelId, mohClass) => {
      await call("channels", "startMoh", { channelId, mohClass });
    },
    stopMusic: async (channelId) => {
      await call("channels", "stopMoh", { channelId });
    },
    playOnChannel: async (channelId, playbackId, media, lang) => {
      await call("channels", "playWithId", { channelId, playbackId, media: media.join(","), lang });
    },
    playOnBridge: async (bridgeId, playbackId, media) => {
      await call("bridges", "playWithId", { bridgeId, playbackId, media: media.join(",") });
    },
    stopPlayback: (playbackId) => orGone(call("playbacks", "stop", { playbackId }), "stopped"),
    recordChannel: async (channelId, request) => {
      await call("channels", "record", { channelId, ...recording(request) });
    },
    recordBridge: async (bridgeId, request) => {
      await call("bridges", "record", { bridgeId, ...recording(request) });
    },
    snoop: async (channelId, snoopId, spy, whisper) => {
      await call("channels", "snoopChannelWithId", {
        ...{ channelId, snoopId, spy, app: application },
        whisper: whisper ?? "none",
      });
    },
    recordingState: (recordingName) =>
      orNull(call("recordings", "getLive", { recordingName }), (answer) => textIn(objectIn(answer), "state")),
    muteRecording: async (recordingName) => {
      await call("recordings", "mute", { recordingName });
    },
    unmuteRecording: async (recordingName) => {
      await call("recordings", "unmute", { recordingName });
    },
    stopRecording: async (recordingName) => {
      await call("recordings", "stop", { recordingName });
    },
    recordingFile: (recordingName) => readThrough(`/recordings/stored/${encodeURIComponent(recordingName)}/file`),
    deleteRecording: async (recordingName) => {
      await call("recordings", "deleteStored", { recordingName });
    },
    rtpStatistics: (channelId) => orNull(call("channels", "rtpstatistics", { channelId }), readRtpStatistics),

    createBridge: async (bridgeId, { type, name }) =>
      readBridge(await call("bridges", "createWithId", { bridgeId, type, name })),
    bridges: async () => listIn(await call("bridges", "list")).map(readBridge),
    addToBridge: async (bridgeId, channelIds) => {
      await call("bridges", "addChannel", { bridgeId, channel: channelIds.join(",") });
    },
    removeFromBridge: (bridgeId, channelId) =>
      // 404: no such bridge; 400: no such channel; 422: not in this bridge (Asterisk's api-docs, removeChannel).
      orGone(call("bridges", "removeChannel", { bridgeId, channel: channelId }), "removed", [404, 400, 422]),
    destroyBridge: (bridgeId) => orGone(call("bridges", "destroy", { bridgeId }), "destroyed"),
    startBridgeMusic: async (bridgeId, mohClass) => {
      await call("bridges", "startMoh", { bridgeId, mohClass });
    },
    stopBridgeMusic: async (bridgeId) => {
      await call("bridges", "stopMoh", { bridgeId });
    },

    identity: async () => {
      const identity = readIdentity(await call("asterisk", "getInfo"));
      if (identity !== null) return identity;
      throw new AriError({ code: "ARI_BAD_RESPONSE", message: "Asterisk's info has no version" });
    },
    modules: async () => listIn(await call("asterisk", "listModules")).map(readModule),
    sound: (soundId) => orNull(call("sounds", "get", { soundId }), readSound),
    endpoints: async (tech) => {
      const answer = tech === undefined ? call("endpoints", "list") : call("endpoints", "listByTech", { tech });
      return listIn(await answer).map(readEndpoint);
    },
    subscribe: async (eventSource) => {
      await call("applications", "subscribe", { applicationName: application, eventSource });
    },
    putEventFilter: async (disallowedTypes) => {
      const filter = { disallowed: disallowedTypes.map((type) => ({ type })) };
      await call("applications", "filter", { applicationName: application, filter });
    },
  };
}

function placing(request: CreateChannel): Record<string, unknown> {
  return { ...request };
}

function recording({ name, format, maxDurationSeconds, ifExists }: RecordRequest): Record<string, unknown> {
  return { name, format, maxDurationSeconds, ifExists: ifExists ?? "overwrite" };
}

/** A DELETE of something that has gone already has reached its aim; so has one repeated after a lost answer. */
async function orGone<T extends string>(
  request: Promise<unknown>,
  done: T,
  goneStatuses: readonly number[] = [404],
): Promise<T | "gone"> {
  try {
    await request;
    return done;
  } catch (error) {
    if (error instanceof AriError && goneStatuses.includes(error.status)) return "gone";
    throw error;
  }
}

async function orNull<T>(request: Promise<unknown>, read: (answer: unknown) => T): Promise<T | null> {
  try {
    return read(await request);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
