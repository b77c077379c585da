/** Whatever may hold a campaign back has a word and a sentence, and each sentence can be said with whatever is known. */
import { describe, expect, test } from "@jest/globals";
import { ALLOWANCE_CODES } from "../../../src/engine/rules/allowance.ts";
import { OF_PACING, SENTENCES } from "../../../src/engine/standing/standing.ts";
import type { StandingCode, StandingFacts } from "../../../src/engine/standing/standing.ts";

const NOTHING: StandingFacts = {
  mode: "predictive",
  trunk: "carrier",
  agents: { available: 0, previewing: 0, reserved: 0, onCall: 0, wrapUp: 0, paused: 0 },
  callsOnTheirWay: 0,
  callsWaiting: 0,
  leadsReady: 0,
  linesInUse: 0,
  linesMax: null,
  wanted: null,
  placedLastMinute: 0,
  cancelledLastMinute: 0,
  theta: null,
  loss: null,
  answerRate: null,
  liveAnswersSeen: null,
  attemptsSeen: null,
  credit: null,
  allowance: null,
  bar: null,
  callingHours: [],
  overload: null,
};

const MUCH: StandingFacts = {
  ...NOTHING,
  agents: { available: 1, previewing: 0, reserved: 2, onCall: 3, wrapUp: 4, paused: 5 },
  callsOnTheirWay: 11,
  callsWaiting: 12,
  leadsReady: 6,
  linesInUse: 7,
  theta: 0.0312,
  loss: 0.0345,
  liveAnswersSeen: 8.7,
  attemptsSeen: 1.2,
  credit: 9,
  bar: { rule: "MESSAGE-PLAYS", says: "The information message could not be played on this node." },
};

const CODES = Object.keys(SENTENCES) as StandingCode[];

test.each(CODES)("%s is one word that fits its column, and a sentence, whatever is known", (code) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(code.length).toBeLessThanOrEqual(32);
  for (const facts of [NOTHING, MUCH]) {
    const says = SENTENCES[code](facts);
    expect(says).toMatch(/^[A-Z].*[.)]$/);
    expect(says).not.toMatch(/null|undefined|NaN|\[object/);
    expect(says.length).toBeLessThan(300);
  }
});

test("what holds the abandon account or predictive pacing back is among them", () => {
  const codes: readonly string[] = CODES;
  for (const code of ALLOWANCE_CODES) if (code !== "free") expect(codes).toContain(code);
  for (const code of Object.values(OF_PACING)) expect(codes).toContain(code);
});

test("no sentence speaks of figures that nobody knows", () => {
  for (const code of CODES) expect(SENTENCES[code](NOTHING)).not.toMatch(/unknown/);
});

describe("the figures that matter are in the sentence", () => {
  test.each<[StandingCode, string]>([
    ["barred", "It may not dial: The information message could not be played on this node. (MESSAGE-PLAYS)"],
    ["agents", "No agent is free beyond the calls on their way (1 available, 5 with a call, 4 in wrap-up)."],
    ["agents-paused", "All of its agents here are paused (5)."],
    ["learning", "Predictive pacing is still learning, one call for each agent: 8 answers of 1 call so far."],
    ["loss", "The next call, if answered, would find nobody with a probability of 3.5 %, and 3.1 % is the most."],
    ["agent-lines", "There are 15 lines for each agent in use, and no campaign gets more (11 calls on their way)."],
    [
      "spoken-for",
      "No agent is left for another call: each is promised, leaves after the present one, or is awaited by people who have answered (12 of this campaign).",
    ],
    ["trunk-missing", 'There is no trunk "carrier" on this node.'],
    ["mode", "This version does not dial in predictive mode."],
  ])("%s", (code, says) => {
    expect(SENTENCES[code](MUCH)).toBe(says);
  });
});
