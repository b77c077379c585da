// What this node hears of its calls whole, and not only as talk detection tells it: Asterisk snoops on the person's leg and
// sends the sound to us (AudioSocket). Begun with the first early media, or at the answer of a call that AMD listens to; a
// detector of tones hears it, and the detector outside where one is asked.
//
// The snoop leaves our application for the dialplan, as the person's leg never does for this: where that has no such context,
// or Asterisk no such module, the snoop ends and nobody else notices. Seen on 22.10.1: 3 to 10 ms from the answer to the first
// frame; zeros come where no packet does; the stream ends with the leg, a moment before Asterisk tells of its end.
import type { Heard } from "../amd/tones.ts";
import type { CallEvent } from "../call/call.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Clock, Log, OutsideAnswer, OutsideOrder, PlaceOrder } from "../engine/ports.ts";
import { AriError, isConflict, isNotFound } from "./ari-error.ts";
import type { AriPort } from "./ari-port.ts";
import { AudioSocketServer } from "./audio-socket.ts";
import type { ListenAddress, SoundListener, SoundStream } from "./audio-socket.ts";
import type { Names } from "./names.ts";
import { OutsideListener } from "./outside-detector.ts";
import type { OutsideSettings } from "./outside-detector.ts";

export interface ToneDetector {
  /** @param frame of 20 ms */
  hear(frame: Int16Array): readonly Heard[];
}

export interface EarSettings {
  /** Where Asterisk finds us. */
  readonly listen: ListenAddress;
  /** For one line; it knows nothing of any other. */
  readonly newToneDetector: () => ToneDetector;
  readonly outside: OutsideSettings | null;
}

export interface EarPorts {
  readonly port: Pick<AriPort, "snoop" | "setVariable" | "continueInDialplan" | "hangup">;
  readonly names: Names;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly tell: (attemptId: AttemptId, event: CallEvent) => void;
}

/** As asterisk-config/samples/extensions.conf has it. */
export const EAR_CONTEXT = "fairdial-ear";
/** A snoop is in Stasis a millisecond after it was asked for. */
const BEGIN_TRIES_MAX = 25;
const BEGIN_AGAIN_MS = 10;
/** By then the sound has come, or will not. */
const SOUND_WITHIN_MS = 1_500;
/** A second of sound, for whoever asks a moment after the answer. */
const BACKLOG_FRAMES = 50;
/** News of a leg's end follows that of its sound's; only if it does not has an ear been lost. */
const NEWS_OF_END_MS = 1_000;

interface Ear {
  readonly attemptId: AttemptId;
  isAnswered: boolean;
  /** Nobody waits for a verdict on it any more. */
  isDone: boolean;
  tones: ToneDetector;
  ringsOn: boolean;
  stream: SoundStream | null;
  backlog: Int16Array[];
  outside: OutsideListener | null;
}

export class Ears {
  readonly #settings: EarSettings;
  readonly #ports: EarPorts;
  readonly #server: AudioSocketServer;
  /** Calls placed here that AMD listens to; the others are heard until their answer. */
  readonly #listenedTo = new Set<AttemptId>();
  readonly #ears = new Map<AttemptId, Ear>();
  /** Null while nobody can send us anything. */
  #address: string | null = null;
  #isDeaf = false;

  constructor(settings: EarSettings, ports: EarPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#server = new AudioSocketServer((name, stream) => this.#accept(name, stream));
  }

