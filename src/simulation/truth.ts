/**
 * Holds the rows to what the people at the other end lived through. Only a simulation can: a telephone network keeps
 * no diary for us. One rule to remember: the rows may know less than the diaries, and may never know better.
 */
import type { AttemptFacts, AttemptOrder } from "../domain/attempt.ts";
import type { AttemptId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import type { Breach } from "../judge/breach.ts";
import { type JournalEntry, readEntry } from "../judge/entries.ts";
import { Outages } from "../judge/outages.ts";
import type { Diary } from "./diary.ts";

export interface TruthOptions {
  /** Events were lost: rows may not know of an answer, and people may have waited until somebody looked. */
  readonly someWereLost: boolean;
  /** Commands failed: what was to be played or joined may not have been. */
  readonly someWereRefused: boolean;
}

export interface TrueRow {
  readonly order: AttemptOrder;
  readonly facts: AttemptFacts;
}

export interface TruthRecord {
  readonly journal: readonly JournalEntry[];
  readonly rows: readonly TrueRow[];
  readonly endedAt: Instant;
}

/** Two commands there and back, twice; nobody may hear nothing for longer while an agent keeps them. */
const QUIET_MAX_MS = 2_000;

const outagesOf = (journal: readonly JournalEntry[]): Outages => {
  const outages = new Outages();
  for (const line of journal) {
    const read = readEntry(line);
    if (read.what === "entry") outages.see(read.entry);
  }
  return outages;
};

export const compareWithTruth = (
  { journal, rows: all, endedAt: shiftEnd }: TruthRecord,
  diaries: readonly Diary[],
  { someWereLost, someWereRefused }: TruthOptions,
): readonly Breach[] => {
  const rows = new Map<AttemptId, TrueRow>(all.map((row) => [row.order.attemptId, row]));
  const outages = outagesOf(journal);
  return diaries.flatMap((diary): Breach[] => {
    const breaches: Breach[] = [];
    const { attemptId, askedAt, answeredAt, endedAt } = diary;
    const breach = (says: string, facts: Breach["facts"] = {}): void => {
      breaches.push({ invariant: "truth", at: askedAt, attemptId, says, facts });
    };
    const row = rows.get(attemptId);
    if (diary.asks > 1) breach("a call was asked for twice", { asks: diary.asks });
    if (diary.overheard) breach("a person was put into somebody else's conversation");
    if (row === undefined) {
      breach("a call without a row");
      return breaches;
    }
    if (diary.dialledAt !== null && endedAt === null) breach("a leg was left behind");
    if (row.facts.connectedAt !== null && !diary.heard.some(({ what }) => what === "agent")) {
      breach("a row is connected and the person heard no agent");
    }
    if (endedAt !== null && diary.outside.some(({ to }) => to === null))
      breach("an outside number was left on the line");
    if (answeredAt === null) {
      if (row.facts.answeredAt !== null) breach("a row is answered and nobody answered");
      return breaches;
    }
    const until = endedAt ?? shiftEnd;
    const isBlind = someWereLost || outages.touches({ from: answeredAt, to: until });
    // Whoever was taken for a machine was to hear nobody; how often that may be wrong is asked elsewhere.
    if (row.facts.verdictAct === "dropped") return breaches;
    if (row.facts.answeredAt === null && !isBlind) breach("somebody answered and the row does not know");
    const { clock } = row.order;
    // What the person said to start a later clock, the diary knows better than we; from the answer it is the longest.
    const limitMs = clock.limitMs + (clock.start === "answer" ? 0 : clock.noSpeechGraceMs + clock.greetingMaxMs);
    const waitedMs = msBetween(answeredAt, diary.heard[0]?.from ?? until);
    if (waitedMs > limitMs && !isBlind && !someWereRefused) breach("a person waited too long", { waitedMs, limitMs });
    const quietMs = longestQuiet(diary);
    if (quietMs > QUIET_MAX_MS && !isBlind && !someWereRefused) {
      breach("a person on hold was left in silence", { quietMs });
    }
    return breaches;
  });
};

/** Between two things that they heard, or from the last music to the end, when they had been on hold. */
function longestQuiet({ heard, endedAt }: Diary): number {
  // Whoever is passed on at once goes from one agent to the next without music.
  const music = heard.findIndex(({ what }) => what === "music");
  const another = heard.findIndex(
    ({ what, legId }, index) => what === "agent" && index > 0 && legId !== heard[0]?.legId,
  );
  const held = Math.min(...[music, another].filter((index) => index >= 0));
  if (!Number.isFinite(held)) return 0;
  const after = heard.slice(Math.max(0, held - 1));
  const gaps = after.map(({ to }, index) => {
    const next = after[index + 1]?.from ?? endedAt;
    return to === null || next === null ? 0 : msBetween(to, next);
  });
  return Math.max(0, ...gaps);
}
