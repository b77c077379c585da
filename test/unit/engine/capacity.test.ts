/** Whom this node is calling already, whatever the store claims for it. */
import { expect, test } from "@jest/globals";
import type { LivingReturn } from "../../../src/call/return-call.ts";
import { leadId } from "../../../src/domain/ids.ts";
import type { Agents } from "../../../src/engine/agents/agents.ts";
import { makesRoom } from "../../../src/engine/agents/agents.ts";
import type { Calls } from "../../../src/engine/calls/calls.ts";
import { Capacity } from "../../../src/engine/pacing/capacity.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { ReturnCalls } from "../../../src/engine/returns/return-calls.ts";
import { givesWay } from "../../../src/engine/returns/return-callers.ts";
import { ATTEMPT, ORDER } from "./bench.ts";

test("a lead is being called from the decision until its call is gone", () => {
  const living = [{ order: { ...ORDER, leadId: leadId(1) } }];
  const pending = [{ ...ORDER, leadId: leadId(2) }];
  const returns = { isTalkingTo: (id: number) => id === 4 } as unknown as ReturnCalls;
  const capacity = new Capacity(
    { all: () => living } as unknown as Calls,
    {} as unknown as Agents,
    returns,
    () => pending,
  );
  expect([1, 2, 3].map((id) => capacity.isBeingCalled(leadId(id)))).toEqual([true, true, false]);
  // Nor is anybody who has called back dialled while they are on the line.
  expect(capacity.isBeingCalled(leadId(4))).toBe(true);
  living.pop();
  pending.pop();
  expect([1, 2].map((id) => capacity.isBeingCalled(leadId(id)))).toEqual([false, false]);
});

test("an agent is to spare when everybody who is being called now could answer, and one of ours be free still", () => {
  const order = { ...ORDER, agentId: null };
  const ringing = { order, call: { state: "ringing", heldAgentId: null, facts: { answeredAt: null } } };
  const living = [ringing, ringing];
  const agents = (available: number): Agents =>
    ({
      loggedIn: () =>
        Array.from({ length: available }, () => ({
          profile: { campaignIds: [ORDER.campaignId] },
          agent: { state: { state: "available" } },
        })),
      rivalsOf: () => new Map(),
    }) as unknown as Agents;
  const isOneToSpare = (available: number): boolean =>
    new Capacity(
      { all: () => living } as unknown as Calls,
      agents(available),
      {} as unknown as ReturnCalls,
      () => [],
    ).isOneToSpare(ORDER.campaignId);
  expect([1, 2, 3].map(isOneToSpare)).toEqual([false, false, true]);
  living.pop();
  expect([1, 2].map(isOneToSpare)).toEqual([false, true]);
});

test("who calls back gives way in the first half of their time, and not for longer", () => {
  const call = { arrivedAt: instant(1_000), waitUntil: instant(11_000) } as LivingReturn;
  expect([1_000, 5_999, 6_000, 12_000].map((ms) => givesWay(call, instant(ms)))).toEqual([true, true, false, false]);
});

test("only who is free, or will be soon, is a reason to think about placing before the next tick", () => {
  const since = instant(0);
  expect(makesRoom({ state: "available", since })).toBe(true);
  expect(makesRoom({ state: "wrapUp", since, attemptId: ATTEMPT, deadlineAt: since })).toBe(true);
  expect(makesRoom({ state: "reserved", since, attemptId: ATTEMPT, idleSince: since })).toBe(false);
  expect(makesRoom({ state: "onCall", since, attemptId: ATTEMPT })).toBe(false);
  expect(makesRoom({ state: "loggedOut", since })).toBe(false);
});
