/** The rows that hold a person, without them. Statements only; who is meant is decided in erase.ts and retention.ts. */
import type { LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Queryable } from "../database.ts";
import { numberKeyOf } from "../number-key.ts";
import { dateOf, jsonOf, parsed } from "../rows.ts";
import { wantRecordingsErased } from "./recordings.ts";
import { documentWithoutTraces, withoutTraces, type Traces } from "./traces.ts";

interface Personal {
  readonly lead_id: number;
  readonly name: string | null;
  readonly external_key: string | null;
}

/** Locks these leads and takes the person out of them, their numbers and their attempts. */
export const eraseLeads = async (
  tx: Queryable,
  leads: readonly LeadId[],
  { hashKey, at, reason }: { readonly hashKey: string; readonly at: Instant; readonly reason: string },
): Promise<{ readonly leads: number; readonly attempts: number }> => {
  const rows = await tx.rows<Personal>(
    "select lead_id, name, external_key from campaign_lead where lead_id in (?) for update",
    [leads],
  );
  if (rows.length === 0) return { leads: 0, attempts: 0 };
  const ids = rows.map(({ lead_id }) => lead_id);
  // Nothing is dialled that has no row, and the row is written with the lead's lock held.
  const open = await tx.rows("select 1 from attempt where lead_id in (?) and state <> 'ended' limit 1", [ids]);
  if (open.length > 0) throw new StoreError("conflict", "a call to this person is under way");
  const numbers = await tx.rows<{ e164: string }>("select distinct e164 from lead_number where lead_id in (?)", [ids]);
  const clear = numbers.map(({ e164 }) => e164).filter(isPhoneNumber);
  const traces = { numbers: clear, words: rows.flatMap(({ name, external_key }) => [name ?? "", external_key ?? ""]) };
  const attempts = await eraseAttempts(tx, { numbers: [], leads: ids }, traces, hashKey, at);
  for (const number of clear) {
    await tx.write("update lead_number set e164 = ? where lead_id in (?) and e164 = ?", [
      ...[numberKeyOf(number, hashKey), ids, number],
    ]);
  }
  await tx.write(
    `update campaign_lead set name = null, external_key = null, attributes = '{}', consent_reference = null,
       state = 'done', reason = ?, lease_node = null, lease_until = null, erased_at = coalesce(erased_at, ?),
       changed_at = ?
     where lead_id in (?)`,
    [reason, dateOf(at), dateOf(at), ids],
  );
  await tx.write("update crm_manual_call set number = null, name = null, external_key = null where lead_id in (?)", [
    ids,
  ]);
  await tx.write(
    `update callback set note = null, settled_at = if(state in ('waiting', 'taken'), ?, settled_at),
       state = if(state in ('waiting', 'taken'), 'withdrawn', state)
     where lead_id in (?)`,
    [dateOf(at), ids],
  );
  return { leads: ids.length, attempts };
};

interface Evident {
  readonly attempt_id: string;
  readonly e164: string;
  readonly evidence: string;
}

/** What was decided, seen and heard stays; to whom it happened is told by the hash alone. Returns how many. */
export const eraseAttempts = async (
  tx: Queryable,
  whose: { readonly numbers: readonly PhoneNumber[]; readonly leads: readonly number[] },
  traces: Traces,
  hashKey: string,
  at: Instant,
): Promise<number> => {
  const rows = [
    ...(whose.leads.length === 0
      ? []
      : await tx.rows<Evident>("select attempt_id, e164, evidence from attempt where lead_id in (?) for update", [
          whose.leads,
        ])),
    ...(whose.numbers.length === 0
      ? []
      : await tx.rows<Evident>("select attempt_id, e164, evidence from attempt where e164 in (?) for update", [
          whose.numbers,
        ])),
  ];
  // Whose voices they are, and what they said with their keys, does not depend on what stands in the row.
  const ids = rows.map(({ attempt_id }) => attempt_id);
  await wantRecordingsErased(tx, ids, at);
  if (ids.length > 0) await tx.write("delete from flow_result where attempt_id in (?)", [ids]);
  for (const { attempt_id, e164, evidence } of rows) {
    const own = { numbers: [...traces.numbers, e164], words: traces.words };
    await tx.write(
      "update attempt set e164 = ?, evidence = ?, erased_at = coalesce(erased_at, ?) where attempt_id = ?",
      [
        isPhoneNumber(e164) ? numberKeyOf(e164, hashKey) : e164,
        jsonOf(documentWithoutTraces(parsed(evidence), own)),
        ...[dateOf(at), attempt_id],
      ],
    );
    const said = await tx.rows<{ alarm_id: number; says: string }>(
      "select alarm_id, says from alarm where attempt_id = ?",
      [attempt_id],
    );
    for (const { alarm_id, says } of said) {
      await tx.write("update alarm set says = ? where alarm_id = ?", [withoutTraces(says, own), alarm_id]);
    }
  }
  return rows.length;
};

