/** How many: never more calls than lines, nor than pacing said. */
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import type { Entry } from "./entries.ts";
import type { Scene } from "./scene.ts";

/** Calls decided and not ended, by trunk or by campaign. */
class Lines<Key> {
  readonly #of = new Map<AttemptId, Key>();
  readonly #count = new Map<Key, number>();

  add(attemptId: AttemptId, key: Key): number {
    if (!this.#of.has(attemptId)) this.#count.set(key, this.count(key) + 1);
    this.#of.set(attemptId, key);
    return this.count(key);
  }

  remove(attemptId: AttemptId): void {
    const key = this.#of.get(attemptId);
    if (key === undefined) return;
    this.#of.delete(attemptId);
    this.#count.set(key, this.count(key) - 1);
  }

  count(key: Key): number {
    return this.#count.get(key) ?? 0;
  }

  /** What the last process had decided and not yet placed is forgotten; whatever there is of it is heard of again. */
  afterRestart(scene: Scene): void {
    for (const { dormant, decided } of scene.alive()) if (dormant) this.remove(decided.attemptId);
  }
}

export const withinLines: Invariant = {
  says: "There are never more calls on a trunk than it has lines, nor more of a campaign than it may have.",
  watch: (report) => {
    const onTrunk = new Lines<string>();
    const ofCampaign = new Lines<CampaignId>();
    /** Since pacing last spoke: it says how many lines there are only after it has decided. */
    const peaks = new Map<
      CampaignId,
      { readonly trunk: string; readonly calls: number; readonly attemptId: AttemptId }
    >();
    return {
      see(entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") {
          onTrunk.afterRestart(scene);
          ofCampaign.afterRestart(scene);
        }
        if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") {
          onTrunk.remove(entry.attemptId);
          ofCampaign.remove(entry.attemptId);
        }
        if (entry.kind === "attempt-decided") {
          const { attemptId, trunk, campaignId, at } = entry;
          report.looked();
          const calls = onTrunk.add(attemptId, trunk);
          if (calls > (peaks.get(campaignId)?.calls ?? 0)) peaks.set(campaignId, { trunk, calls, attemptId });
          const ofThis = ofCampaign.add(attemptId, campaignId);
          const linesMax = scene.campaigns.get(campaignId)?.campaign.linesMax ?? Infinity;
          if (ofThis > linesMax) {
            const says = "more calls than the campaign may have";
            report.breach({ at, attemptId, says, facts: { campaignId, linesMax, calls: ofThis } });
          }
        }
        if (entry.kind !== "pacing") return;
        const peak = peaks.get(entry.campaignId);
        peaks.delete(entry.campaignId);
        if (peak === undefined || peak.calls <= entry.linesMax) return;
        const { attemptId, ...facts } = peak;
        const { at, linesMax } = entry;
        report.breach({ at, attemptId, says: "more calls than lines", facts: { ...facts, linesMax } });
      },
    };
  },
};

/** A journal that was cut off may end between a decision and what pacing says of it. */
const CUT_OFF_MS = 1_000;

export const asPacingSaid: Invariant = {
  says: "What was decided was asked for and allowed: decisions and pacing's answers add up, moment by moment.",
  watch: (report) => {
    const undeclared = new Map<CampaignId, { count: number; lastAt: Instant }>();
    const spoken = new Set<CampaignId>();
    const tellAll = (isCutOff: (lastAt: Instant) => boolean): void => {
      for (const [campaignId, { count, lastAt }] of undeclared) {
        if (count === 0 || isCutOff(lastAt)) continue;
        const says = "calls were decided without pacing";
        report.breach({ at: lastAt, attemptId: null, says, facts: { campaignId, decided: count } });
      }
      undeclared.clear();
    };
    return {
      see(entry: Entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") undeclared.clear();
        // What somebody asked for by name is not pacing's.
        if (entry.kind === "attempt-decided" && entry.begunBy !== "manual") {
          const count = (undeclared.get(entry.campaignId)?.count ?? 0) + 1;
          undeclared.set(entry.campaignId, { count, lastAt: entry.at });
        }
        if (entry.kind !== "pacing") return;
        report.looked();
        const { at, campaignId, wanted, allowed, placed } = entry;
        const decided = undeclared.get(campaignId)?.count ?? 0;
        undeclared.delete(campaignId);
        if (placed > Math.min(wanted, allowed)) {
          const facts = { campaignId, wanted, allowed, placed };
          report.breach({ at, attemptId: null, says: "more calls than pacing's answer", facts });
        }
        // A journal that begins in the middle may begin in the middle of this.
        const isWhole = scene.lives > 0 || spoken.has(campaignId);
        spoken.add(campaignId);
        if (decided !== placed && isWhole) {
          const says = "calls were decided that pacing does not account for";
          report.breach({ at, attemptId: null, says, facts: { campaignId, decided, placed } });
        }
      },
      finish(scene) {
        tellAll((lastAt) => !scene.isStopped && scene.now - lastAt <= CUT_OFF_MS);
      },
    };
  },
};
