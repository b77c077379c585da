// A bare look through ARI, by plain HTTP and WebSocket: how the lab is examined without the product's own client.

import { WebSocket } from "ws";
import type { LabPbx } from "./pbx.ts";

export type AriEvent = { readonly type: string; readonly timestamp?: string; readonly [field: string]: unknown };

type ChannelField = { readonly id: string; readonly name: string; readonly state: string };

/** What became of one call. */
export type ProbedCall = {
  readonly channelId: string;
  readonly ringing: boolean;
  readonly progress: boolean;
  readonly answered: boolean;
  readonly cause: number;
  /** SIP code; null when Asterisk gave none. */
  readonly techCause: number | null;
  readonly events: readonly AriEvent[];
};

export type ProbeOptions = {
  readonly ringTimeoutS: number;
  readonly cli?: string;
  readonly channelId?: string;
  /** How long to wait for the end of the call. */
  readonly endMs?: number;
};

export class AriProbe {
  readonly events: AriEvent[] = [];
  readonly #pbx: LabPbx;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #made = 0;

  private constructor(pbx: LabPbx, socket: WebSocket) {
    this.#pbx = pbx;
    this.#socket = socket;
    socket.on("message", (data) => {
      this.events.push(JSON.parse((data as Buffer).toString("utf8")) as AriEvent);
      for (const look of [...this.#waiting]) look();
    });
    socket.on("error", () => undefined);
  }

  /** Becomes the application `app` of this PBX. */
  static async open(pbx: LabPbx, app = "fairdial"): Promise<AriProbe> {
    const { url, user, password } = pbx.ari;
    const socket = new WebSocket(`${url.replace("http", "ws")}/ari/events?app=${app}&api_key=${user}:${password}`);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new AriProbe(pbx, socket);
  }

  close(): void {
    this.#socket.terminate();
  }

  /** The first event, past or future, that fits. */
  waitFor(fits: (event: AriEvent) => boolean, timeoutMs: number): Promise<AriEvent> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        const found = this.events.find(fits);
        if (found === undefined) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`no such event within ${String(timeoutMs)} ms`));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Creates a channel, dials it and watches it to its end; the PBX gives up ringing after `ringTimeoutS`. */
  async call(dialString: string, options: ProbeOptions): Promise<ProbedCall> {
    this.#made += 1;
    const channelId = options.channelId ?? `probe-${String(process.pid)}-${String(this.#made)}`;
    const is = (event: AriEvent): boolean => channelOf(event)?.id === channelId;
    const created = await this.#pbx.request(
      "POST",
      `/channels/create?${new URLSearchParams({ endpoint: dialString, app: "fairdial", channelId }).toString()}`,
      // What the called person sees is the connected line of the channel; CALLERID on it is the called person.
      { variables: { "CONNECTEDLINE(num,i)": options.cli ?? "+442079460000" } },
    );
    if (!created.ok) throw new Error(`create: ${String(created.status)} ${await created.text()}`);
    await this.waitFor((event) => event.type === "StasisStart" && is(event), 2000);
    await this.#pbx.request("POST", `/channels/${channelId}/dial?timeout=${String(options.ringTimeoutS)}`);
    const end = await this.waitFor((event) => event.type === "ChannelDestroyed" && is(event), options.endMs ?? 20_000);
    const events = this.events.filter(is);
    const dialStates = events.map((event) => event["dialstatus"]);
    const states = events
      .filter((event) => event.type === "ChannelStateChange")
      .map((event) => channelOf(event)?.state);
    return {
      channelId,
      ringing: states.includes("Ringing") || dialStates.includes("RINGING"),
      progress: dialStates.includes("PROGRESS"),
      answered: states.includes("Up"),
      cause: Number(end["cause"]),
      techCause: end["tech_cause"] === undefined ? null : Number(end["tech_cause"]),
      events,
    };
  }
}

/** The channel that an event is about; for a Dial event the one that is called. */
export function channelOf(event: AriEvent): ChannelField | null {
  return ((event["channel"] ?? event["peer"]) as ChannelField | undefined) ?? null;
}
