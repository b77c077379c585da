/** Whether the key we hash numbers with is the one that this database's numbers were hashed with. */
import { createHmac } from "node:crypto";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { dateOf } from "../rows.ts";

/** `none`: nothing was ever hashed here, and we have no key. `missing`: it was, and we have none. */
export type HashKeyState = "none" | "same" | "missing" | "different";

/** Tells one key from another and gives neither away: turned round, it would be HMAC-SHA256 undone. */
const checkValue = (hashKey: string): string =>
  createHmac("sha256", hashKey).update("fairdial: which key is this?").digest("hex");

/** The first key that comes is written down as this database's. */
export const settleHashKey = async (db: Database, at: Instant): Promise<HashKeyState> => {
  const kept = await keptValue(db);
  const { numberHashKey } = db;
  if (numberHashKey === null) return kept === null ? "none" : "missing";
  const ours = checkValue(numberHashKey);
  if (kept !== null) return kept === ours ? "same" : "different";
  // Two that come first at once with two keys: one of them has lost, and reads so.
  await db.write(
    `insert into number_hash_key (id, check_value, set_at) values (1, ?, ?)
     on duplicate key update check_value = number_hash_key.check_value`,
    [ours, dateOf(at)],
  );
  return (await keptValue(db)) === ours ? "same" : "different";
};

const keptValue = async (db: Database): Promise<string | null> => {
  const [row] = await db.rows<{ check_value: string }>("select check_value from number_hash_key where id = 1");
  return row?.check_value ?? null;
};
