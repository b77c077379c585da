/** An agent's new state, for the journal and the screens. */
import type { AgentState } from "../agent/agent.ts";
import type { AgentId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { EngineContext } from "./context.ts";

export function noteState(
  { journal, settings, store, writeBehind }: EngineContext,
  agentId: AgentId,
  before: AgentState,
  state: AgentState,
  at: Instant,
): void {
  const change = {
    agentId,
    state: state.state,
    since: state.since,
    attemptId: "attemptId" in state ? state.attemptId : null,
    pauseReason: state.state === "paused" ? state.pauseReason : null,
    at,
  };
  journal.append({ kind: "agent", before: before.state, after: state.state, ...change });
  writeBehind.write("agent state", () => store.recordAgentState(settings.nodeId, change));
}
