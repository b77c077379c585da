/** Where every lead of a campaign is, and why: leads that stand alike, counted together. */
import type { CampaignId } from "../../domain/ids.ts";
import { LEAD_QUEUES, type LeadQueue } from "../../domain/lead.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { dateOf, instantOf } from "../rows.ts";
import type { LeadState } from "./lead-file.ts";

/** Leads in one state, of one source, waiting in one queue, for one reason, in one zone. */
export interface LeadsStanding {
  /** Their list is being imported, and nothing of it is seen. */
  readonly isLoading: boolean;
  /** 0 where no source takes them. */
  readonly sourceId: number;
  readonly state: LeadState;
  readonly queue: LeadQueue;
  readonly isDue: boolean;
  /** Of the last verdict that gave one; null when there was none. */
  readonly reason: string | null;
  /** IANA, of the number to be dialled next; null where nobody knows, and for all who are not due. */
  readonly timeZone: string | null;
  readonly leads: number;
  /** The earliest among them. */
  readonly dueAt: Instant;
}

interface StandingRow {
  readonly is_loading: number;
  readonly source_id: number;
  readonly state: LeadState;
  readonly queue: number;
  readonly is_due: number;
  readonly reason: string | null;
  readonly time_zone: string | null;
  readonly leads: number;
  readonly due_at: Date;
}

/**
 * One look at one moment, so that it adds up to the list while leads are being dialled. Reads every lead of the campaign,
 * because no index holds the reasons: it is asked by people, not by daemons.
 */
export const leadsStanding = async (db: Queryable, campaign: CampaignId, at: Instant): Promise<LeadsStanding[]> => {
  const rows = await db.rows<StandingRow>(
    `select x.is_loading, x.source_id, x.state, x.queue, x.is_due, x.reason, z.name as time_zone, x.leads, x.due_at
     from (
       select list_id in (select list_id from list where campaign_id = ? and state = 'loading') as is_loading,
         source_id, state, queue, due_at <= ? as is_due, reason,
         if(state = 'ready' and due_at <= ?, zone_id, 0) as zone, count(*) as leads, min(due_at) as due_at
       from campaign_lead where campaign_id = ?
       group by is_loading, source_id, state, queue, is_due, reason, zone
     ) x
     left join time_zone z on z.zone_id = x.zone
     order by x.leads desc, x.state, x.reason, x.source_id, x.queue`,
    [campaign, dateOf(at), dateOf(at), campaign],
  );
  return rows.map((row) => ({
    isLoading: row.is_loading === 1,
    sourceId: row.source_id,
    state: row.state,
    queue: LEAD_QUEUES[row.queue] ?? "redial",
    isDue: row.is_due === 1,
    reason: row.reason,
    timeZone: row.time_zone,
    leads: row.leads,
    dueAt: instantOf(row.due_at),
  }));
};
