/** What an agent did during a call: one row when it begins, and its end in the same row. */
import type { DeskWork } from "../../domain/desk.ts";
import type { Database } from "../database.ts";
import { clippedOrNull, dateOf, dateOrNull } from "../rows.ts";

const ENDED_AS_CHARACTERS_MAX = 20;

/** Harmless to repeat, in any order: an end that is known stays. */
export const recordDeskWork = async (db: Database, work: DeskWork): Promise<void> => {
  const { attemptId, agentId, kind, at, by, endedAt, endedAs } = work;
  await db.write(
    `insert into desk_work (attempt_id, begun_at, kind, agent_id, asked_by, ended_at, ended_as)
     values (?, ?, ?, ?, ?, ?, ?)
     on duplicate key update ended_at = coalesce(ended_at, values(ended_at)), ended_as = coalesce(ended_as, values(ended_as))`,
    [
      ...[attemptId, dateOf(at), kind, agentId, by],
      ...[dateOrNull(endedAt), clippedOrNull(endedAs, ENDED_AS_CHARACTERS_MAX)],
    ],
  );
};
