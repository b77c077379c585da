// The agents' phones: calls that the network's Asterisk makes to the PBX and holds, talking all the time.

import { setTimeout as sleep } from "node:timers/promises";
import type { Ami, AmiMessage } from "./ami.ts";
import { SipRelay } from "./sip-relay.ts";

/** As long as SIP keeps repeating a lost BYE over UDP would be 32 s; on loopback nothing is lost but by a busy machine. */
const RELAY_LINGER_MS = 5000;

type PhoneCall = {
  readonly uniqueId: string;
  readonly relay: SipRelay;
  channel: string | null;
  state: "calling" | "up" | "over";
  /** The network's words for the end. */
  end: string;
};

export type LoginOptions = {
  readonly extension?: string;
  /** How long to wait for the PBX to answer. */
  readonly timeoutMs?: number;
};

export class LabPhones {
  readonly #pbxSipPort: number;
  readonly #calls = new Map<number, PhoneCall>();
  #ami: Ami | null = null;
  #made = 0;
  /** Who may know why a phone was not answered. */
  #witness: () => readonly string[] = () => [];

  constructor(pbxSipPort: number) {
    this.#pbxSipPort = pbxSipPort;
  }

  /** The network hands over its manager connection once it is up. */
  attach(ami: Ami): void {
    this.#ami = ami;
  }

  /** Whose words are told with a phone that was not answered. */
  setWitness(lastWords: () => readonly string[]): void {
    this.#witness = lastWords;
  }

  /** Hears the manager's events about phones. */
  hear(event: AmiMessage): void {
    const call = [...this.#calls.values()].find((candidate) => candidate.uniqueId === event["Uniqueid"]);
    if (call === undefined) return;
    call.channel = event["Channel"] ?? call.channel;
    if (event["Event"] === "Newstate" && event["ChannelStateDesc"] === "Up" && call.state === "calling")
      call.state = "up";
    if (event["Event"] === "Hangup") {
      call.state = "over";
      call.end = `${event["Cause"] ?? ""} ${event["Cause-txt"] ?? ""}`.trim();
      // The manager says so before the BYE has gone through the relay and been confirmed.
      setTimeout(() => {
        call.relay.close();
      }, RELAY_LINGER_MS).unref();
    }
  }

  /** Phone calls the PBX and stays on the line; resolves when the PBX has answered. */
  async login(phone: number, options: LoginOptions = {}): Promise<void> {
    if (this.isUp(phone)) throw new Error(`phone ${String(phone)} is on a call already`);
    const relay = await SipRelay.open(this.#pbxSipPort);
    this.#made += 1;
    const uniqueId = `phone-${String(phone)}-${String(this.#made)}`;
    const call: PhoneCall = { uniqueId, relay, channel: null, state: "calling", end: "" };
    this.#calls.set(phone, call);
    const timeoutMs = options.timeoutMs ?? 10_000;
    await this.#manager.action("Originate", {
      Channel: `PJSIP/phone-${String(phone)}/sip:${options.extension ?? "7000"}@127.0.0.1:${String(relay.port)}`,
      ChannelId: uniqueId,
      Context: "phone-talk",
      Exten: "s",
      Priority: "1",
      Timeout: String(timeoutMs),
      CallerID: `${String(phone)} <${String(phone)}>`,
      Async: "true",
    });
    const from = Date.now();
    while (!this.isUp(phone)) {
      const waitedMs = Date.now() - from;
      if (call.state !== "calling" || waitedMs > timeoutMs) {
        const how = `${call.state} after ${String(waitedMs)} ms${call.end === "" ? "" : `: ${call.end}`}`;
        throw new Error([`the PBX did not answer phone ${String(phone)} (${how})`, ...this.#witness()].join("\n"));
      }
      await sleep(10);
    }
  }

  /**
   * Somebody rings the PBX: from this number, or with it withheld, to that one. Does not wait for an answer. Told apart by a
   * number of the test's own, which no phone has.
   */
  async ring(line: number, { from, to }: { readonly from: string | null; readonly to: string }): Promise<void> {
    const relay = await SipRelay.open(this.#pbxSipPort);
    this.#made += 1;
    const uniqueId = `phone-caller-${String(line)}-${String(this.#made)}`;
    this.#calls.set(line, { uniqueId, relay, channel: null, state: "calling", end: "" });
    await this.#manager.action("Originate", {
      Channel: `PJSIP/caller/sip:${to}@127.0.0.1:${String(relay.port)}`,
      ChannelId: uniqueId,
      Context: "phone-talk",
      Exten: "s",
      Priority: "1",
      Timeout: "60000",
      CallerID: from === null ? "anonymous <anonymous>" : `${from} <${from}>`,
      Async: "true",
    });
  }

  /** Whether the call that was made is over, by whichever side. */
  isOver(line: number): boolean {
    return this.#calls.get(line)?.state === "over";
  }

  /** Presses keys one after the other (RFC 4733). */
  async press(phone: number, keys: string): Promise<void> {
    for (const key of keys) {
      await this.#manager.action("PlayDTMF", { Channel: this.#channelOf(phone), Digit: key, Duration: "100" });
      // The tone itself, then the gap without which two equal keys are one long one.
      await sleep(160);
    }
  }

  /** From now on it sends one tone, by which it is told from the other phones. */
  async sing(phone: number, hertz: number): Promise<void> {
    await this.#manager.action("Redirect", {
      ...{ Channel: this.#channelOf(phone), Context: "phone-tone", Exten: String(hertz), Priority: "1" },
    });
  }

  /** Keeps what the phone hears for so long. Returns the name of the file in the network's monitor folder. */
  async hearing(phone: number, forMs: number): Promise<string> {
    this.#made += 1;
    const file = `phone-${String(phone)}-${String(this.#made)}`;
    const Channel = this.#channelOf(phone);
    await this.#manager.action("MixMonitor", { Channel, File: `${file}-all.wav`, options: `r(${file}.wav)` });
    await sleep(forMs);
    await this.#manager.action("StopMixMonitor", { Channel });
    return `${file}.wav`;
  }

  /** The agent puts the receiver down. */
  async hangup(phone: number): Promise<void> {
    await this.#manager.action("Hangup", { Channel: this.#channelOf(phone) });
    await this.#over(phone);
  }

  /** The phone is gone without a word, as when its network fails: no more sound, no reply to anything, no goodbye. */
  async vanish(phone: number): Promise<void> {
    const call = this.#calls.get(phone);
    if (call === undefined) throw new Error(`phone ${String(phone)} is not on a call`);
    call.relay.drop();
    await this.hangup(phone);
  }

  /** Whether the phone is on an answered call. */
  isUp(phone: number): boolean {
    return this.#calls.get(phone)?.state === "up";
  }

  close(): void {
    for (const call of this.#calls.values()) {
      call.state = "over";
      call.relay.close();
    }
    this.#calls.clear();
    this.#ami?.close();
    this.#ami = null;
  }

  async #over(phone: number): Promise<void> {
    const until = Date.now() + 5000;
    while (this.#calls.get(phone)?.state !== "over") {
      if (Date.now() > until) throw new Error(`phone ${String(phone)} did not hang up`);
      await sleep(10);
    }
  }

  #channelOf(phone: number): string {
    const call = this.#calls.get(phone);
    if (call?.state !== "up" || call.channel === null) throw new Error(`phone ${String(phone)} is not on a call`);
    return call.channel;
  }

  get #manager(): Ami {
    if (this.#ami === null) throw new Error("the network is not running");
    return this.#ami;
  }
}
