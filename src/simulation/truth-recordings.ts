/** Holds the rows of recordings and their gaps to what the pretend Asterisk really recorded. */
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { isRecorded } from "../domain/recording.ts";
import type { Breach } from "../judge/breach.ts";
import type { RecordingRow } from "./memory-recordings.ts";
import type { Recorded } from "./pretend-recorder.ts";
import type { TrueRow } from "./truth.ts";

export interface RecordingsRecord {
  readonly recorded: readonly Recorded[];
  readonly rows: ReadonlyMap<AttemptId, RecordingRow>;
  readonly attempts: ReadonlyMap<AttemptId, TrueRow>;
  readonly campaigns: ReadonlyMap<CampaignId, Campaign>;
  /** The last process drained and stopped: every row is closed. */
  readonly finished: boolean;
  readonly endedAt: Instant;
}

export const compareRecordings = (record: RecordingsRecord): readonly Breach[] => [
  ...record.recorded.flatMap((each) => ofFile(each, record)),
  ...[...record.rows.values()].flatMap((row) => ofRow(row, record)),
];

function ofFile(recorded: Recorded, { rows, attempts, campaigns, finished, endedAt }: RecordingsRecord): Breach[] {
  const breaches: Breach[] = [];
  const { attemptId, from, to, sounds } = recorded;
  const breach = (says: string, facts: Breach["facts"] = {}): void => {
    breaches.push({ invariant: "truth", at: from, attemptId, says, facts });
  };
  const row = rows.get(attemptId);
  const campaignId = attempts.get(attemptId)?.order.campaignId;
  const plan = campaignId === undefined ? undefined : campaigns.get(campaignId)?.recording;
  if (plan === undefined || (plan.kind !== "demand" && !isRecorded(plan, attemptId))) {
    breach("somebody was recorded whom nobody wanted recorded");
  }
  if (row === undefined) {
    breach("a file without a row");
    return breaches;
  }
  if (to === null && finished) breach("a recording was left running");
  for (const gap of row.gaps) {
    const until = gap.until ?? endedAt;
    const heard = sounds.find((sound) => sound.from < until && (sound.to ?? endedAt) > gap.from);
    if (heard !== undefined) breach("something can be heard in a gap", { gap, heard });
  }
  return breaches;
}

function ofRow({ note, gaps }: RecordingRow, { recorded, finished }: RecordingsRecord): Breach[] {
  const { attemptId, startedAt: at, state, endedAt } = note;
  const breach = (says: string): Breach => ({ invariant: "truth", at, attemptId, says, facts: { note } });
  const isClosed = endedAt !== null && gaps.every(({ until }) => until !== null);
  const hasFile = recorded.some((each) => each.attemptId === attemptId);
  return [
    ...(finished && !isClosed ? [breach("the row of a recording was never closed")] : []),
    ...(state === "ended" && !hasFile ? [breach("a row says that there is a file, and there is none")] : []),
  ];
}
