/** Where memory and Asterisk disagree. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { LivingCall } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { legId } from "../../../src/domain/ids.ts";
import type { AttemptId, LegId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import type { LegsSnapshot } from "../../../src/engine/ports.ts";
import { findings } from "../../../src/engine/reconciling/reconcile.ts";
import type { Finding } from "../../../src/engine/reconciling/reconcile.ts";
import { MONDAY_MORNING as NOW } from "../../../src/simulation/virtual-clock.ts";
import { ATTEMPT, LEG } from "./bench.ts";

type CustomerLeg = LegsSnapshot["customerLegs"][number];

const AGE_MAX_MS = 3_600_000;

const STATES: LivingCall["state"][] = [
  "placing",
  "dialling",
  "ringing",
  "answered",
  "connecting",
  "connected",
  "onHold",
  "resuming",
  "informing",
  "ending",
];
const isAnswered = (state: LivingCall["state"]): boolean =>
  ["answered", "connecting", "connected", "onHold", "resuming", "informing"].includes(state);

const call = (state: LivingCall["state"], attemptId = ATTEMPT): LivingCall => ({
  state,
  attemptId,
  facts: { ...NOTHING_KNOWN, answeredAt: isAnswered(state) ? { at: NOW, asteriskAt: null } : null },
  deadlineAt: NOW,
  heldAgentId: null,
  optedOut: false,
  speaking: false,
  leaveBy: null,
  deskCommands: 0,
  hold: null,
  wantsAgent: false,
  announced: null,
  transfer: null,
  unheard: false,
});

const leg = (state: CustomerLeg["state"], ageMs = 60_000, attemptId = ATTEMPT): CustomerLeg => ({
  attemptId,
  state,
  inAgentBridge: null,
  createdAt: after(NOW, -ageMs),
});

const found = (
  calls: LivingCall[],
  customerLegs: CustomerLeg[],
  agentLegs: LegId[] = [],
  theirs: LegsSnapshot["agentLegs"] = [],
): Finding[] =>
  findings(
    { calls, agentLegs, heldLegOf: () => LEG },
    { takenAt: NOW, customerLegs, agentLegs: theirs, returnLegs: [], away: [] },
    AGE_MAX_MS,
  );

describe("a call of which Asterisk knows no leg", () => {
  test.each(STATES)("%s", (state) => {
    // Only being asked for, it has no leg yet; its own deadline watches over it.
    expect(found([call(state)], [])).toEqual(state === "placing" ? [] : [{ type: "missingLeg", attemptId: ATTEMPT }]);
  });
});

describe("a leg that is up", () => {
  test.each(STATES)("of a call that is %s", (state) => {
    expect(found([call(state)], [leg("up")])).toEqual(
      isAnswered(state) ? [] : [{ type: "answeredUnseen", attemptId: ATTEMPT }],
    );
  });
});

test.each<CustomerLeg["state"]>(["down", "dialling", "ringing"])(
  "a leg that is %s tells nothing new of its call",
  (state) => {
    for (const of of STATES) expect(found([call(of)], [leg(state)])).toEqual([]);
  },
);

describe("a leg that is in the bridge", () => {
  const joined = (bridge: LegId): CustomerLeg => ({ ...leg("up"), inAgentBridge: bridge });

  test.each(STATES.filter(isAnswered))("of the agent whom a call holds that is %s", (state) => {
    expect(found([call(state)], [joined(LEG)], [LEG], [{ legId: LEG, endpoint: "PJSIP/1001", ready: true }])).toEqual(
      // Whoever hears a message, or is being hung up on, is not taken for talking: that was decided after the join.
      state === "connecting" ? [{ type: "joinedUnseen", attemptId: ATTEMPT }] : [],
    );
  });

  test("of another agent, says nothing of the join that is waited for", () => {
    expect(found([call("connecting")], [joined(legId("another"))])).toEqual([]);
  });
});

describe("a leg of our name that no call owns", () => {
  test.each([
    [0, false],
    [9_999, false], // Perhaps the answer to the request is still on its way.
    [10_000, true],
    [3_600_000, true],
  ])("%i ms old is a stray: %s", (ageMs, isStray) => {
    expect(found([], [leg("dialling", ageMs)])).toEqual(isStray ? [{ type: "strayLeg", attemptId: ATTEMPT }] : []);
  });
});

describe("agents' legs", () => {
  const theirs = { legId: LEG, endpoint: "PJSIP/1001", ready: true };

  test("that both know are no news", () => {
    expect(found([], [], [LEG], [theirs])).toEqual([]);
  });

  test("that only we know are missing", () => {
    expect(found([], [], [LEG], [])).toEqual([{ type: "missingAgentLeg", legId: LEG }]);
  });

  test("that only Asterisk knows want to be let in", () => {
    expect(found([], [], [], [theirs])).toEqual([{ type: "unknownAgentLeg", ...theirs }]);
  });
});

test("whatever either side says: where they agree there is nothing, and everything else is found once", () => {
  const names = ["a", "b", "c", "d", "e"] as AttemptId[];
  const legs = ["x", "y", "z"].map(legId);
  const anyCalls = fc
    .subarray(names)
    .chain((some) => fc.tuple(...some.map((name) => fc.constantFrom(...STATES).map((state) => call(state, name)))));
  const anyLegs = fc
    .subarray(names)
    .chain((some) =>
      fc.tuple(
        ...some.map((name) =>
          fc.constantFrom<CustomerLeg["state"]>("down", "ringing", "up").map((state) => leg(state, 60_000, name)),
        ),
      ),
    );
  fc.assert(
    fc.property(anyCalls, anyLegs, fc.subarray(legs), fc.subarray(legs), (calls, customerLegs, ours, theirs) => {
      const agentLegs = theirs.map((each) => ({ legId: each, endpoint: `PJSIP/${each}`, ready: true }));
      const all = findings(
        { calls, agentLegs: ours, heldLegOf: () => null },
        { takenAt: NOW, customerLegs, agentLegs, returnLegs: [], away: [] },
        AGE_MAX_MS,
      );
      const subjects = all.map((each) => ("attemptId" in each ? each.attemptId : each.legId));
      expect(new Set(subjects).size).toBe(subjects.length);
      for (const name of names) {
        const [ourCall, theirLeg] = [calls, customerLegs].map((side) => side.find((each) => each.attemptId === name));
        const agree = (ourCall === undefined) === (theirLeg === undefined);
        if (!agree && ourCall?.state !== "placing") expect(subjects).toContain(name);
        if (agree && theirLeg?.state !== "up") expect(subjects).not.toContain(name);
      }
      for (const each of legs)
        expect(subjects.includes(each as never)).toBe(ours.includes(each) !== theirs.includes(each));
    }),
  );
});

describe("a leg that outlives its call", () => {
  const overdue = (because: "deadline" | "age"): Finding[] => [{ type: "overdueLeg", attemptId: ATTEMPT, because }];

  test("is overdue where its call should have moved on a minute ago", () => {
    const late = (ms: number): LivingCall => ({ ...call("connected"), deadlineAt: after(NOW, -ms) });
    expect(found([late(60_000)], [leg("up")])).toEqual([]);
    expect(found([late(60_001)], [leg("up")])).toEqual(overdue("deadline"));
  });

  test("is overdue where no call lasts so long, whatever its call believes", () => {
    expect(found([call("connected")], [leg("up", AGE_MAX_MS)])).toEqual([]);
    expect(found([call("connected")], [leg("up", AGE_MAX_MS + 1)])).toEqual(overdue("age"));
  });
});