/** Wherever a number stands by itself. What is there under both forms stays as the hashed one says it. */
export const keysInsteadOfNumbers = async (
  tx: Queryable,
  numbers: readonly PhoneNumber[],
  hashKey: string,
): Promise<void> => {
  const principals = await principalsOfRules(tx);
  for (const number of numbers) {
    const key = numberKeyOf(number, hashKey);
    await tx.write(
      "update return_call set caller = ?, erased_at = coalesce(erased_at, utc_timestamp(3)) where caller = ?",
      [...[key, number]],
    );
    await tx.write("update ignore number_status set e164 = ? where e164 = ?", [key, number]);
    await tx.write("delete from number_status where e164 = ?", [number]);
    if (principals.length > 0) await mergeRules(tx, principals, number, key);
    const entries = await tx.rows<{ principal: string; source: string }>(
      "select principal, source from suppression where e164 in (?)",
      [[number, key]],
    );
    for (const { principal, source } of entries) {
      const clean = withoutTraces(source, { numbers: [number], words: [] });
      await tx.write("update suppression set source = ? where e164 in (?) and principal = ?", [
        ...[clean, [number, key], principal],
      ]);
    }
    await tx.write("update ignore suppression set e164 = ? where e164 = ?", [key, number]);
    await tx.write("delete from suppression where e164 = ?", [number]);
    const files = await tx.rows<{ file_id: number }>(
      `select straight_join f.file_id from register_file f join register_number n force index (primary)
         on n.file_id = f.file_id and n.number_key = ?`,
      [number],
    );
    for (const { file_id } of files) {
      await tx.write("update ignore register_number set number_key = ? where file_id = ? and number_key = ?", [
        ...[key, file_id, number],
      ]);
      await tx.write("delete from register_number where file_id = ? and number_key = ?", [file_id, number]);
    }
  }
};

/** Few, and the key begins with them: without them every number that was ever dialled would be looked at. */
export const principalsOfRules = async (tx: Queryable): Promise<string[]> =>
  (await tx.rows<{ principal: string }>("select distinct principal from number_rule")).map(
    ({ principal }) => principal,
  );

/** A number that rests goes on resting, for the longer of both. */
const mergeRules = async (tx: Queryable, principals: readonly string[], number: string, key: string): Promise<void> => {
  await tx.write(
    `insert into number_rule (principal, e164, guaranteed_only_until, because, attempt_id, changed_at)
     select r.principal, ?, r.guaranteed_only_until, r.because, r.attempt_id, r.changed_at from number_rule r
     where r.principal in (?) and r.e164 = ?
     on duplicate key update guaranteed_only_until =
       case when number_rule.guaranteed_only_until is null then values(guaranteed_only_until)
            when values(guaranteed_only_until) is null then number_rule.guaranteed_only_until
            else greatest(number_rule.guaranteed_only_until, values(guaranteed_only_until)) end`,
    [key, principals, number],
  );
  await tx.write("delete from number_rule where principal in (?) and e164 = ?", [principals, number]);
};
