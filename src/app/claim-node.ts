/**
 * Taking the node's name. One living daemon a name; what the last process left behind must not keep the next one
 * waiting longer than needed, because people may be on the line.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeId } from "../domain/ids.ts";
import type { Clock, Log, Store } from "../engine/ports.ts";
import { StoreError } from "../engine/ports.ts";
import type { Database } from "../store/index.ts";
import { nodesNow } from "../store/index.ts";

export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Tells two lives of one process number apart. */
  readonly life: string;
}

const RETRY_MS = 500;

export const holderName = ({ host, pid, life }: Holder): string => `${host}:${String(pid)}:${life}`;

/** Null for a name that no daemon of ours would give itself. */
export function holderOf(name: string): Holder | null {
  const match = /^(.+):(\d+):([^:]+)$/.exec(name);
  if (match === null) return null;
  const [, host = "", pid = "", life = ""] = match;
  return { host, pid: Number(pid), life };
}

/** Whether the holder is certainly dead: a process of this machine that is not there any more, or had our own number. */
export function isDead(holder: Holder, self: Holder, isAlive: (pid: number) => boolean): boolean {
  if (holder.host !== self.host || holder.life === self.life) return false;
  // In a container every process may be number 1; two of one number cannot live together.
  return holder.pid === self.pid || !isAlive(holder.pid);
}

/**
 * Holds the name when it resolves. A hold whose process is dead is let go at once; one that nobody here can judge is
 * waited for until it lapses. Rejects with `conflict` when somebody keeps renewing it.
 */
export async function claimNode(
  database: Database,
  store: Store,
  clock: Clock,
  log: Log,
  claim: { readonly nodeId: NodeId; readonly self: Holder; readonly holdMs: number; readonly stop: AbortSignal },
): Promise<void> {
  const { nodeId, self, holdMs, stop } = claim;
  const patientUntil = clock.now() + holdMs + 2_000;
  for (let said = false; ;) {
    try {
      await store.holdNode(nodeId, holderName(self), clock.now(), holdMs);
      return;
    } catch (error) {
      if (stop.aborted || !(error instanceof StoreError) || ["broken", "unusable"].includes(error.kind)) throw error;
      if (error.kind === "conflict" && clock.now() > patientUntil) throw error;
      if (!said) log.warn("waiting for the node's name", { node: nodeId, error: error.message });
      said = true;
    }
    await letGoOfTheDead(database, store, log, nodeId, self).catch((error: unknown) => {
      log.debug("nobody could be asked who holds the name", { error });
    });
    await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function letGoOfTheDead(database: Database, store: Store, log: Log, nodeId: NodeId, self: Holder): Promise<void> {
  const name = (await nodesNow(database)).find((node) => node.nodeId === nodeId)?.holder ?? null;
  const holder = name === null ? null : holderOf(name);
  if (name === null || holder === null || !isDead(holder, self, processIsAlive)) return;
  log.info("the last process of this node is dead; its name is taken over", { holder: name });
  await store.releaseNode(nodeId, name);
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
