/** Loads one list: rows in batches into one transaction, refused rows into a file, and an account of both. */
import type { CampaignId, ListId } from "../../domain/ids.ts";
import type { Rejection, RejectionCode } from "../../lead/import/rejection.ts";
import { beginImport, type Database, type ImportedRow, type ImportRefusal, type ListDraft } from "../../store/index.ts";
import type { FileRow } from "./rows.ts";
import type { RejectFile } from "./reject-file.ts";

/** Large enough that round trips do not count, small enough for one statement. */
const BATCH_ROWS = 500;

export interface ImportAccount {
  /** Null when nothing could be loaded, and so nothing was. */
  readonly listId: ListId | null;
  readonly rowsRead: number;
  readonly leadsLoaded: number;
  readonly numbersLoaded: number;
  readonly rowsRejected: number;
  readonly rejectedByCode: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Numbers of rows that were loaded with another one. */
  readonly numbersLeftOut: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Loaded, and not dialled while their suppression lasts. */
  readonly numbersSuppressed: number;
  /** Loaded with the status that they had: they do not exist any more. */
  readonly numbersTakenOut: number;
  /** Loaded, and not dialled until somebody says where they are. */
  readonly numbersWithoutTimeZone: number;
}

const REFUSALS: Readonly<Record<ImportRefusal, string>> = {
  "duplicate-number-in-file": "another row of this file has the same number",
  "duplicate-key-in-file": "another row of this file has the same key",
  "duplicate-number-in-campaign": "another lead of this campaign has the same number",
  "duplicate-key-in-campaign": "another lead of this campaign has the same key",
};

type Counts = Partial<Record<RejectionCode, number>>;
const count = (counts: Counts, code: RejectionCode): void => {
  counts[code] = (counts[code] ?? 0) + 1;
};

type GoodRow = Extract<FileRow, { kind: "lead" }>;

export interface ImportOrder {
  readonly campaignId: CampaignId;
  readonly draft: ListDraft;
  /** 0 to 99; higher is dialled first. */
  readonly priority: number;
}

/** All or nothing: a failure on the way leaves neither a lead nor a reject file behind. */
export const importList = async (
  database: Database,
  { draft, priority }: ImportOrder,
  rows: AsyncIterable<FileRow>,
  rejects: RejectFile,
): Promise<ImportAccount> => {
  const rejectedByCode: Counts = {};
  const numbersLeftOut: Counts = {};
  let rowsRead = 0;
  let rowsUnreadable = 0;
  let numbersWithoutTimeZone = 0;
  let leadsLoaded = 0;

  const refuse = async (row: Pick<FileRow, "line" | "fields">, rejection: Rejection): Promise<void> => {
    count(rejectedByCode, rejection.code);
    await rejects.add(row.line, row.fields, rejection);
  };
  const settle = async (row: GoodRow, stored: ImportedRow): Promise<void> => {
    if (stored.refused !== null) {
      await refuse(row, { code: stored.refused, reason: REFUSALS[stored.refused] });
      return;
    }
    leadsLoaded += 1;
    for (const { code } of row.leftOut) count(numbersLeftOut, code);
    for (const { code } of stored.notices) {
      if (code !== "number-suppressed" && code !== "number-taken-out") count(numbersLeftOut, code);
    }
    numbersWithoutTimeZone += row.lead.numbers.filter(({ timeZone }) => timeZone === null).length;
  };

  const loading = await beginImport(database, draft);
  const load = async (batch: readonly GoodRow[]): Promise<void> => {
    if (batch.length === 0) return;
    const stored = await loading.add(batch.map(({ line, lead }) => ({ line, ...lead, priority })));
    for (const [index, row] of batch.entries()) {
      const result = stored[index];
      if (result === undefined) throw new Error("the store answered fewer rows than it was given");
      await settle(row, result);
    }
  };

  try {
    let batch: GoodRow[] = [];
    for await (const row of rows) {
      rowsRead += 1;
      if (row.kind === "refused") {
        rowsUnreadable += 1;
        await refuse(row, row.rejection);
        continue;
      }
      batch.push(row);
      if (batch.length < BATCH_ROWS) continue;
      await load(batch);
      batch = [];
    }
    await load(batch);
    await rejects.close();
    const rowsRejected = rowsRead - leadsLoaded;
    const account = { rowsRead, rowsRejected, rejectedByCode, numbersLeftOut, numbersWithoutTimeZone };
    if (leadsLoaded === 0) {
      await loading.abort();
      const none = { leadsLoaded, numbersLoaded: 0, numbersSuppressed: 0, numbersTakenOut: 0 };
      return { ...account, listId: null, ...none };
    }
    const { numbersLoaded, numbersSuppressed, numbersTakenOut } = await loading.commit({
      rowsRead,
      rowsRejected: rowsUnreadable,
    });
    return { ...account, listId: loading.listId, leadsLoaded, numbersLoaded, numbersSuppressed, numbersTakenOut };
  } catch (error) {
    await loading.abort().catch(() => undefined);
    await rejects.discard().catch(() => undefined);
    throw error;
  }
};
