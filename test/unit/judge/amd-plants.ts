/** Faults of AMD, planted in a clean night: each is found by its invariant, and by no other (invariants.test.ts). */
import type { AttemptFacts } from "../../../src/domain/attempt.ts";
import { toIso } from "../../../src/domain/instant.ts";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { at, call, endingOtherwise, isOf, nightWith, stamp } from "./night.ts";

/** The first call as if AMD had ended it, licensed and in time; what is otherwise is the fault. */
const droppedAsMachine = (
  evidence: Record<string, unknown> = {},
  facts: Partial<AttemptFacts> = {},
  entry: string | null = "machineDropped",
): readonly JournalEntry[] =>
  endingOtherwise(1, {
    outcome: "machine-hung-up",
    facts: {
      ...{ verdict: "machine", verdictAt: stamp(18.2), verdictCause: "long-talk", verdictAct: "dropped" },
      ...{ endedBy: "us", endReason: "amdMachine", ...facts },
    },
    entry,
  }).map((each) =>
    isOf(each, "attempt-decided", 1)
      ? { ...each, evidence: { ...(each["evidence"] as object), amdDrops: true, amdTest: "AMD-1", ...evidence } }
      : each,
  );
/** The first call, which was talked on, under a name for calls on which nobody was. */
const unheard = (outcome: string, facts: Partial<AttemptFacts>): readonly JournalEntry[] =>
  endingOtherwise(1, {
    outcome,
    facts: {
      ...{ verdictAt: stamp(18.2), verdictCause: "planted", verdictAct: "served", speechStartedAt: stamp(18.5) },
      ...facts,
    },
    entry: outcome === "no-speech" ? "connected" : null,
  });

const renamed = (each: JournalEntry, outcome: string): JournalEntry =>
  isOf(each, "attempt-ended", 1) ? { ...each, outcome } : each;

/** The second call as if AMD had listened to it first, until then. */
const listened = (deadline: number, until = deadline): readonly JournalEntry[] =>
  nightWith((each) => {
    if (!isOf(each, "call", 2, "answered")) return each;
    return [
      { ...each, after: "listening", effects: [], deadlineAt: at(deadline) },
      { ...call(2, until, { type: "deadlinePassed" }, ["listening", "answered"]), deadlineAt: at(until) },
    ];
  });

export const AMD_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  [
    "no-machine-drop-when-guaranteed",
    "a call dropped as a machine to a number that was abandoned before",
    () => droppedAsMachine({ guaranteedOnlyUntil: toIso(at(3_600)) }),
  ],
  [
    "no-machine-drop-when-guaranteed",
    "a call dropped as a machine that we had promised",
    () => droppedAsMachine().map((each) => (isOf(each, "attempt-decided", 1) ? { ...each, callbackId: 3 } : each)),
  ],
  [
    "drops-are-licensed",
    "a call dropped as a machine that nobody was sure of",
    () => droppedAsMachine({}, { verdict: "unsure" }),
  ],
  [
    "drops-are-licensed",
    "a call dropped as a machine of which nobody had said anything",
    () => droppedAsMachine({}, { verdict: null, verdictAt: null }),
  ],
  [
    "drops-are-licensed",
    "a call dropped as a machine in the middle of a conversation",
    () => droppedAsMachine({}, { verdictAt: stamp(22) }),
  ],
  ["drops-are-licensed", "a call dropped as a machine without a test", () => droppedAsMachine({ amdTest: null })],
  [
    "drops-are-licensed",
    "a call dropped as a machine where that was not allowed when it was decided",
    () => droppedAsMachine({ amdDrops: false }),
  ],
  [
    "outcomes-are-honest",
    "taken for a machine by name only",
    () => droppedAsMachine({}, { verdictAct: "served", endReason: "agentHungUp" }, "connected"),
  ],
  [
    "outcomes-are-honest",
    "nobody there by name, and talk detection heard somebody",
    () => unheard("no-speech", { verdict: "silence" }),
  ],
  [
    "outcomes-are-honest",
    "ringing on by name, and somebody had come to the telephone",
    () => unheard("ringback-after-answer", { verdict: "ringback", voiceAt: stamp(21) }),
  ],
  [
    "outcomes-are-honest",
    "out of service by name, and no announcement was heard",
    () => droppedAsMachine({}, { verdict: "machine" }).map((each) => renamed(each, "not-in-service")),
  ],
  ["listens-no-longer", "a verdict waited for until the whole limit is over", () => listened(68.81)],
  ["listens-no-longer", "somebody listened to for longer than their deadline", () => listened(68.7, 69.1)],
];
