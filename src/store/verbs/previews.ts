/** Leads on agents' screens: put there with a lease that lasts, kept, and taken off again. */
import { leadId, type LeadId, type NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PreviewEnded, PreviewShown } from "../../domain/preview.ts";
import type { Database, Queryable } from "../database.ts";
import { clippedOrNull, dateOf } from "../rows.ts";

/** Why a preview was withdrawn of which nothing more was heard. The daemon may have known better, and be heard later. */
const DAEMON_GONE = "daemon-gone";

/** By the key alone, so that no row is locked but these. */
const KEEP = `
  update campaign_lead force index (primary) set lease_until = ?
  where lead_id in (?) and state = 'leased' and lease_node = ?`;

export const showPreview = (db: Database, node: NodeId, preview: PreviewShown, leaseUntil: Instant): Promise<boolean> =>
  db.transaction(async (tx) => {
    const { matched } = await tx.write(KEEP, [dateOf(leaseUntil), [preview.leadId], node]);
    if (matched !== 1) return false;
    const { attemptId, agentId, campaignId, leadId, numberId, callbackId, shownAt, untilAt, auto } = preview;
    await tx.write(
      `insert into preview (attempt_id, node_id, agent_id, campaign_id, lead_id, number_id, callback_id, shown_at,
         until_at, auto)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on duplicate key update shown_at = preview.shown_at`,
      [
        ...[attemptId, node, agentId, campaignId, leadId, numberId, callbackId],
        ...[dateOf(shownAt), dateOf(untilAt), auto ? 1 : 0],
      ],
    );
    return true;
  });

export const endPreview = async (db: Queryable, ended: PreviewEnded): Promise<void> => {
  const { attemptId, at, end, press, because, says } = ended;
  await db.write(
    `update preview set ended_at = ?, ended_as = ?, press = ?, because = ?, says = ?
     where attempt_id = ? and (ended_at is null or because = ?)`,
    [dateOf(at), end, press, clippedOrNull(because, 64), clippedOrNull(says, 500), attemptId, DAEMON_GONE],
  );
};

export const keepLeases = async (
  db: Queryable,
  node: NodeId,
  leads: readonly LeadId[],
  leaseUntil: Instant,
): Promise<readonly LeadId[]> => {
  if (leads.length === 0) return [];
  const { matched } = await db.write(KEEP, [dateOf(leaseUntil), leads, node]);
  if (matched === leads.length) return leads;
  const rows = await db.rows<{ lead_id: number }>(
    "select lead_id from campaign_lead where lead_id in (?) and state = 'leased' and lease_node = ?",
    [leads, node],
  );
  return rows.map(({ lead_id }) => leadId(lead_id));
};
