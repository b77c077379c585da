/**
 * Lasting noes, for everybody or for one principal. Looked up whenever a lead is claimed, and again when its attempt is
 * written down.
 */
import type { Instant } from "../../domain/instant.ts";
import { phoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import type { Database, SqlParameter } from "../database.ts";
import { isHashedNumber, numberKeyOf, numberKeysOf } from "../number-key.ts";
import { clipped, clippedOrNull, dateOf, instantOf } from "../rows.ts";

export interface SuppressionDraft {
  readonly number: PhoneNumber;
  /** On whose behalf nobody calls it; '' or left out for everybody. */
  readonly principal?: string;
  /** `opt-out`, `dnc`, … in the manager's own words; up to 64 characters. */
  readonly reason: string;
  /** Where it came from: a file, an attempt, a person; up to 200 characters. */
  readonly source: string;
  /** How they asked: `phone`, `letter`, `web`, …; up to 32 characters. */
  readonly channel?: string | null;
  /** Who wrote it down. */
  readonly actor?: string | null;
}

export interface Suppression extends Required<Omit<SuppressionDraft, "number">> {
  /** E.164, or `h:` and forty hexadecimal digits. */
  readonly numberKey: string;
  readonly addedAt: Instant;
}

const ROWS_MAX = 1_000;
const COLUMNS = "e164, principal, reason, source, channel, actor, added_at";

interface SuppressionRow {
  readonly e164: string;
  readonly principal: string;
  readonly reason: string;
  readonly source: string;
  readonly channel: string | null;
  readonly actor: string | null;
  readonly added_at: Date;
}

const suppressionOf = (row: SuppressionRow): Suppression => ({
  numberKey: row.e164,
  principal: row.principal,
  reason: row.reason,
  source: row.source,
  channel: row.channel,
  actor: row.actor,
  addedAt: instantOf(row.added_at),
});

/** Returns how many were new; the others keep their first reason. All or none. */
export const addSuppressions = async (
  db: Database,
  suppressions: readonly SuppressionDraft[],
  at: Instant,
): Promise<number> => {
  const keyed = suppressions.map((draft) => ({
    ...draft,
    key: numberKeyOf(draft.number, db.numberHashKey),
    principal: draft.principal ?? "",
  }));
  const idOf = (key: string, principal: string): string => `${key} ${principal.toLowerCase()}`;
  // The last of a number given twice would count as new and change nothing.
  const drafts = [...new Map(keyed.map((draft) => [idOf(draft.key, draft.principal), draft])).values()];
  return db.transaction(async (tx) => {
    let added = 0;
    for (let from = 0; from < drafts.length; from += ROWS_MAX) {
      const some = drafts.slice(from, from + ROWS_MAX);
      const rows = await tx.rows<{ e164: string; principal: string }>(
        "select e164, principal from suppression where e164 in (?)",
        [some.flatMap(({ number }) => numberKeysOf(number, db.numberHashKey))],
      );
      const known = new Set(rows.map(({ e164, principal }) => idOf(e164, principal)));
      const fresh = some.filter(
        ({ number, principal }) =>
          !numberKeysOf(number, db.numberHashKey).some((key) => known.has(idOf(key, principal))),
      );
      if (fresh.length === 0) continue;
      await tx.write(
        `insert into suppression (e164, principal, reason, source, channel, actor, added_at) values ?
         on duplicate key update added_at = suppression.added_at`,
        [
          fresh.map(({ key, principal, reason, source, channel, actor }) => [
            ...[key, clipped(principal, 100), clipped(reason, 64), clipped(source, 200)],
            ...[clippedOrNull(channel ?? null, 32), clippedOrNull(actor ?? null, 100), dateOf(at)],
          ]),
        ],
      );
      added += fresh.length;
    }
    return added;
  });
};

/** Of this principal alone ('' for the entry that holds for everybody). False when there was none. */
export const removeSuppression = async (db: Database, number: PhoneNumber, principal = ""): Promise<boolean> =>
  (
    await db.write("delete from suppression where e164 in (?) and principal = ?", [
      numberKeysOf(number, db.numberHashKey),
      principal,
    ])
  ).matched > 0;

/** Every entry of this number; the one that holds for everybody in front. */
export const findSuppressions = async (db: Database, number: PhoneNumber): Promise<Suppression[]> => {
  const rows = await db.rows<SuppressionRow>(
    `select ${COLUMNS} from suppression where e164 in (?) order by principal, added_at`,
    [numberKeysOf(number, db.numberHashKey)],
  );
  return rows.map(suppressionOf);
};

export interface SuppressionFilter {
  /** '' for those that hold for everybody. */
  readonly principal?: string | undefined;
  readonly reason?: string | undefined;
}

/** The condition is of our own words; the values are given apart. */
const conditionsOf = ({ principal, reason }: SuppressionFilter): { where: string; parameters: SqlParameter[] } => {
  const given = [
    ...(principal === undefined ? [] : [["principal = ?", principal] as const]),
    ...(reason === undefined ? [] : [["reason = ?", reason] as const]),
  ];
  return {
    where: ["1 = 1", ...given.map(([text]) => text)].join(" and "),
    parameters: given.map(([, value]) => value),
  };
};

/** Newest first, at most `limit`; and how many there are. */
export const latestSuppressions = async (
  db: Database,
  filter: SuppressionFilter,
  limit: number,
): Promise<{ readonly total: number; readonly latest: readonly Suppression[] }> => {
  const { where, parameters } = conditionsOf(filter);
  const [count] = await db.rows<{ total: number }>(
    `select count(*) as total from suppression where ${where}`,
    parameters,
  );
  const rows = await db.rows<SuppressionRow>(
    `select ${COLUMNS} from suppression where ${where} order by added_at desc, e164, principal limit ?`,
    [...parameters, limit],
  );
  return { total: count?.total ?? 0, latest: rows.map(suppressionOf) };
};

const PAGE_ROWS = 5_000;

/** All of them in the order of their numbers, some thousand at a time: there may be more than fit into memory. */
export async function* suppressionPages(
  db: Database,
  filter: SuppressionFilter,
): AsyncGenerator<readonly Suppression[], void> {
  const { where, parameters } = conditionsOf(filter);
  let after: readonly [string, string] = ["", ""];
  for (;;) {
    const rows: SuppressionRow[] = await db.rows<SuppressionRow>(
      `select ${COLUMNS} from suppression where ${where} and (e164 > ? or (e164 = ? and principal > ?))
       order by e164, principal limit ?`,
      [...parameters, after[0], after[0], after[1], PAGE_ROWS],
    );
    if (rows.length > 0) yield rows.map(suppressionOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = [last.e164, last.principal];
  }
}

/** As a person may be shown it. */
export const numberOfKey = (key: string): PhoneNumber | null => (isHashedNumber(key) ? null : phoneNumber(key));
