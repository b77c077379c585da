/** Attempts: each is decided once, ends once, rings long enough, and is left alone afterwards. */
import { RECOURSE_RING_MIN_MS } from "../domain/campaign.ts";
import type { AttemptId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import type { CallMoved } from "./entries.ts";
import { Recent } from "./recent.ts";
import type { Scene, SeenAttempt } from "./scene.ts";

/** So long after its deadline a call is not late any more, but forgotten: an hour of the database away included. */
const FORGOTTEN_MS = 2 * 3_600_000;
/** A journal is looked through for them once in so many entries. */
const LOOK_EVERY = 10_000;

export const endsOnce: Invariant = {
  says: "Every attempt that was placed ends, once.",
  watch: (report) => {
    let entries = 0;
    const forgotten = (scene: Scene, isLost: (seen: SeenAttempt) => boolean): void => {
      for (const seen of [...scene.alive()]) {
        if (seen.firstCallAt === null || !isLost(seen)) continue;
        const { attemptId } = seen.decided;
        const { state, deadlineAt } = seen;
        report.breach({ at: scene.now, attemptId, says: "an attempt never ended", facts: { state, deadlineAt } });
        scene.forget(attemptId);
      }
    };
    return {
      see(_entry, scene) {
        entries += 1;
        if (entries % LOOK_EVERY !== 0) return;
        forgotten(scene, ({ deadlineAt }) => deadlineAt !== null && msBetween(deadlineAt, scene.now) > FORGOTTEN_MS);
      },
      ended({ attemptId, at, outcome, facts }, _seen, scene) {
        report.looked();
        // What a process was about to write when it died, the next one ends again: the row decides.
        if (scene.endOf(attemptId)?.life === scene.lives) {
          report.breach({ at, attemptId, says: "an attempt ended twice", facts: { outcome } });
        }
        if (facts.endedAt === null) {
          report.breach({ at, attemptId, says: "an attempt ended at no time", facts: { outcome } });
        }
      },
      finish(scene) {
        if (scene.isStopped && scene.isDraining) forgotten(scene, () => true);
      },
    };
  },
};

const DECIDED_KEPT_MS = 3_600_000;

export const placedOnce: Invariant = {
  says: "One decision an attempt.",
  watch: (report) => {
    const decided = new Recent<AttemptId, true>(DECIDED_KEPT_MS);
    return {
      see(entry) {
        if (entry.kind !== "attempt-decided") return;
        report.looked();
        const { attemptId, at } = entry;
        if (decided.get(attemptId) === true) {
          report.breach({ at, attemptId, says: "an attempt was decided twice", facts: {} });
          return;
        }
        decided.set(attemptId, true, at);
      },
    };
  },
};

export const exclusionsHaveReasons: Invariant = {
  says: "Every refusal names its rule, and every lead that is put aside its reason.",
  watch: (report) => ({
    see(entry) {
      if (entry.kind !== "refused") return;
      report.looked();
      if ((entry.rule ?? "") !== "") return;
      const { at, leadId } = entry;
      report.breach({ at, attemptId: null, says: "a refusal names no rule", facts: { leadId } });
    },
  }),
};

export const nothingAfterTheEnd: Invariant = {
  says: "Nothing happens to a call after its end, but that an agent who was found too late is let go.",
  watch: (report) => ({
    see(entry, scene) {
      if (entry.kind === "attempt-ended") report.looked();
      if (entry.kind !== "call") return;
      const end = scene.endOf(entry.attemptId);
      const effects = entry.effects.filter(({ type }) => type !== "releaseAgent");
      if (end?.life !== scene.lives || (effects.length === 0 && entry.after === "ended")) return;
      const { attemptId, at, event } = entry;
      const facts = { event: event.type, effects, lateMs: msBetween(end.at, at) };
      report.breach({ at, attemptId, says: "a call went on after its end", facts });
    },
  }),
};

/** Whether what has been heard of ringing is enough; null when nothing rang, or the rule is not known. */
const rangEnough = (seen: SeenAttempt, at: Instant) => {
  const profile = seen.rules?.profile;
  if (profile === undefined || (seen.progressAt === null && seen.ringingAt === null)) return null;
  const ringingMs = seen.ringingAt === null ? -1 : msBetween(seen.ringingAt, at);
  const earlyMs = seen.progressAt === null ? -1 : msBetween(seen.progressAt, at);
  const isEnough = ringingMs >= profile.ringMinMs || earlyMs >= profile.earlyRingMinMs;
  return { isEnough, facts: { ringingMs, earlyMs, ringMinMs: profile.ringMinMs } };
};

const BEFORE_ANSWER: ReadonlySet<string> = new Set(["placing", "dialling", "ringing"]);
const givesUp = ({ before, effects }: CallMoved): boolean =>
  BEFORE_ANSWER.has(before) && effects.some(({ type }) => type === "hangUp");

/** Cancelled for want of an agent: only where the campaign asks for it, and on the network's own word that it rings. */
const isRecourse = (seen: SeenAttempt, at: Instant): boolean => {
  const { campaign, rules, ringingAt, decided } = seen;
  if (campaign?.mode !== "predictive" || !campaign.recourse || decided.agentId !== null || ringingAt === null)
    return false;
  return msBetween(ringingAt, at) >= Math.max(RECOURSE_RING_MIN_MS, rules?.profile.ringMinMs ?? 0);
};

export const ringsLongEnough: Invariant = {
  says: "A call that rings is not given up before it has rung for the least time.",
  watch: (report) => ({
    see(entry, scene) {
      if (entry.kind !== "call" || !givesUp(entry)) return;
      const { attemptId, at, event } = entry;
      const seen = scene.attempt(attemptId);
      const rang = seen === null ? null : rangEnough(seen, at);
      if (rang === null) return;
      report.looked();
      if (event.type === "noAgentLikely" && seen !== null && !isRecourse(seen, at)) {
        const says = "a ringing call was cancelled for want of an agent where it may not be";
        report.breach({ at, attemptId, says, facts: rang.facts });
        return;
      }
      if (rang.isEnough) return;
      const says = "a ringing call was given up before the least time";
      report.breach({ at, attemptId, says, facts: { ...rang.facts, because: event.type } });
    },
  }),
};
