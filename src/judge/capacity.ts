/** How many: never more calls than lines, nor than pacing said. */
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { type Breach, entriesOf, type Invariant } from "./record.ts";

/** Calls decided and not ended, per trunk, at every decision. */
export const withinLines: Invariant = (record) => {
  const breaches: Breach[] = [];
  const trunks = new Map<AttemptId, string>();
  const living = new Map<string, Set<AttemptId>>();
  const rows = new Set(record.attempts.map(({ order }) => order.attemptId));
  for (const entry of entriesOf(record)) {
    if (entry.kind === "engine" && entry.what === "started") {
      // What the last process had decided and not yet written was never placed, and is forgotten.
      for (const calls of living.values()) for (const each of calls) if (!rows.has(each)) calls.delete(each);
    }
    if (entry.kind === "attempt-decided") {
      const { trunk, attemptId, at } = entry;
      trunks.set(attemptId, trunk);
      const calls = (living.get(trunk) ?? new Set()).add(attemptId);
      living.set(trunk, calls);
      const linesMax = record.linesMax[trunk] ?? 0;
      if (calls.size > linesMax) {
        const facts = { attemptId, trunk, linesMax, calls: calls.size };
        breaches.push({ invariant: "within-lines", at, says: "more calls than lines", facts });
      }
    }
    if (entry.kind === "attempt-ended") living.get(trunks.get(entry.attemptId) ?? "")?.delete(entry.attemptId);
  }
  return breaches;
};

/** What was decided was asked for and allowed: decisions and pacing's answers add up, moment by moment. */
export const asPacingSaid: Invariant = (record) => {
  const breaches: Breach[] = [];
  const breach = (at: Instant, says: string, facts: Breach["facts"]): void => {
    breaches.push({ invariant: "as-pacing-said", at, says, facts });
  };
  const undeclared = new Map<CampaignId, number>();
  for (const entry of entriesOf(record)) {
    if (entry.kind === "attempt-decided") {
      undeclared.set(entry.campaignId, (undeclared.get(entry.campaignId) ?? 0) + 1);
    }
    if (entry.kind !== "pacing") continue;
    const { at, campaignId, wanted, allowed, placed } = entry;
    const decided = undeclared.get(campaignId) ?? 0;
    undeclared.set(campaignId, 0);
    if (placed > Math.min(wanted, allowed)) {
      breach(at, "more calls than pacing's answer", { campaignId, wanted, allowed, placed });
    }
    if (decided !== placed) {
      breach(at, "calls were decided that pacing does not account for", { campaignId, decided, placed });
    }
  }
  for (const [campaignId, decided] of undeclared) {
    if (decided > 0) breach(record.endedAt, "calls were decided without pacing", { campaignId, decided });
  }
  return breaches;
};
