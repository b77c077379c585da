/** How much each agent has skipped within the last hour. Of this process: a restart forgives. */
import type { AgentId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";

const HOUR_MS = 3_600_000;

export class SkipCount {
  readonly #skips = new Map<AgentId, Instant[]>();

  /** Counts one more; false, counting nothing, where that would be too many. */
  take(agentId: AgentId, perHourMax: number | null, at: Instant): boolean {
    const recent = (this.#skips.get(agentId) ?? []).filter((skip) => msBetween(skip, at) < HOUR_MS);
    if (perHourMax !== null && recent.length >= perHourMax) return false;
    this.#skips.set(agentId, [...recent, at]);
    return true;
  }
}
