/** What becomes of an agent's states when the events behind them were dated by two clocks. */
import { expect, test } from "@jest/globals";
import type { AgentState } from "../../../src/agent/agent.ts";
import { after, instant } from "../../../src/domain/instant.ts";
import { noteState, type Noted } from "../../../src/engine/agents/agent-states.ts";
import type { AgentStateChange } from "../../../src/engine/ports.ts";
import { AGENT, ATTEMPT, bench } from "./bench.ts";

const AT = instant(1_795_000_000_000);

test("a leg that ended before the moment of its promise logs the agent out, whatever the dates say", async () => {
  const written: AgentStateChange[] = [];
  const { context } = bench({
    store: {
      recordAgentStates: (_node, changes) => {
        // As a store does: what seems to come before what it has touches nothing.
        for (const change of changes) if ((written.at(-1)?.at ?? change.at) <= change.at) written.push(change);
        return Promise.resolve();
      },
    },
  });
  const noted: Noted = { profile: { agentId: AGENT }, notedAt: AT };
  const available: AgentState = { state: "available", since: AT };
  const promisedAt = after(AT, 50);
  const reserved: AgentState = { state: "reserved", since: promisedAt, idleSince: AT, attemptId: ATTEMPT };
  const goneAt = after(AT, 47);
  const loggedOut: AgentState = { state: "loggedOut", since: goneAt };
  noteState(context, noted, available, reserved, promisedAt);
  noteState(context, noted, reserved, loggedOut, goneAt);
  await context.writeBehind.settled();
  expect(written.map(({ state, at }) => [state, at])).toEqual([
    ["reserved", promisedAt],
    ["loggedOut", promisedAt],
  ]);
});
