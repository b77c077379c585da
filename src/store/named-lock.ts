/**
 * Locks that belong to a connection and not to a transaction: for work that must be done by one process at a time and
 * commits on its way. If the process dies, its connection goes, and the lock with it.
 *
 * On a Galera cluster such a lock is known to one node of it only; so there, one database node is written to.
 */
import type { Queryable } from "./database.ts";

/** MySQL allows no longer names; they are the whole server's, so each names its database. */
const NAME_CHARACTERS_MAX = 64;

export const lockName = (what: string, database: string): string =>
  `fairdial ${what} ${database}`.slice(0, NAME_CHARACTERS_MAX);

/** False when somebody else still has it after so long. */
export const takeLock = async (connection: Queryable, name: string, waitSeconds: number): Promise<boolean> => {
  const [row] = await connection.rows<{ taken: number | null }>("select get_lock(?, ?) as taken", [name, waitSeconds]);
  return row?.taken === 1;
};

export const letGo = async (connection: Queryable, name: string): Promise<void> => {
  await connection.rows("select release_lock(?)", [name]);
};
