/** Calls without agents: the laws of a call's life hold for them, and laws of their own, each with a planted fault. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { CallPolicy } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import { brokenLaws, told, type Moment, type Step } from "./call-laws.ts";
import { latestServiceAt } from "./connect-clock-oracle.ts";
import { anyStory, type Story } from "./call-stories.ts";

const FLOW_MAX_MS = 300_000;
/** News of flows, more often than any story has it. */
const OF_FLOWS = [
  "flowSpoke",
  "flowSpoke",
  "flowDelivered",
  "agentWanted",
  "agentReserved",
  "joined",
  "parted",
  "timeout",
] as const;

const anyFlowStory: fc.Arbitrary<Story> = fc
  .tuple(
    anyStory,
    fc.array(
      fc.record({
        what: fc.constantFrom(...OF_FLOWS),
        afterMs: fc.nat(3_000),
        agent: fc.integer({ min: 1, max: 3 }),
        variant: fc.nat(9),
      }),
      { maxLength: 12 },
    ),
  )
  .map(([story, more]) => {
    const answer = story.happenings.findIndex(({ what }) => what === "answered") + 1;
    const happenings = [...story.happenings.slice(0, answer), ...more, ...story.happenings.slice(answer)];
    return { ...story, happenings, policy: { ...story.policy, flowMaxMs: FLOW_MAX_MS } };
  });

type FlowLaw =
  | "from the answer a flow has the word, by the clock"
  | "a flow that says nothing in time gives way to the message"
  | "an agent is joined only where the person asked for one"
  | "an agent who comes too late is taken out again, and held until then"
  | "a flow ends by its bound"
  | "nobody is hung up on before a word was said";

/** Those that ask for the message where nobody talks: here a flow does. What takes their place is below. */
const OF_MESSAGES: ReadonlySet<string> = new Set([
  "nobody who answered is hung up on in silence",
  "the message is asked for by the deadline",
]);

const spoke = ({ message }: { readonly message: string }): boolean => message === "started" || message === "finished";

const brokenFlowLaws = (step: Step, story: Story): FlowLaw[] => {
  const broken = new Set<FlowLaw>();
  const law = (name: FlowLaw, holds: boolean): void => {
    if (!holds) broken.add(name);
  };
  const events: Moment["event"][] = [];
  for (const { before, event, next, effects } of told(step, story)) {
    events.push(event);
    if (before.state === "ended" || next.state === "ended") continue;
    const begins = before.state !== "inFlow" && next.state === "inFlow";
    if (begins)
      law(
        "from the answer a flow has the word, by the clock",
        event.type === "answered" && effects.some(({ type }) => type === "beginFlow"),
      );
    if (event.type === "answered" && before.facts.answeredAt === null && before.state !== "ending") {
      law("from the answer a flow has the word, by the clock", next.state === "inFlow");
    }
    if (next.state === "inFlow" && !spoke(next.facts) && next.facts.message !== "failed") {
      const latest = latestServiceAt(events, story.policy.clock);
      law("from the answer a flow has the word, by the clock", next.deadlineAt <= latest);
    }
    if (before.state !== "inFlow") continue;
    if (effects.some(({ type }) => type === "hangUp")) {
      law("nobody is hung up on before a word was said", spoke(before.facts));
    }
    if (event.type === "deadlinePassed" && event.at >= before.deadlineAt && !spoke(before.facts)) {
      law(
        "a flow that says nothing in time gives way to the message",
        next.state === "informing" && effects.some(({ type }) => type === "playInformationMessage"),
      );
    }
    if (effects.some(({ type }) => type === "bridge") || next.state === "connected") {
      law("an agent is joined only where the person asked for one", before.wantsAgent && next.heldAgentId !== null);
    }
    const isGivenUp =
      before.heldAgentId !== null &&
      before.wantsAgent &&
      next.state === "inFlow" &&
      !next.wantsAgent &&
      next.heldAgentId !== null;
    if (isGivenUp)
      law(
        "an agent who comes too late is taken out again, and held until then",
        effects.some(({ type }) => type === "unbridge"),
      );
    if (next.state === "inFlow" && spoke(next.facts)) {
      law("a flow ends by its bound", next.deadlineAt <= (next.facts.answeredAt?.at ?? 0) + FLOW_MAX_MS);
    }
  }
  return [...broken];
};

