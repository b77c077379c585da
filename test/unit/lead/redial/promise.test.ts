/** A promise to call back is kept as long as it lasts, never outside the calling hours, and then falls back. */
import { expect, test } from "@jest/globals";
import type { CallbackPromise } from "../../../../src/domain/lead.ts";
import { agentId, numberId } from "../../../../src/domain/ids.ts";
import type { Outcome } from "../../../../src/domain/outcome.ts";
import { DEFAULT_REDIAL, redialPlan } from "../../../../src/domain/redial-rules.ts";
import { whenPromised } from "../../../../src/lead/redial/after-promise.ts";
import type { NextQuestion } from "../../../../src/lead/redial/next-choice.ts";
import { storyAfter } from "../../../../src/lead/redial/story.ts";
import {
  afterTry,
  at,
  freshLead,
  openDuring,
  someNumber,
  told,
  WEEKDAYS_8_TO_21,
  withRules,
} from "../../../support/redial.ts";

const HOME = someNumber(1, "home");
const MOBILE = someNumber(3, "mobile");
const OPEN = openDuring(WEEKDAYS_8_TO_21);

/** Monday at two in the afternoon, when nobody rings at home unasked. */
const PROMISE: CallbackPromise = {
  callbackId: 7,
  agentId: agentId(5),
  dueAt: at("2026-11-16T14:00:00Z"),
  untilAt: at("2026-11-16T15:00:00Z"),
  fallback: "anyone",
};

const answer = (outcome: Outcome, iso: string, change: Partial<NextQuestion> = {}, lead = freshLead(HOME)): string => {
  const { choice } = afterTry(lead, { id: 1, at: at(iso), outcome }, { promise: PROMISE, ...change });
  return `${told(choice)} ${choice.promise ?? ""}`;
};

test.each<[what: string, outcome: Outcome, iso: string, expected: string]>([
  ["they spoke", "connected", "2026-11-16T14:01:00Z", "done (done) kept"],
  [
    "not there: again within the promise, in a band that is not theirs",
    "no-answer",
    "2026-11-16T14:00:00Z",
    "Mon 16 Nov 14:10 #1 (callback, callback) waiting",
  ],
  ["engaged: as always", "busy", "2026-11-16T14:00:00Z", "Mon 16 Nov 14:02 #1 (callback, callback) waiting"],
  ["the carrier failed", "congestion", "2026-11-16T14:00:00Z", "Mon 16 Nov 14:02 #1 (callback, callback) waiting"],
  [
    "abandoned while keeping it: the promise stands",
    "abandoned-silent",
    "2026-11-16T14:00:00Z",
    "Mon 16 Nov 14:10 #1 (callback, callback) waiting",
  ],
  [
    "not there, and no time left: the ordinary rules",
    "no-answer",
    "2026-11-16T14:55:00Z",
    "Mon 16 Nov 18:55 #1 (no-answer) unreached",
  ],
  [
    "declined: left alone as everybody is",
    "rejected",
    "2026-11-16T14:00:00Z",
    "Thu 19 Nov 17:00 #1 (rejected) unreached",
  ],
  ["given back", "not-placed", "2026-11-16T14:00:00Z", "requeue waiting"],
  ["our own fault", "media-refused", "2026-11-16T14:00:00Z", "held (media-refused) waiting"],
  ["no such number, and no other", "unallocated", "2026-11-16T14:00:00Z", "done (invalid) unreached"],
  ["opted out since", "suppressed", "2026-11-16T14:00:00Z", "done (suppressed) unreached"],
  ["nobody wants it", "spam-rejected", "2026-11-16T14:00:00Z", "done (done) unreached"],
  [
    "its agent is away",
    "callback-agent-missing",
    "2026-11-16T14:00:00Z",
    "Mon 16 Nov 14:01 #1 (callback-agent-missing, callback) waiting",
  ],
  [
    "its agent stayed away: anybody",
    "callback-agent-missing",
    "2026-11-16T15:00:00Z",
    "Mon 16 Nov 15:00 #1 (callback-anyone, callback) anyone",
  ],
])("%s (%s)", (_what, outcome, iso, expected) => {
  expect(answer(outcome, iso)).toBe(expected);
});

test("its agent stayed away, and nobody else is to call: missed, and back among the others", () => {
  const promise = { ...PROMISE, fallback: "missed" as const };
  expect(answer("callback-agent-missing", "2026-11-16T15:00:00Z", { promise })).toBe(
    "Mon 16 Nov 17:00 #1 (callback) missed",
  );
});

test("another number of theirs is tried when the promised one is out", () => {
  expect(answer("unallocated", "2026-11-16T14:00:00Z", {}, freshLead(HOME, MOBILE))).toBe(
    "Mon 16 Nov 14:00 #3 (other-number, callback) waiting",
  );
});

test("limits and the most attempts do not break a promise; what follows it keeps them", () => {
  const rules = withRules({ attemptsMax: 1, limits: { numberDayMax: 1 } });
  expect(answer("no-answer", "2026-11-16T14:00:00Z", { rules })).toContain("14:10");
  expect(answer("no-answer", "2026-11-16T14:55:00Z", { rules })).toBe("done (attempts-exhausted) unreached");
});

test("three times not there is the end of trying, however long the promise lasts", () => {
  const promise = { ...PROMISE, untilAt: at("2026-11-16T20:00:00Z") };
  let lead = freshLead(HOME);
  const said = ["14:00", "14:10", "14:20", "14:30"].map((time) => {
    const attempt = { id: 1, at: at(`2026-11-16T${time}:00Z`), outcome: "no-answer" } as const;
    const { story, choice } = afterTry(lead, attempt, { promise });
    lead = story;
    return choice.promise;
  });
  expect(said).toEqual(["waiting", "waiting", "waiting", "unreached"]);
});

test("never outside the calling hours: a promise for the night waits for the morning, if it lasts so long", () => {
  const asked = { story: freshLead(HOME), plan: redialPlan(DEFAULT_REDIAL), openAt: OPEN, numberId: numberId(1) };
  const night = at("2026-11-16T23:00:00Z");
  expect(whenPromised(asked, { from: night, untilAt: null })).toEqual({ numberId: 1, at: at("2026-11-17T08:00:00Z") });
  expect(whenPromised(asked, { from: night, untilAt: at("2026-11-17T07:00:00Z") })).toBeNull();
  const outside = storyAfter(freshLead({ ...HOME, isOut: true }), {
    numberId: numberId(1),
    at: night,
    outcome: "busy",
  });
  expect(whenPromised({ ...asked, story: outside }, { from: night, untilAt: null })).toBeNull();
});
