/**
 * Ends what a dead node has left open, from anywhere that reaches the database: its leads, calls, return calls and agents.
 *
 * The rule to remember: whoever settles holds the node's name while they do, so its daemon and two settlers take turns,
 * and each attempt is ended once. What ended so is marked: nobody saw its end.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import { nodeId } from "../../domain/ids.ts";
import { Engine } from "../../engine/engine.ts";
import type { Log } from "../../engine/ports.ts";
import { UNBOUNDED } from "../../engine/rules/toll-guard.ts";
import { markSettled, SqlStore, type Database } from "../../store/index.ts";
import { holderName } from "../claim-node.ts";
import { systemClock, systemRandom } from "../clock.ts";
import type { Config } from "../config.ts";
import { engineSettings } from "../engine-settings.ts";
import { NO_SPOOL } from "./no-spool.ts";

/** A missing leg is looked for twice, some seconds apart; rows and return calls need a moment more. */
const SETTLED_WITHIN_MS = 60_000;

export interface Settling {
  readonly config: Config;
  readonly database: Database;
  readonly profiles: () => ReadonlyMap<string, ComplianceProfile>;
  readonly log: Log;
  /** Goes into the rows: a manager's name, or another node's. */
  readonly by: string;
}

/** Resolves with how many attempts were ended. Rejects with StoreError `conflict` while a daemon holds the name. */
export async function settleNode(node: string, { config, database, profiles, log, by }: Settling): Promise<number> {
  const store = new SqlStore(database);
  const holder = holderName({ host: `settling-${hostname()}`, pid: process.pid, life: randomUUID().slice(0, 8) });
  const settings = engineSettings(config, { node, holder, toll: UNBOUNDED, profiles });
  const { goneTelephony } = await import("./gone-telephony.ts");
  let died: (error: Error) => void = () => undefined;
  const death = new Promise<never>((_resolve, reject) => (died = reject));
  const engine = new Engine(
    {
      ...{ telephony: goneTelephony(systemClock), store, clock: systemClock, random: systemRandom, log },
      // Whose journal? That of the dead node is on its own disk.
      journal: { append: () => undefined },
      // It places nothing, however much time it has.
      load: { delayMs: () => 0 },
      spool: NO_SPOOL,
    },
    settings,
    (why, error) => {
      died(error instanceof Error ? error : new Error(why));
    },
  );
  await store.holdNode(nodeId(node), holder, systemClock.now(), settings.timings.nodeHoldMs);
  try {
    const settled = await markSettled(database, nodeId(node), by);
    // Drained before it starts: it is to end what is there, and to place nothing.
    const quiet = engine.drain();
    await engine.start();
    await Promise.race([quiet, death, tooLong()]);
    return settled;
  } finally {
    await engine.stop();
  }
}

const tooLong = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error("what the node left could not be settled in time"));
    }, SETTLED_WITHIN_MS).unref();
  });
