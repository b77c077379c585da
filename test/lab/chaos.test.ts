// The tool that breaks things, in small: a daemon that is killed and a wire that is cut in the middle of a campaign. What
// the network saw is accounted for, nobody is called twice or met with silence, and conversations outlive the daemon.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { chaos } from "../../scripts/bench/chaos/run.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { runInProcess } from "../support/in-process.ts";

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => {
  await lab.stop();
}, 60_000);

/** How soon agents are usable again the bench asks; a machine that does many things at once cannot promise it. */
const notSlow = (faults: readonly string[]): readonly string[] =>
  faults.filter((each) => !each.startsWith("agents were usable only"));

test.each(["daemon-kill", "cut-asterisk"] as const)(
  "%s in the middle of a campaign: every call has its row, nobody is called twice or hears nothing",
  async (fault) => {
    const { figures, faults } = await chaos(lab, {
      ...{ fault, rounds: 1, seed: 3, people: 8, agents: 3 },
      say: () => undefined,
      runCommand: runInProcess,
    });
    expect(notSlow(faults)).toEqual([]);
    expect(figures).toMatchObject({ accountedFor: figures.originated, dialledTwice: 0, silent: 0, cutOff: 0 });
    expect(figures.originated).toBeGreaterThanOrEqual(3);
  },
  300_000,
);
