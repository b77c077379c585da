/** What `check` and `status` want to know of the database and of the daemons that use it. */
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
  /** The server's clock minus ours; good to half the time that the question took. */
  readonly clockSkewMs: number;
  /** Settings that will hurt, each a sentence that says what to do; empty when all is well. */
  readonly complaints: readonly string[];
}

/** The first versions with `for update skip locked`, which claims need. */
const OLDEST = { MariaDB: [10, 6], MySQL: [8, 0] } as const;

interface FactsRow {
  readonly version: string;
  readonly comment: string;
  readonly user: string;
  readonly now: Date;
  readonly max_allowed_packet: number;
}

export const serverFacts = async (db: Database, now: () => Instant): Promise<ServerFacts> => {
  const before = now();
  const [row] = await db.rows<FactsRow>(
    `select version() as version, @@version_comment as comment, current_user() as user, utc_timestamp(3) as now,
       @@max_allowed_packet as max_allowed_packet`,
  );
  const after = now();
  if (row === undefined) throw new Error("the server says nothing of itself");
  const product = /mariadb/i.test(row.version + row.comment) ? "MariaDB" : "MySQL";
  return {
    product,
    version: row.version,
    supported: isSupported(product, row.version),
    database: db.name,
    user: row.user,
    clockSkewMs: Math.round(row.now.getTime() - (before + after) / 2),
    complaints: await complaintsOf(db, row),
  };
};

export const isSupported = (product: "MariaDB" | "MySQL", version: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST[product];
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
};

const complaintsOf = async (db: Database, { max_allowed_packet }: FactsRow): Promise<string[]> => {
  const complaints: string[] = [];
  // Newer MySQL has lost this setting, and asking for it by name would be an error.
  const [format] = await db.rows<{ Value: string }>("show variables like 'binlog_format'");
  const [logging] = await db.rows<{ Value: string }>("show variables like 'log_bin'");
  if (format?.Value === "STATEMENT" && logging?.Value === "ON") {
    complaints.push("binlog_format is STATEMENT, which refuses our writes (read committed): set it to MIXED or ROW");
  }
  if (max_allowed_packet < 4 * 1_048_576) {
    complaints.push("max_allowed_packet is below 4 MiB, and imports may be refused: set it to 16M or more");
  }
  return complaints;
};