const RUNS = { numRuns: 2_000 };

test("any events, in any order, break no law of a call's life", () => {
  fc.assert(
    fc.property(anyFlowStory, (story) =>
      expect(brokenLaws(transition, story).filter((law) => !OF_MESSAGES.has(law))).toEqual([]),
    ),
    RUNS,
  );
});

test("nor any law of flows", () => {
  fc.assert(
    fc.property(anyFlowStory, (story) => expect(brokenFlowLaws(transition, story)).toEqual([])),
    RUNS,
  );
});

test("the stories go through a flow, and out of it by every door", () => {
  const doors = new Set<string>();
  for (const story of fc.sample(anyFlowStory, 1_500)) {
    for (const { before, next } of told(transition, story)) if (before.state === "inFlow") doors.add(next.state);
  }
  expect([...doors].sort()).toEqual(["connected", "ended", "ending", "inFlow", "informing"]);
});

describe("a fault that is planted breaks its law:", () => {
  const otherwise =
    (policy: (policy: CallPolicy) => CallPolicy): Step =>
    (call, event, was) =>
      transition(call, event, policy(was));
  const FAULTS: readonly (readonly [string, FlowLaw, Step])[] = [
    [
      "an agent is looked for, as in other calls",
      "from the answer a flow has the word, by the clock",
      otherwise((policy) => ({ ...policy, flowMaxMs: null })),
    ],
    [
      "the first words are waited for a second longer",
      "from the answer a flow has the word, by the clock",
      otherwise((policy) => ({ ...policy, clock: { ...policy.clock, limitMs: policy.clock.limitMs + 1_000 } })),
    ],
    [
      "nothing is done about silence",
      "a flow that says nothing in time gives way to the message",
      (call, event, policy) =>
        call.state === "inFlow" && event.type === "deadlinePassed"
          ? { call: { ...call, deadlineAt: (call.deadlineAt + 1) as never }, effects: [] }
          : transition(call, event, policy),
    ],
    [
      "whoever is free is joined, wanted or not",
      "an agent is joined only where the person asked for one",
      (call, event, policy) =>
        transition(
          call.state === "inFlow" && event.type === "agentReserved" ? { ...call, wantsAgent: true } : call,
          event,
          policy,
        ).effects.some(({ type }) => type === "bridge") &&
        call.state === "inFlow" &&
        event.type === "agentReserved"
          ? { call: { ...call, heldAgentId: event.agentId }, effects: [{ type: "bridge", agentId: event.agentId }] }
          : transition(call, event, policy),
    ],
    [
      "whoever comes too late stays in their bridge",
      "an agent who comes too late is taken out again, and held until then",
      (call, event, policy) => {
        const { call: next, effects } = transition(call, event, policy);
        return call.state === "inFlow"
          ? { call: next, effects: effects.filter(({ type }) => type !== "unbridge") }
          : { call: next, effects };
      },
    ],
    [
      "a flow that believes it has said all",
      "nobody is hung up on before a word was said",
      (call, event, policy) =>
        call.state === "inFlow" && event.type === "flowEnded"
          ? { call, effects: [{ type: "hangUp", reason: "flowEnded" }] }
          : transition(call, event, policy),
    ],
    [
      "a flow that goes on for an hour",
      "a flow ends by its bound",
      otherwise((policy) => ({ ...policy, flowMaxMs: 3_600_000 })),
    ],
  ];
  test.each(FAULTS)("%s", (_what, law, step) => {
    const found = new Set(
      fc.sample(anyFlowStory, { numRuns: 1_500, seed: 5 }).flatMap((story) => brokenFlowLaws(step, story)),
    );
    expect([...found]).toContain(law);
  });
});
