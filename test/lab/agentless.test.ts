// A campaign without agents on a real Asterisk: three questions, keys pressed by the far end, and what they heard.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { measureAgentless } from "../../scripts/bench/agentless/run.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { keysNumber } from "../../scripts/lab/listeners.ts";
import { runInProcess } from "../support/in-process.ts";

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => {
  await lab.stop();
}, 60_000);

test("answers come into the view, an objection is obeyed, and everybody hears the first word within two seconds", async () => {
  // All answered; another way, and a digit in confidence; an objection at once, and in the middle; no key at all.
  const [all, other, objects, objectsLater, silent] = ["112", "227", "911", "191", "000"].map(keysNumber) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const numbers = [all, other, objects, objectsLater, silent];
  const { figures, results, attempts, hearings, suppressed, journal } = await measureAgentless(lab, "agentless", {
    numbers,
    concurrent: 5,
    runCommand: runInProcess,
  });

  expect(hearings.map(({ number }) => number).sort()).toEqual([...numbers].sort());
  expect(figures).toMatchObject({ calls: 5, silent: 0 });
  // By the network's own recordings, from its own answer.
  expect(hearings.map(({ firstSoundAfterMs }) => firstSoundAfterMs ?? Infinity).filter((ms) => ms > 2_000)).toEqual([]);

  const of = (number: string): Record<string, string> =>
    Object.fromEntries(results.filter((each) => each.number === number).map(({ result, value }) => [result, value]));
  expect(of(all)).toEqual({ first: "one", second: "yes", third: "2" });
  expect(of(other)).toEqual({ first: "two", second: "no", third: "7" });
  expect(of(objects)).toEqual({});
  expect(of(objectsLater)).toEqual({ first: "one" });
  expect(of(silent)).toEqual({});

  const delivered = { outcome: "message-delivered", message_choice: "flow" };
  expect(attempts.get(all)).toMatchObject({ ...delivered, disposition: null });
  expect(attempts.get(other)).toMatchObject({ ...delivered, disposition: null });
  expect(attempts.get(objects)).toMatchObject({ ...delivered, disposition: "opt-out-requested" });
  expect(attempts.get(objectsLater)).toMatchObject({ ...delivered, disposition: "opt-out-requested" });
  expect(suppressed).toBe(2);
  // Pressed in confidence: the digit is in the result, which was asked for, and nowhere in the journal.
  expect(journal).toContain('"kind":"flow"');
  expect(journal).not.toMatch(/"digit":"7"/);
  expect(journal).not.toMatch(/"value":"7"/);
}, 180_000);
