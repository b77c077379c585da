/**
 * A judge that has never failed proves nothing: for every invariant a fault is planted in a clean night that this one
 * finds, and no other.
 */
import type { RedialRules } from "../../../src/domain/redial-rules.ts";
import { describe, expect, test } from "@jest/globals";
import { after, toIso } from "../../../src/domain/instant.ts";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import { INVARIANTS } from "../../../src/judge/judge.ts";
import { AMD_PLANTED } from "./amd-plants.ts";
import { NODE_PLANTED } from "./node-plants.ts";
import { DESK_PLANTED, SHORT_HOLD } from "./desk-plants.ts";
import { SENT_HOME, SOUND_TRANSFER } from "./transfer-plants.ts";
import { FLOWS_IN_ORDER, FLOWS_PLANTED } from "./flow-plants.ts";
import { CAMPAIGN, AGENT, account, agent, at, attemptId, broken, call, campaignEntry, decided } from "./night.ts";
import { decidedOtherwise, ended, endingOtherwise, isOf, judge, NIGHT, nightWith, pacing, stamp } from "./night.ts";
import { OVERLOAD_PLANTED } from "./overload-plants.ts";
import { RETURN_PLANTED, RETURNS_AS_THEY_SHOULD_BE } from "./return-plants.ts";
import { RECORDING_PLANTED, recordedAfterAll, recordedWell } from "./recording-plants.ts";
import { AWAY_AS_IT_SHOULD_BE, SPOOL_PLANTED } from "./spool-plants.ts";
import { before, byHand, byHandBefore, PLANTED_PREVIEWS, type Planted, without } from "./previews.ts";

const behind = (is: (entry: JournalEntry) => boolean, ...planted: JournalEntry[]) =>
  nightWith((entry) => (is(entry) ? [entry, ...planted] : entry));
const isStop = (entry: JournalEntry): boolean => entry.kind === "engine" && entry["what"] === "draining";

