/**
 * Holds the rows to what the people at the other end lived through. Only a simulation can: a telephone network keeps
 * no diary for us. One rule to remember: the rows may know less than the diaries, and may never know better.
 */
import type { AttemptId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import type { Diary } from "./diary.ts";
import { type Breach, type JudgedAttempt, outagesOf, type ShiftRecord } from "../judge/record.ts";

export interface TruthOptions {
  /** Events were lost: rows may not know of an answer, and people may have waited until somebody looked. */
  readonly someWereLost: boolean;
  /** Commands failed: what was to be played or joined may not have been. */
  readonly someWereRefused: boolean;
}

export const compareWithTruth = (
  record: ShiftRecord,
  diaries: readonly Diary[],
  { someWereLost, someWereRefused }: TruthOptions,
): readonly Breach[] => {
  const rows = new Map<AttemptId, JudgedAttempt>(record.attempts.map((row) => [row.order.attemptId, row]));
  const limits = new Map(record.campaigns.map(({ campaignId, connectTimeoutMs }) => [campaignId, connectTimeoutMs]));
  const outages = outagesOf(record);
  const isExcused = (from: Instant, to: Instant): boolean =>
    outages.some((outage) => outage.from <= to && from <= outage.to);
  return diaries.flatMap((diary): Breach[] => {
    const breaches: Breach[] = [];
    const { attemptId, askedAt, answeredAt, endedAt } = diary;
    const breach = (says: string, facts: Breach["facts"] = {}): void => {
      breaches.push({ invariant: "truth", at: askedAt, says, facts: { attemptId, ...facts } });
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
    if (answeredAt === null) {
      if (row.facts.answeredAt !== null) breach("a row is answered and nobody answered");
      return breaches;
    }
    const until = endedAt ?? record.endedAt;
    const isBlind = someWereLost || isExcused(answeredAt, until);
    if (row.facts.answeredAt === null && !isBlind) breach("somebody answered and the row does not know");
    const waitedMs = msBetween(answeredAt, diary.heard[0]?.from ?? until);
    const limitMs = limits.get(row.order.campaignId) ?? 0;
    if (waitedMs > limitMs && !isBlind && !someWereRefused) breach("a person waited too long", { waitedMs, limitMs });
    return breaches;
  });
};
