/** The rows of `campaign_pacing`: what each node's pacing said last, and what it had learned. */
import type { CampaignId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { memoryFor, PACING_MEMORY_CHARACTERS_MAX, pacingMemoryTooLong } from "../domain/pacing-memory.ts";
import { StoreError, type PacingMemory, type PacingReport } from "../engine/ports.ts";

interface PacingRow {
  readonly nodeId: NodeId;
  readonly report: PacingReport;
  /** As text, as a database would: what comes out again is a copy, and holds what JSON can hold. */
  readonly memory: string | null;
  readonly savedAt: Instant | null;
}

export class MemoryPacing {
  readonly #rows = new Map<string, PacingRow>();

  put(nodeId: NodeId, reports: readonly PacingReport[]): void {
    const tooLong: string[] = [];
    for (const report of reports) {
      const { campaignId, memory } = report;
      const key = `${campaignId} ${nodeId}`;
      const before = this.#rows.get(key);
      const learned = memory === null || memory === undefined ? null : JSON.stringify(memory);
      const isTooLong = learned !== null && learned.length > PACING_MEMORY_CHARACTERS_MAX;
      if (isTooLong) tooLong.push(pacingMemoryTooLong(campaignId, learned.length));
      const saved =
        learned === null || isTooLong
          ? { memory: before?.memory ?? null, savedAt: before?.savedAt ?? null }
          : { memory: learned, savedAt: report.at };
      this.#rows.set(key, { nodeId, report, ...saved });
    }
    const [first] = tooLong;
    if (first !== undefined) throw new StoreError("broken", first);
  }

  /** The latest, or this node's own where it is hardly older. */
  memoriesFor(nodeId: NodeId): PacingMemory[] {
    const saved = new Map<CampaignId, { nodeId: NodeId; savedAt: Instant; memory: string }[]>();
    for (const { nodeId: of, report, memory, savedAt } of this.#rows.values()) {
      if (savedAt === null || memory === null) continue;
      const { campaignId } = report;
      saved.set(campaignId, [...(saved.get(campaignId) ?? []), { nodeId: of, savedAt, memory }]);
    }
    return [...saved].flatMap(([campaignId, ofCampaign]) => {
      const chosen = memoryFor(nodeId, ofCampaign);
      if (chosen === null) return [];
      return [{ campaignId, savedAt: chosen.savedAt, memory: JSON.parse(chosen.memory) as unknown }];
    });
  }

  said(campaignId: CampaignId, nodeId: NodeId): PacingReport | null {
    return this.#rows.get(`${campaignId} ${nodeId}`)?.report ?? null;
  }
}
