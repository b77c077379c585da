/**
 * Holds the rows of the database to the journal: both were written by the same daemon, and neither may know better. One
 * rule to remember: rows come one by one, in any order, and only those of the journal's own time are asked about.
 */
import { ACCOUNT_ENTRIES, type AccountEntry } from "../domain/account.ts";
import type { AttemptState } from "../domain/attempt.ts";
import type { DispositionKind } from "../domain/disposition.ts";
import type { AttemptId, CampaignId, LeadId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import { type AccountRow, afterDisposition, Recount } from "./account.ts";
import type { Breach } from "./breach.ts";
import type { Entry } from "./entries.ts";

export interface JudgedRow {
  readonly attemptId: AttemptId;
  readonly campaignId: CampaignId;
  readonly centre: string;
  readonly decidedAt: Instant;
  readonly state: AttemptState;
  readonly outcome: Outcome | null;
  readonly endedAt: Instant | null;
  readonly account: { readonly entry: AccountEntry; readonly day: string } | null;
  readonly dispositionKind: DispositionKind | null;
  /** What its facts come to by an independent count; left out where that is what the row says. */
  readonly recounted?: JudgedRow["account"];
}

export interface JudgedLead {
  readonly leadId: LeadId;
  readonly state: string;
  readonly because: string | null;
}

/** What the journal says of one attempt, in as little room as will do: there may be hundreds of thousands. */
interface Told {
  isDecided: boolean;
  /** As each process that ended it told; more than one only when one died over it. */
  ends: string | null;
  isSeen: boolean;
}

const endOf = (outcome: string | null, account: JudgedRow["account"]): string =>
  account === null ? String(outcome) : `${String(outcome)} ${account.entry} ${account.day}`;

const ROW_RULES = {
  "rows-equal-journal": "Rows and journal tell the same of every attempt.",
  "account-equals-rows": "The abandon account equals a recount from the attempts' rows.",
  "leads-have-reasons": "Every lead that is put aside has a reason.",
} as const;
export type RowRule = keyof typeof ROW_RULES;

export interface RowFinding {
  readonly invariant: RowRule;
  readonly says: string;
  looked: number;
  breaches: number;
}

export class RowComparison {
  readonly #told = new Map<AttemptId, Told>();
  readonly #recount = new Recount();
  readonly #findings = (Object.keys(ROW_RULES) as RowRule[]).map((invariant): RowFinding => ({
    invariant,
    says: ROW_RULES[invariant],
    looked: 0,
    breaches: 0,
  }));
  readonly #onBreach: (breach: Breach) => void;
  #firstAt: Instant | null = null;
  #lastAt: Instant | null = null;

  constructor(onBreach: (breach: Breach) => void) {
    this.#onBreach = onBreach;
  }

  /** Every entry of the journal, before any row. */
  see(entry: Entry): void {
    this.#firstAt ??= entry.at;
    if (this.#lastAt === null || entry.at > this.#lastAt) this.#lastAt = entry.at;
    if (entry.kind === "attempt-decided") this.#of(entry.attemptId).isDecided = true;
    // Never written; and if it is there after all, its row says so.
    if (entry.kind === "attempt-withdrawn") this.#told.delete(entry.attemptId);
    if (entry.kind !== "attempt-ended") return;
    const told = this.#of(entry.attemptId);
    const end = endOf(entry.outcome, entry.account ?? null);
    told.ends = told.ends === null ? end : `${told.ends}|${end}`;
  }

  /** Of this node, decided within the journal's time. */
  row(row: JudgedRow): void {
    const { attemptId, decidedAt: at, state, outcome, account } = row;
    this.#looked("rows-equal-journal");
    const told = this.#told.get(attemptId);
    if (told !== undefined) told.isSeen = true;
    const breach = (says: string, facts: Breach["facts"]): void => {
      this.#breach("rows-equal-journal", { at, attemptId, says, facts });
    };
    if (told?.isDecided !== true) breach("a row whose decision nobody journalled", {});
    else if (state !== "ended" || outcome === null) {
      if (told.ends !== null) breach("a row that did not end, and the journal says it did", { state });
    } else if (told.ends?.split("|").includes(endOf(outcome, account)) !== true) {
      breach("a row ended otherwise than the journal says", { outcome, account, journal: told.ends });
    } else if (row.endedAt === null) breach("a row ended at no time", { outcome });
  }

  /** Of whatever node and whenever decided, if it belongs to these days: the account is everybody's. */
  count(row: JudgedRow, days: { readonly fromDay: string; readonly toDay: string } | null): void {
    const account = row.recounted === undefined ? row.account : row.recounted;
    if (account === null || (days !== null && (account.day < days.fromDay || account.day > days.toDay))) return;
    const entry = afterDisposition(account.entry, row.dispositionKind);
    this.#recount.add({ campaignId: row.campaignId, centre: row.centre, day: account.day, entry });
  }

  /** There is a row, and it is not asked about. */
  leaveOut(attemptId: AttemptId): void {
    const told = this.#told.get(attemptId);
    if (told !== undefined) told.isSeen = true;
  }

  lead({ leadId, state, because }: JudgedLead): void {
    if (state !== "done" && state !== "held") return;
    this.#looked("leads-have-reasons");
    if ((because ?? "") !== "") return;
    const says = "a lead was put aside without a reason";
    this.#breach("leads-have-reasons", {
      at: this.#lastAt ?? (0 as Instant),
      attemptId: null,
      says,
      facts: { leadId, state },
    });
  }

  /** The account of what the rows counted so far add up to. */
  accounts(rows: readonly AccountRow[]): void {
    const kept = new Recount();
    for (const { calls, ...row } of rows) kept.add(row, calls);
    const keys = new Map<string, { row: Omit<AccountRow, "calls" | "entry"> }>();
    for (const { campaignId, day, centre } of [...kept.rows(), ...this.#recount.rows()]) {
      keys.set(JSON.stringify([campaignId, day, centre]), { row: { campaignId, day, centre } });
    }
    for (const { row } of keys.values()) {
      this.#looked("account-equals-rows");
      const scope = { campaignId: row.campaignId, centre: row.centre, fromDay: row.day, toDay: row.day };
      const [has, should] = [kept.in(scope), this.#recount.in(scope)];
      const differs = ACCOUNT_ENTRIES.filter((entry) => has[entry] !== should[entry]);
      if (differs.length === 0) continue;
      const counts = Object.fromEntries(differs.map((entry) => [entry, { account: has[entry], rows: should[entry] }]));
      const says = "the abandon account is not what the rows add up to";
      const at = this.#lastAt ?? (0 as Instant);
      this.#breach("account-equals-rows", { at, attemptId: null, says, facts: { ...row, counts } });
    }
  }

  /** After the last row: what was told to have ended and has no row was never written down. */
  finish(): readonly RowFinding[] {
    for (const [attemptId, { isDecided, isSeen, ends }] of this.#told) {
      // Taken back while nobody knew whether it had been written: then it need not have been.
      if (isSeen || !isDecided || ends === null || ends.startsWith("not-placed")) continue;
      const says = "an attempt that ended has no row";
      this.#breach("rows-equal-journal", { at: this.#lastAt ?? (0 as Instant), attemptId, says, facts: { ends } });
    }
    return this.#findings;
  }

  get period(): { readonly from: Instant; readonly to: Instant } | null {
    return this.#firstAt === null || this.#lastAt === null ? null : { from: this.#firstAt, to: this.#lastAt };
  }

  #of(attemptId: AttemptId): Told {
    const told = this.#told.get(attemptId) ?? { isDecided: false, ends: null, isSeen: false };
    this.#told.set(attemptId, told);
    return told;
  }

  #looked(invariant: RowRule): void {
    for (const finding of this.#findings) if (finding.invariant === invariant) finding.looked += 1;
  }

  #breach(invariant: RowRule, found: Omit<Breach, "invariant">): void {
    for (const finding of this.#findings) if (finding.invariant === invariant) finding.breaches += 1;
    this.#onBreach({ invariant, ...found });
  }
}
