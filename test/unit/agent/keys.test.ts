/** What an agent says with the keys of their phone. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AgentCommand, AgentState, AgentStateName } from "../../../src/agent/agent.ts";
import { keyMeaning } from "../../../src/agent/keys.ts";
import type { KeyEntry, KeyPlan } from "../../../src/agent/keys.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { after, instant } from "../../../src/domain/instant.ts";

const PLAN: KeyPlan = {
  pauseReasons: { "1": "lunch", "2": "tea", "9": "training" },
  dispositions: [
    { key: "1", code: "sale", kind: "success" },
    { key: "21", code: "refused", kind: "refusal" },
    { key: "22", code: "call-back", kind: "callback-requested" },
    { key: "30", code: "opt-out", kind: "opt-out-requested" },
    { key: null, code: "silent", kind: "other" },
  ],
  skips: [
    { key: "1", code: "not-now", closes: false },
    { key: "9", code: "never", closes: true },
    { key: null, code: "for-crms", closes: false },
  ],
};

const CALL = "0192f3a4-7b1c-7def-8123-000000000001" as AttemptId;
const BEGIN = instant(10_000);
const stateOf = (state: AgentStateName): AgentState => ({
  state,
  since: BEGIN,
  idleSince: BEGIN,
  attemptId: CALL,
  deadlineAt: after(BEGIN, 1),
  pauseReason: "tea",
});

/** Presses keys half a second apart, a space being four and a half seconds of thought; returns what was asked for. */
function pressed(keys: string, state: AgentStateName): string[] {
  const commands: AgentCommand[] = [];
  let entry: KeyEntry | null = null;
  let at = BEGIN;
  for (const key of keys) {
    at = after(at, key === " " ? 4_500 : 500);
    if (key === " ") continue;
    const meaning = keyMeaning(entry, key, at, stateOf(state), PLAN);
    entry = meaning.entry;
    if (meaning.command !== null) commands.push(meaning.command);
  }
  return commands.map((command) => Object.values(command).join(" "));
}

describe.each<AgentStateName>(["available", "reserved", "paused", "onCall", "wrapUp"])("while %s", (state) => {
  test.each([
    ["*1", ["pause lunch"]],
    ["*2", ["pause tea"]],
    ["*9", ["pause training"]],
    ["*3", []], // No such reason.
    ["*0", ["hangUp"]], // Whether there is a call to end is for others to say.
    ["**", []], // Forget it …
    ["***1", ["pause lunch"]], // … and begin anew.
    ["* 1", state === "onCall" || state === "wrapUp" ? ["dispose sale"] : []], // Too slow: the star is forgotten.
    ["*1*2", ["pause lunch", "pause tea"]],
  ])("%j asks for %j", (keys, expected) => {
    expect(pressed(keys, state)).toEqual(expected);
  });

  test("# makes available, and ends a wrap-up where there is one, also in the middle of something", () => {
    const expected = state === "wrapUp" ? "endWrapUp" : "makeAvailable";
    expect(pressed("#", state)).toEqual([expected]);
    expect(pressed("*#", state)).toEqual([expected]);
    expect(pressed("2#", state)).toEqual([expected]);
  });
});

describe.each<AgentStateName>(["onCall", "wrapUp"])("a disposition while %s", (state) => {
  test.each([
    ["1", ["dispose sale"]],
    ["21", ["dispose refused"]],
    ["22", ["dispose call-back"]],
    ["30", ["dispose opt-out"]],
    ["2", []], // Not yet.
    ["2 1", ["dispose sale"]], // Too slow: what was begun is forgotten.
    ["2 21", ["dispose refused"]],
    ["29", []], // Neither, nor does 9 begin anything.
    ["231", ["dispose sale"]], // 23 is nothing, 3 begins something, 31 is nothing, 1 is.
    ["230", ["dispose opt-out"]],
    ["11", ["dispose sale", "dispose sale"]], // The second thought counts; whoever writes it down takes the last.
    ["2*1", ["pause lunch"]],
    ["7", []],
    ["A", []],
  ])("%j asks for %j", (keys, expected) => {
    expect(pressed(keys, state)).toEqual(expected);
  });
});

