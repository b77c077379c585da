/**
 * Ends an attempt once, and with it settles its lead, the abandon account and, where the outcome says so, its number.
 *
 * One rule to remember: the abandon account must equal a recount of these rows, so the end is repeated until it is
 * accepted; the guard on the state makes every repetition but the first touch nothing.
 */
import type { AccountEntry } from "../../domain/account.ts";
import type { DispositionKind } from "../../domain/disposition.ts";
import { OUTCOMES } from "../../domain/outcome.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import { campaignId } from "../../domain/ids.ts";
import type { AttemptEnd, ContactMade } from "../../engine/ports.ts";
import type { Instant } from "../../domain/instant.ts";
import { factAssignments, factValues } from "../attempt-columns.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { dateOf, instantOf } from "../rows.ts";
import { reassignAfterAttempt } from "../admin/assign.ts";
import { queuePromised } from "../admin/callbacks.ts";
import { currentEntry, moveCount } from "./accounts.ts";
import { settlement, settlePromise, type Assignment } from "./settle-lead.ts";

/** What the row knows and the end does not say. */
interface EndedRow {
  readonly e164: string;
  readonly principal: string;
  readonly campaign_id: number;
  readonly centre: string;
  readonly node_id: string;
  readonly decided_at: Date;
  readonly disposition_kind: DispositionKind | null;
}

export const endAttempt = async (db: Database, end: AttemptEnd, hashKey: NumberHashKey): Promise<boolean> =>
  db.transaction(async (tx) => {
    if (!(await endRow(tx, end))) return false;
    const row = await endedRow(tx, end);
    // A lost attempt's end was never seen.
    const at = end.facts.endedAt?.at ?? instantOf(row.decided_at);
    // What is suppressed is for the suppression list to say: somebody may be taken off that again.
    if (OUTCOMES[end.outcome].permanent && end.outcome !== "suppressed") await takeNumberOut(tx, end, row, at);
    if (end.guaranteedOnlyUntil !== null) await guaranteeUntil(tx, end, row, end.guaranteedOnlyUntil, { at, hashKey });
    await settleLead(tx, end, row, at);
    await settlePromise(tx, end.verdict, at);
    // What was promised in this very call, or while it was on its way.
    await queuePromised(tx, end.leadId, at, end.verdict.promise?.callbackId ?? null);
    if (OUTCOMES[end.outcome].retryClass !== "requeue") await countOnNumber(tx, end, row);
    await reassignAfterAttempt(tx, campaignId(row.campaign_id), end.leadId, at);
    if (end.account !== null) await count(tx, end.account, row);
    // Last, because everybody who is answered in this hour counts here.
    if (end.contact !== null) await countContact(tx, end.contact, row);
    return true;
  });

const endRow = async (tx: Queryable, { attemptId, facts, outcome, account }: AttemptEnd): Promise<boolean> => {
  const { countsAsAttempt, liveVoice, permanent, chargesCarrierHealth, retryClass } = OUTCOMES[outcome];
  const { matched } = await tx.write(
    `update attempt set ${factAssignments()},
       outcome = ?, counts_as_attempt = ?, live_voice = ?, permanent = ?, charges_carrier_health = ?, retry_class = ?,
       account_entry = ?, account_day = ?, state = 'ended'
     where attempt_id = ? and state <> 'ended'`,
    [
      ...factValues(facts),
      ...[outcome, countsAsAttempt, liveVoice, permanent, chargesCarrierHealth, retryClass],
      ...[account?.entry ?? null, account?.day ?? null, attemptId],
    ],
  );
  return matched === 1;
};

const endedRow = async (tx: Queryable, { attemptId }: AttemptEnd): Promise<EndedRow> => {
  const [row] = await tx.rows<EndedRow>(
    `select e164, principal, campaign_id, centre, node_id, decided_at, disposition_kind
     from attempt where attempt_id = ?`,
    [attemptId],
  );
  if (row === undefined) throw new Error("a row that was just written is there");
  return row;
};

/** What was tried counts in any case; what becomes of the lead is ours to say only while it is being dialled. */
const settleLead = async (tx: Queryable, end: AttemptEnd, row: EndedRow, at: Instant): Promise<void> => {
  const { countsAsAttempt, retryClass } = OUTCOMES[end.outcome];
  const counted: Assignment[] = [
    ["attempts_counted", "attempts_counted + ?", [countsAsAttempt]],
    ["carrier_tries", "carrier_tries + ?", [retryClass === "carrier"]],
    ["last_attempt_id", "?", [end.attemptId]],
    ...(retryClass === "requeue" ? [] : [["last_attempt_at", "?", [row.decided_at]] as const]),
  ];
  const settled = settlement(end.verdict, at).map(([column, sql, values]): Assignment => [
    column,
    `if(state = 'dialling', ${sql}, ${column})`,
    values,
  ]);
  const columns = [...counted, ...settled];
  await tx.write(
    `update campaign_lead set ${columns.map(([column, sql]) => `${column} = ${sql}`).join(", ")} where lead_id = ?`,
    [...columns.flatMap(([, , values]) => values), end.leadId],
  );
};

const countOnNumber = async (tx: Queryable, { numberId, outcome }: AttemptEnd, row: EndedRow): Promise<void> => {
  await tx.write(
    `update lead_number set attempts_counted = attempts_counted + ?, last_attempt_at = ?, last_outcome = ?
     where number_id = ?`,
    [OUTCOMES[outcome].countsAsAttempt, row.decided_at, outcome, numberId],
  );
};

const countContact = async (
  tx: Queryable,
  { kind, weekday, hour, isLive }: ContactMade,
  { campaign_id }: EndedRow,
): Promise<void> => {
  await tx.write(
    `insert into contact_rate (campaign_id, number_kind, weekday, hour, attempts, live_answers)
     values (?, ?, ?, ?, 1, ?)
     on duplicate key update attempts = attempts + 1, live_answers = live_answers + values(live_answers)`,
    [campaign_id, kind, weekday, hour, isLive ? 1 : 0],
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

/** An agent may have said what it was before the call was over. */
const count = async (
  tx: Queryable,
  { entry, day }: NonNullable<AttemptEnd["account"]>,
  row: EndedRow,
): Promise<void> => {
  const current: AccountEntry | null = currentEntry(entry, row.disposition_kind);
  await moveCount(tx, { ...row, day }, null, current);
};
