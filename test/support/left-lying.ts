/** Leads that a shift left lying though they were due, and those that it could not but leave. */
import type { CampaignId } from "../../src/domain/ids.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import type { Weather } from "./weathers/scene.ts";

const MINUTE_MS = 60_000;

/**
 * Campaigns that stopped because neither message could be played, and wait for somebody to look. Where news or commands
 * get lost, whole messages look like that now and then; where none do, a stop is no excuse.
 */
export const stoppedByItself = (
  { journal, tables }: Pick<ShiftResult, "journal" | "tables">,
  { someWereLost = false, someWereRefused = false }: Weather,
): ReadonlySet<CampaignId> => {
  if (!someWereLost && !someWereRefused) return new Set();
  const failed = journal.flatMap(({ kind, code, stops, campaignId }) =>
    kind === "alarm" && code === "MESSAGES-FAILED" && stops === true ? [campaignId] : [],
  );
  const stopped = [...tables.campaigns.values()].filter(({ desiredState }) => desiredState === "stopped");
  return new Set(stopped.map(({ campaignId }) => campaignId).filter((each) => failed.includes(each)));
};

/** Due well before the end and not done; a lead whose number was called often enough today waits for tomorrow by right. */
export const leftLying = (
  result: Pick<ShiftResult, "finished" | "journal" | "tables" | "endedAt">,
  weather: Weather,
): number => {
  const { finished, tables, endedAt } = result;
  if (finished || weather.staysUnfinished === true) return 0;
  const stopped = stoppedByItself(result, weather);
  const open = [...tables.leads.values()].filter(({ state }) => state !== "done" && state !== "held");
  return open.filter(({ dueAt, campaignId }) => dueAt < endedAt - MINUTE_MS && !stopped.has(campaignId)).length;
};
