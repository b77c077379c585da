/** People who call back: each is served or leaves, nobody is kept waiting beyond what was said, and nobody new comes before them. */
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import { type Instant, msBetween } from "../domain/instant.ts";
import type { ReturnId } from "../domain/return-call.ts";
import type { Invariant } from "./breach.ts";

interface Seen {
  readonly arrivedAt: Instant;
  campaignId: CampaignId | null;
  /** Least time after which an agent or a message is owed; null until it is known. */
  owedByMs: number | null;
  isServed: boolean;
  /** Looking for an agent, and nobody promised, since. */
  waitsSince: Instant | null;
}

/** Asking the store who they are, an agent who could not be joined at the end of the wait, and letters in between. */
const LOOK_UP_MS = 2_000;
const CONNECT_MS = 3_000;
const LATE_MS = 2_000;
/** Letters that belong to one moment may be written one after the other. */
const SAME_MOMENT_MS = 1_000;

export const returnsAreServed: Invariant = {
  says: "Whoever calls back hears an agent or a message within the time that the campaign allows, or has left before; each ends once.",
  watch: (report) => {
    const open = new Map<ReturnId, Seen>();
    let isWhole = false;
    return {
      see(entry, scene) {
        switch (entry.kind) {
          case "engine":
            if (entry.what !== "started") return;
            isWhole = true;
            // A process that died told of no end: whoever was on the line is found again, or written off as lost.
            open.clear();
            return;
          case "return-arrived":
            report.looked();
            open.set(entry.returnId, newcomer(entry.at));
            return;
          case "return-known": {
            const seen = open.get(entry.returnId);
            if (seen === undefined) return;
            const { campaignId, seeks } = entry;
            const campaign: Partial<Campaign> | undefined =
              campaignId === null ? undefined : scene.campaigns.get(campaignId)?.campaign;
            // A campaign of a version that knew of no return calls says nothing of them.
            const waitMs = campaign?.returnCalls?.waitMs ?? 0;
            seen.owedByMs = LOOK_UP_MS + CONNECT_MS + LATE_MS + (seeks ? waitMs : 0);
            return;
          }
          case "return": {
            const seen = open.get(entry.returnId);
            if (seen === undefined) return;
            if (entry.after === "connected" || entry.event.type === "messageStarted") seen.isServed = true;
            return;
          }
          case "return-ended": {
            const { at, returnId: attemptId, outcome } = entry;
            const seen = open.get(attemptId);
            open.delete(attemptId);
            if (outcome === "unserved") {
              const says = "somebody who called back heard neither an agent nor a message";
              report.breachUnlessAway({ at, attemptId, says, facts: {} }, { from: seen?.arrivedAt ?? at, to: at });
            }
            if (seen === undefined) return;
            const waitedMs = msBetween(seen.arrivedAt, at);
            if (seen.isServed || waitedMs <= (seen.owedByMs ?? LOOK_UP_MS + LATE_MS)) return;
            const says = "somebody who called back was kept waiting longer than the campaign allows";
            report.breachUnlessAway(
              { at, attemptId, says, facts: { waitedMs, outcome } },
              { from: seen.arrivedAt, to: at },
            );
            return;
          }
          default:
        }
      },
      finish(scene) {
        if (!isWhole || !scene.isStopped || !scene.isDraining) return;
        for (const [attemptId, { arrivedAt }] of open) {
          const says = "nobody has said what became of somebody who called back";
          report.breach({ at: scene.now, attemptId, says, facts: { arrivedAt } });
        }
      },
    };
  },
};

export const returnsComeFirst: Invariant = {
  says: "While somebody who called back waits for an agent of a campaign, no agent of it is reserved for a call that pacing makes.",
  watch: (report) => {
    const open = new Map<ReturnId, Seen>();
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") open.clear();
        if (entry.kind === "return-arrived") open.set(entry.returnId, newcomer(entry.at));
        if (entry.kind === "return-ended") open.delete(entry.returnId);
        const seen = entry.kind === "return-known" || entry.kind === "return" ? open.get(entry.returnId) : undefined;
        if (seen !== undefined && entry.kind === "return-known") seen.campaignId = entry.campaignId;
        if (seen !== undefined && entry.kind === "return") {
          if (entry.after !== "waiting") seen.waitsSince = null;
          else if (entry.before !== "waiting") seen.waitsSince = entry.at;
        }
        if (entry.kind !== "attempt-decided" || entry.begunBy !== "pacing" || entry.agentId === null) return;
        if (open.size === 0) return;
        report.looked();
        for (const { campaignId, waitsSince } of open.values()) {
          if (campaignId !== entry.campaignId || waitsSince === null) continue;
          if (msBetween(waitsSince, entry.at) <= SAME_MOMENT_MS) continue;
          const { at, attemptId, agentId } = entry;
          const says = "an agent was reserved for a new call while somebody who had called back waited";
          report.breach({ at, attemptId, says, facts: { agentId, waitsSince } });
        }
      },
    };
  },
};

const newcomer = (arrivedAt: Instant): Seen => ({
  ...{ arrivedAt, campaignId: null, owedByMs: null, isServed: false, waitsSince: null },
});
