/** How much of what pacing learned is kept for one campaign on one node, and whose a node goes on from: one word for every store. */
import type { NodeId } from "./ids.ts";
import { msBetween } from "./instant.ts";
import type { Instant } from "./instant.ts";

/** Of its JSON; twenty times what a campaign of a few hundred agents takes. What is longer is not kept. */
export const PACING_MEMORY_CHARACTERS_MAX = 1_000_000;

export const pacingMemoryTooLong = (campaign: number, characters: number): string =>
  `what pacing learned of campaign ${campaign} takes ${characters} characters, and at most ${PACING_MEMORY_CHARACTERS_MAX} are kept: what was saved before stays`;

export interface SavedMemory {
  readonly nodeId: NodeId;
  readonly savedAt: Instant;
}

/** A node's own trunk and team are worth more than minutes; yesterday's are not worth more than what another saw just now. */
const OWN_OLDER_MAX_MS = 30 * 60_000;

/** Of one campaign's: the latest, or this node's own where that is older by no more than half an hour; null of none. */
export function memoryFor<Saved extends SavedMemory>(nodeId: NodeId, saved: Iterable<Saved>): Saved | null {
  let latest: Saved | null = null;
  let own: Saved | null = null;
  for (const each of saved) {
    if (latest === null || each.savedAt > latest.savedAt) latest = each;
    if (each.nodeId === nodeId) own = each;
  }
  if (latest === null || own === null) return latest;
  return msBetween(own.savedAt, latest.savedAt) <= OWN_OLDER_MAX_MS ? own : latest;
}
