/** A world in memory for the command line: what was printed can be read afterwards. */
import { instant } from "../../../src/domain/instant.ts";
import type { World } from "../../../src/app/world.ts";

export interface MemoryWorld extends World {
  readonly printed: { out: string; err: string };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}

export const memoryWorld = (env: Record<string, string> = {}): MemoryWorld => {
  const printed = { out: "", err: "" };
  return {
    printed,
    env,
    stdin: nothing(),
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
    userName: "tester",
    now: () => instant(Date.UTC(2026, 10, 21, 12)),
    openDatabase: () => {
      throw new Error("no database in this test");
    },
  };
};
