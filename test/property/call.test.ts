/** Whatever happens, in whatever order: the laws of a call's life hold. And each law has seen its fault. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { CallEffect, CallEvent, LivingCall } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import { after } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { begun, brokenLaws, told } from "./call-laws.ts";
import type { Law, Step } from "./call-laws.ts";
import { anyStory, POLICY } from "./call-stories.ts";

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
    ["answered", "connected", "connecting", "dialling", "ended", "ending", "informing", "placing", "ringing"].sort(),
  );
  expect([...effects].sort()).toEqual(
    ["bridge", "hangUp", "playInformationMessage", "releaseAgent", "reserveAgent", "unbridge"].sort(),
  );
});

/** How a leg that we hung up is told to be gone. */
const GONE = ["destroyed", "vanished"] as const;

/** Telephony says nothing more: only deadlines come, and a hang-up that is asked for is obeyed. Steps until the end. */
function stepsToTheEnd(step: Step, from: LivingCall, gone: (typeof GONE)[number]): number {
  let living = from;
  for (let steps = 1; steps <= 10; steps++) {
    const at = living.deadlineAt;
    const { call, effects } = step(living, { type: "deadlinePassed", at }, POLICY);
    const obeyed = effects.some((each) => each.type === "hangUp") ? step(call, legGone(gone, at), POLICY).call : call;
    if (obeyed.state === "ended") return steps;
    living = obeyed;
  }
  return Infinity;
}

const legGone = (gone: (typeof GONE)[number], at: Instant): CallEvent =>
  gone === "vanished"
    ? { type: "vanished", at }
    : { type: "destroyed", stamp: { at, asteriskAt: null }, cause: 16, sip: null, sipCallId: null };

const lastLiving = (step: Step, story: Parameters<typeof told>[1]): LivingCall | null => {
  const last = told(step, story).at(-1)?.next ?? begun(story.promised);
  return last.state === "ended" ? null : last;
};

test("from any state, if telephony falls silent, deadlines alone end the call in two steps", () => {
  fc.assert(
    fc.property(anyStory, fc.constantFrom(...GONE), (story, gone) => {
      const call = lastLiving(transition, story);
      // A person who answered is given the message first; everybody else is hung up on at once.
      const steps = call?.state === "answered" || call?.state === "connecting" ? 2 : 1;
      if (call !== null) expect(stepsToTheEnd(transition, call, gone)).toBe(steps);
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
      expect(transition(call, { type: "deadlinePassed", at }, POLICY)).toEqual({ call, effects: [] });
    }),
    RUNS,
  );
});

/* ------------------------------------------------------------------ Planted faults */

const without =
  (type: CallEffect["type"]) =>
  (effects: readonly CallEffect[]): readonly CallEffect[] =>
    effects.filter((each) => each.type !== type);

/** The transition as it is, with its answer tampered with. */
const tampered =
  (tamper: (...step: [...Parameters<Step>, ReturnType<Step>]) => ReturnType<Step>): Step =>
  (call, event, policy) =>
    tamper(call, event, policy, transition(call, event, policy));

