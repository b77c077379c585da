/** Shifts that are steered into one corner where a fault was found once. */
import { describe, expect, jest, test } from "@jest/globals";
import { agentId } from "../../src/domain/ids.ts";
import { after } from "../../src/domain/instant.ts";
import { STEADY } from "../../src/simulation/agent-at-work.ts";
import { judged, recordOf } from "../../src/simulation/record-of.ts";
import { runShift } from "../../src/simulation/world.ts";
import { breachesOf, type Weather, type WeatherName, WEATHERS } from "../support/weather.ts";

jest.setTimeout(120_000);

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

describe("what is asked of an agent", () => {
  test.each([
    ["now, is done", 0, "done"],
    ["while no daemon listened, is answered and not done", 61_000, "too-late"],
  ])("%s", async (_when, ageMs, answer) => {
    const pause = { type: "pause", pauseReason: "break" } as const;
    const result = await runShift({
      seed: 1,
      leads: 20,
      mix: { answers: 0 },
      interferences: [
        {
          atMs: 10_000,
          act: (tables, now) => {
            tables.addAgentCommand(agentId(1), pause, after(now, -ageMs));
          },
        },
      ],
    });
    expect(result.tables.commands.map((command) => command.result)).toEqual([
      answer === "done" ? expect.stringMatching(/^(done|after-this-call)$/) : answer,
    ]);
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
    expect(judged(recordOf(result)).breaches.filter(({ invariant }) => invariant === "allowed-when-dialled")).toEqual(
      [],
    );
  });
});

describe("what an end forbids", () => {
  test.each<[whose: string, seed: number, weather: WeatherName]>([
    ["who heard a message too late", 452, "power, strictly, in a storm"],
    ["who was taken for a machine", 716, "agentless, with AMD"],
  ])("holds for another lead with the number of somebody %s, from the first moment", async (_whose, seed, name) => {
    const weather: Weather = WEATHERS[name];
    expect(breachesOf(await runShift({ seed, ...weather.options }), weather)).toEqual([]);
  });
});

test("a row that goes to the disk as the store comes back is not lost", async () => {
  const weather: Weather = WEATHERS["the store away and the daemon killed, beside power"];
  expect(breachesOf(await runShift({ seed: 60_305, ...weather.options }), weather)).toEqual([]);
});

describe("the daemon is killed, and whom it finds", () => {
  test.each<[what: string, seed: number, weather: WeatherName]>([
    [
      "somebody who was passed on to a number that rings is not brought into their agent's next conversation",
      21_517,
      "agents who pass people on, and a daemon killed four times",
    ],
    ["an agent whose person leaves at that very moment is free again", 20_446, "drained and restarted"],
    [
      "somebody who called back has a row, though nobody knew yet whose call it is",
      42_604,
      "the store away, and people who call back",
    ],
  ])("%s", async (_what, seed, name) => {
    const weather: Weather = WEATHERS[name];
    expect(breachesOf(await runShift({ seed, ...weather.options }), weather)).toEqual([]);
  });
});

test("a lead that two agents ask for by name at once is decided on for one of them alone", async () => {
  const weather: Weather = WEATHERS["calls asked for by name, beside power, in a storm"];
  const result = await runShift({ ...weather.options, seed: 40_003 });
  expect(breachesOf(result, weather)).toEqual([]);
});
