/** Every state of an agent and everything that can happen in it. */
import { describe, expect, test } from "@jest/globals";
import { MANUAL_PAUSE } from "../../../src/agent/agent.ts";
import type { Agent, AgentEvent, AgentState, AgentStateName } from "../../../src/agent/agent.ts";
import { agentAfter, heldBy, isWaiting, LOGGED_IN_PAUSE, newAgent } from "../../../src/agent/transition.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const CALL = "0192f3a4-7b1c-7def-8123-000000000001" as AttemptId;
const OTHER_CALL = "0192f3a4-7b1c-7def-8123-000000000002" as AttemptId;

const [IDLE_SINCE, SINCE, AT, WRAP_UP_END] = [instant(100), instant(500), instant(900), instant(900)];
const WRAP_UP_MS = 30_000;

const STATES: Readonly<Record<AgentStateName, AgentState>> = {
  loggedOut: { state: "loggedOut", since: SINCE },
  available: { state: "available", since: SINCE },
  previewing: { state: "previewing", since: SINCE, idleSince: IDLE_SINCE, attemptId: CALL },
  reserved: { state: "reserved", since: SINCE, idleSince: IDLE_SINCE, attemptId: CALL },
  onCall: { state: "onCall", since: SINCE, attemptId: CALL },
  wrapUp: { state: "wrapUp", since: SINCE, attemptId: CALL, deadlineAt: WRAP_UP_END },
  paused: { state: "paused", since: SINCE, pauseReason: "lunch" },
};

const EVENTS = {
  "logs in": { type: "loggedIn", at: AT, startAvailable: false },
  "logs in, and is to be called at once": { type: "loggedIn", at: AT, startAvailable: true },
  "loses the leg": { type: "legLost", at: AT },
  "is shown a lead": { type: "previewed", at: AT, attemptId: CALL },
  "has it taken off the screen": { type: "previewOver", at: AT, attemptId: CALL },
  "has another taken off the screen": { type: "previewOver", at: AT, attemptId: OTHER_CALL },
  "is promised to the call": { type: "reserved", at: AT, attemptId: CALL },
  "is promised to another call": { type: "reserved", at: AT, attemptId: OTHER_CALL },
  "is joined": { type: "joined", at: AT, attemptId: CALL },
  "is joined to another call": { type: "joined", at: AT, attemptId: OTHER_CALL },
  "is released without a word": { type: "released", at: AT, attemptId: CALL, talked: false, wrapUpMs: WRAP_UP_MS },
  "is released after talking": { type: "released", at: AT, attemptId: CALL, talked: true, wrapUpMs: WRAP_UP_MS },
  "is released after talking, without wrap-up": {
    type: "released",
    at: AT,
    attemptId: CALL,
    talked: true,
    wrapUpMs: 0,
  },
  "is released by another call": {
    type: "released",
    at: AT,
    attemptId: OTHER_CALL,
    talked: true,
    wrapUpMs: WRAP_UP_MS,
  },
  "asks to be called": { type: "madeAvailable", at: AT },
  "asks for a pause": { type: "paused", at: AT, pauseReason: "tea" },
  "asks for the pause they have": { type: "paused", at: AT, pauseReason: "lunch" },
  "ends the wrap-up": { type: "wrapUpEnded", at: AT },
  "asks to go": { type: "loggedOut", at: AT },
  "lets the deadline come": { type: "deadlinePassed", at: AT },
  "is woken early": { type: "deadlinePassed", at: instant(WRAP_UP_END - 1) },
} as const satisfies Record<string, AgentEvent>;

type Happening = keyof typeof EVENTS;

const describeAgent = ({ state, afterwards }: Agent): string => {
  const since = "idleSince" in state ? `${state.since}, idle ${state.idleSince}` : String(state.since);
  const reason = state.state === "paused" ? ` (${state.pauseReason})` : "";
  const then =
    afterwards === null
      ? ""
      : `, then ${afterwards.type === "pause" ? `pause (${afterwards.pauseReason})` : "log out"}`;
  return `${state.state}${reason} since ${since}${then}`;
};

/** What is not named here changes nothing. */
const CHANGES: Readonly<Record<AgentStateName, Partial<Record<Happening, string>>>> = {
  loggedOut: {
    "logs in": `paused (${LOGGED_IN_PAUSE}) since 900`,
    "logs in, and is to be called at once": "available since 900",
  },
  available: {
    "loses the leg": "loggedOut since 900",
    "is shown a lead": "previewing since 900, idle 500",
    "is promised to the call": "reserved since 900, idle 500",
    "is promised to another call": "reserved since 900, idle 500",
    "asks for a pause": "paused (tea) since 900",
    "asks for the pause they have": "paused (lunch) since 900",
    "asks to go": "loggedOut since 900",
  },
  // Nobody was called yet, so a pause or a good-bye need not wait; but no other call may have them.
  previewing: {
    "loses the leg": "loggedOut since 900",
    "has it taken off the screen": "available since 100",
    "is promised to the call": "reserved since 900, idle 100",
    "asks for a pause": "paused (tea) since 900",
    "asks for the pause they have": "paused (lunch) since 900",
    "asks to go": "loggedOut since 900",
  },
  reserved: {
    "loses the leg": "loggedOut since 900",
    "is joined": "onCall since 900",
    // Nothing came of it: they keep their place in the queue.
    "is released without a word": "available since 100",
    "is released after talking": "wrapUp since 900",
    "is released after talking, without wrap-up": "available since 100",
    "asks for a pause": "reserved since 500, idle 100, then pause (tea)",
    "asks for the pause they have": "reserved since 500, idle 100, then pause (lunch)",
    "asks to go": "reserved since 500, idle 100, then log out",
  },
  onCall: {
    "loses the leg": "loggedOut since 900",
    "is released without a word": "available since 900",
    "is released after talking": "wrapUp since 900",
    "is released after talking, without wrap-up": "available since 900",
    "asks for a pause": "onCall since 500, then pause (tea)",
    "asks for the pause they have": "onCall since 500, then pause (lunch)",
    "asks to go": "onCall since 500, then log out",
  },
  wrapUp: {
    "loses the leg": "loggedOut since 900",
    "asks to be called": "available since 900",
    "asks for a pause": "paused (tea) since 900",
    "asks for the pause they have": "paused (lunch) since 900",
    "ends the wrap-up": "available since 900",
    "asks to go": "loggedOut since 900",
    "lets the deadline come": "available since 900",
  },
  paused: {
    "loses the leg": "loggedOut since 900",
    "asks to be called": "available since 900",
    // The pause has lasted since it began, whatever it is called now.
    "asks for a pause": "paused (tea) since 500",
    "asks to go": "loggedOut since 900",
  },
};

