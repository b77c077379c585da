/**
 * A judge that has never failed proves nothing: each fault is planted once in the record of a clean shift, and the
 * invariant it exists for must find it.
 */
import { describe, expect, test } from "@jest/globals";
import { after, instant } from "../../src/domain/instant.ts";
import type { JournalEntry } from "../../src/engine/ports.ts";
import { INVARIANTS, type InvariantName, judge } from "../../src/judge/judge.ts";
import type { MemoryTables } from "../../src/simulation/memory-tables.ts";
import type { JudgedAttempt, ShiftRecord } from "../../src/judge/record.ts";
import { recordOf } from "../../src/simulation/record-of.ts";
import { compareWithTruth } from "../../src/simulation/truth.ts";
import { runShift } from "../../src/simulation/world.ts";

const shift = await runShift({ seed: 4, leads: 30 });
const clean = recordOf(shift);
const connected = clean.attempts.find(({ outcome }) => outcome === "connected")!;
const { attemptId, number, numberId, leadId, decidedAt, agentId } = connected.order;
const answeredAt = connected.facts.answeredAt!;
const endedAt = connected.facts.endedAt!.at;

const withAttempt = (change: Partial<JudgedAttempt>): ShiftRecord => ({
  ...clean,
  attempts: clean.attempts.map((each) => (each === connected ? { ...each, ...change } : each)),
});

const withFacts = (change: Partial<JudgedAttempt["facts"]>): ShiftRecord =>
  withAttempt({ facts: { ...connected.facts, ...change } });

/** Plants entries behind the first that fits. */
const withEntries = (behind: (entry: JournalEntry) => boolean, ...planted: JournalEntry[]): ShiftRecord => {
  const index = clean.journal.findIndex(behind);
  return { ...clean, journal: [...clean.journal.slice(0, index + 1), ...planted, ...clean.journal.slice(index + 1)] };
};

const withoutEntries = (unwanted: (entry: JournalEntry) => boolean): ShiftRecord => ({
  ...clean,
  journal: clean.journal.filter((entry) => !unwanted(entry)),
});

const isOf = (kind: string) => (entry: JournalEntry) => entry.kind === kind && entry["attemptId"] === attemptId;
const ended = clean.journal.find(isOf("attempt-ended"))!;
const agentEntry = (attempt: string | null, state: string): JournalEntry => ({
  at: after(decidedAt, 1),
  kind: "agent",
  agentId,
  before: "available",
  after: state,
  attemptId: attempt,
});

const PLANTED: readonly [InvariantName, string, () => ShiftRecord][] = [
  ["ends-once", "a row that never ended", () => withAttempt({ state: "connected", outcome: null })],
  ["ends-once", "an attempt that ends twice", () => withEntries(isOf("attempt-ended"), ended)],
  ["ends-once", "a row that says otherwise than the journal", () => withAttempt({ outcome: "busy" })],
  ["ends-once", "an end at no time", () => withFacts({ endedAt: null })],
  [
    "placed-once",
    "an attempt decided twice",
    () => withEntries(isOf("attempt-decided"), clean.journal.find(isOf("attempt-decided"))!),
  ],
  ["placed-once", "a row that nobody decided", () => withoutEntries(isOf("attempt-decided"))],
  [
    "placed-once",
    "a lead called while it is being called",
    () => {
      const other = clean.attempts.find(({ order }) => order.decidedAt > decidedAt && order.decidedAt < endedAt)!;
      const again = { ...other, order: { ...other.order, leadId } };
      return { ...clean, attempts: clean.attempts.map((each) => (each === other ? again : each)) };
    },
  ],
  [
    "allowed-when-dialled",
    "a number that had opted out",
    () => ({ ...clean, suppressed: new Map([[number, after(decidedAt, -1)]]) }),
  ],
  [
    "allowed-when-dialled",
    "a window that was closed",
    () => ({
      ...clean,
      campaigns: clean.campaigns.map((campaign) => ({
        ...campaign,
        callingHours: [{ days: [6, 7], fromMinute: 0, toMinute: 1440 }],
      })),
    }),
  ],
  [
    "allowed-when-dialled",
    "a zone that nobody knows",
    () => ({ ...clean, timeZones: new Map([...clean.timeZones, [numberId, null]]) }),
  ],
  [
    "exclusions-have-reasons",
    "a lead put aside without a word",
    () => ({ ...clean, leads: [...clean.leads, { leadId, state: "held", because: null }] }),
  ],
  [
    "exclusions-have-reasons",
    "a refusal without a rule",
    () => withEntries(isOf("attempt-decided"), { at: decidedAt, kind: "refused", leadId }),
  ],
  [
    "nothing-after-the-end",
    "a hang-up after the end",
    () =>
      withEntries(isOf("attempt-ended"), {
        at: after(endedAt, 5),
        kind: "call",
        attemptId,
        event: { type: "deadlinePassed", at: after(endedAt, 5) },
        before: "ended",
        after: "ended",
        deadlineAt: null,
        effects: [{ type: "hangUp", reason: "lengthLimit" }],
      }),
  ],
  [
    "served-in-time",
    "a person who waits one millisecond too long",
    () => withFacts({ connectedAt: { at: after(answeredAt.at, 2_001), asteriskAt: null } }),
  ],
  ["served-in-time", "a person who heard nobody until the end", () => withFacts({ connectedAt: null })],
  ["outcomes-are-honest", "connected by name only", () => withFacts({ connectedAt: null })],
  [
    "outcomes-are-honest",
    "a silent call under a kinder name",
    () =>
      withAttempt({
        outcome: "no-answer",
        facts: { ...connected.facts, connectedAt: null, endedBy: "us", endReason: "noAgent" },
      }),
  ],
  [
    "one-call-an-agent",
    "an agent promised twice",
    () => withEntries(isOf("attempt-decided"), agentEntry("another attempt", "reserved")),
  ],
  [
    "one-call-an-agent",
    "a call that reaches for somebody else's agent",
    () => withEntries(isOf("attempt-decided"), agentEntry(null, "available")),
  ],
  [
    "no-agent-lost",
    "an agent who is never let go",
    () => withoutEntries((entry) => entry.kind === "agent" && entry["agentId"] === agentId && entry.at >= endedAt),
  ],
  ["within-lines", "a trunk with fewer lines", () => ({ ...clean, linesMax: { carrier: 1 } })],
  ["within-lines", "a trunk that nobody configured", () => ({ ...clean, linesMax: {} })],
  [
    "as-pacing-said",
    "one call more than asked for",
    () => ({
      ...clean,
      journal: clean.journal.map((entry) => (entry.kind === "pacing" ? { ...entry, wanted: 0 } : entry)),
    }),
  ],
  [
    "as-pacing-said",
    "calls that pacing does not account for",
    () => withoutEntries((entry) => entry.kind === "pacing" && entry.at === decidedAt),
  ],
];

