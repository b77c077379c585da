// A small detector outside, to copy and make something better of: it listens at an address, gets each call's sound from
// fairdial, and answers in one line. It goes by how long somebody talks before they first stop; no more than an example.
//
//   npx tsx scripts/outside-detector.ts 127.0.0.1:9466

import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { pathToFileURL } from "node:url";

/** As amd.outside of the configuration must have them. */
export const DETECTOR = { name: "sample", version: "1.0" } as const;

type Verdict = "person" | "machine" | "unsure" | "screening";

const FRAME_BYTES = 320;
const FRAME_MS = 20;
/** Mean of a frame that is talk, of 32,767. */
const LOUD = 400;
const QUIET_AFTER_TALK_MS = 400;
const LONG_TALK_MS = 900;
/** What the way back may take. */
const BEFORE_DEADLINE_MS = 100;

/** One call, frame by frame; null while there is nothing to say. */
export class Opinion {
  #talkMs = 0;
  #quietMs = 0;

  hear(frame: Buffer): { readonly verdict: Verdict; readonly cause: string } | null {
    let sum = 0;
    for (let at = 0; at + 1 < frame.length; at += 2) sum += Math.abs(frame.readInt16LE(at));
    if (sum / (frame.length / 2) >= LOUD) {
      this.#talkMs += FRAME_MS;
      this.#quietMs = 0;
    } else if (this.#talkMs > 0) this.#quietMs += FRAME_MS;
    if (this.#talkMs >= LONG_TALK_MS) return { verdict: "machine", cause: `${String(this.#talkMs)} ms of talk` };
    return this.#quietMs >= QUIET_AFTER_TALK_MS ? { verdict: "person", cause: "they stopped to listen" } : null;
  }
}

function serveCall(socket: Socket): void {
  const opinion = new Opinion();
  let rest = Buffer.alloc(0);
  let isGreeted = false;
  let timer: NodeJS.Timeout | null = null;
  const say = (verdict: Verdict, cause: string): void => {
    const { name, version } = DETECTOR;
    socket.end(`${JSON.stringify({ verdict, detector: name, version, cause })}\n`);
  };
  socket.on("error", () => undefined);
  socket.on("close", () => {
    if (timer !== null) clearTimeout(timer);
  });
  socket.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    if (!isGreeted) {
      const until = rest.indexOf("\n");
      if (until < 0) return;
      isGreeted = true;
      const { answerWithinMs } = JSON.parse(rest.subarray(0, until).toString()) as { answerWithinMs: number };
      timer = setTimeout(
        () => {
          say("unsure", "nothing was certain");
        },
        Math.max(0, answerWithinMs - BEFORE_DEADLINE_MS),
      );
      rest = rest.subarray(until + 1);
    }
    while (rest.length >= FRAME_BYTES && socket.writable) {
      const found = opinion.hear(rest.subarray(0, FRAME_BYTES));
      rest = rest.subarray(FRAME_BYTES);
      if (found !== null) say(found.verdict, found.cause);
    }
  });
}

/** @param port 0 for any that is free */
export async function startDetector(host: string, port: number): Promise<Server> {
  const server = createServer(serveCall);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [host = "", port = ""] = (process.argv[2] ?? "").split(":");
  if (!/^\d+$/.test(port)) {
    console.error("usage: npx tsx scripts/outside-detector.ts 127.0.0.1:9466");
    process.exitCode = 2;
  } else await startDetector(host, Number(port));
}
