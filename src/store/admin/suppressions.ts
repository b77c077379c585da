/** Lasting noes. Looked up whenever a lead is claimed. */
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";

export interface SuppressionDraft {
  readonly number: PhoneNumber;
  /** `opt-out`, `dnc`, … in the manager's own words; up to 64 characters. */
  readonly reason: string;
  /** Where it came from: a file, an attempt, a person. */
  readonly source: string;
}

export interface Suppression extends SuppressionDraft {
  readonly addedAt: Instant;
}

const ROWS_MAX = 1_000;

/** Returns how many were new; the others keep their first reason. All or none. */
export const addSuppressions = async (
  db: Database,
  suppressions: readonly SuppressionDraft[],
  at: Instant,
): Promise<number> => {
  // The last of a number given twice would count as new and change nothing.
  const drafts = [...new Map(suppressions.map((draft) => [draft.number, draft])).values()];
  return db.transaction(async (tx) => {
    let added = 0;
    for (let from = 0; from < drafts.length; from += ROWS_MAX) {
      const some = drafts.slice(from, from + ROWS_MAX);
      const known = await tx.rows<{ e164: string }>("select e164 from suppression where e164 in (?)", [
        some.map(({ number }) => number),
      ]);
      await tx.write(
        "insert into suppression (e164, reason, source, added_at) values ? on duplicate key update added_at = added_at",
        [some.map(({ number, reason, source }) => [number, clipped(reason, 64), clipped(source, 200), dateOf(at)])],
      );
      added += some.length - known.length;
    }
    return added;
  });
};

/** False when the number was not suppressed. */
export const removeSuppression = async (db: Database, number: PhoneNumber): Promise<boolean> =>
  (await db.write("delete from suppression where e164 = ?", [number])).matched === 1;

export const findSuppression = async (db: Database, number: PhoneNumber): Promise<Suppression | null> => {
  const [row] = await db.rows<{ reason: string; source: string; added_at: Date }>(
    "select reason, source, added_at from suppression where e164 = ?",
    [number],
  );
  return row === undefined
    ? null
    : { number, reason: row.reason, source: row.source, addedAt: instantOf(row.added_at) };
};
