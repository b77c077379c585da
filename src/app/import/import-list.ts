/** Loads one list: rows in chunks, the next ones read while the last are written; refused rows into a file; an account of both. */
import type { CampaignId, ListId } from "../../domain/ids.ts";
import type { Rejection, RejectionCode } from "../../lead/import/rejection.ts";
import {
  beginImport,
  type Database,
  type DuplicatePolicy,
  type ImportCounts,
  type ImportedRow,
  type ImportProgress,
  type ListDraft,
  type ListImport,
} from "../../store/index.ts";
import { CliError } from "../cli-error.ts";
import { REFUSALS } from "./refusals.ts";
import type { FileRow, ListFile } from "./rows.ts";
import type { RejectFile, RejectMark } from "./reject-file.ts";

/** Large enough that round trips and commits do not count, small enough for two in memory. The database is busy with one for
 * some hundredths of a second. */
const CHUNK_ROWS = 1_000;

export interface ReaderAccount {
  readonly rowsRead: number;
  readonly rowsRejected: number;
  readonly rejectedByCode: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Numbers of rows that were loaded with another one. */
  readonly numbersLeftOut: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Loaded, and not dialled until somebody says where they are. */
  readonly numbersWithoutTimeZone: number;
}

/** With `numbersSuppressed` and `numbersTakenOut` of what was loaded: they are not dialled. */
export interface ImportAccount extends ReaderAccount, Omit<ImportCounts, "rowsDuplicate"> {
  /** Null when nothing could be loaded, and so nothing was. */
  readonly listId: ListId | null;
  /** Records that an earlier, interrupted run had settled. */
  readonly resumedAt: number;
  /** Why reading ended before the file did; only with `partial`. */
  readonly endedEarly: string | null;
}

export interface ImportOrder {
  readonly campaignId: CampaignId;
  readonly draft: ListDraft;
  /** 0 to 99; higher is dialled first. */
  readonly priority: number;
  readonly policy: DuplicatePolicy;
  /** What was loaded before a failure stays. */
  readonly partial: boolean;
  /** Over all that decides about the result; null for what cannot be gone on with. */
  readonly optionsHash: string | null;
}

/** What the import asks of whoever runs it. */
export interface ImportHelp {
  /** The file of refused rows: a new one, or that of an earlier run. Null when that is gone, and so the import begins anew. */
  openRejects(mark: RejectMark | null): RejectFile | null;
  /** Called when the import has begun, before the first row. */
  begun(about: { readonly resumedAt: number; readonly removed: readonly string[] }): void;
  /** So many rows are settled by now. */
  advanced(rows: number): void;
}

type GoodRow = Extract<FileRow, { kind: "lead" }>;
type Chunk = readonly FileRow[];

/**
 * All or nothing: a failure on the way leaves neither a lead nor a reject file behind. Only the death of the program
 * leaves what the very same import goes on with.
 */
export const importList = async (
  database: Database,
  order: ImportOrder,
  file: ListFile,
  help: ImportHelp,
): Promise<ImportAccount> => {
  let rejects: RejectFile | null = null;
  const loading = await beginImport(database, order.draft, {
    policy: order.policy,
    optionsHash: order.optionsHash,
    canGoOn: (progress) => (rejects = help.openRejects(markOf(progress))) !== null,
  });
  rejects ??= help.openRejects(null);
  if (rejects === null) throw new Error("a new file of refused rows can always be begun");
  const run = new Run(loading, order, {
    rejects,
    advanced: (rows) => {
      help.advanced(rows);
    },
  });
  help.begun({ resumedAt: loading.progress?.recordsDone ?? 0, removed: loading.removed });
  return run.load(file);
};

const markOf = ({ rejectsPart, rejectsBytes }: ImportProgress): RejectMark | null =>
  rejectsPart === null ? null : { part: rejectsPart, bytes: rejectsBytes };

/** Duplicates are among the rejected rows, by their codes. */
const shown = ({
  leadsLoaded,
  leadsChanged,
  numbersLoaded,
  rowsSkipped,
  numbersSuppressed,
  numbersTakenOut,
}: ImportCounts) => ({ leadsLoaded, leadsChanged, numbersLoaded, rowsSkipped, numbersSuppressed, numbersTakenOut });

const NOTHING_READ: ReaderAccount = {
  ...{ rowsRead: 0, rowsRejected: 0, rejectedByCode: {}, numbersLeftOut: {}, numbersWithoutTimeZone: 0 },
};

class Run {
  readonly #loading: ListImport;
  readonly #order: ImportOrder;
  readonly #rejects: RejectFile;
  readonly #resumedAt: number;
  #recordsDone: number;
  #account: ReaderAccount;
  /** Rows that no duplicate made refused. */
  #rowsUnreadable: number;
  readonly #advanced: (rows: number) => void;

  constructor(
    loading: ListImport,
    order: ImportOrder,
    { rejects, advanced }: { readonly rejects: RejectFile; readonly advanced: (rows: number) => void },
  ) {
    this.#advanced = advanced;
    this.#loading = loading;
    this.#order = order;
    this.#rejects = rejects;
    this.#resumedAt = loading.progress?.recordsDone ?? 0;
    this.#recordsDone = this.#resumedAt;
    const kept = loading.progress?.account as { account: ReaderAccount; rowsUnreadable: number } | undefined;
    this.#account = kept?.account ?? NOTHING_READ;
    this.#rowsUnreadable = kept?.rowsUnreadable ?? 0;
  }

