// What a pretend Asterisk remembers and says: channels, bridges and playbacks, and the events that follow from what was
// asked of them. Only what the adapter can see from outside; nothing of how Asterisk does it.

export interface PretendChannel {
  readonly id: string;
  readonly endpoint: string;
  state: string;
  dialled: boolean;
  appArgs: string;
  /** What the dialplan sent it into our application with. */
  readonly applicationData?: string;
  readonly variables: Record<string, string>;
}

export interface PretendBridge {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly channels: Set<string>;
}

export type Answer = { readonly status: number; readonly json?: unknown };
const OK: Answer = { status: 204 };
export const notFound = (what: string): Answer => ({ status: 404, json: { message: `${what} not found` } });
const conflict = (why: string): Answer => ({ status: 409, json: { message: why } });

export abstract class PretendAsterisk {
  readonly channels = new Map<string, PretendChannel>();
  readonly bridges = new Map<string, PretendBridge>();
  /** Target by playback id. */
  readonly playbacks = new Map<string, string>();
  readonly endpoints: { technology: string; resource: string; state: string }[] = [];
  readonly sounds = new Set<string>();
  /** Milliseconds from create's answer to StasisStart; null: it never comes. */
  stasisStartAfterMs: number | null = 1;

  /** Sends an event to everyone connected. */
  abstract emit(type: string, fields?: Readonly<Record<string, unknown>>): void;

  channelJson(channel: PretendChannel): Record<string, unknown> {
    return {
      id: channel.id,
      name: `${channel.endpoint}-00000001`,
      state: channel.state,
      protocol_id: "call-id-of-" + channel.id,
      caller: { name: "", number: "" },
      connected: { name: "", number: "" },
      accountcode: "",
      dialplan: {
        ...{ context: "default", exten: "s", priority: 1 },
        ...{ app_name: "Stasis", app_data: channel.applicationData ?? "" },
      },
      creationtime: "2026-11-21T12:00:00.000+0000",
      language: "en",
    };
  }

  /** The channel ends, as ChannelDestroyed tells it. */
  end(channelId: string, cause: number, techCause?: number): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    this.channels.delete(channelId);
    for (const bridge of this.bridges.values()) {
      if (bridge.channels.delete(channelId)) {
        this.emit("ChannelLeftBridge", { bridge: this.#bridgeJson(bridge.id), channel: this.channelJson(channel) });
      }
    }
    const fields = { cause, cause_txt: "", ...(techCause === undefined ? {} : { tech_cause: techCause }) };
    this.emit("ChannelDestroyed", { ...fields, channel: this.channelJson(channel) });
  }

  setState(channelId: string, state: string): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    channel.state = state;
    this.emit("ChannelStateChange", { channel: this.channelJson(channel) });
  }

  /** Carries out one request; the path has no "/ari" in front. */
  protected act(method: string, path: string, query: URLSearchParams, text: string): Answer {
    const [, resource = "", id = "", verb = "", rest = ""] = path.split("/").map(decodeURIComponent);
    switch (resource) {
      case "asterisk":
        return this.#asterisk(id);
      case "applications":
        return { status: 200, json: { name: id } };
      case "channels":
        return this.#channel(method, id, verb, rest, query, text);
      case "bridges":
        return this.#bridge(method, id, verb, rest, query);
      case "playbacks":
        return this.playbacks.delete(id) ? OK : notFound("Playback");
      case "endpoints":
        return { status: 200, json: this.endpoints.filter(({ technology }) => id === "" || technology === id) };
      case "sounds":
        return this.sounds.has(id)
          ? { status: 200, json: { id, formats: [{ language: "en", format: "wav" }] } }
          : notFound("Sound");
      default:
        return notFound("Resource");
    }
  }

