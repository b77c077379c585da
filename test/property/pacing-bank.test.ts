/** Whatever the account says: the strict gate never lets the rate past the limit, and the soft ones move the right way. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { overdialAllowed, powerRatio, theta } from "../../src/pacing/bank.ts";

type Account = Parameters<typeof overdialAllowed>[0];
type Gate = typeof overdialAllowed;

const count = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 5_000 }), fc.nat({ max: 1_000_000_000 }));
const anyAccount: fc.Arbitrary<Account> = fc.record({
  abandoned: fc.oneof(fc.nat({ max: 5 }), count),
  connected: count,
  overdialInFlight: fc.oneof(fc.nat({ max: 5 }), count),
  limitBasisPoints: fc.oneof(fc.constantFrom(0, 50, 100, 200, 290, 300, 500), fc.nat({ max: 9_999 })),
});
/** Where the credit is a whole number on the edge, which is where an inexact gate goes wrong. */
const anyEdge: fc.Arbitrary<Account> = fc
  .record({
    abandoned: fc.nat({ max: 300 }),
    limitBasisPoints: fc.integer({ min: 1, max: 9_999 }),
    more: fc.integer({ min: -1, max: 1 }),
  })
  .map(({ abandoned, limitBasisPoints, more }) => ({
    abandoned: 0,
    overdialInFlight: 0,
    limitBasisPoints,
    connected: Math.max(0, Math.ceil((abandoned * (10_000 - limitBasisPoints)) / limitBasisPoints) + more),
  }));

/** In whole numbers of arbitrary size, so that this check cannot err as the gate might. */
const within = (abandoned: bigint, connected: bigint, limitBasisPoints: number): boolean =>
  abandoned * 10_000n <= BigInt(limitBasisPoints) * (abandoned + connected);

function broken(gate: Gate, account: Account): string[] {
  const granted = gate(account);
  const { abandoned, connected, overdialInFlight, limitBasisPoints } = account;
  const worst = BigInt(abandoned) + BigInt(overdialInFlight) + BigInt(granted);
  const laws: string[] = [];
  if (!Number.isSafeInteger(granted) || granted < 0) laws.push("whole");
  if (granted > 0 && !within(worst, BigInt(connected), limitBasisPoints)) laws.push("limit");
  if (within(worst + 1n, BigInt(connected), limitBasisPoints)) laws.push("generous");
  return laws;
}

const RUNS = { numRuns: 2_000 };

describe("the strict gate", () => {
  test("grants a whole number, within the limit even if all are abandoned, and not one less than that", () => {
    fc.assert(
      fc.property(fc.oneof(anyAccount, anyEdge), (account) => {
        expect(broken(overdialAllowed, account)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("keeps the limit at every moment of any shift, whatever becomes of the calls", () => {
    const anyEvents = fc.array(
      fc.record({ wanted: fc.nat({ max: 8 }), abandon: fc.boolean(), connects: fc.nat({ max: 40 }) }),
      {
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(50, 100, 300, 500, 1_000), (events, limitBasisPoints) => {
        let [abandoned, connected, overdialInFlight] = [0, 0, 0];
        for (const { wanted, abandon, connects } of events) {
          overdialInFlight += Math.min(
            wanted,
            overdialAllowed({ abandoned, connected, overdialInFlight, limitBasisPoints }),
          );
          // Calls with an agent of their own connect; an overdialled one is abandoned, or nobody answers it.
          connected += connects;
          if (overdialInFlight > 0) {
            overdialInFlight -= 1;
            if (abandon) abandoned += 1;
          }
          expect(within(BigInt(abandoned), BigInt(connected), limitBasisPoints)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each<[what: string, law: string, Gate]>([
    ["forgets the calls on their way", "limit", (account) => overdialAllowed({ ...account, overdialInFlight: 0 })],
    ["allows one more", "limit", (account) => overdialAllowed(account) + 1],
    ["never allows any", "generous", () => 0],
    [
      "takes the limit as a share of the connected only",
      "generous",
      ({ abandoned, connected, overdialInFlight, limitBasisPoints }) =>
        Math.max(0, Math.floor((limitBasisPoints * connected) / 10_000) - abandoned - overdialInFlight),
    ],
  ])("that %s is caught", (_what, law, faulty) => {
    const found = fc.check(
      fc.property(fc.oneof(anyAccount, anyEdge), (account) => !broken(faulty, account).includes(law)),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });
});

const anyCounts = fc.record({ liveAnswers: fc.nat({ max: 20_000 }), abandoned: fc.nat({ max: 800 }) });

test("one abandon more never makes dialling bolder, one live answer more never less bold", () => {
  fc.assert(
    fc.property(anyCounts, fc.double({ min: 1, max: 5, noNaN: true }), (counts, ratio) => {
      const now = powerRatio(ratio, counts, 300);
      expect(powerRatio(ratio, { ...counts, abandoned: counts.abandoned + 1 }, 300)).toBeLessThanOrEqual(now);
      expect(powerRatio(ratio, { ...counts, liveAnswers: counts.liveAnswers + 1 }, 300)).toBeGreaterThanOrEqual(now);
      expect(now).toBeGreaterThanOrEqual(1);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (surplusNow) => {
      expect(theta(0.025, surplusNow - 1)).toBeLessThanOrEqual(theta(0.025, surplusNow));
    }),
  );
});
