/**
 * The abandon account: whole counts by campaign, day, centre and node, changed in the transaction that ends or disposes
 * the attempt, so that they always equal a recount of the attempts.
 */
import {
  entryAfterDisposition,
  NO_COUNTS,
  type AccountEntry,
  type AccountReading,
  type AccountScope,
} from "../../domain/account.ts";
import { REACHED_FROM, type Stamp } from "../../domain/attempt.ts";
import { isInTime, type ConnectClock } from "../../domain/connect-clock.ts";
import type { DispositionKind } from "../../domain/disposition.ts";
import type { Queryable, SqlParameter, SqlValue } from "../database.ts";
import { instantOf, parsed } from "../rows.ts";

/** Whose count it is; `day` as the row has it. */
export interface AccountRow {
  readonly campaign_id: number;
  readonly day: string;
  readonly centre: string;
  readonly node_id: string;
}

/** Where an attempt counts now: as it ended, and as the agent says. */
export const currentEntry = (entry: AccountEntry | null, kind: DispositionKind | null): AccountEntry | null =>
  kind === null ? entry : entryAfterDisposition(entry, kind);

/** One more there, one less where it was. Two rows always in the same order, so that nobody locks anybody out. */
export const moveCount = async (
  tx: Queryable,
  row: AccountRow,
  from: AccountEntry | null,
  to: AccountEntry | null,
): Promise<void> => {
  if (from === to) return;
  const steps: [AccountEntry, () => Promise<void>][] = [
    ...(from === null ? [] : [[from, () => takeOne(tx, row, from)] as [AccountEntry, () => Promise<void>]]),
    ...(to === null ? [] : [[to, () => addOne(tx, row, to)] as [AccountEntry, () => Promise<void>]]),
  ];
  for (const [, step] of steps.sort(([a], [b]) => (a < b ? -1 : 1))) await step();
};

/** One more for each, as many as there are of an entry at once; in one order, so that nobody locks anybody out. */
export const addCounts = async (
  tx: Queryable,
  counted: readonly (AccountRow & { readonly entry: AccountEntry })[],
): Promise<void> => {
  const sums = new Map<string, { readonly key: SqlValue[]; calls: number }>();
  for (const { entry, ...row } of counted) {
    const key = valuesOf(row, entry);
    const sum = sums.get(JSON.stringify(key)) ?? { key, calls: 0 };
    sum.calls += 1;
    sums.set(JSON.stringify(key), sum);
  }
  if (sums.size === 0) return;
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { key, calls }]) => [...key, calls]);
  await tx.write(
    `insert into abandon_account (campaign_id, day, centre, node_id, entry, calls) values ?
     on duplicate key update calls = calls + values(calls)`,
    [rows],
  );
};

const valuesOf = (row: AccountRow, entry: AccountEntry): SqlValue[] => [
  ...[row.campaign_id, row.day, row.centre, row.node_id, entry],
];

const addOne = async (tx: Queryable, row: AccountRow, entry: AccountEntry): Promise<void> => {
  await tx.write(
    `insert into abandon_account (campaign_id, day, centre, node_id, entry, calls) values (?, ?, ?, ?, ?, 1)
     on duplicate key update calls = calls + 1`,
    valuesOf(row, entry),
  );
};

const takeOne = async (tx: Queryable, row: AccountRow, entry: AccountEntry): Promise<void> => {
  await tx.write(
    `update abandon_account set calls = calls - 1
     where campaign_id = ? and day = ? and centre = ? and node_id = ? and entry = ? and calls > 0`,
    valuesOf(row, entry),
  );
};

/**
 * In the order asked for. What is in flight is asked with the counts in one statement, so both are of one moment. Of more
 * scopes than one question takes, it is asked with the first: a call that ends before the next is then counted twice for
 * a moment, and never not at all.
 */
