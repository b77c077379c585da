/** One living daemon for each node name. */
import type { NodeId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";

export interface Hold {
  readonly nodeId: NodeId;
  readonly holder: string;
  readonly at: Instant;
  readonly forMs: number;
}

export const holdNode = async (db: Database, hold: Hold): Promise<void> => {
  const { nodeId, holder, at, forMs } = hold;
  // Ours already, as every few seconds: one statement.
  const { matched } = await db.write(
    "update node set held_until = ?, seen_at = ?, heard_at = utc_timestamp(3) where node_id = ? and holder = ?",
    [dateOf(after(at, forMs)), dateOf(at), nodeId, holder],
  );
  if (matched === 1) return;
  await db.transaction(async (tx) => {
    await tx.write("insert into node (node_id) values (?) on duplicate key update node_id = node_id", [nodeId]);
    const [before] = await tx.rows<{ holder: string | null; held_until: Date | null }>(
      "select holder, held_until from node where node_id = ? for update",
      [nodeId],
    );
    const isOurs = before?.holder === holder;
    const isHeld = (before?.holder ?? null) !== null && (before?.held_until?.getTime() ?? 0) > at;
    if (isHeld && !isOurs) throw new StoreError("conflict", `another living daemon has the node name "${nodeId}"`);
    // The one clock that we read here, and only to hold it beside the node's own.
    await tx.write(
      "update node set holder = ?, held_until = ?, seen_at = ?, heard_at = utc_timestamp(3) where node_id = ?",
      [holder, dateOf(after(at, forMs)), dateOf(at), nodeId],
    );
    if (!isOurs) await logOutAll(tx, hold);
  });
};

/** A daemon that has just come knows nobody yet: whoever its predecessor left logged in is so again when it says it. */
const logOutAll = async (tx: Queryable, { nodeId, at }: Hold): Promise<void> => {
  await tx.write(
    `insert into agent_state_log (agent_id, node_id, state, since, entered_at)
     select v.agent_id, v.node_id, 'loggedOut', ?, ? from agent_live v
     where v.node_id = ? and v.state <> 'loggedOut'
     on duplicate key update entered_at = agent_state_log.entered_at`,
    [dateOf(at), dateOf(at), nodeId],
  );
  await tx.write(
    `update preview set ended_at = ?, ended_as = 'withdrawn', because = 'daemon-gone'
     where node_id = ? and ended_at is null`,
    [dateOf(at), nodeId],
  );
  await tx.write(
    `update agent_live set state = 'loggedOut', since = ?, entered_at = ?, attempt_id = null, pause_reason = null
     where node_id = ? and state <> 'loggedOut'`,
    [dateOf(at), dateOf(at), nodeId],
  );
};

export const releaseNode = async (db: Queryable, node: NodeId, holder: string): Promise<void> => {
  await db.write("update node set holder = null, held_until = null where node_id = ? and holder = ?", [node, holder]);
};
