/** The engine's Store on MySQL or MariaDB. */
import type { Database } from "./database.ts";
import type { Store } from "../engine/ports.ts";

export const sqlStore = (_database: Database): Store => {
  throw new Error("not built");
};
