/** The words of an import: what comes in, by which policy, and what became of it. */
import type { CampaignId, LeadId, ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { NumberKind } from "../../domain/lead.ts";
import type { Consent } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { RejectionCode } from "../../lead/import/rejection.ts";
import type { NumberHashKey } from "../number-key.ts";

export interface NumberToImport {
  readonly number: PhoneNumber;
  readonly type: string;
  /** `other` when left out. */
  readonly kind?: NumberKind;
  readonly timeZone: string | null;
  /** ISO 3166-1; null or left out where its range tells no single one. */
  readonly country?: string | null;
}

export interface LeadToImport {
  /** In the file, counted from 1; unique within the list. */
  readonly line: number;
  readonly externalKey: string | null;
  readonly name: string | null;
  /** 0 to 255; higher is dialled first. A few different ones, not one for each lead: a claim looks at each. */
  readonly priority: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** State, province or nation, ISO 3166-2 or its last part; null or left out when the list does not say. */
  readonly region?: string | null;
  readonly consent?: Consent | null;
  /** The one to try first in front; never empty. */
  readonly numbers: readonly NumberToImport[];
}

export const DUPLICATE_SCOPES = ["file", "list", "campaign", "all"] as const;
export const DUPLICATE_BY = ["number", "key", "both"] as const;
export const ON_DUPLICATE = ["reject", "update", "skip"] as const;

export interface DuplicatePolicy {
  /** Where another lead is looked for. A file makes a list of its own, so for files `list` is `file`. */
  readonly scope: (typeof DUPLICATE_SCOPES)[number];
  readonly by: (typeof DUPLICATE_BY)[number];
  /** `update` is for leads of the campaign that have the row's key; what has another's number is refused. */
  readonly onDuplicate: (typeof ON_DUPLICATE)[number];
}

export const STRICT_DUPLICATES: DuplicatePolicy = { scope: "campaign", by: "both", onDuplicate: "reject" };

export type ImportRefusal = Extract<
  RejectionCode,
  | "duplicate-number-in-file"
  | "duplicate-key-in-file"
  | "duplicate-number-in-campaign"
  | "duplicate-key-in-campaign"
  | "duplicate-number-elsewhere"
  | "duplicate-key-elsewhere"
>;

export type ImportNotice = ImportRefusal | Extract<RejectionCode, "number-suppressed" | "number-taken-out">;

export interface ImportedRow {
  readonly line: number;
  /** Null when the row made no lead. */
  readonly leadId: LeadId | null;
  /** `changed`: a lead that was there takes the row's name, numbers and attributes when the whole file has been read. */
  readonly outcome: "loaded" | "refused" | "skipped" | "changed";
  /** Null unless refused or skipped. */
  readonly refused: ImportRefusal | null;
  /**
   * Numbers worth a word: left out because another lead has them; on a suppression list (kept, and not dialled while
   * it is there); or taken out for good (kept with that status; a lead with no other number is done).
   */
  readonly notices: readonly { readonly number: PhoneNumber; readonly code: ImportNotice }[];
}

export interface ImportTarget {
  readonly campaignId: CampaignId;
  readonly listId: ListId;
  /** 0 where the campaign's own sources will take them. */
  readonly sourceId: number;
  readonly at: Instant;
  /** Suppressions and the like may be kept by hash. */
  readonly hashKey: NumberHashKey;
  readonly defaultTimeZone: string | null;
  readonly policy: DuplicatePolicy;
}
