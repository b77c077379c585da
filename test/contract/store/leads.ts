/** Leads: claimed, given back, gone round. */
import { describe, expect, test } from "@jest/globals";
import { after, type Instant } from "../../../src/domain/instant.ts";
import type { LeadId, NodeId } from "../../../src/domain/ids.ts";
import { LEASE_MS, MINUTE, type Bench } from "./bench.ts";
import { ANYTHING, T0, anyNode, anyNumber, endOf, orderFor, retryAt, soon } from "./fixture.ts";

export function describeLeads(bench: Bench): void {
  describe("claiming leads", () => {
    test("gives what a call needs to know", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const number = anyNumber();
      const [leadId] = await bench.fixture.seedList(campaignId, [{ numbers: [{ number, timeZone: "Europe/London" }] }]);
      const [lead] = await bench.claim(campaignId, anyNode());
      expect(lead).toMatchObject({
        leadId,
        campaignId,
        number,
        timeZone: "Europe/London",
        isFresh: true,
        callback: null,
        story: { attemptsCounted: 0, carrierTries: 0, attempts: [], numbers: [{ kind: "other", isOut: false }] },
        numberType: "mobile",
        region: null,
        consent: null,
        facts: {
          suppressed: false,
          permanentOutcome: null,
          registers: [],
          guaranteedOnlyUntil: null,
          attemptsAt: [],
          onTheLineAt: null,
        },
      });
      expect((await bench.fixture.leadState(leadId!)).state).toBe("leased");
    });

    test("with where they are and what they agreed to, as the list said", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const consent = { kind: "written", reference: "form 17", givenAt: soon(-MINUTE) } as const;
      await bench.fixture.seedList(campaignId, [
        { numbers: [{ number: anyNumber() }], region: "GB-SCT", consent },
        { numbers: [{ number: anyNumber() }], consent: { ...consent, kind: "consent", givenAt: null } },
      ]);
      expect(await bench.claim(campaignId, anyNode())).toMatchObject([
        { region: "GB-SCT", consent },
        { region: null, consent: { kind: "consent", reference: "form 17", givenAt: null } },
      ]);
    });

    test("higher priority first, then whoever has been due longest", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const lead = (priority: number, dueAt: Instant) => ({ numbers: [{ number: anyNumber() }], priority, dueAt });
      const [a, b, c, d] = await bench.fixture.seedList(campaignId, [
        lead(0, soon(-MINUTE)),
        lead(5, soon(-1_000)),
        lead(5, soon(-2_000)),
        lead(0, soon(-2 * MINUTE)),
      ]);
      expect((await bench.claim(campaignId, anyNode(), 3)).map(({ leadId }) => leadId)).toEqual([c, b, d]);
      expect((await bench.claim(campaignId, anyNode(), 3)).map(({ leadId }) => leadId)).toEqual([a]);
    });

    test("only what is due, at most the limit, only of this campaign", async () => {
      const { campaignId } = await bench.campaignWith(5);
      const other = await bench.fixture.seedCampaign();
      await bench.fixture.seedList(campaignId, [{ numbers: [{ number: anyNumber() }], dueAt: soon(1), priority: 9 }]);
      expect(await bench.claim(other, anyNode())).toEqual([]);
      expect(await bench.claim(campaignId, anyNode(), 0)).toEqual([]);
      expect(await bench.claim(campaignId, anyNode(), 3)).toHaveLength(3);
      expect(await bench.claim(campaignId, anyNode(), 10)).toHaveLength(2);
      expect(await bench.claim(campaignId, anyNode(), 10, soon(1))).toHaveLength(1);
    });

    test("never the same lead to two callers", async () => {
      const { campaignId, leadIds } = await bench.campaignWith(60);
      const seen: LeadId[] = [];
      // Callers that meet may get fewer than they asked for; nobody may get what another has.
      for (let round = 0; seen.length < 60 && round < 20; round += 1) {
        const claims = await Promise.all(Array.from({ length: 6 }, () => bench.claim(campaignId, anyNode(), 5)));
        seen.push(...claims.flat().map(({ leadId }) => leadId));
      }
      expect([...seen].sort((x, y) => x - y)).toEqual([...leadIds].sort((x, y) => x - y));
    });

    test("a lease that ran out goes to whoever asks next", async () => {
      const { campaignId, leadIds } = await bench.campaignWith(1);
      expect(await bench.claim(campaignId, anyNode())).toHaveLength(1);
      expect(await bench.claim(campaignId, anyNode(), 10, soon(LEASE_MS - 1))).toEqual([]);
      expect((await bench.claim(campaignId, anyNode(), 10, soon(LEASE_MS + 1))).map((l) => l.leadId)).toEqual(leadIds);
    });

    test("a suppressed number is said to be", async () => {
      const { campaignId } = await bench.campaignWith(0);
      const number = anyNumber();
      await bench.fixture.seedList(campaignId, [{ numbers: [{ number }] }]);
      await bench.fixture.suppress(number);
      expect(await bench.claim(campaignId, anyNode())).toMatchObject([{ number, facts: { suppressed: true } }]);
    });

    test("numbers taken out are passed over; a lead with no other is done", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const dead = anyNumber();
      const alive = anyNumber();
      const [two, one] = await bench.fixture.seedList(campaignId, [
        { numbers: [{ number: dead }, { number: alive }] },
        { numbers: [{ number: anyNumber() }] },
      ]);
      const node = await bench.holdAnyNode();
      const claimed = await bench.claim(campaignId, node);
      expect(claimed.map(({ leadId, numbers }) => [leadId, numbers.length])).toEqual([
        [two, 2],
        [one, 1],
      ]);
      const orders = claimed.map((lead) => orderFor(lead));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      for (const [index, order] of orders.entries()) {
        const requeue = { type: "requeue" } as const;
        await bench.store.endAttempt(endOf(claimed[index]!, order, { outcome: "unallocated", verdict: requeue }));
      }
      const again = await bench.claim(campaignId, node);
      expect(again).toMatchObject([
        { leadId: two, number: alive, facts: { permanentOutcome: null }, numbers: [{ number: alive }] },
      ]);
      expect(await bench.fixture.leadState(one!)).toMatchObject({ state: "done", because: "invalid" });
    });
  });

  describe("giving leads back", () => {
    const claimOne = async () => {
      const { campaignId } = await bench.campaignWith(1);
      const node = anyNode();
      const [lead] = await bench.claim(campaignId, node);
      return { campaignId, node, leadId: lead!.leadId };
    };

    test("to be tried later", async () => {
      const { campaignId, node, leadId } = await claimOne();
      await bench.store.releaseLead(node, leadId, retryAt(soon(MINUTE), "outside hours"), T0);
      expect(await bench.fixture.leadState(leadId)).toMatchObject({ state: "ready", dueAt: soon(MINUTE) });
      expect(await bench.claim(campaignId, anyNode(), 10, soon(MINUTE - 1))).toEqual([]);
      expect(await bench.claim(campaignId, anyNode(), 10, soon(MINUTE))).toHaveLength(1);
    });

    test("for good, with the reason; nothing said later brings it back", async () => {
      const { campaignId, node, leadId } = await claimOne();
      await bench.store.releaseLead(node, leadId, { type: "done", because: "suppressed" }, T0);
      await bench.store.releaseLead(node, leadId, { type: "requeue" }, soon(1));
      expect(await bench.fixture.leadState(leadId)).toMatchObject({ state: "done", because: "suppressed" });
      expect(await bench.claim(campaignId, anyNode(), 10, soon(60 * MINUTE))).toEqual([]);
    });

    test("until a human lets it go", async () => {
      const { campaignId, node, leadId } = await claimOne();
      await bench.store.releaseLead(node, leadId, { type: "held", because: "place-refused" }, T0);
      expect(await bench.fixture.leadState(leadId)).toMatchObject({ state: "held", because: "place-refused" });
      expect(await bench.claim(campaignId, anyNode(), 10, soon(60 * MINUTE))).toEqual([]);
    });

    test("as it was", async () => {
      const { campaignId, node, leadId } = await claimOne();
      const before = (await bench.fixture.leadState(leadId)).dueAt;
      await bench.store.releaseLead(node, leadId, { type: "requeue" }, T0);
      expect(await bench.fixture.leadState(leadId)).toMatchObject({ state: "ready", dueAt: before });
      expect(await bench.claim(campaignId, anyNode())).toHaveLength(1);
    });

    test("not by a node that does not hold the lease any more", async () => {
      const { leadId } = await claimOne();
      await bench.store.releaseLead(anyNode(), leadId, { type: "done", because: "suppressed" }, T0);
      expect((await bench.fixture.leadState(leadId)).state).toBe("leased");
    });

    test("all that a node has leased, of one campaign or of all, and nothing that is being dialled", async () => {
      const node = await bench.holdAnyNode();
      const one = await bench.campaignWith(3);
      const two = await bench.campaignWith(2);
      const [dialled] = await bench.claim(one.campaignId, node);
      await bench.store.insertAttempts(node, [orderFor(dialled!)], ANYTHING);
      await bench.claim(two.campaignId, node, 1);
      await bench.claim(two.campaignId, anyNode(), 1);
      expect(await bench.store.releaseLeases(node, one.campaignId)).toBe(2);
      expect(await bench.store.releaseLeases(node, null)).toBe(1);
      expect(await bench.store.releaseLeases(node, null)).toBe(0);
      expect((await bench.fixture.leadState(dialled!.leadId)).state).toBe("dialling");
      expect(await bench.claim(one.campaignId, node)).toHaveLength(2);
    });
  });

  test("leads go round between nodes without ever being dialled twice at once", async () => {
    const nodes = [await bench.holdAnyNode(), await bench.holdAnyNode(), await bench.holdAnyNode()];
    const { campaignId, leadIds } = await bench.campaignWith(30);
    const dialling = new Set<LeadId>();
    const dialled = new Map<LeadId, number>();
    const work = async (node: NodeId): Promise<void> => {
      for (let round = 0; round < 40; round += 1) {
        const leads = await bench.claim(campaignId, node, 4, after(T0, round));
        if (leads.length === 0) continue;
        const orders = leads.map((lead) => orderFor(lead));
        await bench.store.insertAttempts(node, orders, ANYTHING);
        for (const { leadId } of leads) {
          expect(dialling.has(leadId)).toBe(false);
          dialling.add(leadId);
        }
        for (const [index, lead] of leads.entries()) {
          const tries = (dialled.get(lead.leadId) ?? 0) + 1;
          dialled.set(lead.leadId, tries);
          dialling.delete(lead.leadId);
          const done = { type: "done", because: "attempts-exhausted" } as const;
          const verdict = tries < 3 ? ({ type: "requeue" } as const) : done;
          await bench.store.endAttempt(endOf(lead, orders[index]!, { outcome: "no-answer", verdict }));
        }
      }
    };
    await Promise.all(nodes.map(work));
    expect([...dialled.keys()].sort((x, y) => x - y)).toEqual([...leadIds].sort((x, y) => x - y));
    expect([...dialled.values()].every((tries) => tries === 3)).toBe(true);
  });
}
