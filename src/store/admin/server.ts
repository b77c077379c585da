/** What `check` and `status` want to know of the database and of the daemons that use it. */
import type { NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";

export interface ServerFacts {
  readonly product: "MariaDB" | "MySQL";
  /** As the server says it, e.g. `10.11.19-MariaDB`. */
  readonly version: string;
  /** MariaDB from 10.6, MySQL from 8.0. */
  readonly supported: boolean;
  readonly database: string;
  readonly user: string;
  /** The server's clock minus ours; good to a few milliseconds. */
  readonly clockSkewMs: number;
  /** Settings that will hurt, each a sentence that says what to do; empty when all is well. */
  readonly complaints: readonly string[];
}

export const serverFacts = async (_db: Database, _now: () => Instant): Promise<ServerFacts> => {
  throw new Error("not built");
};

export interface NodeNow {
  readonly nodeId: NodeId;
  /** Which process holds the name; null when none does. */
  readonly holder: string | null;
  readonly heldUntil: Instant | null;
  readonly attemptsOpen: number;
  readonly agentsLoggedIn: number;
}

export const nodesNow = async (_db: Database): Promise<NodeNow[]> => {
  throw new Error("not built");
};
