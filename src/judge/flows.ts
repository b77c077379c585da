/** Calls without an agent: their flows end with them, leave nobody in silence, fetch only agents who were asked for, and obey. */
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { after, latest, msBetween } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import { Recent } from "./recent.ts";

/** What a loop may be late by before it says of itself that it is overloaded; a playback's news travels as well. */
const LATE_MS = 500;
/** Longest that anybody may wait for an agent whom they asked for (rule UK-IVM-1), and what the last words may be late by. */
const AGENT_WAIT_MAX_MS = 20_000;
/** An objection is written behind the call. Whoever is dialled again later than this was not listened to. */
const WRITTEN_WITHIN_MS = 10_000;
const OBJECTION_KEPT_MS = 7 * 24 * 3_600_000;
const ENDED_KEPT_MS = 3_600_000;

export const flowsEnd: Invariant = {
  says: "A flow that has begun ends with its call at the latest, and nothing of it happens afterwards.",
  watch: (report) => {
    const open = new Map<AttemptId, Instant>();
    const ended = new Recent<AttemptId, true>(ENDED_KEPT_MS);
    return {
      see(entry) {
        // A process that died takes its flows with it; who was in one hears the information message.
        if (entry.kind === "engine" && entry.what === "started") open.clear();
        if (entry.kind === "attempt-ended") {
          const { attemptId, at } = entry;
          if (open.delete(attemptId)) {
            report.breach({ at, attemptId, says: "a call ended and its flow had not", facts: {} });
          }
        }
        if (entry.kind !== "flow") return;
        const { attemptId, at, after: now } = entry;
        if (ended.get(attemptId) === true) {
          report.breach({ at, attemptId, says: "a flow went on after its end", facts: { event: entry.event.type } });
        }
        if (now === "ended") {
          report.looked();
          open.delete(attemptId);
          ended.set(attemptId, true, at);
        } else open.set(attemptId, at);
      },
    };
  },
};

export const flowsLeaveNobodyWaiting: Invariant = {
  says: "Whatever a flow waits for, it goes on when the time for it is over.",
  watch: (report) => {
    const due = new Map<AttemptId, Instant>();
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") due.clear();
        if (entry.kind === "attempt-ended") due.delete(entry.attemptId);
        if (entry.kind !== "flow") return;
        const { attemptId, at, deadlineAt } = entry;
        const by = due.get(attemptId);
        if (by !== undefined) {
          report.looked();
          if (at > after(by, LATE_MS)) {
            const facts = { lateMs: msBetween(by, at), event: entry.event.type };
            const says = "somebody was kept waiting by a flow for longer than it may";
            report.breachUnlessAway({ at, attemptId, says, facts }, { from: by, to: at });
          }
        }
        if (deadlineAt === null) due.delete(attemptId);
        else due.set(attemptId, latest(deadlineAt, at));
      },
    };
  },
};

export const agentsAreAskedFor: Invariant = {
  says: "In a flow an agent is joined only where the person asked for one, and nobody waits for one unfairly long.",
  watch: (report) => {
    const asked = new Set<AttemptId>();
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") asked.clear();
        if (entry.kind === "flow" && entry.effects.some(({ type }) => type === "requestAgent"))
          asked.add(entry.attemptId);
        if (entry.kind === "call" && entry.before === "inFlow" && entry.after === "connected") {
          report.looked();
          if (!asked.has(entry.attemptId)) {
            const { at, attemptId } = entry;
            report.breach({ at, attemptId, says: "an agent was joined whom nobody had asked for", facts: {} });
          }
        }
        if (entry.kind !== "attempt-ended") return;
        const { attemptId, at, facts } = entry;
        asked.delete(attemptId);
        const { agentWaitedMs } = facts;
        if (agentWaitedMs === null) return;
        report.looked();
        if (agentWaitedMs <= AGENT_WAIT_MAX_MS + LATE_MS) return;
        const says = "somebody waited unfairly long for an agent whom they had asked for";
        report.breachUnlessAway(
          { at, attemptId, says, facts: { agentWaitedMs } },
          { from: after(at, -agentWaitedMs), to: at },
        );
      },
    };
  },
};

export const objectionsAreObeyed: Invariant = {
  says: "Whoever objects with a key is not called again.",
  watch: (report) => {
    const objected = new Recent<string, Instant>(OBJECTION_KEPT_MS);
    return {
      see(entry, scene) {
        if (entry.kind === "flow" && entry.effects.some(({ type }) => type === "optOut")) {
          const seen = scene.attempt(entry.attemptId);
          report.looked();
          if (seen !== null) objected.set(scene.numberOf(seen.decided.numberId), entry.at, entry.at);
        }
        // What was decided and taken back rang nobody.
        if (entry.kind !== "call" || entry.before !== "placing") return;
        const decided = scene.attempt(entry.attemptId)?.decided;
        if (decided === undefined) return;
        const { at, attemptId, numberId } = decided;
        const since = objected.get(scene.numberOf(numberId));
        if (since === undefined || at <= after(since, WRITTEN_WITHIN_MS)) return;
        report.breachUnlessAway(
          { at, attemptId, says: "somebody was called again who had objected with a key", facts: { since } },
          { from: since, to: at },
        );
      },
    };
  },
};
