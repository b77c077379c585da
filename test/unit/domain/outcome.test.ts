/**
 * The closed set of outcomes and what each of them means for budgets, numbers and trunks. The table is typed from the
 * requirements, not from the code: a flag that changes must be changed twice, by somebody who means it.
 */
import { describe, expect, test } from "@jest/globals";
import { DISPOSITION_KINDS } from "../../../src/domain/disposition.ts";
import { isOutcome, OUTCOMES, outcomeFacts } from "../../../src/domain/outcome.ts";
import type { Outcome, RetryClass } from "../../../src/domain/outcome.ts";

/** Counts as attempt, live voice, permanent, charges carrier health; a dash where it does not. */
const TABLE: readonly (readonly [Outcome, flags: string, RetryClass])[] = [
  // Nothing was placed, or the placing was refused.
  ["not-placed", "----", "requeue"],
  ["suppressed", "--P-", "none"],
  ["preview-rejected", "----", "no-answer"],
  ["preview-closed", "----", "none"],
  ["preview-timed-out", "----", "no-answer"],
  ["callback-agent-missing", "----", "callback"],
  ["place-refused", "----", "operator"],
  ["trunk-unreachable", "---C", "carrier"],
  ["all-trunks-busy", "----", "carrier"],
  // Ended before an answer.
  ["busy", "A---", "busy"],
  ["no-answer", "A---", "no-answer"],
  ["subscriber-absent", "A---", "no-answer"],
  ["no-ringback", "A--C", "no-answer"],
  ["no-response", "---C", "carrier"],
  ["rejected", "A---", "rejected"],
  ["blocked", "A--C", "rejected"],
  ["spam-rejected", "A---", "none"],
  ["auth-rejected", "---C", "operator"],
  ["unallocated", "A-P-", "none"],
  ["invalid-number", "A-P-", "none"],
  ["number-changed", "A-P-", "none"],
  ["no-route", "---C", "carrier"],
  ["not-in-service", "A-P-", "none"],
  ["destination-unavailable", "---C", "carrier"],
  ["congestion", "---C", "carrier"],
  ["network-failure", "---C", "carrier"],
  ["network-disconnect", "A--C", "no-answer"],
  ["media-refused", "---C", "operator"],
  ["signalling-error", "---C", "operator"],
  ["redirected", "A---", "no-answer"],
  ["network-machine", "A---", "machine"],
  ["cancelled-while-ringing", "A---", "abandoned"],
  ["cancelled-unrung", "----", "requeue"],
  // Answered, never connected.
  ["hung-up-early", "AL--", "early-hangup"],
  ["hung-up-waiting", "AL--", "abandoned"],
  ["abandoned-silent", "AL--", "abandoned"],
  ["abandoned-with-message", "AL--", "abandoned"],
  ["agent-leg-failed", "-L--", "abandoned"],
  ["machine-hung-up", "A---", "machine"],
  ["machine-message-left", "A---", "machine"],
  ["fax", "A---", "none"],
  ["no-speech", "A---", "no-answer"],
  ["no-media", "---C", "carrier"],
  ["ringback-after-answer", "A--C", "no-answer"],
  ["screened", "AL--", "no-answer"],
  // Connected, or served without an agent.
  ["connected", "AL--", "none"],
  ["connected-late", "AL--", "none"],
  ["message-delivered", "AL--", "none"],
  ["message-cut-short", "AL--", "early-hangup"],
  // The machinery.
  ["cancelled-by-length", "A---", "operator"],
  ["lost", "A---", "no-answer"],
  ["internal-error", "----", "operator"],
  ["unclassified", "A---", "operator"],
];

const flagsOf = (outcome: Outcome): string => {
  const facts = outcomeFacts(outcome);
  return [
    facts.countsAsAttempt ? "A" : "-",
    facts.liveVoice ? "L" : "-",
    facts.permanent ? "P" : "-",
    facts.chargesCarrierHealth ? "C" : "-",
  ].join("");
};

test.each(TABLE)("%s is flagged %s and retried as %s", (outcome, flags, retryClass) => {
  expect([flagsOf(outcome), outcomeFacts(outcome).retryClass]).toEqual([flags, retryClass]);
});

test("there are 53 outcomes, all of them in the table above", () => {
  expect(TABLE).toHaveLength(53);
  expect(Object.keys(OUTCOMES).sort()).toEqual(TABLE.map(([outcome]) => outcome).sort());
});

describe("no outcome contradicts itself", () => {
  const all = Object.keys(OUTCOMES).filter(isOutcome);

  test("a number that is taken out is never redialled", () => {
    const redialled = all.filter((each) => outcomeFacts(each).permanent && outcomeFacts(each).retryClass !== "none");
    expect(redialled).toEqual([]);
  });

  test("what the carrier failed uses up no try", () => {
    const carrier = all.filter((each) => outcomeFacts(each).retryClass === "carrier");
    expect(carrier.filter((each) => outcomeFacts(each).countsAsAttempt)).toEqual([]);
  });

  test("what goes back at once uses up nothing and says nothing about the number", () => {
    const requeued = all.filter((each) => outcomeFacts(each).retryClass === "requeue");
    expect(requeued.map(flagsOf)).toEqual(["----", "----"]);
  });

  test("an abandon is always a live voice or a ringing phone", () => {
    const abandoned = all.filter((each) => outcomeFacts(each).retryClass === "abandoned");
    expect(abandoned.filter((each) => !outcomeFacts(each).liveVoice)).toEqual(["cancelled-while-ringing"]);
  });
});

test("only the names in the set are outcomes", () => {
  expect(["busy", "Busy", "", "toString", "__proto__", "no answer"].filter(isOutcome)).toEqual(["busy"]);
});

test("the dispositions that redialling and suppression must understand are there", () => {
  const needed = [
    "callback-requested",
    "machine-callback",
    "wrong-number",
    "wrong-party",
    "opt-out-requested",
    "machine-reported",
  ];
  expect(DISPOSITION_KINDS).toEqual(expect.arrayContaining(needed));
});
