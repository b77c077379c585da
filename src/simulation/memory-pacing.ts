/** The rows of `campaign_pacing`: what each node's pacing said last, and what it had learned. */
import type { CampaignId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { PacingMemory, PacingReport } from "../engine/ports.ts";

interface PacingRow {
  readonly nodeId: NodeId;
  readonly report: PacingReport;
  readonly memory: unknown;
  readonly savedAt: Instant | null;
}

export class MemoryPacing {
  readonly #rows = new Map<string, PacingRow>();

  put(nodeId: NodeId, report: PacingReport): void {
    const key = `${report.campaignId} ${nodeId}`;
    const before = this.#rows.get(key);
    const isKept = report.memory === null;
    this.#rows.set(key, {
      nodeId,
      report,
      // As a database would: what comes out again is a copy.
      memory: isKept ? before?.memory : structuredClone(report.memory),
      savedAt: isKept ? (before?.savedAt ?? null) : report.at,
    });
  }

  /** This node's, or the latest of another. */
  memoriesFor(nodeId: NodeId): PacingMemory[] {
    const rows = [...this.#rows.values()].sort(
      (a, b) => Number(b.nodeId === nodeId) - Number(a.nodeId === nodeId) || (b.savedAt ?? 0) - (a.savedAt ?? 0),
    );
    const found = new Map<CampaignId, PacingMemory>();
    for (const { report, memory, savedAt } of rows) {
      const { campaignId } = report;
      if (savedAt !== null && !found.has(campaignId)) found.set(campaignId, { campaignId, savedAt, memory });
    }
    return [...found.values()];
  }

  said(campaignId: CampaignId, nodeId: NodeId): PacingReport | null {
    return this.#rows.get(`${campaignId} ${nodeId}`)?.report ?? null;
  }
}
