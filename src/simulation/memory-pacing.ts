/** The rows of `campaign_pacing`: what each node's pacing said last, and what it had learned. */
import type { CampaignId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { PACING_MEMORY_CHARACTERS_MAX, pacingMemoryTooLong } from "../domain/pacing-memory.ts";
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

  /** This node's, or the latest of another. */
  memoriesFor(nodeId: NodeId): PacingMemory[] {
    const rows = [...this.#rows.values()].sort(
      (a, b) => Number(b.nodeId === nodeId) - Number(a.nodeId === nodeId) || (b.savedAt ?? 0) - (a.savedAt ?? 0),
    );
    const found = new Map<CampaignId, PacingMemory>();
    for (const { report, memory, savedAt } of rows) {
      const { campaignId } = report;
      if (savedAt === null || memory === null || found.has(campaignId)) continue;
      found.set(campaignId, { campaignId, savedAt, memory: JSON.parse(memory) as unknown });
    }
    return [...found.values()];
  }

  said(campaignId: CampaignId, nodeId: NodeId): PacingReport | null {
    return this.#rows.get(`${campaignId} ${nodeId}`)?.report ?? null;
  }
}
