/** While its row is there, nothing is placed anywhere. */
import type { KillSwitch } from "../../domain/number-facts.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export const killSwitchNow = async (db: Database): Promise<KillSwitch | null> => {
  const [row] = await db.rows<{ since: Date; set_by: string; because: string }>(
    "select since, set_by, because from kill_switch where id = 1",
  );
  return row === undefined ? null : { since: instantOf(row.since), by: row.set_by, because: row.because };
};

/** Whoever was first stays: since when nothing was placed must be told truly. Returns what is there. */
export const setKillSwitch = async (db: Database, because: string, who: Authority): Promise<KillSwitch | null> => {
  await db.write(
    `insert into kill_switch (id, since, set_by, because) values (1, ?, ?, ?)
     on duplicate key update since = kill_switch.since`,
    [dateOf(who.at), clipped(who.by, 100), clipped(because, 500)],
  );
  return killSwitchNow(db);
};

/** False when it was not on. */
export const clearKillSwitch = async (db: Database): Promise<boolean> =>
  (await db.write("delete from kill_switch where id = 1")).matched > 0;
