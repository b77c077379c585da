/** How far a campaign may dial beyond its agents at this moment, and on what grounds. */
import type { AccountReading } from "../../domain/account.ts";
import type { AbandonWindow } from "../../pacing/bank.ts";
import type { InsertGuard } from "../ports.ts";

export const ALLOWANCE_CODES = [
  "free",
  "account-unread",
  "abandon-level",
  "abandon-stop",
  "no-target",
  "last-abandon",
  "abandon-debt",
] as const;
export type AllowanceCode = (typeof ALLOWANCE_CODES)[number];

export interface Allowance {
  /** `free`: as many as pacing wants. `oneToOne`: no more calls than agents. `reserved`: each call has an agent of its own. */
  readonly mode: "free" | "oneToOne" | "reserved";
  /** What feeds the bank of abandons; null where nothing was read yet. */
  readonly bank: {
    readonly counts: { readonly liveAnswers: number; readonly abandoned: number };
    readonly targetBasisPoints: number;
  } | null;
  /** Further calls that may go beyond the agents, in whole abandons; null where the gate does not count them one by one. */
  readonly credit: number | null;
  /** What decides the mode, in a word; `free` where nothing holds overdialling back. */
  readonly code: AllowanceCode;
  /** In words, for whoever asks what holds pacing back. */
  readonly because: string;
  readonly readings: readonly AccountReading[];
  /** The same as pacing sees them, the tightest to be obeyed; empty where nothing was read. */
  readonly windows: readonly AbandonWindow[];
  /** Asked once more inside the transaction that writes overdialled rows. */
  readonly guard: InsertGuard["overdial"];
}

/** Unknown is no. */
export const NOTHING_READ: Allowance = {
  mode: "reserved",
  bank: null,
  credit: 0,
  code: "account-unread",
  because: "the abandon account has not been read yet",
  readings: [],
  windows: [],
  guard: null,
};
