/** What managers want now: asked every second, so it is small reads of small tables, and of what is under way. */
import type { AgentCommand } from "../../agent/agent.ts";
import { agentId, campaignId, type CampaignId, type NodeId } from "../../domain/ids.ts";
import type { AgentProfile, DesiredState, PendingAgentCommand } from "../../engine/ports.ts";
import { campaignOf, SELECT_CAMPAIGN, type CampaignRow } from "../campaign-row.ts";
import { readComplianceState } from "../compliance-state.ts";
import type { Queryable } from "../database.ts";
import type { NumberHashKey } from "../number-key.ts";
import { instantOf, parsed } from "../rows.ts";
import { manualCalls } from "./manual-calls.ts";
import { optedOut } from "./opted-out.ts";

export const desiredState = async (db: Queryable, node: NodeId, hashKey: NumberHashKey): Promise<DesiredState> => {
  const campaigns = await db.rows<CampaignRow>(`${SELECT_CAMPAIGN} order by campaign_id`);
  const agents = await enabledAgents(db);
  const agentCommands = await pendingCommands(db, node);
  const compliance = { ...(await readComplianceState(db)), optedOut: await optedOut(db, node, hashKey) };
  const manual = await manualCalls(db, node);
  return { campaigns: campaigns.map(campaignOf), agents, agentCommands, manualCalls: manual, compliance };
};

const enabledAgents = async (db: Queryable): Promise<AgentProfile[]> => {
  // One row for each assignment, and one for an agent without any.
  const rows = await db.rows<{
    agent_id: number;
    name: string;
    endpoint: string;
    has_pin: number;
    campaign_id: number | null;
  }>(
    `select a.agent_id, a.name, a.endpoint, a.pin_hash is not null as has_pin, c.campaign_id
     from agent a left join agent_campaign c on c.agent_id = a.agent_id
     where a.enabled = 1
     order by a.agent_id, c.campaign_id`,
  );
  const profiles = new Map<number, AgentProfile & { readonly campaignIds: CampaignId[] }>();
  for (const row of rows) {
    const profile = profiles.get(row.agent_id) ?? {
      agentId: agentId(row.agent_id),
      name: row.name,
      endpoint: row.endpoint,
      hasPin: row.has_pin === 1,
      campaignIds: [],
    };
    profiles.set(row.agent_id, profile);
    if (row.campaign_id !== null) profile.campaignIds.push(campaignId(row.campaign_id));
  }
  return [...profiles.values()];
};

/** Those of agents who are on this node, and of agents who are on none: somebody must answer that they are not there. */
const pendingCommands = async (db: Queryable, node: NodeId): Promise<PendingAgentCommand[]> => {
  const rows = await db.rows<{ command_id: number; agent_id: number; command: string; requested_at: Date }>(
    `select q.command_id, q.agent_id, q.command, q.requested_at
     from agent_command q left join agent_live v on v.agent_id = q.agent_id
     where q.handled_at is null and (v.agent_id is null or v.state = 'loggedOut' or v.node_id = ?)
     order by q.command_id`,
    [node],
  );
  return rows.map((row) => ({
    commandId: row.command_id,
    agentId: agentId(row.agent_id),
    command: parsed(row.command) as AgentCommand,
    requestedAt: instantOf(row.requested_at),
  }));
};
