/** What managers do with agents. */
import type { AgentStateName } from "../../agent/agent.ts";
import {
  agentId,
  campaignId,
  isAttemptId,
  nodeId,
  type AgentId,
  type AttemptId,
  type CampaignId,
  type NodeId,
} from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database, Queryable, SqlValue } from "../database.ts";
import { hashPin } from "../pin.ts";
import { dateOf, instantOrNull } from "../rows.ts";
import { orTaken } from "./taken.ts";

export interface AgentDraft {
  readonly name: string;
  /** As Asterisk names the phone, e.g. `PJSIP/1001`; unique. */
  readonly endpoint: string;
  /** Digits; null for none. Only a salted hash is kept. */
  readonly pin: string | null;
}

export interface AgentRecord {
  readonly agentId: AgentId;
  readonly name: string;
  readonly endpoint: string;
  readonly enabled: boolean;
  readonly hasPin: boolean;
  readonly campaignIds: readonly CampaignId[];
}

export interface AgentNow extends AgentRecord {
  readonly campaignNames: readonly string[];
  readonly state: AgentStateName;
  /** Null when never logged in. */
  readonly since: Instant | null;
  readonly pauseReason: string | null;
  readonly attemptId: AttemptId | null;
  /** Null when logged out. */
  readonly nodeId: NodeId | null;
}

const takenSentence = ({ name, endpoint }: Partial<AgentDraft>): string =>
  name === undefined
    ? `another agent has the phone ${endpoint ?? ""}`
    : `there is already an agent "${name}"${endpoint === undefined ? "" : `, or another one with the phone ${endpoint}`}`;

/** Rejects with `conflict` when the name or the endpoint is taken. */
export const addAgent = async (db: Database, draft: AgentDraft, at: Instant): Promise<AgentId> => {
  const pinHash = draft.pin === null ? null : await hashPin(draft.pin);
  const { insertId } = await orTaken(
    takenSentence(draft),
    db.write("insert into agent (name, endpoint, pin_hash, added_at, changed_at) values (?, ?, ?, ?, ?)", [
      draft.name,
      draft.endpoint,
      pinHash,
      dateOf(at),
      dateOf(at),
    ]),
  );
  return agentId(insertId);
};

/** False when there is no such agent. Rejects with `conflict` when the new name or endpoint is taken. */
export const changeAgent = async (
  db: Database,
  agent: AgentId,
  change: Partial<AgentDraft & { readonly enabled: boolean }>,
  at: Instant,
): Promise<boolean> => {
  const { name, endpoint, pin, enabled } = change;
  const pinHash = pin === undefined || pin === null ? pin : await hashPin(pin);
  const all: readonly (readonly [string, SqlValue | undefined])[] = [
    ["name", name],
    ["endpoint", endpoint],
    ["pin_hash", pinHash],
    ["enabled", enabled],
  ];
  const assignments = all.flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]));
  const { matched } = await orTaken(
    takenSentence(change),
    db.write(
      `update agent set ${assignments.map(([column]) => `${column} = ?, `).join("")}changed_at = ? where agent_id = ?`,
      [...assignments.map(([, value]) => value), dateOf(at), agent],
    ),
  );
  return matched === 1;
};

/** By name, whatever its case. */
export const findAgent = async (db: Database, name: string): Promise<AgentRecord | null> => {
  const [agent] = await readAgents(db, "where a.name = ?", [name]);
  return agent ?? null;
};

/** All of them, for finding the nearest one. */
export const agentNames = async (db: Database): Promise<string[]> =>
  (await db.rows<{ name: string }>("select name from agent order by name")).map(({ name }) => name);

/** Everyone, or those of one campaign, by name. */
export const agentsNow = async (db: Database, campaign?: CampaignId): Promise<AgentNow[]> =>
  campaign === undefined
    ? readAgents(db, "", [])
    : readAgents(db, "where a.agent_id in (select agent_id from agent_campaign where campaign_id = ?)", [campaign]);

