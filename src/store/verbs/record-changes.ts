/**
 * Follows what living attempts come to know.
 *
 * One rule to remember: facts grow and never shrink, and a state is only reached from one that comes before it; so a
 * change that is told twice, late or out of order leaves nothing worse than it was.
 */
import { REACHED_FROM } from "../../domain/attempt.ts";
import type { AttemptChange } from "../../engine/ports.ts";
import { factGrowth, growthValues } from "../attempt-columns.ts";
import type { Database, Queryable } from "../database.ts";

/** How many did not fit. */
export const recordChanges = async (db: Database, changes: readonly AttemptChange[]): Promise<number> => {
  if (changes.length === 0) return 0;
  return db.transaction(async (tx) => {
    let unfit = 0;
    for (const change of changes) if (!(await recordChange(tx, change))) unfit += 1;
    return unfit;
  });
};

const recordChange = async (tx: Queryable, { attemptId, state, facts }: AttemptChange): Promise<boolean> => {
  const from = REACHED_FROM[state];
  if (from.length === 0) return false;
  const { matched } = await tx.write(
    `update attempt set ${factGrowth()},
       state = ?
     where attempt_id = ? and state in (?)`,
    [...growthValues(facts), state, attemptId, [...from]],
  );
  return matched === 1;
};
