/** What a node may call and spend, as its configuration says it. */
import type { PhoneNumber } from "../../domain/phone-number.ts";

/** What this node may call, and may spend on it. */
export interface TollGuard {
  /** ISO 3166-1; null for whatever a campaign's profile covers. */
  readonly countries: readonly string[] | null;
  /** Special kinds of numbers that may be called all the same, e.g. `SHARED_COST`. */
  readonly typesAllowed: readonly string[];
  /** In millionths, on this node; null for no bound. */
  readonly spendPerHourMax: number | null;
  /** A minute's price, in millionths; null for a number that no rate is given for. */
  rateOf(number: PhoneNumber): number | null;
}

/** For who places nothing. */
export const UNBOUNDED: TollGuard = { countries: null, typesAllowed: [], spendPerHourMax: null, rateOf: () => null };
