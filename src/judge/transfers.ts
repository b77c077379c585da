/** People passed on: they hear somebody, or music; and whoever was to have them has them, or is let go, once. */
import type { CallEffect, Other } from "../call/call.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { msBetween } from "../domain/instant.ts";
import type { Invariant, Report } from "./breach.ts";
import type { CallMoved } from "./entries.ts";

/** Between two that they hear; commands and their answers there and back. */
const QUIET_MAX_MS = 2_000;
/** For a loop that is late. */
const LATE_MS = 1_000;

const MOVES: ReadonlySet<string> = new Set(["hold", "resume", "handOver"]);
const OVER: ReadonlySet<string> = new Set(["informing", "ending", "ended"]);

/** Asked for and taken: an agent who was brought for nothing is released again at once. */
const isTaken = ({ event, effects }: CallMoved): boolean =>
  event.type === "transferAsked" && effects.some(({ type }) => type !== "releaseAgent");

export const passedOnAreHeard: Invariant = {
  says: "Whoever is passed on hears music or a person, but for two seconds at the most.",
  watch: (report) => {
    const passedOn = new Set<AttemptId>();
    const quietSince = new Map<AttemptId, Instant>();
    const heard = (attemptId: AttemptId, at: Instant): void => {
      const from = quietSince.get(attemptId);
      quietSince.delete(attemptId);
      if (from === undefined) return;
      report.looked();
      const quietMs = msBetween(from, at);
      if (quietMs <= QUIET_MAX_MS + LATE_MS) return;
      const says = "somebody who was passed on was left in silence";
      report.breachUnlessAway({ at, attemptId, says, facts: { quietMs } }, { from, to: at });
    };
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") {
          passedOn.clear();
          quietSince.clear();
        }
        if (entry.kind !== "call") return;
        const { attemptId, at, event, after, effects } = entry;
        if (isTaken(entry)) passedOn.add(attemptId);
        if (!passedOn.has(attemptId)) return;
        if (event.type === "held" || event.type === "resumed" || OVER.has(after)) heard(attemptId, at);
        if (OVER.has(after)) passedOn.delete(attemptId);
        else if (effects.some(({ type }) => MOVES.has(type)) && !quietSince.has(attemptId)) {
          quietSince.set(attemptId, at);
        }
      },
    };
  },
};

export const othersAreLetGo: Invariant = {
  says: "Whoever was to have somebody who is passed on has them, or is let go, once; agents and outside numbers alike.",
  watch: (report) => {
    /** Of each call: agents brought to it by a transfer, and its outside number, not let go yet. */
    const open = new Map<AttemptId, Set<Other>>();
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") open.clear();
        if (entry.kind === "attempt-ended") {
          for (const other of open.get(entry.attemptId) ?? []) left(report, entry.attemptId, entry.at, other);
          open.delete(entry.attemptId);
        }
        if (entry.kind !== "call") return;
        const { attemptId, at, event, effects } = entry;
        if (isTaken(entry) && event.type === "transferAsked") {
          report.looked();
          open.set(attemptId, new Set([...(open.get(attemptId) ?? []), event.to]));
        }
        const others = open.get(attemptId);
        if (others === undefined) return;
        if (event.type === "agentLost") others.delete(event.agentId);
        if (event.type === "outsideGone") others.delete("outside");
        for (const effect of effects) {
          // One who was found instead is reserved like anybody, and a second one of these is as bad.
          if (effect.type === "handOver") others.add(effect.to);
          const other = letGo(effect);
          if (other === null || others.delete(other)) continue;
          if (effect.type !== "dismiss") continue;
          report.breach({ at, attemptId, says: "somebody was let go twice", facts: { agentId: effect.agentId } });
        }
      },
    };
  },
};

const letGo = (effect: CallEffect): Other | null => {
  if (effect.type === "dismiss" || effect.type === "releaseAgent") return effect.agentId;
  return effect.type === "hangUpOutside" ? "outside" : null;
};

const left = (report: Report, attemptId: AttemptId, at: Instant, other: Other): void => {
  const says =
    other === "outside" ? "an outside number was left on the line" : "an agent was left with a call that had ended";
  report.breach({ at, attemptId, says, facts: other === "outside" ? {} : { agentId: other } });
};
