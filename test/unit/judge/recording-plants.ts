/** Faults of recordings, planted in a clean night: each is found by its invariant, and by no other (invariants.test.ts). */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import { NO_RECORDING, type RecordingPlan } from "../../../src/domain/recording.ts";
import { agent, at, attemptId, CAMPAIGN, isOf, nightWith } from "./night.ts";
import type { Planted } from "./previews.ts";

const told = (seconds: number, what: string, how = "time"): JournalEntry => ({
  ...{ at: at(seconds), kind: "recording", attemptId: attemptId(1), campaignId: 1, what, by: "fairdial", how },
});

/** The first conversation, from 17.3 s on, recorded by this plan. */
const recorded = (plan: Partial<RecordingPlan>, ...entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const campaign = { ...CAMPAIGN, recording: { ...NO_RECORDING, ...plan } };
  const planned = nightWith((each) => (each.kind === "campaign" ? { ...each, campaign } : each));
  return [...planned, ...entries].sort((a, b) => a.at - b.at);
};

const WHOLE = [told(17.4, "asked"), told(17.5, "started"), told(17.6, "paused", "key"), told(18, "resumed", "key")];

/** Nothing wrong with it. */
export const recordedWell = (): readonly JournalEntry[] => recorded({ kind: "all" }, ...WHOLE, told(48, "ended"));

/** The first process goes as it joins them; the next one finds the agent in this state, and records them. */
export const recordedAfterAll = (state: "onCall" | "reserved"): readonly JournalEntry[] => {
  const next = [
    { at: at(17.1), kind: "engine", what: "started", nodeId: "node-1", open: 1 },
    { at: at(17.2), kind: "connection", state: "up" },
    agent(7, 17.3, state, 1),
    ...[told(17.4, "asked"), told(17.5, "started")],
  ];
  return recorded({ kind: "all" }, told(48, "ended")).flatMap((each) => {
    if (isOf(each, "call", 1, "answered")) return [each, ...next];
    // What was told of the join went with the first one.
    return isOf(each, "call", 1, "joined") || (isOf(each, "agent", 1) && each["after"] === "onCall") ? [] : [each];
  });
};

export const RECORDING_PLANTED: readonly Planted[] = [
  [
    "recorded-as-ordered",
    "a conversation that was recorded where nothing is",
    () => recorded({ kind: "off" }, ...WHOLE, told(48, "ended")),
  ],
  [
    "recorded-as-ordered",
    "one on demand that nobody asked for",
    () => recorded({ kind: "demand" }, ...WHOLE, told(48, "ended")),
  ],
  [
    "recorded-as-ordered",
    "one that is not in the sample",
    () => recorded({ kind: "sample", samplePercent: 1 }, ...WHOLE, told(48, "ended")),
  ],
  [
    "recorded-as-ordered",
    "one that began before anybody was joined",
    () => recorded({ kind: "all" }, told(16.9, "asked"), told(17, "started"), told(48, "ended")),
  ],
  [
    "recorded-as-ordered",
    "one that the next process began before anybody was joined",
    () => recordedAfterAll("reserved"),
  ],
  [
    "gaps-end",
    "a gap that lasts longer than is allowed",
    () => recorded({ kind: "all", pauseMaxMs: 10_000 }, ...WHOLE.slice(0, 3), told(59, "resumed"), told(60, "ended")),
  ],
  [
    "gaps-end",
    "a gap that ends and never began",
    () => recorded({ kind: "all" }, ...WHOLE, told(19, "resumed", "key"), told(48, "ended")),
  ],
  ["recordings-are-closed", "a recording without an end", () => recorded({ kind: "all" }, ...WHOLE)],
  [
    "recordings-are-closed",
    "a recording that goes on after its end",
    () => recorded({ kind: "all" }, ...WHOLE, told(48, "ended"), told(49, "paused", "key"), told(50, "ended")),
  ],
];
