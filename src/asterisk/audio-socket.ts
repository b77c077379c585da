// Sound from Asterisk, by its AudioSocket protocol over TCP: a byte that says what, two that say how much, and that. What
// comes first names the call; sound is 16 bits, little-endian, 8,000 samples a second, in frames of 20 ms (22.10.1).
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { SOUND_FRAME_BYTES } from "./sound-format.ts";

const HANG_UP = 0x00;
const NAME = 0x01;
const SOUND = 0x10;
const HEADER_BYTES = 3;
const NAME_BYTES = 16;
/** Asterisk says who calls at once; whoever does not is no Asterisk. */
const NAME_WITHIN_MS = 2_000;
/** More at once than any node has calls. */
const STREAMS_MAX = 2_000;

/** One call's sound. */
export interface SoundListener {
  /** 160 samples each. */
  frame(samples: Int16Array): void;
  /** No more will come. */
  closed(): void;
}

export interface SoundStream {
  close(): void;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Messages out of what arrives, in whatever pieces it does. */
export class SocketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole now. */
  read(data: Buffer): readonly { readonly kind: number; readonly body: Buffer }[] {
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const messages: { kind: number; body: Buffer }[] = [];
    let from = 0;
    while (all.length - from >= HEADER_BYTES) {
      const length = all.readUInt16BE(from + 1);
      const to = from + HEADER_BYTES + length;
      if (to > all.length) break;
      messages.push({ kind: all[from] ?? HANG_UP, body: all.subarray(from + HEADER_BYTES, to) });
      from = to;
    }
    this.#rest = all.subarray(from);
    return messages;
  }
}

/** Frames of 20 ms out of sound in whatever pieces it comes; what is left at the end is no frame. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);

  cut(sound: Buffer): readonly Int16Array[] {
    const all = this.#rest.length === 0 ? sound : Buffer.concat([this.#rest, sound]);
    const frames: Int16Array[] = [];
    let from = 0;
    for (; from + SOUND_FRAME_BYTES <= all.length; from += SOUND_FRAME_BYTES) {
      const samples = new Int16Array(SOUND_FRAME_BYTES / 2);
      for (let i = 0; i < samples.length; i += 1) samples[i] = all.readInt16LE(from + 2 * i);
      frames.push(samples);
    }
    this.#rest = Buffer.from(all.subarray(from));
    return frames;
  }
}

/** "1b671a64-40d5-491e-99b0-da01ff1f3341" of its sixteen bytes; null for another length. */
export function nameOf(body: Buffer): string | null {
  if (body.length !== NAME_BYTES) return null;
  return body.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class AudioSocketServer {
  readonly #accept: (name: string, stream: SoundStream) => SoundListener | null;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  /** @param accept null for a name that nobody waits for */
  constructor(accept: (name: string, stream: SoundStream) => SoundListener | null) {
    this.#accept = accept;
  }

  /** Rejects where the address cannot be had. Returns the port. */
  async listen({ host, port }: ListenAddress): Promise<number> {
    const server = createServer((socket) => {
      this.#connected(socket);
    });
    server.maxConnections = STREAMS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    // Nothing that goes wrong while a call comes in may end the process.
    server.on("error", () => undefined);
    server.unref();
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    const reader = new SocketReader();
    const cutter = new FrameCutter();
    let listener: SoundListener | null = null;
    const stream: SoundStream = {
      close: () => {
        socket.destroy();
      },
    };
    const unnamed = setTimeout(() => {
      if (listener === null) socket.destroy();
    }, NAME_WITHIN_MS);
    unnamed.unref();
    socket.unref();
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(unnamed);
      this.#sockets.delete(socket);
      listener?.closed();
    });
    socket.on("data", (data) => {
      for (const { kind, body } of reader.read(data)) {
        if (kind === SOUND && listener !== null) for (const frame of cutter.cut(body)) listener.frame(frame);
        else if (kind === NAME && listener === null) {
          const name = nameOf(body);
          listener = name === null ? null : this.#accept(name, stream);
          if (listener === null) socket.destroy();
        } else if (kind === HANG_UP || listener === null) {
          // Sound before a name is nobody's.
          socket.destroy();
        }
        if (socket.destroyed) return;
      }
    });
  }
}
