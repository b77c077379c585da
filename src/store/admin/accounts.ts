/**
 * The abandon account against the attempts it was counted from. One rule to remember: the recount knows only what
 * happened, never what an attempt's row says it was counted as; that is compared afterwards.
 */
import { NO_COUNTS, type AccountCounts, type AccountDay, type AccountEntry } from "../../domain/account.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Database, Queryable } from "../database.ts";
import { currentEntry } from "../verbs/accounts.ts";
import { atOneMoment, attemptsOf, type AttemptOfDay, type AttemptsWanted } from "./accounts-attempts.ts";

export interface Counted {
  readonly entry: AccountEntry;
  readonly day: AccountDay;
}

/** From the facts alone; `unknown` for an attempt whose rules nobody has any more. */
export type Recompute = (attempt: AttemptOfDay) => Counted | null | "unknown";

/** A count of the table that is not what its attempts come to. */
export interface CountDifference {
  readonly day: AccountDay;
  readonly centre: string;
  readonly entry: AccountEntry;
  readonly inTable: number;
  readonly recounted: number;
}

/** An attempt whose row says something else than its facts. */
export interface RowDifference {
  readonly attemptId: string;
  readonly inRow: Counted | null;
  readonly recomputed: Counted | null;
}

export interface Recount {
  readonly campaignId: CampaignId;
  /** Looked at, those still open included. */
  readonly attempts: number;
  /** Of them, in the account of these days. */
  readonly counted: number;
  /** Decided under profiles that are not known any more: counted as their rows say. */
  readonly unknown: number;
  readonly counts: readonly CountDifference[];
  /** The first so many; `rowsDifferent` says how many there are. */
  readonly rows: readonly RowDifference[];
  readonly rowsDifferent: number;
}

const ROWS_SHOWN_MAX = 1_000;

/** Everything is read as it stood at one moment, so that calls ending meanwhile make no difference. */
export const recountAccounts = async (db: Database, wanted: AttemptsWanted, recompute: Recompute): Promise<Recount> =>
  atOneMoment(db, async (moment) => {
    const tally = new Tally(wanted);
    let [attempts, counted, unknown, rowsDifferent] = [0, 0, 0, 0];
    const rows: RowDifference[] = [];
    for await (const attempt of attemptsOf(moment, wanted)) {
      attempts += 1;
      const inRow = countedOf(attempt);
      const again = attempt.outcome === null ? null : recompute(attempt);
      if (again === "unknown") unknown += 1;
      const recomputed = again === "unknown" ? inRow : again;
      if (!same(inRow, recomputed)) {
        rowsDifferent += 1;
        if (rows.length < ROWS_SHOWN_MAX) rows.push({ attemptId: attempt.attemptId, inRow, recomputed });
      }
      if (tally.add(attempt, recomputed)) counted += 1;
    }
    const counts = tally.against(await tableOf(moment, wanted));
    return { campaignId: wanted.campaignId, attempts, counted, unknown, counts, rows, rowsDifferent };
  });

const countedOf = ({ entry, day }: AttemptOfDay): Counted | null =>
  entry === null || day === null ? null : { entry, day };

const same = (a: Counted | null, b: Counted | null): boolean => a?.entry === b?.entry && a?.day === b?.day;

interface TableRow {
  readonly day: AccountDay;
  readonly centre: string;
  readonly entry: AccountEntry;
  readonly calls: number;
}

/** Nodes together: no rate asks which of them it was. */
const tableOf = (db: Queryable, { campaignId, centre, fromDay, toDay }: AttemptsWanted): Promise<TableRow[]> =>
  db.rows<TableRow>(
    `select cast(day as char) as day, centre, entry, cast(sum(calls) as unsigned) as calls
     from abandon_account
     where campaign_id = ? and day between ? and ?${centre === null ? "" : " and centre = ?"}
     group by day, centre, entry`,
    [campaignId, fromDay, toDay, ...(centre === null ? [] : [centre])],
  );

class Tally {
  readonly #wanted: AttemptsWanted;
  /** By day, centre and entry. */
  readonly #calls = new Map<string, number>();

  constructor(wanted: AttemptsWanted) {
    this.#wanted = wanted;
  }

  /** Whether it belongs to the days that are counted. */
  add({ centre, dispositionKind }: AttemptOfDay, counted: Counted | null): boolean {
    const entry = currentEntry(counted?.entry ?? null, dispositionKind);
    if (counted === null || entry === null) return false;
    const { fromDay, toDay } = this.#wanted;
    if (counted.day < fromDay || counted.day > toDay) return false;
    const key = keyOf(counted.day, centre, entry);
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
    return true;
  }

  against(table: readonly TableRow[]): CountDifference[] {
    const inTable = new Map(table.map(({ day, centre, entry, calls }) => [keyOf(day, centre, entry), calls]));
    return [...new Set([...this.#calls.keys(), ...inTable.keys()])].sort().flatMap((key) => {
      const [day, centre, entry] = JSON.parse(key) as [AccountDay, string, AccountEntry];
      const difference = { day, centre, entry, inTable: inTable.get(key) ?? 0, recounted: this.#calls.get(key) ?? 0 };
      return difference.inTable === difference.recounted ? [] : [difference];
    });
  }
}

const keyOf = (day: AccountDay, centre: string, entry: AccountEntry): string => JSON.stringify([day, centre, entry]);

/* ------------------------------------------------------------------ What the table says */

export interface DayCounts {
  readonly campaignId: number;
  readonly day: AccountDay;
  readonly centre: string;
  readonly counts: AccountCounts;
}

/** By campaign, day and centre, in that order; null for all of them. Days are inclusive. */
export const accountDays = async (
  db: Queryable,
  scope: {
    readonly campaignId: CampaignId | null;
    readonly centre: string | null;
    readonly fromDay: AccountDay;
    readonly toDay: AccountDay;
  },
): Promise<DayCounts[]> => {
  const { campaignId, centre, fromDay, toDay } = scope;
  const rows = await db.rows<TableRow & { readonly campaign_id: number }>(
    `select campaign_id, cast(day as char) as day, centre, entry, cast(sum(calls) as unsigned) as calls
     from abandon_account
     where day between ? and ?${campaignId === null ? "" : " and campaign_id = ?"}${centre === null ? "" : " and centre = ?"}
     group by campaign_id, day, centre, entry
     order by campaign_id, day, centre, entry`,
    [fromDay, toDay, ...(campaignId === null ? [] : [campaignId]), ...(centre === null ? [] : [centre])],
  );
  const days = new Map<string, DayCounts>();
  for (const { campaign_id, day, centre: at, entry, calls } of rows) {
    const key = JSON.stringify([campaign_id, day, at]);
    const known = days.get(key) ?? { campaignId: campaign_id, day, centre: at, counts: NO_COUNTS };
    days.set(key, { ...known, counts: { ...known.counts, [entry]: calls } });
  }
  return [...days.values()];
};
