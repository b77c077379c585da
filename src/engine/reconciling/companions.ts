/**
 * With whom the people of the last process are: what Asterisk shows, and what the rows say of those whom it shows alone.
 * Pure. One rule to remember: an agent has one person, and nobody is brought into a bridge in which somebody else talks.
 */
import type { AgentId, AttemptId, LegId } from "../../domain/ids.ts";
import type { LegsSnapshot, OpenAttempt } from "../ports.ts";

export interface Companion {
  readonly agentId: AgentId;
  readonly legId: LegId;
  /** `talks`: the person is in their bridge. `keeps`: they had them on hold, their phone stands, and nobody else has them. */
  readonly how: "talks" | "keeps";
}

/** @param open in the order in which they were decided */
export function companions(
  open: readonly OpenAttempt[],
  { customerLegs, agentLegs, returnLegs, away }: LegsSnapshot,
  agentAt: (endpoint: string) => AgentId | null,
): ReadonlyMap<AttemptId, Companion> {
  const found = new Map<AttemptId, Companion>();
  const phones = agentLegs.flatMap(({ legId, endpoint, ready }) => {
    const agentId = agentAt(endpoint);
    return agentId === null ? [] : [{ agentId, legId, ready }];
  });
  const legs = new Map(customerLegs.map((leg) => [leg.attemptId, leg]));
  for (const { order } of open) {
    const bridge = legs.get(order.attemptId)?.inAgentBridge ?? null;
    const phone = phones.find(({ legId }) => legId === bridge);
    if (phone === undefined) continue;
    found.set(order.attemptId, { agentId: phone.agentId, legId: phone.legId, how: "talks" });
  }
  const busy = new Set([...customerLegs, ...returnLegs].map(({ inAgentBridge }) => inAgentBridge));
  // Whoever passed somebody on to a number that still rings may have the next already: the latest is theirs.
  for (const { order, state, facts } of [...open].reverse()) {
    const { attemptId } = order;
    if ((state !== "onHold" && state !== "resuming") || found.has(attemptId) || away.includes(attemptId)) continue;
    if (legs.get(attemptId)?.state !== "up") continue;
    const theirs = phones.find(({ agentId, legId, ready }) => ready && agentId === facts.agentId && !busy.has(legId));
    if (theirs === undefined) continue;
    busy.add(theirs.legId);
    found.set(attemptId, { agentId: theirs.agentId, legId: theirs.legId, how: "keeps" });
  }
  return found;
}
