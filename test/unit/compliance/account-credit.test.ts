/** Credit, levels and alarms on paper. The gate is pacing's own, handed in as the engine does. */
import { describe, expect, test } from "@jest/globals";
import { abandonRate } from "../../../src/compliance/abandon-rate.ts";
import { alarmsOf, overdialMode, percentOf } from "../../../src/compliance/alarms.ts";
import { creditLimitBasisPoints, strictCredit, strictPieces } from "../../../src/compliance/credit.ts";
import type { AbandonRules } from "../../../src/compliance/profile.ts";
import { NO_COUNTS } from "../../../src/domain/account.ts";
import type { AccountCounts, AccountEntry, AccountReading } from "../../../src/domain/account.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts } from "../../../src/domain/attempt.ts";
import { instant } from "../../../src/domain/instant.ts";
import { overdialAllowed } from "../../../src/pacing/bank.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";

const UK: AbandonRules = { ...TEST_PROFILE.abandon, stopBasisPoints: 300 };
const AT_1_PERCENT: AbandonRules = { ...UK, stopBasisPoints: 100 };
const counts = (some: Partial<AccountCounts>): AccountCounts => ({ ...NO_COUNTS, ...some });
const reading = (some: Partial<AccountCounts>, overdialInFlight = 0): AccountReading => ({
  scope: { campaignId: null, centre: null, fromDay: "2026-11-21", toDay: "2026-11-21" },
  counts: counts(some),
  overdialInFlight,
});
const credit = (readings: readonly AccountReading[], rules = UK): number =>
  strictCredit(readings, rules, { kind: "notUsed" }, overdialAllowed);

describe("credit", () => {
  test("at 3 % one abandon needs 33 live calls first, at 1 % 99", () => {
    expect([credit([reading({ connected: 32 })]), credit([reading({ connected: 33 })])]).toEqual([0, 1]);
    const strict = (connected: number): number => credit([reading({ connected })], AT_1_PERCENT);
    expect([strict(98), strict(99)]).toEqual([0, 1]);
  });

  test("UK-ACR-2: the smallest of all scopes counts, and calls on their way are spent already", () => {
    expect(credit([reading({ connected: 1_000 }), reading({ connected: 66 })])).toBe(2);
    expect(credit([reading({ connected: 1_000 }), reading({ connected: 66 }, 2)])).toBe(0);
    expect(credit([])).toBe(0);
  });

  test("machines are deducted only once enough calls have reached agents", () => {
    // 49 live and 50 machines are no data yet: both drops count in full.
    const few = counts({ abandonedWithMessage: 2, connected: 49, machineToAgent: 50 });
    const enough = counts({ abandonedWithMessage: 2, connected: 50, machineToAgent: 50 });
    const abandoned = (some: AccountCounts): number => strictPieces(some, 0, UK, { kind: "notUsed" }).abandoned;
    expect([abandoned(few), abandoned(enough)]).toEqual([2, 1]);
    // x = 3 · 50/100 = 1.5 is two whole abandons.
    expect(abandoned({ ...enough, silent: 1 })).toBe(2);
  });

  test("a late connect costs credit where it is an abandon, and earns some where it is not", () => {
    const late = counts({ connected: 32, connectedLate: 1 });
    expect(strictPieces(late, 0, UK, { kind: "notUsed" })).toMatchObject({ abandoned: 0, connected: 33 });
    const us = { ...UK, formula: "liveOnly", lateIsAbandoned: true } as const;
    expect(strictPieces(late, 0, us, { kind: "notUsed" })).toMatchObject({ abandoned: 1, connected: 32 });
  });

  test("UK-ACR-4: drops without an estimate eat all credit", () => {
    const some = reading({ connected: 10_000, machineDropped: 400 });
    expect(credit([some])).toBe(0);
    const tested = { kind: "estimated", perMillion: 6_362, testId: "t1" } as const;
    // 400 · 0.6362 % is 2.5 people, so three: 309 - 3.
    expect(strictCredit([some], UK, tested, overdialAllowed)).toBe(306);
  });

  test("the stricter of stop level and ceiling is the limit; a regime that names none lends nothing", () => {
    expect(creditLimitBasisPoints({ ...UK, stopBasisPoints: 250 })).toBe(250);
    expect(creditLimitBasisPoints({ ...UK, stopBasisPoints: 500 })).toBe(300);
    const none = { ...UK, stopBasisPoints: null, ceilingBasisPoints: null };
    expect(credit([reading({ connected: 1_000_000 })], none)).toBe(0);
  });
});

const rateOf = (some: Partial<AccountCounts>) => abandonRate(counts(some), UK, { kind: "notUsed" });

