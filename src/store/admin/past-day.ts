/**
 * What a campaign's day was like, in the numbers that a simulation of it is made from: how people answered, how long
 * agents talked and wrote, how many they were. Only attempts that left for the network count.
 */
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database, Queryable, SqlParameter } from "../database.ts";
import { dateOf, instantOf } from "../rows.ts";
import { within, type Period } from "./period.ts";

export interface PastDay {
  /** Placed, and ended by now. */
  readonly attempts: number;
  readonly leads: number;
  /** Attempts beyond the agents there were. */
  readonly overdialled: number;
  readonly liveAnswers: number;
  readonly connects: number;
  /** Live answers that we ended without an agent, message or not. */
  readonly abandoned: number;
  /** Cancelled by us while they rang. */
  readonly cancelled: number;
  /** Not answered, and over within ten seconds: engaged, rejected, no such number. */
  readonly failedAtOnce: number;
  /** From placing to the answer, of live answers; null without any. */
  readonly ringMeanMs: number | null;
  readonly talkMeanMs: number | null;
  /** Standard deviation over mean; null for fewer than two conversations. */
  readonly talkVariation: number | null;
  /** The first decision to dial, and the last end of a call. */
  readonly from: Instant;
  readonly to: Instant;
  /** The longest time between two decisions to dial. */
  readonly longestGapMs: number;
  readonly agents: PastAgents;
}

/** Of the agents who work for the campaign, from the first attempt to the last; what they did for others is left out. */
export interface PastAgents {
  /** Logged in and not paused, at once. */
  readonly mean: number;
  readonly peak: number;
  /** Talk and wrap-up as a share of that time, between 0 and 1; null if nobody was there. */
  readonly utilisation: number | null;
  readonly wrapUpMeanMs: number | null;
}

const AT_ONCE_MS = 10_000;
/** A state that was entered before the day began is looked for so far back. */
const LOOKED_BACK_MS = 86_400_000;

/** Null if no attempt was placed in this period, or none has ended. */
export const readPastDay = async (db: Database, campaign: CampaignId, period: Period): Promise<PastDay | null> => {
  const { where, parameters } = within(campaign, period);
  const placed = `${where} and placed_at is not null and outcome is not null`;
  const [row] = await db.rows<AttemptsRow>(
    `select count(*) as attempts, count(distinct lead_id) as leads, count(case when overdial = 1 then 1 end) as overdialled,
       count(case when live_voice = 1 then 1 end) as live_answers, count(connected_at) as connects,
       count(case when account_entry in ('abandonedWithMessage', 'silent') then 1 end) as abandoned,
       count(case when outcome in ('cancelled-while-ringing', 'cancelled-unrung') then 1 end) as cancelled,
       count(case when answered_at is null and outcome not in ('cancelled-while-ringing', 'cancelled-unrung')
         and timestampdiff(microsecond, placed_at, ended_at) < ? then 1 end) as failed_at_once,
       avg(case when live_voice = 1 then timestampdiff(microsecond, placed_at, answered_at) end) / 1000 as ring_mean_ms,
       avg(timestampdiff(microsecond, connected_at, ended_at)) / 1000 as talk_mean_ms,
       stddev_samp(timestampdiff(microsecond, connected_at, ended_at)) / 1000 as talk_spread_ms,
       min(decided_at) as first_at, max(ended_at) as last_at
     from attempt where ${placed}`,
    [1_000 * AT_ONCE_MS, ...parameters],
  );
  if (row === undefined || row.first_at === null || row.last_at === null) return null;
  const [from, to] = [instantOf(row.first_at), instantOf(row.last_at)];
  return {
    attempts: row.attempts,
    leads: row.leads,
    overdialled: row.overdialled,
    liveAnswers: row.live_answers,
    connects: row.connects,
    abandoned: row.abandoned,
    cancelled: row.cancelled,
    failedAtOnce: row.failed_at_once,
    ringMeanMs: row.ring_mean_ms,
    talkMeanMs: row.talk_mean_ms,
    talkVariation: row.talk_mean_ms === null || row.talk_spread_ms === null ? null : variation(row),
    from,
    to,
    longestGapMs: await longestGap(db, placed, parameters),
    agents: await pastAgents(db, campaign, from, to),
  };
};

interface AttemptsRow {
  readonly attempts: number;
  readonly leads: number;
  readonly overdialled: number;
  readonly live_answers: number;
  readonly connects: number;
  readonly abandoned: number;
  readonly cancelled: number;
  readonly failed_at_once: number;
  readonly ring_mean_ms: number | null;
  readonly talk_mean_ms: number | null;
  readonly talk_spread_ms: number | null;
  readonly first_at: Date | null;
  readonly last_at: Date | null;
}

