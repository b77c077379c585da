/**
 * Calls that are asked for by name: handed in, looked at once, and leased to the node where the agent is.
 *
 * One rule to remember: a row is locked while it is looked at, and its lead as well; so of two daemons one looks, and of
 * two calls to one lead the second finds it in hand.
 */
import {
  leadId,
  nodeId,
  numberId,
  type AgentId,
  type CampaignId,
  type LeadId,
  type NodeId,
  type NumberId,
} from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { Database, Queryable } from "../database.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { clipped, clippedOrNull, dateOf, instantOf } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

/** As it was handed in. */
export interface ManualRow {
  readonly manualId: number;
  readonly campaign: string | null;
  readonly agent: string | null;
  readonly number: string | null;
  readonly externalKey: string | null;
  readonly leadId: LeadId | null;
  readonly name: string | null;
  readonly timeZone: string | null;
  readonly region: string | null;
  readonly handedInAt: Instant;
}

export type ManualVerdict =
  | { readonly status: "refused"; readonly code: string; readonly says: string }
  | {
      readonly status: "ready";
      readonly campaignId: CampaignId;
      readonly agentId: AgentId;
      readonly leadId: LeadId;
      readonly numberId: NumberId;
      readonly nodeId: NodeId;
    };

interface RawRow {
  readonly manual_id: number;
  readonly campaign: string | null;
  readonly agent: string | null;
  readonly number: string | null;
  readonly external_key: string | null;
  readonly lead_id: number | null;
  readonly name: string | null;
  readonly time_zone: string | null;
  readonly region: string | null;
  readonly handed_in_at: Date;
}

/** @returns its number among the manual calls */
export const askManualCall = async (
  db: Queryable,
  asked: Pick<ManualRow, "campaign" | "agent" | "number" | "externalKey">,
  { by, at }: Authority,
): Promise<number> => {
  const { insertId } = await db.write(
    `insert into crm_manual_call (campaign, agent, number, external_key, handed_in_at, asked_by)
     values (?, ?, ?, ?, ?, ?)`,
    [asked.campaign, asked.agent, asked.number, asked.externalKey, dateOf(at), clipped(by, 100)],
  );
  return insertId;
};

export interface ManualAnswer {
  readonly status: "new" | "ready" | "done" | "refused";
  readonly code: string | null;
  readonly says: string | null;
  readonly attemptId: string | null;
  readonly leadId: number | null;
}

export const manualAnswer = async (db: Queryable, manualId: number): Promise<ManualAnswer | null> => {
  const [row] = await db.rows<ManualAnswer>(
    `select status, code, says, attempt_id as attemptId, lead_id as leadId from crm_manual_call where manual_id = ?`,
    [manualId],
  );
  return row ?? null;
};

/**
 * Looks at some rows at most, each by `look`, and writes what it said. Returns how many; 0 when none waits. After a lock
 * that two wanted the whole is repeated, `look` with it.
 *
 * @param only this row alone, where it waits still
 */
export const settleManualCalls = (
  db: Database,
  at: Instant,
  look: (tx: Queryable, row: ManualRow) => Promise<ManualVerdict>,
  { limit, only = null }: { readonly limit: number; readonly only?: number | null },
): Promise<number> =>
  db.transaction(async (tx) => {
    const rows = await tx.rows<RawRow>(
      `select manual_id, campaign, agent, number, external_key, lead_id, name, time_zone, region, handed_in_at
       from crm_manual_call force index (manual_to_settle)
       where status = 'new'${only === null ? "" : " and manual_id = ?"} order by manual_id limit ? for update skip locked`,
      [...(only === null ? [] : [only]), limit],
    );
    for (const raw of rows) await settle(tx, raw, await look(tx, rowOf(raw)), at);
    return rows.length;
  });

const settle = async (tx: Queryable, raw: RawRow, verdict: ManualVerdict, at: Instant): Promise<void> => {
  if (verdict.status === "refused") {
    await tx.write(
      "update crm_manual_call set status = 'refused', code = ?, says = ?, settled_at = ? where manual_id = ?",
      [clipped(verdict.code, 40), clipped(verdict.says, 500), dateOf(at), raw.manual_id],
    );
    return;
  }
  const { campaignId, agentId, leadId, numberId, nodeId } = verdict;
  await tx.write(
    `update crm_manual_call set status = 'ready', campaign_id = ?, agent_id = ?, lead_id = ?, number_id = ?, node_id = ?,
       ready_at = ?
     where manual_id = ?`,
    [campaignId, agentId, leadId, numberId, nodeId, dateOf(at), raw.manual_id],
  );
};

