/** Whether this is the agent's PIN. No for an agent who has none, is disabled or is not there. */
import type { AgentId } from "../../domain/ids.ts";
import type { Queryable } from "../database.ts";
import { isPin } from "../pin.ts";

export const verifyPin = async (db: Queryable, agent: AgentId, pin: string): Promise<boolean> => {
  const [row] = await db.rows<{ pin_hash: string | null }>(
    "select pin_hash from agent where agent_id = ? and enabled = 1",
    [agent],
  );
  return row !== undefined && row.pin_hash !== null && isPin(pin, row.pin_hash);
};
