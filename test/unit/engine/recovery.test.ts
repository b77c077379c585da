/** What a new process makes of the rows that the last one left open. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { transition } from "../../../src/call/transition.ts";
import type { Call, CallEvent } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, AttemptState } from "../../../src/domain/attempt.ts";
import { after } from "../../../src/domain/instant.ts";
import type { Stamp } from "../../../src/domain/stamp.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import { policyOf } from "../../../src/engine/calls/live-call.ts";
import type { LegsSnapshot } from "../../../src/engine/ports.ts";
import { recovered } from "../../../src/engine/reconciling/recovery.ts";
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
  news: readonly CallEvent[] = [],
): { call: Call; wants: string[]; needsAgent: boolean } {
  const open = openAttempt({ facts: { ...NOTHING_KNOWN, ...facts } });
  const { call, event, needsAgent } = recovered(open, { leg: at, talkingAgent: talking, news }, CAMPAIGN, NOW);
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

describe("what happened between the two processes was told all the same", () => {
  const at = (ms: number): Stamp => ({ at: after(NOW, -ms), asteriskAt: after(NOW, -ms) });
  const destroyed = (cause: number, sip: number | null = null): CallEvent => ({
    ...{ type: "destroyed", stamp: at(500), cause, sip, sipCallId: "call-id" },
  });
  const answered: CallEvent = { type: "answered", stamp: at(3_000), sipCallId: null };
  const left: CallEvent = { type: "hangupRequested", stamp: at(600), by: "farEnd", cause: 16, sip: null };

  test.each<[what: string, facts: Partial<AttemptFacts>, news: CallEvent[], expected: object]>([
    ["busy", PLACED, [destroyed(17, 486)], { outcome: "busy", facts: { cause: 17, sip: 486, endedAt: at(500) } }],
    [
      "they hung up after a talk",
      CONNECTED,
      [left, destroyed(16)],
      { outcome: "connected", facts: { endedBy: "farEnd", cause: 16, endedAt: at(500), agentId: AGENT } },
    ],
    [
      "they answered and met nobody, and it is known since when",
      PLACED,
      [{ type: "rang", stamp: at(6_000) }, answered, left, destroyed(16)],
      { outcome: "hung-up-waiting", facts: { answeredAt: at(3_000), ringingAt: at(6_000) } },
    ],
    [
      "they were joined to the one who was promised",
      { ...PLACED, agentId: AGENT },
      [answered, { type: "joined", stamp: at(2_990) }, left, destroyed(16)],
      { outcome: "connected", facts: { connectedAt: at(2_990) } },
    ],
    [
      "they heard the message to its end",
      ANSWERED,
      [
        { type: "messageStarted", stamp: at(3_000), choice: "campaign" },
        { type: "messageFinished", stamp: at(700), choice: "campaign" },
        destroyed(16),
      ],
      { outcome: "abandoned-with-message", facts: { messageAt: at(3_000), messageChoice: "campaign" } },
    ],
  ])("%s", (_what, facts, news, expected) => {
    const { call } = takenOver(facts, null, null, news);
    expect(call).toMatchObject({ state: "ended", ...expected });
    // Without the news it is guessed at.
    expect(takenOver(facts, null).call).not.toMatchObject(expected);
  });

  test("the end was told after the look was taken: it is over, and nobody seeks an agent for it", () => {
    const { call, needsAgent } = takenOver(PLACED, leg("ringing"), null, [destroyed(17, 486)]);
    expect([call.state, needsAgent]).toEqual(["ended", false]);
  });

  test.each(["talkingAgent", "keeper"] as const)("likewise of whoever was with an agent (%s), who is let go", (who) => {
    const open = openAttempt({ state: "connected", facts: { ...NOTHING_KNOWN, ...CONNECTED } });
    const found = { leg: leg("up", LEG), [who]: AGENT, news: [left, destroyed(16)] };
    const { call, event } = recovered(open, found, CAMPAIGN, NOW);
    expect(call.heldAgentId).toBe(AGENT);
    if (event === null) throw new Error("nothing happens to it");
    const ended = transition(call, event, POLICY);
    expect(ended.call).toMatchObject({ state: "ended", outcome: "connected" });
    expect(ended.effects).toEqual([{ type: "releaseAgent", agentId: AGENT, talked: true }]);
  });

  test("a leg that stands and answered meanwhile is as old as its answer", () => {
    const { call } = takenOver(PLACED, leg("up"), null, [answered]);
    expect(call.facts.answeredAt).toEqual(at(3_000));
    expect(takenOver(PLACED, leg("up")).call.facts.answeredAt).toEqual(before(20_000));
  });

  test("sound before the answer is the network's, and what the row knew already stays", () => {
    const noise: CallEvent = { type: "speechStarted", stamp: at(9_000) };
    const word: CallEvent = { type: "speechStarted", stamp: at(2_000) };
    const { call } = takenOver(ANSWERED, leg("up"), null, [{ ...answered, stamp: at(1_000) }, word]);
    expect(call.facts).toMatchObject({ answeredAt: before(5_000), speechStartedAt: at(2_000) });
    expect(takenOver(PLACED, leg("ringing"), null, [noise]).call.facts.speechStartedAt).toBeNull();
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
      const { call } = recovered(
        open,
        { leg: at, talkingAgent: at?.state === "up" && isTalking ? AGENT : null },
        CAMPAIGN,
        NOW,
      );
      expect(Number.isFinite(call.deadlineAt)).toBe(true);
      expect(call.facts).toMatchObject(facts);
    }),
  );
});

describe("somebody was on hold", () => {
  const held = openAttempt({ state: "onHold", facts: { ...NOTHING_KNOWN, ...CONNECTED } });

  test("their agent is there: brought back at once", () => {
    const { call, event } = recovered(held, { leg: leg("up"), keeper: AGENT }, CAMPAIGN, NOW);
    expect(event?.type).toBe("resumeAsked");
    if (event === null) return;
    const next = transition(call, event, POLICY);
    expect(next.call).toMatchObject({ state: "resuming", heldAgentId: AGENT });
    expect(next.effects).toMatchObject([{ type: "resume", agentId: AGENT }]);
  });

  test("nobody is there: the message, at once", () => {
    const { call, event } = recovered(held, { leg: leg("up") }, CAMPAIGN, NOW);
    if (event === null) throw new Error("nothing happens to them");
    const next = transition(call, event, POLICY);
    expect(next.call.state).toBe("informing");
    expect(next.effects.map(({ type }) => type)).toContain("playInformationMessage");
  });

  test("a machine that was being left its message is let go", () => {
    const reported = { ...CONNECTED, machineReportedAt: before(2_000), messageChoice: "voicemail", message: "started" };
    const open = openAttempt({ state: "leaving", facts: { ...NOTHING_KNOWN, ...(reported as Partial<AttemptFacts>) } });
    const { call, event } = recovered(open, { leg: leg("up") }, CAMPAIGN, NOW);
    if (event === null) throw new Error("nothing happens to it");
    expect(transition(call, event, POLICY).effects).toEqual([{ type: "hangUp", reason: "voicemailLeft" }]);
  });
});
