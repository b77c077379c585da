/** Notes that a command was carried out, or why not. The first note stands. */
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { clipped, dateOf } from "../rows.ts";

export const finishAgentCommand = async (
  db: Queryable,
  commandId: number,
  result: string,
  at: Instant,
): Promise<void> => {
  await db.write("update agent_command set handled_at = ?, result = ? where command_id = ? and handled_at is null", [
    dateOf(at),
    clipped(result, 200),
    commandId,
  ]);
};