/** Returns how many were not assigned before. */
export const assignAgents = async (
  db: Database,
  campaign: CampaignId,
  agents: readonly AgentId[],
  at: Instant,
): Promise<number> =>
  db.transaction(async (tx) => {
    const before = await assignedCount(tx, campaign);
    for (const agent of agents) {
      await tx.write(
        `insert into agent_campaign (agent_id, campaign_id, assigned_at) values (?, ?, ?)
         on duplicate key update assigned_at = assigned_at`,
        [agent, campaign, dateOf(at)],
      );
    }
    return (await assignedCount(tx, campaign)) - before;
  });

/** Returns how many had been assigned. */
export const unassignAgents = async (
  db: Database,
  campaign: CampaignId,
  agents: readonly AgentId[],
): Promise<number> => {
  if (agents.length === 0) return 0;
  const { matched } = await db.write("delete from agent_campaign where campaign_id = ? and agent_id in (?)", [
    campaign,
    agents,
  ]);
  return matched;
};

const assignedCount = async (db: Queryable, campaign: CampaignId): Promise<number> => {
  const [row] = await db.rows<{ agents: number }>(
    "select count(*) as agents from agent_campaign where campaign_id = ?",
    [campaign],
  );
  return row?.agents ?? 0;
};

interface AgentRow {
  readonly agent_id: number;
  readonly name: string;
  readonly endpoint: string;
  readonly enabled: number;
  readonly has_pin: number;
  readonly state: AgentStateName | null;
  readonly since: Date | null;
  readonly pause_reason: string | null;
  readonly attempt_id: string | null;
  readonly node_id: string | null;
}

/** `where` is one of the texts above. */
const readAgents = async (db: Queryable, where: string, parameters: readonly SqlValue[]): Promise<AgentNow[]> => {
  const rows = await db.rows<AgentRow>(
    `select a.agent_id, a.name, a.endpoint, a.enabled, a.pin_hash is not null as has_pin, v.state, v.since,
       v.pause_reason, v.attempt_id, v.node_id
     from agent a left join agent_live v on v.agent_id = a.agent_id ${where}
     order by a.name`,
    parameters,
  );
  const assigned = await campaignsOf(
    db,
    rows.map(({ agent_id }) => agent_id),
  );
  return rows.map((row) => agentNowOf(row, assigned.get(row.agent_id) ?? []));
};

interface Assignment {
  readonly agent_id: number;
  readonly campaign_id: number;
  readonly name: string;
}

const campaignsOf = async (db: Queryable, agents: readonly number[]): Promise<Map<number, Assignment[]>> => {
  const byAgent = new Map<number, Assignment[]>();
  if (agents.length === 0) return byAgent;
  const rows = await db.rows<Assignment>(
    `select x.agent_id, x.campaign_id, c.name
     from agent_campaign x join campaign c on c.campaign_id = x.campaign_id
     where x.agent_id in (?)
     order by c.name`,
    [agents],
  );
  for (const row of rows) byAgent.set(row.agent_id, [...(byAgent.get(row.agent_id) ?? []), row]);
  return byAgent;
};

const agentNowOf = (row: AgentRow, campaigns: readonly Assignment[]): AgentNow => {
  const loggedIn = row.state !== null && row.state !== "loggedOut";
  return {
    agentId: agentId(row.agent_id),
    name: row.name,
    endpoint: row.endpoint,
    enabled: row.enabled === 1,
    hasPin: row.has_pin === 1,
    campaignIds: campaigns.map(({ campaign_id }) => campaignId(campaign_id)),
    campaignNames: campaigns.map(({ name }) => name),
    state: row.state ?? "loggedOut",
    since: instantOrNull(row.since),
    pauseReason: row.pause_reason,
    attemptId: row.attempt_id !== null && isAttemptId(row.attempt_id) ? row.attempt_id : null,
    nodeId: loggedIn && row.node_id !== null ? nodeId(row.node_id) : null,
  };
};