describe.each(Object.keys(STATES) as AgentStateName[])("an agent who is %s", (name) => {
  test.each(Object.keys(EVENTS) as Happening[])("%s", (happening) => {
    const agent: Agent = { state: STATES[name], afterwards: null };
    const next = agentAfter(agent, EVENTS[happening]);
    const expected = CHANGES[name][happening];
    if (expected === undefined) expect(next).toBe(agent);
    else expect(describeAgent(next)).toBe(expected);
  });
});

describe("what was asked for during a call", () => {
  const after = (agent: Agent, ...happenings: Happening[]): string =>
    describeAgent(happenings.reduce((each, happening) => agentAfter(each, EVENTS[happening]), agent));
  const talking: Agent = { state: STATES.onCall, afterwards: null };

  test("a pause begins when the call is over", () => {
    expect(after(talking, "asks for a pause", "is released without a word")).toBe("paused (tea) since 900");
  });

  test("a pause begins when the wrap-up is over, not before", () => {
    expect(after(talking, "asks for a pause", "is released after talking")).toBe("wrapUp since 900, then pause (tea)");
    expect(after(talking, "asks for a pause", "is released after talking", "ends the wrap-up")).toBe(
      "paused (tea) since 900",
    );
  });

  test("a pause is taken back by asking to be called", () => {
    expect(after(talking, "asks for a pause", "asks to be called", "is released without a word")).toBe(
      "available since 900",
    );
  });

  test("the last wish counts", () => {
    expect(after(talking, "asks to go", "asks for a pause", "is released without a word")).toBe(
      "paused (tea) since 900",
    );
    expect(after(talking, "asks for a pause", "asks to go", "is released without a word")).toBe("loggedOut since 900");
  });

  test("is forgotten with the leg", () => {
    expect(after(talking, "asks for a pause", "loses the leg", "logs in, and is to be called at once")).toBe(
      "available since 900",
    );
  });

  test("a promise is kept before the pause: the person who answers finds them", () => {
    const reserved: Agent = { state: STATES.reserved, afterwards: null };
    expect(after(reserved, "asks for a pause", "is joined")).toBe("onCall since 900, then pause (tea)");
  });
});

describe("a call that was asked for in their name", () => {
  const byHand = { type: "reserved", at: AT, attemptId: CALL, manual: true } as const;

  test("takes one who paused for such calls, and is followed by that pause again", () => {
    const paused: Agent = { state: { state: "paused", since: SINCE, pauseReason: MANUAL_PAUSE }, afterwards: null };
    const reserved = agentAfter(paused, byHand);
    expect(describeAgent(reserved)).toBe("reserved since 900, idle 900, then pause (manual)");
    expect(describeAgent(agentAfter(reserved, EVENTS["is released without a word"]))).toBe("paused (manual) since 900");
    expect(agentAfter(paused, EVENTS["is promised to the call"])).toBe(paused);
  });

  test("takes nobody out of another pause, a call, or a lead that they look at", () => {
    for (const name of ["paused", "onCall", "wrapUp", "loggedOut"] as const) {
      const agent: Agent = { state: STATES[name], afterwards: null };
      expect(agentAfter(agent, byHand)).toBe(agent);
    }
    const looking: Agent = { state: STATES.previewing, afterwards: null };
    expect(agentAfter(looking, { ...byHand, attemptId: OTHER_CALL })).toBe(looking);
  });
});

test("the wrap-up ends when the campaign says so", () => {
  const { state } = agentAfter({ state: STATES.onCall, afterwards: null }, EVENTS["is released after talking"]);
  expect(state).toMatchObject({ state: "wrapUp", attemptId: CALL, deadlineAt: AT + WRAP_UP_MS });
});

test("a new agent has no phone yet", () => {
  expect(newAgent(AT)).toEqual({ state: { state: "loggedOut", since: AT }, afterwards: null });
});

test("music is for those who wait, and a call holds those who are promised or talk", () => {
  const names = Object.keys(STATES) as AgentStateName[];
  expect(names.filter((name) => isWaiting(STATES[name]))).toEqual(["available", "previewing", "reserved"]);
  expect(names.filter((name) => heldBy(STATES[name]) === CALL)).toEqual(["reserved", "onCall"]);
});
