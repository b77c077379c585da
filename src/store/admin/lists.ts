/** Loads lists, whole or not at all, and tells how far they have been worked. */
import type { CampaignId, LeadId, ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { RejectionCode } from "../../lead/import/rejection.ts";
import type { Database } from "../database.ts";
import type { LeadCounts } from "./campaigns.ts";

export interface ListDraft {
  readonly campaignId: CampaignId;
  /** Unique within the campaign. */
  readonly name: string;
  readonly fileName: string | null;
  /** SHA-256 of the file, in hexadecimal. */
  readonly fileHash: string | null;
  readonly importedBy: string;
  readonly importedAt: Instant;
  /** For leads and numbers that name none. */
  readonly defaultTimeZone: string | null;
}

export interface LeadToImport {
  /** In the file, counted from 1; unique within the list. */
  readonly line: number;
  readonly externalKey: string | null;
  readonly name: string | null;
  /** 0 to 99; higher is dialled first. */
  readonly priority: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** The one to try first in front; never empty. */
  readonly numbers: readonly {
    readonly number: PhoneNumber;
    readonly type: string;
    readonly timeZone: string | null;
  }[];
}

export type ImportRefusal = Extract<
  RejectionCode,
  "duplicate-number-in-file" | "duplicate-key-in-file" | "duplicate-number-in-campaign" | "duplicate-key-in-campaign"
>;

export interface ImportedRow {
  readonly line: number;
  /** Null when the row was refused. */
  readonly leadId: LeadId | null;
  readonly refused: ImportRefusal | null;
  /**
   * Numbers worth a word, though the row was loaded: left out because another lead has them, on a suppression list
   * (kept, never dialled while it is there), or taken out for good (kept with that status; a lead with no other is done).
   */
  readonly notices: readonly {
    readonly number: PhoneNumber;
    readonly code: ImportRefusal | Extract<RejectionCode, "number-suppressed" | "number-taken-out">;
  }[];
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
  /** One entry a row, in the order given. */
  add(rows: readonly LeadToImport[]): Promise<ImportedRow[]>;
  /** `rowsRead` and `rowsRejected` are the reader's own counts (without duplicates), kept with the list. */
  commit(counts: { readonly rowsRead: number; readonly rowsRejected: number }): Promise<ImportCounts>;
  /** Safe to call at any time, also after `commit`. */
  abort(): Promise<void>;
}

/** Rejects with `conflict` when the campaign has a list of that name, or another import into it is under way. */
export const beginImport = async (_db: Database, _list: ListDraft): Promise<ListImport> => {
  throw new Error("not built");
};

export interface ListSummary {
  readonly listId: ListId;
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly name: string;
  readonly fileName: string | null;
  readonly fileHash: string | null;
  readonly importedBy: string;
  readonly importedAt: Instant;
  readonly defaultTimeZone: string | null;
  readonly rowsRead: number;
  readonly rowsRejected: number;
  readonly rowsDuplicate: number;
  readonly leadsLoaded: number;
  readonly numbersLoaded: number;
  readonly leads: LeadCounts;
}

/** Newest first. */
export const listSummaries = async (_db: Database, _at: Instant, _campaignId?: CampaignId): Promise<ListSummary[]> => {
  throw new Error("not built");
};

/** A list of the same campaign that came from the same file, if any: worth a question before loading it again. */
export const findListByHash = async (
  _db: Database,
  _campaignId: CampaignId,
  _fileHash: string,
): Promise<{ readonly listId: ListId; readonly name: string; readonly importedAt: Instant } | null> => {
  throw new Error("not built");
};

export const listNames = async (_db: Database, _campaignId: CampaignId): Promise<string[]> => {
  throw new Error("not built");
};
