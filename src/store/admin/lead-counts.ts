/** How far leads have been worked, by state. */
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";

export interface LeadCounts {
  readonly ready: number;
  /** Those of `ready` that may be offered now. */
  readonly due: number;
  readonly leased: number;
  readonly dialling: number;
  readonly held: number;
  readonly done: number;
}

export const NO_LEADS: LeadCounts = { ready: 0, due: 0, leased: 0, dialling: 0, held: 0, done: 0 };

interface CountRow {
  readonly id: number;
  readonly state: "ready" | "leased" | "dialling" | "held" | "done";
  readonly leads: number;
  readonly due: number;
}

// Both read nothing but the index lead_to_claim. Leads of an import that goes on are nobody's yet.
const NOT_LOADING = "list_id not in (select list_id from list where state = 'loading')";
const COUNT = {
  campaign: `
    select campaign_id as id, state, count(*) as leads, count(case when due_at <= ? then 1 end) as due
    from campaign_lead force index (lead_to_claim) where campaign_id in (?) and ${NOT_LOADING} group by campaign_id, state`,
  list: `
    select list_id as id, state, count(*) as leads, count(case when due_at <= ? then 1 end) as due
    from campaign_lead force index (lead_to_claim) where campaign_id in (?) and ${NOT_LOADING} group by list_id, state`,
} as const;

/** Of these campaigns, by campaign or by list; one without leads is not in the answer. */
export const countLeads = async (
  db: Queryable,
  by: keyof typeof COUNT,
  campaigns: readonly number[],
  at: Instant,
): Promise<Map<number, LeadCounts>> => {
  const counts = new Map<number, LeadCounts>();
  if (campaigns.length === 0) return counts;
  for (const { id, state, leads, due } of await db.rows<CountRow>(COUNT[by], [dateOf(at), campaigns])) {
    const before = counts.get(id) ?? NO_LEADS;
    counts.set(id, { ...before, [state]: leads, ...(state === "ready" ? { due } : {}) });
  }
  return counts;
};
