/**
 * An agent's state, and what can happen to it. An agent is a phone with a standing leg; without a leg they are logged out.
 */
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";

export type AgentState =
  | { readonly state: "loggedOut"; readonly since: Instant }
  | { readonly state: "available"; readonly since: Instant }
  /** Promised to a call, not yet joined to it. */
  | { readonly state: "reserved"; readonly since: Instant; readonly attemptId: AttemptId }
  | { readonly state: "onCall"; readonly since: Instant; readonly attemptId: AttemptId }
  | { readonly state: "wrapUp"; readonly since: Instant; readonly attemptId: AttemptId; readonly deadlineAt: Instant }
  | { readonly state: "paused"; readonly since: Instant; readonly pauseReason: string };

export type AgentStateName = AgentState["state"];

/** What agents ask for, by key, command line or SQL: one set of commands for all of them. */
export type AgentCommand =
  | { readonly type: "makeAvailable" }
  | { readonly type: "pause"; readonly pauseReason: string }
  | { readonly type: "endWrapUp" }
  | { readonly type: "dispose"; readonly dispositionCode: string }
  /** Ends the person's call; the agent stays logged in. */
  | { readonly type: "hangUp" }
  | { readonly type: "logOut" };
