/**
 * Loads a list, whole or not at all.
 *
 * One rule to remember: rows are committed some thousand at a time, and nobody sees them before the list's source is
 * `ready`. So an import that was cut off goes on where it was, and one that failed is removed without anybody having
 * taken a lead from it.
 */
import { listId, type CampaignId, type LeadId, type ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, HeldConnection } from "../database.ts";
import { lockName, takeLock } from "../named-lock.ts";
import { clipped, clippedOrNull, dateOf, jsonOf } from "../rows.ts";
import { ZoneIds } from "../time-zones.ts";
import { runAssignment } from "./assign.ts";
import { importChunk } from "./import-chunk.ts";
import { ImportHold } from "./import-hold.ts";
import { leadsAround } from "./import-known.ts";
import { ImportMemory } from "./import-memory.ts";
import {
  STRICT_DUPLICATES,
  type DuplicatePolicy,
  type ImportedRow,
  type ImportTarget,
  type LeadToImport,
} from "./import-types.ts";
import { addSourceOf } from "./import-source.ts";
import {
  remembered,
  removeUnfinished,
  unfinishedImports,
  type ImportProgress,
  type UnfinishedImport,
} from "./import-unfinished.ts";
import { changeLead } from "./lead-change.ts";
import { openListSource } from "./sources.ts";
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

export interface ImportWishes {
  readonly policy?: DuplicatePolicy;
  /** SHA-256 over all that decides about the result; null, or left out, for an import that cannot be gone on with. */
  readonly optionsHash?: string | null;
  /** Asked about an earlier run of the very same import; without, or false, it begins anew. */
  readonly canGoOn?: (progress: ImportProgress) => boolean;
}

export interface ImportCounts {
  readonly leadsLoaded: number;
  readonly numbersLoaded: number;
  /** Rows refused as duplicates. */
  readonly rowsDuplicate: number;
  /** Duplicates that were passed over by wish. */
  readonly rowsSkipped: number;
  /** Rows that changed a lead that was there. */
  readonly leadsChanged: number;
  readonly numbersSuppressed: number;
  readonly numbersTakenOut: number;
}

const NOTHING: ImportCounts = {
  ...{ leadsLoaded: 0, numbersLoaded: 0, rowsDuplicate: 0, rowsSkipped: 0, leadsChanged: 0 },
  ...{ numbersSuppressed: 0, numbersTakenOut: 0 },
};

/** One import under way. Nothing of it is seen by anyone before `commit`. */
export interface ListImport {
  readonly listId: ListId;
  /** Where an earlier run stopped; null for a beginning. */
  readonly progress: ImportProgress | null;
  /** What is loaded so far. */
  readonly counts: ImportCounts;
  /** Names of unfinished imports into this campaign that were removed to make room. */
  readonly removed: readonly string[];
  /**
   * One entry a row, in the order given. `settle` is called before they are durable, with what became of them, and says
   * where to go on after them. When it rejects, the import is over.
   */
  add(
    rows: readonly LeadToImport[],
    settle?: (results: readonly ImportedRow[]) => Promise<ImportProgress>,
  ): Promise<ImportedRow[]>;
  /** `rowsRead` and `rowsRejected` are the reader's own counts (without duplicates), kept with the list. */
  commit(counts: { readonly rowsRead: number; readonly rowsRejected: number }): Promise<ImportCounts>;
  /** Removes what was loaded. Safe to call at any time, also after `commit`. */
  abort(): Promise<void>;
}

/** A statement of an import is larger than the daemon's, and nobody holds a phone meanwhile. */
const IMPORT_TIMEOUT_MS = 120_000;
/** For another import that is about to end. */
const LOCK_WAIT_SECONDS = 2;
const ROWS_MAX = 2_000;
/** A quarter of the smallest packet that a server of today accepts by default (MariaDB: 16 MiB). */
const BYTES_MAX = 4_194_304;
const CHANGES_AT_ONCE = 500;

