/** Counts what happened. Counts, never rates: whoever divides should see by what. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { Database, Queryable, SqlParameter } from "../database.ts";
import { within, type Period } from "./period.ts";

export interface OutcomeCount {
  readonly outcome: Outcome;
  readonly attempts: number;
  /** Different leads among them. */
  readonly leads: number;
}

export interface OutcomesReport {
  /** Most frequent first. */
  readonly outcomes: readonly OutcomeCount[];
  readonly attempts: number;
  /** Not ended yet. */
  readonly open: number;
  readonly answered: number;
  readonly connected: number;
  readonly talkMs: number;
  /** From the answer to both legs joined; null when nothing was connected. */
  readonly answerToConnectMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
}

/** Of one campaign, or of all when null. */
export const reportOutcomes = async (
  db: Database,
  campaign: CampaignId | null,
  period: Period,
): Promise<OutcomesReport> => {
  const { where, parameters } = within(campaign, period);
  const outcomes = await db.rows<OutcomeCount>(
    `select outcome, count(*) as attempts, count(distinct lead_id) as leads from attempt
     where ${where} and outcome is not null
     group by outcome order by attempts desc, outcome`,
    parameters,
  );
  const [totals] = await db.rows<{
    attempts: number;
    open_attempts: number;
    answered: number;
    connected: number;
    talk_ms: number | null;
  }>(
    `select count(*) as attempts, count(case when state <> 'ended' then 1 end) as open_attempts,
       count(answered_at) as answered, count(connected_at) as connected,
       sum(timestampdiff(microsecond, connected_at, ended_at)) div 1000 as talk_ms
     from attempt where ${where}`,
    parameters,
  );
  return {
    outcomes,
    attempts: totals?.attempts ?? 0,
    open: totals?.open_attempts ?? 0,
    answered: totals?.answered ?? 0,
    connected: totals?.connected ?? 0,
    talkMs: totals?.talk_ms ?? 0,
    answerToConnectMs: await connectTimes(db, where, parameters),
  };
};

/** By nearest rank: the smallest that at least so many per cent do not exceed. Both servers can count rows in order. */
const connectTimes = async (
  db: Queryable,
  where: string,
  parameters: readonly SqlParameter[],
): Promise<OutcomesReport["answerToConnectMs"]> => {
  const [row] = await db.rows<{ p50: number | null; p99: number | null; max_ms: number | null }>(
    `select min(case when place >= 0.50 * calls then ms end) as p50, min(case when place >= 0.99 * calls then ms end) as p99,
       max(ms) as max_ms
     from (
       select ms, row_number() over (order by ms) as place, count(*) over () as calls
       from (
         select timestampdiff(microsecond, answered_at, connected_at) div 1000 as ms
         from attempt where ${where} and connected_at is not null and answered_at is not null
       ) as connects
     ) as placed`,
    parameters,
  );
  return row === undefined || row.p50 === null || row.p99 === null || row.max_ms === null
    ? null
    : { p50: row.p50, p99: row.p99, max: row.max_ms };
};
