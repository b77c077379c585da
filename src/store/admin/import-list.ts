/**
 * Loads a list, whole or not at all.
 *
 * One rule to remember: everything is one transaction, so nobody sees a lead before all of them are there, and the
 * server itself undoes an import whose program died. Only the list's own row is written before, marked `loading`.
 */
import { listId, type CampaignId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, HeldConnection } from "../database.ts";
import { clippedOrNull, clipped, dateOf } from "../rows.ts";
import type { NumberHashKey } from "../number-key.ts";
import { lockName, takeLock } from "../named-lock.ts";
import { ImportHold } from "./import-hold.ts";
import { importChunk, type ImportedRow, type LeadToImport } from "./import-chunk.ts";
import { orTaken } from "./taken.ts";

export interface ListDraft {
  readonly campaignId: CampaignId;
  /** Unique within the campaign. */
  readonly name: string;
  readonly fileName: string | null;
  /** SHA-256 of the file, in hexadecimal. */
  readonly fileHash: string | null;
  readonly importedBy: string;
  /** Also when the leads become due. */
  readonly importedAt: Instant;
  /** For numbers that name none. */
  readonly defaultTimeZone: string | null;
}

export interface ImportCounts {
  readonly leadsLoaded: number;
  readonly numbersLoaded: number;
  /** Rows refused as duplicates. */
  readonly rowsDuplicate: number;
  readonly numbersSuppressed: number;
  readonly numbersTakenOut: number;
}

/** One import under way. Nothing of it is seen by anyone before `commit`. */
export interface ListImport {
  readonly listId: ListId;
  /** One entry a row, in the order given. When it rejects, the import is over: nothing was loaded. */
  add(rows: readonly LeadToImport[]): Promise<ImportedRow[]>;
  /** `rowsRead` and `rowsRejected` are the reader's own counts (without duplicates), kept with the list. */
  commit(counts: { readonly rowsRead: number; readonly rowsRejected: number }): Promise<ImportCounts>;
  /** Safe to call at any time, also after `commit`. */
  abort(): Promise<void>;
}

/** A statement of an import is larger than the daemon's, and nobody holds a phone meanwhile. */
const IMPORT_TIMEOUT_MS = 120_000;
/** For another import that is about to end. */
const LOCK_WAIT_SECONDS = 2;
const ROWS_MAX = 500;
/** A sixteenth of the smallest packet that a server of today accepts by default (MariaDB: 16 MiB). */
const BYTES_MAX = 1_048_576;

/** Rejects with `conflict` when the campaign has a list of that name, or another import into it is under way. */
export const beginImport = async (db: Database, list: ListDraft): Promise<ListImport> => {
  const connection = await db.hold({ queryTimeoutMs: IMPORT_TIMEOUT_MS });
  const lock = lockName(`import ${list.campaignId}`, db.name);
  try {
    // Two imports into one campaign would not see each other's numbers.
    if (!(await takeLock(connection, lock, LOCK_WAIT_SECONDS))) {
      throw new StoreError("conflict", "another import into this campaign is under way");
    }
    // We have the turn, so whoever left these is gone, and their leads with them.
    await connection.write("delete from list where campaign_id = ? and state = 'loading'", [list.campaignId]);
    const id = await addList(connection, list);
    await connection.write("start transaction");
    return new OpenImport(connection, lock, list, { id, hashKey: db.numberHashKey });
  } catch (error) {
    connection.discard();
    throw error;
  }
};

const addList = async (connection: HeldConnection, list: ListDraft): Promise<ListId> => {
  const { insertId } = await orTaken(
    `the campaign already has a list "${list.name}"`,
    connection.write(
      `insert into list (campaign_id, name, file_name, file_hash, imported_by, imported_at, default_time_zone, state)
       values (?, ?, ?, ?, ?, ?, ?, 'loading')`,
      [
        list.campaignId,
        list.name,
        clippedOrNull(list.fileName, 255),
        list.fileHash,
        clipped(list.importedBy, 100),
        dateOf(list.importedAt),
        list.defaultTimeZone,
      ],
    ),
  );
  return listId(insertId);
};

