/** One attempt's facts, one outcome. What the network's codes mean is in network-end.test.ts; here is who comes first. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { classify } from "../../../src/call/classify.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, EndedBy, EndReason, PlaceFailure, Ringing } from "../../../src/domain/attempt.ts";
import { isOutcome, outcomeFacts } from "../../../src/domain/outcome.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { answered, POLICY, refused, RINGING, stamp, unanswered } from "./facts.ts";

const LIMIT = POLICY.clock.limitMs;

/** What Asterisk writes beside the cause when it hangs up a leg that has no SIP code yet (`hangup_cause2sip`). */
const INVENTED: readonly (readonly [cause: number, sip: number])[] = [
  [1, 404],
  [2, 404],
  [3, 404],
  [17, 486],
  [18, 408],
  [19, 480],
  [20, 480],
  [31, 480],
  [21, 403],
  [22, 410],
  [23, 302],
  [27, 502],
  [28, 484],
  [29, 501],
  [34, 503],
  [42, 503],
  [66, 503],
  [38, 500],
  [127, 500],
  [58, 488],
];

/** Everything that the end of a leg may say, most of it a lie when we ended it ourselves. */
const CODES: readonly (readonly [cause: number | null, sip: number | null])[] = [
  [null, null],
  [0, null],
  [16, null],
  [32, null],
  ...INVENTED,
];

describe("we ended it before anybody answered: our reason comes before any code", () => {
  test.each<[EndReason, unrung: Outcome, rung: Outcome]>([
    ["ringTimeout", "no-ringback", "no-answer"],
    ["placeTimeout", "no-ringback", "cancelled-while-ringing"],
    ["noAgent", "cancelled-unrung", "no-answer"],
    ["operator", "cancelled-unrung", "cancelled-while-ringing"],
    ["drain", "cancelled-unrung", "cancelled-while-ringing"],
    ["optedOut", "cancelled-unrung", "cancelled-while-ringing"],
    ["lengthLimit", "cancelled-by-length", "cancelled-by-length"],
  ])("%s is %s without ringing, %s with it, whatever Asterisk invents", (endReason, unrung, rung) => {
    for (const ringing of RINGING) {
      for (const [cause, sip] of CODES) {
        const outcome = classify(unanswered({ endedBy: "us", endReason, ringing, cause, sip }), POLICY);
        expect({ ringing, cause, sip, outcome }).toEqual({
          ringing,
          cause,
          sip,
          outcome: ringing === "none" ? unrung : rung,
        });
      }
    }
  });
});

describe("Asterisk ended it itself, and nobody announced it", () => {
  const byAsterisk = (endedAfterMs: number, more: Partial<AttemptFacts>): Outcome =>
    classify(unanswered({ endedBy: "asterisk", endedAt: stamp(endedAfterMs), ...more }), POLICY);

  test.each(CODES)("after the ring time-out, cause %s with SIP %s counts as the time-out", (cause, sip) => {
    expect(byAsterisk(30_000, { cause, sip })).toBe("no-ringback");
    expect(byAsterisk(30_500, { cause, sip, ringing: "early" })).toBe("no-answer");
    expect(byAsterisk(30_500, { cause, sip, ringing: "ringing" })).toBe("no-answer");
  });

  test.each([
    [0, null], // Died before anything was sent.
    [20, null], // No contact.
    [20, 480],
    [44, null],
    [3, null],
    [38, null],
    [null, null],
  ])("at once, cause %s with SIP %s: no request left the machine", (cause, sip) => {
    expect(byAsterisk(20, { cause, sip })).toBe("trunk-unreachable");
  });

  test("a code that Asterisk only ever invents takes no number out and is not laid at the network's door", () => {
    const genuine = [1, 17, 18, 19, 21, 22, 23, 27, 28, 29, 34, 38, 58];
    const onlyInvented = INVENTED.filter(([cause]) => !genuine.includes(cause));
    expect(onlyInvented.map(([cause]) => cause)).toEqual([2, 3, 20, 31, 42, 66, 127]);
    expect(onlyInvented.map(([cause, sip]) => byAsterisk(20, { cause, sip }))).toEqual(
      onlyInvented.map(() => "trunk-unreachable"),
    );
    const rung = onlyInvented.map(([cause, sip]) => byAsterisk(9_000, { cause, sip, ringing: "ringing" }));
    expect(rung.filter((outcome) => outcomeFacts(outcome).permanent)).toEqual([]);
  });

  test("a real answer of the network whose announcement was lost on the way is still the network's", () => {
    expect(byAsterisk(3_000, { cause: 17, sip: 600 })).toBe("busy");
    expect(byAsterisk(3_000, { cause: 127, sip: 607 })).toBe("spam-rejected");
    expect(byAsterisk(9_000, { cause: 21, sip: 603, ringing: "ringing" })).toBe("rejected");
    expect(byAsterisk(9_000, { cause: 19, sip: 480, ringing: "ringing" })).toBe("no-answer");
  });

  test("it rang and then died of nothing: said aloud, not called a no-answer", () => {
    expect(byAsterisk(9_000, { cause: 0, ringing: "ringing" })).toBe("unclassified");
  });
});