describe("how boldly", () => {
  test("free, one call an agent from the throttle level, agents of their own from the stop level", () => {
    const mode = (silent: number, connected: number): string => overdialMode([rateOf({ silent, connected })], UK);
    expect([mode(19, 981), mode(20, 980), mode(29, 971), mode(30, 970)]).toEqual([
      ...["free", "throttled", "throttled", "reserved-only"],
    ]);
  });

  test("npower: a good average elsewhere does not help; the worst scope decides", () => {
    const good = rateOf({ connected: 10_000 });
    expect(overdialMode([good, rateOf({ silent: 3, connected: 97 })], UK)).toBe("reserved-only");
  });

  test("the first abandon of a day stops overdialling, unless few calls are said to tell nothing", () => {
    const first = rateOf({ abandonedWithMessage: 1, connected: 5 });
    expect(overdialMode([first], UK)).toBe("reserved-only");
    expect(overdialMode([first], UK, 100)).toBe("free");
    expect(overdialMode([], UK)).toBe("free");
    expect(overdialMode([first], { throttleBasisPoints: null, stopBasisPoints: null })).toBe("free");
  });
});

describe("alarms", () => {
  const RULES = { abandon: UK, silentStopCount: 2 };
  const QUIET = { silentToday: 0, rates: [rateOf({ connected: 1_000 })] };
  const told = (
    facts: Partial<AttemptFacts>,
    entry: AccountEntry | null,
    context = QUIET,
  ): { codes: readonly string[]; stop: string | null } => {
    const { alarms, stop } = alarmsOf({ ...NOTHING_KNOWN, ...facts }, entry, context, RULES);
    return { codes: alarms.map(({ code }) => code), stop: stop?.code ?? null };
  };

  test("a good call raises none", () => {
    expect(told({}, "connected")).toEqual({ codes: [], stop: null });
    expect(told({}, null)).toEqual({ codes: [], stop: null });
  });

  test("UK-SIL-1: every silent call is told, and the second in a day stops the campaign", () => {
    expect(told({}, "silent", { ...QUIET, silentToday: 1 })).toEqual({ codes: ["SILENT-CALL"], stop: null });
    expect(told({}, "silent", { ...QUIET, silentToday: 2 })).toEqual({
      codes: ["SILENT-CALL", "SILENT-STOP"],
      stop: "SILENT-STOP",
    });
  });

  test.each(["ringTimeout", "noAgent", "optedOut"] as const)(
    "who answers as we give the call up (%s) is told of and counted, and stops nobody's campaign",
    (endReason) => {
      expect(told({ endReason }, "silent", { ...QUIET, silentToday: 2 })).toEqual({
        codes: ["SILENT-CALL"],
        stop: null,
      });
      // Somebody was to hear a message, so they had answered before: that is another matter.
      const facts = { endReason, message: "failed", messageChoice: "campaign" } as const;
      expect(told(facts, "silent", { ...QUIET, silentToday: 2 }).stop).toBe("SILENT-STOP");
    },
  );

  test("one message that failed is told; both stop the campaign", () => {
    expect(told({ message: "finished", messageChoice: "builtIn" }, "abandonedWithMessage")).toEqual({
      codes: ["MESSAGE-FAILED"],
      stop: null,
    });
    expect(told({ message: "failed", messageChoice: "builtIn" }, "silent", { ...QUIET, silentToday: 1 })).toEqual({
      codes: ["MESSAGES-FAILED", "SILENT-CALL"],
      stop: "MESSAGES-FAILED",
    });
  });

  test("late connects, short rings, drops without an estimate", () => {
    expect(told({}, "connectedLate").codes).toEqual(["LATE-CONNECT"]);
    expect(told({}, "cancelledShort").codes).toEqual(["SHORT-RING"]);
    const rates = [rateOf({ connected: 1_000, machineDropped: 1 })];
    expect(told({}, "machineDropped", { ...QUIET, rates }).codes).toEqual(["AMD-ESTIMATE-MISSING"]);
  });

  test.each([
    [9, []],
    [10, ["ABANDON-ALERT"]],
    [20, ["ABANDON-THROTTLE"]],
    [30, ["ABANDON-STOP"]],
  ])("%i abandoned of a thousand: %j", (abandonedWithMessage, codes) => {
    const rates = [rateOf({ abandonedWithMessage, connected: 1_000 - abandonedWithMessage })];
    expect(told({}, "abandonedWithMessage", { ...QUIET, rates }).codes).toEqual(codes);
    // Somebody who talked to an agent has not made it worse.
    expect(told({}, "connected", { ...QUIET, rates }).codes).toEqual([]);
  });

  test("in words", () => {
    const { alarms } = alarmsOf(
      {
        message: "started",
        messageChoice: "campaign",
        messageAt: { at: instant(1), asteriskAt: null },
        endReason: "messagePlayed",
      },
      "silent",
      { silentToday: 2, rates: [rateOf({ silent: 2, connected: 82 })] },
      RULES,
    );
    expect(alarms.map(({ says }) => says)).toEqual([
      "Somebody answered and heard nothing in time. Silent calls of this campaign today: 2.",
      "2 silent calls today: the profile stops a campaign at 2 (UK-SIL-1).",
      "The abandon rate is 2.39 %; the level is 2.00 %.",
    ]);
    expect([percentOf(5), percentOf(10_000)]).toEqual(["0.05 %", "100.00 %"]);
  });
});
