/**
 * All attempts of a campaign in some days, one after the other, as they stood at one moment: what recounts and
 * statements are made from. Never more than a page of them in memory.
 */
import type { AccountDay, AccountEntry } from "../../domain/account.ts";
import type { AttemptFacts, AttemptState } from "../../domain/attempt.ts";
import type { ConnectClock } from "../../domain/connect-clock.ts";
import type { DispositionKind } from "../../domain/disposition.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import { factColumns, factsOf, type FactColumns } from "../attempt-columns.ts";
import type { Database, Queryable, SqlParameter } from "../database.ts";
import { dateOf, instantOf, parsed } from "../rows.ts";

export interface AttemptOfDay {
  readonly attemptId: string;
  readonly campaignId: number;
  readonly centre: string;
  readonly nodeId: string;
  readonly principal: string;
  /** E.164, or its hash. */
  readonly numberKey: string;
  readonly cliNumber: string;
  readonly decidedAt: Instant;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  /** Null while it is open. */
  readonly outcome: Outcome | null;
  /** The profile it was decided under; null for rows from before there were any. */
  readonly profile: string | null;
  readonly profileVersion: string | null;
  readonly clock: ConnectClock | null;
  /** An agent was reserved before it was placed. */
  readonly guaranteed: boolean;
  readonly overdial: boolean;
  readonly dispositionKind: DispositionKind | null;
  /** What it added to the account when it ended, and on which day. */
  readonly entry: AccountEntry | null;
  readonly day: AccountDay | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** Who ended it for a node that was dead; null where its own daemon did. */
  readonly settledBy: string | null;
}

export interface AttemptsWanted {
  readonly campaignId: CampaignId;
  /** Null for all. */
  readonly centre: string | null;
  readonly fromDay: AccountDay;
  readonly toDay: AccountDay;
  /** The same days as instants of the profile's zone; `to` is excluded. */
  readonly from: Instant;
  readonly to: Instant;
}

const HOUR_MS = 3_600_000;
const PAGE = 1_000;

/**
 * All that is read inside `work` stood in the database at one moment. Read only, and without the limit on the time a
 * statement may take.
 */
export const atOneMoment = async <T>(db: Database, work: (moment: Queryable) => Promise<T>): Promise<T> => {
  const connection = await db.hold({ queryTimeoutMs: null });
  try {
    await connection.write("set transaction isolation level repeatable read");
    await connection.write("start transaction with consistent snapshot, read only");
    const result = await work(connection);
    await connection.write("commit");
    connection.release();
    return result;
  } catch (error) {
    connection.discard();
    throw error;
  }
};

/**
 * Attempts that belong to these days or may: decided in them or in the hour before, and any others that were counted on
 * one of them. Whoever counts asks each for its day.
 */
export async function* attemptsOf(db: Queryable, wanted: AttemptsWanted): AsyncGenerator<AttemptOfDay> {
  const { campaignId, from, to, fromDay, toDay } = wanted;
  const first = dateOf((Math.floor(from / HOUR_MS) * HOUR_MS - HOUR_MS) as Instant);
  const last = dateOf(to);
  const hours = await db.rows<{ decided_hour: Date }>(
    `select decided_hour from attempt where campaign_id = ? and decided_hour between ? and ?
     group by decided_hour order by decided_hour`,
    [campaignId, first, last],
  );
  for (const { decided_hour } of hours) {
    yield* pages(db, wanted, "decided_hour = ?", [decided_hour]);
  }
  // Answered long after they were decided, or written down by a clock that was wrong.
  yield* pages(db, wanted, "account_day between ? and ? and (decided_hour < ? or decided_hour > ?)", [
    ...[fromDay, toDay, first, last],
  ]);
}

type Row = FactColumns & {
  readonly attempt_id: string;
  readonly campaign_id: number;
  readonly centre: string;
  readonly node_id: string;
  readonly principal: string;
  readonly e164: string;
  readonly cli_number: string;
  readonly decided_at: Date;
  readonly state: AttemptState;
  readonly outcome: Outcome | null;
  readonly profile: string | null;
  readonly profile_version: string | null;
  readonly clock: string | null;
  readonly reserved_agent_id: number | null;
  readonly overdial: number;
  readonly disposition_kind: DispositionKind | null;
  readonly account_entry: AccountEntry | null;
  readonly day: AccountDay | null;
  readonly evidence: string;
  readonly settled_by: string | null;
};

async function* pages(
  db: Queryable,
  { campaignId, centre }: AttemptsWanted,
  condition: string,
  parameters: readonly SqlParameter[],
): AsyncGenerator<AttemptOfDay> {
  let last = "";
  for (;;) {
    const rows = await db.rows<Row>(
      `select attempt_id, campaign_id, centre, node_id, principal, e164, cli_number, decided_at, state, outcome, profile,
         profile_version, clock, reserved_agent_id, overdial, disposition_kind, account_entry,
         cast(account_day as char) as day, evidence, settled_by, ${factColumns("")}
       from attempt
       where campaign_id = ? and ${condition} and attempt_id > ?${centre === null ? "" : " and centre = ?"}
       order by attempt_id limit ${PAGE}`,
      [campaignId, ...parameters, last, ...(centre === null ? [] : [centre])],
    );
    for (const row of rows) yield attemptOf(row);
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return;
    last = end.attempt_id;
  }
}

const attemptOf = (row: Row): AttemptOfDay => ({
  attemptId: row.attempt_id,
  campaignId: row.campaign_id,
  centre: row.centre,
  nodeId: row.node_id,
  principal: row.principal,
  numberKey: row.e164,
  cliNumber: row.cli_number,
  decidedAt: instantOf(row.decided_at),
  state: row.state,
  facts: factsOf(row),
  outcome: row.outcome,
  profile: row.profile,
  profileVersion: row.profile_version,
  clock: row.clock === null ? null : (parsed(row.clock) as ConnectClock),
  guaranteed: row.reserved_agent_id !== null,
  overdial: row.overdial === 1,
  dispositionKind: row.disposition_kind,
  entry: row.account_entry,
  day: row.day,
  evidence: parsed(row.evidence) as Readonly<Record<string, unknown>>,
  settledBy: row.settled_by,
});
