/** An answer that the list of what Asterisk holds shows before its event has come, and one whose event never comes. */
import { expect, test } from "@jest/globals";
import { beginCall } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { after, type Instant } from "../../../src/domain/instant.ts";
import type { Agents } from "../../../src/engine/agents/agents.ts";
import { Calls } from "../../../src/engine/calls/calls.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import type { Desk } from "../../../src/engine/agents/desk.ts";
import { policyOf } from "../../../src/engine/calls/live-call.ts";
import type { LegsSnapshot } from "../../../src/engine/ports.ts";
import { Reconciler } from "../../../src/engine/reconciling/reconciler.ts";
import type { ReturnCalls } from "../../../src/engine/returns/return-calls.ts";
import type { RuleBook } from "../../../src/engine/rules/rule-book.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, lead, LEG, NO_TRANSFERS, ORDER } from "./bench.ts";

const LISTED_LATER_MS = 5;
const RING_MS = 25_000;

/** A call that rings, with an agent promised to it, and a connection that is up. `shown` is its leg at the next look. */
async function ringing(ringMs = RING_MS) {
  const shown: { state: LegsSnapshot["customerLegs"][number]["state"] } = { state: "ringing" };
  const told: string[] = [];
  const { context, clock } = bench({
    telephony: {
      bridge: async () => (told.push("bridge"), { ok: true }),
      snapshot: async () => {
        const list: LegsSnapshot = {
          takenAt: clock.now(),
          customerLegs: [{ attemptId: ATTEMPT, state: shown.state, inAgentBridge: null, createdAt: clock.now() }],
          agentLegs: [{ legId: LEG, endpoint: "PJSIP/1007", ready: true }],
          ...{ returnLegs: [], away: [] },
        };
        await clock.sleep(LISTED_LATER_MS);
        return list;
      },
    },
  });
  const calls: Calls = new Calls(context, {
    ...{ reserveAgent: () => undefined, releaseAgent: () => undefined, agentJoined: () => undefined },
    ...{ legOf: () => LEG, callChanged: () => undefined, isBroken: () => false, mayDrop: () => true },
    ...{ hasAgents: () => true, mayLeave: () => true, ask: () => "done", callEnded: () => undefined },
    ...{ transfers: NO_TRANSFERS, messageFailed: () => undefined },
  });
  const agents = { loggedIn: () => [{ legId: LEG }], byEndpoint: () => null } as unknown as Agents;
  const reconciler = new Reconciler(
    context,
    calls,
    agents,
    {} as unknown as Desk,
    {} as unknown as RuleBook,
    { reconcile: () => false } as unknown as ReturnCalls,
    () => undefined,
  );
  const rangAt = clock.now();
  const facts = { ...NOTHING_KNOWN, agentId: AGENT };
  calls.add({
    ...{ order: ORDER, lead: lead(1), campaign: CAMPAIGN, profile: TEST_PROFILE, listens: null },
    policy: policyOf({ ...CAMPAIGN, ringTimeoutMs: ringMs }, ORDER, TEST_PROFILE, DEFAULT_TIMINGS),
    call: beginCall(ATTEMPT, facts, after(rangAt, ringMs)),
  });
  calls.apply(ATTEMPT, { type: "agentReserved", at: rangAt, agentId: AGENT });
  calls.apply(ATTEMPT, { type: "rang", stamp: { at: rangAt, asteriskAt: null } });
  reconciler.connection(true);
  await clock.advance(LISTED_LATER_MS);
  const look = async (): Promise<void> => {
    reconciler.deadlinePassed("reconcile");
    await clock.advance(LISTED_LATER_MS);
  };
  const answeredAt = (): Instant | null => calls.find(ATTEMPT)?.call.facts.answeredAt?.at ?? null;
  return { calls, clock, reconciler, shown, told, look, answeredAt, rangAt };
}

test("an answer that is listed a moment before its event comes is as old as the event says", async () => {
  const { calls, clock, shown, told, look, answeredAt } = await ringing();
  await clock.advance(4_000);
  shown.state = "up";
  await look();
  const stamp = { at: clock.now(), asteriskAt: null };
  calls.apply(ATTEMPT, { type: "answered", stamp, sipCallId: null });
  await clock.advance(1_000);
  expect(answeredAt()).toBe(stamp.at);
  expect(told).toEqual(["bridge"]);
});

test("an answer of which nobody tells a moment later either counts from when it may have been", async () => {
  const { clock, shown, told, look, answeredAt, rangAt } = await ringing();
  await clock.advance(1_000);
  shown.state = "up";
  await look();
  expect(answeredAt()).toBeNull();
  await clock.advance(100);
  expect(answeredAt()).toBe(rangAt);
  expect(told).toEqual(["bridge"]);
});

test("nobody waits for news that was lost with the connection", async () => {
  const { clock, reconciler, shown, told, answeredAt } = await ringing();
  await clock.advance(1_000);
  reconciler.connection(false);
  const lostAt = clock.now();
  shown.state = "up";
  await clock.advance(500);
  reconciler.connection(true);
  await clock.advance(LISTED_LATER_MS);
  expect(answeredAt()).toBe(lostAt);
  expect(told).toEqual(["bridge"]);
});

test("a call that would be given up meanwhile is not left to its time-out", async () => {
  const { shown, told, look, answeredAt } = await ringing(50);
  shown.state = "up";
  await look();
  expect(answeredAt()).not.toBeNull();
  expect(told).toEqual(["bridge"]);
});
