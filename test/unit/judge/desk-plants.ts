/** Faults of what agents do during calls, planted in a clean night: each is found by its invariant, and by no other. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { TRANSFER_PLANTED } from "./transfer-plants.ts";
import { AGENT, at, call, campaignEntry, isOf, nightWith } from "./night.ts";

/** The first call's conversation, with something done in it. */
const during = (...planted: readonly JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (isOf(each, "call", 1, "joined") ? [each, ...planted] : each));

const held = (from: number, to: number): readonly JournalEntry[] => [
  call(1, from, { type: "holdAsked" }, ["connected", "onHold"], [{ type: "hold", nth: 1 }]),
  call(1, to, { type: "resumeAsked" }, ["onHold", "resuming"], [{ type: "resume", agentId: AGENT, nth: 2 }]),
  call(1, to, { type: "resumed" }, ["resuming", "connected"]),
];

const reported = (before: string, effects: readonly Record<string, unknown>[]): JournalEntry =>
  call(1, 19, { type: "machineReported" }, [before, "leaving"], effects);

/** Brief, for the conversation is. */
const impatient = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const { desk } = (campaignEntry(0)["campaign"] ?? {}) as { desk: object };
  return entries.map((each) =>
    each.kind === "campaign"
      ? { ...each, campaign: { ...(each["campaign"] as object), desk: { ...desk, holdMaxMs: 1_000 } } }
      : each,
  );
};

export const SHORT_HOLD = (): readonly JournalEntry[] => impatient(during(...held(18, 28)));

export const DESK_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  [
    "holds-are-short",
    "somebody on hold for half a minute who may be for a second",
    () => impatient(during(...held(18, 46))),
  ],
  [
    "voicemail-alone",
    "a message left in the middle of what the agent says",
    () =>
      during(
        reported("connected", [{ type: "unbridge" }]),
        call(
          1,
          19.1,
          { type: "deadlinePassed", at: at(19.1) },
          ["leaving", "leaving"],
          [{ type: "playVoicemailMessage" }],
        ),
      ),
  ],
  ["voicemail-alone", "a machine reported by an agent who talked to nobody", () => during(reported("answered", []))],
  ...TRANSFER_PLANTED,
];
