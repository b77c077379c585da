/**
 * Ends attempts once each, and with each settles its lead, the abandon account and, where the outcome says so, its number.
 *
 * One rule to remember: the abandon account must equal a recount of these rows, so the end is repeated until it is
 * accepted; the guard on the state makes every repetition but the first touch nothing.
 */
import type { AccountEntry } from "../../domain/account.ts";
import type { DispositionKind } from "../../domain/disposition.ts";
import { OUTCOMES } from "../../domain/outcome.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import { campaignId } from "../../domain/ids.ts";
import type { AttemptEnd } from "../../engine/ports.ts";
import type { Instant } from "../../domain/instant.ts";
import { factAssignments, factsToTell, factTable, told } from "../attempt-columns.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { dateOf, instantOf, jsonOf } from "../rows.ts";
import { assignLeads } from "../admin/assign.ts";
import { queuePromised } from "../admin/callbacks.ts";
import { addCounts, currentEntry } from "./accounts.ts";
import { SETTLE_DIALLED, settlementToTell, settlePromise, WITHDRAWN } from "./settle-lead.ts";

/** What the row knows and the end does not say. */
interface EndedRow {
  readonly attempt_id: string;
  readonly e164: string;
  readonly principal: string;
  readonly campaign_id: number;
  readonly centre: string;
  readonly node_id: string;
  readonly decided_at: Date;
  readonly disposition_kind: DispositionKind | null;
}

export const endAttempt = async (db: Database, end: AttemptEnd, hashKey: NumberHashKey): Promise<boolean> =>
  (await endAttempts(db, [end], hashKey))[0] ?? false;

/**
 * Several in one transaction, with the statements of one: each costs the way to the server and back. All or none; whoever
 * names an attempt or a lead twice gets a transaction for each time.
 * @returns whether each was ended now, in the order given
 */
export const endAttempts = async (
  db: Database,
  ends: readonly AttemptEnd[],
  hashKey: NumberHashKey,
): Promise<readonly boolean[]> => {
  const ended = new Set<AttemptEnd>();
  for (const some of apart(ends)) {
    for (const end of await db.transaction((tx) => endSome(tx, some, hashKey))) ended.add(end);
  }
  return ends.map((end) => ended.has(end));
};

/** Of one attempt or one lead the first end is settled before the second is looked at. */
const apart = (ends: readonly AttemptEnd[]): AttemptEnd[][] => {
  const groups: { readonly ends: AttemptEnd[]; readonly taken: Set<string | number> }[] = [];
  let group = { ends: [] as AttemptEnd[], taken: new Set<string | number>() };
  for (const end of ends) {
    if (groups.length === 0 || group.taken.has(end.attemptId) || group.taken.has(end.leadId)) {
      group = { ends: [], taken: new Set() };
      groups.push(group);
    }
    group.ends.push(end);
    group.taken.add(end.attemptId).add(end.leadId);
  }
  return groups.map((each) => each.ends);
};

/** An end with what its row knows, and when that was. */
interface Ending {
  readonly end: AttemptEnd;
  readonly row: EndedRow;
  readonly at: Instant;
}

const endSome = async (
  tx: Queryable,
  ends: readonly AttemptEnd[],
  hashKey: NumberHashKey,
): Promise<readonly AttemptEnd[]> => {
  const endings = await openOnes(tx, ends);
  if (endings.length === 0) return [];
  await endRows(tx, endings);
  for (const { end, row, at } of endings) {
    // What is suppressed is for the suppression list to say: somebody may be taken off that again.
    if (OUTCOMES[end.outcome].permanent && end.outcome !== "suppressed") await takeNumberOut(tx, end, row, at);
    if (end.guaranteedOnlyUntil !== null) await guaranteeUntil(tx, end, row, end.guaranteedOnlyUntil, { at, hashKey });
  }
  await settleLeads(tx, endings);
  for (const { end, at } of endings) await settlePromise(tx, end.verdict, at);
  await countOnNumbers(tx, endings);
  await whatElseIsDue(tx, endings);
  await countAccounts(tx, endings);
  // Last, because everybody who is answered in this hour counts here.
  await countContacts(tx, endings);
  return endings.map(({ end }) => end);
};