test("a clean shift has no breach", () => {
  expect(judge(clean)).toEqual([]);
});

describe("the judge finds", () => {
  test.each(PLANTED)("%s: %s", (invariant, _what, plant) => {
    expect(judge(plant()).map((breach) => breach.invariant)).toContain(invariant);
  });

  test("a planted fault for every invariant there is", () => {
    const planted = new Set<string>(PLANTED.map(([invariant]) => invariant));
    expect(Object.keys(INVARIANTS).filter((name) => !planted.has(name))).toEqual([]);
  });
});

describe("an outage excuses", () => {
  const late = withFacts({ connectedAt: { at: after(answeredAt.at, 5_000), asteriskAt: null } });
  const connection = (state: string, ms: number): JournalEntry => ({
    at: after(answeredAt.at, ms),
    kind: "connection",
    state,
  });

  test("a wait that it touches", () => {
    const isAnswer = (entry: JournalEntry) =>
      isOf("call")(entry) && (entry["event"] as { type: string }).type === "answered";
    const index = late.journal.findIndex(isAnswer);
    const outage = [connection("down", 100), connection("up", 4_000)];
    const journal = [...late.journal.slice(0, index + 1), ...outage, ...late.journal.slice(index + 1)];
    expect(judge({ ...late, journal })).toEqual([]);
  });

  test("no other wait", () => {
    const journal = [...late.journal, connection("down", 3_600_000), connection("up", 3_601_000)];
    expect(judge({ ...late, journal }).map(({ invariant }) => invariant)).toEqual(["served-in-time"]);
  });
});

describe("a fault planted in the world, not in the record, is found as well", () => {
  test("somebody's statement gives a lead away that is being called", async () => {
    const giveAway = {
      atMs: 20_000,
      act: ({ leads }: MemoryTables) => {
        for (const lead of leads.values()) if (lead.state === "dialling") lead.state = "ready";
      },
    };
    const result = await runShift({ seed: 4, leads: 5, agents: 6, mix: { answers: 1 }, interferences: [giveAway] });
    expect(judge(recordOf(result)).map(({ invariant }) => invariant)).toContain("placed-once");
  });

  test("a message that begins later than anybody may wait", async () => {
    const result = await runShift({
      seed: 4,
      mix: { answers: 1 },
      campaign: { connectSafetyMarginMs: -3_000 },
      faults: { refusedRate: 1, refusesOnly: ["bridge"] },
    });
    const record = recordOf(result);
    expect(judge(record).map(({ invariant }) => invariant)).toContain("served-in-time");
    const truth = compareWithTruth(record, result.diaries, { someWereLost: false, someWereRefused: false });
    expect(truth.map(({ says }) => says)).toContain("a person waited too long");
  });
});

describe("the truth shows", () => {
  const strict = { someWereLost: false, someWereRefused: false };
  const diary = shift.diaries.find((each) => each.attemptId === attemptId)!;
  const says = (change: Partial<typeof diary>, record = clean): string[] =>
    compareWithTruth(record, [{ ...diary, ...change }], strict).map((breach) => breach.says);

  test.each<[string, Partial<typeof diary>, RegExp]>([
    ["a call that was asked for twice", { asks: 2 }, /twice/],
    ["a conversation with a third", { overheard: true }, /somebody else/],
    ["a leg left behind", { endedAt: null }, /left behind/],
    ["a person who heard nobody", { heard: [] }, /heard no agent/],
    ["an answer that never was", { answeredAt: null }, /nobody answered/],
    ["a wait that the row does not show", { answeredAt: instant(0) }, /too long/],
  ])("%s", (_what, change, expected) => {
    expect(says(change).join("; ")).toMatch(expected);
  });

  test("a call without a row", () => {
    expect(says({}, { ...clean, attempts: [] })).toEqual(["a call without a row"]);
  });

  test("an answer that the row does not know", () => {
    expect(says({}, withFacts({ answeredAt: null, connectedAt: null }))).toContain(
      "somebody answered and the row does not know",
    );
  });

  test("nothing in a clean shift", () => {
    expect(compareWithTruth(clean, shift.diaries, strict)).toEqual([]);
  });
});
