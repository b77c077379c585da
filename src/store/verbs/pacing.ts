/** What pacing says of itself on each node, for whoever asks from elsewhere; and what it learned, for after a restart. */
import type { NodeId } from "../../domain/ids.ts";
import { campaignId } from "../../domain/ids.ts";
import type { PacingMemory, PacingReport } from "../../engine/ports.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf, jsonOf, parsed } from "../rows.ts";

const SAYS_CHARACTERS_MAX = 500;

export const reportPacing = async (db: Database, node: NodeId, reports: readonly PacingReport[]): Promise<void> => {
  if (reports.length === 0) return;
  const rows = reports.map(({ campaignId: campaign, at, because, says, facts, memory }) => [
    campaign,
    node,
    dateOf(at),
    because,
    clipped(says, SAYS_CHARACTERS_MAX),
    jsonOf(facts),
    memory === null ? null : jsonOf(memory),
    memory === null ? null : dateOf(at),
  ]);
  await db.write(
    `insert into campaign_pacing (campaign_id, node_id, told_at, because, says, facts, memory, saved_at)
     values ?
     on duplicate key update told_at = values(told_at), because = values(because), says = values(says),
       facts = values(facts), memory = coalesce(values(memory), memory), saved_at = coalesce(values(saved_at), saved_at)`,
    [rows],
  );
};

interface MemoryRow {
  readonly campaign_id: number;
  readonly saved_at: Date;
  readonly memory: string;
}

/** Of this node where it has one, else the latest of another. */
export const pacingMemories = async (db: Database, node: NodeId): Promise<readonly PacingMemory[]> => {
  const rows = await db.rows<MemoryRow>(
    `select campaign_id, saved_at, memory from campaign_pacing where memory is not null
     order by campaign_id, node_id = ? desc, saved_at desc`,
    [node],
  );
  const first = new Map<number, MemoryRow>();
  for (const row of rows) if (!first.has(row.campaign_id)) first.set(row.campaign_id, row);
  return [...first.values()].map((row) => ({
    campaignId: campaignId(row.campaign_id),
    savedAt: instantOf(row.saved_at),
    memory: parsed(row.memory),
  }));
};
