// The PBX beside which fairdial runs: an Asterisk on the administrator's samples, with a trunk to the pretend network.

import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AsteriskServer } from "./asterisk-server.ts";
import { readChannels, type ChannelRecord } from "./cel.ts";
import { configDir, findAsterisk, type AsteriskPlace } from "./places.ts";
import { reservePorts, type PortBlock } from "./ports.ts";
import { makeRunFolder, onExit, removeRunFolder } from "./release.ts";
import { ensureSounds } from "./sounds.ts";
import { copySamples, renderInto, writeEmpty } from "./templates.ts";

export const FIRST_PHONE = 1001;
export const LAST_PHONE = 1024;
/**
 * An information message of the lab's own: a tone that begins with the file and lasts this long, higher at its end, so
 * that a recording shows to the frame how much of it was heard. Kept in the form that the lab's trunk takes.
 */
export const INFORMATION_MESSAGE = { media: "sound:lab/information", lengthMs: 3_000 } as const;
/** What agents dial to log in. */
export const LOGIN_EXTENSION = "7000";

/** What PBX and network share; made by the lab, or by each on its own. */
export type LabGround = {
  readonly asterisk: AsteriskPlace;
  readonly folder: string;
  readonly ports: PortBlock;
  readonly soundsDir: string;
  /** Password of every agent's phone. */
  readonly phonePassword: string;
  release(): void;
};

/** Finds Asterisk, makes a run folder and reserves ports. */
export async function prepareGround(): Promise<LabGround> {
  const asterisk = findAsterisk();
  const soundsDir = await ensureSounds(asterisk);
  const folder = makeRunFolder(asterisk.labDir, "lab");
  const forget = onExit(() => {
    removeRunFolder(folder);
  });
  try {
    const ports = await reservePorts();
    return {
      asterisk,
      folder,
      ports,
      soundsDir,
      phonePassword: secret(),
      release: () => {
        forget();
        ports.release();
        removeRunFolder(folder);
      },
    };
  } catch (error) {
    forget();
    removeRunFolder(folder);
    throw error;
  }
}

export function secret(): string {
  return randomBytes(12).toString("hex");
}

export type AriAccess = { readonly url: string; readonly user: string; readonly password: string };

/** A running PBX. Endpoints: carrier, dead, sipp, unreachable, and the phones 1001 to 1024. */
export class LabPbx {
  readonly ari: AriAccess;
  /** Where the PBX opens its event socket, once it has been told to. */
  readonly events: { readonly listen: string; readonly user: string; readonly password: string };
  #opensEventSocket = false;
  readonly #ground: LabGround;
  readonly #trunkPort: number;
  readonly #server: AsteriskServer;

