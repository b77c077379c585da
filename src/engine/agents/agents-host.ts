/** What agents need from their neighbours. */
import type { AgentState } from "../../agent/agent.ts";
import type { Disposition } from "../../domain/disposition.ts";
import type { AgentId, AttemptId, CampaignId } from "../../domain/ids.ts";
import type { CallCommand } from "./desk-work.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { AgentProfile } from "../ports.ts";
import type { Screens } from "./screens.ts";
import type { SupervisorCommand } from "./supervisions.ts";

export interface AgentsHost {
  /** The call that held the agent must find another. */
  agentLost(attemptId: AttemptId, agentId: AgentId): void;
  /** What only somebody on a call can ask for; null for who is not. Returns what became of it. */
  duringCall(agentId: AgentId, attemptId: AttemptId | null, command: CallCommand, by: "key" | "command"): string;
  /** What only a supervisor's own leg can be asked for. */
  supervision(agentId: AgentId, state: AgentState, command: SupervisorCommand): string;
  /** Somebody became available, or stopped being so. */
  availabilityChanged(profile: AgentProfile, before: AgentState, after: AgentState): void;
  dispositionsOf(campaignId: CampaignId): readonly Disposition[];
  callOf(attemptId: AttemptId): LiveCall | null;
  /** The leads on agents' screens. */
  screens(): Screens;
}
