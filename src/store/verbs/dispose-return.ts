/** What an agent says of a conversation with somebody who called back, and what follows from it at once: as after a call of ours. */
import type { Disposition, DispositionKind } from "../../domain/disposition.ts";
import { campaignId, leadId, numberId, type AgentId, type AttemptId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { addCallback, withdrawOwn } from "../admin/callbacks.ts";
import { reassignAfterAttempt } from "../admin/assign.ts";
import type { Queryable } from "../database.ts";
import { clipped, dateOf, parsed } from "../rows.ts";

interface Word {
  /** Of the return call. */
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly code: string;
  readonly at: Instant;
}

interface Disposed {
  readonly caller: string | null;
  readonly campaign_id: number | null;
  readonly lead_id: number | null;
  readonly number_id: number | null;
  readonly dispositions: string | null;
  readonly disposition_kind: DispositionKind | null;
}

const DISPOSITION_CHARACTERS_MAX = 64;
/** Nobody is asked for a time by the keys of a telephone: tomorrow at this time, or within the day that follows. */
const DAY_MS = 86_400_000;

export const disposeReturn = async (tx: Queryable, { attemptId: returnId, agentId, code, at }: Word): Promise<void> => {
  const [row] = await tx.rows<Disposed>(
    `select r.caller, r.campaign_id, r.lead_id, a.number_id, c.dispositions, r.disposition_kind
     from return_call r
     left join campaign c on c.campaign_id = r.campaign_id
     left join attempt a on a.attempt_id = r.attempt_id
     where r.return_id = ? for update`,
    [returnId],
  );
  if (row === undefined) return;
  const known = row.dispositions === null ? [] : (parsed(row.dispositions) as readonly Disposition[]);
  const kind = known.find((each) => each.code === code)?.kind ?? null;
  const { matched } = await tx.write(
    `update return_call set disposition = ?, disposition_kind = ?, disposed_by = ?, disposed_at = ?
     where return_id = ? and (disposed_at is null or disposed_at <= ?)`,
    [clipped(code, DISPOSITION_CHARACTERS_MAX), kind, agentId, dateOf(at), returnId, dateOf(at)],
  );
  if (kind === "opt-out-requested" && row.caller !== null && row.caller !== "") {
    // The row has it in the form in which the list has it.
    await tx.write(
      `insert into suppression (e164, principal, reason, source, channel, actor, added_at)
       values (?, '', 'opt-out', ?, 'call', ?, ?)
       on duplicate key update added_at = added_at`,
      [row.caller, `return call ${returnId}`, `agent ${agentId}`, dateOf(at)],
    );
  }
  if (row.lead_id === null || row.campaign_id === null) return;
  const lead = leadId(row.lead_id);
  const askedBy = `agent ${agentId}`;
  if (matched === 1 && row.disposition_kind === "callback-requested") await withdrawOwn(tx, lead, askedBy, at);
  if (matched === 1 && kind === "callback-requested" && row.number_id !== null) {
    await addCallback(tx, {
      ...{ leadId: lead, numberId: numberId(row.number_id), dueAt: after(at, DAY_MS), untilAt: after(at, 2 * DAY_MS) },
      ...{ agentId: null, fallback: "anyone", note: null, askedBy, at },
    });
  }
  if (kind === "wrong-number" && row.number_id !== null) {
    await tx.write(
      "update lead_number set permanent_outcome = 'wrong-number' where number_id = ? and permanent_outcome is null",
      [row.number_id],
    );
  }
  await reassignAfterAttempt(tx, campaignId(row.campaign_id), lead, at);
};
