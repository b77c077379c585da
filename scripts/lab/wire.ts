// A TCP connection that can be cut: nothing gets through in either direction, and nobody is told, as when a cable is out.

import { connect, createServer, type Server, type Socket } from "node:net";

type Pair = { readonly near: Socket; far: Socket | null };

/** How a cut ends: what was sent meanwhile arrives after all, or the connections turn out to be dead. */
export type Healing = "resumed" | "reset";

export class Wire {
  /** Where to connect instead, on 127.0.0.1. */
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  #isCut = false;

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on("connection", (near) => {
      const pair: Pair = { near, far: null };
      this.#pairs.add(pair);
      near.on("error", () => undefined);
      near.on("close", () => {
        this.#closed(pair);
      });
      near.pause();
      // While it is cut, the kernel alone shakes hands: whoever asks then waits for an answer.
      if (!this.#isCut) this.#reach(pair);
    });
  }

  static async open(targetPort: number): Promise<Wire> {
    const server = createServer({ allowHalfOpen: false });
    server.unref();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port: 0, host: "127.0.0.1" }, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the wire has no port");
    return new Wire(server, address.port, targetPort);
  }

  cut(): void {
    this.#isCut = true;
    for (const { near, far } of this.#pairs) {
      near.pause();
      far?.pause();
    }
  }

  heal(how: Healing): void {
    this.#isCut = false;
    for (const pair of [...this.#pairs]) {
      if (how === "reset") {
        pair.near.resetAndDestroy();
        pair.far?.resetAndDestroy();
        this.#pairs.delete(pair);
      } else if (pair.far === null) this.#reach(pair);
      else if (pair.near.destroyed || pair.far.destroyed) this.#closed(pair);
      else {
        pair.near.resume();
        pair.far.resume();
      }
    }
  }

  close(): void {
    this.#server.close();
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far?.destroy();
    }
    this.#pairs.clear();
  }

  #reach(pair: Pair): void {
    const { near } = pair;
    if (near.destroyed) {
      this.#pairs.delete(pair);
      return;
    }
    const far = connect({ port: this.#targetPort, host: "127.0.0.1" });
    pair.far = far;
    far.on("error", () => undefined);
    far.on("close", () => {
      this.#closed(pair);
    });
    this.#carry(near, far);
    this.#carry(far, near);
    near.resume();
  }

  #carry(from: Socket, to: Socket): void {
    from.on("data", (chunk) => {
      if (to.write(chunk)) return;
      from.pause();
      to.once("drain", () => {
        if (!this.#isCut) from.resume();
      });
    });
  }

  /** One side is gone. The other hears of it when it can. */
  #closed(pair: Pair): void {
    if (this.#isCut) return;
    pair.near.destroySoon();
    pair.far?.destroySoon();
    this.#pairs.delete(pair);
  }
}
