// What fairdial asks of ARI and nothing more: typed requests, one stream of raw events, and how the connection does.
// Another transport (raw ws and undici, or REST over WebSocket) can take its place without anyone above noticing.

import type { Clock, Log, Random } from "../engine/ports.ts";
import type { Instant } from "../domain/instant.ts";

/** What the connection needs of the world; nothing here waits on the engine's clock, only stamps with it. */
export interface AriSurroundings {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "next">;
  readonly log: Log;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** An event as Asterisk sent it; nothing about its body is checked except that it is an object with a `type`. */
export interface AriEvent {
  readonly type: string;
  /** Our clock, read once when the frame arrived. */
  readonly receivedAt: Instant;
  /** Asterisk kept it while nobody was there to read it; only with a transport by which it can. */
  readonly isKept: boolean;
  readonly body: JsonObject;
}

export type AriConnectionEvent =
  /** Events flow and the event filter was sent. Events from before were lost: reconcile. */
  | { readonly type: "up"; readonly at: Instant; readonly first: boolean }
  /** Events are being lost from now on; requests may still be answered. */
  | { readonly type: "down"; readonly at: Instant; readonly reason: string }
  /** Another process took our application name. We will not take it back; two would fight for ever. */
  | { readonly type: "replaced"; readonly at: Instant };

export interface AsteriskIdentity {
  /** As Asterisk says it, for example "22.10.1" or "22.10.1~dfsg+~cs6.15". */
  readonly version: string;
  readonly entityId: string | null;
  readonly systemName: string | null;
  /** asterisk.conf maxcalls, or null when there is no such limit. */
  readonly channelsMax: number | null;
}

/** A channel as GET tells it. */
export interface AriChannel {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly callerNumber: string;
  /** The arguments with which the dialplan sent it to an application: "fairdial,agent-login". */
  readonly applicationData: string;
  /** The SIP Call-ID; null for other technologies and before Asterisk 18.13/20.0. */
  readonly protocolId: string | null;
  readonly createdAt: string;
}

export interface AriBridge {
  readonly id: string;
  readonly name: string;
  readonly bridgeType: string;
  readonly channelIds: readonly string[];
}

export interface AriEndpoint {
  readonly technology: string;
  readonly resource: string;
  /** "online", "offline" or "unknown"; null if Asterisk does not say. */
  readonly state: string | null;
  readonly channelIds: readonly string[];
}

export interface AriModule {
  readonly name: string;
  readonly status: string;
}

export interface AriSound {
  readonly id: string;
  readonly formats: readonly { readonly language: string; readonly format: string }[];
}

export interface RtpStatistics {
  readonly packetsReceived: number;
  readonly packetsSent: number;
  /** Everything Asterisk said, for the record. */
  readonly raw: JsonObject;
}

export interface CreateChannel {
  readonly channelId: string;
  readonly endpoint: string;
  readonly appArgs?: string;
  /** The second half of a Local channel. */
  readonly otherChannelId?: string;
  readonly formats?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface OriginateChannel extends CreateChannel {
  readonly callerId?: string;
  /** Whole seconds; Asterisk has no finer unit here. */
  readonly timeoutSeconds: number;
}

export interface RecordRequest {
  readonly name: string;
  readonly format: string;
  readonly maxDurationSeconds?: number;
  /** What becomes of a file of that name; `fail` leaves it and rejects with a conflict. */
  readonly ifExists?: "fail" | "overwrite";
}

/** Which audio of a channel: what it hears is "out", what it says is "in" (Asterisk's point of view). */
export type AudioDirection = "in" | "out" | "both";

/**
 * Requests. Every one settles within the request timeout, and fails only with an AriError.
 * GET, PUT and DELETE are repeated after a connection failure; POST never is.
 */
export interface AriRequests {
  /** A channel in our application that is not dialled yet. It lives for ever unless dialled or hung up. */
  createChannel(request: CreateChannel): Promise<AriChannel>;
  /** Starts the INVITE of a created channel. Zero or absent means no timeout of Asterisk's own. */
  dial(channelId: string, options: { readonly timeoutSeconds?: number }): Promise<void>;
  originate(request: OriginateChannel): Promise<AriChannel>;
  answer(channelId: string): Promise<void>;
  /** The caller of a channel that is not answered hears it ring. */
  ring(channelId: string): Promise<void>;
  /**
   * Leaves our application for a place in the dialplan, or goes on after the line that sent it to us. A place that is not
   * there ends the call: ask before.
   */
  continueInDialplan(
    channelId: string,
    place?: { readonly context: string; readonly extension: string; readonly priority: number },
  ): Promise<void>;
  /** "gone" if there was no such channel any more, which is as good. */
  hangup(channelId: string, reasonCode?: number): Promise<"hung-up" | "gone">;
  /** Null if there is no such channel. */
  channel(channelId: string): Promise<AriChannel | null>;
  channels(): Promise<readonly AriChannel[]>;
  /** Empty if the channel has no such variable. */
  variable(channelId: string, name: string): Promise<string>;
  setVariable(channelId: string, name: string, value: string): Promise<void>;
  mute(channelId: string, direction: AudioDirection): Promise<void>;
  unmute(channelId: string, direction: AudioDirection): Promise<void>;
  /** Sends packets without a sound, until stopped. */
  startSilence(channelId: string): Promise<void>;
  /** "gone" if there was nothing to stop. */
  stopSilence(channelId: string): Promise<"stopped" | "gone">;
  startMusic(channelId: string, musicClass?: string): Promise<void>;
  stopMusic(channelId: string): Promise<void>;
  /**
   * `media` is a URI or several: "sound:hello", "tone:beep". The playback gets our name, so its events find us.
   * `language` is of recordings and grammar; without it the channel's own.
   */
  playOnChannel(channelId: string, playbackId: string, media: readonly string[], language?: string): Promise<void>;
  playOnBridge(bridgeId: string, playbackId: string, media: readonly string[]): Promise<void>;
  stopPlayback(playbackId: string): Promise<"stopped" | "gone">;
  recordChannel(channelId: string, request: RecordRequest): Promise<void>;
  recordBridge(bridgeId: string, request: RecordRequest): Promise<void>;
  /**
   * A channel of our own, in our application a moment later, that hears what this one says ("in"), hears ("out"), or both.
   * `whisper`: what is sent to it is added to what this one says or hears; without it nowhere.
   */
  snoop(channelId: string, snoopId: string, spy: AudioDirection, whisper?: AudioDirection): Promise<void>;
  /** "queued", "recording", "paused" …; null if none of this name runs. Whether it is mute Asterisk does not say. */
  recordingState(name: string): Promise<string | null>;
  /** Silence goes into the file instead of sound. Harmless to repeat. */
  muteRecording(name: string): Promise<void>;
  unmuteRecording(name: string): Promise<void>;
  /** Ends and keeps it. */
  stopRecording(name: string): Promise<void>;
  /** The file of an ended one, read through and not kept; null if there is none. */
  recordingFile(name: string): Promise<{ readonly bytes: number; readonly sha256: string } | null>;
  deleteRecording(name: string): Promise<void>;
  /** Null when the channel has no RTP (not SIP, or gone). */
  rtpStatistics(channelId: string): Promise<RtpStatistics | null>;

