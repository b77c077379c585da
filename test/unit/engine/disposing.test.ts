/** What agents say of conversations, on its way to the store. */
import { expect, test } from "@jest/globals";
import type { Disposition } from "../../../src/domain/disposition.ts";
import { dispose } from "../../../src/engine/agents/disposing.ts";
import { WriteBehind } from "../../../src/engine/rows/write-behind.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, emptySpool, storeOf } from "./bench.ts";

/** Rows come one by one and are gathered; then the agent says so. Returns what was in the store a moment later. */
const disposed = async (kind: Disposition["kind"]): Promise<readonly string[]> => {
  const taken: string[] = [];
  const store = storeOf({
    recordDisposition: (_attempt, _agent, code) => {
      taken.push(code);
      return Promise.resolve();
    },
    finishAgentCommand: () => Promise.resolve(),
  });
  const { context, clock } = bench();
  const { log, journal } = context;
  const writeBehind = new WriteBehind({ store, clock, log, journal, holder: "test", spool: emptySpool(clock) });
  writeBehind.write({ type: "agentCommand", commandId: 1, result: "done", at: clock.now() });
  await clock.advance(1);
  const what = { agentId: AGENT, attemptId: ATTEMPT, campaignId: CAMPAIGN.campaignId, lastCall: null };
  const dispositions: readonly Disposition[] = [{ code: "said", kind, key: null }];
  expect(dispose({ ...context, writeBehind }, { ...what, code: "said", at: clock.now() }, () => dispositions)).toBe(
    "done",
  );
  await clock.advance(10);
  return taken;
};

test("who objected is in the store at once, for until then another lead with their number may be dialled", async () => {
  expect(await disposed("opt-out-requested")).toEqual(["said"]);
});

test("anything else is written with the rows of its moment", async () => {
  expect(await disposed("refusal")).toEqual([]);
});
