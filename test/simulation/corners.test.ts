/** Shifts that are steered into one corner where a fault was found once. */
import { describe, expect, test } from "@jest/globals";
import { STEADY } from "../../src/simulation/agent-at-work.ts";
import { judge } from "../../src/simulation/judge/judge.ts";
import { recordOf } from "../../src/simulation/judge/record-of.ts";
import { runShift } from "../../src/simulation/world.ts";

const seeds = [1, 2, 3, 4];

describe("a person in a conversation that we could not hear begin", () => {
  test.each(seeds)("is not left in it while the agent is given to the next (seed %i)", async (seed) => {
    const result = await runShift({
      seed,
      mix: { answers: 1 },
      faults: { wire: { lossRate: 0.2, losesOnly: ["joined"] }, refusedRate: 1, refusesOnly: ["unbridge"] },
    });
    expect(result.diaries.filter(({ overheard }) => overheard)).toEqual([]);
  });
});

describe("a number that opts out", () => {
  test.each(seeds)("is not dialled for another lead that waits already (seed %i)", async (seed) => {
    const result = await runShift({
      seed,
      mix: { answers: 1 },
      sharedNumberRate: 0.5,
      habits: { ...STEADY, disposes: 600 },
    });
    expect(judge(recordOf(result)).filter(({ invariant }) => invariant === "allowed-when-dialled")).toEqual([]);
  });
});
