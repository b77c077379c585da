/** Agents: each is in one call, or in none, and nobody is kept by a call that is over. */
import type { CallEffect } from "../call/call.ts";
import type { ReturnEffect } from "../call/return-call.ts";
import type { AgentId, AttemptId } from "../domain/ids.ts";
import { type Instant, latest, msBetween } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import type { Entry, PhoneAstray } from "./entries.ts";
import type { Scene } from "./scene.ts";

/** Letters that belong to one moment may be written one after the other. */
const SAME_MOMENT_MS = 1_000;
/** A phone that was sent home and did not go is sent again within a second. */
const HOME_AGAIN_MS = 2_000;
/** A command is given up when nobody has answered it for five seconds; until then nobody knows where the phone is. */
const UNANSWERED_MS = 6_000;
/** A phone that was sent home so often is hung up, or Asterisk is away. */
const ASTRAY_MAX = 10;

/** Which call this says is over; null where it says nothing of the kind. */
const overBy = (entry: Entry): AttemptId | null => {
  if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") return entry.attemptId;
  return entry.kind === "return-ended" ? entry.returnId : null;
};

/** Whom a call is joined to, or another agent. */
function reachedBy(effect: CallEffect | ReturnEffect): AgentId | null {
  switch (effect.type) {
    case "bridge":
    case "resume":
      return effect.agentId;
    case "handOver":
      return effect.to === "outside" ? null : effect.to;
    case "meet":
      return effect.other === "outside" ? null : effect.other;
    default:
      return null;
  }
}

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
        if (entry.kind !== "call" && entry.kind !== "return") return;
        const attemptId = entry.kind === "call" ? entry.attemptId : entry.returnId;
        for (const effect of entry.effects) {
          const agentId = reachedBy(effect);
          if (agentId === null || held.get(agentId) === attemptId) continue;
          if (!isWhole && !held.has(agentId)) continue;
          report.breach({
            at: entry.at,
            attemptId,
            says: "a call reached for an agent who was not promised to it",
            facts: { agentId, heldBy: held.get(agentId) ?? null },
          });
        }
      },
    };
  },
};

interface Held {
  readonly attemptId: AttemptId;
  overAt: Instant | null;
  /** Their phone stood in somebody else's bridge and is on the way home: nobody else may have them before it is there. */
  isSentHome: boolean;
  /** When we were last told that it is not there. */
  astrayAt: Instant | null;
  astray: number;
  isTold: boolean;
}

const NEW = { isSentHome: false, astrayAt: null, astray: 0, isTold: false };

export const noAgentLost: Invariant = {
  says: "Nobody stays promised to, or in, a call that has ended, but for a phone that is not home yet.",
  watch: (report) => {
    const held = new Map<AgentId, Held>();
    /** Those of them whose call is over: hardly ever anybody, and asked at every entry. */
    const over = new Map<AgentId, Held>();
    const judge = (agentId: AgentId, hold: Held, at: Instant, patienceMs: number): void => {
      if (hold.overAt === null || hold.isTold) return;
      const from = latest(hold.overAt, hold.astrayAt ?? hold.overAt);
      if (msBetween(from, at) <= patienceMs) return;
      hold.isTold = true;
      const says = "an agent stayed with a call that had ended";
      report.breach({ at, attemptId: hold.attemptId, says, facts: { agentId } });
    };
    const look = (now: Instant): void => {
      for (const [agentId, hold] of over) judge(agentId, hold, now, hold.isSentHome ? UNANSWERED_MS : SAME_MOMENT_MS);
    };
    const letGo = (agentId: AgentId, at: Instant, hasPhone: boolean): void => {
      const hold = over.get(agentId);
      // Of a phone that is hung up on its way no answer tells.
      if (hold !== undefined && hasPhone) judge(agentId, hold, at, patienceOf(hold));
      held.delete(agentId);
      over.delete(agentId);
    };
    const astray = ({ agentId, attemptId, answer, at }: PhoneAstray): void => {
      const hold = held.get(agentId);
      if (hold?.attemptId !== attemptId) return;
      if (answer === "refused") judge(agentId, hold, at, patienceOf(hold));
      Object.assign(hold, { astrayAt: at, astray: hold.astray + 1 });
      if (hold.astray !== ASTRAY_MAX) return;
      const says = "an agent whose phone does not go home was kept";
      report.breachUnlessAway({ at, attemptId, says, facts: { agentId } }, { from: hold.overAt ?? at, to: at });
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
        if (entry.kind === "phone-astray") astray(entry);
        if (entry.kind === "call") {
          for (const effect of entry.effects) {
            const hold = effect.type === "dismiss" ? held.get(effect.agentId) : undefined;
            if (hold?.attemptId === entry.attemptId) hold.isSentHome = true;
          }
        }
        const whose = overBy(entry);
        if (whose !== null) {
          for (const [agentId, hold] of held) {
            if (hold.attemptId !== whose) continue;
            hold.overAt ??= entry.at;
            over.set(agentId, hold);
          }
        }
        if (entry.kind !== "agent") return;
        if (isHeld(entry.after) && entry.attemptId !== null) {
          const { attemptId } = entry;
          if (held.get(entry.agentId)?.attemptId === attemptId) return;
          report.looked();
          const hold = { ...NEW, attemptId, overAt: overAt(attemptId, scene) };
          held.set(entry.agentId, hold);
          if (hold.overAt === null) over.delete(entry.agentId);
          else over.set(entry.agentId, hold);
        } else letGo(entry.agentId, entry.at, entry.after !== "loggedOut");
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

const patienceOf = ({ astrayAt }: Held): number => (astrayAt === null ? SAME_MOMENT_MS : HOME_AGAIN_MS);
