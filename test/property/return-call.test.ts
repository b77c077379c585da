/**
 * Whoever calls back is served or leaves, whatever happens in whatever order: judged from outside, over any events. Each law
 * has seen its fault.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { LivingReturn, ReturnCall, ReturnEffect, ReturnEvent, ReturnPolicy } from "../../src/call/return-call.ts";
import { newReturn, returnAfter, type ReturnStep } from "../../src/call/return-transition.ts";
import { agentId } from "../../src/domain/ids.ts";
import type { AgentId } from "../../src/domain/ids.ts";
import { after, instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";

const POLICY: ReturnPolicy = {
  ...{ lookUpMs: 2_000, connectMs: 3_000, talkMaxMs: 600_000 },
  ...{ messageMaxMs: 60_000, lingerMs: 4_000, hangUpRetryMs: 2_000 },
};
const BEGIN = instant(1_000_000);
const WAIT_MS = 15_000;
const at = BEGIN;

const anyAgent = fc.constantFrom(agentId(1), agentId(2));
const anyChoice = fc.constantFrom("campaign", "builtIn");
const anyEvent: fc.Arbitrary<ReturnEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ seeks: fc.boolean(), first: anyChoice })
      .map((known) => ({ type: "known", at, waitMs: WAIT_MS, ...known }) as const),
  },
  { weight: 5, arbitrary: anyAgent.map((each) => ({ type: "agentReserved", at, agentId: each }) as const) },
  { weight: 1, arbitrary: anyAgent.map((each) => ({ type: "agentLost", at, agentId: each }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: "agentHungUp", at } as const) },
  { weight: 4, arbitrary: fc.constant({ type: "joined", at } as const) },
  { weight: 6, arbitrary: anyAgent.map((each) => ({ type: "bridgeFailed", at, agentId: each }) as const) },
  { weight: 2, arbitrary: fc.constant({ type: "parted", at } as const) },
  {
    weight: 3,
    arbitrary: fc
      .record({ type: fc.constantFrom("messageStarted", "messageFinished", "messageFailed"), choice: anyChoice })
      .map((said) => ({ at, ...said })),
  },
  { weight: 2, arbitrary: fc.constantFrom("9", "1").map((digit) => ({ type: "pressed", at, digit }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: "cancelled", at } as const) },
  { weight: 1, arbitrary: fc.constant({ type: "gone", at } as const) },
  { weight: 4, arbitrary: fc.constant({ type: "deadlinePassed", at } as const) },
);

interface Moment {
  readonly before: LivingReturn;
  readonly event: ReturnEvent;
  readonly call: ReturnCall;
  readonly effects: readonly ReturnEffect[];
}
type Step = (call: LivingReturn, event: ReturnEvent, policy: ReturnPolicy) => ReturnStep;
type Story = readonly { readonly event: ReturnEvent; readonly afterMs: number }[];
const anyStory: fc.Arbitrary<Story> = fc.array(
  fc.record({ event: anyEvent, afterMs: fc.constantFrom(0, 10, 3_000, 20_000, 70_000) }),
  { maxLength: 30 },
);

/** Deadlines pass when they come; after the last event nothing happens but deadlines, and one hang-up that works. */
function lived(story: Story, step: Step): Moment[] {
  const moments: Moment[] = [];
  let call = newReturn(BEGIN, POLICY) as ReturnCall;
  let now: Instant = BEGIN;
  const apply = (event: ReturnEvent): void => {
    if (call.state === "ended") return;
    const before = call;
    const made = step(before, { ...event, at: now }, POLICY);
    moments.push({ before, event, call: made.call, effects: made.effects });
    call = made.call;
  };
  for (const { event, afterMs } of story) {
    const until = after(now, afterMs);
    while (call.state !== "ended" && call.deadlineAt <= until) {
      now = call.deadlineAt;
      apply({ type: "deadlinePassed", at: now });
    }
    now = until;
    apply(event);
  }
  for (let left = 0; left < 20 && call.state !== "ended"; left += 1) {
    now = call.deadlineAt;
    apply({ type: "deadlinePassed", at: now });
    if (moments.at(-1)?.effects.some(({ type }) => type === "hangUp") === true) apply({ type: "gone", at: now });
  }
  return moments;
}

