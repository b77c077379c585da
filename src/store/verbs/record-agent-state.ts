/** What an agent does now, for the screens; and what they did, for good. */
import type { NodeId } from "../../domain/ids.ts";
import type { AgentStateChange } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { clippedOrNull, dateOf } from "../rows.ts";

const PAUSE_REASON_CHARACTERS_MAX = 64;

export const recordAgentState = async (db: Database, node: NodeId, change: AgentStateChange): Promise<void> => {
  const pauseReason = clippedOrNull(change.pauseReason, PAUSE_REASON_CHARACTERS_MAX);
  await db.transaction(async (tx) => {
    await setLive(tx, node, { ...change, pauseReason });
    await tx.write(
      `insert into agent_state_log (agent_id, node_id, state, since, entered_at, attempt_id, pause_reason)
       values (?, ?, ?, ?, ?, ?, ?)
       on duplicate key update entered_at = entered_at`,
      [
        ...[change.agentId, node, change.state, dateOf(change.since), dateOf(change.at)],
        ...[change.attemptId, pauseReason],
      ],
    );
  });
};

/** A change that comes after a later one touches nothing. */
const setLive = async (tx: Queryable, node: NodeId, change: AgentStateChange): Promise<void> => {
  const { agentId, state, since, attemptId, pauseReason, at } = change;
  const values = [node, state, dateOf(since), attemptId, pauseReason, dateOf(at)];
  const { matched } = await tx.write(
    `update agent_live set node_id = ?, state = ?, since = ?, attempt_id = ?, pause_reason = ?, entered_at = ?
     where agent_id = ? and entered_at <= ?`,
    [...values, agentId, dateOf(at)],
  );
  if (matched === 1) return;
  await tx.write(
    `insert into agent_live (node_id, state, since, attempt_id, pause_reason, entered_at, agent_id)
     values (?, ?, ?, ?, ?, ?, ?)
     on duplicate key update entered_at = entered_at`,
    [...values, agentId],
  );
};