/** Rejects with `conflict` when the campaign has a list of that name, or another import into it is under way. */
export const beginImport = async (db: Database, list: ListDraft, wishes: ImportWishes = {}): Promise<ListImport> => {
  const connection = await db.hold({ queryTimeoutMs: IMPORT_TIMEOUT_MS });
  const lock = lockName(`import ${list.campaignId}`, db.name);
  try {
    // Two imports into one campaign would not see each other's numbers.
    if (!(await takeLock(connection, lock, LOCK_WAIT_SECONDS))) {
      throw new StoreError("conflict", "another import into this campaign is under way");
    }
    await connection.write("insert ignore into import_gate (campaign_id) values (?)", [list.campaignId]);
    // We have the turn, so whoever left these is gone.
    const unfinished = await unfinishedImports(connection, list.campaignId);
    const same = unfinished.find((one) => isSame(one, list, wishes));
    const others = unfinished.filter((one) => one !== same);
    for (const other of others) await removeUnfinished(connection, list.campaignId, other.listId);
    const begun = same === undefined ? await begin(connection, list, wishes) : await goOn(db, list, same);
    return new OpenImport(db, new ImportHold(connection, lock), {
      ...begun,
      list: { ...list, importedAt: same?.importedAt ?? list.importedAt },
      policy: wishes.policy ?? STRICT_DUPLICATES,
      removed: others.map(({ name }) => name),
      sourceId: await addSourceOf(connection, list, begun.id),
    });
  } catch (error) {
    connection.discard();
    throw error;
  }
};

const isSame = (
  { name, optionsHash, progress }: UnfinishedImport,
  list: ListDraft,
  { optionsHash: wanted = null, canGoOn = () => false }: ImportWishes,
): boolean => wanted !== null && optionsHash === wanted && name === list.name && canGoOn(progress);

type Begun = Pick<Opened, "id" | "memory" | "progress" | "counts">;

const begin = async (connection: HeldConnection, list: ListDraft, { optionsHash }: ImportWishes): Promise<Begun> => {
  const id = await addList(connection, list);
  await connection.write(
    `insert into list_import (list_id, options_hash, account, began_at, changed_at) values (?, ?, '{}', ?, ?)`,
    [id, optionsHash ?? null, dateOf(list.importedAt), dateOf(list.importedAt)],
  );
  return { id, memory: new ImportMemory(), progress: null, counts: NOTHING };
};

const goOn = async (
  db: Database,
  list: ListDraft,
  { listId: id, progress, counts }: UnfinishedImport,
): Promise<Begun> => ({
  id,
  memory: await remembered(db, list.campaignId, id),
  progress,
  counts: { ...NOTHING, ...(counts as Partial<ImportCounts> | undefined) },
});

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

interface Opened {
  readonly id: ListId;
  readonly list: ListDraft;
  readonly policy: DuplicatePolicy;
  readonly sourceId: number;
  readonly memory: ImportMemory;
  readonly progress: ImportProgress | null;
  readonly counts: ImportCounts;
  readonly removed: readonly string[];
}

class OpenImport implements ListImport {
  readonly listId: ListId;
  readonly progress: ImportProgress | null;
  readonly removed: readonly string[];
  readonly #db: Database;
  readonly #hold: ImportHold;
  readonly #target: ImportTarget;
  readonly #memory: ImportMemory;
  readonly #zones: ZoneIds;
  #counts: ImportCounts;
  #isDone = false;

  constructor(
    db: Database,
    hold: ImportHold,
    { id, list, policy, sourceId, memory, progress, counts, removed }: Opened,
  ) {
    this.#db = db;
    this.#hold = hold;
    this.listId = id;
    this.progress = progress;
    this.removed = removed;
    this.#memory = memory;
    this.#zones = new ZoneIds(db);
    this.#counts = counts;
    const { campaignId, importedAt: at, defaultTimeZone } = list;
    this.#target = { campaignId, listId: id, sourceId, at, hashKey: db.numberHashKey, defaultTimeZone, policy };
  }

  get counts(): ImportCounts {
    return this.#counts;
  }

