/** What agents do now, for the screens; and what they did, for good. */
import type { NodeId } from "../../domain/ids.ts";
import type { AgentStateChange } from "../../engine/ports.ts";
import type { Database, SqlValue } from "../database.ts";
import { clippedOrNull, dateOf } from "../rows.ts";

const PAUSE_REASON_CHARACTERS_MAX = 64;

export const recordAgentStates = async (
  db: Database,
  node: NodeId,
  changes: readonly AgentStateChange[],
): Promise<void> => {
  if (changes.length === 0) return;
  const rows = changes.map((change): SqlValue[] => [
    ...[change.agentId, node, change.state, dateOf(change.since), dateOf(change.at), change.attemptId],
    clippedOrNull(change.pauseReason, PAUSE_REASON_CHARACTERS_MAX),
  ]);
  await db.transaction(async (tx) => {
    // A change that comes after a later one touches nothing. By agent, so that two nodes wait for one another instead of
    // locking each other out; assigned one after the other, so what is asked for comes last.
    await tx.write(
      `insert into agent_live (agent_id, node_id, state, since, entered_at, attempt_id, pause_reason) values ?
       on duplicate key update
         node_id = if(agent_live.entered_at <= values(entered_at), values(node_id), agent_live.node_id),
         state = if(agent_live.entered_at <= values(entered_at), values(state), agent_live.state),
         since = if(agent_live.entered_at <= values(entered_at), values(since), agent_live.since),
         attempt_id = if(agent_live.entered_at <= values(entered_at), values(attempt_id), agent_live.attempt_id),
         pause_reason = if(agent_live.entered_at <= values(entered_at), values(pause_reason), agent_live.pause_reason),
         entered_at = greatest(agent_live.entered_at, values(entered_at))`,
      [[...latest(changes, rows).entries()].sort(([a], [b]) => a - b).map(([, row]) => row)],
    );
    await tx.write(
      `insert into agent_state_log (agent_id, node_id, state, since, entered_at, attempt_id, pause_reason) values ?
       on duplicate key update entered_at = agent_state_log.entered_at`,
      [rows],
    );
  });
};

/** Of each agent the one that stands at the end. */
const latest = (changes: readonly AgentStateChange[], rows: readonly SqlValue[][]): Map<number, SqlValue[]> => {
  const found = new Map<number, { readonly at: number; readonly row: SqlValue[] }>();
  changes.forEach(({ agentId, at }, index) => {
    const row = rows[index];
    if (row !== undefined && at >= (found.get(agentId)?.at ?? at)) found.set(agentId, { at, row });
  });
  return new Map([...found].map(([agent, { row }]) => [agent, row]));
};
