/** What is asked of an agent through the command line: queued here, carried out by the daemon that has the agent. */
import type { AgentCommand } from "../../agent/agent.ts";
import type { AgentId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOrNull, jsonOf } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export interface AgentCommandResult {
  /** Null until the daemon has seen it. */
  readonly handledAt: Instant | null;
  readonly result: string | null;
}

/** Returns its id; see {@link agentCommandResult}. */
export const requestAgentCommand = async (
  db: Database,
  agent: AgentId,
  command: AgentCommand,
  who: Authority,
): Promise<number> => {
  const { insertId } = await db.write(
    "insert into agent_command (agent_id, command, requested_at, requested_by) values (?, ?, ?, ?)",
    [agent, jsonOf(command), dateOf(who.at), clipped(who.by, 100)],
  );
  return insertId;
};

/** Null when there is no such command. */
export const agentCommandResult = async (db: Database, commandId: number): Promise<AgentCommandResult | null> => {
  const [row] = await db.rows<{ handled_at: Date | null; result: string | null }>(
    "select handled_at, result from agent_command where command_id = ?",
    [commandId],
  );
  return row === undefined ? null : { handledAt: instantOrNull(row.handled_at), result: row.result };
};
