/** One thing that keeps somebody from being called: what `fairdial why …` answers with, whatever it is asked about. */
import type { Instant } from "../../domain/instant.ts";

export interface Reason {
  /** Ours ({@link DATABASE_CODES}), or one that the engine's pacing told. */
  readonly code: string;
  readonly says: string;
}

/** What can be told without a daemon, in the order in which one is the answer rather than another. */
export const DATABASE_CODES = [
  "campaign-stopped",
  "campaign-paused",
  "campaign-barred",
  "no-daemon",
  "agents-unassigned",
  "agents-out",
  "agents-all-paused",
  "no-list",
  "leads-done",
  "leads-unplaced",
  "leads-closed",
  "leads-later",
  "untold",
] as const;
export type DatabaseCode = (typeof DATABASE_CODES)[number];

/** A daemon says something every few seconds; one that is older says nothing of now. */
export const FRESH_MS = 15_000;

/** Clocks of machines differ a little: what comes from the future is new. */
export const ageMs = (told: Instant, at: Instant): number => Math.max(0, at - told);

const UNITS: readonly (readonly [unit: string, ms: number, upToMs: number])[] = [
  ["s", 1_000, 120_000],
  ["min", 60_000, 7_200_000],
  ["h", 3_600_000, 172_800_000],
  ["days", 86_400_000, Infinity],
];

/** As people say it: `40 s`, `12 min`, `3 days`. */
export const roughly = (durationMs: number): string => {
  const [unit, ms] = UNITS.find(([, , upToMs]) => durationMs < upToMs) ?? ["days", 86_400_000];
  return `${Math.floor(durationMs / ms)} ${unit}`;
};
