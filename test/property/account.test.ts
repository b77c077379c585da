/** Whatever happens to a call, its entry agrees with its outcome; whatever the account says, credit keeps the limit. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { transition } from "../../src/call/transition.ts";
import { abandonRate } from "../../src/compliance/abandon-rate.ts";
import { wilsonUpperPerMillion } from "../../src/domain/wilson.ts";
import type { FalsePositives } from "../../src/compliance/abandon-rate.ts";
import { entryOf } from "../../src/compliance/account.ts";
import { strictCredit } from "../../src/compliance/credit.ts";
import type { AbandonRules } from "../../src/compliance/profile.ts";
import { ACCOUNT_ENTRIES, entryAfterDisposition, NO_COUNTS } from "../../src/domain/account.ts";
import type { AccountCounts, AccountEntry } from "../../src/domain/account.ts";
import type { AttemptFacts } from "../../src/domain/attempt.ts";
import type { ConnectClock } from "../../src/domain/connect-clock.ts";
import { isInTime } from "../../src/domain/connect-clock.ts";
import { outcomeFacts } from "../../src/domain/outcome.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { overdialAllowed } from "../../src/pacing/bank.ts";
import { told } from "./call-laws.ts";
import { anyStory } from "./call-stories.ts";
import { TEST_PROFILE } from "../support/test-profile.ts";

interface Life {
  readonly facts: AttemptFacts;
  readonly outcome: Outcome;
  readonly clock: ConnectClock;
  readonly ringMinMs: number;
}
type Entry = (life: Life) => AccountEntry | null;
const entry: Entry = ({ facts, outcome, clock, ringMinMs }) => entryOf(facts, outcome, clock, ringMinMs, null);

/** What would have to be explained to a regulator. */
function wrongs(of: Entry, life: Life): string[] {
  const { facts, outcome, clock } = life;
  const is = of(life);
  const laws: string[] = [];
  const answered = facts.answeredAt !== null;
  const heardInTime =
    (facts.connectedAt !== null && isInTime(facts, clock, facts.connectedAt.at)) ||
    (facts.messageAt !== null && facts.message !== "failed" && isInTime(facts, clock, facts.messageAt.at));
  if (answered && outcomeFacts(outcome).liveVoice && is === null) laws.push("a live answer is in the account");
  if (!answered && is !== null && is !== "cancelledShort") laws.push("who did not answer is in no rate");
  const kind = (...entries: (AccountEntry | null)[]): boolean => entries.includes(is);
  if (kind("connected", "abandonedWithMessage") && !heardInTime) laws.push("heard in time is proved");
  // Whoever was taken off a machine after a word with it has connected with nobody.
  const dropped = facts.verdictAct === "dropped";
  if (kind("connected", "connectedLate") !== (answered && facts.connectedAt !== null && !dropped)) {
    laws.push("connected or not");
  }
  if (kind("machineDropped") && !dropped) laws.push("only a verdict drops anybody as a machine");
  if (kind("hungUpEarly") && facts.endedBy !== "farEnd") laws.push("only they hang up early");
  return laws;
}

/** Those that end; a story may stop before. */
const anyLife: fc.Arbitrary<Life | null> = anyStory.map((story) => {
  const last = told(transition, story).at(-1)?.next;
  if (last?.state !== "ended") return null;
  const { clock, ringMinMs } = story.policy;
  return { facts: last.facts, outcome: last.outcome, clock, ringMinMs };
});

