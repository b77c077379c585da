/** Leads: none tried oftener, or sooner again, than its campaign says. That each is in one place is asked with its attempts. */
import { after, type Instant } from "../domain/instant.ts";
import type { LeadId } from "../domain/ids.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import { redialPlan } from "../domain/redial-rules.ts";
import type { Invariant } from "./breach.ts";
import { Recent } from "./recent.ts";

/** What was tried lies further back than anybody counts. */
const REMEMBERED_MS = 60 * 86_400_000;

export const asRedialSays: Invariant = {
  says: "No lead is tried oftener than its campaign allows, nor again before the least gap is over.",
  watch: (report) => {
    /** Attempts that counted: when they were decided, of those the latest that rang somewhere. */
    const tried = new Recent<LeadId, { readonly counted: number; readonly rangAt: Instant | null }>(REMEMBERED_MS);
    const asked = new Recent<string, true>(3_600_000);
    return {
      see(entry, scene) {
        if (entry.kind !== "call") return;
        const seen = scene.attempt(entry.attemptId);
        if (seen === null || !seen.isDialled || seen.campaign === null || asked.get(entry.attemptId) === true) return;
        asked.set(entry.attemptId, true, scene.now);
        const { at, attemptId, leadId, callbackId } = seen.decided;
        const before = tried.get(leadId);
        const { attemptsMax, limits } = redialPlan(seen.campaign.redial);
        report.looked();
        if (before === undefined) return;
        // What somebody asked for gives way to the gap alone.
        if (callbackId === null && before.counted >= attemptsMax) {
          const facts = { leadId, attempts: before.counted, attemptsMax };
          report.breach({ at, attemptId, says: "a lead was tried oftener than its campaign allows", facts });
        }
        const { rangAt } = before;
        if (rangAt !== null && after(rangAt, limits.gapMinMs) > at) {
          const facts = { leadId, gapMs: at - rangAt, gapMinMs: limits.gapMinMs };
          report.breach({ at, attemptId, says: "a lead was tried again too soon", facts });
        }
      },
      ended({ outcome }, seen, scene) {
        const { countsAsAttempt, permanent } = outcomeFacts(outcome);
        if (seen === null || !countsAsAttempt) return;
        const { leadId, at } = seen.decided;
        const before = tried.get(leadId);
        const rangAt = permanent ? (before?.rangAt ?? null) : at;
        tried.set(leadId, { counted: (before?.counted ?? 0) + 1, rangAt }, scene.now);
      },
    };
  },
};
