/** Calls by hand: for the agent and the lead that were named, and one for each. */
import type { ManualAsked } from "./entries.ts";
import type { Invariant } from "./breach.ts";

export const onlyAsAsked: Invariant = {
  says: "A call by hand is made for the lead and the agent that were named, once, and each is answered once.",
  watch: (report) => {
    const open = new Map<number, ManualAsked & { isDecided: boolean }>();
    let isWhole = false;
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") isWhole = true;
        // Whoever starts anew reads of it again; what was made of it before stays made.
        if (entry.kind === "manual-asked") {
          open.set(entry.manualId, { ...entry, isDecided: open.get(entry.manualId)?.isDecided ?? false });
        }
        if (entry.kind === "manual-answered") {
          const { at, manualId, attemptId } = entry;
          const asked = open.get(manualId);
          open.delete(manualId);
          if (asked === undefined && isWhole) {
            report.breach({
              at,
              attemptId,
              says: "a call by hand was answered twice, or never asked for",
              facts: { manualId },
            });
          }
          if (asked !== undefined && attemptId !== null && !asked.isDecided) {
            report.breach({
              at,
              attemptId,
              says: "a call by hand is said to be made that was not",
              facts: { manualId },
            });
          }
        }
        if (entry.kind !== "attempt-decided" || entry.begunBy !== "manual") return;
        report.looked();
        const { at, attemptId, agentId, leadId } = entry;
        const meant = [...open.values()].find((each) => each.leadId === leadId && each.agentId === agentId);
        if (meant === undefined) {
          if (isWhole)
            report.breach({
              at,
              attemptId,
              says: "somebody was called by hand for whom nobody had asked",
              facts: { leadId, agentId },
            });
          return;
        }
        if (meant.isDecided)
          report.breach({
            at,
            attemptId,
            says: "one was asked for, and called twice",
            facts: { manualId: meant.manualId },
          });
        meant.isDecided = true;
      },
    };
  },
};
