/** Who listens to whom, in which calls, and what is written down of it. */
import { expect, test } from "@jest/globals";
import type { AgentState } from "../../../src/agent/agent.ts";
import { DEFAULT_DESK } from "../../../src/domain/desk.ts";
import { agentId, legId } from "../../../src/domain/ids.ts";
import type { SupervisionMode, SupervisionNote } from "../../../src/domain/supervision.ts";
import { Supervisions } from "../../../src/engine/agents/supervisions.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, OTHER_ATTEMPT } from "./bench.ts";

const EVE = agentId(9);
const PAUSED = { state: "paused", since: 0, pauseReason: "listening" } as unknown as AgentState;
const AVAILABLE = { state: "available", since: 0 } as unknown as AgentState;
const onCall = (attemptId = ATTEMPT): AgentState => ({ state: "onCall", since: 0, attemptId }) as unknown as AgentState;

function listening({ allowed = true, profile = true, ok = true } = {}) {
  const notes: SupervisionNote[] = [];
  const told: string[] = [];
  let theirs: AgentState = onCall();
  const { context, clock } = bench({
    store: { recordSupervision: async (note) => void notes.push(note) },
    telephony: {
      desk: {
        supervise: async ({ supervisorLeg, agentLeg, mode }: Record<string, string>) => {
          told.push(`${String(supervisorLeg)} ${String(mode)} ${String(agentLeg)}`);
          return ok ? { ok: true } : { ok: false, kind: "refused", detail: "" };
        },
        endSupervision: async () => (told.push("quiet"), { ok: true }),
      } as never,
    },
  });
  const supervisions = new Supervisions(
    context,
    { stateOf: () => theirs, legOf: (agent) => legId(`leg-${String(agent)}`) },
    {
      find: () => ({
        campaign: { ...CAMPAIGN, desk: { ...DEFAULT_DESK, supervision: allowed } },
        profile: { ...TEST_PROFILE, supervision: profile },
      }),
    },
  );
  const become = (state: AgentState): void => {
    const before = theirs;
    theirs = state;
    supervisions.agentChanged(AGENT, before, state);
  };
  const ask = (mode: SupervisionMode, follow = false, state = PAUSED): string =>
    supervisions.command(EVE, state, { type: "supervise", agentId: AGENT, mode, follow });
  const ends = (): (string | null)[] => notes.filter(({ endedAt }) => endedAt !== null).map(({ endedAs }) => endedAs);
  return { ask, become, supervisions, notes, told, ends, clock };
}

test("one row for each call and mode, and it ends with the call", async () => {
  const { ask, become, told, notes, ends, clock } = listening();
  expect(ask("listen")).toBe("done");
  expect(ask("listen")).toBe("no-change");
  expect(ask("whisper")).toBe("done");
  await clock.advance(10);
  become(AVAILABLE);
  become(onCall(OTHER_ATTEMPT));
  await clock.advance(10);
  expect(told).toEqual(["leg-9 listen leg-7", "leg-9 whisper leg-7", "quiet"]);
  expect(ends()).toEqual(["mode-changed", "call-over"]);
  expect(notes[0]).toMatchObject({ supervisorId: EVE, agentId: AGENT, attemptId: ATTEMPT, mode: "listen" });
});

test("whoever follows hears the next call, and nothing in between", async () => {
  const { ask, become, told, ends, supervisions, clock } = listening();
  become(AVAILABLE);
  expect(ask("join")).toBe("other-not-on-a-call");
  expect(ask("join", true)).toBe("done");
  become(onCall(OTHER_ATTEMPT));
  become(AVAILABLE);
  become(onCall());
  supervisions.agentChanged(EVE, PAUSED, AVAILABLE);
  await clock.advance(10);
  expect(told).toEqual(["leg-9 join leg-7", "quiet", "leg-9 join leg-7", "quiet"]);
  expect(ends()).toEqual(["call-over", "supervisor-left"]);
});

test.each([
  ["supervision-forbidden", { allowed: false }, PAUSED],
  ["supervision-forbidden", { profile: false }, PAUSED],
  ["supervisor-not-paused", {}, AVAILABLE],
])("%s: nobody is heard", (result, how, state) => {
  const { ask, told, notes } = listening(how);
  expect(ask("listen", false, state)).toBe(result);
  expect([told, notes]).toEqual([[], []]);
});

test("a call that is forbidden is passed over by whoever follows", async () => {
  const { ask, become, told, clock } = listening({ allowed: false });
  become(AVAILABLE);
  expect(ask("listen", true)).toBe("done");
  become(onCall());
  await clock.advance(10);
  expect(told).toEqual([]);
});

test("what fails is written down, and stopped is stopped", async () => {
  const failing = listening({ ok: false });
  failing.ask("listen");
  await failing.clock.advance(10);
  expect(failing.ends()).toEqual(["failed"]);
  const { ask, supervisions, ends } = listening();
  ask("listen");
  expect(supervisions.command(EVE, PAUSED, { type: "endSupervision" })).toBe("done");
  expect(supervisions.command(EVE, PAUSED, { type: "endSupervision" })).toBe("no-change");
  expect(ends()).toHaveLength(0);
});
