/** Zones by the numbers that stand for them in indexes. 0 is for a zone that nobody knows. */
import type { Queryable } from "./database.ts";

/** Every zone that is not there yet gets a number. Outside of transactions: whoever else needs the zone waits for none. */
export const zoneIds = async (db: Queryable, names: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Set(names)];
  const known = await readIds(db, wanted);
  const missing = wanted.filter((name) => !known.has(name));
  if (missing.length === 0) return known;
  // Only what is missing: each try, also one in vain, uses up a number.
  await db.write("insert ignore into time_zone (name) values ?", [missing.map((name) => [name])]);
  return readIds(db, wanted);
};

const readIds = async (db: Queryable, names: readonly string[]): Promise<Map<string, number>> => {
  if (names.length === 0) return new Map();
  const rows = await db.rows<{ zone_id: number; name: string }>(
    "select zone_id, name from time_zone where name in (?)",
    [names],
  );
  return new Map(rows.map(({ zone_id, name }) => [name, zone_id]));
};

/** Remembers what it was told, for whoever asks by the hundred thousand. */
export class ZoneIds {
  readonly #db: Queryable;
  readonly #known = new Map<string, number>();

  constructor(db: Queryable) {
    this.#db = db;
  }

  async learn(names: readonly (string | null)[]): Promise<void> {
    const fresh = names.flatMap((name) => (name === null || this.#known.has(name) ? [] : [name]));
    if (fresh.length === 0) return;
    for (const [name, id] of await zoneIds(this.#db, fresh)) this.#known.set(name, id);
  }

  /** 0 for none, and for one that was not learnt. */
  of(name: string | null): number {
    return name === null ? 0 : (this.#known.get(name) ?? 0);
  }
}
