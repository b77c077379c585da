import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AgentState } from "../../../src/agent/agent.ts";
import { longestIdle } from "../../../src/agent/longest-idle.ts";
import type { Candidate } from "../../../src/agent/longest-idle.ts";
import { agentId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const CALL = "0192f3a4-7b1c-7def-8123-000000000001" as AttemptId;

const available = (id: number, sinceMs: number): Candidate => ({
  agentId: agentId(id),
  state: { state: "available", since: instant(sinceMs) },
});

test("the one who has waited longest is first", () => {
  expect(longestIdle([available(1, 300), available(2, 100), available(3, 200)])?.agentId).toBe(2);
});

test("among equals the lowest id is first, in whatever order they come", () => {
  expect(longestIdle([available(3, 100), available(1, 100), available(2, 100)])?.agentId).toBe(1);
});

test("without anybody there is nobody", () => {
  expect(longestIdle([])).toBeNull();
});

const anyState = fc
  .tuple(fc.constantFrom("loggedOut", "available", "reserved", "onCall", "wrapUp", "paused"), fc.nat({ max: 20 }))
  .map(([state, since]): AgentState => {
    const common = { since: instant(since), attemptId: CALL };
    return { ...common, state, idleSince: instant(0), deadlineAt: instant(99), pauseReason: "tea" };
  });

const anyCandidates = fc.uniqueArray(
  fc.record({ agentId: fc.integer({ min: 1, max: 50 }).map(agentId), state: anyState }),
  { selector: (candidate) => candidate.agentId },
);

test("only who is available is chosen, and nobody who is has waited longer", () => {
  fc.assert(
    fc.property(anyCandidates, (candidates) => {
      const free = candidates.filter(({ state }) => state.state === "available");
      const [first] = [...free].sort((a, b) => a.state.since - b.state.since || a.agentId - b.agentId);
      expect(longestIdle(candidates)).toBe(first ?? null);
      expect(longestIdle([...candidates].reverse())).toBe(first ?? null);
    }),
  );
});
