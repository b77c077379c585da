/** What pacing says of itself and what it learned: kept by node, and given back after a restart. */
import { describe, expect, test } from "@jest/globals";
import { campaignId as campaignIdOf, type CampaignId } from "../../../src/domain/ids.ts";
import { PACING_MEMORY_CHARACTERS_MAX } from "../../../src/domain/pacing-memory.ts";
import type { PacingMemory, PacingReport } from "../../../src/engine/ports.ts";
import type { Bench } from "./bench.ts";
import { anyNode, soon, T0 } from "./fixture.ts";

const reportOf = (campaignId: CampaignId, change: Partial<PacingReport> = {}): PacingReport => ({
  campaignId,
  at: T0,
  because: "agents",
  says: "Every agent has a call.",
  facts: { agentsAvailable: 0 },
  memory: null,
  ...change,
});

export function describePacing(bench: Bench): void {
  const memoryOf = async (node: ReturnType<typeof anyNode>, campaignId: CampaignId): Promise<PacingMemory | null> => {
    const memories = (await bench.store.pacingMemories(node)).filter((each) => each.campaignId === campaignId);
    expect(memories.length).toBeLessThanOrEqual(1);
    return memories[0] ?? null;
  };

  describe("what pacing says", () => {
    test("is the latest of each node, word for word, and repeating it changes nothing", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [one, two] = [anyNode(), anyNode()];
      await bench.store.reportPacing(one, [reportOf(campaignId)]);
      const facts = { agentsAvailable: 2, theta: 0.025, windows: [{ surplus: -1.5 }], loss: null };
      const says = "The next call would find nobody: 3 % – “zu viel” 📞.";
      const latest = reportOf(campaignId, { at: soon(5_000), because: "loss", says, facts });
      await bench.store.reportPacing(one, [latest]);
      await bench.store.reportPacing(one, [latest]);
      await bench.store.reportPacing(two, [reportOf(campaignId, { at: soon(1) })]);
      expect(await bench.fixture.pacingSaid(campaignId, one)).toEqual({
        at: soon(5_000),
        because: "loss",
        says,
        facts,
      });
      expect(await bench.fixture.pacingSaid(campaignId, two)).toMatchObject({ at: soon(1), because: "agents" });
      expect(await bench.fixture.pacingSaid(campaignId, anyNode())).toBeNull();
    });

    test("of several campaigns is told at once, each for itself; of none is nothing", async () => {
      const node = anyNode();
      const campaigns = [await bench.fixture.seedCampaign(), await bench.fixture.seedCampaign()];
      await bench.store.reportPacing(node, []);
      await bench.store.reportPacing(
        node,
        campaigns.map((campaignId, index) => reportOf(campaignId, { because: `b${index}`, memory: { index } })),
      );
      for (const [index, campaignId] of campaigns.entries()) {
        expect(await bench.fixture.pacingSaid(campaignId, node)).toMatchObject({ because: `b${index}` });
        expect((await memoryOf(node, campaignId))?.memory).toEqual({ index });
      }
    });

    test("of a campaign that is gone is passed over, and keeps nothing of the others back", async () => {
      const node = anyNode();
      const gone = campaignIdOf(4_000_000_000);
      const campaignId = await bench.fixture.seedCampaign();
      await bench.store.reportPacing(node, [reportOf(gone, { memory: [1] }), reportOf(campaignId, { memory: [2] })]);
      expect(await memoryOf(node, gone)).toBeNull();
      expect((await memoryOf(node, campaignId))?.memory).toEqual([2]);
    });

    test("is cut where it is longer than anybody reads, never refused", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const node = anyNode();
      const long = reportOf(campaignId, { because: "x".repeat(40), says: "é".repeat(900) });
      await bench.store.reportPacing(node, [long]);
      const said = await bench.fixture.pacingSaid(campaignId, node);
      expect([long.because, long.says]).toEqual([
        expect.stringContaining(said!.because),
        expect.stringContaining(said!.says),
      ]);
      expect([said!.because.length >= 32, said!.says.length >= 500]).toEqual([true, true]);
    });
  });

  describe("what pacing learned", () => {
    test("is this node's own where it is of the same half hour, else the latest of another, else nothing", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [own, earlier, later, stranger] = [anyNode(), anyNode(), anyNode(), anyNode()];
      const learn = (node: typeof own, ms: number, memory: unknown) =>
        bench.store.reportPacing(node, [reportOf(campaignId, { at: soon(ms), memory })]);
      await bench.store.reportPacing(own, [reportOf(campaignId)]);
      expect(await memoryOf(own, campaignId)).toBeNull();
      await learn(later, 9_000, { of: "later" });
      await learn(earlier, 2_000, { of: "earlier" });
      expect(await memoryOf(own, campaignId)).toEqual({ campaignId, savedAt: soon(9_000), memory: { of: "later" } });
      await learn(own, 1_000, { of: "own" });
      expect(await memoryOf(own, campaignId)).toEqual({ campaignId, savedAt: soon(1_000), memory: { of: "own" } });
      expect((await memoryOf(stranger, campaignId))?.memory).toEqual({ of: "later" });
      // What was learned here before lunch is worth less than what was learned there a moment ago.
      await learn(later, 1_000 + 30 * 60_000, { of: "later still" });
      expect((await memoryOf(own, campaignId))?.memory).toEqual({ of: "own" });
      await learn(later, 1_001 + 30 * 60_000, { of: "the afternoon" });
      expect((await memoryOf(own, campaignId))?.memory).toEqual({ of: "the afternoon" });
      await learn(own, 2_000 + 30 * 60_000, { of: "own again" });
      expect((await memoryOf(own, campaignId))?.memory).toEqual({ of: "own again" });
      expect((await memoryOf(later, campaignId))?.memory).toEqual({ of: "the afternoon" });
    });

    test("stays as it was saved when a report brings none", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const node = anyNode();
      await bench.store.reportPacing(node, [reportOf(campaignId, { at: soon(1), memory: { theta: 0.03 } })]);
      await bench.store.reportPacing(node, [reportOf(campaignId, { at: soon(2), because: "lines" })]);
      expect(await memoryOf(node, campaignId)).toEqual({ campaignId, savedAt: soon(1), memory: { theta: 0.03 } });
      expect((await bench.fixture.pacingSaid(campaignId, node))?.because).toBe("lines");
      await bench.store.reportPacing(node, [reportOf(campaignId, { at: soon(3), memory: { theta: 0.04 } })]);
      expect(await memoryOf(node, campaignId)).toEqual({ campaignId, savedAt: soon(3), memory: { theta: 0.04 } });
    });

    test("comes back as JSON holds it, and is a copy", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const node = anyNode();
      const memory = { name: "a \"quoted\" \\ 'list' %s ? 📞", rates: [0.1 + 0.2, -0, 1e-300, NaN], at: null };
      await bench.store.reportPacing(node, [reportOf(campaignId, { memory })]);
      memory.rates.push(5);
      expect((await memoryOf(node, campaignId))?.memory).toEqual({
        name: memory.name,
        rates: [0.1 + 0.2, 0, 1e-300, null],
        at: null,
      });
    });

    const campaignsOf = async (count: number): Promise<CampaignId[]> => {
      const campaigns: CampaignId[] = [];
      for (let index = 0; index < count; index += 1) campaigns.push(await bench.fixture.seedCampaign());
      return campaigns;
    };

    test("of two hundred thousand characters, all of them numbers, comes back whole", async () => {
      const node = anyNode();
      const [campaignId] = await campaignsOf(1);
      const memory = { rates: Array.from({ length: 11_000 }, (_, index) => Math.sqrt(index + 2)) };
      const text = JSON.stringify(memory);
      expect(text.length).toBeGreaterThan(190_000);
      await bench.store.reportPacing(node, [reportOf(campaignId!, { memory })]);
      // As text: comparing number by number takes longer than all the rest.
      expect(JSON.stringify((await memoryOf(node, campaignId!))?.memory) === text).toBe(true);
    });

    test("of many campaigns is kept at once, however much that is together", async () => {
      const node = anyNode();
      // Twenty megabytes: more than servers take in one statement, left as they are.
      const memory = "x".repeat(PACING_MEMORY_CHARACTERS_MAX - 2);
      const campaigns = await campaignsOf(20);
      await bench.store.reportPacing(
        node,
        campaigns.map((campaignId) => reportOf(campaignId, { memory })),
      );
      const kept = (await bench.store.pacingMemories(node)).filter(({ campaignId }) => campaigns.includes(campaignId));
      expect(kept.filter((each) => each.memory === memory)).toHaveLength(20);
    });

    test("beyond the bound is refused in a sentence: the one before stays, and all that is said is kept", async () => {
      const node = anyNode();
      const [vast, other] = [await bench.fixture.seedCampaign(), await bench.fixture.seedCampaign()];
      await bench.store.reportPacing(node, [reportOf(vast, { at: soon(1), memory: "small" })]);
      const most = "x".repeat(PACING_MEMORY_CHARACTERS_MAX - 2);
      const reports = [
        reportOf(vast, { at: soon(2), because: "lines", memory: `${most}y` }),
        reportOf(other, { at: soon(2), memory: most }),
      ];
      await expect(bench.store.reportPacing(node, reports)).rejects.toMatchObject({
        kind: "broken",
        message: expect.stringContaining(`campaign ${vast} takes 1000001 characters`),
      });
      expect(await memoryOf(node, vast)).toEqual({ campaignId: vast, savedAt: soon(1), memory: "small" });
      expect(await bench.fixture.pacingSaid(vast, node)).toMatchObject({ at: soon(2), because: "lines" });
      expect((await memoryOf(node, other))?.memory).toBe(most);
    });
  });
}