/** Those that have not ended yet, their rows locked; in one order, whoever else ends the same. */
const openOnes = async (tx: Queryable, ends: readonly AttemptEnd[]): Promise<Ending[]> => {
  const rows = await tx.rows<EndedRow>(
    `select attempt_id, e164, principal, campaign_id, centre, node_id, decided_at, disposition_kind
     from attempt force index (primary) where attempt_id in (?) and state <> 'ended' order by attempt_id for update`,
    [ends.map(({ attemptId }) => attemptId)],
  );
  const byId = new Map(rows.map((row) => [row.attempt_id, row]));
  return ends.flatMap((end) => {
    const row = byId.get(end.attemptId);
    // A lost attempt's end was never seen.
    return row === undefined ? [] : [{ end, row, at: end.facts.endedAt?.at ?? instantOf(row.decided_at) }];
  });
};

const endRows = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  const rows = endings.map(({ end: { attemptId, facts, outcome, account } }) => {
    const { countsAsAttempt, liveVoice, permanent, chargesCarrierHealth, retryClass } = OUTCOMES[outcome];
    return {
      ...{ attempt_id: attemptId, outcome, retry_class: retryClass },
      ...{ counts_as_attempt: Number(countsAsAttempt), live_voice: Number(liveVoice), permanent: Number(permanent) },
      charges_carrier_health: Number(chargesCarrierHealth),
      ...(account === null ? {} : { account_entry: account.entry, account_day: account.day }),
      ...factsToTell(facts),
    };
  });
  await tx.write(
    `update json_table(?, '$[*]' columns (
       attempt_id varchar(36) path '$.attempt_id', outcome varchar(32) path '$.outcome',
       retry_class varchar(16) path '$.retry_class', counts_as_attempt int path '$.counts_as_attempt',
       live_voice int path '$.live_voice', permanent int path '$.permanent',
       charges_carrier_health int path '$.charges_carrier_health',
       account_entry varchar(32) path '$.account_entry', account_day varchar(10) path '$.account_day',
       ${factTable()})) as c
     straight_join attempt a on a.attempt_id = convert(c.attempt_id using ascii) collate ascii_bin
     set ${factAssignments()}, a.outcome = c.outcome, a.counts_as_attempt = c.counts_as_attempt,
       a.live_voice = c.live_voice, a.permanent = c.permanent, a.charges_carrier_health = c.charges_carrier_health,
       a.retry_class = c.retry_class, a.account_entry = c.account_entry, a.account_day = c.account_day,
       a.state = 'ended'`,
    [jsonOf(rows)],
  );
};

/** What was tried counts in any case; what becomes of the lead is ours to say only while it is being dialled. */
const settleLeads = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  const rows = endings.map(({ end, row, at }) => {
    const { countsAsAttempt, retryClass } = OUTCOMES[end.outcome];
    return {
      ...{ lead_id: end.leadId, attempt_id: end.attemptId, counted: Number(countsAsAttempt) },
      carrier: Number(retryClass === "carrier"),
      ...(retryClass === "requeue" ? {} : { tried_at: told(instantOf(row.decided_at)) }),
      ...settlementToTell(end.verdict, at),
    };
  });
  await tx.write(SETTLE_DIALLED, [jsonOf(rows), WITHDRAWN, WITHDRAWN]);
};

const countOnNumbers = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  const rows = endings
    .filter(({ end }) => OUTCOMES[end.outcome].retryClass !== "requeue")
    .map(({ end, row }) => ({
      ...{ number_id: end.numberId, counted: Number(OUTCOMES[end.outcome].countsAsAttempt), outcome: end.outcome },
      tried_at: told(instantOf(row.decided_at)),
    }));
  if (rows.length === 0) return;
  await tx.write(
    `update json_table(?, '$[*]' columns (
       number_id bigint unsigned path '$.number_id', counted int path '$.counted', outcome varchar(32) path '$.outcome',
       tried_at datetime(3) path '$.tried_at')) as c
     straight_join lead_number n on n.number_id = c.number_id
     set n.attempts_counted = n.attempts_counted + c.counted, n.last_attempt_at = c.tried_at, n.last_outcome = c.outcome`,
    [jsonOf(rows)],
  );
};

