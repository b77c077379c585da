/** The weathers that a pretend shift is sailed through, and which promises each makes impossible to keep. */
import { abandonRate } from "../../src/compliance/abandon-rate.ts";
import { NO_COUNTS } from "../../src/domain/account.ts";
import type { Breach } from "../../src/judge/breach.ts";
import { type Judgement, judged, recordOf } from "../../src/simulation/record-of.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";
import { compareWithTruth, type TruthRecord } from "../../src/simulation/truth.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { GENERAL } from "./weathers/general.ts";
import { LISTENING } from "./weathers/listening.ts";
import { OVERDIALLING } from "./weathers/overdialling.ts";
import { PREVIEWS } from "./weathers/previews.ts";
import type { Weather } from "./weathers/scene.ts";

export type { Weather } from "./weathers/scene.ts";

export const WEATHERS = { ...GENERAL, ...OVERDIALLING, ...PREVIEWS, ...LISTENING } as const satisfies Record<
  string,
  Weather
>;

export type WeatherName = keyof typeof WEATHERS;

export const truthOf = ({ journal, tables, endedAt }: ShiftResult): TruthRecord => ({
  journal,
  rows: [...tables.attempts.values()],
  endedAt,
});

/** Of the first campaign, by the formula of the pretend profile; null without live calls. */
export const abandonRateOf = ({ tables }: ShiftResult): number | null => {
  const counts = { ...NO_COUNTS };
  for (const { campaignId, entry, calls } of tables.accounts.rows) if (campaignId === 1) counts[entry] += calls;
  const { numerator, denominator } = abandonRate(counts, PRETEND_PROFILE.abandon, { kind: "notUsed" });
  return denominator === 0 ? null : numerator / denominator;
};

/** What judge and truth have against a shift, and what the judge finds worth saying. */
export const judgementOf = (result: ShiftResult, weather: Weather = {}): Judgement => {
  const { except = [], someWereLost = false, someWereRefused = false } = weather;
  const { breaches, findings } = judged(recordOf(result), except);
  const untrue = compareWithTruth(truthOf(result), result.diaries, { someWereLost, someWereRefused });
  return { breaches: [...breaches, ...untrue], findings };
};

export const breachesOf = (result: ShiftResult, weather: Weather = {}): readonly Breach[] =>
  judgementOf(result, weather).breaches;
