// Clips through two real Asterisks: the network answers and plays one, the PBX listens, and this process is the dialler. One
// socket for events; verdicts are timed by our own clock from the event that tells of the answer, as the daemon's would be.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { appAmdVerdict } from "../../src/amd/app-amd.ts";
import { beginListening, classify } from "../../src/amd/talk.ts";
import type { TalkEvent, TalkParameters, TalkState } from "../../src/amd/talk.ts";
import type { AmdVerdict, HeardTone } from "../../src/domain/amd.ts";
import { newToneDetector } from "../../src/app/ears.ts";
import { AudioSocketServer } from "../../src/asterisk/audio-socket.ts";
import { EAR_CONTEXT } from "../../src/asterisk/ears.ts";
import { instant } from "../../src/domain/instant.ts";
import type { LabNetwork } from "../lab/network.ts";
import type { LabPbx } from "../lab/pbx.ts";

/** 0114 496 0xxx, kept free for drama: the last three digits are the clip's. */
const PREFIX = "+441144960";
const APP = "amd-bench";
const CONTEXT = "amd-bench";
/** A second and more over the longest verdict, and over what a busy machine adds to it. */
const CALL_MAX_MS = 15_000;
/** A frame, and a little for the machine. */
const FIRST_PACKET_MS = 25;

export type Listening =
  | {
      readonly kind: "talk" | "parallel";
      readonly parameters: TalkParameters;
      /** Whether the call is heard whole, by way of the samples' dialplan, and a detector of tones hears it. */
      readonly tones: boolean;
    }
  /** The arguments of AMD(). */
  | { readonly kind: "asterisk"; readonly args: string };

export interface Called {
  readonly clipId: string;
  readonly verdict: AmdVerdict;
  readonly cause: string;
  /** From the answer to the verdict in our hands. */
  readonly verdictMs: number;
  /** From the answer to the moment at which a person could have been talked to. */
  readonly waitMs: number;
}

interface AriEvent {
  readonly type: string;
  readonly args?: readonly string[];
  readonly duration?: number;
  readonly timestamp?: string;
  readonly channel?: { readonly id: string; readonly state: string };
}

/** Where Asterisk sends the sound of calls that are heard whole. */
class CallEars {
  readonly address: string;
  readonly #server: AudioSocketServer;
  readonly #waiting: Map<string, (tone: HeardTone) => void>;

  private constructor(server: AudioSocketServer, waiting: Map<string, (tone: HeardTone) => void>, port: number) {
    this.#server = server;
    this.#waiting = waiting;
    this.address = `127.0.0.1:${String(port)}`;
  }

  static async open(): Promise<CallEars> {
    const waiting = new Map<string, (tone: HeardTone) => void>();
    const server = new AudioSocketServer((name) => {
      const tell = waiting.get(name);
      if (tell === undefined) return null;
      waiting.delete(name);
      const tones = newToneDetector();
      return {
        frame: (samples) => {
          for (const heard of tones.hear(samples)) if (heard.type === "tone") tell(heard.tone);
        },
        closed: () => undefined,
      };
    });
    return new CallEars(server, waiting, await server.listen({ host: "127.0.0.1", port: 0 }));
  }

