/** Calls that AMD had taken for machines and that agents got all the same: what is known of them, for whoever listens. */
import type { TestCited } from "../../compliance/amd-estimate.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { VerdictAct } from "../../domain/attempt.ts";
import type { Database, Queryable } from "../database.ts";
import { dateOf, instantOf, parsed } from "../rows.ts";
import { label } from "./amd-labels.ts";
import type { Authority } from "./campaigns.ts";

/** One detection on one trunk, as its labels have it. */
export interface AmdTestFigures {
  readonly trunk: string;
  readonly build: string;
  readonly samples: number;
  readonly humansFound: number;
  readonly upperPerMillion: number;
  readonly testedAt: Instant;
}

export const amdTestsOf = async (db: Database, campaignId: number): Promise<AmdTestFigures[]> => {
  const rows = await db.rows<{
    trunk: string;
    build: string;
    samples: number;
    humans_found: number;
    upper_per_million: number;
    tested_at: Date;
  }>(
    `select trunk, build, samples, humans_found, upper_per_million, tested_at
     from amd_test where campaign_id = ? order by tested_at desc, trunk, build`,
    [campaignId],
  );
  return rows.map((row) => ({
    ...{ trunk: row.trunk, build: row.build, samples: row.samples, humansFound: row.humans_found },
    ...{ upperPerMillion: row.upper_per_million, testedAt: instantOf(row.tested_at) },
  }));
};

/** How often each followed from a verdict since then; along the index on campaign and hour. */
export const verdictActsSince = async (
  db: Database,
  campaignId: number,
  since: Instant,
): Promise<Readonly<Record<VerdictAct, number>>> => {
  const rows = await db.rows<{ verdict_act: VerdictAct; calls: number }>(
    `select verdict_act, count(*) as calls from attempt
     where campaign_id = ? and decided_hour >= ? and verdict_act is not null group by verdict_act`,
    [campaignId, dateOf(since)],
  );
  const calls = { served: 0, sampled: 0, learning: 0, dropped: 0 };
  for (const row of rows) calls[row.verdict_act] = row.calls;
  return calls;
};

export interface AmdSample {
  readonly attemptId: string;
  readonly trunk: string;
  readonly decidedAt: Instant;
  readonly act: VerdictAct;
  readonly cause: string | null;
  readonly agent: string | null;
  readonly disposition: string | null;
  /** Null where nobody has said what it was. */
  readonly isPerson: boolean | null;
  readonly labelledBy: string | null;
}

/** Latest first. */
export const amdSamples = async (
  db: Database,
  { campaignId, since, labelledToo }: { campaignId: number; since: Instant; labelledToo: boolean },
  limit: number,
): Promise<AmdSample[]> => {
  const rows = await db.rows<{
    attempt_id: string;
    trunk: string;
    decided_at: Date;
    verdict_act: VerdictAct;
    verdict_cause: string | null;
    agent: string | null;
    disposition: string | null;
    is_person: number | null;
    labelled_by: string | null;
  }>(
    `select a.attempt_id, a.trunk, a.decided_at, a.verdict_act, a.verdict_cause, g.name as agent, a.disposition,
       l.is_person, l.labelled_by
     from attempt a
     left join amd_label l on l.attempt_id = a.attempt_id
     left join agent g on g.agent_id = a.agent_id
     where a.campaign_id = ? and a.decided_hour >= ? and a.verdict_act in ('sampled', 'learning')
       and (? or l.attempt_id is null)
     order by a.decided_at desc limit ?`,
    [campaignId, dateOf(since), labelledToo, limit],
  );
  return rows.map((row) => ({
    ...{ attemptId: row.attempt_id, trunk: row.trunk, decidedAt: instantOf(row.decided_at), act: row.verdict_act },
    ...{ cause: row.verdict_cause, agent: row.agent, disposition: row.disposition },
    isPerson: row.is_person === null ? null : row.is_person === 1,
    labelledBy: row.labelled_by,
  }));
};

/** What somebody heard who listened afterwards; it counts before what the agent said. */
export const reviewAmd = async (
  db: Database,
  attemptId: AttemptId,
  isPerson: boolean,
  { by, at }: Authority,
): Promise<"labelled" | "unknown" | "not-sampled"> =>
  db.transaction(async (tx) => {
    const [attempt] = await tx.rows<{
      campaign_id: number;
      trunk: string;
      verdict_act: VerdictAct | null;
      evidence: string;
    }>("select campaign_id, trunk, verdict_act, evidence from attempt where attempt_id = ? for update", [attemptId]);
    if (attempt === undefined) return "unknown";
    const { campaign_id, trunk, verdict_act, evidence } = attempt;
    const build = (parsed(evidence) as Readonly<Record<string, unknown>>)["amdBuild"];
    if ((verdict_act !== "sampled" && verdict_act !== "learning") || typeof build !== "string") return "not-sampled";
    await label(tx, { campaignId: campaign_id, trunk, build }, { attemptId, isPerson, source: "review", by, at });
    return "labelled";
  });

/** Whose tests are asked for: null for every campaign, and for every centre. */
export interface TestsWanted {
  readonly campaignId: CampaignId | null;
  readonly centre: string | null;
  /** Of the answer, or of the end; `to` is excluded. */
  readonly from: Instant;
  readonly to: Instant;
}

/** Longest from a decision to an answer; whatever took longer is counted, and cites its test, by its own hour. */
const ANSWER_MAX_MS = 3_600_000;

/** What the decisions of calls that were listened to, or dropped as machines, say of the test in force, and how many were dropped. */
export const amdTestsCited = async (
  db: Queryable,
  { campaignId, centre, from, to }: TestsWanted,
): Promise<TestCited[]> => {
  const ofCampaign = campaignId === null ? "select campaign_id from campaign" : "?";
  const condition = `campaign_id in (${ofCampaign})${centre === null ? "" : " and centre = ?"}`;
  const rows = await db.rows<{ test: string | null; dropped: number; decided_at: Date }>(
    `select json_value(evidence, '$.amdTest') as test, cast(sum(${DROPPED}) as unsigned) as dropped,
       max(decided_at) as decided_at
     from attempt
     where ${condition}
       and decided_hour >= ? and decided_hour < ?
       and coalesce(answered_at, ended_at, decided_at) >= ? and coalesce(answered_at, ended_at, decided_at) < ?
       and (${DROPPED} or json_value(evidence, '$.amdBuild') is not null)
     group by test order by test`,
    [
      ...(campaignId === null ? [] : [campaignId]),
      ...(centre === null ? [] : [centre]),
      ...[dateOf(after(from, -2 * ANSWER_MAX_MS)), dateOf(to), dateOf(from), dateOf(to)],
    ],
  );
  return rows.map(({ test, dropped, decided_at }) => ({ testId: test, dropped, decidedAt: instantOf(decided_at) }));
};

/** As the account counts them. */
const DROPPED = "coalesce(verdict_act = 'dropped' or end_reason in ('amdMachine', 'amdMessage'), false)";
