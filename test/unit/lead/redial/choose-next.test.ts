/** What follows each outcome, as a table that a manager could check. 16 November 2026 is a Monday. */
import { expect, test } from "@jest/globals";
import { numberId } from "../../../../src/domain/ids.ts";
import type { LeadNumber } from "../../../../src/domain/lead.ts";
import type { Outcome } from "../../../../src/domain/outcome.ts";
import { DEFAULT_REDIAL } from "../../../../src/domain/redial-rules.ts";
import type { RedialRules } from "../../../../src/domain/redial-rules.ts";
import { chooseAgain } from "../../../../src/lead/redial/choose-next.ts";
import { ContactRates, NO_RATES } from "../../../../src/lead/redial/contact-rates.ts";
import type { ContactCount } from "../../../../src/lead/redial/contact-rates.ts";
import type { NextQuestion } from "../../../../src/lead/redial/next-choice.ts";
import {
  afterTry,
  ALWAYS,
  at,
  freshLead,
  NEVER,
  openDuring,
  someNumber,
  told,
  WEEKDAYS_8_TO_21,
  withRules,
} from "../../../support/redial.ts";

const HOME = someNumber(1, "home");
const WORK = someNumber(2, "work");
const MOBILE = someNumber(3, "mobile");
const ONLY = someNumber(9, "other");

type Change = Partial<NextQuestion>;
const MONDAY_10 = "2026-11-16T10:00:00Z";

test.each<[what: string, outcome: Outcome, expected: string, change?: Change]>([
  ["engaged: they are there", "busy", "Mon 16 Nov 10:02 #9 (busy)"],
  ["engaged, the other end of the draw", "busy", "Mon 16 Nov 10:10 #9 (busy)", { jitter: 0.999999 }],
  ["nobody there: four hours at least, another band", "no-answer", "Mon 16 Nov 14:00 #9 (no-answer)"],
  ["declined: three days", "rejected", "Thu 19 Nov 10:00 #9 (rejected)"],
  ["abandoned: three days", "abandoned-with-message", "Thu 19 Nov 10:00 #9 (abandoned)"],
  ["left before anybody was owed", "hung-up-early", "Tue 17 Nov 10:00 #9 (early-hangup)"],
  ["the carrier failed", "congestion", "Mon 16 Nov 10:02 #9 (carrier)"],
  ["machine: a day later, not in the morning", "machine-hung-up", "Tue 17 Nov 11:00 #9 (machine)"],
  ["given back", "not-placed", "requeue"],
  ["our own fault", "media-refused", "held (media-refused)"],
  ["a conversation", "connected", "done (done)"],
  ["no such number", "unallocated", "done (invalid)"],
  ["opted out", "suppressed", "done (suppressed)"],
  ["a fax", "fax", "done (fax)"],
  ["told by the network that nobody wants it", "spam-rejected", "done (done)"],
  ["no rule", "rejected", "done (no-rule-for-rejected)", { rules: withRules({ byClass: {} }) }],
  ["hours that never open", "no-answer", "held (no-window)", { openAt: NEVER }],
])("%s (%s): %s", (_what, outcome, expected, change = {}) => {
  expect(told(afterTry(freshLead(ONLY), { id: 9, at: at(MONDAY_10), outcome }, change).choice)).toBe(expected);
});

test("the same outcome at the end of a day goes on the next morning, and on Monday after a weekend without hours", () => {
  const busy = (iso: string) => told(afterTry(freshLead(ONLY), { id: 9, at: at(iso), outcome: "busy" }).choice);
  expect(busy("2026-11-16T20:58:30Z")).toBe("Tue 17 Nov 08:00 #9 (busy)");
  expect(busy("2026-11-21T20:59:00Z")).toBe("Mon 23 Nov 08:00 #9 (busy)");
});

test("what is pushed to an opening is spread over its first half hour, the delay itself is not spread twice", () => {
  const tried = (iso: string, jitter: number) =>
    told(afterTry(freshLead(ONLY), { id: 9, at: at(iso), outcome: "congestion" }, { jitter }).choice);
  expect(tried("2026-11-16T20:59:00Z", 0)).toBe("Tue 17 Nov 08:00 #9 (carrier)");
  expect(tried("2026-11-16T20:59:00Z", 0.999999)).toBe("Tue 17 Nov 08:29 #9 (carrier)");
  expect(tried("2026-11-16T10:00:00Z", 0.999999)).toBe("Mon 16 Nov 10:02 #9 (carrier)");
});

/** Each attempt made when and where the one before said; what is said after each. */
function lived(
  lead: readonly LeadNumber[],
  outcomes: readonly Outcome[],
  change: Change = {},
  from = MONDAY_10,
): string[] {
  let story = freshLead(...lead);
  let next = { id: Number(lead[0]?.numberId), at: at(from) };
  return outcomes.map((outcome) => {
    const answer = afterTry(story, { ...next, outcome }, change);
    story = answer.story;
    if (answer.choice.type === "retry") next = { id: Number(answer.choice.numberId), at: answer.choice.at };
    return told(answer.choice);
  });
}

