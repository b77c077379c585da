/** Who was passed on to whom, and who listened to whom: one row when it begins, and what comes to it in the same row. */
import type { SupervisionNote } from "../../domain/supervision.ts";
import type { TransferNote } from "../../domain/transfer.ts";
import type { Database } from "../database.ts";
import { clippedOrNull, dateOf, dateOrNull } from "../rows.ts";

const ENDED_AS_CHARACTERS_MAX = 20;

/** Harmless to repeat, in any order: what is known stays. */
export const recordTransfer = async (db: Database, note: TransferNote): Promise<void> => {
  const { attemptId, agentId, kind, at, by, toAgentId, toNumber, metAt, togetherAt, endedAt, endedAs } = note;
  await db.write(
    `insert into transfer
       (attempt_id, begun_at, kind, agent_id, asked_by, to_agent_id, to_number, met_at, together_at, ended_at, ended_as)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on duplicate key update met_at = coalesce(met_at, values(met_at)),
       together_at = coalesce(together_at, values(together_at)),
       ended_at = coalesce(ended_at, values(ended_at)), ended_as = coalesce(ended_as, values(ended_as))`,
    [
      ...[attemptId, dateOf(at), kind, agentId, by, toAgentId, toNumber, dateOrNull(metAt), dateOrNull(togetherAt)],
      ...[dateOrNull(endedAt), clippedOrNull(endedAs, ENDED_AS_CHARACTERS_MAX)],
    ],
  );
};

/** Likewise. */
export const recordSupervision = async (db: Database, note: SupervisionNote): Promise<void> => {
  const { attemptId, supervisorId, agentId, mode, at, endedAt, endedAs } = note;
  await db.write(
    `insert into supervision (supervisor_id, begun_at, attempt_id, agent_id, mode, ended_at, ended_as)
     values (?, ?, ?, ?, ?, ?, ?)
     on duplicate key update ended_at = coalesce(ended_at, values(ended_at)), ended_as = coalesce(ended_as, values(ended_as))`,
    [
      ...[supervisorId, dateOf(at), attemptId, agentId, mode],
      ...[dateOrNull(endedAt), clippedOrNull(endedAs, ENDED_AS_CHARACTERS_MAX)],
    ],
  );
};
