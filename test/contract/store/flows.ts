/** Calls without an agent: the flow that a campaign names, and what its calls came to. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { FlowNote } from "../../../src/engine/ports.ts";
import { flowOf } from "../../support/flows.ts";
import type { Bench } from "./bench.ts";
import { anyNode, anyNumber, claimOf, endOf, soon } from "./fixture.ts";

const FLOW = flowOf("  a: { play: [sound:hello], then: end }");

export function describeFlows(bench: Bench): void {
  describe("calls without an agent", () => {
    test("a campaign comes with the flow it names, and the flow with it", async () => {
      const flow = await bench.fixture.seedFlow(FLOW);
      const campaignId = await bench.fixture.seedCampaign({ mode: "agentless", flow });
      const { campaigns, flows } = await bench.store.desiredState(anyNode());
      expect(campaigns.find((each) => each.campaignId === campaignId)).toMatchObject({ mode: "agentless", flow });
      expect(flows.find(({ flowId }) => flowId === flow.flowId)).toEqual({ flowId: flow.flowId, flow: FLOW });
    });

    test("a lead is claimed with what the list says of it", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const attributes = { delivery_date: "2026-11-24", "with äöü": "and 'quotes'" };
      await bench.fixture.seedList(campaignId, [{ numbers: [{ number: anyNumber() }], attributes }]);
      const [lead] = await bench.store.claimLeads(claimOf(campaignId, await bench.holdAnyNode()));
      expect(lead?.attributes).toEqual(attributes);
    });

    test("results are kept by their names, the latest of each, however often they are told", async () => {
      const { attemptId } = await bench.begin();
      const { flowId } = await bench.fixture.seedFlow(FLOW);
      const note = (name: string, value: string, ms: number): FlowNote => ({
        ...{ attemptId, flowId, at: soon(ms), what: { type: "result", name, value } },
      });
      for (const each of [
        note("delivery", "moved", 5),
        note("day", "2026-11-25", 6),
        note("delivery", "confirmed", 9),
      ]) {
        await bench.store.recordFlow(each);
        await bench.store.recordFlow(each);
      }
      // Told again, after what came later.
      await bench.store.recordFlow(note("delivery", "moved", 5));
      expect(await bench.fixture.flowResults(attemptId)).toEqual({ delivery: "confirmed", day: "2026-11-25" });
    });

    test("whoever objects is suppressed at once, while the call goes on", async () => {
      const { node, order, attemptId, lead } = await bench.begin();
      const { flowId } = await bench.fixture.seedFlow(FLOW);
      const note: FlowNote = { attemptId, flowId, at: soon(1_000), what: { type: "optOut" } };
      await bench.store.recordFlow(note);
      await bench.store.recordFlow(note);
      expect((await bench.store.desiredState(node)).compliance.optedOut).toContain(attemptId);
      await bench.store.endAttempt(endOf(lead, order, { outcome: "message-delivered" }));
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ disposition: "opt-out" });
      // Nobody may be called there any more, by this campaign or another.
      const other = await bench.fixture.seedCampaign({ principal: "Somebody Else Ltd" });
      await bench.fixture.seedList(other, [{ numbers: [{ number: order.number }] }]);
      const [again] = await bench.store.claimLeads(claimOf(other, node));
      expect(again === undefined || again.facts.suppressed).toBe(true);
      expect(lead.facts.suppressed).toBe(false);
    });

    test("whoever wants to be called back is, once, however often that is told", async () => {
      const { node, campaignId, order, attemptId, lead } = await bench.begin();
      const { flowId } = await bench.fixture.seedFlow(FLOW);
      const callback = { numberId: lead.numberId, dueAt: soon(7_200_000), untilAt: soon(14_400_000) };
      const note: FlowNote = { attemptId, flowId, at: soon(1_000), what: { type: "callback", callback } };
      await bench.store.recordFlow(note);
      await bench.store.recordFlow(note);
      await bench.store.endAttempt(endOf(lead, order, { outcome: "message-delivered" }));
      expect(await bench.claim(campaignId, node, 10, soon(7_100_000))).toEqual([]);
      const claimed = await bench.claim(campaignId, node, 10, soon(7_300_000));
      expect(claimed.map(({ leadId, callback: promised }) => ({ leadId, dueAt: promised?.dueAt }))).toEqual([
        { leadId: lead.leadId, dueAt: callback.dueAt },
      ]);
    });

    test("the state of a call with a flow, and how long an agent was waited for, come back after a restart", async () => {
      const { node, attemptId } = await bench.begin();
      const facts = { ...NOTHING_KNOWN, message: "started", messageChoice: "flow", agentWaitedMs: 4_000 } as const;
      expect(await bench.store.recordChanges([{ attemptId, state: "inFlow", facts }])).toBe(0);
      await bench.store.recordChanges([{ attemptId, state: "inFlow", facts: { ...facts, agentWaitedMs: 9_000 } }]);
      const [open] = (await bench.store.openAttempts(node)).filter(({ order }) => order.attemptId === attemptId);
      expect(open).toMatchObject({ state: "inFlow", facts: { ...facts, agentWaitedMs: 9_000 } });
    });
  });
}
