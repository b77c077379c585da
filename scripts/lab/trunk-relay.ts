// The trunk between PBX and network, made to pass through the lab's own process so that it can be cut: signalling and
// sound, both ways, without a word to either side. Each side is told that the other lives at the relay.

import type { Socket } from "node:dgram";
import { bindUdp } from "./udp.ts";

type Ends = { readonly pbx: number; readonly network: number };
type Sound = { readonly towardsPbx: Socket; readonly towardsNetwork: Socket; pbxPort: number; networkPort: number };

/** What is still on the way after a call's end. */
const LINGER_MS = 10_000;

export class TrunkRelay {
  /** What the PBX takes for the carrier's port. */
  readonly port: number;
  readonly #ends: Ends;
  readonly #pbxSide: Socket;
  readonly #networkSide: Socket;
  /** By Call-ID. */
  readonly #sounds = new Map<string, Promise<Sound>>();
  #isCut = false;
  #isClosed = false;

  private constructor(pbxSide: Socket, networkSide: Socket, ends: Ends) {
    this.#pbxSide = pbxSide;
    this.#networkSide = networkSide;
    this.#ends = ends;
    this.port = pbxSide.address().port;
    pbxSide.on("message", (packet) => void this.#signal(packet, "pbx"));
    networkSide.on("message", (packet) => void this.#signal(packet, "network"));
  }

  /** @param ends the SIP ports of the two, on 127.0.0.1 */
  static async open(ends: Ends): Promise<TrunkRelay> {
    return new TrunkRelay(await bindUdp(), await bindUdp(), ends);
  }

  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pbxSide.close();
    this.#networkSide.close();
    for (const callId of [...this.#sounds.keys()]) this.#forget(callId);
  }

  async #signal(packet: Buffer, from: "pbx" | "network"): Promise<void> {
    if (this.#isSilent()) return;
    const text = packet.toString("latin1");
    const [out, back] = from === "pbx" ? [this.#networkSide, this.#ends.pbx] : [this.#pbxSide, this.#ends.network];
    const callId = /^Call-ID:\s*(\S+)/im.exec(text)?.[1] ?? "";
    const changed = await this.#withOurSound(withContact(text, back, out.address().port), callId, from);
    if (/^(BYE|CANCEL) |^SIP\/2\.0 [3-6]/.test(text)) {
      setTimeout(() => {
        this.#forget(callId);
      }, LINGER_MS).unref();
    }
    // Cut, or closed, while the sound's sockets were opened.
    if (this.#isSilent()) return;
    out.send(Buffer.from(changed, "latin1"), from === "pbx" ? this.#ends.network : this.#ends.pbx, "127.0.0.1");
  }

  #isSilent(): boolean {
    return this.#isCut || this.#isClosed;
  }

  /** The description of a side's sound says where it listens; the other side is told of a port of ours. */
  async #withOurSound(text: string, callId: string, from: "pbx" | "network"): Promise<string> {
    const [head = "", body = ""] = split(text);
    const port = Number(/^m=audio (\d+) /m.exec(body)?.[1] ?? 0);
    if (port === 0 || callId === "") return text;
    const opening = this.#sounds.get(callId) ?? this.#openSound();
    this.#sounds.set(callId, opening);
    const sound = await opening;
    if (from === "pbx") sound.pbxPort = port;
    else sound.networkPort = port;
    const ours = (from === "pbx" ? sound.towardsNetwork : sound.towardsPbx).address().port;
    const changed = body.replace(/^m=audio \d+ /m, `m=audio ${String(ours)} `);
    return `${head.replace(/^Content-Length:\s*\d+/im, `Content-Length: ${String(changed.length)}`)}\r\n\r\n${changed}`;
  }

  async #openSound(): Promise<Sound> {
    const sound: Sound = { towardsPbx: await bindUdp(), towardsNetwork: await bindUdp(), pbxPort: 0, networkPort: 0 };
    const carry = (packet: Buffer, out: Socket, port: number): void => {
      // RTCP goes to the next port, which may be another call's: never taken for sound (RFC 5761, types 200 to 204).
      const isRtcp = packet.length > 1 && (packet[1] ?? 0) >= 200 && (packet[1] ?? 0) <= 204;
      if (!this.#isCut && port !== 0 && !isRtcp) out.send(packet, port, "127.0.0.1");
    };
    sound.towardsNetwork.on("message", (packet) => {
      carry(packet, sound.towardsPbx, sound.pbxPort);
    });
    sound.towardsPbx.on("message", (packet) => {
      carry(packet, sound.towardsNetwork, sound.networkPort);
    });
    return sound;
  }

  #forget(callId: string): void {
    const opening = this.#sounds.get(callId);
    this.#sounds.delete(callId);
    void opening?.then(({ towardsPbx, towardsNetwork }) => {
      towardsPbx.close();
      towardsNetwork.close();
    });
  }
}

const split = (text: string): readonly string[] => {
  const at = text.indexOf("\r\n\r\n");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 4)];
};

/** Where the other side is to send what follows in this dialogue. */
const withContact = (text: string, theirs: number, ours: number): string =>
  text.replace(/^Contact:.*$/im, (line) => line.replace(`127.0.0.1:${String(theirs)}`, `127.0.0.1:${String(ours)}`));
