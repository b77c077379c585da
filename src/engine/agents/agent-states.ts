/** An agent's new state, for the journal and the screens. */
import type { AgentState } from "../../agent/agent.ts";
import type { AgentId } from "../../domain/ids.ts";
import { latest } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";

export interface Noted {
  readonly profile: { readonly agentId: AgentId };
  /** When the state was entered that was noted last. */
  notedAt: Instant;
}

/**
 * Telephony's events are dated by Asterisk and ours by ourselves, so what follows may bear the earlier instant. It is noted
 * as of the one before it: the store leaves alone whatever seems to come before what it has.
 */
export function noteState(
  { journal, settings, writeBehind }: EngineContext,
  noted: Noted,
  before: AgentState,
  state: AgentState,
  eventAt: Instant,
): void {
  const at = latest(noted.notedAt, eventAt);
  noted.notedAt = at;
  const change = {
    agentId: noted.profile.agentId,
    state: state.state,
    since: state.since,
    attemptId: "attemptId" in state ? state.attemptId : null,
    pauseReason: state.state === "paused" ? state.pauseReason : null,
    at,
  };
  journal.append({ kind: "agent", before: before.state, after: state.state, ...change });
  writeBehind.write({ type: "agentState", nodeId: settings.nodeId, change });
}
