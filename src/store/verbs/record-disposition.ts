/**
 * Writes down what the agent says the conversation was, and what must follow at once: somebody who asked not to be
 * called again is suppressed before the agent takes the next call, and a machine is counted as one.
 *
 * An agent may think again; the latest word stands. A suppression stays even then: only a manager takes it back.
 */
import type { AccountEntry } from "../../domain/account.ts";
import { labelOf } from "../../domain/amd-label.ts";
import type { VerdictAct } from "../../domain/attempt.ts";
import type { Disposition, DispositionKind } from "../../domain/disposition.ts";
import { campaignId, leadId, type AgentId, type AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { CallbackTime } from "../../lead/callback.ts";
import { label } from "../admin/amd-labels.ts";
import { addCallback, withdrawOwn } from "../admin/callbacks.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf, parsed } from "../rows.ts";
import { reassignAfterAttempt } from "../admin/assign.ts";
import { currentEntry, moveCount } from "./accounts.ts";
import { disposeReturn } from "./dispose-return.ts";

const DISPOSITION_CHARACTERS_MAX = 64;

interface Disposed {
  readonly e164: string;
  readonly number_id: number;
  readonly lead_id: number;
  readonly campaign_id: number;
  readonly centre: string;
  readonly node_id: string;
  readonly disposition_kind: DispositionKind | null;
  readonly account_entry: AccountEntry | null;
  /** As text: the driver would make a moment of it, in some zone. */
  readonly day: string | null;
  readonly trunk: string;
  readonly verdict_act: VerdictAct | null;
  readonly evidence: string;
}

export interface AgentsWord {
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly code: string;
  readonly at: Instant;
  /** When they are to be called back, of a disposition that says so; null where no time can be found. */
  readonly callback: CallbackTime | null;
}

export const recordDisposition = async (db: Database, word: AgentsWord, hashKey: NumberHashKey): Promise<void> => {
  const { attemptId, agentId, code, at } = word;
  await db.transaction(async (tx) => {
    // Locked: the end may be written at the same moment, and only one of us may count.
    const [attempt] = await tx.rows<Disposed>(
      `select e164, number_id, lead_id, campaign_id, centre, node_id, disposition_kind, account_entry,
         cast(account_day as char) as day, trunk, verdict_act, evidence
       from attempt where attempt_id = ? for update`,
      [attemptId],
    );
    if (attempt === undefined) {
      await disposeReturn(tx, word);
      return;
    }
    const kind = await kindOf(tx, attempt, code);
    const { matched } = await tx.write(
      `update attempt set disposition = ?, disposition_kind = ?, disposed_by = ?, disposed_at = ?
       where attempt_id = ? and (disposed_at is null or disposed_at <= ?)`,
      [clipped(code, DISPOSITION_CHARACTERS_MAX), kind, agentId, dateOf(at), attemptId, dateOf(at)],
    );
    if (matched === 1) {
      await countAnew(tx, attempt, kind);
      await promise(tx, attempt, kind, word);
      await labelled(tx, attempt, kind, word);
    }
    if (kind === "opt-out-requested") await suppress(tx, attempt, word, hashKey);
    if (kind === "wrong-number") await takeOutOfLead(tx, attempt);
    await reassignAfterAttempt(tx, campaignId(attempt.campaign_id), leadId(attempt.lead_id), at);
  });
};

/** Null for a code that the campaign does not have (any more): the agent's word is kept as they said it. */
const kindOf = async (tx: Queryable, { campaign_id }: Disposed, code: string): Promise<DispositionKind | null> => {
  const [campaign] = await tx.rows<{ dispositions: string }>(
    "select dispositions from campaign where campaign_id = ?",
    [campaign_id],
  );
  const known = campaign === undefined ? [] : (parsed(campaign.dispositions) as readonly Disposition[]);
  return known.find((disposition) => disposition.code === code)?.kind ?? null;
};

/** The latest word stands: what the same agent promised before is taken back. */
const promise = async (
  tx: Queryable,
  { lead_id, disposition_kind }: Disposed,
  kind: DispositionKind | null,
  { agentId, at, callback }: AgentsWord,
): Promise<void> => {
  const lead = leadId(lead_id);
  const askedBy = `agent ${agentId}`;
  if (disposition_kind === "callback-requested") await withdrawOwn(tx, lead, askedBy, at);
  if (kind !== "callback-requested" || callback === null) return;
  await addCallback(tx, {
    ...{ leadId: lead, numberId: callback.numberId, dueAt: callback.dueAt, untilAt: callback.untilAt },
    // Keys give no name: whoever is free calls.
    ...{ agentId: null, fallback: "anyone", note: null, askedBy, at },
  });
};

/** Nothing to do before the end: it counts by what was said. */
const countAnew = async (tx: Queryable, attempt: Disposed, kind: DispositionKind | null): Promise<void> => {
  const { account_entry, day, disposition_kind } = attempt;
  if (account_entry === null || day === null) return;
  const from = currentEntry(account_entry, disposition_kind);
  await moveCount(tx, { ...attempt, day }, from, currentEntry(account_entry, kind));
};

/** Of a call that was taken for a machine and passed to them all the same, the agent says what it was. */
const labelled = async (
  tx: Queryable,
  { campaign_id, trunk, verdict_act, evidence }: Disposed,
  kind: DispositionKind | null,
  { attemptId, agentId, at }: AgentsWord,
): Promise<void> => {
  const heard = labelOf(verdict_act, kind);
  if (heard === null) return;
  const build = (parsed(evidence) as Readonly<Record<string, unknown>>)["amdBuild"];
  if (typeof build !== "string") return;
  const found = { attemptId, isPerson: heard.isPerson, source: "disposition", by: `agent ${agentId}`, at } as const;
  await label(tx, { campaignId: campaign_id, trunk, build }, found);
};

/** For everybody whose calls we make: who does not want to be called by one rarely wants to be called by the next. */
const suppress = async (
  tx: Queryable,
  { e164 }: Disposed,
  { attemptId, agentId, at }: AgentsWord,
  hashKey: NumberHashKey,
): Promise<void> => {
  await tx.write(
    `insert into suppression (e164, principal, reason, source, channel, actor, added_at)
     values (?, '', 'opt-out', ?, 'call', ?, ?)
     on duplicate key update added_at = added_at`,
    [isPhoneNumber(e164) ? numberKeyOf(e164, hashKey) : e164, `attempt ${attemptId}`, `agent ${agentId}`, dateOf(at)],
  );
};

/** The number may be somebody else's whom another list rightly has. */
const takeOutOfLead = async (tx: Queryable, { number_id, lead_id }: Disposed): Promise<void> => {
  await tx.write(
    "update lead_number set permanent_outcome = 'wrong-number' where number_id = ? and permanent_outcome is null",
    [number_id],
  );
  // Whoever calls them next looks for another of their numbers, and first where that one rings.
  await tx.write(
    `update campaign_lead set next_number_id = null, zone_id = coalesce((
       select z.zone_id from lead_number n join list s on s.list_id = campaign_lead.list_id
       join time_zone z on z.name = coalesce(n.time_zone, s.default_time_zone)
       where n.lead_id = campaign_lead.lead_id and n.permanent_outcome is null order by n.position limit 1), zone_id)
     where lead_id = ? and (next_number_id = ? or next_number_id is null)`,
    [lead_id, number_id],
  );
};