describe("the entry of any life of a call", () => {
  test("is what the facts prove, and nothing better", () => {
    const entries: (AccountEntry | null)[] = [];
    fc.assert(
      fc.property(anyLife, (life) => {
        if (life === null) return;
        entries.push(entry(life));
        expect(wrongs(entry, life)).toEqual([]);
      }),
      { numRuns: 4_000 },
    );
    // Stories that never come to these would prove nothing; the others are in the table of the unit test.
    const common: (AccountEntry | null)[] = ["connected", "abandonedWithMessage", "silent", null];
    expect([...new Set(entries)]).toEqual(expect.arrayContaining(common));
  });

  test.each<[what: string, Entry]>([
    ["forgets silent calls", (life) => (entry(life) === "silent" ? null : entry(life))],
    [
      "takes any message for one in time",
      (life) =>
        life.facts.messageAt !== null && life.facts.connectedAt === null ? "abandonedWithMessage" : entry(life),
    ],
    ["takes silent calls for dropped machines", (life) => (entry(life) === "silent" ? "machineDropped" : entry(life))],
    [
      "takes agents who were taken off a machine for connects",
      (life) => (life.facts.verdictAct === "dropped" && life.facts.connectedAt !== null ? "connected" : entry(life)),
    ],
    ["takes calls that we ended for theirs", (life) => (entry(life) === "silent" ? "hungUpEarly" : entry(life))],
  ])("a count that %s is caught", (_what, faulty) => {
    const found = fc.check(
      fc.property(anyLife, (life) => life === null || wrongs(faulty, life).length === 0),
      // Until it is found; some faults need a rare life.
      { numRuns: 40_000 },
    );
    expect(found.failed).toBe(true);
  });
});

/* ------------------------------------------------------------------ Credit */

const UK: AbandonRules = { ...TEST_PROFILE.abandon, stopBasisPoints: 300 };
const US: AbandonRules = { ...UK, formula: "liveOnly", lateIsAbandoned: true };
const scope = { campaignId: null, centre: null, fromDay: "2026-11-21", toDay: "2026-11-21" };

const anyCounts: fc.Arbitrary<AccountCounts> = fc.record({
  connected: fc.nat({ max: 5_000 }),
  connectedLate: fc.nat({ max: 5 }),
  machineToAgent: fc.nat({ max: 2_000 }),
  abandonedWithMessage: fc.nat({ max: 60 }),
  silent: fc.nat({ max: 2 }),
  hungUpEarly: fc.nat({ max: 50 }),
  machineDropped: fc.oneof(fc.constant(0), fc.nat({ max: 500 })),
  cancelledShort: fc.nat({ max: 5 }),
});
const anyFalsePositives: fc.Arbitrary<FalsePositives> = fc.oneof(
  fc.constant<FalsePositives>({ kind: "notUsed" }),
  fc.constant<FalsePositives>({ kind: "missing" }),
  fc.nat({ max: 30_000 }).map((perMillion): FalsePositives => ({ kind: "estimated", perMillion, testId: "t" })),
);
const anyRules = fc
  .record({ base: fc.constantFrom(UK, US), stop: fc.constantFrom(50, 100, 150, 280, 300, 500) })
  .map(({ base, stop }): AbandonRules => ({ ...base, stopBasisPoints: stop, ceilingBasisPoints: 500 }));

/** The rate, exactly, against a level. */
const within = (counts: AccountCounts, rules: AbandonRules, falsePositives: FalsePositives): boolean => {
  const { numerator, denominator } = abandonRate(counts, rules, falsePositives);
  return BigInt(numerator) * 10_000n <= BigInt(rules.stopBasisPoints ?? 0) * BigInt(denominator);
};

type Credit = typeof strictCredit;
interface Spending {
  readonly counts: AccountCounts;
  readonly rules: AbandonRules;
  readonly falsePositives: FalsePositives;
  readonly inFlight: number;
}
const anySpending: fc.Arbitrary<Spending> = fc.record({
  counts: anyCounts,
  rules: anyRules,
  falsePositives: anyFalsePositives,
  inFlight: fc.nat({ max: 4 }),
});

/** All that is in flight and all that credit allows is abandoned at once: still within the limit, if any was allowed. */
const keeps = (credit: Credit, { counts, rules, falsePositives, inFlight }: Spending): boolean => {
  const reading = { scope, counts, overdialInFlight: inFlight };
  const allowed = credit([reading], rules, falsePositives, overdialAllowed);
  if (allowed === 0) return true;
  const spent = { ...counts, abandonedWithMessage: counts.abandonedWithMessage + inFlight + allowed };
  return within(spent, rules, falsePositives);
};

