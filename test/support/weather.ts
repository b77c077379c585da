/** The weathers that a pretend shift is sailed through, and which promises each makes impossible to keep. */
import { abandonRate } from "../../src/compliance/abandon-rate.ts";
import { NO_COUNTS } from "../../src/domain/account.ts";
import type { Breach } from "../../src/judge/breach.ts";
import { type Judgement, judged, recordOf } from "../../src/simulation/record-of.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";
import { compareReturnsWithTruth } from "../../src/simulation/return-truth.ts";
import { compareWithTruth, type TruthRecord } from "../../src/simulation/truth.ts";
import { compareRecordings, type RecordingsRecord } from "../../src/simulation/truth-recordings.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { DESK_WORK } from "./weathers/desk-work.ts";
import { AGENTLESS_WEATHERS } from "./weathers/agentless.ts";
import { GENERAL } from "./weathers/general.ts";
import { LISTENING } from "./weathers/listening.ts";
import { OVERLOAD } from "./weathers/overload.ts";
import { NODES } from "./weathers/nodes.ts";
import { OVERDIALLING } from "./weathers/overdialling.ts";
import { PREVIEWS } from "./weathers/previews.ts";
import { RETURNS } from "./weathers/returns.ts";
import { RECORDED } from "./weathers/recordings.ts";
import { STORE_AWAY } from "./weathers/store-away.ts";
import { TRANSFERS } from "./weathers/transfers.ts";
import type { Weather } from "./weathers/scene.ts";

export type { Weather } from "./weathers/scene.ts";

export const WEATHERS = {
  ...GENERAL,
  ...OVERDIALLING,
  ...PREVIEWS,
  ...LISTENING,
  ...DESK_WORK,
  ...RETURNS,
  ...RECORDED,
  ...AGENTLESS_WEATHERS,
  ...OVERLOAD,
  ...NODES,
  ...STORE_AWAY,
  ...TRANSFERS,
} as const satisfies Record<string, Weather>;

export type WeatherName = keyof typeof WEATHERS;

export const truthOf = ({ journal, tables, endedAt }: ShiftResult): TruthRecord => ({
  journal,
  rows: [...tables.attempts.values()],
  endedAt,
});

export const recordingsOf = ({ tables, recorded, finished, endedAt }: ShiftResult): RecordingsRecord => ({
  ...{ recorded, finished, endedAt, rows: tables.recordings.rows },
  ...{ attempts: tables.attempts, campaigns: tables.campaigns },
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
  const untrue = [
    ...compareWithTruth(truthOf(result), result.diaries, { someWereLost, someWereRefused }),
    ...compareReturnsWithTruth(result.returns, result.tables.returns, { someWereLost, someWereRefused }),
    ...compareRecordings(recordingsOf(result)),
  ];
  return { breaches: [...breaches, ...untrue], findings };
};

export const breachesOf = (result: ShiftResult, weather: Weather = {}): readonly Breach[] =>
  judgementOf(result, weather).breaches;