  /** @param trunkPort where the carrier is found; the network itself, unless said */
  constructor(ground: LabGround, trunkPort = ground.ports.networkSip) {
    this.#ground = ground;
    this.#trunkPort = trunkPort;
    this.ari = { url: `http://127.0.0.1:${String(ground.ports.pbxHttp)}`, user: "fairdial", password: secret() };
    this.events = { listen: `127.0.0.1:${String(ground.ports.events)}`, user: "asterisk", password: secret() };
    this.#server = new AsteriskServer({
      name: "pbx",
      asterisk: ground.asterisk,
      folder: ground.folder,
      // The product's own, installed as its README says, and the lab's.
      sounds: { fairdial: join(configDir, "sounds/fairdial"), lab: join(ground.soundsDir, "messages") },
      configure: (etc) => {
        this.#configure(etc);
      },
      isReady: async () => {
        try {
          return (await this.request("GET", "/asterisk/info")).status === 200;
        } catch {
          return false;
        }
      },
    });
  }

  get sipPort(): number {
    return this.#ground.ports.pbxSip;
  }

  get pid(): number {
    return this.#server.pid;
  }

  /** Asterisk's own folders, as we see them: etc, log, spool. */
  get folder(): string {
    return this.#server.folder;
  }

  get isRunning(): boolean {
    return this.#server.isRunning;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Dies without a word, as in a power cut. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Stops and starts again with the same configuration and ports. */
  async restart(): Promise<void> {
    await this.#server.stop();
    await this.#server.start();
  }

  get opensEventSocket(): boolean {
    return this.#opensEventSocket;
  }

  /** From now on it opens the event socket to the daemon, as the optional samples say; starts again for that. */
  async openEventSocket(): Promise<void> {
    this.#opensEventSocket = true;
    const etc = join(this.folder, "etc");
    appendFileSync(join(etc, "ari.conf"), "#include samples/ari-events.conf\n");
    writeFileSync(join(etc, "websocket_client.conf"), "#include samples/websocket-client.conf\n");
    await this.restart();
  }

  /** Stops answering anything, without closing anything, until resumed. */
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

  /** All channels since the start, as Asterisk itself wrote them down. */
  channels(): readonly ChannelRecord[] {
    return readChannels(join(this.#server.folder, "log/cel-custom/calls.csv"));
  }

  /** One ARI request by plain HTTP, for looking at things without the product's own client. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const { user, password } = this.ari;
    return fetch(`${this.ari.url}/ari${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
  }

  #configure(etc: string): void {
    const { ports, asterisk, soundsDir, phonePassword } = this.#ground;
    mkdirSync(etc, { recursive: true });
    copySamples(etc, [
      ["ari.conf", "password = change-me", `password = ${this.ari.password}`],
      ["http.conf", "bindport = 8088", `bindport = ${String(ports.pbxHttp)}`],
      ["pjsip-carrier.conf", "sip:sip.carrier.example:5060", `sip:127.0.0.1:${String(this.#trunkPort)}`],
      ["pjsip-carrier.conf", "match = sip.carrier.example", "match = 127.0.0.1"],
      // A test that stops the network should meet a dead trunk, not a trunk that Asterisk has already taken away.
      ["pjsip-carrier.conf", "qualify_frequency = 30", "qualify_frequency = 0"],
      // Tests of a phone that vanishes should not wait for half a minute.
      ["pjsip-agents.conf", "rtp_timeout = 30", "rtp_timeout = 10"],
      ["pjsip-agents.conf", "password = change-me", `password = ${phonePassword}`],
      ["websocket-client.conf", "127.0.0.1:8092", this.events.listen],
      ["websocket-client.conf", "password = change-me", `password = ${this.events.password}`],
    ]);
    writeFileSync(join(etc, "pjsip-phones.conf"), phoneSections(join(etc, "samples/pjsip-agents.conf")));
    renderInto(
      etc,
      [
        ...["modules", "ari", "http", "extensions", "pjsip", "musiconhold"].map((name) => `pbx/${name}.conf`),
        ...["rtp.conf", "cel.conf", "cel_custom.conf", "cdr.conf", "indications.conf", "logger.conf"],
      ],
      {
        sipPort: String(ports.pbxSip),
        deadPort: String(ports.dead),
        sippPort: String(ports.sippSip),
        rtpStart: String(ports.pbxRtp[0]),
        rtpEnd: String(ports.pbxRtp[1]),
        soundsDir: asterisk.inside(soundsDir),
      },
    );
    writeEmpty(etc, [
      "acl.conf",
      "amd.conf",
      "ccss.conf",
      "features.conf",
      "manager.conf",
      "pjproject.conf",
      "udptl.conf",
      "websocket_client.conf",
    ]);
  }
}

/** The sample's one phone, repeated for each phone of the lab. */
function phoneSections(sample: string): string {
  const text = readFileSync(sample, "utf8");
  const first = text.indexOf(`[${String(FIRST_PHONE)}](`);
  if (first < 0) throw new Error("samples/pjsip-agents.conf no longer has a phone 1001");
  const phones: string[] = [];
  for (let phone = FIRST_PHONE; phone <= LAST_PHONE; phone += 1) {
    phones.push(text.slice(first).replaceAll(String(FIRST_PHONE), String(phone)));
  }
  return text.slice(0, first) + phones.join("\n");
}

/** Starts a PBX on its own; `startLab` is the usual way. */
export async function startPbx(ground?: LabGround): Promise<LabPbx> {
  const own = ground ?? (await prepareGround());
  const pbx = new LabPbx(own);
  await pbx.start();
  return pbx;
}
