/** What a judge asks of the database beside a journal: numbers that leads share, and which of them were suppressed when. */
import { numberId } from "../../domain/ids.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { instantOf } from "../rows.ts";
import { within, type Period } from "./period.ts";

const PAGE = 10_000;

/** Every number that was called, page by page: two leads may have the same one. `numberKey` is E.164, or its hash. */
export async function* numbersCalled(
  db: Queryable,
  period: Period,
): AsyncGenerator<{ readonly numberId: NumberId; readonly numberKey: string }> {
  const { where, parameters } = within(null, period);
  let last = "";
  for (;;) {
    const rows = await db.rows<{ readonly attempt_id: string; readonly number_id: number; readonly e164: string }>(
      `select attempt_id, number_id, e164 from attempt where ${where} and attempt_id > ? order by attempt_id limit ${PAGE}`,
      [...parameters, last],
    );
    for (const { number_id, e164 } of rows) yield { numberId: numberId(number_id), numberKey: e164 };
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return;
    last = end.attempt_id;
  }
}

/** Of the numbers called in the period: since when they are suppressed, for everybody or for whom they were called. */
export const suppressedAmongCalled = async (
  db: Queryable,
  period: Period,
): Promise<readonly { readonly numberId: NumberId; readonly since: Instant }[]> => {
  const { where, parameters } = within(null, period);
  const rows = await db.rows<{ readonly number_id: number; readonly since: Date }>(
    `select a.number_id, min(s.added_at) as since
     from (select number_id, e164, principal from attempt where ${where}) as a
     join suppression s on s.e164 = a.e164 and (s.principal = '' or s.principal = a.principal)
     group by a.number_id`,
    parameters,
  );
  return rows.map(({ number_id, since }) => ({ numberId: numberId(number_id), since: instantOf(since) }));
};