describe("nothing was placed", () => {
  test.each<[PlaceFailure, EndedBy | null, Outcome]>([
    ["withdrawn", null, "not-placed"],
    ["refused", "asterisk", "place-refused"],
    ["unavailable", "asterisk", "trunk-unreachable"],
    // A request may have left: it counts, like a call that never rang.
    ["unknown", "asterisk", "no-ringback"],
  ])("%s, ended by %s, is %s", (placeFailure, endedBy, expected) => {
    expect(classify({ ...NOTHING_KNOWN, placeFailure, endedBy, endedAt: stamp(0) }, POLICY)).toBe(expected);
  });

  test("an unknown placing that we then hung up is a time-out of ours, and uses up a try", () => {
    const outcome = classify(
      { ...NOTHING_KNOWN, placeFailure: "unknown", endedBy: "us", endReason: "placeTimeout", endedAt: stamp(0) },
      POLICY,
    );
    expect(outcome).toBe("no-ringback");
    expect(outcomeFacts(outcome).countsAsAttempt).toBe(true);
  });

  test("what the network said afterwards wins over our doubt whether it had heard us", () => {
    expect(classify({ ...refused(486, 17, "ringing"), placeFailure: "unknown" }, POLICY)).toBe("busy");
  });
});

describe("no end was seen", () => {
  test("a call that nobody saw answered is lost", () => {
    for (const ringing of RINGING) expect(classify(unanswered({ ringing }), POLICY)).toBe("lost");
    expect(classify({ ...NOTHING_KNOWN, endedAt: stamp(0) }, POLICY)).toBe("lost");
  });

  test("a person who answered and was not joined is read in the way that is worst for us", () => {
    expect(classify(answered(500, {}), POLICY)).toBe("abandoned-silent");
  });

  test("our own hang-up was noted before its end went unseen, and still counts", () => {
    expect(classify(unanswered({ endedBy: "us", endReason: "ringTimeout", ringing: "ringing" }), POLICY)).toBe(
      "no-answer",
    );
  });
});

