/** How far a campaign may dial beyond its agents: what was read, what has happened since, and what nobody knows. */
import { describe, expect, test } from "@jest/globals";
import { beginCall } from "../../../src/call/call.ts";
import { NO_COUNTS } from "../../../src/domain/account.ts";
import type { AccountCounts, AccountEntry, AccountReading, AccountScope } from "../../../src/domain/account.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { CallingHours, Gate } from "../../../src/domain/campaign.ts";
import { policyOf } from "../../../src/engine/calls/live-call.ts";
import type { LiveCall } from "../../../src/engine/calls/live-call.ts";
import { OverdialGate } from "../../../src/engine/rules/overdial-gate.ts";
import type { Alarm, AttemptEnd } from "../../../src/engine/ports.ts";
import { StoreError } from "../../../src/engine/ports.ts";
import type { Bar, RuleBook } from "../../../src/engine/rules/rule-book.ts";
import { TEST_PROFILE, TEST_RULES } from "../../support/test-profile.ts";
import { ATTEMPT, bench, CAMPAIGN, lead, ORDER } from "./bench.ts";
import type { Bench } from "./bench.ts";

const DAY = "2026-11-02";

interface Desk extends Bench {
  readonly gate: OverdialGate;
  readonly alarms: string[];
  readonly halts: Bar[];
  /** What the store says from now on; null: it is away. */
  says(counts: Partial<AccountCounts> | null, overdialInFlight?: number): void;
  read(): Promise<void>;
  ended(entry: AccountEntry | null): void;
}

const msUntil = ({ clock }: Desk, iso: string): number => Date.parse(iso) - clock.now();

function desk(
  stuck: { rows: boolean } = { rows: false },
  callingHours: readonly CallingHours[] = TEST_RULES.callingHours,
  zones: readonly string[] = [],
): Desk {
  let answer: ((scope: AccountScope) => AccountReading) | null = null;
  const parts = bench({
    store: {
      readAccounts: async (scopes) => {
        if (answer === null) throw new StoreError("away", "gone for a walk");
        return scopes.map(answer);
      },
      finishAgentCommand: () => new Promise(() => undefined),
      endAttempt: () => (stuck.rows ? new Promise(() => undefined) : Promise.resolve(true)),
    },
  });
  const rules = { ...TEST_RULES, callingHours };
  const alarms: string[] = [];
  const halts: Bar[] = [];
  const ruleBook = {
    amdTestOf: () => null,
    rulesOf: () => rules,
    alarm: (_campaign: unknown, _attempt: unknown, code: Alarm["code"]) => alarms.push(code),
    halt: (_campaign: unknown, _attempt: unknown, bar: Bar) => halts.push(bar),
  } as unknown as RuleBook;
  const gate = new OverdialGate(
    parts.context,
    ruleBook,
    () => [CAMPAIGN],
    () => zones,
  );
  return {
    ...parts,
    gate,
    alarms,
    halts,
    says: (counts, overdialInFlight = 0) => {
      answer = counts === null ? null : (scope) => ({ scope, counts: { ...NO_COUNTS, ...counts }, overdialInFlight });
    },
    read: async () => {
      gate.read();
      await parts.clock.advance(0);
    },
    ended: (entry) => {
      if (stuck.rows)
        parts.context.writeBehind.write({ type: "agentCommand", commandId: 1, result: "stuck", at: parts.clock.now() });
      gate.ended(liveCall(), endOf(entry));
    },
  };
}

const liveCall = (): LiveCall => ({
  order: ORDER,
  lead: lead(1),
  campaign: CAMPAIGN,
  profile: TEST_PROFILE,
  policy: policyOf(CAMPAIGN, ORDER, TEST_PROFILE, bench().context.settings.timings),
  listens: null,
  call: beginCall(ATTEMPT, NOTHING_KNOWN, ORDER.decidedAt),
});

const endOf = (entry: AccountEntry | null): AttemptEnd =>
  ({ account: entry === null ? null : { entry, day: DAY }, facts: NOTHING_KNOWN }) as AttemptEnd;

const allowed = ({ gate }: Desk, kind: Gate) => gate.allowanceOf({ ...CAMPAIGN, gate: kind });

describe("unknown is no", () => {
  test("before the account was read, each call needs an agent of its own", () => {
    expect(allowed(desk(), "bank").mode).toBe("reserved");
  });

  test("likewise when the last reading is older than ten seconds and the store is away", async () => {
    const it = desk();
    it.says({ connected: 500 });
    await it.read();
    expect(allowed(it, "bank").mode).toBe("free");
    it.says(null);
    await it.clock.advance(10_000);
    await it.read();
    expect(allowed(it, "bank").mode).toBe("free");
    await it.clock.advance(1);
    expect(allowed(it, "bank").mode).toBe("reserved");
  });
});

