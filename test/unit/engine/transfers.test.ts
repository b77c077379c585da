/** People passed on, from the agent's command to the rows; and numbers outside, which are screened. */
import { expect, test } from "@jest/globals";
import { beginCall, type CallEvent } from "../../../src/call/call.ts";
import { transition } from "../../../src/call/transition.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { DEFAULT_DESK } from "../../../src/domain/desk.ts";
import { agentId, campaignId, legId, type AgentId, type AttemptId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { TransferNote } from "../../../src/domain/transfer.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import { DeskWorks } from "../../../src/engine/agents/desk-work.ts";
import { policyOf, type LiveCall } from "../../../src/engine/calls/live-call.ts";
import { outsideRefusal, type OutsideRules } from "../../../src/engine/agents/outside.ts";
import type { CommandResult, DeskTelephony } from "../../../src/engine/ports.ts";
import { Transfers, type TransferEffect } from "../../../src/engine/agents/transfers.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, lead, NO_TRANSFERS, ORDER } from "./bench.ts";

const OTHER = agentId(8);
const OUTSIDE = phoneNumber("+442079460999");
const DONE: CommandResult = { ok: true };

/** An agent who talks, another who is free, and an obedient telephony that notes what it is told. */
function desk({ home = [DONE], refusal = null }: { home?: CommandResult[]; refusal?: string | null } = {}) {
  const notes: TransferNote[] = [];
  const told: string[] = [];
  const released: string[] = [];
  const held = new Set<AgentId>();
  const passed: AgentId[] = [];
  const telephony: DeskTelephony = {
    meet: async (_attempt, agentLeg, other) => (told.push(`meet ${agentLeg} ${other}`), DONE),
    sendHome: async (leg) => (told.push(`home ${leg}`), home.shift() ?? DONE),
    handOver: async (_attempt, to) => (told.push(`hand over ${to}`), DONE),
    callOutside: ({ number }) => void told.push(`call ${number}`),
    hangUpOutside: async () => (told.push("hang up outside"), DONE),
    supervise: async () => DONE,
    endSupervision: async () => DONE,
  };
  const { context, clock, journal } = bench({
    store: { recordTransfer: async (note) => void notes.push(note), recordDeskWork: async () => undefined },
    telephony: {
      desk: telephony,
      hangUpAgentLeg: async (leg) => (told.push(`phone hung up ${leg}`), DONE),
    },
  });
  const campaign = {
    ...CAMPAIGN,
    desk: { ...DEFAULT_DESK, transferKeys: [{ key: "1", kind: "blind" as const, to: { agentId: OTHER } }] },
  };
  const live: LiveCall = {
    ...{ order: ORDER, lead: lead(1), campaign, profile: TEST_PROFILE, listens: null },
    policy: policyOf(campaign, ORDER, TEST_PROFILE, DEFAULT_TIMINGS),
    call: beginCall(ATTEMPT, { ...NOTHING_KNOWN, agentId: AGENT }, after(clock.now(), 10_000)),
  };
  const OURS = new Set(["meet", "handOver", "dismiss", "callOutside", "hangUpOutside"]);
  const apply = (_attempt: unknown, event: CallEvent): void => {
    const before = live.call;
    const { call, effects } = transition(before, event, live.policy);
    if (call === before && effects.length === 0) return;
    transfers.callChanged(live, before, call);
    if (call.state !== "ended") live.call = call;
    for (const effect of effects) {
      if (OURS.has(effect.type)) transfers.carryOut(live, effect as TransferEffect);
      if (effect.type === "releaseAgent") released.push(`${String(effect.agentId)} ${String(effect.talked)}`);
    }
  };
  const find = (attemptId: AttemptId): LiveCall | undefined => (attemptId === ATTEMPT ? live : undefined);
  const transfers: Transfers = new Transfers(context, {
    ...NO_TRANSFERS,
    ...{ find, apply, post: apply, all: () => [live], legOf: (agent) => legId(`leg-${String(agent)}`) },
    reserveOne: (agent) => agent === OTHER && held.size === 0 && held.add(agent).size > 0,
    reserveAny: () => (held.size === 0 ? (held.add(OTHER), OTHER) : null),
    holds: (agent) => held.has(agent),
    passedOn: (agent) => void passed.push(agent),
    releaseAgent: (agent, _attempt, talked) => {
      held.delete(agent);
      released.push(`${String(agent)} ${String(talked)}`);
    },
    outsideRefusal: () => refusal,
  });
  const works = new DeskWorks(context, {
    ...{ find, apply, transfers },
    mayLeave: () => true,
    dispose: () => undefined,
  });
  const stamp = () => ({ at: clock.now(), asteriskAt: null });
  apply(ATTEMPT, { type: "answered", stamp: stamp(), sipCallId: null });
  apply(ATTEMPT, { type: "joined", stamp: stamp() });
  const ask = (agent: AgentId, command: Parameters<DeskWorks["command"]>[2]) =>
    works.command(agent, ATTEMPT, command, "command");
  const answer = (event: "held" | "resumed" | "met"): void => {
    apply(ATTEMPT, { type: event, at: clock.now(), nth: live.call.deskCommands });
  };
  /** When it was written down that a phone is not home, in ms since the first time. */
  const astray = (): number[] => {
    const times = journal.ofKind("phone-astray").map(({ at }) => at);
    return times.map((at) => at - (times[0] ?? at));
  };
  return { ask, apply, answer, live, notes, told, released, astray, passed, held, transfers, clock };
}

test("at once: the other has them, the agent has a wrap-up, and no disposition", async () => {
  const { ask, live, notes, told, released, passed, clock } = desk();
  expect(ask(AGENT, { type: "transferByKey", key: "1" })).toBe("done");
  await clock.advance(10);
  expect(told).toEqual(["hand over leg-8"]);
  expect(live.call).toMatchObject({ state: "connected", heldAgentId: OTHER, transfer: null });
  expect(live.call.facts.agentId).toBe(OTHER);
  expect([released, passed]).toEqual([["7 true"], [AGENT]]);
  expect(notes.at(-1)).toMatchObject({ agentId: AGENT, toAgentId: OTHER, kind: "blind", endedAs: "handed-over" });
  expect(ask(AGENT, { type: "takeBack" })).toBe("not-your-call");
});

test("after a word: met, all three, and the other leaves; nothing of it is a call of theirs", async () => {
  const { ask, answer, live, notes, told, released, clock } = desk();
  expect(ask(AGENT, { type: "transfer", kind: "consulted", to: { campaignId: campaignId(1) } })).toBe("done");
  answer("held");
  await clock.advance(10);
  expect(live.call.transfer?.stage).toBe("consulting");
  expect(ask(AGENT, { type: "transfer", kind: "blind", to: { agentId: OTHER } })).toBe("in-transfer");
  expect(ask(OTHER, { type: "completeTransfer" })).toBe("not-your-call");
  expect(ask(AGENT, { type: "threeWay" })).toBe("done");
  answer("resumed");
  expect(live.call).toMatchObject({ state: "connected", transfer: { stage: "together" } });
  expect(ask(OTHER, { type: "hangUp" })).toBe("done");
  await clock.advance(10);
  expect(live.call).toMatchObject({ state: "connected", heldAgentId: AGENT, transfer: null });
  expect(told).toEqual(["meet leg-7 leg-8", "home leg-8"]);
  expect(released).toEqual(["8 false"]);
  expect(notes.at(-1)?.endedAs).toBe("left");
  expect(notes.at(-1)?.togetherAt).not.toBeNull();
});

test("a phone that does not go home is nobody's until it is there, and is hung up in the end", async () => {
  const refused: CommandResult = { ok: false, kind: "refused", detail: "" };
  const { ask, answer, told, released, astray, clock } = desk({ home: [refused, refused, refused, refused] });
  ask(AGENT, { type: "transfer", kind: "consulted", to: { agentId: OTHER } });
  answer("held");
  await clock.advance(10);
  ask(AGENT, { type: "takeBack" });
  await clock.advance(500);
  expect(released).toEqual([]);
  expect(astray()).toEqual([0, 250]);
  await clock.advance(3_000);
  expect(astray()).toEqual([0, 250, 750, 1_750]);
  expect(told.filter((each) => each.startsWith("phone"))).toEqual(["phone hung up leg-8"]);
  expect(released).toEqual(["8 false"]);
});

test("outside: no answer brings them back, and an answer that is hung up on ends the call", async () => {
  const { ask, answer, live, notes, told, transfers, clock } = desk();
  const to = { number: OUTSIDE };
  expect(ask(AGENT, { type: "transfer", kind: "blind", to })).toBe("done");
  answer("held");
  await clock.advance(30_001);
  transfers.heard({ kind: "outside", attemptId: ATTEMPT, state: "gone", at: clock.now() });
  answer("resumed");
  await clock.advance(0);
  expect(notes.at(-1)).toMatchObject({ toNumber: OUTSIDE, endedAs: "no-answer" });
  expect(ask(AGENT, { type: "transfer", kind: "blind", to })).toBe("done");
  answer("held");
  transfers.heard({ kind: "outside", attemptId: ATTEMPT, state: "answered", at: clock.now() });
  await clock.advance(10);
  expect(live.call).toMatchObject({ state: "connected", heldAgentId: null, transfer: { stage: "away" } });
  expect(notes.at(-1)?.endedAs).toBe("handed-over");
  expect(told).toEqual([`call ${OUTSIDE}`, `call ${OUTSIDE}`, "hand over outside"]);
  transfers.heard({ kind: "outside", attemptId: ATTEMPT, state: "gone", at: clock.now() });
  expect(live.call).toMatchObject({ state: "ending", facts: { endReason: "outsideLeft" } });
});

test("whoever is not free, or a number that is refused, changes nothing", () => {
  const { ask, live, held } = desk({ refusal: "premium-number" });
  held.add(OTHER);
  expect(ask(AGENT, { type: "transfer", kind: "blind", to: { agentId: OTHER } })).toBe("other-not-free");
  expect(ask(AGENT, { type: "transfer", kind: "blind", to: { campaignId: campaignId(1) } })).toBe("nobody-free");
  expect(ask(AGENT, { type: "transfer", kind: "blind", to: { agentId: AGENT } })).toBe("not-to-themselves");
  expect(ask(AGENT, { type: "transfer", kind: "blind", to: { number: OUTSIDE } })).toBe("premium-number");
  expect(ask(AGENT, { type: "transferByKey", key: "9" })).toBe("unknown-transfer-key");
  expect(ask(AGENT, { type: "completeTransfer" })).toBe("no-transfer");
  expect(live.call.state).toBe("connected");
});

const NO_TOLL = {
  ...{ countries: null, typesAllowed: [], campaignSpent: null, nodeSpent: null, nodeMax: null },
  rateOf: () => null,
};
const PREMIUM = phoneNumber("+449098790000");
const ABROAD = phoneNumber("+33142685300");
const CAREFUL = { ...CAMPAIGN, desk: { ...DEFAULT_DESK, outsideNumbers: [OUTSIDE, PREMIUM, ABROAD], outsideMax: 1 } };

test.each<[string | null, typeof OUTSIDE, Partial<OutsideRules>]>([
  [null, OUTSIDE, {}],
  ["number-not-allowed", phoneNumber("+442079460111"), {}],
  ["number-not-allowed", OUTSIDE, { campaign: () => null }],
  ["may-not-dial", OUTSIDE, { isBarred: () => true }],
  ["may-not-dial", OUTSIDE, { rulesOf: () => null }],
  ["premium-number", PREMIUM, {}],
  ["country-not-allowed", ABROAD, {}],
  ["toll-guard", OUTSIDE, { toll: () => ({ ...NO_TOLL, countries: ["IE"] }) }],
  ["toll-guard", OUTSIDE, { toll: () => ({ ...NO_TOLL, nodeMax: 1_000 }) }],
  [null, OUTSIDE, { toll: () => ({ ...NO_TOLL, nodeMax: 1_000, rateOf: () => 1 }) }],
  ["outside-limit", OUTSIDE, { outside: () => 1 }],
  ["no-line", OUTSIDE, { linesOf: () => 10 }],
  ["no-line", OUTSIDE, { trunk: () => null }],
])("%s: %s", (expected, number, more) => {
  const rules = { profile: { ...TEST_PROFILE, countries: ["GB"] } } as unknown as ReturnType<OutsideRules["rulesOf"]>;
  const ask: OutsideRules = {
    campaign: () => CAREFUL,
    rulesOf: () => rules,
    isBarred: () => false,
    toll: () => NO_TOLL,
    trunk: () => ({ linesMax: 10, cpsMax: 1, codecs: [] }),
    linesOf: () => 9,
    outside: () => 0,
    ...more,
  };
  const { live, clock } = desk();
  expect(outsideRefusal(live, number, clock.now(), ask)).toBe(expected);
});
