/** Attempts by outcome, of each list, source, segment or hour. Counts, never rates. */
import { campaignId, type CampaignId } from "../../domain/ids.ts";
import { instantOf } from "../rows.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Queryable } from "../database.ts";
import { within, type Period } from "./period.ts";

export const OUTCOMES_BY = ["list", "source", "segment", "hour"] as const;
export type OutcomesBy = (typeof OUTCOMES_BY)[number];

export interface OutcomeOf {
  readonly campaignId: CampaignId;
  /** Name of the list or segment, number of the source; null where there was none, and for hours. */
  readonly name: string | null;
  /** The full hour in which they were decided on; null unless by hours. */
  readonly hour: Instant | null;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly leads: number;
  readonly liveAnswers: number;
  readonly connects: number;
}

interface OutcomeRow {
  readonly campaign_id: number;
  readonly name: string | null;
  readonly hour: Date | null;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly leads: number;
  readonly live_answers: number;
  readonly connects: number;
}

/** Ours, never a value's. An attempt keeps the source that it was made from, whatever its lead is in now. */
const NAME: Readonly<Record<OutcomesBy, string>> = {
  list: "s.name",
  source: "a.source_id",
  segment: "g.name",
  hour: "null",
};

/** Attempts that have ended; by name or hour, most first. */
export const outcomesBy = async (
  db: Queryable,
  campaign: CampaignId | null,
  period: Period,
  by: OutcomesBy,
): Promise<OutcomeOf[]> => {
  const { where, parameters } = within(campaign, period);
  const rows = await db.rows<OutcomeRow>(
    `select a.campaign_id, cast(${NAME[by]} as char) as name, ${by === "hour" ? "a.decided_hour" : "null"} as hour,
       a.outcome, count(*) as attempts, count(distinct a.lead_id) as leads,
       count(case when a.live_voice = 1 then 1 end) as live_answers, count(a.connected_at) as connects
     from (
       select campaign_id, lead_id, source_id, decided_hour, outcome, live_voice, connected_at
       from attempt where ${where} and outcome is not null
     ) a
     join campaign_lead l on l.lead_id = a.lead_id
     join list s on s.list_id = l.list_id
     left join campaign_source o on o.source_id = a.source_id
     left join segment g on g.segment_id = o.segment_id
     group by a.campaign_id, name, hour, a.outcome
     order by hour, name, attempts desc, a.outcome`,
    parameters,
  );
  return rows.map((row) => ({
    campaignId: campaignId(row.campaign_id),
    name: row.name,
    hour: row.hour === null ? null : instantOf(row.hour),
    outcome: row.outcome,
    attempts: row.attempts,
    leads: row.leads,
    liveAnswers: row.live_answers,
    connects: row.connects,
  }));
};
