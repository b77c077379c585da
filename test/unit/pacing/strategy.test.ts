import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DIALLING_MODES } from "../../../src/domain/campaign.ts";
import { progressive, STRATEGIES } from "../../../src/pacing/strategy.ts";
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

test("this version dials one mode and no other", () => {
  expect(DIALLING_MODES.filter((mode) => STRATEGIES[mode] !== undefined)).toEqual(["progressive"]);
});
