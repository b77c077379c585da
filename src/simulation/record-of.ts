/** What a pretend shift leaves for the judge: the journal that production leaves as well, and the rows to hold it to. */
import type { AccountRow } from "../judge/account.ts";
import type { Breach, Spell } from "../judge/breach.ts";
import { type JournalEntry, readEntry } from "../judge/entries.ts";
import { type Finding, type InvariantName, Judge } from "../judge/judge.ts";
import { type JudgedLead, type JudgedRow, RowComparison, type RowFinding, type RowRule } from "../judge/rows.ts";
import type { KnownNumbers } from "../judge/scene.ts";
import type { AttemptRow, MemoryTables } from "./memory-tables.ts";
import type { ShiftResult } from "./shift.ts";

export interface ShiftRecord {
  readonly journal: readonly JournalEntry[];
  readonly rows: readonly JudgedRow[];
  readonly leads: readonly JudgedLead[];
  readonly accounts: readonly AccountRow[];
  readonly numbers: KnownNumbers;
  readonly killSwitch: readonly Spell[];
}

export const recordOf = ({ journal, tables, killSwitch }: ShiftResult): ShiftRecord => ({
  journal,
  rows: [...tables.attempts.values()].map(judgedRow),
  leads: [...tables.leads.values()],
  accounts: tables.accounts.rows,
  numbers: knownNumbers(tables),
  killSwitch,
});

export const judgedRow = ({ order, state, outcome, facts, account, disposition }: AttemptRow): JudgedRow => ({
  attemptId: order.attemptId,
  campaignId: order.campaignId,
  centre: order.centre,
  decidedAt: order.decidedAt,
  state,
  outcome,
  endedAt: facts.endedAt?.at ?? null,
  account,
  dispositionKind: disposition?.kind ?? null,
});

/** Which number is meant by an id: of the leads that are there now. */
export const knownNumbers = ({ leads, suppressed }: MemoryTables): KnownNumbers => {
  const numberOf = new Map(
    [...leads.values()].flatMap(({ numbers }) => numbers.map(({ numberId, number }) => [numberId, number])),
  );
  return {
    numberOf: (numberId) => numberOf.get(numberId) ?? null,
    suppressedSince: (numberId) => {
      const number = numberOf.get(numberId);
      return number === undefined ? null : (suppressed.get(number) ?? null);
    },
  };
};

export type JudgedPromise = InvariantName | RowRule;

export interface Judgement {
  /** The earliest first. */
  readonly breaches: readonly Breach[];
  readonly findings: readonly (Finding | RowFinding)[];
}

/** `except`: promises that the weather of this shift made impossible to keep. */
export const judged = (record: ShiftRecord, except: readonly JudgedPromise[] = []): Judgement => {
  const judge = new RunningJudge(record, except);
  for (const line of record.journal) judge.see(line);
  for (const row of record.rows) judge.row(row);
  return judge.finish(record.leads, record.accounts);
};

/** The same while it happens: a journal too long to keep. Of an attempt every entry comes before its row. */
export class RunningJudge {
  readonly #breaches: Breach[] = [];
  readonly #judge: Judge;
  readonly #comparison: RowComparison;

  constructor({ numbers, killSwitch }: Pick<ShiftRecord, "numbers" | "killSwitch">, except: readonly JudgedPromise[]) {
    const onBreach = (breach: Breach): void => {
      if (!(except as readonly string[]).includes(breach.invariant)) this.#breaches.push(breach);
    };
    this.#judge = new Judge({ numbers, killSwitch, onBreach });
    this.#comparison = new RowComparison(onBreach);
  }

  see(line: JournalEntry): void {
    const read = readEntry(line);
    if (read.what === "nonsense") throw new Error(`the engine journalled nonsense: ${read.because}`);
    if (read.what === "other") return;
    this.#judge.see(read.entry);
    this.#comparison.see(read.entry);
  }

  row(row: JudgedRow): void {
    this.#comparison.row(row);
    this.#comparison.count(row, null);
  }

  /** Nothing may follow. */
  finish(leads: Iterable<JudgedLead>, accounts: readonly AccountRow[]): Judgement {
    const findings = this.#judge.finish();
    for (const lead of leads) this.#comparison.lead(lead);
    this.#comparison.accounts(accounts);
    return {
      breaches: this.#breaches.sort((a, b) => a.at - b.at),
      findings: [...findings, ...this.#comparison.finish()],
    };
  }
}
