/**
 * The judge over whole shifts: rows against the journal, people's diaries against both, faults planted in the world and
 * not in the record. Faults planted in a journal are in `test/unit/judge`.
 */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { DispositionKind } from "../../src/domain/disposition.ts";
import { after } from "../../src/domain/instant.ts";
import type { JournalEntry } from "../../src/judge/entries.ts";
import { INVARIANTS } from "../../src/judge/judge.ts";
import type { JudgedRow } from "../../src/judge/rows.ts";
import type { MemoryTables } from "../../src/simulation/memory-tables.ts";
import { judged, recordOf, type ShiftRecord } from "../../src/simulation/record-of.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { compareWithTruth, type TruthRecord } from "../../src/simulation/truth.ts";
import { runShift } from "../../src/simulation/world.ts";
import { truthOf, type Weather, type WeatherName, WEATHERS } from "../support/weather.ts";

const MINUTE = 60_000;
const SLOW = 60_000;
const shift = await runShift({ seed: 4, leads: 30 });
const clean = recordOf(shift);
const served = clean.rows.find(({ outcome }) => outcome === "connected")!;
const { attemptId } = served;
const broken = (record: ShiftRecord): readonly string[] => [
  ...new Set(judged(record).breaches.map(({ invariant }) => invariant)),
];

test("a clean shift has no breach", () => {
  expect(judged(clean).breaches).toEqual([]);
});

describe("rows are held to the journal:", () => {
  const withRow = (change: Partial<JudgedRow>): ShiftRecord => ({
    ...clean,
    rows: clean.rows.map((each) => (each === served ? { ...each, ...change } : each)),
  });
  const machine: DispositionKind = "machine-reported";

  test.each<[string, () => ShiftRecord, string]>([
    ["a row that never ended", () => withRow({ state: "connected", outcome: null }), "rows-equal-journal"],
    ["a row that says otherwise", () => withRow({ outcome: "busy" }), "rows-equal-journal"],
    ["a row that ended at no time", () => withRow({ endedAt: null }), "rows-equal-journal"],
    [
      "a row that is not there",
      () => ({ ...clean, rows: clean.rows.filter((each) => each !== served) }),
      "rows-equal-journal",
    ],
    [
      "a row that nobody decided",
      () => ({
        ...clean,
        journal: clean.journal.filter((each) => each.kind !== "attempt-decided" || each["attemptId"] !== attemptId),
      }),
      "rows-equal-journal",
    ],
    ["an account that lost a call", () => ({ ...clean, accounts: clean.accounts.slice(1) }), "account-equals-rows"],
    [
      "an account that does not know of a disposition",
      () => withRow({ dispositionKind: machine }),
      "account-equals-rows",
    ],
    [
      "a lead put aside without a word",
      () => ({ ...clean, leads: [...clean.leads, { leadId: 1 as never, state: "held", because: null }] }),
      "leads-have-reasons",
    ],
  ])("%s", (_what, plant, invariant) => {
    expect(broken(plant())).toContain(invariant);
  });
});

describe("an outage excuses", () => {
  const answeredAt = shift.tables.attempts.get(attemptId)!.facts.answeredAt!;
  const isEnd = (entry: JournalEntry): boolean => entry.kind === "attempt-ended" && entry["attemptId"] === attemptId;
  const late = clean.journal.map((entry) =>
    isEnd(entry)
      ? {
          ...entry,
          outcome: "connected-late",
          account: { ...(entry["account"] as object), entry: "connectedLate" },
          facts: { ...(entry["facts"] as object), connectedAt: { at: after(answeredAt.at, 5_000), asteriskAt: null } },
        }
      : entry,
  );
  const connection = (state: string, ms: number): JournalEntry => ({
    at: after(answeredAt.at, ms),
    kind: "connection",
    state,
  });
  const inTime = (journal: readonly JournalEntry[]): readonly string[] =>
    broken({ ...clean, journal }).filter((name) => name === "served-in-time");

  test("a wait that it touches, though it is noticed later", () => {
    const during = (ms: number): readonly JournalEntry[] => {
      const outage = [connection("down", ms), connection("up", ms + 500)];
      const index = late.findIndex(({ at }) => at > outage[0]!.at);
      return [...late.slice(0, index), ...outage, ...late.slice(index)];
    };
    expect(inTime(during(100))).toEqual([]);
    expect(inTime(during(9_000))).toEqual([]);
    expect(inTime(during(20_000))).toEqual(["served-in-time"]);
  });

  test("no other wait", () => {
    expect(inTime([...late, connection("down", 3_600_000), connection("up", 3_601_000)])).toEqual(["served-in-time"]);
  });
});

describe("a fault planted in the world, not in the record, is found as well:", () => {
  test(
    "news of answers that is seconds late",
    async () => {
      const result = await runShift({
        seed: 4,
        leads: 20,
        mix: { answers: 1 },
        faults: { wire: { lateRate: 1, lateMaxMs: 6_000 } },
      });
      expect(broken(recordOf(result))).toContain("served-in-time");
      const strict = { someWereLost: false, someWereRefused: false };
      const truth = compareWithTruth(truthOf(result), result.diaries, strict);
      expect(truth.map(({ says }) => says)).toContain("a person waited too long");
    },
    SLOW,
  );

  test(
    "an account that somebody writes into",
    async () => {
      const result = await runShift({
        seed: 4,
        leads: 20,
        mix: { answers: 1 },
        interferences: [
          {
            atMs: 3 * MINUTE,
            act: ({ accounts }) => {
              for (const row of accounts.rows) row.calls += 1;
            },
          },
        ],
      });
      expect(broken(recordOf(result))).toContain("account-equals-rows");
    },
    SLOW,
  );
});