describe("with a lead on the screen", () => {
  test.each([
    ["#", ["dial CALL"]],
    ["*1", ["skip not-now CALL"]],
    ["*9", ["skip never CALL"]],
    ["*3", []], // No such reason, and no pause either: pauses are asked for otherwise here.
    ["*0", ["pause break"]],
    ["**", []],
    ["***1", ["skip not-now CALL"]],
    ["* 1", []],
    ["*#", ["dial CALL"]],
    ["1", []],
  ])("%j asks for %j", (keys, expected) => {
    expect(pressed(keys, "previewing").map((command) => command.replace(CALL, "CALL"))).toEqual(expected);
  });

  const star = (screen: AttemptId | null): KeyEntry => ({ pressed: "*", at: BEGIN, screen });
  const next = (entry: KeyEntry, digit: string, state: AgentStateName) =>
    keyMeaning(entry, digit, after(BEGIN, 300), stateOf(state), PLAN).command;

  test("what was begun for one lead is not done to the next, nor is a pause made of it", () => {
    const other = "0192f3a4-7b1c-7def-8123-000000000002" as AttemptId;
    expect(next(star(other), "1", "previewing")).toBeNull();
    expect(next(star(other), "#", "previewing")).toBeNull();
    expect(next(star(CALL), "1", "reserved")).toBeNull();
    expect(next(star(CALL), "1", "onCall")).toBeNull();
    expect(next(star(null), "1", "previewing")).toBeNull();
    expect(next(star(CALL), "1", "previewing")).toEqual({ type: "skip", reason: "not-now", attemptId: CALL });
    expect(next(star(null), "1", "reserved")).toEqual({ type: "pause", pauseReason: "lunch" });
  });
});

test.each<AgentStateName>(["available", "reserved", "paused", "loggedOut"])(
  "while %s there is no conversation to describe",
  (state) => {
    expect(pressed("1 21 22 30", state)).toEqual([]);
  },
);

test("no sequence of keys is ever a surprise: it ends, remembers two digits at most, and asks only for what exists", () => {
  const states: AgentStateName[] = ["loggedOut", "available", "previewing", "reserved", "onCall", "wrapUp", "paused"];
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[0-9*#A-D]$/)), fc.constantFrom(...states), (keys, state) => {
      let entry: KeyEntry | null = null;
      for (const key of keys) {
        const meaning = keyMeaning(entry, key, BEGIN, stateOf(state), PLAN);
        expect(meaning.entry === null || meaning.command === null).toBe(true);
        expect(meaning.entry?.pressed.length ?? 0).toBeLessThanOrEqual(2);
        const isSkipping = meaning.command?.type === "skip" || meaning.command?.type === "dial";
        expect(isSkipping && state !== "previewing").toBe(false);
        if (meaning.command?.type === "pause" && state !== "previewing")
          expect(Object.values(PLAN.pauseReasons)).toContain(meaning.command.pauseReason);
        if (meaning.command?.type === "dispose") expect(["onCall", "wrapUp"]).toContain(state);
        ({ entry } = meaning);
      }
    }),
  );
});

describe("on a call", () => {
  test.each([
    ["*7", ["voicemail"]],
    ["*4", ["holdOrResume"]],
    ["*4*4", ["holdOrResume", "holdOrResume"]],
    ["*1", ["pause lunch"]],
    ["***7", ["voicemail"]],
    ["*81", ["transferByKey 1"]],
    ["*8#", ["completeTransfer"]],
    ["*8**80", ["threeWay", "takeBack"]],
    ["*8A*4", ["holdOrResume"]],
  ])("%j asks for %j", (keys, expected) => {
    expect(pressed(keys, "onCall")).toEqual(expected);
  });

  test.each<AgentStateName>(["available", "reserved", "paused", "wrapUp", "loggedOut"])("and not while %s", (state) => {
    expect(pressed("*7*4", state)).toEqual([]);
  });
});
