/** Faults of previews, to be planted in the clean night. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { AGENT, agent, at, attemptId, campaignEntry, cleared, decided, ended, isOf } from "./night.ts";
import { type judge, nightWith, pressed, shown } from "./night.ts";

type Options = NonNullable<Parameters<typeof judge>[1]>;
export type Planted = readonly [InvariantName, string, () => readonly JournalEntry[], Options?];

export const before = (is: (entry: JournalEntry) => boolean, ...planted: JournalEntry[]): readonly JournalEntry[] =>
  nightWith((entry) => (is(entry) ? [...planted, entry] : entry));
export const without = (is: (entry: JournalEntry) => boolean): readonly JournalEntry[] =>
  nightWith((entry) => (is(entry) ? null : entry));

export const PLANTED_PREVIEWS: readonly Planted[] = [
  [
    "pressed-before-dialled",
    "a lead called from a screen that nobody pressed",
    () => without((each) => isOf(each, "preview-pressed", 3)),
  ],
  [
    "pressed-before-dialled",
    "a lead called by a press that was on no screen",
    () => without((each) => ["preview-shown", "preview-ended"].some((kind) => isOf(each, kind, 3))),
  ],
  [
    "pressed-before-dialled",
    "another lead than the one on the screen",
    () => nightWith((each) => (isOf(each, "preview-shown", 3) ? { ...each, leadId: 77 } : each)),
  ],
  [
    "pressed-before-dialled",
    "another agent than the one who read",
    () => nightWith((each) => (isOf(each, "preview-shown", 3) ? { ...each, agentId: 7 } : each)),
  ],
  [
    "pressed-before-dialled",
    "the time is over before it is over",
    () => nightWith((each) => (isOf(each, "preview-pressed", 3) ? pressed(3, 100, "time") : each)),
  ],
  [
    "pressed-before-dialled",
    "the time is over where nothing is called by itself",
    () =>
      nightWith((each) => {
        if (isOf(each, "preview-shown", 3)) return shown(3, 95, { auto: false, untilAt: at(99) });
        return isOf(each, "preview-pressed", 3) ? pressed(3, 100, "time") : each;
      }),
  ],
  [
    "pressed-before-dialled",
    "a press after the lead was taken off the screen",
    () => [...before((each) => isOf(each, "preview-pressed", 3), cleared(3, 97, "withdrawn"))],
  ],
  [
    "pressed-before-dialled",
    "a campaign that previews and calls by itself",
    () =>
      nightWith((each) => {
        if (isOf(each, "attempt-ended", 2)) return [each, campaignEntry(90, { mode: "preview" })];
        return isOf(each, "attempt-decided", 3) ? { ...each, begunBy: "pacing" } : each;
      }),
  ],
  ["screens-are-cleared", "a lead that is never taken off", () => without((each) => isOf(each, "preview-ended", 3))],
  [
    "screens-are-cleared",
    "an agent with two leads before them",
    () =>
      before(
        (each) => isOf(each, "preview-shown", 3),
        shown(11, 94.5),
        shown(12, 94.6),
        cleared(11, 94.7),
        cleared(12, 94.8),
      ).map((each) =>
        isOf(each, "preview-ended", 11) || isOf(each, "preview-ended", 12) ? { ...each, end: "withdrawn" } : each,
      ),
  ],
  [
    "screens-are-cleared",
    "one lead on two screens",
    () =>
      before(
        (each) => isOf(each, "preview-shown", 3),
        shown(11, 94.5, { leadId: 77 }),
        shown(12, 94.6, { leadId: 77, agentId: 7 }),
        cleared(11, 94.7, "withdrawn"),
        cleared(12, 94.8, "withdrawn"),
      ),
  ],
  [
    "screens-are-cleared",
    "a lead that is called while somebody looks at it",
    () =>
      before((each) => isOf(each, "attempt-decided", 2), shown(11, 50, { leadId: 2 })).flatMap((each) =>
        isOf(each, "attempt-decided", 2) ? [each, cleared(11, 61, "withdrawn")] : [each],
      ),
  ],
  [
    "screens-are-cleared",
    "a lead that was called, and is said to be skipped",
    () => nightWith((each) => (isOf(each, "preview-ended", 3) ? cleared(3, 100.1, "preview-rejected") : each)),
  ],
  [
    "screens-are-cleared",
    "a lead that was skipped, and is said to be called",
    () => nightWith((each) => (isOf(each, "preview-ended", 10) ? cleared(10, 94, "dialled") : each)),
  ],
  [
    "only-as-asked",
    "a call by hand for whom nobody asked",
    () => byHand({}, 0).filter(({ kind }) => kind !== "manual-asked"),
  ],
  ["only-as-asked", "a call by hand with another agent", () => byHand({ agentId: 8 })],
  ["only-as-asked", "a call by hand that is answered twice", () => byHand({}, 2)],
  [
    "only-as-asked",
    "a call by hand that is said to be made",
    () => before((each) => isOf(each, "attempt-decided", 2), asked(50, {}), answered(51)),
  ],
  ["only-as-asked", "one who is called twice by hand, and was asked for once", () => byHandBefore(null)],
];

function asked(seconds: number, more: Record<string, unknown>): JournalEntry {
  return { at: at(seconds), kind: "manual-asked", manualId: 1, campaignId: 1, agentId: 7, leadId: 1, ...more };
}
/** Asked for a few seconds earlier already, and that came to nothing: a row that was taken back, if it was. */
export function byHandBefore(placeFailure: "withdrawn" | null): readonly JournalEntry[] {
  const first = [
    asked(4, { manualId: 2 }),
    decided(50, 5, { leadId: 1, agentId: AGENT, begunBy: "manual" }),
    agent(7, 5, "reserved", 50),
    ended(50, 5.1, "not-placed", { placeFailure, endedBy: "us" }, null),
    agent(7, 5.1, "available", null),
    { ...answered(5.1), manualId: 2, attemptId: null, code: "not-begun" },
  ];
  return byHand({}).flatMap((each) => (each.kind === "manual-asked" ? [...first, each] : [each]));
}
function answered(seconds: number): JournalEntry {
  return { at: at(seconds), kind: "manual-answered", manualId: 1, attemptId: attemptId(1), code: "placed", says: "" };
}
/** The first call of the night, asked for by name. */
export function byHand(more: Record<string, unknown>, answers = 1): readonly JournalEntry[] {
  return nightWith((each) => {
    if (!isOf(each, "attempt-decided", 1)) return each;
    const decided = { ...each, begunBy: "manual" };
    return [asked(9, more), decided, ...Array.from({ length: answers }, () => answered(10.1))];
  }).filter((each) => !(each.kind === "pacing" && each.at === at(10)));
}
