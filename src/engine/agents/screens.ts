/** The leads on agents' screens, as whoever knows the agents sees them. */
import type { AgentStateName } from "../../agent/agent.ts";
import type { AgentId, AttemptId } from "../../domain/ids.ts";
import type { SkipReason } from "../../domain/preview.ts";

/** Dialling and skipping tell what became of it, in a word. */
export interface Screens {
  dial(agentId: AgentId, by: "key" | "command", meant: AttemptId | null): string;
  skip(agentId: AgentId, reason: string, meant: AttemptId | null): string;
  skipsOf(agentId: AgentId): readonly SkipReason[];
  /** The agent does something else now. */
  left(attemptId: AttemptId, doing: AgentStateName): void;
}