/** A whole call more, between the first and the second; decided at 52 s. */
const another = (more: Parameters<typeof decided>[2] = {}, seconds = 52): JournalEntry[] => [
  decided(5, seconds, more),
  pacing(seconds, 1),
  call(5, seconds + 1, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
  call(5, seconds + 2, { type: "destroyed", cause: 17, sip: 486, sipCallId: null }, ["dialling", "ended"]),
  ended(5, seconds + 2, "busy", { placedAt: stamp(seconds + 1), endedBy: "farEnd", cause: 17, sip: 486 }, null),
];
const bothFailed = endingOtherwise(2, {
  outcome: "abandoned-silent",
  facts: { message: "failed", messageChoice: "builtIn", endReason: "noAgent" },
  entry: "silent",
});
const DAY_S = 86_400;
/** The lead of the third call once more, on another number unless it says so, under other rules. */
const triedAgain = (
  redial: Partial<RedialRules>,
  more: Parameters<typeof decided>[2] = {},
  seconds = 300,
): readonly JournalEntry[] =>
  behind((each) => isOf(each, "attempt-ended", 3), ...another({ leadId: 3, ...more }, seconds)).map((each) =>
    each.kind === "campaign" ? campaignEntry(0, { redial: { ...CAMPAIGN.redial, ...redial } }) : each,
  );
const sameNumber = { numberOf: () => "+447700900000" };

const PLANTED: readonly Planted[] = [
  [
    "ends-once",
    "an attempt that ends twice",
    () => nightWith((each) => (isOf(each, "attempt-ended", 3) ? [each, each] : each)),
  ],
  ["ends-once", "an attempt that never ends", () => without((each) => isOf(each, "attempt-ended", 2))],
  ["ends-once", "an end at no time", () => endingOtherwise(3, { facts: { endedAt: null } })],
  [
    "placed-once",
    "an attempt decided twice",
    () =>
      nightWith((each) =>
        isOf(each, "pacing", 1) ? each : isOf(each, "attempt-decided", 1) ? [each, each] : each,
      ).map((each) =>
        each.kind === "pacing" && each.at === at(10) ? { ...each, placed: 2, wanted: 2, allowed: 2 } : each,
      ),
  ],
  [
    "lead-in-one-place",
    "a lead called while it is being called",
    () => nightWith((each) => (isOf(each, "call", 1, "rang") ? [each, ...another({ leadId: 1 }, 13)] : each)),
  ],
  ["allowed-when-dialled", "a number that had opted out", () => NIGHT, { numbers: { suppressedSince: () => at(-1) } }],
  [
    "allowed-when-dialled",
    "a suppressed number, by its own evidence",
    () => decidedOtherwise(1, { evidence: { suppressed: true } }),
  ],
  [
    "allowed-when-dialled",
    "a zone where it is night",
    () => decidedOtherwise(1, { evidence: { timeZone: "Asia/Tokyo" } }),
  ],
  ["allowed-when-dialled", "a zone that nobody knows", () => decidedOtherwise(1, { evidence: { timeZone: null } })],
  ["allowed-when-dialled", "a holiday", () => nightWith((each) => withHoliday(each, "11-02"))],
  [
    "allowed-when-dialled",
    "a register that is too old",
    () => decidedOtherwise(1, { evidence: { registers: [{ name: "TPS", fileDate: toIso(at(-29 * 86_400)) }] } }),
  ],
  ["allowed-when-dialled", "a listed number", () => decidedOtherwise(1, { evidence: { listedOn: ["TPS"] } })],
  ["allowed-when-dialled", "a foreign number", () => decidedOtherwise(1, { evidence: { country: "FR" } })],
  ["allowed-when-dialled", "too many attempts", () => decidedOtherwise(1, { evidence: { attemptsToday: 8 } })],
  [
    "allowed-when-dialled",
    "a message that does not play",
    () => decidedOtherwise(1, { evidence: { message: { approvedBy: "Ann", plays: "failed" } } }),
  ],
  ["allowed-when-dialled", "a message nobody approved", () => decidedOtherwise(1, { evidence: { message: null } })],
  [
    "allowed-when-dialled",
    "a caller number of somebody else",
    () => decidedOtherwise(1, { evidence: { cliProof: null } }),
  ],
  [
    "exclusions-have-reasons",
    "a refusal without a rule",
    () => nightWith((each) => (each.kind === "refused" ? { ...each, rule: null } : each)),
  ],
  [
    "nothing-after-the-end",
    "a hang-up after the end",
    () =>
      behind(
        (each) => isOf(each, "attempt-ended", 2),
        call(2, 82, { type: "deadlinePassed" }, ["ending", "ending"], [{ type: "hangUp", reason: "lengthLimit" }]),
      ),
  ],
  [
    "served-in-time",
    "a person who waits one millisecond too long",
    () =>
      endingOtherwise(1, {
        outcome: "connected-late",
        facts: { connectedAt: { at: after(at(17), 2_001), asteriskAt: null } },
        entry: "connectedLate",
      }),
  ],
  [
    "served-in-time",
    "a person who waits too long by the clock of speech",
    () =>
      nightWith((each) => {
        const clock = {
          start: "speechStart",
          limitMs: 2_000,
          safetyMarginMs: 200,
          noSpeechGraceMs: 1_000,
          greetingMaxMs: 0,
        };
        if (isOf(each, "attempt-decided", 2)) return { ...each, clock };
        if (!isOf(each, "attempt-ended", 2)) return each;
        const facts = { ...(each["facts"] as object), speechStartedAt: stamp(67.5), messageAt: stamp(69.6) };
        return { ...each, outcome: "abandoned-silent", facts, account: { entry: "silent", day: "2026-11-02" } };
      }),
  ],
  [
    "never-silent",
    "a person who is hung up on at once",
    () =>
      endingOtherwise(2, {
        outcome: "abandoned-silent",
        facts: { messageAt: null, message: "none", endedAt: stamp(67.5), endReason: "noAgent" },
        entry: "silent",
      }),
  ],
  ["message-to-its-end", "a message cut short by us", () => endingOtherwise(2, { facts: { message: "started" } })],
  ["outcomes-are-honest", "connected by name only", () => endingOtherwise(3, { outcome: "connected" })],
  [
    "rings-long-enough",
    "a call given up after eight seconds of ringing",
    () =>
      nightWith((each) =>
        isOf(each, "call", 3, "deadlinePassed")
          ? { ...each, at: at(110), event: { type: "deadlinePassed", at: at(110) } }
          : each,
      ),
  ],
  [
    "rings-long-enough",
    "a call cancelled for want of an agent in a campaign that does not ask for it",
    () =>
      nightWith((each) =>
        isOf(each, "call", 3, "deadlinePassed") ? { ...each, event: { type: "noAgentLikely", at: each.at } } : each,
      ),
  ],
  ...AMD_PLANTED,
  ...DESK_PLANTED,
  ...NODE_PLANTED,
  ...RETURN_PLANTED,
  ...FLOWS_PLANTED,
  ...SPOOL_PLANTED,
  [
    "one-call-an-agent",
    "an agent promised twice",
    () =>
      behind(
        (each) => isOf(each, "call", 1, "placed"),
        agent(7, 11, "reserved", 9),
        agent(7, 11, "reserved", 1),
      ).slice(),
  ],
  [
    "one-call-an-agent",
    "a call that reaches for somebody else's agent",
    () =>
      nightWith((each) =>
        isOf(each, "call", 1, "answered") ? { ...each, effects: [{ type: "bridge", agentId: 8 }] } : each,
      ),
  ],
  ["as-redial-says", "a lead tried once too often", () => triedAgain({ attemptsMax: 1 })],
  ["as-redial-says", "a lead tried again within the gap", () => triedAgain({ limits: { gapMinMs: 3_600_000 } })],
  ["as-redial-says", "a lead tried too often on one day", () => triedAgain({ limits: { leadDayMax: 1 } })],
  [
    "as-redial-says",
    "a lead tried too often in a week",
    () => triedAgain({ limits: { leadWeekMax: 1 } }, {}, 3 * DAY_S),
  ],
  [
    "as-redial-says",
    "a lead's number tried too often on one day",
    () => triedAgain({ limits: { numberDayMax: 1 } }, { numberId: 3 }),
  ],
  [
    "as-redial-says",
    "a lead's number tried too often in a week",
    () => triedAgain({ limits: { numberWeekMax: 1 } }, { numberId: 3 }, 3 * DAY_S),
  ],
  [
    "as-redial-says",
    "a lead's number tried too often in its life",
    () => triedAgain({ limits: { numberLifeMax: 1 } }, { numberId: 3 }, 7 * DAY_S),
  ],
  [
    "as-redial-says",
    "a promise kept within the gap",
    () => triedAgain({ limits: { gapMinMs: 3_600_000 } }, { callbackId: 17 }),
  ],
  [
    "lead-in-one-place",
    "a lead decided upon while it is being called, and taken back before it rings",
    () =>
      behind((each) => isOf(each, "call", 1, "rang"), decided(5, 13, { leadId: 1 }), pacing(13, 1), {
        at: at(13),
        kind: "attempt-withdrawn",
        attemptId: attemptId(5),
      }),
  ],
  [
    "lead-in-one-place",
    "a lead that is refused while it is being called",
    () => behind((each) => isOf(each, "call", 1, "rang"), { at: at(13), kind: "refused", leadId: 1, rule: "HOURS" }),
  ],
  [
    "lead-in-one-place",
    "a lead that is put off while it is being called",
    () => behind((each) => isOf(each, "call", 1, "rang"), { at: at(13), kind: "lead-put-off", leadId: 1 }),
  ],
  [
    "no-agent-lost",
    "an agent who is never let go",
    () => without((each) => each.kind === "agent" && each["agentId"] === AGENT && each["after"] === "wrapUp"),
  ],
  [
    "within-lines",
    "a trunk with no line",
    () => nightWith((each) => (each.kind === "pacing" ? { ...each, linesMax: 0 } : each)),
  ],
  [
    "within-lines",
    "a campaign that may have none",
    () => nightWith((each) => (each.kind === "campaign" ? campaignEntry(0, { linesMax: 0 }) : each)),
  ],
  [
    "as-pacing-said",
    "one call more than asked for",
    () => nightWith((each) => (each.kind === "pacing" ? { ...each, wanted: 0 } : each)),
  ],
  [
    "as-pacing-said",
    "a call that pacing does not account for",
    () => without((each) => each.kind === "pacing" && each.at === at(100)),
  ],
  ...PLANTED_PREVIEWS,
  ...RECORDING_PLANTED,
  ...OVERLOAD_PLANTED,
  ["evidence-complete", "a decision that says nothing of consent", () => nightWith((each) => lacking(each, "consent"))],
  ["evidence-complete", "a decision without a version", () => decidedOtherwise(3, { profileVersion: null })],
  [
    "evidence-complete",
    "a decision under another version of the profile",
    () => decidedOtherwise(3, { profileVersion: "f".repeat(16), evidence: { profileVersion: "f".repeat(16) } }),
  ],
  [
    "within-frequency-caps",
    "a number called again after twenty seconds",
    () => before((each) => isOf(each, "attempt-decided", 2), ...another({}, 41)),
    { numbers: sameNumber },
  ],
  [
    "guaranteed-only",
    "an abandoned number called without an agent",
    () => behind((each) => isOf(each, "attempt-ended", 3), ...another({ numberId: 2 }, 300)),
  ],
  [
    "overdial-within-credit",
    "no abandon in credit",
    () => nightWith((each) => (each.kind === "account" ? { ...each, readings: few(each) } : each)),
  ],
  [
    "overdial-within-credit",
    "a call without an agent at the stop level",
    () => nightWith((each) => (each.kind === "pacing" && each.at === at(60) ? pacing(60, 1, "reserved") : each)),
  ],
  [
    "overdial-within-credit",
    "an account at the stop level that stops nothing",
    () =>
      nightWith((each) =>
        each.kind === "account" && each.at === at(85) ? account(85, { connected: 201, abandonedWithMessage: 9 }) : each,
      ),
  ],
  ["account-equals-recount", "a late connect counted as one in time", () => endingOtherwise(2, { entry: "connected" })],
  [
    "account-equals-recount",
    "a call on another day",
    () =>
      nightWith((each) =>
        isOf(each, "attempt-ended", 1) ? { ...each, account: { entry: "connected", day: "2026-11-03" } } : each,
      ),
  ],
  [
    "account-equals-recount",
    "an account that does not move",
    () => [
      ...nightWith((each) =>
        isStop(each)
          ? [account(200, { connected: 200 }, "reserved"), account(890, { connected: 200 }, "reserved"), each]
          : each,
      ),
    ],
  ],
  ["kill-switch-obeyed", "a call while it is on", () => NIGHT, { killSwitch: [{ from: at(90), to: at(130) }] }],
  [
    "kill-switch-obeyed",
    "a call after the daemon has seen it",
    () =>
      behind((each) => isOf(each, "attempt-ended", 2), {
        at: at(95),
        kind: "campaign-barred",
        campaignId: 1,
        bar: { rule: "KILL-SWITCH", says: "" },
      }),
  ],
  [
    "stopped-places-nothing",
    "a call for a paused campaign",
    () => behind((each) => isOf(each, "attempt-ended", 2), campaignEntry(95, { desiredState: "paused" })),
  ],
  [
    "stopped-places-nothing",
    "a call for a campaign that a rule bars",
    () =>
      behind((each) => isOf(each, "attempt-ended", 2), {
        at: at(95),
        kind: "campaign-barred",
        campaignId: 1,
        bar: { rule: "MESSAGE-PLAYS", says: "" },
      }),
  ],
];

const withHoliday = (entry: JournalEntry, on: string): JournalEntry => {
  if (entry.kind !== "campaign") return entry;
  const rules = entry["rules"] as { profile: object };
  const holidays = { "GB-ENG": [{ name: "A day off", on }] };
  return { ...entry, rules: { ...rules, profile: { ...rules.profile, holidays } } };
};

const lacking = (entry: JournalEntry, name: string): JournalEntry => {
  if (!isOf(entry, "attempt-decided", 3)) return entry;
  const { [name]: _left, ...evidence } = entry["evidence"] as Record<string, unknown>;
  return { ...entry, evidence };
};

/** Thirty connects do not earn an abandon at 2.8 %. */
const few = (entry: JournalEntry): unknown[] =>
  (entry["readings"] as { counts: { connected: number } }[]).map((reading) => ({
    ...reading,
    counts: { ...reading.counts, abandonedWithMessage: 0, connected: reading.counts.connected - 170 },
  }));

test.each(AWAY_AS_IT_SHOULD_BE)("%s is no breach", (_what, night) => {
  expect(judge(night()).breaches).toEqual([]);
});

test("a clean night has no breach", () => {
  expect(judge(NIGHT).breaches).toEqual([]);
});

test("calls whose flow had the word are no breach", () => {
  for (const night of FLOWS_IN_ORDER) expect(judge(night).breaches).toEqual([]);
});

test("a night that was cut off anywhere, before or behind, accuses nobody", () => {
  const cuts = NIGHT.map((_entry, index) => index);
  expect(cuts.filter((index) => judge(NIGHT.slice(index)).breaches.length > 0)).toEqual([]);
  expect(cuts.filter((index) => judge(NIGHT.slice(0, index)).breaches.length > 0)).toEqual([]);
});

describe("a planted fault is found by its invariant, and by no other:", () => {
  test.each(PLANTED.map((row) => ({ invariant: row[0], what: row[1], row })))("$invariant: $what", ({ row }) => {
    const [invariant, , plant, options] = row;
    expect(broken(plant(), options)).toEqual([invariant]);
  });

  test("both messages fail and nothing stops", () => {
    expect(broken(bothFailed)).toEqual(expect.arrayContaining(["stops-without-a-message"]));
    // The silent call itself is another matter; without it, only this one speaks.
    const stopped = bothFailed.flatMap((entry) =>
      isOf(entry, "attempt-ended", 2)
        ? [
            entry,
            {
              at: at(81),
              kind: "alarm",
              campaignId: 1,
              attemptId: attemptId(2),
              code: "MESSAGES-FAILED",
              says: "",
              stops: true,
            },
            campaignEntry(82, { desiredState: "stopped" }),
            campaignEntry(92),
          ]
        : [entry],
    );
    expect(broken(stopped)).not.toContain("stops-without-a-message");
    expect(broken(bothFailed).filter((name) => !broken(stopped).includes(name))).toEqual(["stops-without-a-message"]);
  });

  test("there is one for every invariant", () => {
    const planted = new Set<string>([...PLANTED.map(([invariant]) => invariant), "stops-without-a-message"]);
    expect(INVARIANTS.filter((name) => !planted.has(name))).toEqual([]);
  });
});

test.each([
  ["a hold as long as it may be", SHORT_HOLD()],
  ["somebody passed on, and back", SOUND_TRANSFER()],
  ...SENT_HOME.map((night) => ["a phone on its way home", night] as const),
  ...RETURNS_AS_THEY_SHOULD_BE.map((night) => ["people who call back and are served", night] as const),
  ["a recording with a gap and an end", recordedWell()],
  ["a call by hand, as good as any and not pacing's,", byHand({})],
  ["a call by hand that was taken back, and asked for once more,", byHandBefore("withdrawn")],
  ["a conversation that is recorded by the next process, which found it", recordedAfterAll("onCall")],
])("%s accuses nobody", (_what, night) => {
  expect(broken(night)).toEqual([]);
});

describe("what no redial rule forbids accuses nobody:", () => {
  const limits = { leadDayMax: 1, leadWeekMax: 1, numberDayMax: 1, numberWeekMax: 1, numberLifeMax: 1 };
  const strict = { attemptsMax: 1, limits };

  test("a promise outranks the limits", () => {
    expect(broken(triedAgain(strict, { numberId: 3, callbackId: 17 }))).toEqual([]);
  });
  test("a week ends on the seventh day, by the calendar of the person called", () => {
    const weekly = { limits: { leadWeekMax: 1, numberWeekMax: 1 } };
    // A Sunday, which another invariant minds.
    expect(broken(triedAgain(weekly, { numberId: 3 }, 6 * DAY_S))).toContain("as-redial-says");
    expect(broken(triedAgain(weekly, { numberId: 3 }, 7 * DAY_S))).toEqual([]);
  });
  test("after eight days without a call it may be another round", () => {
    expect(broken(triedAgain(strict, { numberId: 3 }, 7 * DAY_S))).toEqual(["as-redial-says"]);
    expect(broken(triedAgain(strict, { numberId: 3 }, 8 * DAY_S + 300))).toEqual([]);
  });
  test("a version that knew of no promises kept no such limits, but the most attempts of all", () => {
    const older = (redial: Partial<RedialRules>): readonly JournalEntry[] =>
      triedAgain(redial, { numberId: 3 }).map((each) => {
        const { callbackId: _unknown, ...rest } = each as Record<string, unknown>;
        return rest as JournalEntry;
      });
    expect(broken(older({ limits: { ...limits, gapMinMs: 3_600_000 } }))).toEqual([]);
    expect(broken(older({ attemptsMax: 1 }))).toEqual(["as-redial-says"]);
  });
  test("a lead that was decided twice, and called once", () => {
    const twice = behind((each) => isOf(each, "attempt-decided", 1), decided(5, 10, { leadId: 1 }), {
      at: at(10.1),
      kind: "attempt-withdrawn",
      attemptId: attemptId(5),
    }).map((each) => (each.kind === "pacing" && each.at === at(10) ? pacing(10, 2) : each));
    expect(broken(twice)).toEqual([]);
  });
});

test("an invariant that saw nothing says so", () => {
  const looked = new Map(judge(NIGHT).findings.map((finding) => [finding.invariant, finding.looked]));
  expect(looked.get("served-in-time")).toBe(2);
  expect(looked.get("stops-without-a-message")).toBe(0);
  expect(looked.get("rings-long-enough")).toBe(1);
});