class OpenImport implements ListImport {
  readonly listId: ListId;
  readonly #hold: ImportHold;
  readonly #list: ListDraft;
  readonly #hashKey: NumberHashKey;
  #counts: ImportCounts = {
    leadsLoaded: 0,
    numbersLoaded: 0,
    rowsDuplicate: 0,
    numbersSuppressed: 0,
    numbersTakenOut: 0,
  };

  constructor(connection: HeldConnection, lock: string, list: ListDraft, own: { id: ListId; hashKey: NumberHashKey }) {
    this.#hold = new ImportHold(connection, lock);
    this.#hashKey = own.hashKey;
    this.#list = list;
    this.listId = own.id;
  }

  async add(rows: readonly LeadToImport[]): Promise<ImportedRow[]> {
    const results: ImportedRow[] = [];
    for (const chunk of chunksOf(rows)) results.push(...(await this.#hold.orOver(() => this.#addChunk(chunk))));
    return results;
  }

  async commit(read: { readonly rowsRead: number; readonly rowsRejected: number }): Promise<ImportCounts> {
    const { leadsLoaded, numbersLoaded, rowsDuplicate } = this.#counts;
    await this.#hold.orOver(async () => {
      await this.#hold.connection.write(
        `update list set state = 'ready', rows_read = ?, rows_rejected = ?, rows_duplicate = ?, leads_loaded = ?,
           numbers_loaded = ?
         where list_id = ?`,
        [read.rowsRead, read.rowsRejected, rowsDuplicate, leadsLoaded, numbersLoaded, this.listId],
      );
      await this.#hold.connection.write("commit");
    });
    await this.#hold.end();
    return this.#counts;
  }

  async abort(): Promise<void> {
    if (this.#hold.isOver) return;
    try {
      await this.#hold.connection.write("rollback");
      await this.#hold.connection.write("delete from list where list_id = ? and state = 'loading'", [this.listId]);
      await this.#hold.end();
    } catch {
      // The server undoes it when the connection is closed, and the next import removes the empty list.
      this.#hold.giveUp();
    }
  }

  async #addChunk(rows: readonly LeadToImport[]): Promise<ImportedRow[]> {
    const { campaignId, importedAt: at } = this.#list;
    const target = { campaignId, listId: this.listId, at, hashKey: this.#hashKey };
    const { results, numbersLoaded } = await importChunk(this.#hold.connection, target, rows);
    const noticed = (code: string): number =>
      results.reduce((sum, { notices }) => sum + notices.filter((notice) => notice.code === code).length, 0);
    const before = this.#counts;
    this.#counts = {
      leadsLoaded: before.leadsLoaded + results.filter(({ leadId }) => leadId !== null).length,
      numbersLoaded: before.numbersLoaded + numbersLoaded,
      rowsDuplicate: before.rowsDuplicate + results.filter(({ refused }) => refused !== null).length,
      numbersSuppressed: before.numbersSuppressed + noticed("number-suppressed"),
      numbersTakenOut: before.numbersTakenOut + noticed("number-taken-out"),
    };
    return results;
  }
}

/** So many rows, and not more bytes than fit into a statement with room to spare. */
const chunksOf = (rows: readonly LeadToImport[]): LeadToImport[][] => {
  const chunks: LeadToImport[][] = [];
  let chunk: LeadToImport[] = [];
  let bytes = 0;
  for (const row of rows) {
    // Four bytes for a character at most; names and keys are short beside the attributes.
    const size =
      1_000 + Object.entries(row.attributes).reduce((sum, [key, value]) => sum + 4 * (key.length + value.length), 0);
    if (chunk.length === ROWS_MAX || (chunk.length > 0 && bytes + size > BYTES_MAX)) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
};
