/** AMD: nobody loses their call but by a verdict that is sure and licensed, and nobody waits for a verdict too long. */
import type { Instant } from "../domain/instant.ts";
import { after, msBetween } from "../domain/instant.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Invariant } from "./breach.ts";
import type { SeenAttempt } from "./scene.ts";

/** What no person is taken for. */
const NO_PERSON: ReadonlySet<string> = new Set(["machine", "fax", "sit", "tone"]);

/** With an agent on the line a verdict may take a little longer; what comes later ends a conversation. */
const VERDICT_MAX_MS = 4_000;

/** What a loop may be late by before it says of itself that it is overloaded. */
const LATE_MS = 200;

const textIn = (seen: SeenAttempt, name: string): string | null => {
  const value = seen.decided.evidence?.[name];
  return typeof value === "string" ? value : null;
};

/** By a promise of ours, or because the number was abandoned or taken for a machine before. */
const isOwedAnAgent = (seen: SeenAttempt): boolean => {
  const until = textIn(seen, "guaranteedOnlyUntil");
  return seen.decided.callbackId !== null || (until !== null && Date.parse(until) > seen.decided.at);
};

export const noMachineDropWhenGuaranteed: Invariant = {
  says: "A call that is owed an agent is never dropped on a verdict that a machine answered.",
  watch: (report) => ({
    ended({ at, attemptId, facts }, seen) {
      if (seen === null || facts.answeredAt === null || !isOwedAnAgent(seen)) return;
      report.looked();
      const { endReason, verdictAct } = facts;
      if (endReason !== "amdMachine" && endReason !== "amdMessage" && verdictAct !== "dropped") return;
      const says = "a guaranteed call was dropped as a machine";
      report.breach({ at, attemptId, says, facts: { agentId: seen.decided.agentId, endReason } });
    },
  }),
};

export const dropsAreLicensed: Invariant = {
  says: "Only a verdict that is no person's, that comes in time and that a test on record allows, costs a call its agent.",
  watch: (report) => ({
    ended({ at, attemptId, facts }, seen) {
      const { verdict, verdictAt, verdictAct, answeredAt, endReason } = facts;
      const isDropped = verdictAct === "dropped" || endReason === "amdMachine" || endReason === "amdMessage";
      if (verdict === null && !isDropped) return;
      report.looked();
      if (!isDropped) return;
      const tookMs = verdictAt === null || answeredAt === null ? Infinity : msBetween(answeredAt.at, verdictAt.at);
      const says = !NO_PERSON.has(verdict ?? "")
        ? "a call was dropped as a machine that nobody had taken for one"
        : tookMs > VERDICT_MAX_MS
          ? "a call was dropped as a machine when it was a conversation already"
          : seen !== null && isUnlicensed(seen)
            ? "a call was dropped as a machine without a valid test"
            : null;
      if (says !== null) report.breach({ at, attemptId, says, facts: { verdict, verdictAct, endReason } });
    },
  }),
};

/** Unknown where the journal begins later than the decision, or no evidence was kept. */
const isUnlicensed = (seen: SeenAttempt): boolean => {
  const { evidence } = seen.decided;
  return evidence !== null && (evidence["amdDrops"] !== true || textIn(seen, "amdTest") === null);
};

export const listensNoLonger: Invariant = {
  says: "Nobody is kept waiting for a verdict so long that no agent could be joined in time.",
  watch: (report) => {
    const since = new Map<AttemptId, Instant>();
    return {
      see(entry, scene) {
        if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") since.delete(entry.attemptId);
        // A process that died listened no longer.
        if (entry.kind === "engine" && entry.what === "started") since.clear();
        if (entry.kind !== "call") return;
        const { attemptId, at, before, after: state, deadlineAt } = entry;
        // An answer that Asterisk did not tell of was found later, and is dated by when it may have been.
        const isFound = entry.event.type === "answered" && entry.event.stamp.asteriskAt === null;
        if (state === "listening" && before !== "listening" && !isFound) since.set(attemptId, at);
        const from = since.get(attemptId);
        const clock = scene.attempt(attemptId)?.decided.clock ?? null;
        if (from === undefined || clock === null) return;
        const latest = after(from, clock.limitMs - clock.safetyMarginMs + clock.noSpeechGraceMs + clock.greetingMaxMs);
        const strictly = clock.start === "answer" ? after(from, clock.limitMs - clock.safetyMarginMs) : latest;
        if (state === "listening" && deadlineAt !== null && deadlineAt >= strictly && deadlineAt > from) {
          const says = "a verdict was waited for longer than there is time to join an agent";
          report.breach({ at, attemptId, says, facts: { listensMs: msBetween(from, deadlineAt) } });
        }
        if (before !== "listening" || state === "listening") return;
        report.looked();
        since.delete(attemptId);
        if (at <= after(strictly, LATE_MS)) return;
        const facts = { listenedMs: msBetween(from, at), event: entry.event.type };
        const says = "somebody was listened to for longer than they may be kept waiting";
        report.breachUnlessAway({ at, attemptId, says, facts }, { from, to: at });
      },
    };
  },
};
