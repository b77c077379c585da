// Swagger 1.1 declarations in our own words, as small as ari-client can live with. One line an operation:
// "METHOD nickname path responseClass query… body=…"; path parameters are taken from the path.
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  applications: [
    "GET list /applications List[Application]",
    "GET get /applications/{applicationName} Application",
    "POST subscribe /applications/{applicationName}/subscription Application eventSource",
    "PUT filter /applications/{applicationName}/eventFilter Application body=filter",
  ],
  asterisk: [
    "GET getInfo /asterisk/info AsteriskInfo only",
    "GET ping /asterisk/ping AsteriskPing",
    "GET listModules /asterisk/modules List[Module]",
  ],
  bridges: [
    "GET list /bridges List[Bridge]",
    "POST createWithId /bridges/{bridgeId} Bridge type name",
    "DELETE destroy /bridges/{bridgeId} void",
    "POST addChannel /bridges/{bridgeId}/addChannel void channel role mute",
    "POST removeChannel /bridges/{bridgeId}/removeChannel void channel",
    "POST startMoh /bridges/{bridgeId}/moh void mohClass",
    "DELETE stopMoh /bridges/{bridgeId}/moh void",
    "POST playWithId /bridges/{bridgeId}/play/{playbackId} Playback media",
    "POST record /bridges/{bridgeId}/record LiveRecording name format maxDurationSeconds ifExists",
  ],
  channels: [
    "GET list /channels List[Channel]",
    "POST create /channels/create Channel endpoint app appArgs channelId otherChannelId originator formats body=variables",
    "GET get /channels/{channelId} Channel",
    "POST originateWithId /channels/{channelId} Channel endpoint app appArgs callerId timeout otherChannelId formats body=variables",
    "DELETE hangup /channels/{channelId} void reason_code reason",
    "POST answer /channels/{channelId}/answer void",
    "POST dial /channels/{channelId}/dial void caller timeout",
    "POST mute /channels/{channelId}/mute void direction",
    "DELETE unmute /channels/{channelId}/mute void direction",
    "POST startMoh /channels/{channelId}/moh void mohClass",
    "DELETE stopMoh /channels/{channelId}/moh void",
    "POST playWithId /channels/{channelId}/play/{playbackId} Playback media",
    "POST record /channels/{channelId}/record LiveRecording name format maxDurationSeconds ifExists",
    "GET getChannelVar /channels/{channelId}/variable Variable variable",
    "POST setChannelVar /channels/{channelId}/variable void variable value",
    "GET rtpstatistics /channels/{channelId}/rtp_statistics RTPstat",
  ],
  endpoints: ["GET list /endpoints List[Endpoint]", "GET listByTech /endpoints/{tech} List[Endpoint]"],
  events: ["WS eventWebsocket /events Message app subscribeAll"],
  playbacks: ["GET get /playbacks/{playbackId} Playback", "DELETE stop /playbacks/{playbackId} void"],
  sounds: ["GET list /sounds List[Sound]", "GET get /sounds/{soundId} Sound"],
};

export function resourceList(host: string): unknown {
  const apis = Object.keys(OPERATIONS).map((name) => ({ path: `/api-docs/${name}.{format}`, description: name }));
  return { apiVersion: "2.0.0", swaggerVersion: "1.1", basePath: `http://${host}/ari`, apis };
}

/** Null if there is no such resource. `without` names operations ("channels.dial") to leave out. */
export function declaration(name: string, host: string, without: readonly string[]): unknown {
  const operations = OPERATIONS[name];
  if (operations === undefined) return null;
  return {
    apiVersion: "2.0.0",
    swaggerVersion: "1.1",
    basePath: `http://${host}/ari`,
    resourcePath: `/api-docs/${name}.{format}`,
    apis: operations.filter((line) => !without.includes(`${name}.${String(line.split(" ")[1])}`)).map(api),
    // Deliberately no event models: with the library's own event handling every event would then be an unknown type.
    models: {},
  };
}

function api(line: string): unknown {
  const [httpMethod = "", nickname = "", path = "", responseClass = "", ...rest] = line.split(" ");
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => parameter(String(match[1]), "path", true));
  const others = rest.map((name) =>
    name.startsWith("body=") ? parameter(name.slice(5), "body", false) : parameter(name, "query", false),
  );
  return {
    path,
    operations: [
      {
        httpMethod: httpMethod === "WS" ? "GET" : httpMethod,
        nickname,
        responseClass,
        parameters: [...inPath, ...others],
      },
    ],
  };
}

function parameter(name: string, paramType: string, required: boolean): unknown {
  return { name, paramType, required, dataType: paramType === "body" ? "containers" : "string" };
}
