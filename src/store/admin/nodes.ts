/** The nodes that share the database: how each is, what is wanted of it, and what a dead one left. */
import { nodeId, type NodeId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOrNull } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export interface NodeNow {
  readonly nodeId: NodeId;
  /** Which process holds the name; null when none does. */
  readonly holder: string | null;
  readonly heldUntil: Instant | null;
  /** Set while nothing new is to be placed there. */
  readonly drained: { readonly since: Instant | null; readonly by: string | null; readonly because: string } | null;
  /** Of the program that holds the name, or held it last; null of one that did not say. */
  readonly version: string | null;
  /** When its daemon was last heard of, by its own clock. */
  readonly seenAt: Instant | null;
  /** Its clock minus the database's at that moment, in ms; as good as the way to the database is short. */
  readonly clockOffsetMs: number | null;
  readonly attemptsOpen: number;
  readonly agentsLoggedIn: number;
}

export const nodesNow = async (db: Database): Promise<NodeNow[]> => {
  const rows = await db.rows<{
    node_id: string;
    holder: string | null;
    held_until: Date | null;
    drained: number;
    drained_because: string | null;
    wished_at: Date | null;
    wished_by: string | null;
    version: string | null;
    seen_at: Date | null;
    heard_at: Date | null;
    attempts_open: number;
    agents_logged_in: number;
  }>(
    `select o.node_id, o.holder, o.held_until, o.drained, o.drained_because, o.wished_at, o.wished_by, o.version,
       o.seen_at, o.heard_at,
       (select count(*) from attempt a where a.node_id = o.node_id and a.state <> 'ended') as attempts_open,
       (select count(*) from agent_live v where v.node_id = o.node_id and v.state <> 'loggedOut') as agents_logged_in
     from node o order by o.node_id`,
  );
  return rows.map((row) => ({
    nodeId: nodeId(row.node_id),
    holder: row.holder,
    heldUntil: instantOrNull(row.held_until),
    drained:
      row.drained === 1
        ? { since: instantOrNull(row.wished_at), by: row.wished_by, because: row.drained_because ?? "" }
        : null,
    version: row.version,
    seenAt: instantOrNull(row.seen_at),
    clockOffsetMs:
      row.seen_at === null || row.heard_at === null ? null : row.seen_at.getTime() - row.heard_at.getTime(),
    attemptsOpen: row.attempts_open,
    agentsLoggedIn: row.agents_logged_in,
  }));
};

/** Whoever was first stays, as with every stop. False when it was drained already, or there is no such node. */
export const drainNode = async (db: Database, node: NodeId, because: string, who: Authority): Promise<boolean> => {
  const { matched } = await db.write(
    "update node set drained = 1, drained_because = ?, wished_at = ?, wished_by = ? where node_id = ? and drained = 0",
    [clipped(because, 500), dateOf(who.at), clipped(who.by, 100), node],
  );
  return matched > 0;
};

/** False when it was not drained. */
export const resumeNode = async (db: Database, node: NodeId, who: Authority): Promise<boolean> => {
  const { matched } = await db.write(
    "update node set drained = 0, drained_because = null, wished_at = ?, wished_by = ? where node_id = ? and drained = 1",
    [dateOf(who.at), clipped(who.by, 100), node],
  );
  return matched > 0;
};

/** What the program that holds the name is. Touches nothing when somebody else holds it. */
export const describeNode = async (db: Database, node: NodeId, holder: string, version: string): Promise<void> => {
  await db.write("update node set version = ? where node_id = ? and holder = ?", [clipped(version, 40), node, holder]);
};

/** Says of every attempt that this node left open who is about to end it. Only by whoever holds the node's name. */
export const markSettled = async (db: Database, node: NodeId, by: string): Promise<number> => {
  const { matched } = await db.write("update attempt set settled_by = ? where node_id = ? and state <> 'ended'", [
    clipped(by, 100),
    node,
  ]);
  return matched;
};

/** Nodes whose daemon has been silent for so long, and that left attempts or return calls open. */
export const nodesToSettle = async (db: Database, at: Instant, silentMs: number): Promise<NodeId[]> => {
  const rows = await db.rows<{ node_id: string }>(
    `select o.node_id from node o
     where o.held_until < ? and o.holder is not null
       and (exists (select 1 from attempt a where a.node_id = o.node_id and a.state <> 'ended')
         or exists (select 1 from agent_live v where v.node_id = o.node_id and v.state <> 'loggedOut'))
     order by o.node_id`,
    [dateOf(after(at, -silentMs))],
  );
  return rows.map((row) => nodeId(row.node_id));
};
