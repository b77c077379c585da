// Blocks of ports for labs that run side by side. Holding the first port of a block open is the reservation: the
// kernel gives it back when the process ends, however it ends.

import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Below the range from which Linux takes ports for outgoing connections (32768-60999). */
const FIRST_PORT = 11_000;
const LAST_PORT = 32_000;
/** Twenty for servers, the rest for RTP: two ports a call, two Asterisks, about 700 calls at once. */
const BLOCK_SIZE = 3_000;
const RTP_OFFSET = 100;
const RTP_SIZE = 1_400;

/** Labs are short: when all blocks are taken, one will be free soon. */
const PATIENCE_MS = 120_000;

/** One lab's ports, all on 127.0.0.1. */
export type PortBlock = {
  readonly pbxSip: number;
  readonly pbxHttp: number;
  readonly networkSip: number;
  readonly networkAmi: number;
  /** Reserved and never listened to. */
  readonly dead: number;
  readonly sippSip: number;
  /** SIPp takes this one and the few after it. */
  readonly sippRtp: number;
  readonly database: number;
  /** Where fairdial waits for the PBX's event socket, if it does. */
  readonly events: number;
  /** Where the daemon hears calls. */
  readonly hearing: number;
  readonly pbxRtp: readonly [first: number, last: number];
  readonly networkRtp: readonly [first: number, last: number];
  /** Gives the block back. */
  release(): void;
};

/** Reserves a block that no other lab has and on which nothing else listens; waits while all are taken. */
export async function reservePorts(): Promise<PortBlock> {
  const blocks = Math.floor((LAST_PORT - FIRST_PORT) / BLOCK_SIZE);
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    for (let n = 0; n < blocks; n += 1) {
      const base = FIRST_PORT + n * BLOCK_SIZE;
      const guard = await listen(base);
      if (guard === null) continue;
      if (await allFree(base)) return blockAt(base, guard);
      guard.close();
    }
    await sleep(250);
  }
  throw new Error(
    `all ${String(blocks)} blocks of ports between ${String(FIRST_PORT)} and ${String(LAST_PORT)} are taken`,
  );
}

function blockAt(base: number, guard: Server): PortBlock {
  const pbxRtp = base + RTP_OFFSET;
  const networkRtp = pbxRtp + RTP_SIZE;
  return {
    pbxSip: base + 1,
    pbxHttp: base + 2,
    networkSip: base + 3,
    networkAmi: base + 4,
    dead: base + 5,
    sippSip: base + 6,
    database: base + 7,
    events: base + 8,
    hearing: base + 9,
    sippRtp: base + 20,
    pbxRtp: [pbxRtp, pbxRtp + RTP_SIZE - 1],
    networkRtp: [networkRtp, networkRtp + RTP_SIZE - 1],
    release: () => {
      guard.close();
    },
  };
}

async function allFree(base: number): Promise<boolean> {
  for (let port = base + 1; port <= base + 9; port += 1) {
    const server = await listen(port);
    if (server === null) return false;
    await new Promise((resolve) => server.close(resolve));
    if (!(await udpFree(port))) return false;
  }
  return true;
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once("error", () => {
      resolve(null);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      resolve(server);
    });
  });
}

function udpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      resolve(false);
    });
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}
