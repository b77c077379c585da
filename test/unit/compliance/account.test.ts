/** In or out of the abandon account: one line for each outcome and each way to it, and the day and window it falls on. */
import { describe, expect, test } from "@jest/globals";
import {
  accountDay,
  accountOf,
  dayOf,
  entryOf,
  rangForMs,
  scopesOf,
  spanOfDay,
  windowOf,
} from "../../../src/compliance/account.ts";
import type { AbandonRules } from "../../../src/compliance/profile.ts";
import type { AccountEntry } from "../../../src/domain/account.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, Stamp } from "../../../src/domain/attempt.ts";
import type { ConnectClock } from "../../../src/domain/connect-clock.ts";
import { campaignId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { OUTCOMES } from "../../../src/domain/outcome.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";

const CLOCK: ConnectClock = {
  start: "answer",
  limitMs: 2_000,
  safetyMarginMs: 200,
  noSpeechGraceMs: 0,
  greetingMaxMs: 5_000,
};
const RING_MIN_MS = 15_000;

/** So many milliseconds after placing. */
const stamp = (ms: number): Stamp => ({ at: instant(1_000_000 + ms), asteriskAt: null });

const rang = (ms: number, more: Partial<AttemptFacts> = {}): AttemptFacts => ({
  ...NOTHING_KNOWN,
  placedAt: stamp(0),
  ringing: "ringing",
  ringingAt: stamp(1_000),
  endedAt: stamp(1_000 + ms),
  endedBy: "us",
  ...more,
});

/** Answered after 20 s; `ms` later it ended. */
const answered = (ms: number, more: Partial<AttemptFacts> = {}): AttemptFacts =>
  rang(19_000 + ms, { answeredAt: stamp(20_000), ...more });
const afterAnswer = (ms: number): Stamp => stamp(20_000 + ms);

const TALKED = answered(60_000, { connectedAt: afterAnswer(2_000), endedBy: "farEnd" });
const TALKED_LATE = answered(60_000, { connectedAt: afterAnswer(2_001), endedBy: "farEnd" });
const INFORMED = answered(9_000, { messageAt: afterAnswer(2_000), message: "finished", endReason: "messagePlayed" });
const INFORMED_LATE = answered(9_000, { messageAt: afterAnswer(2_001), message: "finished" });
const MESSAGE_FAILED = answered(3_000, { messageAt: afterAnswer(1_800), message: "failed" });
const LEFT_IN_TIME = answered(2_000, { endedBy: "farEnd" });
const LEFT_LATE = answered(2_001, { endedBy: "farEnd" });
const DROPPED = answered(3_000, { endReason: "amdMachine" });
const UNHEARD = answered(3_000);
const NEVER_ANSWERED = rang(20_000);

type Row = readonly [Outcome, what: string, AttemptFacts, AccountEntry | null];
const TABLE: readonly Row[] = [
  ["connected", "an agent at the last moment", TALKED, "connected"],
  ["connected", "yet the facts say it was late", TALKED_LATE, "connectedLate"],
  ["connected-late", "an agent a moment too late", TALKED_LATE, "connectedLate"],
  ["abandoned-with-message", "the message at the last moment", INFORMED, "abandonedWithMessage"],
  [
    "abandoned-with-message",
    "they hung up while it played",
    { ...INFORMED, message: "started", endedBy: "farEnd" },
    "abandonedWithMessage",
  ],
  ["abandoned-with-message", "yet the facts say it was late", INFORMED_LATE, "silent"],
  ["abandoned-silent", "nothing was heard", UNHEARD, "silent"],
  ["abandoned-silent", "the message came late", INFORMED_LATE, "silent"],
  ["abandoned-silent", "the message failed", MESSAGE_FAILED, "silent"],
  ["abandoned-silent", "it only looks like their hang-up", { ...LEFT_IN_TIME, sip: 406 }, "silent"],
  ["agent-leg-failed", "and no message", { ...UNHEARD, agentLegFailed: true }, "silent"],
  ["hung-up-early", "at the last moment", LEFT_IN_TIME, "hungUpEarly"],
  ["hung-up-early", "yet the facts say it was late", LEFT_LATE, "silent"],
  ["hung-up-waiting", "nothing was heard past the limit", LEFT_LATE, "silent"],
  ["machine-hung-up", "on a verdict", DROPPED, "machineDropped"],
  ["machine-hung-up", "without any verdict: nobody knows that it was no person", UNHEARD, "silent"],
  ["machine-message-left", "on a verdict", { ...DROPPED, endReason: "amdMessage" }, "machineDropped"],
  ["no-speech", "dropped, and nobody knows that nobody was there", UNHEARD, "silent"],
  ["no-speech", "the message all the same", INFORMED, "abandonedWithMessage"],
  ["fax", "a tone", UNHEARD, null],
  ["no-media", "nothing can be heard either way", UNHEARD, null],
  ["ringback-after-answer", "a false answer", UNHEARD, null],
  ["network-machine", "the network's announcement", UNHEARD, null],
  ["screened", "passed to an agent, as any live call", TALKED, "connected"],
  ["screened", "nobody came", UNHEARD, "silent"],
  ["message-delivered", "without agents the message is the call", INFORMED, null],
  ["message-delivered", "it came late", INFORMED_LATE, "silent"],
  ["message-cut-short", "they hung up during it", { ...INFORMED, endedBy: "farEnd" }, null],
  ["cancelled-by-length", "after talking", TALKED, "connected"],
  ["cancelled-by-length", "unanswered", NEVER_ANSWERED, null],
  ["lost", "unanswered, nobody saw the end", { ...NEVER_ANSWERED, endedAt: null, endedBy: null }, null],
  ["lost", "answered: the reading that is worst for us", UNHEARD, "silent"],
  ["internal-error", "answered", UNHEARD, "silent"],
  ["internal-error", "before placing", NOTHING_KNOWN, null],
  ["unclassified", "answered", UNHEARD, "silent"],
  ["unclassified", "unanswered", NEVER_ANSWERED, null],
  ["no-answer", "it rang long enough", rang(15_000, { endReason: "ringTimeout" }), null],
  ["no-answer", "we gave up a moment too early", rang(14_999, { endReason: "ringTimeout" }), "cancelledShort"],
  ["no-answer", "the network gave up early", rang(3_000, { endedBy: "farEnd" }), null],
  ["no-answer", "Asterisk did", rang(3_000, { endedBy: "asterisk" }), null],
  ["cancelled-while-ringing", "too early", rang(4_000, { endReason: "drain" }), "cancelledShort"],
  ["cancelled-while-ringing", "by the agent", rang(4_000, { endedBy: "agent" }), "cancelledShort"],
  ["cancelled-while-ringing", "they objected, and it rang for the least time", rang(15_000), null],
  [
    "cancelled-while-ringing",
    "nobody knows for how long it rang",
    rang(0, { endedAt: null, endReason: "operator" }),
    "cancelledShort",
  ],
  ["cancelled-unrung", "nobody heard it", rang(0, { ringing: "none", ringingAt: null, endedAt: stamp(500) }), null],
  ...(
    [
      ...["not-placed", "suppressed", "preview-rejected", "preview-closed", "preview-timed-out"],
      ...["callback-agent-missing", "place-refused", "trunk-unreachable", "all-trunks-busy"],
    ] as const
  ).map((outcome): Row => [outcome, "nothing was placed", { ...NOTHING_KNOWN, endedBy: "us" }, null]),
  ...(
    [
      ...["busy", "subscriber-absent", "no-ringback", "no-response", "rejected", "blocked", "spam-rejected"],
      ...["auth-rejected", "unallocated", "invalid-number", "number-changed", "no-route", "not-in-service"],
      ...["destination-unavailable", "congestion", "network-failure", "network-disconnect", "media-refused"],
      ...["signalling-error", "redirected"],
    ] as const
  ).map((outcome): Row => [outcome, "by the far end, at once", rang(500, { endedBy: "farEnd" }), null]),
];

describe("the entry of an ended attempt", () => {
  test.each(TABLE)("%s – %s", (outcome, _what, facts, entry) => {
    expect(entryOf(facts, outcome, CLOCK, RING_MIN_MS, null)).toBe(entry);
  });

  test("every outcome has its line", () => {
    expect([...new Set(TABLE.map(([outcome]) => outcome))].sort()).toEqual(Object.keys(OUTCOMES).sort());
  });

  test("a verdict of AMD that nobody acted on is none", () => {
    expect(entryOf(DROPPED, "machine-hung-up", CLOCK, RING_MIN_MS, { dropped: true })).toBe("machineDropped");
    expect(entryOf(DROPPED, "machine-hung-up", CLOCK, RING_MIN_MS, { dropped: false })).toBe("silent");
    expect(entryOf(TALKED, "connected", CLOCK, RING_MIN_MS, { dropped: true })).toBe("connected");
  });

  test("the clock is the profile's: what is late from the answer is in time from the end of the greeting", () => {
    const greeted = {
      ...answered(60_000, { connectedAt: afterAnswer(3_000), endedBy: "farEnd" }),
      speechStartedAt: afterAnswer(300),
      greetingEndedAt: afterAnswer(1_200),
    };
    const clock: ConnectClock = { ...CLOCK, start: "greetingEnd", noSpeechGraceMs: 2_000 };
    expect(entryOf(greeted, "connected", clock, RING_MIN_MS, null)).toBe("connected");
    expect(entryOf(greeted, "connected", CLOCK, RING_MIN_MS, null)).toBe("connectedLate");
  });

  test("a 183 counts as ringing from its first moment, until a 180 says when it rang", () => {
    const early = rang(14_000, { ringing: "early", ringingAt: null, progressAt: stamp(500) });
    expect(rangForMs(early)).toBe(14_500);
    const both = rang(14_000, { progressAt: stamp(0) });
    expect(rangForMs(both)).toBe(14_000);
    expect(entryOf(both, "cancelled-while-ringing", CLOCK, RING_MIN_MS, null)).toBe("cancelledShort");
  });
});

/* ------------------------------------------------------------------ Days and windows */

const LONDON: AbandonRules = { ...TEST_PROFILE.abandon, stopBasisPoints: 300 };
const at = (iso: string): Instant => instant(Date.parse(iso));

describe("the day", () => {
  test("ends at midnight in the profile's zone", () => {
    expect(accountDay(LONDON, at("2026-06-30T22:59:59.999Z"))).toBe("2026-06-30");
    expect(accountDay(LONDON, at("2026-06-30T23:00:00.000Z"))).toBe("2026-07-01");
  });

  test("is 23 and 25 hours long when the clocks change", () => {
    const hours = (day: string): number => {
      const { from, to } = spanOfDay(LONDON, day);
      return (to - from) / 3_600_000;
    };
    expect([hours("2026-03-29"), hours("2026-03-30"), hours("2026-10-25")]).toEqual([23, 24, 25]);
  });

  test("of a call is that of its answer, whenever it ended; unanswered, that of its end", () => {
    const answeredAt: Stamp = { at: at("2026-11-21T23:59:59.900Z"), asteriskAt: null };
    const endedAt: Stamp = { at: at("2026-11-22T00:04:00Z"), asteriskAt: null };
    const facts = { ...UNHEARD, answeredAt, endedAt };
    expect(dayOf(LONDON, facts)).toBe("2026-11-21");
    expect(dayOf(LONDON, { ...facts, answeredAt: null })).toBe("2026-11-22");
    expect(dayOf(LONDON, NOTHING_KNOWN)).toBeNull();
    const rules = { abandon: LONDON, clock: CLOCK, ringMinMs: RING_MIN_MS, amd: null };
    expect(accountOf(facts, "abandoned-silent", rules)).toEqual({ entry: "silent", day: "2026-11-21" });
    expect(accountOf(NEVER_ANSWERED, "no-answer", rules)).toBeNull();
  });

  test("of an unknown zone is refused, not guessed", () => {
    expect(() => accountDay({ timeZone: "Europe/Londn" }, at("2026-06-30T12:00:00Z"))).toThrow(/no time zone/);
    expect(() => spanOfDay(LONDON, "2026-02-30")).toThrow(/no such day/);
  });
});

describe("the window", () => {
  const window = (abandon: Partial<AbandonRules>, startedAt: string | null, now: string): unknown =>
    windowOf({ ...LONDON, ...abandon }, startedAt === null ? null : at(startedAt), at(now));

  test("UK-ACR-1: a calendar day in London", () => {
    expect(window({}, null, "2026-06-30T23:30:00Z")).toEqual({ fromDay: "2026-07-01", toDay: "2026-07-01" });
  });

  test("US-ABD-2: fixed blocks of thirty days follow one another from the first start, and do not roll", () => {
    const blocks = { window: "fixedBlocks", timeZone: "America/New_York" } as const;
    const start = "2026-03-01T15:00:00Z";
    const first = { fromDay: "2026-03-01", toDay: "2026-03-30" };
    expect(window(blocks, start, "2026-03-01T16:00:00Z")).toEqual(first);
    // Clocks change on 8 March; the thirtieth day still ends at midnight in New York.
    expect(window(blocks, start, "2026-03-31T03:59:59.999Z")).toEqual(first);
    const second = { fromDay: "2026-03-31", toDay: "2026-04-29" };
    expect(window(blocks, start, "2026-03-31T04:00:00Z")).toEqual(second);
    expect(window(blocks, start, "2026-04-15T12:00:00Z")).toEqual(second);
    expect(window(blocks, null, "2026-04-15T12:00:00Z")).toMatchObject({ fromDay: "2026-04-15" });
  });

  test("CA-ABD-1: a calendar month", () => {
    const month = { window: "calendarMonth", timeZone: "America/Toronto" } as const;
    expect(window(month, null, "2028-03-01T04:59:59Z")).toEqual({ fromDay: "2028-02-01", toDay: "2028-02-29" });
    expect(window(month, null, "2028-03-01T05:00:00Z")).toEqual({ fromDay: "2028-03-01", toDay: "2028-03-31" });
  });

  test("UK-ACR-2: the campaign across centres, and the centre across campaigns", () => {
    const owner = { campaignId: campaignId(7), centre: "leeds", firstStartedAt: null };
    const day = { fromDay: "2026-11-21", toDay: "2026-11-21" };
    expect(scopesOf(LONDON, owner, at("2026-11-21T12:00:00Z"))).toEqual([
      { campaignId: 7, centre: null, ...day },
      { campaignId: null, centre: "leeds", ...day },
    ]);
    expect(scopesOf({ ...LONDON, scopes: ["campaign"] }, owner, at("2026-11-21T12:00:00Z"))).toHaveLength(1);
  });
});
