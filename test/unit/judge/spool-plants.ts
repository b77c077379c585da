/** Faults of a database that goes away, planted in a clean night: each is found by its invariant, and by no other. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { at, isOf, nightWith } from "./night.ts";

type SpoolPlanted = readonly [InvariantName, string, () => readonly JournalEntry[]];

const store = (seconds: number, state: "away" | "back"): JournalEntry => ({ at: at(seconds), kind: "store", state });
const spool = (seconds: number, what: string, more: Record<string, unknown> = {}): JournalEntry => ({
  at: at(seconds),
  kind: "spool",
  what,
  ...more,
});

/** The first call is decided at 10 s, the second at 60 s, the third at 100 s. */
const before = (number: number, ...planted: JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (isOf(each, "attempt-decided", number) ? [...planted, each] : each));
const atTheStart = (...planted: JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (each.kind === "engine" && each["what"] === "started" ? [...planted, each] : each));

/** Away and back between two calls, or so shortly before one that it was on its way; rows found, and written. */
export const AWAY_AS_IT_SHOULD_BE: readonly (readonly [string, () => readonly JournalEntry[]])[] = [
  ["away between two calls", () => before(3, store(90, "away"), store(99, "back"))],
  ["away as a call was on its way", () => before(3, store(99.5, "away"))],
  ["rows found and written", () => atTheStart(spool(0, "found", { rows: 7 }), spool(0, "replayed", { rows: 7 }))],
  [
    "rows found by two processes, one of which died over them",
    () => atTheStart(spool(0, "found", { rows: 7 }), spool(0, "found", { rows: 7 }), spool(0, "replayed", { rows: 7 })),
  ],
];

export const SPOOL_PLANTED: readonly SpoolPlanted[] = [
  ["away-places-nothing", "a call two seconds after the database went", () => before(3, store(98, "away"))],
  [
    "away-places-nothing",
    "a call while it is away for the second time",
    () => before(3, store(50, "away"), store(52, "back"), store(95, "away")),
  ],
  [
    "rows-are-kept",
    "a process that begins without what the last one left",
    () => atTheStart(spool(0, "found", { rows: 7 })),
  ],
  ["rows-are-kept", "a row that nothing had room for", () => before(3, spool(90, "lost", { job: "end of x" }))],
  ["rows-are-kept", "a row that was refused", () => before(3, spool(90, "refused", { job: "end of x" }))],
];