describe("strict: whole abandons in credit", () => {
  // At 2.8 % one abandon needs 35 connects: floor(280·35 / 9720) = 1.
  test.each([
    [34, 0, 0],
    [35, 0, 1],
    [35, 1, 0],
    [70, 0, 2],
  ])("%i connected and %i overdialled in flight leave %i", async (connected, inFlight, credit) => {
    const it = desk();
    it.says({ connected }, inFlight);
    await it.read();
    expect(allowed(it, "strict")).toMatchObject({ mode: "free", credit });
  });

  test("a refusal by the store holds until the next reading", async () => {
    const it = desk();
    it.says({ connected: 70 });
    await it.read();
    it.gate.refused(CAMPAIGN.campaignId);
    expect(allowed(it, "strict").credit).toBe(0);
    await it.clock.advance(1);
    await it.read();
    expect(allowed(it, "strict").credit).toBe(2);
  });

  test("at the stop level each call has an agent of its own", async () => {
    const it = desk();
    it.says({ connected: 100, abandonedWithMessage: 3 });
    await it.read();
    expect(allowed(it, "strict").mode).toBe("reserved");
  });

  test("the transaction asks with what is true there, not with what was read", async () => {
    const it = desk();
    it.says({ connected: 70 });
    await it.read();
    const { guard, readings } = allowed(it, "strict");
    const fresh = readings.map((each) => ({ ...each, overdialInFlight: 2 }));
    expect([guard?.credit(readings), guard?.credit(fresh)]).toEqual([2, 0]);
  });
});

describe("bank: the budget is spread", () => {
  test("a first abandon of the day does not stop overdialling; a debt of more than five does", async () => {
    const it = desk();
    it.says({ connected: 10, abandonedWithMessage: 1 });
    await it.read();
    expect(allowed(it, "bank").mode).toBe("free");
    it.says({ connected: 10, abandonedWithMessage: 6 });
    await it.read();
    expect(allowed(it, "bank").mode).toBe("oneToOne");
  });

  test("predictive pacing is left to see to its debts itself, for it knows what the day may still bring", async () => {
    const it = desk();
    it.says({ connected: 10, abandonedWithMessage: 6 });
    await it.read();
    const { mode, windows } = it.gate.allowanceOf({ ...CAMPAIGN, mode: "predictive" });
    expect([mode, windows[0]?.abandoned]).toEqual(["free", 6]);
  });

  test("shortly before calling ends, one abandon too many is the last", async () => {
    // The campaign calls until a quarter past seven: the last quarter of an hour begins at seven.
    const it = desk({ rows: false }, [{ days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 19 * 60 + 15 }]);
    it.says({ connected: 195, abandonedWithMessage: 5 });
    await it.clock.advance(msUntil(it, "2026-11-02T18:59:59Z"));
    await it.read();
    expect(allowed(it, "bank")).toMatchObject({ mode: "oneToOne", code: "abandon-level" });
    await it.clock.advance(2_000);
    await it.read();
    expect(allowed(it, "bank")).toMatchObject({ mode: "reserved", code: "last-abandon" });
    expect(allowed(it, "strict")).toMatchObject({ mode: "reserved", code: "last-abandon" });
  });

  test("where people live elsewhere, calling ends when it ends there", async () => {
    const hours = [{ days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 17 * 60 }];
    const it = desk({ rows: false }, hours, ["America/New_York"]);
    it.says({ connected: 195, abandonedWithMessage: 5 });
    await it.clock.advance(msUntil(it, "2026-11-02T16:59:00Z"));
    await it.read();
    expect(allowed(it, "bank").windows[0]?.msUntilEnd).toBe((5 * 60 + 1) * 60_000);
  });

  test("once there are enough calls to speak of a rate, its levels hold", async () => {
    const it = desk();
    it.says({ connected: 195, abandonedWithMessage: 4 });
    await it.read();
    expect(allowed(it, "bank").mode).toBe("oneToOne");
    it.says({ connected: 97, abandonedWithMessage: 3 });
    await it.read();
    expect(allowed(it, "bank").mode).toBe("reserved");
  });
});

describe("what has happened since the reading", () => {
  test("counts at once, however long the store takes, and is not counted twice once it is read", async () => {
    const it = desk();
    it.says({ connected: 35 });
    await it.read();
    it.ended("abandonedWithMessage");
    expect(allowed(it, "strict").credit).toBe(0);
    await it.clock.advance(1);
    it.says({ connected: 70, abandonedWithMessage: 1 });
    await it.read();
    expect(allowed(it, "strict").credit).toBe(1);
  });

  test("is not forgotten by a reading while its row still waits", async () => {
    const it = desk({ rows: true });
    it.says({ connected: 35 });
    it.ended("abandonedWithMessage");
    await it.clock.advance(1_000);
    await it.read();
    await it.read();
    expect(allowed(it, "strict").credit).toBe(0);
  });
});

describe("what a human must hear", () => {
  test("a silent call is told, the second one stops the campaign", async () => {
    const it = desk();
    it.says({});
    await it.read();
    it.ended("silent");
    expect([it.alarms, it.halts]).toEqual([expect.arrayContaining(["SILENT-CALL"]), []]);
    it.ended("silent");
    expect(it.halts).toEqual([expect.objectContaining({ rule: "SILENT-STOP" })]);
  });

  test("silent calls of other nodes count as well", async () => {
    const it = desk();
    it.says({ silent: 1 });
    await it.read();
    it.ended("silent");
    expect(it.halts).toHaveLength(1);
  });

  test("a connected call is nothing to tell of", async () => {
    const it = desk();
    it.says({ connected: 5 });
    await it.read();
    it.ended("connected");
    expect([it.alarms, it.halts]).toEqual([[], []]);
  });
});
