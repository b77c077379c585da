// Nobody hears silence: many more answers than agents, judged by what the called people heard. The bench in small.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { measureSilence } from "../../scripts/bench/silence/run.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";

const ANSWERS = 12;
const AGENTS = 2;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => {
  await lab.stop();
}, 60_000);

test("far more answers than agents: whoever is not joined hears the message within two seconds, and to its end", async () => {
  const { figures, faults, hearings } = await measureSilence(lab, "silence", {
    answers: ANSWERS,
    agents: AGENTS,
    stress: [],
  });
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ answered: ANSWERS, silent: 0, messagesCutShort: 0 });
  // It really overdialled, and the ear tells an agent from a message.
  expect(figures.abandonedWithMessage).toBeGreaterThanOrEqual(4);
  expect(figures.connected).toBeGreaterThanOrEqual(AGENTS);
  expect(new Set(hearings.flatMap(({ message }) => message ?? []))).toEqual(new Set(["campaign"]));
}, 180_000);

test("with the campaign's message gone, the built-in one is heard instead, in time and to its end", async () => {
  const { figures, faults, hearings } = await measureSilence(lab, "silence_missing", {
    answers: ANSWERS,
    agents: AGENTS,
    stress: [],
    messageMissing: true,
  });
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ answered: ANSWERS, silent: 0, messagesCutShort: 0 });
  expect(figures.abandonedWithMessage).toBeGreaterThanOrEqual(4);
  expect(new Set(hearings.flatMap(({ message }) => message ?? []))).toEqual(new Set(["builtIn"]));
}, 180_000);