const LAWS: Readonly<Record<string, (moments: readonly Moment[]) => boolean>> = {
  "it ends, and nothing follows": (moments) => moments.length === 0 || moments.at(-1)?.call.state === "ended",
  "we hang up only after an agent or a message was there, or both messages failed": (moments) => {
    let served = false;
    let failed = 0;
    for (const { event, call, effects } of moments) {
      if (event.type === "joined" && call.state === "connected") served = true;
      if (effects.some(({ type }) => type === "playMessage")) failed += 1;
      if (effects.some(({ type }) => type === "hangUp") && !served && failed === 0) return false;
    }
    return true;
  },
  "every agent who was promised is let go once": (moments) => {
    const held = new Map<AgentId, number>();
    for (const { before, event, effects } of moments) {
      if (event.type === "agentReserved" && before.heldAgentId !== event.agentId) {
        held.set(event.agentId, (held.get(event.agentId) ?? 0) + 1);
      }
      for (const effect of effects) {
        if (effect.type === "releaseAgent") held.set(effect.agentId, (held.get(effect.agentId) ?? 0) - 1);
      }
    }
    return [...held.values()].every((count) => count === 0);
  },
  "only an agent who is held is joined, and only where nobody else may be": (moments) =>
    moments.every(({ call, effects }) =>
      effects.every((effect) => effect.type !== "bridge" || call.heldAgentId === effect.agentId),
    ),
  "nobody is sought while somebody is held": (moments) =>
    moments.every(
      ({ call, effects }) => !effects.some(({ type }) => type === "reserveAgent") || call.heldAgentId === null,
    ),
  "nine opts out once, while there is a message to tell them": (moments) => {
    const outs = moments.filter(({ effects }) => effects.some(({ type }) => type === "optOut"));
    return outs.length <= 1 && outs.every(({ before }) => before.state === "informing" || before.state === "lingering");
  },
  "what changes nothing is the same call": (moments) =>
    moments.every(
      ({ before, call, effects }) =>
        effects.length > 0 ||
        call === before ||
        call.state !== before.state ||
        JSON.stringify(call) !== JSON.stringify(before),
    ),
};

const breaks = (law: string, step: Step): boolean => {
  const found = fc.check(
    fc.property(anyStory, (story) => LAWS[law]?.(lived(story, step)) ?? false),
    { numRuns: 10_000, seed: 7, endOnFailure: true },
  );
  return found.failed;
};

test.each(Object.keys(LAWS))("%s", (law) => {
  fc.assert(fc.property(anyStory, (story) => LAWS[law]?.(lived(story, returnAfter)) ?? false));
});

describe("each law has seen its fault:", () => {
  const faults: readonly (readonly [string, Step])[] = [
    [
      "it ends, and nothing follows",
      (call, event, policy) => (event.type === "gone" ? { call, effects: [] } : returnAfter(call, event, policy)),
    ],
    [
      "we hang up only after an agent or a message was there, or both messages failed",
      (call, event, policy) =>
        call.state === "waiting" && event.type === "deadlinePassed"
          ? { call: { ...call, state: "ending" }, effects: [{ type: "hangUp" }] }
          : returnAfter(call, event, policy),
    ],
    [
      "every agent who was promised is let go once",
      (call, event, policy) => {
        const { call: next, effects } = returnAfter(call, event, policy);
        return { call: next, effects: effects.filter(({ type }) => event.type !== "gone" || type !== "releaseAgent") };
      },
    ],
    [
      "nobody is sought while somebody is held",
      (call, event, policy) => {
        const made = returnAfter(call, event, policy);
        return event.type === "bridgeFailed" && made.call !== call
          ? { ...made, effects: [...made.effects, { type: "reserveAgent", except: null }] }
          : made;
      },
    ],
    [
      "nine opts out once, while there is a message to tell them",
      (call, event, policy) =>
        event.type === "pressed" && event.digit === "9"
          ? { call, effects: [{ type: "optOut" }] }
          : returnAfter(call, event, policy),
    ],
  ];
  test.each(faults)("%s", (law, step) => {
    expect(breaks(law, step)).toBe(true);
  });
});
