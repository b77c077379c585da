/** What managers do with agents, and what agents ask through the command line. */
import type { AgentCommand, AgentStateName } from "../../agent/agent.ts";
import type { AgentId, AttemptId, CampaignId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import type { Authority } from "./campaigns.ts";

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
  readonly nodeId: NodeId | null;
}

export interface AgentCommandResult {
  /** Null until the daemon has seen it. */
  readonly handledAt: Instant | null;
  readonly result: string | null;
}

/** Rejects with `conflict` when the name or the endpoint is taken. */
export const addAgent = async (_db: Database, _draft: AgentDraft, _at: Instant): Promise<AgentId> => {
  throw new Error("not built");
};

/** False when there is no such agent. */
export const changeAgent = async (
  _db: Database,
  _agentId: AgentId,
  _change: Partial<AgentDraft & { readonly enabled: boolean }>,
  _at: Instant,
): Promise<boolean> => {
  throw new Error("not built");
};

export const findAgent = async (_db: Database, _name: string): Promise<AgentRecord | null> => {
  throw new Error("not built");
};

export const agentNames = async (_db: Database): Promise<string[]> => {
  throw new Error("not built");
};

/** Everyone, or those of one campaign, by name. */
export const agentsNow = async (_db: Database, _campaignId?: CampaignId): Promise<AgentNow[]> => {
  throw new Error("not built");
};

/** Returns how many were not assigned before. */
export const assignAgents = async (
  _db: Database,
  _campaignId: CampaignId,
  _agentIds: readonly AgentId[],
  _at: Instant,
): Promise<number> => {
  throw new Error("not built");
};

/** Returns how many had been assigned. */
export const unassignAgents = async (
  _db: Database,
  _campaignId: CampaignId,
  _agentIds: readonly AgentId[],
): Promise<number> => {
  throw new Error("not built");
};

/** Queues it for the daemon that has the agent; see {@link agentCommandResult}. Returns its id. */
export const requestAgentCommand = async (
  _db: Database,
  _agentId: AgentId,
  _command: AgentCommand,
  _who: Authority,
): Promise<number> => {
  throw new Error("not built");
};

/** Null when there is no such command. */
export const agentCommandResult = async (_db: Database, _commandId: number): Promise<AgentCommandResult | null> => {
  throw new Error("not built");
};
