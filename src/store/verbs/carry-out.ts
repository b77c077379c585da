/**
 * Carries out rows that were written behind, each once. One rule to remember: how far a process has come is written in
 * the transaction that carries its rows out, so that neither a lost acknowledgement nor a kill makes one count twice.
 */
import { after, type Instant } from "../../domain/instant.ts";
import type { NumberedJob, StoreJob } from "../../engine/ports.ts";
import { openJobs } from "../../engine/rows/carried-out.ts";
import type { Database, Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";

/** Longer than any machine is away with rows on its disk that somebody still wants. */
const KEPT_MS = 90 * 86_400_000;

/** @param carry is given a database whose every transaction is the one that all of it happens in */
export const carryOut = (
  db: Database,
  { holder, jobs, at }: { readonly holder: string; readonly jobs: readonly NumberedJob[]; readonly at: Instant },
  carry: (within: Database, jobs: readonly StoreJob[]) => Promise<number>,
): Promise<number> =>
  db.transaction(async (tx) => {
    const open = await notYetCarriedOut(tx, holder, openJobs(jobs, 0), at);
    return carry(
      databaseWithin(db, tx),
      open.map(({ job }) => job),
    );
  });

const notYetCarriedOut = async (
  tx: Queryable,
  holder: string,
  jobs: readonly NumberedJob[],
  at: Instant,
): Promise<readonly NumberedJob[]> => {
  const [first, last] = [jobs[0], jobs.at(-1)];
  if (first === undefined || last === undefined) return [];
  const moveOn = (before: number): Promise<{ readonly matched: number }> =>
    tx.write("update write_position set position = ?, changed_at = ? where holder = ? and position < ?", [
      ...[last.seq, dateOf(at), holder, before],
    ]);
  // As it nearly always is: the next ones of a process that we know.
  if ((await moveOn(first.seq)).matched === 1) return jobs;
  const begun = await tx.write("insert ignore into write_position (holder, position, changed_at) values (?, ?, ?)", [
    ...[holder, last.seq, dateOf(at)],
  ]);
  if (begun.matched === 1) {
    await tx.write("delete from write_position where changed_at < ?", [dateOf(after(at, -KEPT_MS))]);
    return jobs;
  }
  const [row] = await tx.rows<{ position: number }>("select position from write_position where holder = ? for update", [
    holder,
  ]);
  const position = row?.position ?? 0;
  if (position < last.seq) await moveOn(last.seq);
  return openJobs(jobs, position);
};

/** The same database, all of it in one transaction that somebody else commits. */
const databaseWithin = (db: Database, tx: Queryable): Database => ({
  name: db.name,
  numberHashKey: db.numberHashKey,
  rows: (sql, parameters) => tx.rows(sql, parameters),
  write: (sql, parameters) => tx.write(sql, parameters),
  transaction: (work) => work(tx),
  hold: () => Promise.reject(new TypeError("a row that is written behind asks for no connection of its own")),
  close: () => Promise.resolve(),
});
