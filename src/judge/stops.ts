/** Stops: what is switched off, paused, barred or broken dials nobody. */
import type { CampaignId } from "../domain/ids.ts";
import { after, type Instant, toIso } from "../domain/instant.ts";
import type { Invariant, Spell } from "./breach.ts";
import { firstWordAt } from "./connect-clock.ts";

/** From the switch to the last placing: desired state is read several times a second. */
const OBEYED_WITHIN_MS = 1_000;
const KILL_SWITCH = "KILL-SWITCH";

/** @param spells when it was really on, where somebody knows better than the journal */
export const killSwitchObeyed = (spells: readonly Spell[]): Invariant => ({
  says: "Nothing is dialled while the kill switch is on, a second after it was thrown at the latest.",
  watch: (report) => {
    const barred = new Map<CampaignId, Instant>();
    return {
      see(entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") barred.clear();
        if (entry.kind === "campaign-barred") {
          if (entry.bar?.rule === KILL_SWITCH) {
            report.looked();
            barred.set(entry.campaignId, entry.at);
          } else barred.delete(entry.campaignId);
        }
        const isFirst = entry.kind === "call" && scene.attempt(entry.attemptId)?.firstCallAt === entry.at;
        if (entry.kind !== "attempt-decided" && !isFirst) return;
        const { at, attemptId } = entry;
        const seen = scene.attempt(attemptId);
        if (spells.length > 0) report.looked();
        const campaignId = seen?.decided.campaignId ?? null;
        const known = campaignId === null ? undefined : barred.get(campaignId);
        const since = known ?? spells.find(({ from, to }) => after(from, OBEYED_WITHIN_MS) < at && at <= to)?.from;
        if (since === undefined) return;
        // What was on its way to Asterisk when it was thrown is told of a little later.
        if (isFirst && (seen?.decided.at ?? at) <= after(since, OBEYED_WITHIN_MS)) return;
        const says = "dialled while the kill switch was on";
        report.breach({ at, attemptId, says, facts: { campaignId, since: toIso(since) } });
      },
    };
  },
});

export const stoppedPlacesNothing: Invariant = {
  says: "A campaign that is paused, stopped, or barred by a rule dials nobody.",
  watch: (report) => {
    const barred = new Map<CampaignId, string>();
    return {
      see(entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") barred.clear();
        if (entry.kind === "campaign-barred") {
          // The kill switch is an invariant of its own.
          if (entry.bar === null || entry.bar.rule === KILL_SWITCH) barred.delete(entry.campaignId);
          else barred.set(entry.campaignId, entry.bar.rule);
        }
        if (entry.kind !== "attempt-decided") return;
        const { at, attemptId, campaignId } = entry;
        const held = scene.campaigns.get(campaignId);
        const rule = barred.get(campaignId) ?? null;
        if (held === undefined && rule === null) return;
        report.looked();
        const state = held?.campaign.desiredState ?? "running";
        const says =
          state !== "running"
            ? "dialled for a campaign that does not run"
            : rule !== null
              ? "dialled for a campaign that a rule bars"
              : held?.rules === null
                ? "dialled for a campaign without rules"
                : null;
        if (says !== null) report.breach({ at, attemptId, says, facts: { campaignId, state, rule } });
      },
    };
  },
};

export const drainedPlacesNothing: Invariant = {
  says: "A node that a manager has drained decides no call.",
  watch: (report) => {
    let since: Instant | null = null;
    return {
      see(entry) {
        const isTold = entry.kind === "node-wish" || (entry.kind === "engine" && entry.what === "started");
        if (isTold) since = entry.drained ? entry.at : null;
        if (isTold && entry.drained) report.looked();
        if (entry.kind !== "attempt-decided" || since === null) return;
        const { at, attemptId, campaignId } = entry;
        const facts = { campaignId, since: toIso(since) };
        report.breach({ at, attemptId, says: "decided on a node that was drained", facts });
      },
    };
  },
};

export const stopsWithoutAMessage: Invariant = {
  says: "A campaign whose message and the built-in one have both failed stops, and a human is called.",
  watch: (report) => {
    const owed = new Map<CampaignId, { readonly at: Instant; readonly attemptId: string; alarmed: boolean }>();
    return {
      see(entry) {
        if (entry.kind === "alarm" && entry.stops && entry.campaignId !== null) {
          const stop = owed.get(entry.campaignId);
          if (stop !== undefined) stop.alarmed = true;
        }
        // Stopped, and started again by somebody: that is theirs to answer for.
        if (entry.kind === "campaign" && entry.campaign.desiredState !== "running") {
          owed.delete(entry.campaign.campaignId);
        }
        if (entry.kind !== "attempt-decided") return;
        const stop = owed.get(entry.campaignId);
        if (stop === undefined) return;
        const { at, attemptId, campaignId } = entry;
        const facts = { campaignId, failedAt: toIso(stop.at), failedFor: stop.attemptId };
        report.breach({ at, attemptId, says: "dialled on after both messages had failed", facts });
      },
      ended({ at, attemptId, facts }, seen) {
        if (facts.messageChoice !== "builtIn") return;
        report.looked();
        if (facts.message !== "failed" || firstWordAt(facts) !== null || seen === null) return;
        // Under a profile that is gone nobody places anything anyhow.
        if (seen.rules !== null) owed.set(seen.decided.campaignId, { at, attemptId, alarmed: false });
      },
      finish(scene) {
        for (const [campaignId, { at, attemptId, alarmed }] of owed) {
          if (alarmed || scene.now - at <= OBEYED_WITHIN_MS) continue;
          const says = "both messages failed and nobody was told";
          report.breach({ at, attemptId: attemptId as never, says, facts: { campaignId } });
        }
      },
    };
  },
};
