/** Agents: each is in one call, or in none, and nobody is kept by a call that is over. */
import type { AgentId, AttemptId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import type { Scene } from "./scene.ts";

/** Letters that belong to one moment may be written one after the other. */
const SAME_MOMENT_MS = 1_000;

const isHeld = (state: string): boolean => state === "reserved" || state === "onCall";

export const oneCallAnAgent: Invariant = {
  says: "An agent is promised to one attempt at a time, and only that attempt's call may reach for them.",
  watch: (report) => {
    const held = new Map<AgentId, AttemptId | null>();
    /** Held since before the journal begins, for all that is known. */
    let isWhole = false;
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") {
          held.clear();
          isWhole = true;
        }
        if (entry.kind === "agent") {
          const { agentId, attemptId, at, after } = entry;
          const before = held.get(agentId) ?? null;
          if (isHeld(after)) report.looked();
          if (isHeld(after) && before !== null && before !== attemptId) {
            const says = "an agent was promised to two calls";
            report.breach({ at, attemptId, says, facts: { agentId, first: before } });
          }
          held.set(agentId, isHeld(after) ? attemptId : null);
        }
        if (entry.kind !== "call") return;
        for (const effect of entry.effects) {
          if (effect.type !== "bridge" || held.get(effect.agentId) === entry.attemptId) continue;
          if (!isWhole && !held.has(effect.agentId)) continue;
          const { agentId } = effect;
          report.breach({
            at: entry.at,
            attemptId: entry.attemptId,
            says: "a call reached for an agent who was not promised to it",
            facts: { agentId, heldBy: held.get(agentId) ?? null },
          });
        }
      },
    };
  },
};

export const noAgentLost: Invariant = {
  says: "Nobody stays promised to, or in, a call that has ended.",
  watch: (report) => {
    interface Held {
      readonly attemptId: AttemptId;
      overAt: Instant | null;
      isTold: boolean;
    }
    const held = new Map<AgentId, Held>();
    /** Those of them whose call is over: hardly ever anybody, and asked at every entry. */
    const over = new Map<AgentId, Held>();
    const look = (now: Instant): void => {
      for (const [agentId, hold] of over) {
        if (hold.overAt === null || hold.isTold || msBetween(hold.overAt, now) <= SAME_MOMENT_MS) continue;
        hold.isTold = true;
        const says = "an agent stayed with a call that had ended";
        report.breach({ at: now, attemptId: hold.attemptId, says, facts: { agentId } });
      }
    };
    const overAt = (attemptId: AttemptId, scene: Scene): Instant | null => {
      const end = scene.endOf(attemptId);
      return end?.life === scene.lives ? end.at : null;
    };
    return {
      see(entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") {
          held.clear();
          over.clear();
        }
        look(entry.at);
        if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") {
          for (const [agentId, hold] of held) {
            if (hold.attemptId !== entry.attemptId) continue;
            hold.overAt ??= entry.at;
            over.set(agentId, hold);
          }
        }
        if (entry.kind !== "agent") return;
        if (isHeld(entry.after) && entry.attemptId !== null) {
          const { attemptId } = entry;
          if (held.get(entry.agentId)?.attemptId === attemptId) return;
          report.looked();
          const hold = { attemptId, overAt: overAt(attemptId, scene), isTold: false };
          held.set(entry.agentId, hold);
          if (hold.overAt === null) over.delete(entry.agentId);
          else over.set(entry.agentId, hold);
        } else {
          held.delete(entry.agentId);
          over.delete(entry.agentId);
        }
      },
      finish(scene) {
        look(scene.now);
        if (!scene.isStopped || !scene.isDraining) return;
        // When all is over nobody may be held by anything.
        for (const [agentId, { attemptId, isTold }] of held) {
          const says = "an agent was never let go";
          if (!isTold) report.breach({ at: scene.now, attemptId, says, facts: { agentId } });
        }
      },
    };
  },
};
