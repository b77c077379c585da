/** What a human must look at, until one has. */
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf, instantOrNull } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export interface AlarmRecord {
  readonly alarmId: number;
  /** Null when it is of no campaign. */
  readonly campaign: string | null;
  readonly code: string;
  readonly says: string;
  readonly attemptId: string | null;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly times: number;
  readonly seenAt: Instant | null;
  readonly seenBy: string | null;
}

interface AlarmRow {
  readonly alarm_id: number;
  readonly campaign: string | null;
  readonly code: string;
  readonly says: string;
  readonly attempt_id: string | null;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly times: number;
  readonly seen_at: Date | null;
  readonly seen_by: string | null;
}

export interface AlarmFilter {
  /** Also those that somebody has seen. */
  readonly seenToo: boolean;
  readonly campaignId: number | null;
}

/** Latest first, at most `limit`. */
export const alarms = async (
  db: Database,
  { seenToo, campaignId }: AlarmFilter,
  limit: number,
): Promise<AlarmRecord[]> => {
  const rows = await db.rows<AlarmRow>(
    `select a.alarm_id, c.name as campaign, a.code, a.says, a.attempt_id, a.first_at, a.last_at, a.times, a.seen_at,
       a.seen_by
     from alarm a left join campaign c on c.campaign_id = a.campaign_id
     where (? or a.seen_at is null) and (? is null or a.campaign_id = ?)
     order by a.last_at desc, a.alarm_id desc limit ?`,
    [seenToo, campaignId, campaignId, limit],
  );
  return rows.map((row) => ({
    ...{ alarmId: row.alarm_id, campaign: row.campaign, code: row.code, says: row.says, attemptId: row.attempt_id },
    ...{ firstAt: instantOf(row.first_at), lastAt: instantOf(row.last_at), times: row.times },
    ...{ seenAt: instantOrNull(row.seen_at), seenBy: row.seen_by },
  }));
};

/** Which of these there are. */
export const alarmsThere = async (db: Database, ids: readonly number[]): Promise<number[]> =>
  ids.length === 0
    ? []
    : (await db.rows<{ alarm_id: number }>("select alarm_id from alarm where alarm_id in (?)", [ids])).map(
        ({ alarm_id }) => alarm_id,
      );

/** Null for all of them that came before now. Whoever was first stays. Returns how many were not seen before. */
export const markAlarmsSeen = async (db: Database, ids: readonly number[] | null, who: Authority): Promise<number> => {
  if (ids?.length === 0) return 0;
  const { matched } =
    ids === null
      ? await db.write("update alarm set seen_at = ?, seen_by = ? where seen_at is null and last_at <= ?", [
          dateOf(who.at),
          clipped(who.by, 100),
          dateOf(who.at),
        ])
      : await db.write("update alarm set seen_at = ?, seen_by = ? where seen_at is null and alarm_id in (?)", [
          dateOf(who.at),
          clipped(who.by, 100),
          ids,
        ]);
  return matched;
};
