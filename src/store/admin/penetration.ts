/** How far lists have been worked: who was tried, who was reached, and why the others are at an end. Counts, never rates. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";
import type { LeadState } from "./lead-file.ts";

export const PENETRATION_BY = ["campaign", "list", "source", "segment"] as const;
export type PenetrationBy = (typeof PENETRATION_BY)[number];

export interface Penetration {
  /** Null for leads that no source takes, and for those of a source without a segment. */
  readonly name: string | null;
  readonly leads: number;
  /** At least once, whatever became of it. */
  readonly attempted: number;
  /** Answered by a person at least once, as far as the network and the detection of machines can tell. */
  readonly reached: number;
  readonly connected: number;
  /** Attempts that were made; the first one of each lead is a new lead's, all others are redials. */
  readonly attempts: number;
  readonly waiting: number;
  readonly held: number;
  readonly done: number;
  /** Those that are at an end or held, by reason; most first. */
  readonly reasons: readonly {
    readonly state: "done" | "held";
    readonly reason: string | null;
    readonly leads: number;
  }[];
}

/** What new leads and redials had of the attempts since then. */
export interface MixSince {
  readonly attempts: number;
  readonly firstAttempts: number;
}

interface StandRow {
  readonly name: string | null;
  readonly state: LeadState;
  readonly reason: string | null;
  readonly leads: number;
  readonly attempted: number;
}

interface ReachRow {
  readonly name: string | null;
  readonly reached: number;
  readonly connected: number;
  readonly attempts: number;
}

/** Ours, never a value's. */
const NAME: Readonly<Record<PenetrationBy, string>> = {
  campaign: "c.name",
  list: "s.name",
  source: "nullif(l.source_id, 0)",
  segment: "g.name",
};

const JOINS = `
  join campaign c on c.campaign_id = l.campaign_id
  join list s on s.list_id = l.list_id and s.state = 'ready'
  left join campaign_source o on o.source_id = l.source_id
  left join segment g on g.segment_id = o.segment_id`;

/**
 * Most leads first. Reads every lead and every attempt of the campaign. Attempts whose lead was erased or whose records are
 * over still count: who it was is forgotten, not that it was.
 */
export const penetration = async (db: Queryable, campaign: CampaignId, by: PenetrationBy): Promise<Penetration[]> => {
  const stands = await db.rows<StandRow>(
    `select cast(${NAME[by]} as char) as name, l.state, if(l.state in ('done', 'held'), l.reason, null) as reason,
       count(*) as leads, count(l.last_attempt_at) as attempted
     from campaign_lead l ${JOINS}
     where l.campaign_id = ? group by name, l.state, reason`,
    [campaign],
  );
  const reached = await db.rows<ReachRow>(
    `select cast(${NAME[by]} as char) as name, cast(sum(t.reached) as unsigned) as reached,
       cast(sum(t.connected) as unsigned) as connected, cast(sum(t.attempts) as unsigned) as attempts
     from (
       select lead_id, max(coalesce(live_voice, 0)) as reached, max(connected_at is not null) as connected,
         count(*) as attempts
       from attempt where campaign_id = ? and state = 'ended' and placed_at is not null group by lead_id
     ) t join campaign_lead l on l.lead_id = t.lead_id ${JOINS}
     group by name`,
    [campaign],
  );
  const names = [...new Set(stands.map(({ name }) => name))];
  return names
    .map((name) => {
      const rows = stands.filter((row) => row.name === name);
      const reach = reached.find((row) => row.name === name);
      const sum = (...states: readonly LeadState[]): number =>
        rows.reduce((total, { state, leads }) => (states.includes(state) ? total + leads : total), 0);
      return {
        name,
        leads: rows.reduce((total, { leads }) => total + leads, 0),
        attempted: rows.reduce((total, row) => total + row.attempted, 0),
        reached: reach?.reached ?? 0,
        connected: reach?.connected ?? 0,
        attempts: reach?.attempts ?? 0,
        waiting: sum("ready", "leased", "dialling"),
        held: sum("held"),
        done: sum("done"),
        reasons: rows
          .flatMap(({ state, reason, leads }) =>
            state === "done" || state === "held" ? [{ state, reason, leads }] : [],
          )
          .sort((a, b) => b.leads - a.leads),
      };
    })
    .sort((a, b) => b.leads - a.leads || Number(a.name === null) - Number(b.name === null));
};

/** Of attempts that were decided since then. */
export const mixSince = async (db: Queryable, campaign: CampaignId, since: Instant): Promise<MixSince> => {
  const [row] = await db.rows<{ attempts: number; first_attempts: number | null }>(
    `select count(*) as attempts, cast(sum(not exists (
         select 1 from attempt b force index (attempt_of_lead) where b.lead_id = a.lead_id and b.decided_at < a.decided_at
       )) as unsigned) as first_attempts
     from attempt a where a.campaign_id = ? and a.decided_hour >= ? and a.decided_at >= ?`,
    [campaign, new Date(Math.floor(since / 3_600_000) * 3_600_000), dateOf(since)],
  );
  return { attempts: row?.attempts ?? 0, firstAttempts: row?.first_attempts ?? 0 };
};
