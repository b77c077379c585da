/**
 * The journal of a pretend shift, kept in memory for the judge, or handed on where it would be too long. Entries are
 * frozen: what happened, happened.
 */
import type { Journal, JournalEntry } from "../engine/ports.ts";

export class MemoryJournal implements Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #onEntry: (entry: JournalEntry) => void;

  /** @param onEntry gets every entry instead; then none is kept */
  constructor(onEntry?: (entry: JournalEntry) => void) {
    this.#onEntry = onEntry ?? ((entry) => this.#entries.push(entry));
  }

  append(entry: JournalEntry): void {
    // Not `{ ...entry }`: frozen, each such copy is of a shape of its own (V8 11), and reading them becomes ten times as slow.
    this.#onEntry(Object.freeze(Object.assign({}, entry)));
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  ofKind(kind: string): readonly JournalEntry[] {
    return this.#entries.filter((entry) => entry.kind === kind);
  }
}
