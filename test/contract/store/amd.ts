/** What agents say of calls that AMD had taken for machines, and the test that their words add up to. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN, type VerdictAct } from "../../../src/domain/attempt.ts";
import type { AgentId, CampaignId, NodeId } from "../../../src/domain/ids.ts";
import type { AmdTestOnRecord } from "../../../src/engine/ports.ts";
import type { Bench } from "./bench.ts";
import { ANYTHING, anyNode, orderFor, soon, stamp } from "./fixture.ts";

const BUILD = "parallel 40,350,40,400,500,5,600,1500,1750";

interface Ground {
  readonly node: NodeId;
  readonly campaignId: CampaignId;
  readonly agentId: AgentId;
}

export function describeAmd(bench: Bench): void {
  describe("a test of AMD", () => {
    const ground = async (leads: number): Promise<Ground> => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(leads);
      return { node, campaignId, agentId: await bench.fixture.seedAgent({ campaignIds: [campaignId] }) };
    };
    /** One call that was taken for a machine, and what followed. */
    const taken = async (
      { node, campaignId, agentId }: Ground,
      verdictAct: VerdictAct,
      build: string | null = BUILD,
    ) => {
      const [lead] = await bench.claim(campaignId, node, 1);
      const order = orderFor(lead!, { agentId, evidence: { amdBuild: build } });
      await bench.store.insertAttempts(node, [order], ANYTHING);
      const verdict = {
        verdict: "machine",
        verdictAt: stamp(1_200),
        verdictCause: "long-greeting",
        verdictAct,
      } as const;
      const facts = { ...NOTHING_KNOWN, answeredAt: stamp(0), connectedAt: stamp(1_210), agentId, ...verdict };
      await bench.store.recordChanges([{ attemptId: order.attemptId, state: "connected", facts }]);
      return order.attemptId;
    };
    const testsOf = async (campaignId: CampaignId): Promise<readonly AmdTestOnRecord[]> =>
      (await bench.store.desiredState(anyNode())).compliance.amdTests.filter((each) => each.campaignId === campaignId);
    const figures = async (campaignId: CampaignId) =>
      (await testsOf(campaignId)).map(({ trunk, build, test: { sampled, humansFound } }) => ({
        ...{ trunk, build, sampled, humansFound },
      }));

    test("is what agents say of the calls that they got in spite of it; whatever is no machine was a person", async () => {
      const its = await ground(4);
      const words = ["machine", "sale", "no-interest", "machine"] as const;
      for (const [index, word] of words.entries()) {
        const attemptId = await taken(its, index % 2 === 0 ? "sampled" : "learning");
        await bench.store.recordDisposition(attemptId, its.agentId, word, soon(10_000 + index));
      }
      expect(await figures(its.campaignId)).toEqual([{ trunk: "carrier", build: BUILD, sampled: 4, humansFound: 2 }]);
      expect((await testsOf(its.campaignId))[0]?.test.testedAt).toBe(soon(10_003));
    });

    test("counts a call once, by the last word", async () => {
      const its = await ground(1);
      const attemptId = await taken(its, "learning");
      for (const [index, word] of ["sale", "machine", "machine"].entries()) {
        await bench.store.recordDisposition(attemptId, its.agentId, word, soon(10_000 + index));
      }
      expect(await figures(its.campaignId)).toEqual([{ trunk: "carrier", build: BUILD, sampled: 1, humansFound: 0 }]);
    });

    test("asks nobody about calls that went on as with a person, nor about those that nobody listened to", async () => {
      const its = await ground(3);
      const rest = [
        await taken(its, "served"),
        await taken(its, "dropped"),
        // Of a version that did not say by what it listened.
        await taken(its, "sampled", null),
      ];
      for (const attemptId of rest) await bench.store.recordDisposition(attemptId, its.agentId, "sale", soon(10_000));
      expect(await figures(its.campaignId)).toEqual([]);
    });

    test("is of one detection: other parameters are another test", async () => {
      const its = await ground(2);
      const other = `${BUILD},1`;
      for (const build of [BUILD, other]) {
        const attemptId = await taken(its, "sampled", build);
        await bench.store.recordDisposition(attemptId, its.agentId, "machine", soon(10_000));
      }
      expect((await figures(its.campaignId)).map(({ build, sampled }) => [build, sampled])).toEqual(
        expect.arrayContaining([
          [BUILD, 1],
          [other, 1],
        ]),
      );
    });

    test("forgets what was heard thirty days before its latest word", async () => {
      const its = await ground(2);
      const [first, second] = [await taken(its, "sampled"), await taken(its, "sampled")];
      await bench.store.recordDisposition(first, its.agentId, "sale", soon(0));
      await bench.store.recordDisposition(second, its.agentId, "machine", soon(31 * 86_400_000));
      expect(await figures(its.campaignId)).toEqual([{ trunk: "carrier", build: BUILD, sampled: 1, humansFound: 0 }]);
    });
  });
}
