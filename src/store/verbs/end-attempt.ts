/**
 * Ends an attempt once, and with it settles its lead and, where the outcome is for good, its number.
 *
 * One rule to remember: the abandon account is counted from these rows, so the end is repeated until it is accepted;
 * the guard on the state makes every repetition but the first touch nothing.
 */
import { OUTCOMES } from "../../domain/outcome.ts";
import type { AttemptEnd } from "../../engine/ports.ts";
import type { Instant } from "../../domain/instant.ts";
import { factValues } from "../attempt-columns.ts";
import type { Database, Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";
import { settleDialled } from "./settle-lead.ts";

export const endAttempt = async (db: Database, end: AttemptEnd): Promise<boolean> =>
  db.transaction(async (tx) => {
    if (!(await endRow(tx, end))) return false;
    const at = await endOf(tx, end);
    await countOnLead(tx, end);
    await settleDialled(tx, end.leadId, end.verdict, at);
    // What is suppressed is for the suppression list to say: somebody may be taken off that again.
    if (OUTCOMES[end.outcome].permanent && end.outcome !== "suppressed") await takeNumberOut(tx, end, at);
    return true;
  });

const endRow = async (tx: Queryable, { attemptId, facts, outcome }: AttemptEnd): Promise<boolean> => {
  const { countsAsAttempt, liveVoice, permanent, chargesCarrierHealth, retryClass } = OUTCOMES[outcome];
  const { matched } = await tx.write(
    `update attempt set
       placed_at = ?, placed_asterisk_at = ?, progress_at = ?, progress_asterisk_at = ?,
       ringing_at = ?, ringing_asterisk_at = ?, answered_at = ?, answered_asterisk_at = ?,
       connected_at = ?, connected_asterisk_at = ?, message_at = ?, message_asterisk_at = ?,
       ended_at = ?, ended_asterisk_at = ?, ringing = ?, message = ?, ended_by = ?, end_reason = ?,
       place_failure = ?, cause = ?, sip = ?, sip_call_id = ?, agent_id = ?, agent_leg_failed = ?,
       outcome = ?, counts_as_attempt = ?, live_voice = ?, permanent = ?, charges_carrier_health = ?, retry_class = ?,
       state = 'ended'
     where attempt_id = ? and state <> 'ended'`,
    [
      ...factValues(facts),
      ...[outcome, countsAsAttempt, liveVoice, permanent, chargesCarrierHealth, retryClass],
      attemptId,
    ],
  );
  return matched === 1;
};

/** The row's own instants where the facts have no end: a lost attempt's was never seen. */
const endOf = async (tx: Queryable, { attemptId, facts }: AttemptEnd): Promise<Instant> => {
  if (facts.endedAt !== null) return facts.endedAt.at;
  const [row] = await tx.rows<{ decided_at: Date }>("select decided_at from attempt where attempt_id = ?", [attemptId]);
  return (row?.decided_at.getTime() ?? 0) as Instant;
};

const countOnLead = async (tx: Queryable, end: AttemptEnd): Promise<void> => {
  await tx.write(
    `update campaign_lead set attempts_counted = ?, carrier_tries = ?, last_retry_class = ?,
       last_retry_class_count = ?, last_attempt_id = ?
     where lead_id = ?`,
    [
      ...[end.attemptsCounted, end.carrierTries, end.lastRetryClass, end.lastRetryClassCount, end.attemptId],
      end.leadId,
    ],
  );
};

/** The first finding stands. */
const takeNumberOut = async (tx: Queryable, { attemptId, outcome }: AttemptEnd, at: Instant): Promise<void> => {
  await tx.write(
    `insert into number_status (e164, permanent_outcome, since, attempt_id)
     select e164, ?, ?, attempt_id from attempt where attempt_id = ?
     on duplicate key update since = number_status.since`,
    [outcome, dateOf(at), attemptId],
  );
};
