/** What engine and store say to one another about agents: who they are, what they do, and what is asked of them. */
import type { AgentCommand, AgentStateName } from "../../agent/agent.ts";
import type { AgentId, AttemptId, CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";

export interface AgentProfile {
  readonly agentId: AgentId;
  readonly name: string;
  /** As Asterisk names the phone, e.g. `PJSIP/1001`. */
  readonly endpoint: string;
  readonly hasPin: boolean;
  readonly campaignIds: readonly CampaignId[];
}

export interface AgentStateChange {
  readonly agentId: AgentId;
  readonly state: AgentStateName;
  readonly since: Instant;
  readonly attemptId: AttemptId | null;
  readonly pauseReason: string | null;
  /** When it came to this. Later than `since` for an agent whose reservation came to nothing: they keep their place. */
  readonly at: Instant;
}

export interface PendingAgentCommand {
  readonly commandId: number;
  readonly agentId: AgentId;
  readonly command: AgentCommand;
  /** By the clock of whoever asked. */
  readonly requestedAt: Instant;
}
