/** Which number of a claimed lead is dialled at this moment, or when it is looked at again. */
import { describe, expect, test } from "@jest/globals";
import { numberId } from "../../../../src/domain/ids.ts";
import { after, instant } from "../../../../src/domain/instant.ts";
import type { LeadNumber, NumberKind } from "../../../../src/domain/lead.ts";
import { DEFAULT_REDIAL } from "../../../../src/domain/redial-rules.ts";
import { NO_RATES } from "../../../../src/lead/redial/contact-rates.ts";
import { numberNow, type NowQuestion } from "../../../../src/lead/redial/number-now.ts";
import { NEVER_TRIED } from "../../../../src/lead/redial/story.ts";

const HOUR_MS = 3_600_000;
/** Tuesday, 10:00 in London: everybody's hour. */
const MORNING = instant(Date.UTC(2026, 10, 24, 10));
/** 18:00: nobody is at work. */
const EVENING = after(MORNING, 8 * HOUR_MS);

const number = (id: number, kind: NumberKind, change: Partial<LeadNumber> = {}): LeadNumber => ({
  ...{ numberId: numberId(id), kind, timeZone: "Europe/London", attemptsCounted: 0 },
  ...{ lastAttemptAt: null, lastOutcome: null, isOut: false },
  ...change,
});

const ask = (change: Partial<NowQuestion> & { readonly numbers?: readonly LeadNumber[] } = {}) => {
  const { numbers = [number(1, "mobile")], ...rest } = change;
  const story = { ...NEVER_TRIED, numbers };
  const asked = { story, rules: DEFAULT_REDIAL, rates: NO_RATES, jitter: 0, at: MORNING, promise: null };
  return numberNow({ ...asked, openAt: (_zone, at) => at, wanted: numberId(1), isFresh: true, ...rest });
};

describe("never tried", () => {
  test("the first by kind whose hour it is", () => {
    const numbers = [number(1, "work"), number(2, "home")];
    expect(ask({ numbers })).toEqual({ type: "now", numberId: 2 });
    expect(ask({ numbers: [number(1, "work")] })).toEqual({ type: "now", numberId: 1 });
  });

  test("put off to its hour where it is nobody's, and done where none is left", () => {
    const put = ask({ numbers: [number(1, "work")], at: EVENING });
    expect(put).toMatchObject({ type: "retry", numberId: 1, because: "put-off" });
    if (put.type === "retry") expect(put.at).toBeGreaterThan(EVENING);
    expect(ask({ numbers: [number(1, "work", { isOut: true })] })).toEqual({ type: "done", because: "invalid" });
  });
});

describe("tried before", () => {
  const attempts = [{ numberId: numberId(1), at: after(MORNING, -24 * HOUR_MS), outcome: "no-answer" }] as const;
  const tried = [number(1, "mobile", { attemptsCounted: 1, lastAttemptAt: attempts[0].at, lastOutcome: "no-answer" })];
  const story = { ...NEVER_TRIED, attemptsCounted: 1, numbers: tried, attempts };

  test("as it was chosen, as long as no rule says no now", () => {
    expect(ask({ isFresh: false, story, at: EVENING })).toEqual({ type: "now", numberId: 1 });
  });

  test("chosen anew where the hour has passed: this band had nobody yesterday", () => {
    const choice = ask({ isFresh: false, story });
    expect(choice).toMatchObject({ type: "retry", queue: "redial" });
    if (choice.type === "retry") expect(choice.at).toBeGreaterThan(MORNING);
  });

  test("at an odd hour, where its own never comes within the calling hours", () => {
    const numbers = [number(1, "work", { attemptsCounted: 1 })];
    // Open from 18:00 to 19:00 only.
    const openAt: NowQuestion["openAt"] = (_zone, at) => {
      const day = Math.floor(at / 86_400_000) * 86_400_000;
      if (at >= day + 18 * HOUR_MS && at < day + 19 * HOUR_MS) return at;
      return instant((at < day + 18 * HOUR_MS ? day : day + 86_400_000) + 18 * HOUR_MS);
    };
    // Saturdays ring elsewhere; on this Tuesday evening nobody is at work, and there is no other evening.
    const asked = { isFresh: false, story: { ...NEVER_TRIED, attemptsCounted: 1, numbers }, openAt, at: EVENING };
    expect(ask(asked)).toEqual({ type: "now", numberId: 1 });
  });
});

describe("promised", () => {
  const promise = {
    ...{ callbackId: 1, agentId: null, fallback: "missed" as const },
    dueAt: MORNING,
    untilAt: after(MORNING, HOUR_MS),
  };

  const until = (minutes: number) => ({ ...promise, untilAt: after(EVENING, minutes * 60_000) });

  test("whatever hour is whose; a little late is better than not at all", () => {
    const numbers = [number(1, "work")];
    for (const minutes of [30, 0, -15]) {
      const asked = { numbers, promise: until(minutes), isFresh: false, at: EVENING };
      expect(ask(asked)).toEqual({ type: "now", numberId: 1 });
    }
  });

  test("long after its end it is missed, and the lead waits like any other", () => {
    const asked = { promise: until(-15.01), isFresh: false, at: EVENING };
    // Nobody is at work in the evening.
    const late = ask({ ...asked, numbers: [number(1, "work")] });
    expect(late).toMatchObject({ type: "retry", queue: "redial", numberId: 1, promise: "missed" });
    expect((late as { at: number }).at).toBeGreaterThan(EVENING);
    expect(ask({ ...asked, numbers: [number(1, "work", { isOut: true })] })).toEqual({
      ...{ type: "done", because: "invalid", promise: "missed" },
    });
  });

  test("never outside the calling hours: it waits for them, or they have closed over it", () => {
    const opens = after(MORNING, HOUR_MS / 2);
    const later: NowQuestion["openAt"] = (_zone, at) => (at < opens ? opens : at);
    expect(ask({ promise, isFresh: false, openAt: later })).toMatchObject({
      ...{ type: "retry", queue: "callback", at: opens, promise: "waiting" },
    });
    const tomorrow = after(MORNING, 22 * HOUR_MS);
    const closed: NowQuestion["openAt"] = (_zone, at) => (at < tomorrow ? tomorrow : at);
    expect(ask({ promise, isFresh: false, openAt: closed })).toMatchObject({
      ...{ type: "retry", queue: "redial", at: tomorrow, promise: "missed" },
    });
  });
});