  createBridge(bridgeId: string, options: { readonly type: string; readonly name: string }): Promise<AriBridge>;
  bridges(): Promise<readonly AriBridge[]>;
  addToBridge(bridgeId: string, channelIds: readonly string[]): Promise<void>;
  /** "gone" if the bridge or the channel was not there any more. */
  removeFromBridge(bridgeId: string, channelId: string): Promise<"removed" | "gone">;
  destroyBridge(bridgeId: string): Promise<"destroyed" | "gone">;
  startBridgeMusic(bridgeId: string, musicClass?: string): Promise<void>;
  stopBridgeMusic(bridgeId: string): Promise<void>;

  identity(): Promise<AsteriskIdentity>;
  modules(): Promise<readonly AriModule[]>;
  /** Null if Asterisk has no sound of that name. */
  sound(soundId: string): Promise<AriSound | null>;
  endpoints(technology?: string): Promise<readonly AriEndpoint[]>;
  /** Have our application told about "channel:…", "bridge:…", "endpoint:PJSIP/…" or "deviceState:…". */
  subscribe(eventSource: string): Promise<void>;
  /** Event types that Asterisk need not send. Asterisk forgets it, so the port sends it again on every open. */
  putEventFilter(disallowedTypes: readonly string[]): Promise<void>;
}

export interface AriHealth {
  readonly connected: boolean;
  /** Times the event socket opened. */
  readonly opens: number;
  readonly requests: { readonly count: number; readonly p50Ms: number | null; readonly p95Ms: number | null };
  readonly events: {
    readonly byType: Readonly<Record<string, number>>;
    /** Frames that were not a JSON object with a type. */
    readonly malformed: number;
    /** Frames that came when nobody listened, or on a socket already given up. */
    readonly ignored: number;
    /** Events on which a listener threw. */
    readonly listenerFailures: number;
  };
}

export interface AriPort extends AriRequests {
  /**
   * Opens the connection and keeps it open until close(). Resolves once events flow; rejects with an AriError that
   * tells refused, unauthorised, hanging and not-Asterisk apart. May be called again after it rejected.
   */
  connect(): Promise<AsteriskIdentity>;
  /** Ends everything, never rejects, and may be called at any time and more than once. */
  close(): Promise<void>;
  /** Listeners are called in order and must not block; one that throws is counted and the others still run. */
  onEvent(listener: (event: AriEvent) => void): () => void;
  onConnection(listener: (event: AriConnectionEvent) => void): () => void;
  health(): AriHealth;
  /** How soon requests were answered in the last two seconds, or how long one waits; null: none was made. In ms. */
  answersInMs(): number | null;
}
