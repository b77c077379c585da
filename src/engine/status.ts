/** What the engine says of itself when asked: counts, not contents. */
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";
import type { EngineContext } from "./context.ts";

export interface EngineStatus {
  readonly callsByState: Readonly<Record<string, number>>;
  readonly agentsByState: Readonly<Record<string, number>>;
  readonly attemptsPending: number;
  readonly rowsWaiting: number;
  readonly storeAway: boolean;
  readonly telephonyUp: boolean;
  readonly reconciled: boolean;
  readonly draining: boolean;
  readonly strayEvents: number;
  /** Campaigns that may not dial, by id, and why. */
  readonly campaignsBarred: Readonly<Record<string, string>>;
  /** Greatest lateness of a deadline since the last look. */
  readonly deadlineLateMsMax: number;
}

type Counted = Pick<
  EngineStatus,
  "callsByState" | "agentsByState" | "rowsWaiting" | "storeAway" | "telephonyUp" | "strayEvents"
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
    telephonyUp: context.telephony.isUp(),
    strayEvents: calls.strayEvents,
  };
}
