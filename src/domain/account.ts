/**
 * The abandon account: whole counts of what became of calls that were answered, from which each regime's rate is
 * computed. Counts only, never rates; a call is one entry, or none.
 */
import type { DispositionKind } from "./disposition.ts";

export const ACCOUNT_ENTRIES = [
  /** A live person passed to an agent in time. */
  "connected",
  /** Passed to an agent, later than the clock allows. */
  "connectedLate",
  /** Passed to an agent, who says it was a machine. */
  "machineToAgent",
  /** Ended by us for want of an agent, the message begun in time. */
  "abandonedWithMessage",
  /** Nothing was heard in time. */
  "silent",
  /** They left before anybody was owed to them. */
  "hungUpEarly",
  /** A machine by AMD's verdict, and dropped. */
  "machineDropped",
  /** Cancelled by us before it had rung for the least time. Nobody answered: in no rate, but a breach of its own. */
  "cancelledShort",
] as const;
export type AccountEntry = (typeof ACCOUNT_ENTRIES)[number];

export type AccountCounts = Readonly<Record<AccountEntry, number>>;

export const NO_COUNTS: AccountCounts = {
  connected: 0,
  connectedLate: 0,
  machineToAgent: 0,
  abandonedWithMessage: 0,
  silent: 0,
  hungUpEarly: 0,
  machineDropped: 0,
  cancelledShort: 0,
};

/** A whole local day of the profile's zone, `YYYY-MM-DD`. */
export type AccountDay = string;

/** Which rows are added up: null for all of them. Days are inclusive. */
export interface AccountScope {
  readonly campaignId: number | null;
  readonly centre: string | null;
  readonly fromDay: AccountDay;
  readonly toDay: AccountDay;
}

export interface AccountReading {
  readonly scope: AccountScope;
  readonly counts: AccountCounts;
  /** Attempts of this scope in flight that were placed beyond the agents there were, on all nodes. */
  readonly overdialInFlight: number;
}

/** What an agent's word makes of an entry: only calls that reached an agent can turn out to have been machines. */
export const entryAfterDisposition = (entry: AccountEntry | null, kind: DispositionKind): AccountEntry | null => {
  const isMachine = kind === "machine-reported" || kind === "machine-callback";
  if (entry === "connected" || entry === "connectedLate") return isMachine ? "machineToAgent" : entry;
  return entry;
};
