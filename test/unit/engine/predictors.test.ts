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
import type { Agents } from "../../../src/engine/agents/agents.ts";
import type { Allowance } from "../../../src/engine/rules/allowance.ts";
import type { Calls } from "../../../src/engine/calls/calls.ts";
import type { LiveCall } from "../../../src/engine/calls/live-call.ts";
import { policyOf } from "../../../src/engine/calls/live-call.ts";
import { Predictors } from "../../../src/engine/pacing/predictors.ts";
import type { Circumstances } from "../../../src/engine/pacing/predictors.ts";
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
        const profile = { agentId: agentId(id), campaignIds: [PREDICTIVE.campaignId, SHARING] };
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
      linesFree: 1_000,
      isStale: false,
      at: parts.clock.now(),
      steadyMs: parts.clock.steadyMs(),
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
    ringMinMs?: number;
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
  const { ringMinMs = TEST_RULES.profile.ringMinMs } = more;
  const policy = policyOf(PREDICTIVE, order, { ...TEST_RULES.profile, ringMinMs }, it.context.settings.timings);
  it.living.push({
    order,
    lead: lead(1),
    campaign: more.campaign ?? PREDICTIVE,
    profile: TEST_RULES.profile,
    policy,
    listens: null,
    call,
  });
}

/** Of every ten calls so many were answered after eight seconds, in a quarter of an hour; it is not learning any more. */
async function teach(it: Desk, campaign: Campaign, answers: number): Promise<void> {
  const { predictors, clock } = it;
  const before = beginCall(ORDER.attemptId, NOTHING_KNOWN, clock.now());
  it.agents = 3;
  predictors.decide(it.now({ campaign }));
  for (let round = 0; round < 30; round++) {
    const order = { ...ORDER, campaignId: campaign.campaignId, decidedAt: clock.now() };
    const changed = (facts: Partial<AttemptFacts>): void => {
      const known = { ...NOTHING_KNOWN, ...facts };
      const call = { state: "ended" as const, attemptId: ORDER.attemptId, facts: known, outcome: "no-answer" as const };
      predictors.callChanged({ order } as LiveCall, before, call);
    };
    for (let call = 0; call < 10; call++) predictors.callPlaced(order, listId(1), clock.now());
    await clock.advance(8_000);
    const answered = stamp(clock.now());
    for (let call = 0; call < answers; call++) changed({ answeredAt: answered });
    await clock.advance(17_000);
    const ended = { endedBy: "farEnd" as const, endedAt: stamp(clock.now()) };
    for (let call = answers; call < 10; call++) changed(ended);
    predictors.decide(it.now({ campaign }));
  }
  await clock.advance(60_000);
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

test("an account that has not been read stops the placing, and the recourse goes on", () => {
  const it = desk();
  rings(it, "sixteen seconds", 16_000);
  const unread = it.now({ allowance: { ...ALLOWED, mode: "reserved", code: "account-unread", windows: [] } });
  expect(it.predictors.decide(unread)).toMatchObject({ cancel: ["sixteen seconds"], place: 0, because: "gated" });
});

describe("what the call itself would refuse is not asked for", () => {
  test("a call goes by the least ring of its own time, whatever the profile says by now", () => {
    const it = desk();
    rings(it, "placed when it was seventeen", 16_000, { ringMinMs: 17_000 });
    rings(it, "placed yesterday, as it were", 17_000, { ringMinMs: 17_000 });
    const rules = { ...TEST_RULES, profile: { ...TEST_RULES.profile, ringMinMs: 3_000 } };
    expect(it.predictors.decide(it.now({ rules })).cancel).toEqual(["placed yesterday, as it were"]);
  });

  test("and what rings on is counted as ringing", async () => {
    const lossWith = async (facts: Partial<AttemptFacts>): Promise<number> => {
      const it = desk();
      await teach(it, PREDICTIVE, 3);
      it.agents = 1;
      for (let call = 0; call < 6; call++) rings(it, `call ${call}`, 16_000, { ringMinMs: 17_000, facts });
      const { cancel, loss } = it.predictors.decide(it.now());
      expect(cancel).toEqual([]);
      return loss;
    };
    const counted = await lossWith({});
    expect(counted).toBeGreaterThan(0.05);
    // As if it could not be cancelled at all.
    expect(counted).toBe(await lossWith({ ringing: "early", ringingAt: null }));
  });
});

describe("a clock that is set forward", () => {
  test.each<[string, stepMs: number, cancel: string[]]>([
    ["by a quarter of a minute lets nobody ring for longer", 15_000, []],
    ["by an hour neither", 3_600_000, []],
    ["not at all: thirteen seconds more are thirteen seconds more", 0, ["two seconds"]],
  ])("%s", (_what, stepMs, cancel) => {
    const it = desk();
    rings(it, "two seconds", 2_000);
    const { at, steadyMs } = it.now();
    expect(it.predictors.decide(it.now()).cancel).toEqual([]);
    const passedMs = stepMs === 0 ? 13_000 : 500;
    const later = { at: after(at, passedMs + stepMs), steadyMs: steadyMs + passedMs };
    expect(it.predictors.decide(it.now(later)).cancel).toEqual(cancel);
    // Thirteen seconds after the first look it has rung for fifteen by any clock.
    const enough = { at: after(at, 13_000 + stepMs), steadyMs: steadyMs + 13_000 };
    expect(it.predictors.decide(it.now(enough)).cancel).toEqual(["two seconds"]);
  });
});

describe("calls of campaigns that share agents", () => {
  const RIVAL: Campaign = { ...PREDICTIVE, campaignId: SHARING };

  /** With calls of which so many of ten are answered there, null: nobody here knows. The loss is that of the first call. */
  const besides = async (rivalAnswers: number | null, rivals = 5): Promise<{ loss: number; floor: number }> => {
    const it = desk();
    await teach(it, PREDICTIVE, 3);
    if (rivalAnswers !== null) await teach(it, RIVAL, rivalAnswers);
    it.agents = 6;
    for (let call = 0; call < rivals; call++) rings(it, `rival ${call}`, 6_000, { order: { campaignId: SHARING } });
    const { floor } = it.predictors.decide(it.now());
    it.agents = 3;
    const { loss } = it.predictors.decide(it.now({ leadsReady: 0 }));
    return { loss, floor };
  };

  test("weigh as much as people answer there, and without a forecast there the first guess", async () => {
    const none = await besides(3, 0);
    const [few, alike, unknown, many] = [await besides(1), await besides(3), await besides(null), await besides(8)];
    const losses = [none, few, alike, unknown, many].map(({ loss }) => loss);
    for (const [index, loss] of losses.slice(1).entries()) expect(loss).toBeGreaterThan(losses[index]!);
    // One call for each agent needs no forecast: there a call is a call.
    expect([none.floor, few.floor, alike.floor, many.floor]).toEqual([6, 1, 1, 1]);
  }, 30_000);

  test("likewise those that are decided and not placed yet", async () => {
    const it = desk();
    await teach(it, PREDICTIVE, 3);
    it.agents = 3;
    const pending = [1, 2, 3].map((each) => ({
      ...ORDER,
      agentId: null,
      campaignId: SHARING,
      attemptId: attempt(`${each}`),
    }));
    const alone = it.predictors.decide(it.now({ leadsReady: 0 })).loss;
    expect(it.predictors.decide(it.now({ leadsReady: 0, pending })).loss).toBeGreaterThan(alone);
    it.agents = 4;
    expect(it.predictors.decide(it.now({ pending })).floor).toBe(1);
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
    // Sixty calls, and no first guess beside them; of the early ones a little is forgotten by then.
    expect(attemptsKnown(again)).toBeGreaterThan(55);
    expect(attemptsKnown(again)).toBeLessThanOrEqual(60);
    again.predictors.decide(again.now({ campaign: { ...PREDICTIVE, recourse: false } }));
    expect(attemptsKnown(again)).toBeGreaterThan(55);
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