describe("answered and never joined", () => {
  const heard = (afterMs: number, message: AttemptFacts["message"]): Partial<AttemptFacts> => ({
    message,
    messageAt: stamp(10_000 + afterMs),
  });
  const us: Partial<AttemptFacts> = { endedBy: "us", endReason: "noAgent" };
  const played: Partial<AttemptFacts> = { endedBy: "us", endReason: "messagePlayed" };
  const they: Partial<AttemptFacts> = { endedBy: "farEnd", cause: 16 };
  const phoneFailed: Partial<AttemptFacts> = { agentLegFailed: true };

  test.each<[string, waitedMs: number, Partial<AttemptFacts>, Outcome]>([
    ["they left at once", 0, they, "hung-up-early"],
    ["they left on the limit", LIMIT, they, "hung-up-early"],
    ["they left after the limit, nothing heard", LIMIT + 1, they, "hung-up-waiting"],
    ["they left early although a phone of ours had failed", 900, { ...they, ...phoneFailed }, "hung-up-early"],
    [
      "message begun in time and played to its end",
      20_000,
      { ...played, ...heard(1_800, "finished") },
      "abandoned-with-message",
    ],
    ["message begun on the limit", 20_000, { ...played, ...heard(LIMIT, "finished") }, "abandoned-with-message"],
    ["they left during the message", 5_000, { ...they, ...heard(1_800, "started") }, "abandoned-with-message"],
    ["the message outlived its time", 60_000, { ...played, ...heard(1_800, "started") }, "abandoned-with-message"],
    ["nobody came and nothing was played", 5_000, us, "abandoned-silent"],
    ["the message never started", 5_000, { ...us, message: "failed" }, "abandoned-silent"],
    // Asterisk says that a playback has started before it has found the file.
    ["the message started and failed", 5_000, { ...us, ...heard(1_800, "failed") }, "abandoned-silent"],
    ["the message began too late", 20_000, { ...played, ...heard(LIMIT + 1, "finished") }, "abandoned-silent"],
    [
      "they left during a message that began too late",
      5_000,
      { ...they, ...heard(LIMIT + 1, "started") },
      "hung-up-waiting",
    ],
    ["a message of which no beginning was seen", 9_000, { ...played, message: "finished" }, "abandoned-silent"],
    ["an agent's phone failed, and nothing saved the call", 2_500, { ...us, ...phoneFailed }, "agent-leg-failed"],
    [
      "an agent's phone failed, and the message saved the call",
      9_000,
      { ...played, ...phoneFailed, ...heard(1_800, "finished") },
      "abandoned-with-message",
    ],
    [
      "an agent's phone failed, and the message did too",
      9_000,
      { ...us, ...phoneFailed, ...heard(1_800, "failed") },
      "agent-leg-failed",
    ],
    [
      "answered while our ring time-out was on its way",
      300,
      { endedBy: "us", endReason: "ringTimeout" },
      "abandoned-silent",
    ],
    [
      "the SIP stack ended it for want of an SDP, in their name",
      50,
      { endedBy: "farEnd", cause: 127, sip: 406 },
      "abandoned-silent",
    ],
    ["Asterisk ended it, nobody knows why", 700, { endedBy: "asterisk", cause: 0 }, "abandoned-silent"],
  ])("%s", (_what, waitedMs, facts, expected) => {
    expect(classify(answered(waitedMs, facts), POLICY)).toBe(expected);
  });

  test("the codes of the end say nothing once somebody has answered, but for the stack's own 406", () => {
    for (const [cause, sip] of CODES.filter(([, code]) => code !== 406)) {
      expect(classify(answered(500, { endedBy: "farEnd", cause, sip }), POLICY)).toBe("hung-up-early");
    }
  });
});

describe("counted from another clock", () => {
  const bySpeech = { ...POLICY, clock: { ...POLICY.clock, start: "speechStart", noSpeechGraceMs: 3_000 } } as const;
  const byGreeting = { ...bySpeech, clock: { ...bySpeech.clock, start: "greetingEnd" } } as const;
  const spoke = { speechStartedAt: stamp(11_000), greetingEndedAt: stamp(12_500) };
  const informed = (afterMs: number, more: Partial<AttemptFacts>): AttemptFacts =>
    answered(30_000, {
      endedBy: "us",
      endReason: "messagePlayed",
      message: "finished",
      messageAt: stamp(10_000 + afterMs),
      ...more,
    });

  test("a message is in time by the clock of the profile, and by no other", () => {
    const at = [1_999, 2_001, 3_000, 3_001, 4_500, 4_501];
    const of = (policy: typeof POLICY): string[] => at.map((ms) => classify(informed(ms, spoke), policy));
    const [yes, no] = ["abandoned-with-message", "abandoned-silent"];
    expect(of(POLICY)).toEqual([yes, no, no, no, no, no]);
    expect(of(bySpeech)).toEqual([yes, yes, yes, no, no, no]);
    expect(of(byGreeting)).toEqual([yes, yes, yes, yes, yes, no]);
  });

  test("of whoever says nothing, or too late, only the grace is allowed", () => {
    for (const more of [{}, { speechStartedAt: stamp(13_001) }]) {
      expect(classify(informed(5_000, more), bySpeech)).toBe("abandoned-with-message");
      expect(classify(informed(5_001, more), bySpeech)).toBe("abandoned-silent");
    }
  });

  test("an agent and a person who leaves are measured by the same clock", () => {
    const joined = (ms: number): AttemptFacts => answered(60_000, { ...spoke, connectedAt: stamp(10_000 + ms) });
    expect([3_000, 3_001].map((ms) => classify(joined(ms), bySpeech))).toEqual(["connected", "connected-late"]);
    const left = (ms: number): AttemptFacts => answered(ms, { ...spoke, endedBy: "farEnd", cause: 16 });
    expect([3_000, 3_001].map((ms) => classify(left(ms), bySpeech))).toEqual(["hung-up-early", "hung-up-waiting"]);
  });
});

