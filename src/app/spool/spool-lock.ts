/**
 * One living process a spool folder: two would cut off each other's rows. A name that the kernel keeps for exactly as
 * long as the process lives, so that nothing is left of one that was killed.
 */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MS = 250;

/** Resolves with how it is let go; null when somebody has had it for all of `patienceMs`. The folder exists. */
export async function lockFolder(folder: string, patienceMs: number): Promise<(() => void) | null> {
  // A socket of Linux's abstract kind: no file, no rights, gone with the process.
  const name = `\0fairdial-spool-${createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 40)}`;
  for (const until = Date.now() + patienceMs; ;) {
    const server = await listening(name);
    if (server !== null) return () => server.close();
    if (Date.now() >= until) return null;
    await sleep(RETRY_MS);
  }
}

const listening = (name: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
