/** People: whoever answers is served in time or leaves by themselves; an agent is in one call, or in none. */
import type { AgentId, AttemptId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import { type Breach, entriesOf, type Invariant, type JudgedAttempt, outagesOf, type ShiftRecord } from "./record.ts";

/** Letters that belong to one moment may be written one after the other. */
const SAME_MOMENT_MS = 1_000;

/** Answered means connected, or informed, within the limit; unless they left before it had passed. */
export const servedInTime: Invariant = (record) => {
  const limits = new Map(record.campaigns.map(({ campaignId, connectTimeoutMs }) => [campaignId, connectTimeoutMs]));
  const outages = outagesOf(record);
  return record.attempts.flatMap((attempt): Breach[] => {
    const { order, facts, outcome } = attempt;
    const answeredAt = facts.answeredAt?.at;
    if (answeredAt === undefined) return [];
    const waitedMs = msBetween(answeredAt, servedOrGoneAt(attempt, record));
    const limitMs = limits.get(order.campaignId) ?? 0;
    if (waitedMs <= limitMs) return [];
    // The answer itself may have come to us late: what counts is whether the outage touches their waiting.
    const from = Math.min(answeredAt, facts.answeredAt?.asteriskAt ?? answeredAt) - limitMs;
    if (outages.some((outage) => outage.from <= answeredAt + waitedMs && from <= outage.to)) return [];
    return [
      {
        invariant: "served-in-time",
        at: answeredAt,
        says: "a person who answered heard nobody in time",
        facts: { attemptId: order.attemptId, outcome, waitedMs, limitMs },
      },
    ];
  });
};

const servedOrGoneAt = ({ facts }: JudgedAttempt, record: ShiftRecord): Instant =>
  facts.connectedAt?.at ?? facts.messageAt?.at ?? facts.endedAt?.at ?? record.endedAt;

/** No row calls itself served when nobody came, and no silent call hides under a kinder name. */
export const outcomesAreHonest: Invariant = (record) =>
  record.attempts.flatMap(({ order, facts, outcome }): Breach[] => {
    const isConnected = outcome === "connected" || outcome === "connected-late";
    const wasSilent =
      facts.answeredAt !== null && facts.connectedAt === null && facts.messageAt === null && facts.endedBy === "us";
    const says =
      isConnected !== (facts.connectedAt !== null)
        ? "connected by name or in fact, not both"
        : wasSilent && outcome !== "abandoned-silent" && outcome !== "agent-leg-failed"
          ? "a silent call under another name"
          : null;
    if (says === null) return [];
    return [
      { invariant: "outcomes-are-honest", at: order.decidedAt, says, facts: { attemptId: order.attemptId, outcome } },
    ];
  });

/** An agent is promised to one attempt at a time, and only that attempt's call may reach for them. */
export const oneCallAnAgent: Invariant = (record) => {
  const breaches: Breach[] = [];
  let held = new Map<AgentId, AttemptId | null>();
  const breach = (at: Instant, says: string, facts: Breach["facts"]): void => {
    breaches.push({ invariant: "one-call-an-agent", at, says, facts });
  };
  for (const entry of entriesOf(record)) {
    if (entry.kind === "engine" && entry.what === "started") held = new Map();
    if (entry.kind === "agent") {
      const { agentId, attemptId, at, after } = entry;
      const isHeld = after === "reserved" || after === "onCall";
      const before = held.get(agentId) ?? null;
      if (isHeld && before !== null && before !== attemptId) {
        breach(at, "an agent was promised to two calls", { agentId, first: before, second: attemptId });
      }
      held.set(agentId, isHeld ? attemptId : null);
    }
    if (entry.kind === "call") {
      for (const effect of entry.effects) {
        if (effect.type !== "bridge" || held.get(effect.agentId) === entry.attemptId) continue;
        const { agentId } = effect;
        const facts = { agentId, attemptId: entry.attemptId, heldBy: held.get(agentId) ?? null };
        breach(entry.at, "a call reached for an agent who was not promised to it", facts);
      }
    }
  }
  return breaches;
};

/** Nobody stays promised to, or in, a call that has ended. */
export const noAgentLost: Invariant = (record) => {
  const breaches: Breach[] = [];
  let held = new Map<AgentId, AttemptId>();
  let ended = new Map<AttemptId, Instant>();
  const reported = new Set<string>();
  const look = (now: Instant): void => {
    for (const [agentId, attemptId] of held) {
      const endedAt = ended.get(attemptId);
      const key = `${agentId} ${attemptId}`;
      if (endedAt === undefined || msBetween(endedAt, now) <= SAME_MOMENT_MS || reported.has(key)) continue;
      reported.add(key);
      const says = "an agent stayed with a call that had ended";
      breaches.push({ invariant: "no-agent-lost", at: now, says, facts: { agentId, attemptId } });
    }
  };
  for (const entry of entriesOf(record)) {
    if (entry.kind === "engine" && entry.what === "started") {
      held = new Map();
      ended = new Map();
    }
    look(entry.at);
    if (entry.kind === "attempt-ended") ended.set(entry.attemptId, entry.at);
    if (entry.kind !== "agent") continue;
    if ((entry.after === "reserved" || entry.after === "onCall") && entry.attemptId !== null) {
      held.set(entry.agentId, entry.attemptId);
    } else {
      held.delete(entry.agentId);
    }
  }
  // When all is over nobody may be held by anything.
  for (const attempt of record.attempts) ended.set(attempt.order.attemptId, attempt.order.decidedAt);
  look(record.endedAt);
  return breaches;
};
