/** Lasting noes. Looked up whenever a lead is claimed. */
import type { Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database } from "../database.ts";

export interface SuppressionDraft {
  readonly number: PhoneNumber;
  /** `opt-out`, `dnc`, … in the manager's own words; up to 64 characters. */
  readonly reason: string;
  /** Where it came from: a file, an attempt, a person. */
  readonly source: string;
}

export interface Suppression extends SuppressionDraft {
  readonly addedAt: Instant;
}

/** Returns how many were new; the others keep their first reason. */
export const addSuppressions = async (
  _db: Database,
  _suppressions: readonly SuppressionDraft[],
  _at: Instant,
): Promise<number> => {
  throw new Error("not built");
};

/** False when the number was not suppressed. */
export const removeSuppression = async (_db: Database, _number: PhoneNumber): Promise<boolean> => {
  throw new Error("not built");
};

export const findSuppression = async (_db: Database, _number: PhoneNumber): Promise<Suppression | null> => {
  throw new Error("not built");
};