  /** Calls go on without an ear where the address cannot be had; it is said loudly. */
  async start(): Promise<void> {
    const { host } = this.#settings.listen;
    try {
      const port = await this.#server.listen(this.#settings.listen);
      this.#address = `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
    } catch (error) {
      this.#ports.log.error("nothing can be heard of calls: hearing.listen cannot be listened at", {
        ...this.#settings.listen,
        error,
      });
    }
  }

  async stop(): Promise<void> {
    this.#address = null;
    for (const attemptId of [...this.#ears.keys()]) this.#close(attemptId);
    await this.#server.close();
  }

  /** Calls whose sound is wanted now. */
  get count(): number {
    return this.#ears.size;
  }

  placed({ attemptId, listening = null }: Pick<PlaceOrder, "attemptId" | "listening">): void {
    if (listening !== null) this.#listenedTo.add(attemptId);
  }

  /** Every event of a customer leg passes here, and each is to be told. */
  admits(attemptId: AttemptId, event: CallEvent): boolean {
    switch (event.type) {
      case "progressed":
        this.#open(attemptId);
        break;
      case "answered":
        this.#answered(attemptId);
        break;
      case "destroyed":
      case "placeFailed":
        this.#listenedTo.delete(attemptId);
        this.#close(attemptId);
        break;
      default:
    }
    return true;
  }

  /** Ring tone behind the answer is listened to until somebody comes to that telephone. */
  stopListening(attemptId: AttemptId): void {
    const ear = this.#ears.get(attemptId);
    if (ear === undefined || !ear.isAnswered) return;
    ear.isDone = true;
    if (!ear.ringsOn) this.#close(attemptId);
  }

  ask(attemptId: AttemptId, { patienceMs }: OutsideOrder): Promise<OutsideAnswer> {
    const { outside } = this.#settings;
    const ear = this.#ears.get(attemptId);
    if (outside === null) return nothing("is not configured");
    if (ear === undefined || this.#address === null) return nothing("could not be let hear the line");
    const listener = new OutsideListener(outside, attemptId, patienceMs);
    for (const frame of ear.backlog) listener.frame(frame);
    ear.backlog = [];
    ear.outside = listener;
    return listener.answer;
  }

  /** What becomes of the legs is not told from now on. */
  connectionLost(): void {
    for (const ear of [...this.#ears.values()]) {
      this.#doubt(ear);
      this.#close(ear.attemptId);
    }
    this.#listenedTo.clear();
  }

  #answered(attemptId: AttemptId): void {
    if (!this.#listenedTo.has(attemptId)) {
      this.#close(attemptId);
      return;
    }
    this.#open(attemptId);
    const ear = this.#ears.get(attemptId);
    if (ear === undefined || ear.isAnswered) return;
    // What was heard before is the network's, also its ring tone.
    ear.isAnswered = true;
    ear.tones = this.#settings.newToneDetector();
    ear.backlog = [];
  }

  #open(attemptId: AttemptId): void {
    if (this.#address === null || this.#ears.has(attemptId)) return;
    const ear: Ear = {
      ...{ attemptId, isAnswered: false, isDone: false, ringsOn: false, stream: null, backlog: [], outside: null },
      tones: this.#settings.newToneDetector(),
    };
    this.#ears.set(attemptId, ear);
    this.#begin(ear, this.#address).catch((error: unknown) => {
      // They have left: nothing is heard any more.
      if (!(error instanceof AriError && isNotFound(error)))
        this.#complain(ear, "a leg could not be snooped on", error);
    });
  }

  async #begin({ attemptId }: Ear, address: string): Promise<void> {
    const { port, names } = this.#ports;
    const snoop = names.ear(attemptId);
    await port.snoop(names.customerChannel(attemptId), snoop, "in");
    for (let tries = 1; ; tries += 1) {
      try {
        await Promise.all([
          port.setVariable(snoop, "FAIRDIAL_EAR", attemptId),
          port.setVariable(snoop, "FAIRDIAL_EAR_AT", address),
        ]);
        await port.continueInDialplan(snoop, { context: EAR_CONTEXT, extension: "s", priority: 1 });
        break;
      } catch (error) {
        if (!isConflict(error) || tries === BEGIN_TRIES_MAX) throw error;
        await later(BEGIN_AGAIN_MS);
      }
    }
    await later(SOUND_WITHIN_MS);
    const ear = this.#ears.get(attemptId);
    if (ear?.stream !== null) return;
    this.#complain(ear, "no sound comes: is the context fairdial-ear in the dialplan, and app_audiosocket.so loaded?");
  }

  /** Once, until it works again: a site that has forgotten a line of its dialplan has a call every second. */
  #complain(ear: Ear, reason: string, error?: unknown): void {
    if (this.#isDeaf) return;
    this.#isDeaf = true;
    const { attemptId } = ear;
    this.#ports.log.warn("calls cannot be heard, and everybody is taken for a person", { attemptId, reason, error });
  }

  #accept(name: string, stream: SoundStream): SoundListener | null {
    const ear = this.#ears.get(name as AttemptId);
    if (ear === undefined || ear.stream !== null) return null;
    ear.stream = stream;
    this.#isDeaf = false;
    return {
      frame: (samples) => {
        this.#frame(ear, samples);
      },
      closed: () => {
        this.#lost(ear);
      },
    };
  }

  #frame(ear: Ear, samples: Int16Array): void {
    if (this.#ears.get(ear.attemptId) !== ear) return;
    if (ear.isAnswered && !ear.isDone) {
      if (ear.outside !== null) ear.outside.frame(samples);
      else if (ear.backlog.length < BACKLOG_FRAMES) ear.backlog.push(samples);
    }
    for (const heard of ear.tones.hear(samples)) this.#heard(ear, heard);
  }

  #heard(ear: Ear, heard: Heard): void {
    const { attemptId } = ear;
    const stamp = { at: this.#ports.clock.now(), asteriskAt: null };
    if (heard.type === "voice") {
      ear.ringsOn = false;
      this.#ports.tell(attemptId, { type: "voiceHeard", stamp });
      if (ear.isDone) this.#close(attemptId);
      return;
    }
    const { tone, name } = heard;
    // It ought to ring before the answer, and a fax there is nobody's yet.
    if (!ear.isAnswered && tone !== "sit") return;
    if (ear.isDone) return;
    if (tone === "ringback") ear.ringsOn = true;
    this.#ports.tell(attemptId, { type: "toneHeard", stamp, tone, name });
  }

  #lost(ear: Ear): void {
    ear.outside?.end("the line was not heard to its end");
    if (!ear.ringsOn) return;
    setTimeout(() => {
      if (this.#ears.get(ear.attemptId) !== ear) return;
      this.#doubt(ear);
      this.#close(ear.attemptId);
    }, NEWS_OF_END_MS).unref();
  }

  /** Whether it still rings nobody can say any more: somebody may have come. */
  #doubt(ear: Ear): void {
    if (!ear.ringsOn) return;
    ear.ringsOn = false;
    const stamp = { at: this.#ports.clock.now(), asteriskAt: null };
    this.#ports.tell(ear.attemptId, { type: "voiceHeard", stamp });
  }

  /** Its snoop ends with its sound. */
  #close(attemptId: AttemptId): void {
    const ear = this.#ears.get(attemptId);
    if (ear === undefined) return;
    this.#ears.delete(attemptId);
    ear.outside?.end("nobody waits for it any more");
    if (ear.stream !== null) ear.stream.close();
    // Asked for and not there yet: it would listen to nobody for as long as the call lasts.
    else void this.#ports.port.hangup(this.#ports.names.ear(attemptId)).catch(() => undefined);
  }
}

const nothing = (detail: string): Promise<OutsideAnswer> => Promise.resolve({ ok: false, kind: "refused", detail });

const later = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
