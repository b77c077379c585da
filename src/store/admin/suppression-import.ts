/**
 * Suppresses the numbers of a file, all of them or none, at one moment.
 *
 * One rule to remember: what is read goes into a table of this connection's own, and one statement takes it over. So
 * nobody waits for a file to be read, nobody sees half of it, and a program that dies leaves nothing.
 */
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, HeldConnection } from "../database.ts";
import { DatabaseError } from "../errors.ts";
import { clipped, clippedOrNull, dateOf } from "../rows.ts";
import type { SuppressionDraft } from "./suppressions.ts";

export type SuppressionImportDraft = Omit<SuppressionDraft, "number">;

export interface SuppressionImport {
  /** Keys as `numberKeyOf` makes them; up to some thousand at a time, in any order, repeated or not. */
  add(keys: readonly string[]): Promise<void>;
  /** Counts are of different numbers. */
  commit(at: Instant): Promise<{ readonly numbers: number; readonly added: number }>;
  /** Safe to call at any time, also after `commit`. */
  abort(): void;
}

/** While others write the same numbers: it has taken minutes to get here, and waits a little more. */
const TRIES_MAX = 10;

export const beginSuppressionImport = async (
  db: Database,
  draft: SuppressionImportDraft,
): Promise<SuppressionImport> => {
  const connection = await db.hold({ queryTimeoutMs: null });
  try {
    await connection.write("drop temporary table if exists suppression_loading");
    await connection.write(
      `create temporary table suppression_loading (
         number_key varchar(72) character set ascii collate ascii_bin not null,
         primary key (number_key)
       ) engine = innodb`,
    );
    return new OpenSuppressionImport(connection, draft);
  } catch (error) {
    connection.discard();
    throw error;
  }
};

class OpenSuppressionImport implements SuppressionImport {
  readonly #connection: HeldConnection;
  readonly #draft: SuppressionImportDraft;
  #numbers = 0;
  #over = false;

  constructor(connection: HeldConnection, draft: SuppressionImportDraft) {
    this.#connection = connection;
    this.#draft = draft;
  }

  async add(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { matched } = await this.#orOver(() =>
      this.#connection.write("insert ignore into suppression_loading (number_key) values ?", [
        keys.map((key) => [key]),
      ]),
    );
    this.#numbers += matched;
  }

  async commit(at: Instant): Promise<{ readonly numbers: number; readonly added: number }> {
    const { principal = "", reason, source, channel = null, actor = null } = this.#draft;
    const added = await this.#orOver(() =>
      this.#patiently(async () => {
        // "ignore": whoever is on the list keeps their first reason.
        const { matched } = await this.#connection.write(
          `insert ignore into suppression (e164, principal, reason, source, channel, actor, added_at)
           select number_key, ?, ?, ?, ?, ?, ? from suppression_loading order by number_key`,
          [
            ...[clipped(principal, 100), clipped(reason, 64), clipped(source, 200)],
            ...[clippedOrNull(channel, 32), clippedOrNull(actor, 100), dateOf(at)],
          ],
        );
        return matched;
      }),
    );
    this.abort();
    return { numbers: this.#numbers, added };
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    // The table goes with the connection.
    this.#connection.discard();
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (tries === TRIES_MAX || !(error instanceof DatabaseError) || error.trouble !== "locked") throw error;
      }
    }
  }

  async #orOver<T>(work: () => Promise<T>): Promise<T> {
    if (this.#over) throw new StoreError("broken", "this import is over");
    try {
      return await work();
    } catch (error) {
      this.abort();
      throw error;
    }
  }
}