test("nobody ever there: never the same band on the day or the next, and an end with its reason", () => {
  expect(
    lived(
      [ONLY],
      Array.from({ length: 5 }, () => "no-answer" as const),
    ),
  ).toEqual([
    "Mon 16 Nov 14:00 #9 (no-answer)", // morning → early afternoon
    "Mon 16 Nov 18:01 #9 (no-answer)", // → evening, two half minutes of ringing later
    "Tue 17 Nov 11:00 #9 (no-answer)", // Tuesday's morning rests
    "Tue 17 Nov 15:00 #9 (no-answer)",
    "done (attempts-exhausted)",
  ]);
});

test("several numbers in turn, mobile before home before work once each was tried, and each at its hours", () => {
  expect(
    lived(
      [MOBILE, HOME, WORK],
      Array.from({ length: 5 }, () => "no-answer" as const),
    ),
  ).toEqual([
    "Mon 16 Nov 17:00 #1 (no-answer)", // Home in the evening …
    "Tue 17 Nov 11:00 #2 (no-answer)", // … work at working hours: the morning was Monday's …
    "Tue 17 Nov 15:00 #3 (no-answer)",
    "Wed 18 Nov 08:00 #1 (no-answer)",
    "done (attempts-exhausted)",
  ]);
});

test("busy stays with its number, as often as the rule allows in a row; then the other number", () => {
  expect(
    lived(
      [HOME, MOBILE],
      Array.from({ length: 4 }, () => "busy" as const),
      { rules: withRules({ byClass: { busy: { delayMs: 300_000, triesMax: 2 } }, limits: { leadDayMax: null } }) },
    ),
  ).toEqual([
    "Mon 16 Nov 10:05 #1 (busy)",
    "Mon 16 Nov 10:11 #1 (busy)",
    "Mon 16 Nov 10:16 #3 (busy)",
    "Mon 16 Nov 10:22 #3 (busy)",
  ]);
});

test("a number that is out makes room for another at once, in the order of kinds and at its hour", () => {
  const wrong = { id: 2, at: at("2026-11-16T14:00:00Z"), outcome: "unallocated" } as const;
  expect(told(afterTry(freshLead(WORK, HOME, MOBILE), wrong).choice)).toBe("Mon 16 Nov 14:00 #3 (other-number)");
  // At two in the afternoon nobody rings at home.
  expect(told(afterTry(freshLead(WORK, HOME), wrong).choice)).toBe("Mon 16 Nov 17:00 #1 (other-number)");
  expect(told(afterTry(freshLead(WORK, { ...HOME, isOut: true }), wrong).choice)).toBe("done (invalid)");
  // That rang somewhere, and two rings of one lead keep their distance.
  const fax = { ...wrong, outcome: "fax" } as const;
  expect(told(afterTry(freshLead(WORK, MOBILE), fax).choice)).toBe("Mon 16 Nov 14:02 #3 (other-number)");
});

test("a decline twice in a row is the lead's, on whichever number", () => {
  expect(lived([MOBILE, HOME], ["rejected", "rejected"])).toEqual([
    "Thu 19 Nov 10:00 #1 (rejected)",
    "done (rejected-tries-exhausted)",
  ]);
});

test.each<[what: string, rules: Partial<RedialRules>, outcomes: Outcome[], expected: string]>([
  ["the carrier's failures", { carrierTriesMax: 2 }, ["congestion", "no-response"], "done (carrier-tries-exhausted)"],
  ["one number's life", { limits: { numberLifeMax: 2 } }, ["no-answer", "no-answer"], "done (number-limits)"],
  [
    "tries of a class",
    { byClass: { "no-answer": { delayMs: 60_000, triesMax: 1 } } },
    ["no-answer", "subscriber-absent"],
    "done (no-answer-tries-exhausted)",
  ],
  ["a day's limit", { limits: { leadDayMax: 2 } }, ["busy", "busy"], "Tue 17 Nov 08:00 #9 (busy)"],
  ["a week's limit", { limits: { numberWeekMax: 2 } }, ["no-answer", "no-answer"], "Mon 23 Nov 08:00 #9 (no-answer)"],
  ["the least gap", { limits: { gapMinMs: 3_600_000 } }, ["busy"], "Mon 16 Nov 11:00 #9 (busy)"],
  ["no bands", { bands: [] }, ["no-answer"], "Mon 16 Nov 14:00 #9 (no-answer)"],
])("%s", (_what, rules, outcomes, expected) => {
  expect(lived([ONLY], outcomes, { rules: withRules(rules) }).at(-1)).toBe(expected);
});

test("working people are spared at midday and in the afternoon where the campaign says so; work numbers are not", () => {
  const rules = withRules({ sparesWorkers: true });
  const tried = { at: at("2026-11-17T08:30:00Z"), outcome: "no-answer" } as const;
  expect(told(afterTry(freshLead(MOBILE), { ...tried, id: 3 }, { rules }).choice)).toBe(
    "Tue 17 Nov 13:00 #3 (no-answer)",
  );
  expect(told(afterTry(freshLead(MOBILE), { ...tried, id: 3 }).choice)).toBe("Tue 17 Nov 12:30 #3 (no-answer)");
  expect(told(afterTry(freshLead(WORK), { ...tried, id: 2 }, { rules }).choice)).toBe(
    "Tue 17 Nov 12:30 #2 (no-answer)",
  );
});

