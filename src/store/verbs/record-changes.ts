/**
 * Follows what living attempts come to know.
 *
 * One rule to remember: facts grow and never shrink, and a state is only reached from one that comes before it; so a
 * change that is told twice, late or out of order leaves nothing worse than it was.
 */
import { REACHED_FROM } from "../../domain/attempt.ts";
import type { AttemptChange } from "../../engine/ports.ts";
import { factValues } from "../attempt-columns.ts";
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
    `update attempt set
       placed_at = coalesce(placed_at, ?), placed_asterisk_at = coalesce(placed_asterisk_at, ?),
       progress_at = coalesce(progress_at, ?), progress_asterisk_at = coalesce(progress_asterisk_at, ?),
       ringing_at = coalesce(ringing_at, ?), ringing_asterisk_at = coalesce(ringing_asterisk_at, ?),
       answered_at = coalesce(answered_at, ?), answered_asterisk_at = coalesce(answered_asterisk_at, ?),
       connected_at = coalesce(connected_at, ?), connected_asterisk_at = coalesce(connected_asterisk_at, ?),
       message_at = coalesce(message_at, ?), message_asterisk_at = coalesce(message_asterisk_at, ?),
       ended_at = coalesce(ended_at, ?), ended_asterisk_at = coalesce(ended_asterisk_at, ?),
       ringing = elt(greatest(field(?, 'none', 'early', 'ringing'), field(ringing, 'none', 'early', 'ringing')),
         'none', 'early', 'ringing'),
       message = elt(greatest(field(?, 'none', 'started', 'finished', 'failed'),
         field(message, 'none', 'started', 'finished', 'failed')), 'none', 'started', 'finished', 'failed'),
       ended_by = coalesce(?, ended_by), end_reason = coalesce(?, end_reason),
       place_failure = coalesce(?, place_failure), cause = coalesce(?, cause), sip = coalesce(?, sip),
       sip_call_id = coalesce(?, sip_call_id), agent_id = coalesce(?, agent_id),
       agent_leg_failed = greatest(agent_leg_failed, ?),
       state = ?
     where attempt_id = ? and state in (?)`,
    [...factValues(facts), state, attemptId, [...from]],
  );
  return matched === 1;
};
