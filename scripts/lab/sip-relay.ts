// A relay for one phone's SIP, so that a phone can vanish: packets are dropped in both directions and nobody is told.

import type { Socket } from "node:dgram";
import { bindUdp } from "./udp.ts";

export class SipRelay {
  /** Where the phone sends to. */
  readonly port: number;
  #dropping = false;
  #closed = false;
  readonly #phoneSide: Socket;
  readonly #pbxSide: Socket;

  private constructor(phoneSide: Socket, pbxSide: Socket, pbxPort: number) {
    this.#phoneSide = phoneSide;
    this.#pbxSide = pbxSide;
    this.port = phoneSide.address().port;
    let phonePort = 0;
    phoneSide.on("message", (packet, from) => {
      phonePort = from.port;
      if (!this.#dropping) pbxSide.send(packet, pbxPort, "127.0.0.1");
    });
    pbxSide.on("message", (packet) => {
      if (!this.#dropping && phonePort !== 0) phoneSide.send(packet, phonePort, "127.0.0.1");
    });
    for (const socket of [phoneSide, pbxSide]) {
      // A port where nobody listens yet or any more: that is what lost packets are for.
      socket.on("error", () => undefined);
      socket.unref();
    }
  }

  static async open(pbxPort: number): Promise<SipRelay> {
    return new SipRelay(await bindUdp(), await bindUdp(), pbxPort);
  }

  /** From now on nothing gets through, for good. */
  drop(): void {
    this.#dropping = true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropping = true;
    this.#phoneSide.close();
    this.#pbxSide.close();
  }
}
