/** Whom this node is calling already, whatever the store claims for it. */
import { expect, test } from "@jest/globals";
import { leadId } from "../../../src/domain/ids.ts";
import type { Agents } from "../../../src/engine/agents.ts";
import { makesRoom } from "../../../src/engine/agents.ts";
import type { Calls } from "../../../src/engine/calls.ts";
import { Capacity } from "../../../src/engine/capacity.ts";
import { instant } from "../../../src/domain/instant.ts";
import { ATTEMPT, ORDER } from "./bench.ts";

test("a lead is being called from the decision until its call is gone", () => {
  const living = [{ order: { ...ORDER, leadId: leadId(1) } }];
  const pending = [{ ...ORDER, leadId: leadId(2) }];
  const capacity = new Capacity({ all: () => living } as unknown as Calls, {} as unknown as Agents, () => pending);
  expect([1, 2, 3].map((id) => capacity.isBeingCalled(leadId(id)))).toEqual([true, true, false]);
  living.pop();
  pending.pop();
  expect([1, 2].map((id) => capacity.isBeingCalled(leadId(id)))).toEqual([false, false]);
});

test("only who is free, or will be soon, is a reason to think about placing before the next tick", () => {
  const since = instant(0);
  expect(makesRoom({ state: "available", since })).toBe(true);
  expect(makesRoom({ state: "wrapUp", since, attemptId: ATTEMPT, deadlineAt: since })).toBe(true);
  expect(makesRoom({ state: "reserved", since, attemptId: ATTEMPT, idleSince: since })).toBe(false);
  expect(makesRoom({ state: "onCall", since, attemptId: ATTEMPT })).toBe(false);
  expect(makesRoom({ state: "loggedOut", since })).toBe(false);
});
