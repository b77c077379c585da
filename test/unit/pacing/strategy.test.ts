import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DIALLING_MODES } from "../../../src/domain/campaign.ts";
import { floorOf, power, progressive, STRATEGIES } from "../../../src/pacing/strategy.ts";
import type { PacingSample } from "../../../src/pacing/strategy.ts";

const count = fc.nat({ max: 200 });
const anySample: fc.Arbitrary<PacingSample> = fc.record({
  agentsAvailable: count,
  agentsReserved: count,
  agentsOnCall: count,
  agentsInWrapUp: count,
  callsPending: count,
  leadsReady: count,
});

const sample = (more: Partial<PacingSample>): PacingSample => ({
  agentsAvailable: 0,
  agentsReserved: 0,
  agentsOnCall: 0,
  agentsInWrapUp: 0,
  callsPending: 0,
  leadsReady: 0,
  ...more,
});

describe("progressive", () => {
  test.each<[what: string, Partial<PacingSample>, calls: number]>([
    ["a call for every free agent", { agentsAvailable: 3, leadsReady: 50 }, 3],
    ["no more than there are leads", { agentsAvailable: 3, leadsReady: 2 }, 2],
    [
      "none for agents who are promised, talk or write",
      { agentsReserved: 3, agentsOnCall: 2, agentsInWrapUp: 1, leadsReady: 50 },
      0,
    ],
    // The agents of these calls are promised to them already and are not counted as available.
    [
      "nothing off for the calls on their way",
      { agentsAvailable: 2, agentsReserved: 5, callsPending: 5, leadsReady: 50 },
      2,
    ],
  ])("%s", (_what, more, calls) => {
    expect(progressive(sample(more))).toBe(calls);
  });

  test("never wants more calls than there are people to take them", () => {
    fc.assert(
      fc.property(anySample, (each) => {
        const calls = progressive(each);
        expect(Number.isInteger(calls) && calls >= 0 && calls <= each.agentsAvailable && calls <= each.leadsReady).toBe(
          true,
        );
      }),
    );
  });
});

/** As the daemon fills it in where every call is placed with an agent of its own. */
const anyReservingSample = fc
  .record({ sample: anySample, joining: fc.nat({ max: 5 }) })
  .map(({ sample: each, joining }) => ({ ...each, agentsReserved: each.callsPending + joining }));

const anyPower = fc.record({
  ratio: fc.double({ min: 1, max: 6, noNaN: true }),
  bank: fc.option(
    fc.record({
      counts: fc.record({ liveAnswers: fc.nat({ max: 2_000 }), abandoned: fc.nat({ max: 60 }) }),
      targetBasisPoints: fc.integer({ min: 0, max: 500 }),
    }),
  ),
  rounding: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const ratio = (lines: number, rounding = 0) => ({ ratio: lines, bank: null, rounding });

describe("power", () => {
  test.each<[what: string, Partial<PacingSample>, calls: number]>([
    ["two calls for every free agent", { agentsAvailable: 3, leadsReady: 50, power: ratio(2) }, 6],
    ["less those on their way", { agentsAvailable: 3, callsPending: 4, leadsReady: 50, power: ratio(2) }, 2],
    [
      "and those that wait",
      { agentsAvailable: 3, callsPending: 4, callsWaiting: 1, leadsReady: 50, power: ratio(2) },
      1,
    ],
    ["none, if too many are on their way", { agentsAvailable: 1, callsPending: 9, leadsReady: 50, power: ratio(2) }, 0],
    ["no more than there are leads", { agentsAvailable: 3, leadsReady: 4, power: ratio(2) }, 4],
    ["two and a half lines rounded down", { agentsAvailable: 1, leadsReady: 50, power: ratio(2.5, 0.49) }, 2],
    ["two and a half lines rounded up", { agentsAvailable: 1, leadsReady: 50, power: ratio(2.5, 0.5) }, 3],
    // Two agents, one of them promised to a ringing call: four lines, of which one is up.
    [
      "agents promised to ringing calls count as usable",
      { agentsAvailable: 1, agentsReserved: 1, callsPending: 1, leadsReady: 50, power: ratio(2) },
      3,
    ],
    [
      "an agent who is being joined to an answered call does not",
      { agentsAvailable: 1, agentsReserved: 1, callsPending: 1, callsPromised: 0, leadsReady: 50, power: ratio(2) },
      1,
    ],
    ["one to one without a ratio", { agentsAvailable: 3, callsPending: 1, leadsReady: 50 }, 2],
    [
      "one to one while abandons are owed",
      {
        agentsAvailable: 4,
        leadsReady: 50,
        power: { ratio: 3, bank: { counts: { liveAnswers: 100, abandoned: 3 }, targetBasisPoints: 300 }, rounding: 0 },
      },
      4,
    ],
    [
      "the ratio at the reserve of three abandons",
      {
        agentsAvailable: 4,
        leadsReady: 50,
        power: {
          ratio: 3,
          bank: { counts: { liveAnswers: 1_000, abandoned: 26 }, targetBasisPoints: 300 },
          rounding: 0,
        },
      },
      12,
    ],
  ])("%s", (_what, more, calls) => {
    expect(power(sample(more))).toBe(calls);
  });

  test("is a whole number, never below the floor, never more than there are leads", () => {
    fc.assert(
      fc.property(anySample, anyPower, fc.nat({ max: 10 }), (each, asked, callsWaiting) => {
        const full = { ...each, callsWaiting, power: asked };
        const calls = power(full);
        expect(Number.isInteger(calls)).toBe(true);
        expect(calls).toBeGreaterThanOrEqual(floorOf(full));
        expect(calls).toBeLessThanOrEqual(each.leadsReady);
      }),
    );
  });

  test("at one line per agent wants what progressive wants, where every call holds an agent", () => {
    fc.assert(
      fc.property(anyReservingSample, (each) => {
        expect(power({ ...each, power: ratio(1) })).toBe(progressive(each));
        expect(floorOf(each)).toBe(progressive(each));
      }),
    );
  });
});

test("this version dials two modes and no other", () => {
  expect(DIALLING_MODES.filter((mode) => STRATEGIES[mode] !== undefined)).toEqual(["progressive", "power"]);
});
