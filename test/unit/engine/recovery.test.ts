/** What a new process makes of the rows that the last one left open. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { transition } from "../../../src/call/transition.ts";
import type { Call } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, AttemptState } from "../../../src/domain/attempt.ts";
import { after } from "../../../src/domain/instant.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import { policyOf } from "../../../src/engine/live-call.ts";
import type { LegsSnapshot } from "../../../src/engine/ports.ts";
import { recovered } from "../../../src/engine/recovery.ts";
import { MONDAY_MORNING as NOW } from "../../../src/simulation/virtual-clock.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, CAMPAIGN, LEG, openAttempt, ORDER } from "./bench.ts";

type CustomerLeg = LegsSnapshot["customerLegs"][number];

const POLICY = policyOf(CAMPAIGN, ORDER, TEST_PROFILE, DEFAULT_TIMINGS);
const before = (ms: number): AttemptFacts["placedAt"] => ({ at: after(NOW, -ms), asteriskAt: null });

const leg = (state: CustomerLeg["state"], inAgentBridge: CustomerLeg["inAgentBridge"] = null): CustomerLeg => ({
  attemptId: ATTEMPT,
  state,
  inAgentBridge,
  createdAt: after(NOW, -30_000),
});

const PLACED: Partial<AttemptFacts> = { placedAt: before(20_000) };
const ANSWERED: Partial<AttemptFacts> = { ...PLACED, ringing: "ringing", answeredAt: before(5_000) };
const CONNECTED: Partial<AttemptFacts> = { ...ANSWERED, connectedAt: before(4_900), agentId: AGENT };

/** How the call stands after its first moment in the new process. */
function takenOver(
  facts: Partial<AttemptFacts>,
  at: CustomerLeg | null,
  talking: typeof AGENT | null = null,
): { call: Call; wants: string[]; needsAgent: boolean } {
  const open = openAttempt({ facts: { ...NOTHING_KNOWN, ...facts } });
  const { call, event, needsAgent } = recovered(open, at, talking, CAMPAIGN, NOW);
  if (event === null) return { call, wants: [], needsAgent };
  const next = transition(call, event, POLICY);
  return { call: next.call, wants: next.effects.map((each) => each.type), needsAgent };
}

describe("no leg is left", () => {
  test.each<[what: string, Partial<AttemptFacts>, outcome: string]>([
    ["nobody knows whether it was placed", {}, "lost"],
    ["it was on its way", PLACED, "lost"],
    ["somebody had answered and met nobody", ANSWERED, "abandoned-silent"],
    ["they had talked", CONNECTED, "connected"],
    [
      "we had given up ringing",
      { ...PLACED, ringing: "ringing", endedBy: "us", endReason: "ringTimeout" },
      "no-answer",
    ],
    [
      "they had heard the message",
      { ...ANSWERED, message: "finished", messageAt: before(3_100) },
      "abandoned-with-message",
    ],
    ["they had left early", { ...ANSWERED, endedBy: "farEnd", endedAt: before(4_500) }, "hung-up-early"],
  ])("and %s: ended", (_what, facts, outcome) => {
    const { call, wants, needsAgent } = takenOver(facts, null);
    expect(call).toMatchObject({ state: "ended", outcome });
    expect([wants, needsAgent]).toEqual([[], false]);
  });
});

describe("the leg still rings", () => {
  test.each<CustomerLeg["state"]>(["dialling", "ringing"])("%s: it goes on, and needs an agent", (state) => {
    const { call, wants, needsAgent } = takenOver(PLACED, leg(state));
    expect(call).toMatchObject({ state: "ringing", heldAgentId: null, deadlineAt: after(NOW, CAMPAIGN.ringTimeoutMs) });
    expect([wants, needsAgent]).toEqual([[], true]);
  });

  test("what the row had missed is read from the leg", () => {
    const { call } = takenOver({}, leg("ringing"));
    const now = { at: NOW, asteriskAt: null };
    expect(call.facts).toMatchObject({ placedAt: now, ringing: "ringing", ringingAt: now });
  });

  test("what the row knows is not overwritten", () => {
    const facts = { ...PLACED, ringing: "ringing", ringingAt: before(18_000) } as const;
    expect(takenOver(facts, leg("ringing")).call.facts).toMatchObject(facts);
  });
});

test("a leg that was made and never dialled is hung up: it would wait for ever", () => {
  const { call, wants, needsAgent } = takenOver({}, leg("down"));
  expect([call.state, wants, needsAgent]).toEqual(["ending", ["hangUp"], false]);
});

describe("the leg is up", () => {
  test.each([
    ["answered and waiting", ANSWERED],
    ["answered, and the row had missed it", PLACED],
    ["about to be hung up on", { ...ANSWERED, endedBy: "us", endReason: "noAgent" } as const],
    ["left by the agent", { ...CONNECTED, endedBy: "agent", endReason: "agentGone" } as const],
  ])("%s, with nobody there: they get the message at once", (_what, facts) => {
    const { call, wants, needsAgent } = takenOver(facts, leg("up"));
    expect([call.state, wants, needsAgent]).toEqual(["informing", ["playInformationMessage"], false]);
    expect(call.facts.answeredAt).not.toBeNull();
  });

  test("in an agent's bridge: they go on talking", () => {
    const { call, wants } = takenOver(CONNECTED, leg("up", LEG), AGENT);
    expect(call).toMatchObject({ state: "connected", heldAgentId: AGENT, facts: CONNECTED });
    expect(wants).toEqual([]);
  });

  test("in an agent's bridge, and the row had missed the join: since when is not known, hence late", () => {
    const { call } = takenOver(ANSWERED, leg("up", LEG), AGENT);
    expect(call.facts.connectedAt?.at).toBe(NOW);
    const stamp = { at: after(NOW, 60_000), asteriskAt: null };
    const ended = transition(call, { type: "destroyed", stamp, cause: 16, sip: null, sipCallId: null }, POLICY);
    expect(ended.call).toMatchObject({ outcome: "connected-late" });
    expect(ended.effects).toEqual([{ type: "releaseAgent", agentId: AGENT, talked: true }]);
  });
});

test("whatever row meets whatever leg: the call is ended or has a deadline that comes, and forgets nothing", () => {
  const anyFacts = fc.constantFrom<Partial<AttemptFacts>>({}, PLACED, ANSWERED, CONNECTED, {
    ...ANSWERED,
    message: "started",
    messageAt: before(3_000),
  });
  const anyState = fc.constantFrom<AttemptState>("placing", "dialling", "ringing", "answered", "connected", "ending");
  const anyLeg = fc.option(
    fc.constantFrom<CustomerLeg["state"]>("down", "dialling", "ringing", "up").map((each) => leg(each)),
  );
  fc.assert(
    fc.property(anyFacts, anyState, anyLeg, fc.boolean(), (facts, state, at, isTalking) => {
      const open = openAttempt({ state, facts: { ...NOTHING_KNOWN, ...facts } });
      const { call } = recovered(open, at, at?.state === "up" && isTalking ? AGENT : null, CAMPAIGN, NOW);
      expect(Number.isFinite(call.deadlineAt)).toBe(true);
      expect(call.facts).toMatchObject(facts);
    }),
  );
});