describe("joined", () => {
  test.each([
    [0, "connected"],
    [3, "connected"],
    [LIMIT, "connected"],
    [LIMIT + 1, "connected-late"],
    [60_000, "connected-late"],
  ])("%i ms after the answer is %s", (ms, expected) => {
    expect(classify(answered(90_000, { endedBy: "farEnd", connectedAt: stamp(10_000 + ms) }), POLICY)).toBe(expected);
  });

  test("a later hang-up, by whomever and for whatever reason, never changes it", () => {
    const ends: Partial<AttemptFacts>[] = [
      { endedBy: "farEnd", cause: 16 },
      { endedBy: "agent", endReason: "agentHungUp" },
      { endedBy: "agent", endReason: "agentGone", agentLegFailed: true },
      { endedBy: "us", endReason: "lengthLimit" },
      { endedBy: "us", endReason: "drain" },
      { endedBy: "asterisk", cause: 0 },
      { endedBy: null },
    ];
    const outcomes = ends.map((end) => classify(answered(90_000, { connectedAt: stamp(10_050), ...end }), POLICY));
    expect(outcomes).toEqual(ends.map(() => "connected"));
  });
});

describe("every combination of facts, also those that cannot be", () => {
  const stampOrNone = fc.option(fc.integer({ min: 0, max: 60_000 }).map(stamp));
  const anyFacts: fc.Arbitrary<AttemptFacts> = fc.record({
    placedAt: stampOrNone,
    ringing: fc.constantFrom<Ringing>("none", "early", "ringing"),
    progressAt: stampOrNone,
    ringingAt: stampOrNone,
    answeredAt: stampOrNone,
    speechStartedAt: stampOrNone,
    greetingEndedAt: stampOrNone,
    voiceAt: stampOrNone,
    connectedAt: stampOrNone,
    messageAt: stampOrNone,
    message: fc.constantFrom<AttemptFacts["message"]>("none", "started", "finished", "failed"),
    messageChoice: fc.constantFrom<AttemptFacts["messageChoice"]>("campaign", "builtIn", "flow", null),
    endedAt: stampOrNone,
    machineReportedAt: fc.constant(null),
    endedBy: fc.constantFrom<EndedBy | null>("us", "agent", "farEnd", "asterisk", null),
    endReason: fc.constantFrom<EndReason | null>(
      "ringTimeout",
      "placeTimeout",
      "noAgent",
      "messagePlayed",
      "flowEnded",
      "amdMachine",
      "amdMessage",
      "noSpeech",
      "operator",
      "optedOut",
      "drain",
      "voicemailLeft",
      "voicemailFailed",
      "agentHungUp",
      "agentGone",
      "lengthLimit",
      null,
    ),
    placeFailure: fc.constantFrom<PlaceFailure | null>("withdrawn", "refused", "unavailable", "unknown", null),
    cause: fc.option(fc.integer({ min: -1, max: 130 })),
    sip: fc.option(fc.integer({ min: 100, max: 720 })),
    sipCallId: fc.constant(null),
    agentId: fc.constant(null),
    agentLegFailed: fc.boolean(),
    agentWaitedMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
    verdict: fc.constant(null),
    verdictAt: fc.constant(null),
    verdictCause: fc.constant(null),
    verdictAct: fc.constant(null),
  });
  const runs = { numRuns: 2_000 };

  test("give exactly one outcome of the set, and the same again", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const outcome = classify(facts, POLICY);
        expect(isOutcome(outcome)).toBe(true);
        expect(classify({ ...facts }, POLICY)).toBe(outcome);
      }),
      runs,
    );
  });

  test("call it a machine that an agent talked to and reported, and a message left only when it was whole", () => {
    fc.assert(
      fc.property(anyFacts, stampOrNone, (facts, reportedAt) => {
        const outcome = classify({ ...facts, machineReportedAt: reportedAt, messageChoice: "voicemail" }, POLICY);
        const isReported = reportedAt !== null && facts.connectedAt !== null;
        expect(outcome === "machine-message-left").toBe(isReported && facts.message === "finished");
        expect(outcome === "machine-hung-up").toBe(isReported && facts.message !== "finished");
      }),
      runs,
    );
  });

  test("call it a live voice exactly when somebody answered", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        // Joined and never answered cannot be; that is said aloud instead.
        fc.pre(facts.connectedAt === null || facts.answeredAt !== null);
        expect(outcomeFacts(classify(facts, POLICY)).liveVoice).toBe(facts.answeredAt !== null);
      }),
      runs,
    );
  });

  test("never redial at once, nor forget, a person whose phone has rung", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        fc.pre(facts.placedAt !== null && (facts.ringing === "ringing" || facts.answeredAt !== null));
        expect(outcomeFacts(classify(facts, POLICY)).retryClass).not.toBe("requeue");
      }),
      runs,
    );
  });
});
