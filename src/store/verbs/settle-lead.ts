/** What becomes of a lead: one statement for the refusal before an attempt and for the end of one. */
import type { LeadVerdict } from "../../engine/ports.ts";
import type { LeadId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable, SqlValue } from "../database.ts";
import { clipped, dateOf } from "../rows.ts";

/** Longest reason that a row keeps. */
const REASON_CHARACTERS_MAX = 64;

/** State, reason and due time; null leaves the row's own. */
const settled = (verdict: LeadVerdict): [state: string, reason: string | null, dueAt: Date | null] => {
  switch (verdict.type) {
    case "retry":
      return ["ready", clipped(verdict.because, REASON_CHARACTERS_MAX), dateOf(verdict.at)];
    case "done":
      return ["done", clipped(verdict.because, REASON_CHARACTERS_MAX), null];
    case "held":
      return ["held", clipped(verdict.because, REASON_CHARACTERS_MAX), null];
    case "requeue":
      return ["ready", null, null];
  }
};

const SETTLE = `
  update campaign_lead
  set state = ?, reason = coalesce(?, reason), due_at = coalesce(?, due_at), lease_node = null, lease_until = null,
    changed_at = ?`;

const settleValues = (verdict: LeadVerdict, at: Instant): SqlValue[] => [...settled(verdict), dateOf(at)];

/** After a refusal before dialling: only while this node has the lease. */
export const releaseLead = async (
  db: Queryable,
  node: NodeId,
  lead: LeadId,
  verdict: LeadVerdict,
  at: Instant,
): Promise<void> => {
  await db.write(`${SETTLE} where lead_id = ? and state = 'leased' and lease_node = ?`, [
    ...settleValues(verdict, at),
    lead,
    node,
  ]);
};

/** After an attempt: only while the lead is being dialled. */
export const settleDialled = async (db: Queryable, lead: LeadId, verdict: LeadVerdict, at: Instant): Promise<void> => {
  await db.write(`${SETTLE} where lead_id = ? and state = 'dialling'`, [...settleValues(verdict, at), lead]);
};
