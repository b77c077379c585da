/** What the engine says of itself when asked: counts, not contents. */
import type { Agents } from "./agents/agents.ts";
import type { Calls } from "./calls/calls.ts";
import type { EngineContext } from "./context.ts";
import type { OverloadStatus } from "./pacing/overload.ts";
import type { SpoolStatus } from "./rows/write-behind.ts";

export interface EngineStatus {
  readonly callsByState: Readonly<Record<string, number>>;
  readonly agentsByState: Readonly<Record<string, number>>;
  readonly attemptsPending: number;
  readonly rowsWaiting: number;
  readonly storeAway: boolean;
  /** Rows on this machine's disk that wait for the database. */
  readonly spool: SpoolStatus;
  readonly telephonyUp: boolean;
  readonly reconciled: boolean;
  readonly draining: boolean;
  readonly strayEvents: number;
  /** Campaigns that may not dial, by id, and why. */
  readonly campaignsBarred: Readonly<Record<string, string>>;
  /** Greatest lateness of a deadline since the last look. */
  readonly deadlineLateMsMax: number;
  /** What is held back for Asterisk's sake, the trunks' or our own. */
  readonly overload: OverloadStatus;
}

type Counted = Pick<
  EngineStatus,
  "callsByState" | "agentsByState" | "rowsWaiting" | "storeAway" | "spool" | "telephonyUp" | "strayEvents"
>;

export function statusOf(context: EngineContext, calls: Calls, agents: Agents): Counted {
  const callsByState: Record<string, number> = {};
  for (const { call } of calls.all()) callsByState[call.state] = (callsByState[call.state] ?? 0) + 1;
  const agentsByState: Record<string, number> = {};
  for (const { agent } of agents.loggedIn()) {
    agentsByState[agent.state.state] = (agentsByState[agent.state.state] ?? 0) + 1;
  }
  return {
    callsByState,
    agentsByState,
    rowsWaiting: context.writeBehind.depth,
    storeAway: context.writeBehind.storeAway,
    spool: context.writeBehind.spool,
    telephonyUp: context.telephony.isUp(),
    strayEvents: calls.strayEvents,
  };
}
