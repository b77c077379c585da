// The pretend telephone network: a second Asterisk that behaves as the number plan says, and the agents' phones.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Ami } from "./ami.ts";
import { AsteriskServer } from "./asterisk-server.ts";
import { readChannels, type ChannelRecord } from "./cel.ts";
import { dialplanLines, readNumberPlan, type NumberPlan } from "./number-plan.ts";
import { FIRST_PHONE, LAST_PHONE, prepareGround, secret, type LabGround } from "./pbx.ts";
import { LabPhones } from "./phones.ts";
import { renderInto, writeEmpty } from "./templates.ts";

const BEHAVIOURS = join("network", "extensions.conf");

/** A running network. */
export class LabNetwork {
  readonly plan: NumberPlan = readNumberPlan();
  readonly phones: LabPhones;
  readonly #ground: LabGround;
  readonly #server: AsteriskServer;
  readonly #amiPassword = secret();
  /** Of PBXs beside the lab's first. */
  readonly #otherPhones: LabPhones[] = [];
  #ami: Ami | null = null;

  constructor(ground: LabGround) {
    this.#ground = ground;
    this.phones = new LabPhones(ground.ports.pbxSip);
    this.#server = new AsteriskServer({
      name: "network",
      asterisk: ground.asterisk,
      folder: ground.folder,
      configure: (etc) => {
        this.#configure(etc);
      },
      isReady: () => this.#attach(),
    });
  }

  get sipPort(): number {
    return this.#ground.ports.networkSip;
  }

  get pid(): number {
    return this.#server.pid;
  }

  get folder(): string {
    return this.#server.folder;
  }

  get isRunning(): boolean {
    return this.#server.isRunning;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    this.phones.close();
    await this.#server.stop();
  }

  /** Dies without a word: the trunk goes silent. */
  async kill(): Promise<void> {
    this.phones.close();
    await this.#server.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.#server.start();
  }

  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  /** What `asterisk -rx` prints. */
  cli(line: string): Promise<string> {
    return this.#server.cli(line);
  }

  /** The calls that arrived from the PBX, in order, as the network itself wrote them down. */
  calls(): readonly ChannelRecord[] {
    return readChannels(join(this.#server.folder, "log/cel-custom/calls.csv")).filter((channel) =>
      channel.name.startsWith("PJSIP/pbx-"),
    );
  }

  /** How many calls arrived for each number, by E.164 number. */
  callsByNumber(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const call of this.calls()) {
      const number = call.dialled.startsWith("+") ? call.dialled : `+${call.dialled}`;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
  }

  /** Phones that call another PBX than the lab's first one; a phone's number may be used at one of them only. */
  phonesAt(pbxSipPort: number): LabPhones {
    const phones = new LabPhones(pbxSipPort);
    if (this.#ami !== null) phones.attach(this.#ami);
    this.#otherPhones.push(phones);
    return phones;
  }

  /** From the next call on, keeps (or no longer keeps) what each called person hears from the moment of the answer. */
  async recordHeard(on: boolean): Promise<void> {
    await this.#server.cli(`dialplan set global RECORD ${on ? "yes" : "no"}`);
  }

  /** The recordings so far: 8 kHz mono WAV; see heard.ts for whether there is anything to hear. */
  heard(): readonly { readonly number: string; readonly file: string }[] {
    const folder = join(this.#server.folder, "heard");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".wav"))
      .map((name) => {
        const dialled = name.split("-")[0] ?? "";
        return { number: dialled.startsWith("+") ? dialled : `+${dialled}`, file: join(folder, name) };
      });
  }

  /** From the next call on, those who listen stay on the line, or no longer than they did. */
  async listenersStay(on: boolean): Promise<void> {
    await this.#server.cli(`dialplan set global STAY ${on ? "yes" : "no"}`);
  }

  /** What a phone hears for so long, as a file. */
  async phoneHears(phone: number, forMs: number): Promise<string> {
    return join(this.#server.folder, "spool/monitor", await this.phones.hearing(phone, forMs));
  }

  async #attach(): Promise<boolean> {
    try {
      const ami = await Ami.open(this.#ground.ports.networkAmi, "lab", this.#amiPassword, (event) => {
        for (const phones of [this.phones, ...this.#otherPhones]) phones.hear(event);
      });
      // The manager answers before the rest of Asterisk is ready for calls.
      const booted = (await this.#server.cli("core waitfullybooted")).includes("fully booted");
      if (!booted) {
        ami.close();
        return false;
      }
      this.#ami = ami;
      for (const phones of [this.phones, ...this.#otherPhones]) phones.attach(ami);
      return true;
    } catch {
      return false;
    }
  }

  #configure(etc: string): void {
    const { ports, asterisk, soundsDir, phonePassword } = this.#ground;
    renderInto(
      etc,
      [
        ...["network/modules.conf", "network/pjsip.conf", "network/manager.conf", BEHAVIOURS],
        ...["rtp.conf", "cel.conf", "cel_custom.conf", "cdr.conf", "indications.conf", "logger.conf"],
      ],
      {
        sipPort: String(ports.networkSip),
        amiPort: String(ports.networkAmi),
        amiPassword: this.#amiPassword,
        rtpStart: String(ports.networkRtp[0]),
        rtpEnd: String(ports.networkRtp[1]),
        soundsDir: asterisk.inside(soundsDir),
        heardDir: asterisk.inside(join(this.#ground.folder, "network/heard")),
        numbers: dialplanLines(this.plan),
        phones: phoneSections(phonePassword),
      },
    );
    writeEmpty(etc, ["acl.conf", "ccss.conf", "features.conf", "http.conf", "pjproject.conf", "udptl.conf"]);
  }
}

function phoneSections(password: string): string {
  const sections: string[] = [];
  for (let phone = FIRST_PHONE; phone <= LAST_PHONE; phone += 1) {
    const name = String(phone);
    sections.push(
      `[phone-${name}](phone)\nfrom_user = ${name}\noutbound_auth = phone-${name}\n`,
      `[phone-${name}]\ntype = auth\nauth_type = userpass\nusername = ${name}\npassword = ${password}\n`,
    );
  }
  return sections.join("\n");
}

/** Starts a network on its own; `startLab` is the usual way. */
export async function startNetwork(ground?: LabGround): Promise<LabNetwork> {
  const network = new LabNetwork(ground ?? (await prepareGround()));
  await network.start();
  return network;
}
