/**
 * What goes when its time is over: whom an attempt was made to, who a lead was. What was counted stays, and so does who is
 * not to be called.
 *
 * One rule to remember: everything is done in small steps that may be repeated, each short enough that nobody who dials
 * waits for it; what is not done tonight is done tomorrow.
 */
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { Database, SqlValue } from "../database.ts";
import { letGo, lockName, takeLock } from "../named-lock.ts";
import { numberKeyOf } from "../number-key.ts";
import { dateOf } from "../rows.ts";

/** Attempts that were decided before this go; of these profiles, or of all that no other entry names. */
export interface RecordsOver {
  readonly profiles: readonly string[] | "others";
  readonly before: Instant;
}

const ROWS_AT_ONCE = 500;

/** True while there is time left. */
export type GoOn = () => boolean;

/** Runs `work` unless another machine does it just now; null then. */
export const aloneOf = async <T>(db: Database, what: string, work: () => Promise<T>): Promise<T | null> => {
  const connection = await db.hold();
  const lock = lockName(what, db.name);
  try {
    if (!(await takeLock(connection, lock, 0))) {
      connection.release();
      return null;
    }
    const result = await work();
    await letGo(connection, lock);
    connection.release();
    return result;
  } catch (error) {
    // The lock goes with the connection.
    connection.discard();
    throw error;
  }
};

/** Number, evidence and Call-ID of attempts whose records' time is over; outcome, times and counts stay. Returns how many. */
export const forgetAttempts = async (
  db: Database,
  over: readonly RecordsOver[],
  at: Instant,
  goOn: GoOn,
): Promise<number> => {
  const named = over.flatMap(({ profiles }) => (profiles === "others" ? [] : profiles));
  let forgotten = 0;
  for (const { profiles, before } of over) {
    const [where, names] = profiles === "others" ? [OTHER_PROFILES, named] : [THESE_PROFILES, profiles];
    let from = "";
    while (goOn()) {
      // Along the index by number, in which those that are forgotten all stand in front.
      const rows = await db.rows<{ attempt_id: string; e164: string }>(
        `select attempt_id, e164 from attempt force index (attempt_to_number)
         where e164 > '' and e164 >= ? and decided_at < ? and state = 'ended' and ${where}
         order by e164, decided_at limit ?`,
        [from, dateOf(before), ["", ...names], ROWS_AT_ONCE],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      const ids = rows.map(({ attempt_id }) => attempt_id);
      // First: whoever is interrupted here begins with the same attempts again.
      await db.write("delete from flow_result where attempt_id in (?)", [ids]);
      await db.write(
        `update attempt set e164 = '', evidence = '{}', sip_call_id = null, erased_at = coalesce(erased_at, ?)
         where attempt_id in (?)`,
        [dateOf(at), ids],
      );
      forgotten += rows.length;
      if (rows.length < ROWS_AT_ONCE) break;
      from = last.e164;
    }
  }
  return forgotten;
};

const THESE_PROFILES = "profile in (?)";
/** Those from before there were profiles, and of profiles that are gone. */
const OTHER_PROFILES = "(profile is null or profile not in (?))";

/** How many names of leads lie in one step. */
const LEADS_STEP = 10_000;

/**
 * Leads that are done, untouched since before their campaign's time and without an attempt that is still on record: their
 * name, key, attributes and numbers. `beforeOf` gives the time of a campaign's profile. Returns how many.
 */
export const forgetLeads = async (
  db: Database,
  beforeOf: (profile: string) => Instant,
  at: Instant,
  goOn: GoOn,
): Promise<number> => {
  const campaigns = await db.rows<{ campaign_id: number; profile: string }>(
    "select campaign_id, profile from campaign",
  );
  const before = new Map(campaigns.map(({ campaign_id, profile }) => [campaign_id, beforeOf(profile)]));
  const latest = Math.max(0, ...before.values());
  const [most] = await db.rows<{ id: number | null }>("select max(lead_id) as id from campaign_lead");
  let forgotten = 0;
  for (let from = 0; from <= (most?.id ?? -1) && goOn(); from += LEADS_STEP) {
    const rows = await db.rows<{ lead_id: number; campaign_id: number; changed_at: Date }>(
      `select l.lead_id, l.campaign_id, l.changed_at from campaign_lead l
       where l.lead_id >= ? and l.lead_id < ? and l.state = 'done' and l.erased_at is null and l.changed_at < ?
         and not exists (select 1 from attempt a where a.lead_id = l.lead_id and a.e164 > '')`,
      [from, from + LEADS_STEP, new Date(latest)],
    );
    const ids = rows
      .filter(({ campaign_id, changed_at }) => changed_at.getTime() < (before.get(campaign_id) ?? 0))
      .map(({ lead_id }) => lead_id);
    for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
      forgotten += await forgetThese(db, ids.slice(start, start + ROWS_AT_ONCE), at);
    }
  }
  return forgotten;
};