const rowOf = (row: RawRow): ManualRow => ({
  manualId: row.manual_id,
  campaign: row.campaign,
  agent: row.agent,
  number: row.number,
  externalKey: row.external_key,
  leadId: row.lead_id === null ? null : leadId(row.lead_id),
  name: clippedOrNull(row.name, 255),
  timeZone: row.time_zone,
  region: row.region,
  handedInAt: instantOf(row.handed_in_at),
});

export const isAssigned = async (tx: Queryable, agent: AgentId, campaign: CampaignId): Promise<boolean> =>
  (await tx.rows("select 1 from agent_campaign where agent_id = ? and campaign_id = ?", [agent, campaign])).length > 0;

/** Where the agent is logged in; null for nowhere. */
export const nodeOfAgent = async (tx: Queryable, agent: AgentId): Promise<NodeId | null> => {
  const [row] = await tx.rows<{ node_id: string }>(
    "select node_id from agent_live where agent_id = ? and state <> 'loggedOut'",
    [agent],
  );
  return row === undefined ? null : nodeId(row.node_id);
};

/** Of several in the campaign, one that may still be called. */
export const leadByNumber = async (
  tx: Queryable,
  campaign: CampaignId,
  number: PhoneNumber,
  hashKey: NumberHashKey,
): Promise<LeadId | null> => {
  const [row] = await tx.rows<{ lead_id: number }>(
    `select l.lead_id from lead_number n join campaign_lead l on l.lead_id = n.lead_id
     where n.e164 in (?) and l.campaign_id = ? and l.erased_at is null
     order by l.state in ('done', 'held'), l.lead_id desc limit 1`,
    [numberKeysOf(number, hashKey), campaign],
  );
  return row === undefined ? null : leadId(row.lead_id);
};

export const numberOfLead = async (
  tx: Queryable,
  lead: LeadId,
  number: PhoneNumber,
  hashKey: NumberHashKey,
): Promise<NumberId | null> => {
  const [row] = await tx.rows<{ number_id: number }>(
    "select number_id from lead_number where lead_id = ? and e164 in (?) order by position limit 1",
    [lead, numberKeysOf(number, hashKey)],
  );
  return row === undefined ? null : numberId(row.number_id);
};

/** For that node, which may hold it already. False where somebody else has it in hand. Lock the lead first. */
export const leaseForManual = async (tx: Queryable, lead: LeadId, node: NodeId, until: Instant): Promise<boolean> => {
  const { matched } = await tx.write(
    `update campaign_lead set state = 'leased', lease_node = ?, lease_until = ?
     where lead_id = ? and (state = 'ready' or (state = 'leased' and lease_node = ?))`,
    [node, dateOf(until), lead, node],
  );
  return matched === 1;
};

/** What nobody looked at in time, and what its node never answered. Returns how many. */
export const expireManualCalls = async (db: Queryable, at: Instant, maxMs: number): Promise<number> => {
  const before = dateOf(after(at, -maxMs));
  const { matched } = await db.write(
    `update crm_manual_call set status = 'refused', code = 'not-begun', settled_at = ?,
       says = 'No daemon began it in time: is the one with this agent running?'
     where status in ('new', 'ready') and handed_in_at < ?`,
    [dateOf(at), before],
  );
  return matched;
};

/** Rows that were answered before. Returns how many. */
export const forgetManualCalls = async (db: Database, before: Instant, goOn: () => boolean): Promise<number> => {
  let forgotten = 0;
  while (goOn()) {
    const { matched } = await db.write(
      "delete from crm_manual_call where settled_at < ? order by settled_at limit 5000",
      [dateOf(before)],
    );
    forgotten += matched;
    if (matched === 0) break;
  }
  return forgotten;
};

/** What was shown to agents before then. Returns how many. */
export const forgetPreviews = async (db: Database, before: Instant, goOn: () => boolean): Promise<number> => {
  let forgotten = 0;
  for (const { campaign_id: campaign } of await db.rows<{ campaign_id: number }>("select campaign_id from campaign")) {
    while (goOn()) {
      const { matched } = await db.write(
        "delete from preview where campaign_id = ? and shown_at < ? and ended_at is not null order by shown_at limit 5000",
        [campaign, dateOf(before)],
      );
      forgotten += matched;
      if (matched === 0) break;
    }
  }
  return forgotten;
};