test("whose hours never meet the campaign's is called at an odd hour rather than never, and it is said", () => {
  const evenings = openDuring([{ days: [1, 2, 3, 4, 5], fromMinute: 1080, toMinute: 1200 }]);
  const tried = { id: 2, at: at("2026-11-16T18:30:00Z"), outcome: "no-answer" } as const;
  // Still not the same band two days running.
  expect(told(afterTry(freshLead(WORK), tried, { openAt: evenings }).choice)).toBe(
    "Wed 18 Nov 18:00 #2 (no-answer-any-hour)",
  );
});

test("nobody waits for Monday's office on a Saturday, if another number can be tried before", () => {
  const tried = { id: 1, at: at("2026-11-21T10:00:00Z"), outcome: "no-answer" } as const;
  const both = [{ ...HOME, attemptsCounted: 3 }, WORK] as const;
  expect(told(afterTry(freshLead(...both), tried).choice)).toBe("Mon 23 Nov 08:00 #2 (no-answer)");
  const open = openDuring([{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 480, toMinute: 1260 }]);
  const early = { ...tried, at: at("2026-11-20T20:30:00Z") };
  expect(told(afterTry(freshLead(...both), early, { openAt: open }).choice)).toBe("Sat 21 Nov 08:00 #1 (no-answer)");
});

const COUNTS: ContactCount[] = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].flatMap((hour) =>
  [1, 2, 3, 4, 5, 6].map((weekday) => ({
    ...{ kind: "other" as const, weekday, hour, attempts: 500 },
    liveAnswers: hour >= 17 ? 250 : 25,
  })),
);

test("the next band is drawn where people answer", () => {
  const rates = new ContactRates(COUNTS);
  const chosen = Array.from({ length: 200 }, (_none, index) =>
    told(
      afterTry(freshLead(ONLY), { id: 9, at: at(MONDAY_10), outcome: "no-answer" }, { rates, jitter: index / 200 })
        .choice,
    ),
  );
  const inTheEvening = chosen.filter((text) => / (17|18|19|20):/.test(text)).length;
  expect(inTheEvening).toBeGreaterThan(180);
  const blindly = Array.from({ length: 200 }, (_none, index) =>
    told(
      afterTry(
        freshLead(ONLY),
        { id: 9, at: at(MONDAY_10), outcome: "no-answer" },
        { rates: NO_RATES, jitter: index / 200 },
      ).choice,
    ),
  );
  expect(new Set(blindly.map((text) => text.slice(0, 13))).size).toBeGreaterThan(4);
  expect(blindly.filter((text) => / (17|18|19|20):/.test(text)).length).toBeLessThan(100);
});

test("a lead whose moment passed gets another by the same rules, and a new one the first that suits", () => {
  const { story } = afterTry(freshLead(HOME), { id: 1, at: at(MONDAY_10), outcome: "no-answer" });
  const asked = { rules: DEFAULT_REDIAL, openAt: openDuring(WEEKDAYS_8_TO_21), rates: NO_RATES, jitter: 0 };
  expect(told(chooseAgain({ ...asked, story, from: at("2026-11-17T09:00:00Z") }))).toBe(
    "Tue 17 Nov 17:00 #1 (put-off)",
  );
  expect(told(chooseAgain({ ...asked, story: freshLead(HOME), from: at("2026-11-17T12:00:00Z") }))).toBe(
    "Tue 17 Nov 17:00 #1 (put-off)",
  );
  expect(told(chooseAgain({ ...asked, story: freshLead({ ...HOME, isOut: true }), from: at(MONDAY_10) }))).toBe(
    "done (invalid)",
  );
  const spent = { ...freshLead(HOME), attemptsCounted: 5 };
  expect(told(chooseAgain({ ...asked, story: spent, from: at(MONDAY_10) }))).toBe("done (attempts-exhausted)");
  const nowhere = freshLead({ ...HOME, timeZone: null }, { ...WORK, timeZone: "Mars/Olympus" });
  expect(told(chooseAgain({ ...asked, openAt: ALWAYS, story: nowhere, from: at(MONDAY_10) }))).toBe(
    "held (zone-unknown)",
  );
});

test("an attempt that ended long ago is not made up for in the past", () => {
  const now = at("2026-11-18T09:00:00Z");
  const { choice } = afterTry(freshLead(ONLY), { id: 9, at: at(MONDAY_10), outcome: "busy" }, { now });
  expect(told(choice)).toBe("Wed 18 Nov 09:00 #9 (busy)");
});

test("the numbers keep their own count of a row", () => {
  const story = afterTry(freshLead(HOME, MOBILE), { id: 1, at: at(MONDAY_10), outcome: "no-answer" }).story;
  expect(story.numbers.map(({ attemptsCounted, lastOutcome }) => [attemptsCounted, lastOutcome])).toEqual([
    [1, "no-answer"],
    [0, null],
  ]);
  expect(story.attempts[0]?.numberId).toBe(numberId(1));
});