/** A lead that somebody set free again in the meantime stays. */
const forgetThese = (db: Database, ids: readonly number[], at: Instant): Promise<number> =>
  db.transaction(async (tx) => {
    const rows = await tx.rows<{ lead_id: number }>(
      "select lead_id from campaign_lead where lead_id in (?) and state = 'done' and erased_at is null for update",
      [ids],
    );
    if (rows.length === 0) return 0;
    const locked = rows.map(({ lead_id }) => lead_id);
    await tx.write("update lead_number set e164 = '' where lead_id in (?)", [locked]);
    await tx.write(
      `update campaign_lead set name = null, external_key = null, attributes = '{}', consent_reference = null,
         erased_at = ?
       where lead_id in (?)`,
      [dateOf(at), locked],
    );
    return locked.length;
  });

/**
 * Rows about numbers that rest no longer: they were only there to be locked, and say that a number was called. Returns
 * how many.
 */
export const forgetRules = async (db: Database, before: Instant, goOn: GoOn): Promise<number> => {
  let forgotten = 0;
  let after: readonly [string, string] = ["", ""];
  while (goOn()) {
    const rows: { principal: string; e164: string; is_over: number }[] = await db.rows(
      `select principal, e164, (changed_at < ? and coalesce(guaranteed_only_until < ?, 1)) as is_over
       from number_rule force index (primary)
       where principal > ? or (principal = ? and e164 > ?)
       order by principal, e164 limit ?`,
      [dateOf(before), dateOf(before), after[0], after[0], after[1], 10 * ROWS_AT_ONCE],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = [last.principal, last.e164];
    for (const [principal, keys] of keysByPrincipal(rows.filter(({ is_over }) => is_over !== 0))) {
      for (let start = 0; start < keys.length; start += ROWS_AT_ONCE) {
        const { matched } = await db.write(
          `delete from number_rule
           where principal = ? and e164 in (?) and changed_at < ? and coalesce(guaranteed_only_until < ?, 1)`,
          [principal, keys.slice(start, start + ROWS_AT_ONCE), dateOf(before), dateOf(before)],
        );
        forgotten += matched;
      }
    }
  }
  return forgotten;
};

const keysByPrincipal = (rows: readonly { principal: string; e164: string }[]): Map<string, string[]> => {
  const keys = new Map<string, string[]>();
  for (const { principal, e164 } of rows) keys.set(principal, [...(keys.get(principal) ?? []), e164]);
  return keys;
};

/** Entries of our own list from before there was a key for hashing. Returns how many; without a key there is nothing to do. */
export const hashSuppressions = async (db: Database, goOn: GoOn): Promise<number> => {
  const { numberHashKey } = db;
  if (numberHashKey === null) return 0;
  let hashed = 0;
  while (goOn()) {
    const some = await db.transaction(async (tx) => {
      // The clear ones all stand in front of "h:".
      const rows = await tx.rows<Record<string, SqlValue> & { readonly e164: string }>(
        `select e164, principal, reason, source, channel, actor, added_at from suppression
         where e164 >= '+' and e164 < '+:' order by e164, principal limit ? for update`,
        [ROWS_AT_ONCE],
      );
      const numbers = rows.map(({ e164 }) => e164).filter(isPhoneNumber);
      if (numbers.length === 0) return 0;
      await tx.write(
        "insert ignore into suppression (e164, principal, reason, source, channel, actor, added_at) values ?",
        [
          rows.flatMap(({ e164, principal, reason, source, channel, actor, added_at }) =>
            isPhoneNumber(e164)
              ? [[numberKeyOf(e164, numberHashKey), principal, reason, source, channel, actor, added_at] as SqlValue[]]
              : [],
          ),
        ],
      );
      // By both, so that a row that came meanwhile for another principal is not lost.
      for (const { e164, principal } of rows) {
        await tx.write("delete from suppression where e164 = ? and principal = ?", [e164, principal as string]);
      }
      return rows.length;
    });
    if (some === 0) break;
    hashed += some;
  }
  return hashed;
};
