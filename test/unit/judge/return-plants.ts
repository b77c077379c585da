/** Faults with people who call back, planted in a clean night: each is found by its invariant, and by no other (invariants.test.ts). */
import { agentId } from "../../../src/domain/ids.ts";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { agent, at, attemptId, decided, isOf, nightWith, pacing } from "./night.ts";

const RETURN = 40;
const returnId = attemptId(RETURN);
const OTHER = agentId(8);

const moved = (
  seconds: number,
  event: Record<string, unknown> & { type: string },
  [before, after]: readonly [string, string],
  effects: readonly Record<string, unknown>[] = [],
): JournalEntry => ({
  ...{ at: at(seconds), kind: "return", returnId, before, after, effects },
  event: { at: at(seconds), ...event },
});
const arrived = (seconds: number, seeks = true): JournalEntry[] => [
  { at: at(seconds), kind: "return-arrived", returnId },
  { at: at(seconds), kind: "return-known", returnId, campaignId: 1, leadId: 1, seeks },
  moved(seconds, { type: "known" }, ["arriving", seeks ? "waiting" : "informing"]),
];
const over = (seconds: number, outcome: string): JournalEntry => ({
  ...{ at: at(seconds), kind: "return-ended", returnId, outcome, endedBy: "caller", agentId: null, waitedMs: null },
});
/** Between the first call and the second. */
const during = (...planted: JournalEntry[]): readonly JournalEntry[] =>
  nightWith((entry) => (isOf(entry, "attempt-ended", 1) ? [entry, ...planted] : entry));

const talks: readonly JournalEntry[] = [
  agent(8, 50, "reserved", RETURN),
  moved(50, { type: "agentReserved", agentId: OTHER }, ["waiting", "connecting"], [{ type: "bridge", agentId: OTHER }]),
  moved(50.2, { type: "joined" }, ["connecting", "connected"]),
  agent(8, 50.2, "onCall", RETURN),
];

/** As they should be: one who talks, one who hears the message, one who does not wait. */
export const RETURNS_AS_THEY_SHOULD_BE: readonly (readonly JournalEntry[])[] = [
  during(...arrived(49), ...talks, agent(8, 57, "wrapUp", RETURN), over(57, "talked")),
  during(
    ...arrived(49, false),
    moved(49.1, { type: "messageStarted", choice: "campaign" }, ["informing", "informing"]),
    over(57, "informed"),
  ),
  during(...arrived(49), over(51, "left-waiting")),
];

export const RETURN_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  [
    "returns-are-served",
    "somebody who called back was left to silence",
    () => during(...arrived(49, false), over(51, "unserved")),
  ],
  [
    "returns-are-served",
    "somebody who called back listened to a ring tone for a minute",
    () => during(...arrived(49), over(109, "left-waiting")),
  ],
  ["returns-are-served", "somebody who called back was forgotten", () => during(...arrived(49))],
  [
    "returns-come-first",
    "an agent is reserved for a new call while somebody who called back waits",
    () =>
      during(
        ...arrived(48),
        decided(5, 51, { agentId: OTHER, begunBy: "pacing" }),
        agent(8, 51, "reserved", 5),
        pacing(51, 1),
        { at: at(51.1), kind: "attempt-withdrawn", attemptId: attemptId(5) },
        agent(8, 51.1, "available", null),
        over(52, "left-waiting"),
      ),
  ],
  [
    "one-call-an-agent",
    "somebody who called back is joined to an agent who was promised to nobody",
    () => during(...arrived(49), ...talks.filter(({ kind }) => kind !== "agent"), over(57, "talked")),
  ],
  [
    "no-agent-lost",
    "an agent stays with somebody who called back and has left",
    () => during(...arrived(49), ...talks, over(57, "talked"), agent(8, 90, "wrapUp", RETURN)),
  ],
];
