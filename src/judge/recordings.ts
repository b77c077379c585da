/** Recordings: only of those whom the campaign records, with gaps that end, and each with an end of its own. */
import type { AttemptId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { RecordingPlan } from "../domain/recording.ts";
import type { Invariant } from "./breach.ts";
import type { RecordingTold } from "./entries.ts";
import { Recent } from "./recent.ts";
import type { Scene } from "./scene.ts";

/** Asterisk has three tries for each step, and the row is written behind. */
const SETTLED_WITHIN_MS = 30_000;
const KEPT_MS = 3_600_000;

/** In the sample by its own name: 32-bit FNV-1a, folded, of a hundred. Worked out in whole numbers of any size. */
const share = (attemptId: AttemptId): number => {
  let hash = 2_166_136_261n;
  for (const character of new TextEncoder().encode(attemptId)) {
    hash = ((hash ^ BigInt(character)) * 16_777_619n) % 4_294_967_296n;
  }
  return Number((hash ^ (hash / 65_536n)) % 100n);
};

const isOrdered = (plan: RecordingPlan, { attemptId, how }: RecordingTold): boolean => {
  switch (plan.kind) {
    case "off":
      return false;
    case "all":
      return true;
    case "demand":
      return how === "key" || how === "command";
    case "sample":
      return share(attemptId) < plan.samplePercent;
  }
};

/** As it was decided, and as it is now: a call that is taken over is held to what the next process read. */
const plansOf = (scene: Scene, attemptId: AttemptId): readonly RecordingPlan[] => {
  const seen = scene.attempt(attemptId);
  if (seen === null) return [];
  const now = scene.campaigns.get(seen.decided.campaignId)?.campaign ?? null;
  // Journals of versions that recorded nothing name no plan.
  return [seen.campaign, now].flatMap((each) => {
    const plan = each?.recording;
    return plan === undefined ? [] : [plan];
  });
};

export const recordedAsOrdered: Invariant = {
  says: "Only conversations that their campaign records are recorded, and none before both are joined.",
  watch: (report) => ({
    see(entry, scene) {
      if (entry.kind !== "recording" || entry.what !== "asked") return;
      const plans = plansOf(scene, entry.attemptId);
      if (plans.length === 0) return;
      report.looked();
      const { at, attemptId } = entry;
      if (!plans.some((plan) => isOrdered(plan, entry))) {
        const facts = { record: plans[0]?.kind, how: entry.how };
        report.breach({ at, attemptId, says: "a conversation was recorded that nobody wanted recorded", facts });
      }
      if (scene.attempt(attemptId)?.isConnected !== true) {
        report.breach({ at, attemptId, says: "somebody was recorded before they were joined", facts: {} });
      }
    },
  }),
};

export const gapsEnd: Invariant = {
  says: "A gap in a recording begins and ends once, and lasts no longer than the campaign allows.",
  watch: (report) => {
    const gaps = new Map<AttemptId, { readonly since: Instant; readonly longestMs: number | null }>();
    const over = (attemptId: AttemptId, at: Instant): void => {
      const gap = gaps.get(attemptId);
      if (gap === undefined || gap.longestMs === null) return;
      const until = after(gap.since, gap.longestMs + SETTLED_WITHIN_MS);
      if (at <= until) return;
      const says = "a gap in a recording lasted too long";
      report.breachUnlessAway({ at, attemptId, says, facts: { since: gap.since } }, { from: gap.since, to: at });
    };
    return {
      see(entry, scene) {
        if (entry.kind !== "recording") return;
        const { at, attemptId, what } = entry;
        if (what === "paused") {
          report.looked();
          // One that is taken over is made mute once more, to be on the safe side: it is the same gap.
          if (gaps.has(attemptId)) return;
          const longest = plansOf(scene, attemptId).map(({ pauseMaxMs }) => pauseMaxMs);
          gaps.set(attemptId, { since: at, longestMs: longest.length === 0 ? null : Math.max(...longest) });
        }
        if (what === "resumed" && !gaps.has(attemptId) && scene.lives === 1) {
          report.breach({ at, attemptId, says: "a gap in a recording ended that had not begun", facts: {} });
        }
        if (what === "resumed" || what === "ended" || what === "failed") {
          over(attemptId, at);
          gaps.delete(attemptId);
        }
      },
      finish(scene) {
        for (const attemptId of gaps.keys()) over(attemptId, scene.now);
      },
    };
  },
};

export const recordingsAreClosed: Invariant = {
  says: "Every recording has one end on record, soon after the end of its conversation, and nothing after it.",
  watch: (report) => {
    const running = new Map<AttemptId, { endedAt: Instant | null }>();
    const closed = new Recent<AttemptId, true>(KEPT_MS);
    const late = (attemptId: AttemptId, at: Instant): void => {
      const endedAt = running.get(attemptId)?.endedAt ?? null;
      if (endedAt === null || at <= after(endedAt, SETTLED_WITHIN_MS)) return;
      const says = "a recording was not closed when its conversation was over";
      report.breachUnlessAway({ at, attemptId, says, facts: { endedAt } }, { from: endedAt, to: at });
    };
    return {
      see(entry, scene) {
        if (entry.kind !== "recording") return;
        const { at, attemptId, what } = entry;
        // A row that was closed, and whose closing was never written, is closed again by the next process.
        if (closed.get(attemptId) === true && scene.lives === 1) {
          report.breach({ at, attemptId, says: "something was told of a recording after its end", facts: { what } });
        }
        if (what === "asked" || what === "found") {
          report.looked();
          running.set(attemptId, { endedAt: null });
        }
        if (what === "ended" || what === "failed") {
          late(attemptId, at);
          running.delete(attemptId);
          closed.set(attemptId, true, scene.now);
        }
      },
      ended(end) {
        const one = running.get(end.attemptId);
        if (one !== undefined) one.endedAt ??= end.at;
      },
      finish(scene) {
        for (const [attemptId, { endedAt }] of running) {
          if (scene.isStopped && scene.isDraining && endedAt !== null) {
            const says = "a recording was never closed";
            report.breachUnlessAway({ at: scene.now, attemptId, says, facts: {} }, { from: endedAt, to: scene.now });
          } else late(attemptId, scene.now);
        }
      },
    };
  },
};
