/**
 * Writes down what a call without an agent came to, and what must follow at once: whoever objects is suppressed before the
 * call is over, and whoever wants to be called back is promised it.
 */
import { leadId, numberId } from "../../domain/ids.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { FlowNote } from "../../engine/ports.ts";
import { addCallback, withdrawOwn } from "../admin/callbacks.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf } from "../rows.ts";

const NAME_CHARACTERS_MAX = 64;
const VALUE_CHARACTERS_MAX = 255;

interface Called {
  readonly e164: string;
  readonly lead_id: number;
}

/** Of an attempt that is not there, or whose person was erased meanwhile, nothing is kept. */
export const recordFlow = async (db: Database, note: FlowNote, hashKey: NumberHashKey): Promise<void> => {
  const { attemptId, what } = note;
  await db.transaction(async (tx) => {
    // Locked: the end of the call may be written at the same moment, or its person erased.
    const [attempt] = await tx.rows<Called>(
      "select e164, lead_id from attempt where attempt_id = ? and erased_at is null for update",
      [attemptId],
    );
    if (attempt === undefined) return;
    switch (what.type) {
      case "result":
        return keep(tx, note, what.name, what.value);
      case "optOut":
        await dispose(tx, note, "opt-out", "opt-out-requested");
        return suppress(tx, attempt, note, hashKey);
      case "callback": {
        await dispose(tx, note, "callback", "callback-requested");
        const { callback } = what;
        const askedBy = `flow of ${attemptId}`;
        // Written a second time it is the same promise.
        await withdrawOwn(tx, leadId(attempt.lead_id), askedBy, note.at);
        await addCallback(tx, {
          ...{ leadId: leadId(attempt.lead_id), numberId: numberId(callback.numberId), agentId: null },
          ...{ dueAt: callback.dueAt, untilAt: callback.untilAt, fallback: "anyone", note: null, askedBy, at: note.at },
        });
      }
    }
  });
};

/** What is said later takes the place of what was said before, in whichever order the two arrive. */
const keep = async (tx: Queryable, { attemptId, flowId, at }: FlowNote, name: string, value: string): Promise<void> => {
  await tx.write(
    `insert into flow_result (attempt_id, flow_id, name, value, noted_at) values (?, ?, ?, ?, ?)
     on duplicate key update
       value = if(noted_at <= values(noted_at), values(value), value),
       noted_at = greatest(noted_at, values(noted_at))`,
    [attemptId, flowId, clipped(name, NAME_CHARACTERS_MAX), clipped(value, VALUE_CHARACTERS_MAX), dateOf(at)],
  );
};

/** Nobody disposed of it but the person. An agent who talked to them afterwards has the last word; an objection stays one. */
const dispose = async (tx: Queryable, { attemptId, at }: FlowNote, code: string, kind: string): Promise<void> => {
  await tx.write(
    `update attempt set disposition = ?, disposition_kind = ?, disposed_by = null, disposed_at = ?
     where attempt_id = ? and (disposed_at is null or disposed_at <= ?)
       and (disposition_kind is null or disposition_kind <> 'opt-out-requested')`,
    [code, kind, dateOf(at), attemptId, dateOf(at)],
  );
};

/** For everybody whose calls we make, as by an agent's disposition. */
const suppress = async (
  tx: Queryable,
  { e164 }: Called,
  { attemptId, at }: FlowNote,
  hashKey: NumberHashKey,
): Promise<void> => {
  await tx.write(
    `insert into suppression (e164, principal, reason, source, channel, actor, added_at)
     values (?, '', 'opt-out', ?, 'call', 'key pressed', ?)
     on duplicate key update added_at = added_at`,
    [isPhoneNumber(e164) ? numberKeyOf(e164, hashKey) : e164, `attempt ${attemptId}`, dateOf(at)],
  );
};