  /** The name by which the sound is to be announced. */
  expect(tell: (tone: HeardTone) => void): string {
    const name = randomUUID();
    this.#waiting.set(name, tell);
    return name;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

/** Calls the lab's network clip by clip. */
export class ClipCaller {
  readonly #pbx: LabPbx;
  readonly #socket: WebSocket;
  readonly #listeners = new Map<string, (event: AriEvent) => void>();
  readonly #ears: CallEars;
  #made = 0;

  private constructor(pbx: LabPbx, socket: WebSocket, ears: CallEars) {
    this.#pbx = pbx;
    this.#socket = socket;
    this.#ears = ears;
    socket.on("message", (data) => {
      const event = JSON.parse((data as Buffer).toString("utf8")) as AriEvent;
      this.#listeners.get(event.channel?.id ?? "")?.(event);
    });
    socket.on("error", () => undefined);
  }

  /** @param soundsDir the clips by their number, as the network's Asterisk sees the folder */
  static async open(pbx: LabPbx, network: LabNetwork, soundsDir: string): Promise<ClipCaller> {
    await addExtension(network, "numbers", `_${PREFIX}XXX`, [
      "Ringing()",
      "Wait(0.2)",
      "Answer()",
      `Playback(${soundsDir}/\${EXTEN:-3})`,
      "Hangup(16)",
    ]);
    await addExtension(pbx, CONTEXT, "s", [
      "AMD(${AMDARGS})",
      `Stasis(${APP},amd,\${AMDSTATUS},\${AMDCAUSE})`,
      "Hangup()",
    ]);
    const { url, user, password } = pbx.ari;
    const socket = new WebSocket(`${url.replace("http", "ws")}/ari/events?app=${APP}&api_key=${user}:${password}`);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new ClipCaller(pbx, socket, await CallEars.open());
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    await this.#ears.close();
  }

  /** One call; rejects when it did not come to a verdict, which is a fault of the bench and not of a detector. */
  async call(clipId: string, listening: Listening): Promise<Called> {
    this.#made += 1;
    const channelId = `amd-${clipId}-${String(this.#made)}`;
    const call = new ClipCall({ clipId, channelId, listening, pbx: this.#pbx, ears: this.#ears });
    this.#listeners.set(channelId, (event) => {
      call.hear(event);
    });
    this.#listeners.set(`${channelId}-ear`, (event) => {
      if (event.type === "StasisStart") call.earIsThere();
    });
    try {
      await call.place();
      return await Promise.race([
        call.called,
        sleep(CALL_MAX_MS, null, { ref: false }).then(() => {
          throw new Error(`clip ${clipId}: no verdict of ${listening.kind} within ${String(CALL_MAX_MS)} ms`);
        }),
      ]);
    } finally {
      this.#listeners.delete(channelId);
      this.#listeners.delete(`${channelId}-ear`);
      await this.#pbx.request("DELETE", `/channels/${channelId}`);
    }
  }
}

interface ClipCallParts {
  readonly clipId: string;
  readonly channelId: string;
  readonly listening: Listening;
  readonly pbx: LabPbx;
  readonly ears: CallEars;
}

