/** Numbers that may be presented on a trunk, and why they are ours. */
import type { Instant } from "../../domain/instant.ts";
import type { OwnedCliNumber } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf, instantOrNull } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export interface CliNumberRecord extends OwnedCliNumber {
  readonly addedBy: string;
}

interface CliNumberRow {
  readonly cli_number: string;
  readonly trunk: string;
  readonly proof: string;
  readonly added_by: string;
  readonly added_at: Date;
}

export const cliNumbers = async (db: Database): Promise<CliNumberRecord[]> => {
  const rows = await db.rows<CliNumberRow>(
    "select cli_number, trunk, proof, added_by, added_at from cli_number order by trunk, cli_number",
  );
  return rows.map((row) => ({
    cliNumber: row.cli_number,
    trunk: row.trunk,
    proof: row.proof,
    addedBy: row.added_by,
    addedAt: instantOf(row.added_at),
  }));
};

/** A new proof takes the place of the one before. True when the number was not on this trunk yet. */
export const putCliNumber = async (
  db: Database,
  { cliNumber, trunk, proof }: { readonly cliNumber: PhoneNumber; readonly trunk: string; readonly proof: string },
  who: Authority,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    const there = await tx.rows("select 1 from cli_number where cli_number = ? and trunk = ? for update", [
      cliNumber,
      trunk,
    ]);
    await tx.write(
      `insert into cli_number (cli_number, trunk, proof, added_by, added_at) values (?, ?, ?, ?, ?)
       on duplicate key update proof = ?, added_by = ?, added_at = ?`,
      [
        ...[cliNumber, trunk, clipped(proof, 500), clipped(who.by, 100), dateOf(who.at)],
        ...[clipped(proof, 500), clipped(who.by, 100), dateOf(who.at)],
      ],
    );
    return there.length === 0;
  });

export interface CliNumberUse {
  /** Campaigns on this trunk that present it and are running. */
  readonly running: readonly string[];
  /** The last call since `since` that presented it there; null for none. */
  readonly lastCallAt: Instant | null;
}

export const cliNumberUse = async (
  db: Database,
  cliNumber: string,
  trunk: string,
  since: Instant,
): Promise<CliNumberUse> => {
  const running = await db.rows<{ name: string }>(
    "select name from campaign where cli_number = ? and trunk = ? and desired_state = 'running' order by name",
    [cliNumber, trunk],
  );
  // Along the index of hours: attempts are not indexed by what they presented.
  const [last] = await db.rows<{ at: Date | null }>(
    `select straight_join max(a.decided_at) as at
     from campaign c join attempt a force index (attempt_by_hour)
       on a.campaign_id = c.campaign_id and a.decided_hour >= ?
     where a.cli_number = ? and a.trunk = ?`,
    [dateOf(since), cliNumber, trunk],
  );
  return { running: running.map(({ name }) => name), lastCallAt: instantOrNull(last?.at ?? null) };
};

/** False when it was not there. */
export const removeCliNumber = async (db: Database, cliNumber: string, trunk: string): Promise<boolean> =>
  (await db.write("delete from cli_number where cli_number = ? and trunk = ?", [cliNumber, trunk])).matched > 0;
