/**
 * Return calls as rows: whose they are, that they are there, and what came of them. No attempt is touched, and no account.
 *
 * One rule to remember: while somebody who called back is on the line nobody dials them; the lead is due later for so long,
 * and gets back what it had, unless somebody has put it off in the meantime.
 */
import { agentId, campaignId, isAttemptId, leadId, legId, type NodeId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { isPhoneNumber, phoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import type { OpenReturn, ReturnEnd, ReturnMatch, ReturnRow } from "../../domain/return-call.ts";
import { StoreError, type ReturnStore } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeyOf, type NumberHashKey } from "../number-key.ts";
import { clipped, dateOf, dateOrNull, instantOf } from "../rows.ts";

/** Longer than anybody talks; whatever happens to us, the lead is free again then. */
const HELD_MS = 3 * 3_600_000;
const LEG_CHARACTERS_MAX = 150;

/** Why a lead is done whose person called back and talked with an agent: as after a call of ours. */
export const CALLED_BACK = "called-back";

export class SqlReturnCalls implements ReturnStore {
  readonly #db: Database;
  readonly #hashKey: NumberHashKey;

  constructor(db: Database, hashKey: NumberHashKey) {
    this.#db = db;
    this.#hashKey = hashKey;
  }

  /** Along the index by number. Attempts of people who were erased are not theirs any more. */
  async match(caller: PhoneNumber, cliNumber: PhoneNumber, since: Instant): Promise<ReturnMatch | null> {
    const [row] = await this.#db.rows<MatchRow>(
      `select a.attempt_id, a.campaign_id, a.lead_id, coalesce((
         select b.agent_id from attempt b
         where b.lead_id = a.lead_id and b.connected_at is not null and b.agent_id is not null
         order by b.decided_at desc limit 1), a.agent_id) as last_agent_id
       from attempt a
       where a.e164 = ? and a.decided_at >= ? and a.cli_number = ? and a.erased_at is null
       order by a.decided_at desc limit 1`,
      [caller, dateOf(since), cliNumber],
    );
    return row === undefined ? null : matchOf(row);
  }

  async begin(node: NodeId, row: ReturnRow): Promise<void> {
    const { returnId, at, campaignId, match } = row;
    const whose = [campaignId, match?.leadId ?? null, match?.attemptId ?? null, match?.lastAgentId ?? null];
    await this.#db.transaction(async (tx) => {
      const { matched: isNew } = await tx.write(
        `insert ignore into return_call (return_id, node_id, leg_id, arrived_at, cli_number, caller, campaign_id,
           lead_id, attempt_id, last_agent_id)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[returnId, node, clipped(row.legId, LEG_CHARACTERS_MAX), dateOf(at), row.cliNumber],
          ...[row.caller === null ? null : numberKeyOf(row.caller, this.#hashKey), ...whose],
        ],
      );
      if (isNew === 1 ? match !== null : await isNowTheirs(tx, returnId, whose)) await hold(tx, row);
    });
  }

  async end(end: ReturnEnd): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { matched } = await tx.write(
        `update return_call set agent_id = ?, waited_ms = ?, connected_at = ?, message = ?, opted_out = ?, ended_at = ?,
           outcome = ?, ended_by = ?
         where return_id = ? and ended_at is null`,
        [
          ...[end.agentId, end.waitedMs, dateOrNull(end.connectedAt), end.message, end.optedOut, dateOf(end.endedAt)],
          ...[end.outcome, end.endedBy, end.returnId],
        ],
      );
      if (matched === 1) await letGo(tx, end);
    });
  }

  /** As a disposition does it: whoever does not want to be called by one rarely wants to be called by the next. */
  async optOut({ returnId, caller }: ReturnRow, at: Instant): Promise<void> {
    if (caller === null) return;
    await this.#db.write(
      `insert into suppression (e164, principal, reason, source, channel, actor, added_at)
       values (?, '', 'opt-out', ?, 'call', 'the caller', ?)
       on duplicate key update added_at = added_at`,
      [numberKeyOf(caller, this.#hashKey), `return call ${returnId}`, dateOf(at)],
    );
  }

  async open(node: NodeId): Promise<readonly OpenReturn[]> {
    const rows = await this.#db.rows<OpenRow>(
      `select return_id, leg_id, arrived_at, cli_number, caller, campaign_id, lead_id, attempt_id, last_agent_id
       from return_call force index (return_open) where node_id = ? and ended_at is null order by arrived_at`,
      [node],
    );
    return rows.map((row) => ({ row: openOf(row), nodeId: node }));
  }
}

interface MatchRow {
  readonly attempt_id: string;
  readonly campaign_id: number;
  readonly lead_id: number;
  readonly last_agent_id: number | null;
}

interface OpenRow {
  readonly return_id: string;
  readonly leg_id: string;
  readonly arrived_at: Date;
  readonly cli_number: string | null;
  readonly caller: string | null;
  readonly campaign_id: number | null;
  readonly lead_id: number | null;
  readonly attempt_id: string | null;
  readonly last_agent_id: number | null;
}

const matchOf = ({ attempt_id, campaign_id, lead_id, last_agent_id }: MatchRow): ReturnMatch => {
  if (!isAttemptId(attempt_id)) throw new StoreError("broken", "an attempt's row has no attempt's name");
  return {
    attemptId: attempt_id,
    campaignId: campaignId(campaign_id),
    leadId: leadId(lead_id),
    lastAgentId: last_agent_id === null ? null : agentId(last_agent_id),
  };
};

const openOf = (row: OpenRow): ReturnRow => {
  const { return_id, campaign_id, lead_id, attempt_id, caller } = row;
  if (!isAttemptId(return_id)) throw new StoreError("broken", "a return call's row has no name");
  const isMatched = campaign_id !== null && lead_id !== null && attempt_id !== null;
  return {
    returnId: return_id,
    legId: legId(row.leg_id),
    at: instantOf(row.arrived_at),
    cliNumber: row.cli_number === null ? null : phoneNumber(row.cli_number),
    // Where numbers are hashed it is not to be had again; whoever talks needs it no more.
    caller: caller !== null && isPhoneNumber(caller) ? caller : null,
    campaignId: campaign_id === null ? null : campaignId(campaign_id),
    match: isMatched ? matchOf({ ...row, campaign_id, lead_id, attempt_id }) : null,
  };
};

/** Whether a row that was written before anybody knew whose call it is has its lead now. A lead erased since stays away. */
const isNowTheirs = async (
  tx: Queryable,
  returnId: string,
  whose: readonly (number | string | null)[],
): Promise<boolean> => {
  const { matched } = await tx.write(
    `update ignore return_call set campaign_id = ?, lead_id = ?, attempt_id = ?, last_agent_id = ?
     where return_id = ? and campaign_id is null and ended_at is null`,
    [...whose, returnId],
  );
  return matched === 1 && whose[1] !== null;
};

/** Whoever has leased it loses the lease, and is refused when they write their attempt. */
const hold = async (tx: Queryable, { returnId, match, at }: ReturnRow): Promise<void> => {
  const [row] = await tx.rows<{ due_at: Date; state: string }>(
    "select due_at, state from campaign_lead where lead_id = ? for update",
    [match?.leadId ?? null],
  );
  if (row === undefined || (row.state !== "ready" && row.state !== "leased")) return;
  const until = dateOf(after(at, HELD_MS));
  await tx.write("update return_call set lead_due_at = ?, lead_held_until = ? where return_id = ?", [
    ...[row.due_at, until, returnId],
  ]);
  await tx.write(
    `update campaign_lead set state = 'ready', lease_node = null, lease_until = null,
       due_at = greatest(due_at, ?), changed_at = ?
     where lead_id = ?`,
    [until, dateOf(at), match?.leadId ?? null],
  );
};

/** Somebody with whom an agent talked is done, as after a call of ours, unless a call was promised to them. */
const letGo = async (
  tx: Queryable,
  { returnId, outcome, connectedAt, endedAt, notBefore }: ReturnEnd,
): Promise<void> => {
  const [row] = await tx.rows<{ lead_id: number | null; lead_due_at: Date | null; lead_held_until: Date | null }>(
    "select lead_id, lead_due_at, lead_held_until from return_call where return_id = ?",
    [returnId],
  );
  if (row === undefined || row.lead_id === null || row.lead_due_at === null || row.lead_held_until === null) return;
  const held = [row.lead_id, row.lead_held_until] as const;
  if (outcome === "talked" && connectedAt !== null) {
    const { matched } = await tx.write(
      `update campaign_lead set state = 'done', reason = ?, changed_at = ?
       where lead_id = ? and state = 'ready' and due_at = ?
         and not exists (select 1 from callback b where b.lead_id = campaign_lead.lead_id and b.state = 'waiting')`,
      [CALLED_BACK, dateOf(endedAt), ...held],
    );
    if (matched === 1) return;
  }
  await tx.write(
    `update campaign_lead set due_at = greatest(?, ?), changed_at = ?
     where lead_id = ? and state = 'ready' and due_at = ?`,
    [row.lead_due_at, dateOrNull(notBefore) ?? row.lead_due_at, dateOf(endedAt), ...held],
  );
};