const PLANTED: readonly (readonly [what: string, Law, Step])[] = [
  [
    "forgets to release the agent at the end",
    "whoever is promised is released once",
    tampered((_call, _event, _policy, { call, effects }) =>
      call.state === "ended" ? { call, effects: without("releaseAgent")(effects) } : { call, effects },
    ),
  ],
  [
    "releases an agent whose leg is gone",
    "whoever is promised is released once",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "agentLost"
        ? { call, effects: [...effects, { type: "releaseAgent", agentId: event.agentId, talked: false }] }
        : { call, effects },
    ),
  ],
  [
    "keeps an agent who was found after the end",
    "whoever is promised is released once",
    tampered((before, _event, _policy, { call, effects }) =>
      before.state === "ended" ? { call, effects: [] } : { call, effects },
    ),
  ],
  [
    "joins an agent who was not promised",
    "only the promised agent is joined",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "agentReserved" && call.state === "connected"
        ? { call, effects: [{ type: "bridge", agentId: event.agentId }] }
        : { call, effects },
    ),
  ],
  [
    "hangs up in silence when nobody is free",
    "nobody who answered is hung up on in silence",
    (call, event, policy) => {
      if (call.state !== "answered" || event.type !== "deadlinePassed") return transition(call, event, policy);
      const facts = { ...call.facts, endedBy: "us", endReason: "noAgent" } as const;
      const deadlineAt = after(event.at, policy.hangUpRetryMs);
      return {
        call: { ...call, state: "ending", facts, deadlineAt },
        effects: [{ type: "hangUp", reason: "noAgent" }],
      };
    },
  ],
  [
    "forgets to ask for the message",
    "nobody who answered is hung up on in silence",
    tampered((_before, _event, _policy, { call, effects }) => ({
      call,
      effects: without("playInformationMessage")(effects),
    })),
  ],
  [
    "ends twice",
    "a call ends once",
    (call, event, policy) => {
      if (call.state !== "ended" || event.type !== "destroyed") return transition(call, event, policy);
      return transition({ ...begun(null), facts: call.facts, state: "ending" }, event, policy);
    },
  ],
  [
    "goes on acting after the end",
    "nothing but a release follows the end",
    tampered((before, event, _policy, { call, effects }) =>
      before.state === "ended" && event.type === "answered"
        ? { call, effects: [{ type: "hangUp", reason: "operator" }] }
        : { call, effects },
    ),
  ],
  [
    "forgets a deadline",
    "a call is ended with an outcome or has a deadline",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "joined" && call.state === "connected"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, Infinity) }, effects }
        : { call, effects },
    ),
  ],
  [
    "gives the person's two seconds anew to every agent",
    "two seconds run from the answer",
    tampered((_before, event, policy, { call, effects }) =>
      event.type === "agentReserved" && call.state === "connecting"
        ? { call: { ...call, deadlineAt: after(event.at, policy.connectWithinMs) }, effects }
        : { call, effects },
    ),
  ],
  [
    "lets the agent talk over the message",
    "the message is asked for once, and nobody talks over it",
    tampered((_before, _event, _policy, { call, effects }) => ({ call, effects: without("unbridge")(effects) })),
  ],
  [
    "breaks the message off when asked to stop",
    "the message plays to its end",
    (call, event, policy) => {
      if (call.state !== "informing" || event.type !== "cancelled") return transition(call, event, policy);
      const facts = { ...call.facts, endedBy: "us", endReason: event.reason } as const;
      return { call: { ...call, state: "ending", facts }, effects: [{ type: "hangUp", reason: event.reason }] };
    },
  ],
  [
    "forgets that somebody answered",
    "facts grow and never change",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "destroyed"
        ? { call: { ...call, facts: { ...call.facts, answeredAt: null } }, effects }
        : { call, effects },
    ),
  ],
  [
    "hangs up and goes on as if nothing were",
    "a hang-up leads to the end",
    tampered((before, _event, _policy, { call, effects }) =>
      before.state === "ringing" && call.state === "ending" ? { call: before, effects } : { call, effects },
    ),
  ],
  [
    "takes every repetition for news",
    "an event that repeats itself changes nothing",
    tampered((_before, event, policy, { call, effects }) =>
      event.type === "rang" && call.state === "ringing"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, policy.ringTimeoutMs) }, effects }
        : { call, effects },
    ),
  ],
];

describe("a planted fault is caught: a transition that", () => {
  test.each(PLANTED)("%s breaks the law that %s", (_what, law, faulty) => {
    const found = fc.check(
      fc.property(anyStory, (story) => !brokenLaws(faulty, story).includes(law)),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });

  test("never asks again for a hang-up that got lost would live for ever", () => {
    const faulty = tampered((before, _event, _policy, { call, effects }) =>
      before.state === "ending" ? { call, effects: without("hangUp")(effects) } : { call, effects },
    );
    const call = lastLiving(faulty, { promised: null, happenings: [] });
    const ending = transition(call!, { type: "deadlinePassed", at: call!.deadlineAt }, POLICY).call;
    expect(stepsToTheEnd(transition, ending as LivingCall, "vanished")).toBe(1);
    expect(stepsToTheEnd(faulty, ending as LivingCall, "vanished")).toBe(Infinity);
  });

  test("every law has a fault planted for it", () => {
    const laws = new Set(PLANTED.map(([, law]) => law));
    const all: Record<Law, true> = {
      "a call is ended with an outcome or has a deadline": true,
      "a call ends once": true,
      "nothing but a release follows the end": true,
      "whoever is promised is released once": true,
      "only the promised agent is joined": true,
      "nobody who answered is hung up on in silence": true,
      "two seconds run from the answer": true,
      "the message is asked for once, and nobody talks over it": true,
      "the message plays to its end": true,
      "facts grow and never change": true,
      "a hang-up leads to the end": true,
      "an event that repeats itself changes nothing": true,
    };
    expect([...laws].sort()).toEqual(Object.keys(all).sort());
  });
});
