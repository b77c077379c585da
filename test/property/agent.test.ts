/**
 * An agent is never in two calls, whatever happens: they leave the call that holds them only by its word or with their
 * leg. Judged from outside, and each law has seen its fault.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Agent, AgentEvent } from "../../src/agent/agent.ts";
import { agentAfter, heldBy, newAgent } from "../../src/agent/transition.ts";
import type { AttemptId } from "../../src/domain/ids.ts";
import { after, instant } from "../../src/domain/instant.ts";

type Step = (agent: Agent, event: AgentEvent) => Agent;

type Law =
  | "the call that holds an agent keeps them until it says so or their leg is gone"
  | "only who is available can be promised, or looks at the very lead"
  | "who looks at a lead leaves it for its call, by its word, by a wish of theirs, or with their leg"
  | "a pause asked for during a call waits for its end"
  | "wrap-up ends in time, and nobody else waits for a deadline"
  | "who was only promised keeps their place"
  | "what changes nothing is the same agent";

const CALLS = ["0192f3a4-7b1c-7def-8123-000000000001", "0192f3a4-7b1c-7def-8123-000000000002"] as AttemptId[];
const BEGIN = instant(1_000);

const anyCall = fc.constantFrom(...CALLS);
const at = BEGIN;
const anyEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  { weight: 2, arbitrary: fc.boolean().map((startAvailable) => ({ type: "loggedIn", at, startAvailable }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: "legLost", at } as const) },
  { weight: 3, arbitrary: anyCall.map((attemptId) => ({ type: "previewed", at, attemptId }) as const) },
  { weight: 2, arbitrary: anyCall.map((attemptId) => ({ type: "previewOver", at, attemptId }) as const) },
  { weight: 5, arbitrary: anyCall.map((attemptId) => ({ type: "reserved", at, attemptId }) as const) },
  { weight: 4, arbitrary: anyCall.map((attemptId) => ({ type: "joined", at, attemptId }) as const) },
  {
    weight: 4,
    arbitrary: fc
      .record({ attemptId: anyCall, talked: fc.boolean(), wrapUpMs: fc.constantFrom(0, 5_000) })
      .map((released) => ({ type: "released", at, ...released }) as const),
  },
  { weight: 3, arbitrary: fc.constant({ type: "madeAvailable", at } as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("lunch", "tea").map((pauseReason) => ({ type: "paused", at, pauseReason }) as const),
  },
  { weight: 2, arbitrary: fc.constant({ type: "wrapUpEnded", at } as const) },
  { weight: 1, arbitrary: fc.constant({ type: "loggedOut", at } as const) },
  { weight: 2, arbitrary: fc.constant({ type: "deadlinePassed", at } as const) },
);

type Day = readonly { readonly event: AgentEvent; readonly afterMs: number }[];

const [call] = CALLS as [AttemptId];
const MORNING: readonly AgentEvent[] = [
  { type: "loggedIn", at, startAvailable: true },
  { type: "reserved", at, attemptId: call },
  { type: "joined", at, attemptId: call },
  { type: "released", at, attemptId: call, talked: true, wrapUpMs: 5_000 },
];

/** The beginning of an ordinary day, up to anywhere, and then anything. */
const anyDay: fc.Arbitrary<Day> = fc
  .tuple(
    fc.integer({ min: 1, max: MORNING.length }),
    fc.array(fc.record({ event: anyEvent, afterMs: fc.constantFrom(0, 1, 500, 5_000) }), { maxLength: 40 }),
  )
  .map(([upTo, rest]) => [...MORNING.slice(0, upTo).map((event) => ({ event, afterMs: 1 })), ...rest]);

function brokenLaws(step: Step, day: Day): Law[] {
  const broken = new Set<Law>();
  const judge = (law: Law, holds: boolean): void => {
    if (!holds) broken.add(law);
  };
  let agent = newAgent(BEGIN);
  let now = BEGIN;
  for (const { event: undated, afterMs } of day) {
    now = after(now, afterMs);
    const event = { ...undated, at: now };
    const next = step(agent, event);
    judgeStep(agent, event, next, judge);
    agent = next;
  }
  return [...broken];
}