const variation = ({ talk_spread_ms, talk_mean_ms }: AttemptsRow): number =>
  (talk_mean_ms ?? 0) > 0 ? (talk_spread_ms ?? 0) / (talk_mean_ms ?? 1) : 0;

const longestGap = async (db: Queryable, where: string, parameters: readonly SqlParameter[]): Promise<number> => {
  const [row] = await db.rows<{ gap_ms: number | null }>(
    `select max(timestampdiff(microsecond, before_at, decided_at)) / 1000 as gap_ms
     from (
       select decided_at, lag(decided_at) over (order by decided_at) as before_at from attempt where ${where}
     ) as following`,
    parameters,
  );
  return row?.gap_ms ?? 0;
};

/**
 * Stretches of one state each, cut to the period, without those that belong to another campaign's call. An agent belongs
 * to the campaign who is assigned now, or took one of its calls then.
 */
const SPELLS = `
  select entry.agent_id, entry.state, entry.entered_at, greatest(entry.entered_at, ?) as begins, least(coalesce(entry.next_at, ?), ?) as ends
  from (
    select log_id, agent_id, state, attempt_id, entered_at,
      lead(entered_at) over (partition by agent_id order by entered_at, log_id) as next_at
    from agent_state_log
    where entered_at >= ? and entered_at < ? and agent_id in (?)
  ) as entry
  left join attempt a on a.attempt_id = entry.attempt_id
  where (entry.next_at is null or entry.next_at > ?) and entry.state in ('available', 'previewing', 'reserved', 'onCall', 'wrapUp')
    and (a.campaign_id is null or a.campaign_id = ?)`;

const pastAgents = async (db: Queryable, campaign: CampaignId, from: Instant, to: Instant): Promise<PastAgents> => {
  const nobody = { mean: 0, peak: 0, utilisation: null, wrapUpMeanMs: null };
  const agents = await agentsOf(db, campaign, from, to);
  if (agents.length === 0 || to <= from) return nobody;
  const [begin, end] = [dateOf(from), dateOf(to)];
  const since = dateOf((from - LOOKED_BACK_MS) as Instant);
  const cut: readonly SqlParameter[] = [begin, end, end, since, end, agents, begin, campaign];
  const states = await db.rows<{ state: string; ms: number; whole_ms: number | null; whole: number }>(
    `select state, sum(timestampdiff(microsecond, begins, ends)) / 1000 as ms,
       sum(case when entered_at >= ? and ends < ? then timestampdiff(microsecond, begins, ends) end) / 1000 as whole_ms,
       count(case when entered_at >= ? and ends < ? then 1 end) as whole
     from (${SPELLS}) as spell where ends > begins group by state`,
    [begin, end, begin, end, ...cut],
  );
  const [aboard] = await db.rows<{ peak: number | null }>(
    `select max(agents) as peak
     from (
       select sum(step) over (order by at_time) as agents
       from (
         select begins as at_time, 1 as step from (${SPELLS}) as begun where ends > begins
         union all
         select ends, -1 from (${SPELLS}) as ended where ends > begins
       ) as steps
     ) as running`,
    [...cut, ...cut],
  );
  const msIn = (...names: readonly string[]): number =>
    states.reduce((sum, { state, ms }) => sum + (names.includes(state) ? ms : 0), 0);
  const usableMs = msIn("available", "previewing", "reserved", "onCall", "wrapUp");
  const wrapUp = states.find(({ state }) => state === "wrapUp");
  return {
    mean: usableMs / (to - from),
    peak: aboard?.peak ?? 0,
    utilisation: usableMs === 0 ? null : msIn("onCall", "wrapUp") / usableMs,
    wrapUpMeanMs: wrapUp === undefined || wrapUp.whole === 0 ? null : (wrapUp.whole_ms ?? 0) / wrapUp.whole,
  };
};

const agentsOf = async (db: Queryable, campaign: CampaignId, from: Instant, to: Instant): Promise<number[]> => {
  const { where, parameters } = within(campaign, { from, to });
  const rows = await db.rows<{ agent_id: number }>(
    `select agent_id from agent_campaign where campaign_id = ?
     union select agent_id from attempt where ${where} and agent_id is not null
     union select reserved_agent_id from attempt where ${where} and reserved_agent_id is not null`,
    [campaign, ...parameters, ...parameters],
  );
  return rows.map(({ agent_id }) => agent_id);
};
