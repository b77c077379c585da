/** What pacing says of itself on each node, for whoever asks from elsewhere; and what it learned, for after a restart. */
import type { NodeId } from "../../domain/ids.ts";
import { campaignId, nodeId } from "../../domain/ids.ts";
import { memoryFor, PACING_MEMORY_CHARACTERS_MAX, pacingMemoryTooLong } from "../../domain/pacing-memory.ts";
import type { SavedMemory } from "../../domain/pacing-memory.ts";
import { StoreError, type PacingMemory, type PacingReport } from "../../engine/ports.ts";
import type { Database, SqlValue } from "../database.ts";
import { clipped, dateOf, instantOf, jsonOf, parsed } from "../rows.ts";

const BECAUSE_CHARACTERS_MAX = 32;
const SAYS_CHARACTERS_MAX = 500;
/** Of facts and memories in one statement: escaped and in UTF-8 it still fits the smallest packet that `check` lets pass. */
const STATEMENT_CHARACTERS_MAX = PACING_MEMORY_CHARACTERS_MAX;

export const reportPacing = async (db: Database, node: NodeId, reports: readonly PacingReport[]): Promise<void> => {
  const tooLong: { readonly campaign: number; readonly characters: number }[] = [];
  let rows: SqlValue[][] = [];
  let characters = 0;
  const write = async (): Promise<void> => {
    if (rows.length > 0) await writeReports(db, rows);
    rows = [];
    characters = 0;
  };
  for (const { campaignId: campaign, at, because, says, facts, memory } of reports) {
    const learned = memory === null || memory === undefined ? null : jsonOf(memory);
    const isKept = learned !== null && learned.length <= PACING_MEMORY_CHARACTERS_MAX;
    if (learned !== null && !isKept) tooLong.push({ campaign, characters: learned.length });
    const known = jsonOf(facts);
    const more = known.length + (isKept ? learned.length : 0);
    if (characters + more > STATEMENT_CHARACTERS_MAX) await write();
    rows.push([
      ...[campaign, node, dateOf(at), clipped(because, BECAUSE_CHARACTERS_MAX), clipped(says, SAYS_CHARACTERS_MAX)],
      ...[known, isKept ? learned : null, isKept ? dateOf(at) : null],
    ]);
    characters += more;
  }
  await write();
  // Told last: what the others say must not be lost by it.
  const [first] = tooLong;
  if (first !== undefined) throw new StoreError("broken", pacingMemoryTooLong(first.campaign, first.characters));
};

const writeReports = async (db: Database, rows: readonly SqlValue[][]): Promise<void> => {
  await db.write(
    `insert into campaign_pacing (campaign_id, node_id, told_at, because, says, facts, memory, saved_at)
     values ?
     on duplicate key update told_at = values(told_at), because = values(because), says = values(says),
       facts = values(facts), memory = coalesce(values(memory), memory), saved_at = coalesce(values(saved_at), saved_at)`,
    [rows],
  );
};

interface SavedRow {
  readonly campaign_id: number;
  readonly node_id: string;
  readonly saved_at: Date;
}

export const LEARNED_QUESTION = "select saved_at, memory from campaign_pacing where campaign_id = ? and node_id = ?";

/** The latest, or this node's own where it is hardly older. Whose they are is asked first: memories are large. */
export const pacingMemories = async (db: Database, node: NodeId): Promise<readonly PacingMemory[]> => {
  const saved = await db.rows<SavedRow>(
    `select p.campaign_id, p.node_id, p.saved_at
     from campaign_pacing p join campaign c on c.campaign_id = p.campaign_id
     where p.saved_at is not null
     order by p.campaign_id`,
    [],
  );
  const byCampaign = new Map<number, SavedMemory[]>();
  for (const { campaign_id, node_id, saved_at } of saved) {
    const ofCampaign = byCampaign.get(campaign_id) ?? [];
    ofCampaign.push({ nodeId: nodeId(node_id), savedAt: instantOf(saved_at) });
    byCampaign.set(campaign_id, ofCampaign);
  }
  const memories: PacingMemory[] = [];
  for (const [campaign, ofCampaign] of byCampaign) {
    const whose = memoryFor(node, ofCampaign)?.nodeId ?? node;
    const [row] = await db.rows<{ saved_at: Date; memory: string | null }>(LEARNED_QUESTION, [campaign, whose]);
    const memory = row?.memory === undefined || row.memory === null ? null : readable(row.memory);
    if (row === undefined || memory === null) continue;
    memories.push({ campaignId: campaignId(campaign), savedAt: instantOf(row.saved_at), memory });
  }
  return memories;
};

/** What somebody has spoilt by hand is as good as none: it is learned anew, and no reason not to start. */
const readable = (memory: string): unknown => {
  try {
    return parsed(memory);
  } catch {
    return null;
  }
};
