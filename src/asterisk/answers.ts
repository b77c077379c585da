// From the JSON that requests are answered with to the port's own types. Missing details become null or empty; an
// answer without the name of the thing it is about is refused.
import { AriError } from "./ari-error.ts";
import type {
  AriBridge,
  AriChannel,
  AriEndpoint,
  AriModule,
  AriSound,
  AsteriskIdentity,
  RtpStatistics,
} from "./ari-port.ts";
import { listIn, numberIn, objectIn, textIn, textsIn } from "./read-json.ts";

export function readChannel(answer: unknown): AriChannel {
  const channel = objectIn(answer);
  return {
    id: nameOf(textIn(channel, "id"), "channel"),
    name: textIn(channel, "name") ?? "",
    state: textIn(channel, "state") ?? "",
    callerNumber: textIn(objectIn(channel?.["caller"]), "number") ?? "",
    applicationData: textIn(objectIn(channel?.["dialplan"]), "app_data") ?? "",
    // Asterisk sends an empty string where a technology has no such id.
    protocolId: textIn(channel, "protocol_id") || null,
    createdAt: textIn(channel, "creationtime") ?? "",
  };
}

export function readBridge(answer: unknown): AriBridge {
  const bridge = objectIn(answer);
  return {
    id: nameOf(textIn(bridge, "id"), "bridge"),
    name: textIn(bridge, "name") ?? "",
    bridgeType: textIn(bridge, "bridge_type") ?? "",
    channelIds: textsIn(bridge, "channels"),
  };
}

export function readEndpoint(answer: unknown): AriEndpoint {
  const endpoint = objectIn(answer);
  return {
    technology: textIn(endpoint, "technology") ?? "",
    resource: nameOf(textIn(endpoint, "resource"), "endpoint"),
    state: textIn(endpoint, "state"),
    channelIds: textsIn(endpoint, "channel_ids"),
  };
}

export function readModule(answer: unknown): AriModule {
  const module = objectIn(answer);
  return { name: nameOf(textIn(module, "name"), "module"), status: textIn(module, "status") ?? "" };
}

export function readSound(answer: unknown): AriSound {
  const sound = objectIn(answer);
  const formats = listIn(sound?.["formats"]).map(objectIn);
  return {
    id: nameOf(textIn(sound, "id"), "sound"),
    formats: formats.map((pair) => ({
      language: textIn(pair, "language") ?? "",
      format: textIn(pair, "format") ?? "",
    })),
  };
}

export function readRtpStatistics(answer: unknown): RtpStatistics {
  const raw = objectIn(answer) ?? {};
  return { packetsReceived: numberIn(raw, "rxcount") ?? 0, packetsSent: numberIn(raw, "txcount") ?? 0, raw };
}

/** Null when this is no answer of Asterisk's `GET asterisk/info`. */
export function readIdentity(answer: unknown): AsteriskIdentity | null {
  const info = objectIn(answer);
  const system = objectIn(info?.["system"]);
  const version = textIn(system, "version");
  if (version === null) return null;
  const config = objectIn(info?.["config"]);
  return {
    version,
    entityId: textIn(system, "entity_id"),
    systemName: textIn(config, "name"),
    channelsMax: numberIn(config, "max_channels"),
  };
}

function nameOf(name: string | null, what: string): string {
  if (name !== null && name !== "") return name;
  throw new AriError({ code: "ARI_BAD_RESPONSE", message: `Asterisk answered with a ${what} that has no name` });
}