/** Promises that wait, and sources that ask for a lead's history: looked for in one question, because both are rare. */
const whatElseIsDue = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  const rows = await tx.rows<{ what: "promised" | "asks"; id: number }>(
    `select 'promised' as what, lead_id as id from callback force index (callback_of_lead)
       where lead_id in (?) and state = 'waiting'
     union
     select 'asks', s.campaign_id from campaign_source s join segment g on g.segment_id = s.segment_id
       where s.campaign_id in (?) and g.asks_history = 1`,
    [endings.map(({ end }) => end.leadId), [...new Set(endings.map(({ row }) => row.campaign_id))]],
  );
  if (rows.length === 0) return;
  const [promised, asking] = (["promised", "asks"] as const).map(
    (wanted) => new Set(rows.filter(({ what }) => what === wanted).map(({ id }) => id)),
  );
  for (const { end, row, at } of endings) {
    // What was promised in this very call, or while it was on its way.
    if (promised?.has(end.leadId) === true)
      await queuePromised(tx, end.leadId, at, end.verdict.promise?.callbackId ?? null);
    if (asking?.has(row.campaign_id) === true) await assignLeads(tx, campaignId(row.campaign_id), [end.leadId], at);
  }
};

/** An agent may have said what it was before the call was over. */
const countAccounts = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  await addCounts(
    tx,
    endings.flatMap(({ end: { account }, row }) => {
      const entry: AccountEntry | null = account && currentEntry(account.entry, row.disposition_kind);
      return account === null || entry === null ? [] : [{ ...row, day: account.day, entry }];
    }),
  );
};

const countContacts = async (tx: Queryable, endings: readonly Ending[]): Promise<void> => {
  const sums = new Map<string, [...SqlValue[], attempts: number, live: number]>();
  for (const { end, row } of endings) {
    if (end.contact === null) continue;
    const { kind, weekday, hour, isLive } = end.contact;
    const key = JSON.stringify([row.campaign_id, kind, weekday, hour]);
    const [attempts, live] = (sums.get(key)?.slice(-2) ?? [0, 0]) as [number, number];
    sums.set(key, [row.campaign_id, kind, weekday, hour, attempts + 1, live + (isLive ? 1 : 0)]);
  }
  if (sums.size === 0) return;
  // In order, so that two nodes wait for one another instead of locking each other out.
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await tx.write(
    `insert into contact_rate (campaign_id, number_kind, weekday, hour, attempts, live_answers) values ?
     on duplicate key update attempts = attempts + values(attempts), live_answers = live_answers + values(live_answers)`,
    [rows],
  );
};

/** The first finding stands. */
const takeNumberOut = async (
  tx: Queryable,
  { attemptId, outcome }: AttemptEnd,
  { e164 }: EndedRow,
  at: Instant,
): Promise<void> => {
  await tx.write(
    `insert into number_status (e164, permanent_outcome, since, attempt_id) values (?, ?, ?, ?)
     on duplicate key update since = number_status.since`,
    [e164, outcome, dateOf(at), attemptId],
  );
};

/** The longest promise stands, whichever came first. */
const guaranteeUntil = async (
  tx: Queryable,
  { attemptId, account, outcome }: AttemptEnd,
  { e164, principal }: EndedRow,
  until: Instant,
  { at, hashKey }: { readonly at: Instant; readonly hashKey: NumberHashKey },
): Promise<void> => {
  const key = isPhoneNumber(e164) ? numberKeyOf(e164, hashKey) : e164;
  await tx.write(
    `insert into number_rule (principal, e164, guaranteed_only_until, because, attempt_id, changed_at)
     values (?, ?, ?, ?, ?, ?)
     on duplicate key update
       because = if(coalesce(guaranteed_only_until, '1970-01-01') < ?, ?, because),
       attempt_id = if(coalesce(guaranteed_only_until, '1970-01-01') < ?, ?, attempt_id),
       changed_at = if(coalesce(guaranteed_only_until, '1970-01-01') < ?, ?, changed_at),
       guaranteed_only_until = greatest(coalesce(guaranteed_only_until, ?), ?)`,
    [
      ...[principal, key, dateOf(until), account?.entry ?? outcome, attemptId, dateOf(at)],
      ...[dateOf(until), account?.entry ?? outcome],
      ...[dateOf(until), attemptId],
      ...[dateOf(until), dateOf(at)],
      ...[dateOf(until), dateOf(until)],
    ],
  );
};
