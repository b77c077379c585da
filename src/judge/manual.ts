/** Calls by hand: for the agent and the lead that were named, and one for each. */
import type { AgentId, AttemptId, LeadId } from "../domain/ids.ts";
import type { Invariant } from "./breach.ts";

/** For whom and whom to: two may be asked for alike, and which of them a call was made for is told by its answer. */
interface Wish {
  readonly agentId: AgentId | null;
  readonly leadId: LeadId;
}

const isLike = (a: Wish, b: Wish): boolean => a.agentId === b.agentId && a.leadId === b.leadId;

export const onlyAsAsked: Invariant = {
  says: "A call by hand is made for the lead and the agent that were named, once, and each is answered once.",
  watch: (report) => {
    /** Asked for and not answered. Whoever starts anew reads of them again; what was made of them before stays made. */
    const open = new Map<number, Wish>();
    /** Decided, and no answer names them yet. */
    const made = new Map<AttemptId, Wish>();
    let isWhole = false;
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") isWhole = true;
        if (entry.kind === "manual-asked") open.set(entry.manualId, entry);
        // Taken back before telephony was asked: nobody was called, and the next wish for the same two is another.
        const isTakenBack = entry.kind === "attempt-ended" && entry.facts.placeFailure === "withdrawn";
        if (entry.kind === "attempt-withdrawn" || isTakenBack) made.delete(entry.attemptId);
        if (entry.kind === "manual-answered") {
          const { at, manualId, attemptId } = entry;
          const asked = open.get(manualId);
          open.delete(manualId);
          const breach = (says: string): void => {
            report.breach({ at, attemptId, says, facts: { manualId } });
          };
          if (asked === undefined && isWhole) breach("a call by hand was answered twice, or never asked for");
          if (asked === undefined || attemptId === null) return;
          const wish = made.get(attemptId);
          made.delete(attemptId);
          if (wish === undefined || !isLike(wish, asked)) breach("a call by hand is said to be made that was not");
        }
        if (entry.kind !== "attempt-decided" || entry.begunBy !== "manual") return;
        report.looked();
        const { at, attemptId, agentId, leadId } = entry;
        const wishes = [...open.values()].filter((each) => isLike(each, entry)).length;
        const calls = [...made.values()].filter((each) => isLike(each, entry)).length;
        made.set(attemptId, { agentId, leadId });
        if (calls < wishes || (wishes === 0 && !isWhole)) return;
        const says =
          wishes === 0
            ? "somebody was called by hand for whom nobody had asked"
            : "one was asked for, and called twice";
        report.breach({ at, attemptId, says, facts: { leadId, agentId } });
      },
    };
  },
};