describe("strict credit", () => {
  test("never lets the rate pass the limit, even if all of it is spent at once", () => {
    let lent = 0;
    fc.assert(
      fc.property(anySpending, (spending) => {
        const { counts, rules, falsePositives } = spending;
        if (strictCredit([{ scope, counts, overdialInFlight: 0 }], rules, falsePositives, overdialAllowed) > 0)
          lent += 1;
        expect(keeps(strictCredit, spending)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(lent).toBeGreaterThan(300);
  });

  test("agents may say afterwards which calls were machines: without AMD the UK rate does not pass the limit by it", () => {
    const anyCase = fc.record({ counts: anyCounts, reported: fc.nat({ max: 5_000 }) });
    fc.assert(
      fc.property(anyCase, ({ counts, reported }) => {
        const before = { ...counts, machineDropped: 0 };
        const allowed = strictCredit(
          [{ scope, counts: before, overdialInFlight: 0 }],
          UK,
          { kind: "notUsed" },
          overdialAllowed,
        );
        const moved = Math.min(reported, before.connected - 1);
        if (allowed === 0 || moved < 0) return;
        const after = {
          ...before,
          abandonedWithMessage: before.abandonedWithMessage + allowed,
          connected: before.connected - moved,
          machineToAgent: before.machineToAgent + moved,
        };
        expect(within(after, UK, { kind: "notUsed" })).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<[what: string, Credit]>([
    ["lends one more", (...args) => strictCredit(...args) + 1],
    [
      "forgets silent calls",
      (readings, ...rest) =>
        strictCredit(
          readings.map((each) => ({ ...each, counts: { ...each.counts, silent: 0 } })),
          ...rest,
        ),
    ],
    [
      "believes in AMD without a test",
      (readings, rules, falsePositives, gate) =>
        strictCredit(
          readings,
          rules,
          falsePositives.kind === "estimated" ? falsePositives : { kind: "estimated", perMillion: 0, testId: "none" },
          gate,
        ),
    ],
    [
      "takes late connects for connects everywhere",
      (readings, rules, ...rest) => strictCredit(readings, { ...rules, lateIsAbandoned: false }, ...rest),
    ],
  ])("a credit that %s is caught", (_what, faulty) => {
    const found = fc.check(
      fc.property(anySpending, (spending) => keeps(faulty, spending)),
      { numRuns: 5_000 },
    );
    expect(found.failed).toBe(true);
  });
});

test("the rate only rises with an abandon, and only falls with a connect", () => {
  fc.assert(
    fc.property(anyCounts, anyRules, anyFalsePositives, (counts, rules, falsePositives) => {
      const rate = (some: Partial<AccountCounts>): number => {
        const { numerator, denominator } = abandonRate({ ...counts, ...some }, rules, falsePositives);
        return denominator === 0 ? 0 : numerator / denominator;
      };
      const now = rate({});
      const least = 1e-12;
      expect(rate({ silent: counts.silent + 1 })).toBeGreaterThanOrEqual(now - least);
      expect(rate({ abandonedWithMessage: counts.abandonedWithMessage + 1 })).toBeGreaterThanOrEqual(now - least);
      // Where all that reached agents were machines nothing is deducted; the first person shows that some were.
      if (counts.connected + counts.connectedLate > 0 || counts.machineToAgent === 0) {
        expect(rate({ connected: counts.connected + 1 })).toBeLessThanOrEqual(now + least);
      }
      expect(rate({ hungUpEarly: counts.hungUpEarly + 1, cancelledShort: 99 })).toBe(now);
    }),
    { numRuns: 1_000 },
  );
});

test("the Wilson bound lies above the share found, and falls towards it as the sample grows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat({ max: 5_000 }), (sample, some) => {
      const hits = some % (sample + 1);
      const bound = wilsonUpperPerMillion(hits, sample);
      expect(bound).toBeGreaterThanOrEqual(Math.ceil((hits / sample) * 1_000_000) - 1);
      expect(wilsonUpperPerMillion(hits * 2, sample * 2)).toBeLessThanOrEqual(bound);
    }),
  );
});

test("only what reached an agent can turn out to have been a machine", () => {
  for (const was of ACCOUNT_ENTRIES) {
    const becomes = entryAfterDisposition(was, "machine-reported");
    expect(becomes).toBe(was === "connected" || was === "connectedLate" ? "machineToAgent" : was);
    expect(entryAfterDisposition(was, "refusal")).toBe(was);
  }
  expect(Object.keys(NO_COUNTS).sort()).toEqual([...ACCOUNT_ENTRIES].sort());
});
