/** Return calls for managers: what became of those who called back, and forgetting who they were when their time is over. */
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ReturnOutcome } from "../../domain/return-call.ts";
import type { Database, SqlParameter } from "../database.ts";
import { dateOf } from "../rows.ts";
import type { Period } from "./period.ts";

export interface ReturnsReport {
  readonly calls: number;
  /** On the line now. */
  readonly open: number;
  readonly outcomes: readonly { readonly outcome: ReturnOutcome; readonly calls: number }[];
  /** Whose lead was found. */
  readonly known: number;
  /** Of those who talked, so many with whoever had talked with them last, or was promised to the call they return. */
  readonly talked: number;
  readonly withLastAgent: number;
  readonly talkMs: number;
  /** To an agent, in the middle and at the most; null where nobody talked. */
  readonly waitedMs: { readonly mean: number; readonly max: number } | null;
}

/** By the moment at which they arrived. */
export const reportReturns = async (
  db: Database,
  campaign: CampaignId | null,
  { from, to }: Period,
): Promise<ReturnsReport> => {
  const conditions: [string, SqlParameter][] = [
    ...(campaign === null ? [] : [["campaign_id = ?", campaign] as [string, SqlParameter]]),
    ...(from === null ? [] : [["arrived_at >= ?", dateOf(from)] as [string, SqlParameter]]),
    ...(to === null ? [] : [["arrived_at < ?", dateOf(to)] as [string, SqlParameter]]),
  ];
  const where = ["1 = 1", ...conditions.map(([text]) => text)].join(" and ");
  const parameters = conditions.map(([, value]) => value);
  const rows = await db.rows<{ outcome: ReturnOutcome | null; calls: number }>(
    `select outcome, count(*) as calls from return_call where ${where} group by outcome order by calls desc, outcome`,
    parameters,
  );
  const [sums] = await db.rows<Sums>(
    `select coalesce(sum(lead_id is not null), 0) as known, coalesce(sum(connected_at is not null), 0) as talked,
       coalesce(sum(connected_at is not null and agent_id <=> last_agent_id), 0) as with_last,
       coalesce(sum(if(connected_at is null, 0, timestampdiff(microsecond, connected_at, ended_at) div 1000)), 0) as talk_ms,
       avg(if(connected_at is null, null, waited_ms)) as mean_ms, max(if(connected_at is null, null, waited_ms)) as max_ms
     from return_call where ${where}`,
    parameters,
  );
  const ended = rows.flatMap(({ outcome, calls }) => (outcome === null ? [] : [{ outcome, calls }]));
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  return {
    calls,
    open: calls - ended.reduce((sum, row) => sum + row.calls, 0),
    outcomes: ended,
    known: Number(sums?.known ?? 0),
    talked: Number(sums?.talked ?? 0),
    withLastAgent: Number(sums?.with_last ?? 0),
    talkMs: Number(sums?.talk_ms ?? 0),
    waitedMs:
      sums === undefined || sums.mean_ms === null || sums.max_ms === null
        ? null
        : { mean: Math.round(Number(sums.mean_ms)), max: sums.max_ms },
  };
};

interface Sums {
  readonly known: number | string;
  readonly talked: number | string;
  readonly with_last: number | string;
  readonly talk_ms: number | string;
  readonly mean_ms: number | string | null;
  readonly max_ms: number | null;
}

/** Who called before then; when, to whom and what came of it stays. Returns how many. */
export const forgetReturns = async (
  db: Database,
  before: Instant,
  at: Instant,
  goOn: () => boolean,
): Promise<number> => {
  let forgotten = 0;
  while (goOn()) {
    const { matched } = await db.write(
      `update return_call set caller = '', erased_at = coalesce(erased_at, ?)
       where caller > '' and arrived_at < ? and ended_at is not null limit 500`,
      [dateOf(at), dateOf(before)],
    );
    forgotten += matched;
    if (matched < 500) break;
  }
  return forgotten;
};