function judgeStep(before: Agent, event: AgentEvent, next: Agent, judge: (law: Law, holds: boolean) => void): void {
  const held = heldBy(before.state);
  const isFreed = event.type === "legLost" || (event.type === "released" && event.attemptId === held);
  judge(
    "the call that holds an agent keeps them until it says so or their leg is gone",
    held === null || (isFreed ? heldBy(next.state) === null : heldBy(next.state) === held),
  );
  const screen = before.state.state === "previewing" ? before.state.attemptId : null;
  const mayBePromised = before.state.state === "available" || ("attemptId" in event && screen === event.attemptId);
  judge(
    "only who is available can be promised, or looks at the very lead",
    held !== null || heldBy(next.state) === null || (event.type === "reserved" && mayBePromised),
  );
  const isWish = ["paused", "loggedOut", "legLost"].includes(event.type);
  const isItsWord = (event.type === "previewOver" || event.type === "reserved") && event.attemptId === screen;
  judge(
    "who looks at a lead leaves it for its call, by its word, by a wish of theirs, or with their leg",
    screen === null || next.state === before.state || isWish || isItsWord,
  );
  const asked = before.afterwards?.type === "pause" ? before.afterwards.pauseReason : null;
  const isOver = event.type === "released" && next.state.state !== "wrapUp" && isFreed;
  judge(
    "a pause asked for during a call waits for its end",
    event.type === "paused" && held !== null
      ? next.state.state === before.state.state && next.afterwards?.type === "pause"
      : asked === null || !isOver || (next.state.state === "paused" && next.state.pauseReason === asked),
  );
  const wrapsUp = next.state.state === "wrapUp";
  const wrappedUpBefore = before.state.state === "wrapUp" && event.at >= before.state.deadlineAt;
  judge(
    "wrap-up ends in time, and nobody else waits for a deadline",
    (!wrapsUp || Number.isFinite(next.state.deadlineAt)) &&
      !(event.type === "deadlinePassed" && wrappedUpBefore && wrapsUp) &&
      !(event.type === "deadlinePassed" && before.state.state !== "wrapUp" && next !== before),
  );
  const wasOnlyAsked = before.state.state === "reserved" || before.state.state === "previewing";
  if (wasOnlyAsked && next.state.state === "available") {
    judge("who was only promised keeps their place", next.state.since === before.state.idleSince);
  }
  judge(
    "what changes nothing is the same agent",
    JSON.stringify(next.state) !== JSON.stringify(before.state) || next.state === before.state,
  );
}

const RUNS = { numRuns: 2_000 };

test("any events, in any order, break no law", () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      expect(brokenLaws(agentAfter, day)).toEqual([]);
    }),
    RUNS,
  );
});

test("the days pass through every state", () => {
  const seen = new Set<string>();
  for (const day of fc.sample(anyDay, 500)) {
    brokenLaws((agent, event) => {
      const next = agentAfter(agent, event);
      seen.add(next.state.state);
      return next;
    }, day);
  }
  expect([...seen].sort()).toEqual([
    ...["available", "loggedOut", "onCall", "paused", "previewing", "reserved", "wrapUp"],
  ]);
});

const PLANTED: readonly (readonly [what: string, Law, Step])[] = [
  [
    "promises somebody who is promised already",
    "the call that holds an agent keeps them until it says so or their leg is gone",
    (agent, event) =>
      event.type === "reserved" && agent.state.state === "reserved"
        ? { ...agent, state: { ...agent.state, attemptId: event.attemptId } }
        : agentAfter(agent, event),
  ],
  [
    "takes any call's word for a release",
    "the call that holds an agent keeps them until it says so or their leg is gone",
    (agent, event) => {
      const held = heldBy(agent.state) as AttemptId | null;
      return agentAfter(agent, event.type === "released" && held !== null ? { ...event, attemptId: held } : event);
    },
  ],
  [
    "promises somebody in wrap-up",
    "only who is available can be promised, or looks at the very lead",
    (agent, event) =>
      event.type === "reserved" && agent.state.state === "wrapUp"
        ? agentAfter({ ...agent, state: { state: "available", since: agent.state.since } }, event)
        : agentAfter(agent, event),
  ],
  [
    "gives somebody who reads another lead's call",
    "only who is available can be promised, or looks at the very lead",
    (agent, event) =>
      event.type === "reserved" && agent.state.state === "previewing"
        ? agentAfter({ ...agent, state: { ...agent.state, attemptId: event.attemptId } }, event)
        : agentAfter(agent, event),
  ],
  [
    "takes the lead from the screen when another is over",
    "who looks at a lead leaves it for its call, by its word, by a wish of theirs, or with their leg",
    (agent, event) =>
      event.type === "previewOver" && agent.state.state === "previewing"
        ? agentAfter(agent, { ...event, attemptId: agent.state.attemptId })
        : agentAfter(agent, event),
  ],
  [
    "pauses in the middle of a call",
    "a pause asked for during a call waits for its end",
    (agent, event) =>
      event.type === "paused" && agent.state.state === "onCall"
        ? { state: { state: "paused", since: event.at, pauseReason: event.pauseReason }, afterwards: null }
        : agentAfter(agent, event),
  ],
  [
    "forgets the pause when the call is over",
    "a pause asked for during a call waits for its end",
    (agent, event) => agentAfter(event.type === "released" ? { ...agent, afterwards: null } : agent, event),
  ],
  [
    "never lets a wrap-up end",
    "wrap-up ends in time, and nobody else waits for a deadline",
    (agent, event) => (event.type === "deadlinePassed" ? agent : agentAfter(agent, event)),
  ],
  [
    "sends the promised to the end of the queue",
    "who was only promised keeps their place",
    (agent, event) => {
      const next = agentAfter(agent, event);
      return agent.state.state === "reserved" && next.state.state === "available"
        ? { ...next, state: { ...next.state, since: event.at } }
        : next;
    },
  ],
  [
    "copies where nothing changes",
    "what changes nothing is the same agent",
    (agent, event) => {
      const next = agentAfter(agent, event);
      return { ...next, state: { ...next.state } };
    },
  ],
];

describe("a planted fault is caught: an agent's life that", () => {
  test.each(PLANTED)("%s breaks the law that %s", (_what, law, faulty) => {
    const found = fc.check(
      fc.property(anyDay, (day) => !brokenLaws(faulty, day).includes(law)),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });

  test("every law has a fault planted for it", () => {
    const laws = new Set(PLANTED.map(([, law]) => law));
    expect(laws.size).toBe(7);
  });
});