  #asterisk(what: string): Answer {
    if (what === "modules")
      return { status: 200, json: [{ name: "app_stasis.so", status: "Running", use_count: 1, support_level: "core" }] };
    return {
      status: 200,
      json: {
        system: { version: "22.10.1", entity_id: "02:00:00:00:00:01" },
        config: { name: "pretend", default_language: "en" },
      },
    };
  }

  #channel(method: string, id: string, verb: string, rest: string, query: URLSearchParams, text: string): Answer {
    if (id === "")
      return { status: 200, json: [...this.channels.values()].map((channel) => this.channelJson(channel)) };
    if (method === "POST" && verb === "") return this.#newChannel(id, query, text);
    const channel = this.channels.get(id);
    if (channel === undefined) return notFound("Channel");
    switch (`${method} ${verb}`) {
      case "GET ":
        return { status: 200, json: this.channelJson(channel) };
      case "DELETE ":
        setImmediate(() => {
          this.end(id, Number(query.get("reason_code") ?? 16));
        });
        return OK;
      case "POST answer":
        this.setState(id, "Up");
        return OK;
      case "POST dial":
        if (channel.dialled) return conflict("Channel already dialled");
        channel.dialled = true;
        this.emit("Dial", { peer: this.channelJson(channel), dialstatus: "", dialstring: "" });
        return OK;
      case "POST play":
        return this.#play(rest, `channel:${id}`);
      case "GET variable": {
        const value = channel.variables[query.get("variable") ?? ""];
        return value === undefined ? notFound("Variable") : { status: 200, json: { value } };
      }
      case "POST variable":
        channel.variables[query.get("variable") ?? ""] = query.get("value") ?? "";
        return OK;
      case "GET rtp_statistics":
        return { status: 200, json: { rxcount: 100, txcount: 101, channel_uniqueid: id } };
      default:
        return OK;
    }
  }

  #newChannel(idInPath: string, query: URLSearchParams, text: string): Answer {
    const created = idInPath === "create";
    const id = created ? (query.get("channelId") ?? "") : idInPath;
    if (this.channels.has(id)) return conflict("Channel with given unique ID already exists");
    const { variables = {} } = (text === "" ? {} : JSON.parse(text)) as { variables?: Record<string, string> };
    const channel: PretendChannel = {
      id,
      endpoint: query.get("endpoint") ?? "",
      state: "Down",
      dialled: !created,
      appArgs: query.get("appArgs") ?? "",
      variables,
    };
    this.channels.set(id, channel);
    if (created && this.stasisStartAfterMs !== null) setTimeout(() => this.startStasis(id), this.stasisStartAfterMs);
    return { status: 200, json: this.channelJson(channel) };
  }

  startStasis(id: string): void {
    const channel = this.channels.get(id);
    if (channel === undefined) return;
    const args = channel.appArgs === "" ? [] : channel.appArgs.split(",");
    this.emit("StasisStart", { args, channel: this.channelJson(channel) });
  }

  /** Somebody calls in: a channel that enters our application by the dialplan. */
  arrive(id: string, endpoint: string, args: readonly string[]): void {
    const appArgs = args.join(",");
    const applicationData = `fairdial,${appArgs}`;
    this.channels.set(id, { id, endpoint, state: "Ring", dialled: true, appArgs, applicationData, variables: {} });
    this.startStasis(id);
  }

  #bridge(method: string, id: string, verb: string, rest: string, query: URLSearchParams): Answer {
    if (id === "") return { status: 200, json: [...this.bridges.keys()].map((key) => this.#bridgeJson(key)) };
    if (method === "POST" && verb === "") {
      if (this.bridges.has(id)) return conflict("Bridge with id already exists");
      this.bridges.set(id, { id, name: query.get("name") ?? "", type: query.get("type") ?? "", channels: new Set() });
      return { status: 200, json: this.#bridgeJson(id) };
    }
    const bridge = this.bridges.get(id);
    if (bridge === undefined) return notFound("Bridge");
    switch (`${method} ${verb}`) {
      case "DELETE ":
        this.emit("BridgeDestroyed", { bridge: this.#bridgeJson(id) });
        this.bridges.delete(id);
        return OK;
      case "POST addChannel":
        return this.#addChannels(id, (query.get("channel") ?? "").split(","));
      case "POST removeChannel": {
        const channel = this.channels.get(query.get("channel") ?? "");
        if (channel === undefined) return { status: 400, json: { message: "Channel not found" } };
        if (!bridge.channels.delete(channel.id))
          return { status: 422, json: { message: "Channel not in this bridge" } };
        this.emit("ChannelLeftBridge", { bridge: this.#bridgeJson(id), channel: this.channelJson(channel) });
        return OK;
      }
      case "POST play":
        return this.#play(rest, `bridge:${id}`);
      default:
        return OK;
    }
  }

  #addChannels(bridgeId: string, channelIds: readonly string[]): Answer {
    const bridge = this.bridges.get(bridgeId);
    for (const id of channelIds) {
      const channel = this.channels.get(id);
      if (channel === undefined) return { status: 400, json: { message: "Channel not found" } };
      for (const other of this.bridges.values()) other.channels.delete(id);
      bridge?.channels.add(id);
      setImmediate(() => {
        if (this.bridges.has(bridgeId)) {
          this.emit("ChannelEnteredBridge", { bridge: this.#bridgeJson(bridgeId), channel: this.channelJson(channel) });
        }
      });
    }
    return OK;
  }

  #play(playbackId: string, target: string): Answer {
    this.playbacks.set(playbackId, target);
    const playback = { id: playbackId, target_uri: target, media_uri: "sound:x", state: "playing" };
    setImmediate(() => {
      this.emit("PlaybackStarted", { playback });
    });
    return { status: 201, json: playback };
  }

  /** The person is heard, or the network's ring tone is. */
  talks(channelId: string, what: "Started" | "Finished", duration?: number): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    const fields = duration === undefined ? {} : { duration };
    this.emit(`ChannelTalking${what}`, { channel: this.channelJson(channel), ...fields });
  }

  /** Somebody asks for the end: the far end, or, softly, Asterisk itself. */
  hangupRequest(channelId: string, cause: number, soft = false): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return;
    this.emit("ChannelHangupRequest", { cause, ...(soft ? { soft } : {}), channel: this.channelJson(channel) });
  }

  /** The playback ends by itself. */
  finishPlayback(playbackId: string, state: "done" | "failed"): void {
    const target = this.playbacks.get(playbackId);
    this.playbacks.delete(playbackId);
    this.emit("PlaybackFinished", {
      playback: { id: playbackId, target_uri: target ?? "", media_uri: "sound:x", state },
    });
  }

  #bridgeJson(id: string): Record<string, unknown> {
    const bridge = this.bridges.get(id);
    return {
      id,
      name: bridge?.name ?? "",
      bridge_type: bridge?.type ?? "",
      bridge_class: "stasis",
      technology: "simple_bridge",
      creator: "Stasis",
      channels: [...(bridge?.channels ?? [])],
    };
  }
}
