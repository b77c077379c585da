/** Attempts one by one, with everything that is known of them. */
import type { AttemptFacts, AttemptState } from "../../domain/attempt.ts";
import {
  isAttemptId,
  leadId,
  nodeId,
  type AgentId,
  type AttemptId,
  type CampaignId,
  type LeadId,
  type NodeId,
} from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import { phoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError } from "../../engine/ports.ts";
import { factColumns, factsOf, type FactColumns } from "../attempt-columns.ts";
import type { Database, SqlParameter } from "../database.ts";
import { instantOf } from "../rows.ts";
import { numberKeysOf, type NumberHashKey } from "../number-key.ts";
import { within, type Period } from "./period.ts";

export interface AttemptFilter extends Partial<Period> {
  readonly campaignId?: CampaignId;
  readonly leadId?: LeadId;
  readonly agentId?: AgentId;
  readonly attemptId?: AttemptId;
  readonly number?: PhoneNumber;
  readonly outcome?: Outcome;
  /** True: only those not ended. False: only those ended. */
  readonly open?: boolean;
}

export interface AttemptRecord {
  readonly attemptId: AttemptId;
  readonly nodeId: NodeId;
  readonly campaignName: string;
  readonly listName: string;
  readonly leadId: LeadId;
  readonly externalKey: string | null;
  readonly leadName: string | null;
  /** E.164; after an erasure its hash, and nothing once the records' time is over. */
  readonly number: string;
  readonly cliNumber: PhoneNumber;
  readonly trunk: string;
  readonly decidedAt: Instant;
  readonly state: AttemptState;
  readonly facts: AttemptFacts;
  readonly outcome: Outcome | null;
  readonly agentName: string | null;
  readonly disposition: string | null;
}

/** Newest first, at most `limit`. */
export const reportAttempts = async (db: Database, filter: AttemptFilter, limit: number): Promise<AttemptRecord[]> => {
  const { where, parameters } = conditionsOf(filter, db.numberHashKey);
  return read(db, `${where} order by a.decided_at desc, a.attempt_id desc limit ?`, [...parameters, limit]);
};

/** Slowest answer→connect first. */
export const slowestConnects = async (
  db: Database,
  campaign: CampaignId | null,
  period: Period,
  limit: number,
): Promise<AttemptRecord[]> => {
  const { where, parameters } = within(campaign, period);
  return read(
    db,
    `${where} and answered_at is not null and connected_at is not null
     order by timestampdiff(microsecond, answered_at, connected_at) desc, a.attempt_id limit ?`,
    [...parameters, limit],
  );
};

const conditionsOf = (
  filter: AttemptFilter,
  hashKey: NumberHashKey,
): { readonly where: string; readonly parameters: SqlParameter[] } => {
  const period = within(filter.campaignId ?? null, { from: filter.from ?? null, to: filter.to ?? null });
  const equal: readonly (readonly [string, SqlParameter | undefined])[] = [
    ["a.lead_id", filter.leadId],
    ["a.agent_id", filter.agentId],
    ["a.attempt_id", filter.attemptId],
    ["a.outcome", filter.outcome],
    ["(a.state <> 'ended')", filter.open],
  ];
  const given: [string, SqlParameter][] = equal.flatMap(([column, value]) =>
    value === undefined ? [] : [[`${column} = ?`, value] as [string, SqlParameter]],
  );
  // Before and after an erasure.
  if (filter.number !== undefined) given.push(["a.e164 in (?)", numberKeysOf(filter.number, hashKey)]);
  return {
    where: [period.where, ...given.map(([condition]) => condition)].join(" and "),
    parameters: [...period.parameters, ...given.map(([, value]) => value)],
  };
};

type RecordRow = FactColumns & {
  readonly attempt_id: string;
  readonly node_id: string;
  readonly campaign: string;
  readonly list: string;
  readonly lead_id: number;
  readonly external_key: string | null;
  readonly lead_name: string | null;
  readonly e164: string;
  readonly cli_number: string;
  readonly trunk: string;
  readonly decided_at: Date;
  readonly state: AttemptState;
  readonly outcome: Outcome | null;
  readonly agent: string | null;
  readonly disposition: string | null;
};

/** The attempts are chosen first and joined afterwards; so `rest` may name the columns of `attempt` alone. */
const read = async (db: Database, rest: string, parameters: readonly SqlParameter[]): Promise<AttemptRecord[]> => {
  const rows = await db.rows<RecordRow>(
    `select a.attempt_id, a.node_id, c.name as campaign, s.name as list, a.lead_id, l.external_key,
       l.name as lead_name, a.e164, a.cli_number, a.trunk, a.decided_at, a.state, a.outcome, g.name as agent,
       a.disposition, ${factColumns("a.")}
     from (select a.* from attempt a where ${rest}) as a
     join campaign c on c.campaign_id = a.campaign_id
     join campaign_lead l on l.lead_id = a.lead_id
     join list s on s.list_id = l.list_id
     left join agent g on g.agent_id = a.agent_id`,
    parameters,
  );
  return rows.map(recordOf);
};

const recordOf = (row: RecordRow): AttemptRecord => {
  if (!isAttemptId(row.attempt_id)) throw new StoreError("broken", "an attempt's row has no attempt's name");
  return {
    attemptId: row.attempt_id,
    nodeId: nodeId(row.node_id),
    campaignName: row.campaign,
    listName: row.list,
    leadId: leadId(row.lead_id),
    externalKey: row.external_key,
    leadName: row.lead_name,
    number: row.e164,
    cliNumber: phoneNumber(row.cli_number),
    trunk: row.trunk,
    decidedAt: instantOf(row.decided_at),
    state: row.state,
    facts: factsOf(row),
    outcome: row.outcome,
    agentName: row.agent,
    disposition: row.disposition,
  };
};
