/** Leads on agents' screens: shown with a lease that lasts, kept, ended once, and nobody's when their daemon is gone. */
import { describe, expect, test } from "@jest/globals";
import type { AgentId, AttemptId } from "../../../src/domain/ids.ts";
import type { PreviewEnded, PreviewShown } from "../../../src/domain/preview.ts";
import type { LeadToDial } from "../../../src/engine/ports.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { ANYTHING, anyNode, attemptIdOf, orderFor, soon } from "./fixture.ts";

const shownTo = (agentId: AgentId, lead: LeadToDial, change: Partial<PreviewShown> = {}): PreviewShown => ({
  attemptId: attemptIdOf(),
  agentId,
  campaignId: lead.campaignId,
  leadId: lead.leadId,
  numberId: lead.numberId,
  callbackId: null,
  shownAt: soon(1_000),
  untilAt: soon(16_000),
  auto: true,
  ...change,
});
const ended = (attemptId: AttemptId, change: Partial<PreviewEnded> = {}): PreviewEnded => ({
  ...{ attemptId, at: soon(9_000), end: "preview-rejected", press: null, because: "not-now", says: null },
  ...change,
});

export function describePreviews(bench: Bench): void {
  describe("a lead on a screen", () => {
    const setting = async () => {
      const { campaignId } = await bench.campaignWith(1);
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [campaignId] });
      const [lead] = await bench.claim(campaignId, node);
      return { campaignId, node, agentId, lead: lead! };
    };
    const store = () => bench.fixture.store;
    const previewEnd = (attemptId: AttemptId) => bench.fixture.previewEnd(attemptId);

    test("is leased for as long as it is shown, and longer when that is kept up", async () => {
      const { campaignId, node, agentId, lead } = await setting();
      expect(await store().showPreview(node, shownTo(agentId, lead), soon(10 * MINUTE))).toBe(true);
      // The lease it was claimed with would be over.
      expect(await bench.claim(campaignId, anyNode(), 1, soon(9 * MINUTE))).toEqual([]);
      expect(await store().keepLeases(node, [lead.leadId], soon(30 * MINUTE))).toEqual([lead.leadId]);
      expect(await bench.claim(campaignId, anyNode(), 1, soon(29 * MINUTE))).toEqual([]);
      expect(await bench.claim(campaignId, anyNode(), 1, soon(31 * MINUTE))).toHaveLength(1);
    });

    test("is not shown, nor kept, by a node that does not hold its lease", async () => {
      const { node, agentId, lead } = await setting();
      const shown = shownTo(agentId, lead);
      expect(await store().showPreview(anyNode(), shown, soon(MINUTE))).toBe(false);
      expect(await previewEnd(shown.attemptId)).toBeUndefined();
      expect(await store().keepLeases(anyNode(), [lead.leadId], soon(MINUTE))).toEqual([]);
      expect(await store().keepLeases(node, [], soon(MINUTE))).toEqual([]);
      await store().releaseLead(node, lead.leadId, { type: "requeue" }, soon(2_000));
      expect(await store().showPreview(node, shown, soon(MINUTE))).toBe(false);
    });

    test("of several, those that are still held are named", async () => {
      const { campaignId } = await bench.campaignWith(3);
      const node = anyNode();
      const [a, b, c] = (await bench.claim(campaignId, node)).map(({ leadId }) => leadId);
      await store().releaseLead(node, b!, { type: "done", because: "withdrawn" }, soon(1_000));
      expect([...(await store().keepLeases(node, [a!, b!, c!], soon(MINUTE)))].sort()).toEqual([a!, c!].sort());
    });

    test("ends once, is not shown again after that, and what was never shown does not end", async () => {
      const { node, agentId, lead } = await setting();
      const shown = shownTo(agentId, lead);
      await store().endPreview(ended(shown.attemptId));
      expect(await previewEnd(shown.attemptId)).toBeUndefined();
      await store().showPreview(node, shown, soon(MINUTE));
      expect(await previewEnd(shown.attemptId)).toBeNull();
      await store().endPreview(ended(shown.attemptId));
      await store().endPreview(ended(shown.attemptId, { end: "dialled", press: "key", because: null }));
      const first = { end: "preview-rejected", press: null, because: "not-now" };
      expect(await previewEnd(shown.attemptId)).toEqual(first);
      expect(await store().showPreview(node, shown, soon(MINUTE))).toBe(true);
      expect(await previewEnd(shown.attemptId)).toEqual(first);
    });

    test("may be dialled as the attempt whose name it bears, once", async () => {
      const { node, agentId, lead } = await setting();
      const shown = shownTo(agentId, lead);
      await store().showPreview(node, shown, soon(MINUTE));
      const order = orderFor(lead, { attemptId: shown.attemptId, agentId });
      expect(await store().insertAttempts(node, [order], ANYTHING)).toEqual([]);
      // The press that came twice finds its attempt there, and another one finds the lead taken.
      expect(await store().insertAttempts(node, [order], ANYTHING)).toEqual([]);
      const again = orderFor(lead, { agentId });
      await expect(store().insertAttempts(node, [again], ANYTHING)).rejects.toMatchObject({ kind: "conflict" });
      expect(await store().keepLeases(node, [lead.leadId], soon(MINUTE))).toEqual([]);
    });

    test("is withdrawn when another daemon takes over the node's name, and not when its own renews it", async () => {
      const { node, agentId, lead } = await setting();
      await store().releaseNode(node, "contract");
      await store().holdNode(node, "first", soon(0), 1_000);
      const shown = shownTo(agentId, lead);
      await store().showPreview(node, shown, soon(MINUTE));
      await store().holdNode(node, "first", soon(500), 1_000);
      expect(await previewEnd(shown.attemptId)).toBeNull();
      await store().holdNode(node, "second", soon(5_000), 1_000);
      expect(await previewEnd(shown.attemptId)).toEqual({ end: "withdrawn", press: null, because: "daemon-gone" });
    });
  });
}
