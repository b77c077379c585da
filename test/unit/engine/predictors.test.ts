/** Which calls pacing may cancel, and what it goes on from: after a restart, with other settings, on another list. */
import { describe, expect, test } from "@jest/globals";
import type { AgentState } from "../../../src/agent/agent.ts";
import { newAgent } from "../../../src/agent/transition.ts";
import { beginCall } from "../../../src/call/call.ts";
import type { LivingCall } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, AttemptOrder } from "../../../src/domain/attempt.ts";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { agentId, campaignId, legId, listId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import type { Agents } from "../../../src/engine/agents.ts";
import type { Allowance } from "../../../src/engine/allowance.ts";
import type { Calls } from "../../../src/engine/calls.ts";
import type { LiveCall } from "../../../src/engine/live-call.ts";
import { policyOf } from "../../../src/engine/live-call.ts";
import { Predictors } from "../../../src/engine/predictors.ts";
import type { Circumstances } from "../../../src/engine/predictors.ts";
import { TEST_RULES } from "../../support/test-profile.ts";
import { bench, CAMPAIGN, lead, ORDER } from "./bench.ts";
import type { Bench } from "./bench.ts";

const PREDICTIVE: Campaign = { ...CAMPAIGN, mode: "predictive", recourse: true, ringTimeoutMs: 25_000 };
const SHARING = campaignId(2);

const ALLOWED: Allowance = {
  mode: "free",
  bank: null,
  credit: null,
  code: "free",
  because: "within the abandon budget",
  readings: [],
  windows: [
    { liveAnswers: 1_000, abandoned: 20, targetBasisPoints: 300, limitBasisPoints: 300, msUntilEnd: 4 * 3_600_000 },
  ],
  guard: null,
};

interface Desk extends Bench {
  readonly predictors: Predictors;
  readonly living: LiveCall[];
  agents: number;
  now(more?: Partial<Circumstances>): Circumstances;
}

function desk(): Desk {
  const parts = bench();
  const living: LiveCall[] = [];
  const calls = { all: () => living, find: () => undefined } as unknown as Calls;
  const agents = {
    rivalsOf: () => new Map([[SHARING, { agents: 5, available: 0 }]]),
    *loggedIn() {
      for (let id = 1; id <= it.agents; id++) {
        const state: AgentState = { state: "available", since: parts.clock.now() };
        const profile = { agentId: agentId(id), campaignIds: [PREDICTIVE.campaignId] };
        yield { profile, agent: { ...newAgent(parts.clock.now()), state }, legId: legId(`leg-${id}`) };
      }
    },
  } as unknown as Agents;
  const it: Desk = {
    ...parts,
    living,
    agents: 0,
    predictors: new Predictors(parts.log, calls, agents),
    now: (more = {}) => ({
      campaign: PREDICTIVE,
      rules: TEST_RULES,
      allowance: ALLOWED,
      leadsReady: 1_000,
      linesMax: 1_000,
      isStale: false,
      at: parts.clock.now(),
      pending: [],
      ...more,
    }),
  };
  return it;
}

const attempt = (name: string): AttemptId => name as AttemptId;
const stamp = (at: Instant) => ({ at, asteriskAt: null });

/** A call that has rung for so long. */
function rings(
  it: Desk,
  name: string,
  rangMs: number,
  more: {
    order?: Partial<AttemptOrder>;
    facts?: Partial<AttemptFacts>;
    state?: LivingCall["state"];
    call?: Partial<Pick<LivingCall, "heldAgentId" | "optedOut">>;
    campaign?: Campaign;
  } = {},
): void {
  const now = it.clock.now();
  const order = { ...ORDER, agentId: null, attemptId: attempt(name), ...more.order };
  const facts: AttemptFacts = {
    ...NOTHING_KNOWN,
    placedAt: stamp(after(now, -rangMs - 2_000)),
    ringing: "ringing",
    ringingAt: stamp(after(now, -rangMs)),
    ...more.facts,
  };
  const begun = beginCall(order.attemptId, facts, after(now, 5_000));
  const call: LivingCall = { ...begun, state: more.state ?? "ringing", ...more.call };
  const policy = policyOf(PREDICTIVE, order, TEST_RULES.profile, it.context.settings.timings);
  it.living.push({
    order,
    lead: lead(1),
    campaign: more.campaign ?? PREDICTIVE,
    profile: TEST_RULES.profile,
    policy,
    call,
  });
}

describe("with nobody there any more, all that may be cancelled is", () => {
  // Whoever answers now finds nobody: what is left out is left out for its own sake.
  test("and nothing else", () => {
    const it = desk();
    rings(it, "long enough", 15_000);
    rings(it, "too short", 14_999);
    rings(it, "a mere 183", 16_000, {
      facts: { ringing: "early", ringingAt: null, progressAt: stamp(it.clock.now()) },
    });
    rings(it, "placed with an agent, who was lost", 16_000, { order: { agentId: agentId(3) } });
    rings(it, "with an agent found meanwhile", 16_000, { call: { heldAgentId: agentId(3) } });
    rings(it, "objected to", 16_000, { call: { optedOut: true } });
    rings(it, "of a campaign that shares agents", 16_000, { order: { campaignId: SHARING } });
    rings(it, "ending already", 16_000, { state: "ending" });
    rings(it, "answered", 16_000, { state: "answered", facts: { answeredAt: stamp(it.clock.now()) } });
    rings(it, "placed before there was recourse", 16_000, { campaign: { ...PREDICTIVE, recourse: false } });
    rings(it, "placed in another mode", 16_000, { campaign: { ...PREDICTIVE, mode: "power" } });
    rings(it, "longer still", 19_000);
    const pending = [{ ...ORDER, agentId: null, attemptId: attempt("decided a moment ago") }];
    expect(it.predictors.decide(it.now({ pending })).cancel).toEqual(["long enough", "longer still"]);
  });

  test.each<[string, Partial<Circumstances>]>([
    ["the campaign does not ask for it", { campaign: { ...PREDICTIVE, recourse: false } }],
    ["events may be missing", { isStale: true }],
    ["the account has not been read", { allowance: { ...ALLOWED, windows: [] } }],
    [
      "the profile, or the campaign by it, wants calls to ring for longer",
      { rules: { ...TEST_RULES, profile: { ...TEST_RULES.profile, ringMinMs: 17_000 } } },
    ],
  ])("but none where %s", (_what, more) => {
    const it = desk();
    rings(it, "sixteen seconds", 16_000);
    expect(it.predictors.decide(it.now(more)).cancel).toEqual([]);
  });

  test("and a profile that asks for less does not shorten the fifteen seconds", () => {
    const it = desk();
    rings(it, "fourteen seconds", 14_000);
    const rules = { ...TEST_RULES, profile: { ...TEST_RULES.profile, ringMinMs: 0, earlyRingMinMs: 0 } };
    expect(it.predictors.decide(it.now({ rules })).cancel).toEqual([]);
  });
});

test("with agents to spare nothing is cancelled", () => {
  const it = desk();
  it.agents = 5;
  rings(it, "long enough", 16_000);
  expect(it.predictors.decide(it.now()).cancel).toEqual([]);
});

describe("what was learned", () => {
  /** A campaign that has placed so many calls of this list, of which nobody answered. */
  const unanswered = async (it: Desk, count: number, list: number): Promise<void> => {
    for (let call = 0; call < count; call++) {
      const at = it.clock.now();
      it.predictors.callPlaced(ORDER, listId(list), at);
      await it.clock.advance(25_000);
      const live = { order: { ...ORDER, decidedAt: at } } as LiveCall;
      const facts = { ...NOTHING_KNOWN, endedBy: "farEnd" as const, endedAt: stamp(it.clock.now()) };
      const before = beginCall(ORDER.attemptId, NOTHING_KNOWN, at);
      it.predictors.callChanged(live, before, {
        state: "ended",
        attemptId: ORDER.attemptId,
        facts,
        outcome: "no-answer",
      });
    }
    it.predictors.decide(it.now());
  };
  const taught = async (): Promise<Desk> => {
    const it = desk();
    it.agents = 2;
    it.predictors.decide(it.now());
    await unanswered(it, 60, 1);
    return it;
  };
  const attemptsKnown = (it: Desk): number => it.predictors.learnedOf(PREDICTIVE.campaignId)?.attempts ?? -1;
  const rate = (it: Desk): number => it.predictors.learnedOf(PREDICTIVE.campaignId)?.answerRate ?? -1;

  test("outlives a restart, and a change of the campaign's settings", async () => {
    const it = await taught();
    const memory: unknown = JSON.parse(JSON.stringify(it.predictors.memoryOf(PREDICTIVE.campaignId)));
    const again = desk();
    again.predictors.remember([{ campaignId: PREDICTIVE.campaignId, savedAt: again.clock.now(), memory }]);
    again.predictors.decide(again.now());
    expect(attemptsKnown(again)).toBeGreaterThanOrEqual(60);
    again.predictors.decide(again.now({ campaign: { ...PREDICTIVE, recourse: false } }));
    expect(attemptsKnown(again)).toBeGreaterThanOrEqual(60);
    expect(again.log.lines().map(({ message }) => message)).toEqual(["pacing goes on from what it learned before"]);
  });

  test("weighs less the next day, and nothing after a week", async () => {
    const it = await taught();
    const memory = it.predictors.memoryOf(PREDICTIVE.campaignId);
    const [tomorrow, nextWeek] = [desk(), desk()];
    for (const [each, days] of [[tomorrow, 1] as const, [nextWeek, 8] as const]) {
      const savedAt = after(each.clock.now(), -days * 24 * 3_600_000);
      each.predictors.remember([{ campaignId: PREDICTIVE.campaignId, savedAt, memory }]);
      each.predictors.decide(each.now());
    }
    expect(attemptsKnown(tomorrow)).toBeGreaterThan(15);
    expect(attemptsKnown(tomorrow)).toBeLessThan(30);
    expect(attemptsKnown(nextWeek)).toBe(0);
  });

  test("and cannot be read, is learned anew and told, once", () => {
    const it = desk();
    const memory = { version: 1, drift: 0, forecast: "spoilt" };
    it.predictors.remember([{ campaignId: PREDICTIVE.campaignId, savedAt: it.clock.now(), memory }]);
    it.predictors.decide(it.now());
    it.predictors.decide(it.now());
    expect(attemptsKnown(it)).toBe(0);
    expect(it.log.lines().filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("of the last retries of one list is not held against the next one", async () => {
    const it = await taught();
    const before = rate(it);
    expect(before).toBeLessThan(0.15);
    // Fewer than make a majority, then one more.
    await unanswered(it, 10, 2);
    expect(rate(it)).toBeLessThan(before);
    await unanswered(it, 1, 2);
    expect(rate(it)).toBeGreaterThan(0.3);
  });

  test("is nothing where a campaign was never dialled", () => {
    const it = desk();
    expect(it.predictors.memoryOf(PREDICTIVE.campaignId)).toBeNull();
    expect(it.predictors.learnedOf(PREDICTIVE.campaignId)).toBeNull();
  });
});
