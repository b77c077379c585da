/**
 * What must be obeyed at once, in one question: the kill switch, commands, calls by hand, the drain, whether campaigns
 * run. One rule to remember: it is one statement, so one moment; nothing in it is older than anything else in it.
 */
import type { AgentCommand } from "../../agent/agent.ts";
import { agentId, campaignId, leadId, type NodeId } from "../../domain/ids.ts";
import type { KillSwitch } from "../../domain/number-facts.ts";
import type { PendingAgentCommand, PendingManualCall } from "../../engine/ports.ts";
import type { CampaignRow } from "../campaign-row.ts";
import type { Queryable, SqlParameter } from "../database.ts";
import { instantOf, parsed } from "../rows.ts";
import { OPEN_STATES } from "./accounts.ts";

export interface UrgentWishes {
  /** Changes with every campaign that is added, removed, started, stopped or set. */
  readonly campaignsMark: string;
  readonly killSwitch: KillSwitch | null;
  readonly agentCommands: readonly PendingAgentCommand[];
  /** Of those, the agents who are logged in nowhere: a log-in asks how their record stands now. */
  readonly agentsAway: readonly number[];
  readonly manualCalls: readonly PendingManualCall[];
  readonly nodeDrained: boolean;
  /** Whether this node has any attempt that has not ended. */
  readonly isUnderway: boolean;
}

interface UrgentRow {
  readonly what: "manual" | "command" | "campaign" | "switch" | "drained" | "underway";
  readonly id: number;
  readonly campaign_id: number | null;
  readonly agent_id: number | null;
  readonly lead_id: number | null;
  readonly at: Date | null;
  readonly word: string | null;
  readonly more: string | null;
}

/**
 * Commands are those of agents on this node, and of agents who are on none: somebody must answer that they are not there.
 * All texts are cast, so that columns of different collations stand in one.
 */
const URGENT_QUESTION = `
  select 'manual' as what, manual_id as id, campaign_id, agent_id, lead_id, ready_at as at,
    cast(null as char) as word, cast(null as char) as more
  from crm_manual_call force index (manual_to_settle) where status = 'ready' and node_id = ?
  union all
  select 'command', q.command_id, null, q.agent_id, null, q.requested_at, cast(q.command as char),
    if(v.agent_id is null or v.state = 'loggedOut', 'away', 'here')
  from agent_command q left join agent_live v on v.agent_id = q.agent_id
  where q.handled_at is null and (v.agent_id is null or v.state = 'loggedOut' or v.node_id = ?)
  union all
  select 'campaign', c.campaign_id, null, null, null, c.changed_at, cast(c.desired_state as char), null from campaign c
  union all
  select 'switch', id, null, null, null, since, cast(set_by as char), cast(because as char) from kill_switch where id = 1
  union all
  select 'drained', 1, null, null, null, null, null, null from node where node_id = ? and drained = 1
  union all
  select 'underway', 1, null, null, null, null, null, null from dual where exists (
    select 1 from attempt a force index (attempt_open) where a.node_id = ? and a.state in (?))`;

/** For the test that explains it, too. */
export const urgentQuestion = (node: NodeId): [sql: string, values: SqlParameter[]] => [
  URGENT_QUESTION,
  [node, node, node, node, OPEN_STATES],
];

export const urgentWishes = async (db: Queryable, node: NodeId): Promise<UrgentWishes> => {
  const rows = (await db.rows<UrgentRow>(...urgentQuestion(node))).sort((a, b) => a.id - b.id);
  const of = (what: UrgentRow["what"]): UrgentRow[] => rows.filter((row) => row.what === what);
  const commands = of("command");
  return {
    campaignsMark: of("campaign").map(markOf).join(" "),
    killSwitch: of("switch").map(switchOf)[0] ?? null,
    agentCommands: commands.map(commandOf),
    agentsAway: commands.filter(({ more }) => more === "away").map(({ agent_id }) => agent_id ?? 0),
    manualCalls: of("manual").map(manualOf),
    nodeDrained: of("drained").length > 0,
    isUnderway: of("underway").length > 0,
  };
};

/** The mark of campaigns that were read themselves, to be compared with the one above. */
export const markOfCampaigns = (rows: readonly CampaignRow[]): string =>
  rows
    .map(({ campaign_id, desired_state, changed_at }) =>
      markOf({ id: campaign_id, word: desired_state, at: changed_at }),
    )
    .join(" ");

/** The state beside the instant: somebody may have set it by hand. */
const markOf = ({ id, word, at }: Pick<UrgentRow, "id" | "word" | "at">): string =>
  `${id}:${word ?? ""}:${at?.getTime() ?? 0}`;

const present = <T>(value: T | null): T => {
  if (value === null) throw new TypeError("a column that cannot be null was null");
  return value;
};

const switchOf = ({ at, word, more }: UrgentRow): KillSwitch => ({
  since: instantOf(present(at)),
  by: present(word),
  because: present(more),
});

const commandOf = ({ id, agent_id, word, at }: UrgentRow): PendingAgentCommand => ({
  commandId: id,
  agentId: agentId(present(agent_id)),
  command: parsed(present(word)) as AgentCommand,
  requestedAt: instantOf(present(at)),
});

const manualOf = ({ id, campaign_id, agent_id, lead_id, at }: UrgentRow): PendingManualCall => ({
  manualId: id,
  campaignId: campaignId(present(campaign_id)),
  agentId: agentId(present(agent_id)),
  leadId: leadId(present(lead_id)),
  requestedAt: instantOf(present(at)),
});
