/** Whatever happens, in whatever order: the laws of a call's life hold. call-faults.test.ts plants a fault for each. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { CallEvent, CallPolicy, LivingCall } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import { after } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { begun, brokenLaws, told } from "./call-laws.ts";
import type { Step } from "./call-laws.ts";
import { anyStory, POLICY } from "./call-stories.ts";
import type { Story } from "./call-stories.ts";

const RUNS = { numRuns: 2_000 };

test("any events, in any order, break no law", () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      expect(brokenLaws(transition, story)).toEqual([]);
    }),
    RUNS,
  );
});

test("the stories reach every state, and every effect is wanted in some of them", () => {
  const states = new Set<string>();
  const effects = new Set<string>();
  for (const story of fc.sample(anyStory, 1_000)) {
    for (const moment of told(transition, story)) {
      states.add(moment.next.state);
      for (const effect of moment.effects) effects.add(effect.type);
    }
  }
  expect([...states].sort()).toEqual(
    [
      ...["answered", "connected", "connecting", "dialling", "ended", "ending", "informing"],
      ...["leaving", "listening", "onHold", "placing", "resuming", "ringing"],
    ].sort(),
  );
  expect([...effects].sort()).toEqual(
    [
      ...["bridge", "hangUp", "playInformationMessage", "playVoicemailMessage"],
      ...["releaseAgent", "reserveAgent", "unbridge", "hold", "resume", "warnAgent"],
      ...["meet", "handOver", "dismiss", "callOutside", "hangUpOutside"],
    ].sort(),
  );
});

/** How a leg that we hung up is told to be gone. */
const GONE = ["destroyed", "vanished"] as const;

/** Telephony says nothing more: only deadlines come, and a hang-up that is asked for is obeyed. Steps until the end. */
function stepsToTheEnd(step: Step, from: LivingCall, policy: CallPolicy, gone: (typeof GONE)[number]): number {
  let living = from;
  for (let steps = 1; steps <= 10; steps++) {
    const at = living.deadlineAt;
    const { call, effects } = step(living, { type: "deadlinePassed", at }, policy);
    const obeyed = effects.some((each) => each.type === "hangUp") ? step(call, legGone(gone, at), policy).call : call;
    if (obeyed.state === "ended") return steps;
    living = obeyed;
  }
  return Infinity;
}

const legGone = (gone: (typeof GONE)[number], at: Instant): CallEvent =>
  gone === "vanished"
    ? { type: "vanished", at }
    : { type: "destroyed", stamp: { at, asteriskAt: null }, cause: 16, sip: null, sipCallId: null };

const lastLiving = (step: Step, story: Story): LivingCall | null => {
  const last = told(step, story).at(-1)?.next ?? begun(story);
  return last.state === "ended" ? null : last;
};

/** How many deadlines a call may let pass. */
function stepsAllowed(call: LivingCall): number {
  switch (call.state) {
    case "listening":
      // No verdict, and then like anybody who answered.
      return 4;
    case "leaving":
      return call.facts.messageChoice === "voicemail" ? 1 : 2;
    case "answered":
    case "connecting":
      // A person who answered is given the one message, and the other when nothing is heard of the first.
      return 3;
    case "onHold":
      // Warned, brought back twice, and then both messages; where they are passed on, any agent is sought before those.
      return call.transfer === null ? 6 : 7;
    case "resuming":
      return call.transfer === null ? 4 : 6;
    case "informing":
      // Of what nobody answered they are given another try.
      return call.facts.messageChoice === "campaign" || call.unheard ? 2 : 1;
    case "ringing":
      // It may have to ring on until it has rung enough.
      return 2;
    default:
      return 1;
  }
}

test("from any state, if telephony falls silent, deadlines alone end the call in a few steps", () => {
  fc.assert(
    fc.property(anyStory, fc.constantFrom(...GONE), (story, gone) => {
      const call = lastLiving(transition, story);
      if (call !== null) {
        expect(stepsToTheEnd(transition, call, story.policy, gone)).toBeLessThanOrEqual(stepsAllowed(call));
      }
    }),
    RUNS,
  );
});

test("a wake-up that comes early is harmless", () => {
  fc.assert(
    fc.property(anyStory, fc.integer({ min: 1, max: 5_000 }), (story, earlyMs) => {
      const call = lastLiving(transition, story);
      if (call === null) return;
      const at = after(call.deadlineAt, -earlyMs);
      expect(transition(call, { type: "deadlinePassed", at }, story.policy)).toEqual({ call, effects: [] });
    }),
    RUNS,
  );
});

test("a hang-up that got lost is asked for again, or the call would live for ever", () => {
  const forgetful: Step = (call, event, policy) => {
    const { call: next, effects } = transition(call, event, policy);
    return {
      call: next,
      effects: call.state === "ending" ? effects.filter((each) => each.type !== "hangUp") : effects,
    };
  };
  const call = begun({ promised: null, policy: POLICY });
  const ending = transition(call, { type: "deadlinePassed", at: call.deadlineAt }, POLICY).call as LivingCall;
  expect(stepsToTheEnd(transition, ending, POLICY, "vanished")).toBe(1);
  expect(stepsToTheEnd(forgetful, ending, POLICY, "vanished")).toBe(Infinity);
});
