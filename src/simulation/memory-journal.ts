/** The journal of a pretend shift, kept in memory for the judge. Entries are frozen: what happened, happened. */
import type { Journal, JournalEntry } from "../engine/ports.ts";

export class MemoryJournal implements Journal {
  readonly #entries: JournalEntry[] = [];

  append(entry: JournalEntry): void {
    this.#entries.push(Object.freeze({ ...entry }));
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  ofKind(kind: string): readonly JournalEntry[] {
    return this.#entries.filter((entry) => entry.kind === kind);
  }
}
