/** Faults of a drained node, planted in a clean night: each is found by its invariant, and by no other. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { at, isOf, nightWith } from "./night.ts";

const drainedAfter = (nth: number, ...more: readonly JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (isOf(each, "attempt-ended", nth) ? [each, ...more] : each));

/** The first call's decision, with this seen in it. */
const seen = (more: Record<string, unknown>): readonly JournalEntry[] =>
  nightWith((each) =>
    isOf(each, "attempt-decided", 1)
      ? { ...each, evidence: { ...(each["evidence"] as object), lineType: "MOBILE", ...more } }
      : each,
  );

const TOLL_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  ["allowed-when-dialled", "a premium number", () => seen({ lineType: "PREMIUM_RATE" })],
  ["allowed-when-dialled", "a country that the node may not call", () => seen({ tollCountries: ["IE"] })],
  [
    "allowed-when-dialled",
    "a call when the node had spent all it may",
    () => seen({ tollRate: 10_000, tollNodeSpent: 50, tollNodeMax: 50 }),
  ],
  ["allowed-when-dialled", "a number without a rate under a bound", () => seen({ tollNodeSpent: 0, tollNodeMax: 50 })],
];

export const NODE_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  [
    "drained-places-nothing",
    "a call on a node that was drained",
    () => drainedAfter(2, { at: at(95), kind: "node-wish", drained: true }),
  ],
  [
    "drained-places-nothing",
    "a call on a node that was drained when its daemon began",
    () =>
      nightWith((each) => (each.kind === "engine" && each["what"] === "started" ? { ...each, drained: true } : each)),
  ],
  ...TOLL_PLANTED,
];
