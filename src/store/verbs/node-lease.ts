/** One living daemon for each node name. */
import type { NodeId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { dateOf } from "../rows.ts";

export const holdNode = async (
  db: Queryable,
  node: NodeId,
  holder: string,
  at: Instant,
  forMs: number,
): Promise<void> => {
  await db.write("insert into node (node_id) values (?) on duplicate key update node_id = node_id", [node]);
  const { matched } = await db.write(
    `update node set holder = ?, held_until = ?
     where node_id = ? and (holder is null or holder = ? or held_until <= ?)`,
    [holder, dateOf(after(at, forMs)), node, holder, dateOf(at)],
  );
  if (matched === 0) throw new StoreError("conflict", `another living daemon has the node name "${node}"`);
};

export const releaseNode = async (db: Queryable, node: NodeId, holder: string): Promise<void> => {
  await db.write("update node set holder = null, held_until = null where node_id = ? and holder = ?", [node, holder]);
};
