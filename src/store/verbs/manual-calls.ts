/** Calls asked for by name that wait for their node (named by urgent-wishes.ts): whom to call, and what became of them. */
import type { NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LeadToDial, ManualEnd } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { LEAD_COLUMNS, leadsToDial, type LeadColumns } from "../lead-to-dial.ts";
import type { NumberHashKey } from "../number-key.ts";
import { clipped, dateOf } from "../rows.ts";

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
