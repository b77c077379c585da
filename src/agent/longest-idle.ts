/** Who gets the next call: the agent who has waited longest; among equals, the one with the lowest id. */
import type { AgentId } from "../domain/ids.ts";
import type { AgentState } from "./agent.ts";

export interface Candidate {
  readonly agentId: AgentId;
  readonly state: AgentState;
}

export function longestIdle<C extends Candidate>(candidates: Iterable<C>): C | null {
  let best: C | null = null;
  for (const candidate of candidates) {
    if (candidate.state.state !== "available") continue;
    if (
      best === null ||
      candidate.state.since < best.state.since ||
      (candidate.state.since === best.state.since && candidate.agentId < best.agentId)
    ) {
      best = candidate;
    }
  }
  return best;
}
