/** Holds return calls' rows to what those who called back lived through. The rows may know less, and may never know better. */
import { msBetween } from "../domain/instant.ts";
import type { Breach } from "../judge/breach.ts";
import type { MemoryReturnRow } from "./memory-rows.ts";
import type { ReturnDiary } from "./pretend-returns.ts";
import type { TruthOptions } from "./truth.ts";

/** The longest that anybody hears a ring tone, whatever the campaign says: its wait, and what comes to it. */
const SURELY_SERVED_MS = 120_000;

export function compareReturnsWithTruth(
  diaries: readonly ReturnDiary[],
  rows: readonly MemoryReturnRow[],
  { someWereLost, someWereRefused }: TruthOptions,
): readonly Breach[] {
  return diaries.flatMap((diary): Breach[] => {
    const breaches: Breach[] = [];
    const breach = (says: string): void => {
      const { arrivedAt, legId, heard } = diary;
      breaches.push({ invariant: "truth", at: arrivedAt, attemptId: null, says, facts: { legId, heard } });
    };
    const theirs = rows.filter(({ row }) => row.legId === diary.legId);
    const outcomes = theirs.map(({ end }) => end?.outcome ?? null);
    if (diary.overheard) breach("somebody who called back was put into somebody else's conversation");
    if (diary.endedAt === null) breach("a return call's leg was left behind");
    const isBlind = someWereLost || someWereRefused;
    const wasRefused = diary.handedBack || outcomes.includes("loop");
    if (diary.endedBy === "us" && diary.servedAt === null && !wasRefused && !isBlind) {
      breach("somebody who called back was hung up on before they heard anybody");
    }
    const endedAt = diary.endedAt ?? diary.arrivedAt;
    if (diary.servedAt === null && !wasRefused && msBetween(diary.arrivedAt, endedAt) > SURELY_SERVED_MS) {
      breach("somebody who called back heard nobody for minutes");
    }
    if (theirs.length === 0 && !diary.handedBack && !isBlind) breach("a return call without a row");
    if (outcomes.includes("talked") && !diary.heard.includes("agent")) {
      breach("a return call's row says that they talked, and they heard no agent");
    }
    if (outcomes.includes("informed") && !diary.heard.includes("message")) {
      breach("a return call's row says that they heard the message, and they did not");
    }
    return breaches;
  });
}