  async load(file: ListFile): Promise<ImportAccount> {
    let endedEarly: string | null = null;
    try {
      try {
        await this.#chunks(file);
      } catch (error) {
        const keeps = this.#order.partial && error instanceof CliError && error.code === "file-changed";
        if (!keeps) throw error;
        endedEarly = error.message;
      }
      await this.#rejects.close();
      return await this.#end(endedEarly);
    } catch (error) {
      await this.#loading.abort().catch(() => undefined);
      await this.#rejects.discard().catch(() => undefined);
      throw error;
    }
  }

  async #end(endedEarly: string | null): Promise<ImportAccount> {
    const account = { ...this.#account, resumedAt: this.#resumedAt, endedEarly };
    const { leadsLoaded, leadsChanged, rowsSkipped } = this.#loading.counts;
    if (leadsLoaded + leadsChanged === 0) {
      await this.#loading.abort();
      const none = { leadsLoaded, leadsChanged, numbersLoaded: 0, numbersSuppressed: 0, numbersTakenOut: 0 };
      return { ...account, listId: null, ...none, rowsSkipped };
    }
    const counts = await this.#loading.commit({
      rowsRead: account.rowsRead,
      rowsRejected: this.#rowsUnreadable,
    });
    return { ...account, listId: this.#loading.listId, ...shown(counts) };
  }

  /** The next chunk is read while the last is written; never more than two are in memory. */
  async #chunks(file: ListFile): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    let chunk: FileRow[] = [];
    for await (const rows of file.rows(this.#resumedAt)) {
      for (const row of rows) {
        chunk.push(row);
        if (chunk.length < CHUNK_ROWS) continue;
        const full = chunk;
        chunk = [];
        await writing;
        writing = this.#write(full);
        // Heard of when it is waited for; until then it must not end the process.
        writing.catch(() => undefined);
      }
    }
    await writing;
    if (chunk.length > 0) await this.#write(chunk);
  }

  async #write(chunk: Chunk): Promise<void> {
    const good = chunk.filter((row): row is GoodRow => row.kind === "lead");
    const { priority } = this.#order;
    await this.#loading.add(
      // Name by name: objects made with a spread get a shape each (V8 11), and a million rows would be slow and large.
      good.map(({ line, lead: { externalKey, name, numbers, region, consent, attributes } }) => {
        return { line, externalKey, name, numbers, region, consent, attributes, priority };
      }),
      (results) => this.#settle(chunk, results),
    );
    this.#advanced(this.#account.rowsRead);
  }

  /** In the order of the file, whether the reader refused a row or the database. */
  async #settle(chunk: Chunk, results: readonly ImportedRow[]): Promise<ImportProgress> {
    const tally = new Tally(this.#account);
    let next = 0;
    for (const row of chunk) {
      tally.rowsRead += 1;
      if (row.kind === "refused") {
        this.#rowsUnreadable += 1;
        await this.#refuse(tally, row, row.rejection);
        continue;
      }
      const stored = results[next];
      next += 1;
      if (stored === undefined) throw new Error("the store answered fewer rows than it was given");
      if (stored.outcome === "refused" && stored.refused !== null) {
        await this.#refuse(tally, row, { code: stored.refused, reason: REFUSALS[stored.refused] });
      } else if (stored.outcome === "loaded") tally.loaded(row, stored);
    }
    this.#account = tally.account();
    this.#recordsDone = chunk.at(-1)?.record ?? this.#recordsDone;
    const mark = await this.#rejects.mark();
    return {
      recordsDone: this.#recordsDone,
      rejectsPart: mark?.part ?? null,
      rejectsBytes: mark?.bytes ?? 0,
      account: { account: this.#account, rowsUnreadable: this.#rowsUnreadable },
    };
  }

  async #refuse(tally: Tally, { line, fields }: FileRow, rejection: Rejection): Promise<void> {
    tally.refused(rejection.code);
    await this.#rejects.add(line, fields, rejection);
  }
}

type Counts = Partial<Record<RejectionCode, number>>;
const count = (counts: Counts, code: RejectionCode): void => {
  counts[code] = (counts[code] ?? 0) + 1;
};

/** Counts of one chunk on top of those before; kept only when the chunk is. */
class Tally {
  rowsRead: number;
  #rowsRejected: number;
  #withoutZone: number;
  readonly #byCode: Counts;
  readonly #leftOut: Counts;

  constructor(before: ReaderAccount) {
    this.rowsRead = before.rowsRead;
    this.#rowsRejected = before.rowsRejected;
    this.#withoutZone = before.numbersWithoutTimeZone;
    this.#byCode = { ...before.rejectedByCode };
    this.#leftOut = { ...before.numbersLeftOut };
  }

  refused(code: RejectionCode): void {
    this.#rowsRejected += 1;
    count(this.#byCode, code);
  }

  loaded(row: GoodRow, stored: ImportedRow): void {
    for (const { code } of row.leftOut) count(this.#leftOut, code);
    for (const { code } of stored.notices) {
      if (code !== "number-suppressed" && code !== "number-taken-out") count(this.#leftOut, code);
    }
    for (const { timeZone } of row.lead.numbers) if (timeZone === null) this.#withoutZone += 1;
  }

  account(): ReaderAccount {
    return {
      rowsRead: this.rowsRead,
      rowsRejected: this.#rowsRejected,
      rejectedByCode: this.#byCode,
      numbersLeftOut: this.#leftOut,
      numbersWithoutTimeZone: this.#withoutZone,
    };
  }
}