  async add(
    rows: readonly LeadToImport[],
    settle?: (results: readonly ImportedRow[]) => Promise<ImportProgress>,
  ): Promise<ImportedRow[]> {
    const results: ImportedRow[] = [];
    await this.#zones.learn([
      this.#target.defaultTimeZone,
      ...rows.flatMap(({ numbers }) => numbers.map(({ timeZone }) => timeZone)),
    ]);
    await this.#hold.orOver(async () => {
      const { connection: tx } = this.#hold;
      await tx.write("start transaction");
      await tx.rows("select 1 from import_gate where campaign_id = ? for update", [this.#target.campaignId]);
      const around = await leadsAround(tx, this.#target);
      for (const chunk of chunksOf(rows)) {
        const needs = { target: this.#target, around, memory: this.#memory, zones: this.#zones };
        const { results: some, numbersLoaded } = await importChunk(tx, needs, chunk);
        results.push(...some);
        this.#count(some, numbersLoaded);
      }
      if (settle !== undefined) await this.#mark(await settle(results));
      await tx.write("commit");
    });
    return results;
  }

  async commit(read: { readonly rowsRead: number; readonly rowsRejected: number }): Promise<ImportCounts> {
    const { leadsLoaded, numbersLoaded, rowsDuplicate } = this.#counts;
    const sorts = await this.#hold.orOver(async () => {
      await this.#applyChanges();
      const { connection: tx } = this.#hold;
      await tx.write("start transaction");
      await tx.write(
        `update list set state = 'ready', rows_read = ?, rows_rejected = ?, rows_duplicate = ?, leads_loaded = ?,
           numbers_loaded = ?
         where list_id = ?`,
        [read.rowsRead, read.rowsRejected, rowsDuplicate, leadsLoaded, numbersLoaded, this.listId],
      );
      const others = await openListSource(tx, this.#target.campaignId, this.listId, this.#target.at);
      await tx.write("delete from list_import where list_id = ?", [this.listId]);
      await tx.write("commit");
      return others;
    });
    this.#isDone = true;
    await this.#hold.end();
    // Other sources may take its leads, or some of them: also those that were made while it was loading.
    if (sorts) {
      await runAssignment(this.#db, this.#target.campaignId, { now: () => this.#target.at });
    }
    return this.#counts;
  }

  async abort(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    try {
      if (this.#hold.isOver) await removeUnfinished(this.#db, this.#target.campaignId, this.listId);
      else {
        await removeUnfinished(this.#hold.connection, this.#target.campaignId, this.listId);
        await this.#hold.end();
      }
    } catch {
      // Nobody sees it, and the next import into the campaign removes it.
      if (!this.#hold.isOver) this.#hold.giveUp();
    }
  }

  async #mark({ recordsDone, rejectsPart, rejectsBytes, account }: ImportProgress): Promise<void> {
    await this.#hold.connection.write(
      `update list_import set records_done = ?, rejects_part = ?, rejects_bytes = ?, account = ?,
         changed_at = utc_timestamp(3)
       where list_id = ?`,
      [recordsDone, rejectsPart, rejectsBytes, jsonOf({ reader: account, counts: this.#counts }), this.listId],
    );
  }

  /** Each with its own row in the same transaction, so that it is done once, whoever ends us on the way. */
  async #applyChanges(): Promise<void> {
    const { connection: tx } = this.#hold;
    for (;;) {
      const changes = await tx.rows<{ line: number; lead_id: number; lead_row: string }>(
        "select line, lead_id, lead_row from list_import_change where list_id = ? order by line limit ?",
        [this.listId, CHANGES_AT_ONCE],
      );
      if (changes.length === 0) return;
      await tx.write("start transaction");
      await tx.rows("select 1 from import_gate where campaign_id = ? for update", [this.#target.campaignId]);
      for (const { lead_id, lead_row } of changes) {
        const row = JSON.parse(lead_row) as LeadToImport;
        await this.#zones.learn(row.numbers.map(({ timeZone }) => timeZone));
        const { at, hashKey, defaultTimeZone } = this.#target;
        const change = { leadId: lead_id as LeadId, row, at, hashKey, zones: this.#zones, defaultTimeZone };
        await changeLead(tx, { ...change, row: { ...row, priority: null } });
      }
      await tx.write("delete from list_import_change where list_id = ? and line in (?)", [
        this.listId,
        changes.map(({ line }) => line),
      ]);
      await tx.write("commit");
    }
  }

  #count(results: readonly ImportedRow[], numbersLoaded: number): void {
    const of = (outcome: ImportedRow["outcome"]): number => results.filter((row) => row.outcome === outcome).length;
    const noticed = (code: string): number =>
      results.reduce((sum, { notices }) => sum + notices.filter((notice) => notice.code === code).length, 0);
    const before = this.#counts;
    this.#counts = {
      leadsLoaded: before.leadsLoaded + of("loaded"),
      numbersLoaded: before.numbersLoaded + numbersLoaded,
      rowsDuplicate: before.rowsDuplicate + of("refused"),
      rowsSkipped: before.rowsSkipped + of("skipped"),
      leadsChanged: before.leadsChanged + of("changed"),
      numbersSuppressed: before.numbersSuppressed + noticed("number-suppressed"),
      numbersTakenOut: before.numbersTakenOut + noticed("number-taken-out"),
    };
  }
}

/** So many rows, and not more bytes than fit into a statement with room to spare. */
const chunksOf = (rows: readonly LeadToImport[]): LeadToImport[][] => {
  const chunks: LeadToImport[][] = [];
  let chunk: LeadToImport[] = [];
  let bytes = 0;
  for (const row of rows) {
    // Four bytes for a character at most; names and keys are short beside the attributes.
    let size = 1_000;
    for (const key in row.attributes) size += 4 * (key.length + (row.attributes[key]?.length ?? 0));
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
