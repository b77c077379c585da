/** Calls asked for by name that were looked at and wait for their node, and what became of them. */
import { agentId, campaignId, leadId, type NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LeadToDial, ManualEnd, PendingManualCall } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { LEAD_COLUMNS, leadsToDial, type LeadColumns } from "../lead-to-dial.ts";
import type { NumberHashKey } from "../number-key.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";

interface ReadyRow {
  readonly manual_id: number;
  readonly campaign_id: number;
  readonly agent_id: number;
  readonly lead_id: number;
  readonly ready_at: Date;
}

export const manualCalls = async (db: Queryable, node: NodeId): Promise<PendingManualCall[]> => {
  const rows = await db.rows<ReadyRow>(
    `select manual_id, campaign_id, agent_id, lead_id, ready_at
     from crm_manual_call force index (manual_to_settle)
     where status = 'ready' and node_id = ? order by manual_id`,
    [node],
  );
  return rows.map((row) => ({
    manualId: row.manual_id,
    campaignId: campaignId(row.campaign_id),
    agentId: agentId(row.agent_id),
    leadId: leadId(row.lead_id),
    requestedAt: instantOf(row.ready_at),
  }));
};

interface ManualLeadRow extends LeadColumns {
  readonly dialled: number;
  readonly principal: string;
}

export const manualLead = async (
  db: Queryable,
  node: NodeId,
  manualId: number,
  at: Instant,
  hashKey: NumberHashKey,
): Promise<LeadToDial | null> => {
  const [row] = await db.rows<ManualLeadRow>(
    `select m.number_id as dialled, c.principal, ${LEAD_COLUMNS}
     from crm_manual_call m
     join campaign_lead l on l.lead_id = m.lead_id
     join campaign c on c.campaign_id = l.campaign_id
     where m.manual_id = ? and m.status = 'ready' and l.state = 'leased' and l.lease_node = ?`,
    [manualId, node],
  );
  if (row === undefined) return null;
  const who = { principal: row.principal, at, hashKey };
  const [lead] = await leadsToDial(db, [row], who, new Map([[row.lead_id, row.dialled]]));
  return lead ?? null;
};

export const finishManual = async (
  db: Queryable,
  { manualId, at, attemptId, code, says }: ManualEnd,
): Promise<void> => {
  await db.write(
    `update crm_manual_call set status = ?, code = ?, says = ?, attempt_id = ?, settled_at = ?
     where manual_id = ? and status in ('new', 'ready')`,
    [attemptId === null ? "refused" : "done", clipped(code, 40), clipped(says, 500), attemptId, dateOf(at), manualId],
  );
};
