/** What a pretend shift leaves for the judge: the journal that production leaves as well, and the rows to hold it to. */
import type { AccountRow } from "../judge/account.ts";
import type { Breach, Spell } from "../judge/breach.ts";
import { type JournalEntry, readEntry } from "../judge/entries.ts";
import { type Finding, type InvariantName, Judge } from "../judge/judge.ts";
import { type JudgedLead, type JudgedRow, RowComparison, type RowFinding, type RowRule } from "../judge/rows.ts";
import type { KnownNumbers } from "../judge/scene.ts";
import type { ShiftResult } from "./shift.ts";

export interface ShiftRecord {
  readonly journal: readonly JournalEntry[];
  readonly rows: readonly JudgedRow[];
  readonly leads: readonly JudgedLead[];
  readonly accounts: readonly AccountRow[];
  readonly numbers: KnownNumbers;
  readonly killSwitch: readonly Spell[];
}

export const recordOf = ({ journal, tables, killSwitch }: ShiftResult): ShiftRecord => {
  const numberOf = new Map(
    [...tables.leads.values()].flatMap(({ numbers }) => numbers.map(({ numberId, number }) => [numberId, number])),
  );
  return {
    journal,
    rows: [...tables.attempts.values()].map(({ order, state, outcome, facts, account, disposition }) => ({
      attemptId: order.attemptId,
      campaignId: order.campaignId,
      centre: order.centre,
      decidedAt: order.decidedAt,
      state,
      outcome,
      endedAt: facts.endedAt?.at ?? null,
      account,
      dispositionKind: disposition?.kind ?? null,
    })),
    leads: [...tables.leads.values()],
    accounts: tables.accounts.rows,
    numbers: {
      numberOf: (numberId) => numberOf.get(numberId) ?? null,
      suppressedSince: (numberId) => {
        const number = numberOf.get(numberId);
        return number === undefined ? null : (tables.suppressed.get(number) ?? null);
      },
    },
    killSwitch,
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
  const breaches: Breach[] = [];
  const onBreach = (breach: Breach): void => {
    if (!(except as readonly string[]).includes(breach.invariant)) breaches.push(breach);
  };
  const judge = new Judge({ numbers: record.numbers, killSwitch: record.killSwitch, onBreach });
  const comparison = new RowComparison(onBreach);
  for (const line of record.journal) {
    const read = readEntry(line);
    if (read.what === "nonsense") throw new Error(`the engine journalled nonsense: ${read.because}`);
    if (read.what === "other") continue;
    judge.see(read.entry);
    comparison.see(read.entry);
  }
  const findings = judge.finish();
  for (const row of record.rows) {
    comparison.row(row);
    comparison.count(row, null);
  }
  for (const lead of record.leads) comparison.lead(lead);
  comparison.accounts(record.accounts);
  return { breaches: breaches.sort((a, b) => a.at - b.at), findings: [...findings, ...comparison.finish()] };
};