describe("over the weathers that each is about, every invariant", () => {
  const THOSE: readonly WeatherName[] = [
    "a clear day",
    "power, strictly in credit",
    "power, and abandons that are dear",
    "people who object while it rings",
    "a kill switch",
    "both messages missing",
    "two campaigns on one list",
    "AMD that hangs up on machines",
    "preview",
    "calls asked for by name",
    "agents who hold, and send machines to the message",
    "people who call back, beside power",
    "all recorded, cards taken",
    "agentless",
    "all of it together",
    "drained now and then",
    "agents who pass people on, and one who listens",
    "the store away and the daemon killed",
  ];
  const looked = new Map<string, number>();
  const results: ShiftResult[] = [];

  beforeAll(async () => {
    for (const name of THOSE) {
      const weather: Weather = WEATHERS[name];
      const result = await runShift({ seed: 1, ...weather.options });
      results.push(result);
      for (const { invariant, looked: cases } of judged(recordOf(result)).findings) {
        looked.set(invariant, (looked.get(invariant) ?? 0) + cases);
      }
    }
  }, 6 * SLOW);

  test.each(INVARIANTS)("%s has looked at something", (name) => {
    expect(looked.get(name)).toBeGreaterThan(0);
  });

  test("what these weathers are about has happened in them", () => {
    const [, power, , objections, killed, silent, two] = results;
    const entries = (result: ShiftResult | undefined): readonly JournalEntry[] => result?.journal ?? [];
    expect(entries(power).some((each) => each.kind === "attempt-decided" && each["overdial"] === true)).toBe(true);
    const reasons = [...objections!.tables.attempts.values()].map(({ facts }) => facts.endReason);
    expect(reasons).toContain("optedOut");
    const bars = (result: ShiftResult | undefined): unknown[] =>
      entries(result).flatMap((each) =>
        each.kind === "campaign-barred" ? [(each["bar"] as { rule: string } | null)?.rule] : [],
      );
    expect(bars(killed)).toContain("KILL-SWITCH");
    expect(entries(silent).some((each) => each.kind === "alarm" && each["code"] === "MESSAGES-FAILED")).toBe(true);
    expect(entries(two).some((each) => each.kind === "refused" && each["rule"] === "FREQUENCY")).toBe(true);
  });
});

describe("the truth shows", () => {
  const strict = { someWereLost: false, someWereRefused: false };
  const diary = shift.diaries.find((each) => each.attemptId === attemptId)!;
  const record = truthOf(shift);
  const says = (change: Partial<typeof diary>, of: TruthRecord = record): string[] =>
    compareWithTruth(of, [{ ...diary, ...change }], strict).map((breach) => breach.says);

  test.each<[string, Partial<typeof diary>, RegExp]>([
    ["a call that was asked for twice", { asks: 2 }, /twice/],
    ["a conversation with a third", { overheard: true }, /somebody else/],
    ["a leg left behind", { endedAt: null }, /left behind/],
    ["a person who heard nobody", { heard: [] }, /heard no agent/],
    ["an answer that never was", { answeredAt: null }, /nobody answered/],
    ["a wait that the row does not show", { answeredAt: after(diary.answeredAt!, -5_000) }, /too long/],
  ])("%s", (_what, change, expected) => {
    expect(says(change).join("; ")).toMatch(expected);
  });

  test("a call without a row", () => {
    expect(says({}, { ...record, rows: [] })).toEqual(["a call without a row"]);
  });

  test("an answer that the row does not know", () => {
    const rows = record.rows.map((row) =>
      row.order.attemptId === attemptId
        ? { ...row, facts: { ...row.facts, answeredAt: null, connectedAt: null } }
        : row,
    );
    expect(says({}, { ...record, rows })).toContain("somebody answered and the row does not know");
  });

  test("nothing in a clean shift", () => {
    expect(compareWithTruth(record, shift.diaries, strict)).toEqual([]);
  });
});

describe("a call that is under way", () => {
  test(
    "whose lead somebody's statement gave away meanwhile is called by nobody else",
    async () => {
      let given = 0;
      const giveAway = {
        atMs: 25_000,
        act: ({ leads }: MemoryTables) => {
          for (const lead of leads.values()) {
            if (lead.state !== "dialling") continue;
            lead.state = "ready";
            given += 1;
          }
        },
      };
      const result = await runShift({
        seed: 4,
        leads: 5,
        agents: 6,
        mix: { answers: 1 },
        profile: { frequency: { perDayMax: null, per24HoursMax: null, gapMinMs: null } },
        interferences: [giveAway],
      });
      expect(broken(recordOf(result))).toEqual([]);
      // And there was something to be tempted by.
      expect(given).toBeGreaterThan(0);
    },
    SLOW,
  );
});
