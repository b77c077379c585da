/**
 * Writes down what the agent says the conversation was, and what must follow at once: somebody who asked not to be
 * called again is suppressed before the agent takes the next call.
 *
 * An agent may think again; the latest word stands. A suppression stays even then: only a manager takes it back.
 */
import type { Disposition, DispositionKind } from "../../domain/disposition.ts";
import type { AgentId, AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, parsed } from "../rows.ts";

const DISPOSITION_CHARACTERS_MAX = 64;

interface Disposed {
  readonly e164: string;
  readonly number_id: number;
  readonly dispositions: string;
}

export const recordDisposition = async (
  db: Database,
  attemptId: AttemptId,
  agentId: AgentId,
  code: string,
  at: Instant,
): Promise<void> => {
  await db.transaction(async (tx) => {
    const [attempt] = await tx.rows<Disposed>(
      `select a.e164, a.number_id, c.dispositions
       from attempt a join campaign c on c.campaign_id = a.campaign_id
       where a.attempt_id = ?`,
      [attemptId],
    );
    if (attempt === undefined) return;
    const kind = kindOf(attempt, code);
    await tx.write(
      `update attempt set disposition = ?, disposition_kind = ?, disposed_by = ?, disposed_at = ?
       where attempt_id = ? and (disposed_at is null or disposed_at <= ?)`,
      [clipped(code, DISPOSITION_CHARACTERS_MAX), kind, agentId, dateOf(at), attemptId, dateOf(at)],
    );
    if (kind === "opt-out-requested") await suppress(tx, attempt, attemptId, at);
    if (kind === "wrong-number") await takeOutOfLead(tx, attempt);
  });
};

/** Null for a code that the campaign does not have (any more): the agent's word is kept as they said it. */
const kindOf = ({ dispositions }: Disposed, code: string): DispositionKind | null =>
  (parsed(dispositions) as readonly Disposition[]).find((disposition) => disposition.code === code)?.kind ?? null;

const suppress = async (tx: Queryable, { e164 }: Disposed, attemptId: AttemptId, at: Instant): Promise<void> => {
  await tx.write(
    `insert into suppression (e164, reason, source, added_at) values (?, 'opt-out', ?, ?)
     on duplicate key update added_at = added_at`,
    [e164, `attempt ${attemptId}`, dateOf(at)],
  );
};

/** The number may be somebody else's whom another list rightly has. */
const takeOutOfLead = async (tx: Queryable, { number_id }: Disposed): Promise<void> => {
  await tx.write(
    "update lead_number set permanent_outcome = 'wrong-number' where number_id = ? and permanent_outcome is null",
    [number_id],
  );
};