export const readAccounts = async (db: Queryable, scopes: readonly AccountScope[]): Promise<AccountReading[]> => {
  const exposed: OverdialRow[] = [];
  const all = scopes.map(() => ({ ...NO_COUNTS }));
  for (let from = 0; from < scopes.length; from += SCOPES_MAX) {
    const questions = scopes.slice(from, from + SCOPES_MAX).map((scope, index) => countsQuestion(scope, from + index));
    if (from === 0) questions.unshift(overdialQuestion());
    const rows = await db.rows<CountRow | (OverdialRow & { readonly place: null })>(
      questions.map(([sql]) => sql).join(" union all "),
      questions.flatMap(([, values]) => values),
    );
    for (const row of rows) {
      if (row.place === null) {
        exposed.push(row);
        continue;
      }
      const counts = all[row.place];
      if (counts !== undefined && isEntry(row.entry)) counts[row.entry] = row.calls;
    }
  }
  const atRisk = exposed.filter((row) => !isServed(row));
  return scopes.map((scope, index) => ({
    scope,
    counts: all[index] ?? NO_COUNTS,
    overdialInFlight: atRisk.filter((attempt) => isIn(scope, attempt)).length,
  }));
};

const isIn = ({ campaignId, centre }: AccountScope, attempt: OverdialRow): boolean =>
  (campaignId === null || campaignId === attempt.campaign_id) && (centre === null || centre === attempt.centre);

/** Scopes asked for at once: a daemon with many campaigns asks for a few each. */
const SCOPES_MAX = 50;

interface CountRow {
  readonly place: number;
  readonly entry: string;
  readonly calls: number;
}

/** Beside the columns of {@link overdialQuestion}. */
const SUMS = `? as place, entry, cast(sum(calls) as unsigned) as calls, null as campaign_id, null as centre,
  null as answered_at, null as speech_started_at, null as greeting_ended_at, null as connected_at, null as clock`;

/** The sums of one scope, marked with its place. For the test that explains it, too. */
export const countsQuestion = (
  { campaignId, centre, fromDay, toDay }: AccountScope,
  place: number,
): [sql: string, values: SqlParameter[]] => {
  if (campaignId !== null) {
    return [
      `select ${SUMS} from abandon_account force index (primary)
       where campaign_id = ? and day between ? and ? and (? is null or centre = ?) group by entry`,
      [place, campaignId, fromDay, toDay, centre, centre],
    ];
  }
  if (centre !== null) {
    return [
      `select ${SUMS} from abandon_account force index (account_of_centre)
       where centre = ? and day between ? and ? group by entry`,
      [place, centre, fromDay, toDay],
    ];
  }
  return [`select ${SUMS} from abandon_account where day between ? and ? group by entry`, [place, fromDay, toDay]];
};

const isEntry = (word: string): word is AccountEntry => word in NO_COUNTS;

interface OverdialRow {
  readonly campaign_id: number;
  readonly centre: string;
  readonly answered_at: Date | null;
  readonly speech_started_at: Date | null;
  readonly greeting_ended_at: Date | null;
  readonly connected_at: Date | null;
  readonly clock: string | null;
}

/** All but `ended`, named, so that the index on node and state is of use; from the table that knows every state there is. */
export const OPEN_STATES: readonly string[] = Object.keys(REACHED_FROM).filter((state) => state !== "ended");

/**
 * Attempts that may yet be abandoned, or that were and are not in the account before they end; and some that were served,
 * which is found out here. Without a place. For the test that explains it, too.
 */
export const overdialQuestion = (): [sql: string, values: SqlParameter[]] => [
  `select straight_join null as place, null as entry, null as calls, a.campaign_id, a.centre, a.answered_at,
     a.speech_started_at, a.greeting_ended_at, a.connected_at, a.clock
   from node o join attempt a force index (attempt_open) on a.node_id = o.node_id and a.state in (?)
   where a.overdial = 1`,
  [OPEN_STATES],
];

/**
 * Whoever was connected in time is no risk any more; whoever was connected late counts in some regimes, so is one until
 * the call is over.
 */
const isServed = ({ connected_at, clock, ...row }: OverdialRow): boolean =>
  connected_at !== null &&
  clock !== null &&
  isInTime(
    {
      answeredAt: stampOf(row.answered_at),
      speechStartedAt: stampOf(row.speech_started_at),
      greetingEndedAt: stampOf(row.greeting_ended_at),
    },
    parsed(clock) as ConnectClock,
    instantOf(connected_at),
  );

const stampOf = (at: Date | null): Stamp | null => (at === null ? null : { at: instantOf(at), asteriskAt: null });