class ClipCall {
  readonly called: Promise<Called>;
  readonly #clipId: string;
  readonly #channelId: string;
  readonly #listening: Listening;
  readonly #pbx: LabPbx;
  readonly #ears: CallEars;
  #settle: (called: Called) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #answeredAt: number | null = null;
  #joinedMs: number | null = null;
  #state: TalkState | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor({ clipId, channelId, listening, pbx, ears }: ClipCallParts) {
    this.#clipId = clipId;
    this.#channelId = channelId;
    this.#listening = listening;
    this.#pbx = pbx;
    this.#ears = ears;
    this.called = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // Whoever waits for it comes only after the placing.
    this.called.catch(() => undefined);
  }

  async place(): Promise<void> {
    const variables = variablesOf(this.#listening);
    const query = new URLSearchParams({
      endpoint: `PJSIP/${PREFIX}${this.#clipId}@carrier`,
      app: APP,
      channelId: this.#channelId,
    });
    await this.#ask("POST", `/channels/create?${query.toString()}`, { variables });
  }

  hear(event: AriEvent): void {
    const now = Date.now();
    switch (event.type) {
      case "StasisStart":
        if (event.args?.[0] === "amd") this.#appSaid(event.args, now);
        else this.#go(this.#ask("POST", `/channels/${this.#channelId}/dial?timeout=10`));
        return;
      case "ChannelStateChange":
        if (event.channel?.state === "Up" && this.#answeredAt === null) this.#answered(now);
        return;
      case "ChannelTalkingStarted":
        this.#step({ type: "talkingStarted", at: instant(now) });
        return;
      case "ChannelTalkingFinished":
        this.#step({ type: "talkingFinished", at: instant(now), durationMs: event.duration ?? 0 });
        return;
      case "ChannelDestroyed":
        this.#fail(new Error(`clip ${this.#clipId} ended before there was a verdict`));
        return;
      default:
    }
  }

  #answered(now: number): void {
    this.#answeredAt = now;
    if (this.#listening.kind === "asterisk") {
      this.#go(this.#enterDialplan());
      return;
    }
    this.#go(this.#sendPackets());
    if (this.#listening.tones) this.#go(this.#snoop());
    if (this.#listening.kind === "parallel") this.#go(this.#join(now));
    this.#state = beginListening(instant(now), this.#listening.parameters);
    this.#arm();
  }

  /** Asterisk sends nothing before it has something to say, and the network plays when a packet comes, or half a second later. */
  async #sendPackets(): Promise<void> {
    await this.#ask("POST", `/channels/${this.#channelId}/silence`);
  }

  /** What the person says goes to our detector of tones, as a node's ear has it. */
  async #snoop(): Promise<void> {
    const query = new URLSearchParams({ spy: "in", app: APP, snoopId: `${this.#channelId}-ear` });
    await this.#ask("POST", `/channels/${this.#channelId}/snoop?${query.toString()}`);
  }

  earIsThere(): void {
    this.#go(this.#listen());
  }

  async #listen(): Promise<void> {
    const name = this.#ears.expect((tone) => {
      this.#step({ type: "toneHeard", at: instant(Date.now()), tone });
    });
    const snoop = `/channels/${this.#channelId}-ear`;
    for (const [variable, value] of [
      ["FAIRDIAL_EAR", name],
      ["FAIRDIAL_EAR_AT", this.#ears.address],
    ] as const) {
      await this.#ask("POST", `${snoop}/variable?${new URLSearchParams({ variable, value }).toString()}`);
    }
    await this.#ask("POST", `${snoop}/continue?context=${EAR_CONTEXT}&extension=s&priority=1`);
  }

  async #enterDialplan(): Promise<void> {
    await this.#sendPackets();
    // Leaving the application ends the silence; the first packet must have gone.
    await sleep(FIRST_PACKET_MS);
    await this.#ask("POST", `/channels/${this.#channelId}/continue?context=${CONTEXT}&extension=s&priority=1`);
  }

  /** In a bridge at the answer, as with an agent. */
  async #join(answeredAt: number): Promise<void> {
    const bridgeId = `${this.#channelId}-bridge`;
    await this.#ask("POST", `/bridges/${bridgeId}?type=mixing`);
    await this.#ask("POST", `/bridges/${bridgeId}/addChannel?channel=${this.#channelId}`);
    this.#joinedMs = Date.now() - answeredAt;
    await this.called;
    await this.#ask("DELETE", `/bridges/${bridgeId}`);
  }

  #step(event: TalkEvent): void {
    if (this.#state === null || this.#listening.kind === "asterisk") return;
    this.#state = classify(this.#state, event, this.#listening.parameters);
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const state = this.#state;
    if (state === null || this.#answeredAt === null) return;
    if (state.state === "listening") {
      this.#timer = setTimeout(
        () => {
          this.#step({ type: "timePassed", at: instant(Date.now()) });
        },
        Math.max(0, state.decidesAt - Date.now()),
      );
      return;
    }
    const verdictMs = Date.now() - this.#answeredAt;
    this.#settle({
      clipId: this.#clipId,
      verdict: state.verdict,
      cause: state.cause,
      verdictMs,
      waitMs: this.#listening.kind === "parallel" ? (this.#joinedMs ?? verdictMs) : verdictMs,
    });
  }

  #appSaid(args: readonly string[], now: number): void {
    const verdictMs = now - (this.#answeredAt ?? now);
    const { verdict, cause } = appAmdVerdict(args[1] ?? "", args[2] ?? "");
    this.#settle({ clipId: this.#clipId, verdict, cause, verdictMs, waitMs: verdictMs });
  }

  #go(work: Promise<unknown>): void {
    work.catch(this.#fail);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.#pbx.request(method, path, body);
    // A call that has ended meanwhile has been told by its own event.
    if (!answer.ok && answer.status !== 404) {
      throw new Error(`${method} ${path.replace(/\?.*/, "")}: ${String(answer.status)} ${await answer.text()}`);
    }
  }
}

function variablesOf(listening: Listening): Record<string, string> {
  if (listening.kind === "asterisk") return { AMDARGS: listening.args };
  const { parameters } = listening;
  return { "TALK_DETECT(set)": `${String(parameters.silenceMs)},${String(parameters.threshold)}` };
}

/** Adds an extension to a running server's dialplan, one application a step. */
export async function addExtension(
  server: Pick<LabPbx | LabNetwork, "cli">,
  context: string,
  extension: string,
  steps: readonly string[],
): Promise<void> {
  for (const [n, step] of steps.entries()) {
    const said = await server.cli(`dialplan add extension ${extension},${String(n + 1)},${step} into ${context}`);
    if (!said.includes("added")) throw new Error(`the dialplan could not be added to: ${said.trim()}`);
  }
}
