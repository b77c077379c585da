/** Who was with whom when the last process went. */
import { expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { legId, type AttemptId } from "../../../src/domain/ids.ts";
import { companions } from "../../../src/engine/reconciling/companions.ts";
import type { LegsSnapshot, OpenAttempt } from "../../../src/engine/ports.ts";
import { MONDAY_MORNING as NOW } from "../../../src/simulation/virtual-clock.ts";
import { AGENT, ATTEMPT, LEG, openAttempt, ORDER, OTHER_ATTEMPT } from "./bench.ts";

const PHONE = "PJSIP/1007";
const TALKS = { agentId: AGENT, legId: LEG, how: "talks" };
const KEEPS = { agentId: AGENT, legId: LEG, how: "keeps" };

const onHold = (attemptId: AttemptId): OpenAttempt =>
  openAttempt({ order: { ...ORDER, attemptId }, state: "onHold", facts: { ...NOTHING_KNOWN, agentId: AGENT } });

const person = (attemptId: AttemptId, inAgentBridge: typeof LEG | null): LegsSnapshot["customerLegs"][number] => ({
  ...{ attemptId, state: "up", inAgentBridge, createdAt: NOW },
});

const asteriskHas = (more: Partial<LegsSnapshot>): LegsSnapshot => ({
  takenAt: NOW,
  customerLegs: [person(ATTEMPT, null)],
  agentLegs: [{ legId: LEG, endpoint: PHONE, ready: true }],
  returnLegs: [],
  away: [],
  ...more,
});

const found = (open: readonly OpenAttempt[], snapshot: LegsSnapshot): Record<string, unknown> =>
  Object.fromEntries(companions(open, snapshot, (endpoint) => (endpoint === PHONE ? AGENT : null)));

test("who is in an agent's bridge talks with them, and who was put on hold is theirs", () => {
  const talking = openAttempt({ state: "connected", facts: { ...NOTHING_KNOWN, agentId: AGENT } });
  expect(found([talking], asteriskHas({ customerLegs: [person(ATTEMPT, LEG)] }))).toEqual({ [ATTEMPT]: TALKS });
  expect(found([onHold(ATTEMPT)], asteriskHas({}))).toEqual({ [ATTEMPT]: KEEPS });
});

test.each<[why: string, more: Partial<LegsSnapshot>]>([
  ["the agent's phone is gone", { agentLegs: [] }],
  ["it is not in its own bridge", { agentLegs: [{ legId: LEG, endpoint: PHONE, ready: false }] }],
  ["they are with a number outside", { away: [ATTEMPT] }],
  ["they have left", { customerLegs: [] }],
  [
    // Passed on to a number outside that rings: the agent is free meanwhile, and has somebody else.
    "the agent talks with somebody else by now",
    { customerLegs: [person(ATTEMPT, null), person(OTHER_ATTEMPT, LEG)] },
  ],
  [
    "the agent talks with somebody who called back",
    { returnLegs: [{ legId: legId("back"), caller: null, rung: "", inAgentBridge: LEG }] },
  ],
])("nobody is brought back to an agent: %s", (_why, more) => {
  expect(found([onHold(ATTEMPT)], asteriskHas(more))).toEqual({});
});

test("of two whom the same agent had on hold the one who was called last is theirs", () => {
  const both = asteriskHas({ customerLegs: [person(ATTEMPT, null), person(OTHER_ATTEMPT, null)] });
  expect(found([onHold(ATTEMPT), onHold(OTHER_ATTEMPT)], both)).toEqual({ [OTHER_ATTEMPT]: KEEPS });
});
