/** What a statement needs beside the attempts themselves: what was in force, and what later attempts did to earlier ones. */
import type { AccountEntry } from "../../domain/account.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { RegisterState } from "../../domain/number-facts.ts";
import type { Queryable } from "../database.ts";
import { dateOf, instantOf } from "../rows.ts";
import type { AttemptsWanted } from "./accounts-attempts.ts";

/** Every register file that is or was in force, oldest first: what a screening of some day was made against. */
export const registerHistory = async (db: Queryable): Promise<readonly RegisterState[]> => {
  const rows = await db.rows<{ name: string; sha256: string; file_date: Date; loaded_at: Date; numbers: number }>(
    `select name, sha256, file_date, loaded_at, numbers from register_file
     where state in ('ready', 'retired') order by name, loaded_at, file_id`,
  );
  return rows.map((row) => ({
    name: row.name,
    sha256: row.sha256,
    fileDate: instantOf(row.file_date),
    loadedAt: instantOf(row.loaded_at),
    numbers: row.numbers,
  }));
};

/** Campaigns that have an attempt of this centre in these days, or of any where it is null. */
export const campaignsDialling = async (
  db: Queryable,
  { centre, from, to }: Pick<AttemptsWanted, "centre" | "from" | "to">,
): Promise<readonly CampaignId[]> => {
  const rows = await db.rows<{ campaign_id: CampaignId }>(
    `select c.campaign_id from campaign c
     where exists (
       select 1 from attempt a
       where a.campaign_id = c.campaign_id and a.decided_hour between ? and ?${centre === null ? "" : " and a.centre = ?"}
     ) order by c.campaign_id`,
    [dateOf((from - 3_600_000) as Instant), dateOf(to), ...(centre === null ? [] : [centre])],
  );
  return rows.map(({ campaign_id }) => campaign_id);
};

/** A call without an agent of its own, to a number that was owed one. */
export interface BrokenGuarantee {
  readonly attemptId: string;
  readonly decidedAt: Instant;
  /** The earlier call, what it was, and when it had ended. */
  readonly afterAttemptId: string;
  readonly afterEntry: AccountEntry;
  readonly afterEndedAt: Instant;
}

const DAY_MS = 86_400_000;

/**
 * Found from the attempts themselves, not from the flag that should have prevented them (UK-72H-1, UK-24H-1). Durations
 * are 0 where there is no such rule.
 */
export const brokenGuarantees = async (
  db: Queryable,
  { campaignId, centre, from, to }: AttemptsWanted,
  rules: { readonly afterAbandonMs: number; readonly afterMachineMs: number },
): Promise<readonly BrokenGuarantee[]> => {
  const { afterAbandonMs, afterMachineMs } = rules;
  const longestMs = Math.max(afterAbandonMs, afterMachineMs);
  if (longestMs === 0) return [];
  const rows = await db.rows<{
    attempt_id: string;
    decided_at: Date;
    after_attempt_id: string;
    after_entry: AccountEntry;
    after_ended_at: Date;
  }>(
    `select straight_join b.attempt_id, b.decided_at, a.attempt_id as after_attempt_id, a.account_entry as after_entry,
       coalesce(a.ended_at, a.answered_at) as after_ended_at
     from attempt b
     join attempt a force index (attempt_to_number)
       on a.e164 = b.e164 and a.decided_at < b.decided_at
         and a.decided_at > b.decided_at - interval ? microsecond and a.principal = b.principal
     where b.campaign_id = ? and b.decided_hour between ? and ? and b.decided_at >= ? and b.decided_at < ?
       and b.reserved_agent_id is null
       and (b.place_failure is null or b.place_failure not in ('withdrawn', 'refused'))
       and (
         a.account_entry in ('abandonedWithMessage', 'silent')
           and b.decided_at < coalesce(a.ended_at, a.answered_at) + interval ? microsecond
         or a.account_entry = 'machineDropped'
           and b.decided_at < coalesce(a.answered_at, a.ended_at) + interval ? microsecond
       )${centre === null ? "" : " and b.centre = ?"}
     order by b.decided_at, b.attempt_id, a.decided_at`,
    [
      // The earlier call may have lasted a while before its time began to run.
      (longestMs + DAY_MS) * 1_000,
      ...[campaignId, dateOf((from - 3_600_000) as Instant), dateOf(to), dateOf(from), dateOf(to)],
      ...[afterAbandonMs * 1_000, afterMachineMs * 1_000],
      ...(centre === null ? [] : [centre]),
    ],
  );
  return rows.map((row) => ({
    attemptId: row.attempt_id,
    decidedAt: instantOf(row.decided_at),
    afterAttemptId: row.after_attempt_id,
    afterEntry: row.after_entry,
    afterEndedAt: instantOf(row.after_ended_at),
  }));
};

/** A call to somebody who had objected before it was decided. */
export interface SuppressedDial {
  readonly attemptId: string;
  readonly decidedAt: Instant;
  readonly addedAt: Instant;
  readonly reason: string;
}

/** By the list as it stands: who has been taken off it since is not found, and who was put on it later is not meant. */
export const suppressedWhenDialled = async (
  db: Queryable,
  { campaignId, centre, from, to }: AttemptsWanted,
): Promise<readonly SuppressedDial[]> => {
  const rows = await db.rows<{ attempt_id: string; decided_at: Date; added_at: Date; reason: string }>(
    `select straight_join b.attempt_id, b.decided_at, min(s.added_at) as added_at, min(s.reason) as reason
     from attempt b
     join suppression s force index (primary) on s.e164 = b.e164 and s.principal in ('', b.principal)
     where b.campaign_id = ? and b.decided_hour between ? and ? and b.decided_at >= ? and b.decided_at < ?
       and (b.place_failure is null or b.place_failure not in ('withdrawn', 'refused'))
       and s.added_at < b.decided_at${centre === null ? "" : " and b.centre = ?"}
     group by b.attempt_id, b.decided_at
     order by b.decided_at, b.attempt_id`,
    [
      ...[campaignId, dateOf((from - 3_600_000) as Instant), dateOf(to), dateOf(from), dateOf(to)],
      ...(centre === null ? [] : [centre]),
    ],
  );
  return rows.map((row) => ({
    attemptId: row.attempt_id,
    decidedAt: instantOf(row.decided_at),
    addedAt: instantOf(row.added_at),
    reason: row.reason,
  }));
};
