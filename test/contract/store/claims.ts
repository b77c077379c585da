/** Which leads are claimed: the mix, weights, zones, promises; and by whom. */
import { describe, expect, test } from "@jest/globals";
import type { CampaignId, LeadId } from "../../../src/domain/ids.ts";
import type { LeadClaim, LeadToDial } from "../../../src/engine/ports.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { ANYTHING, anyNode, anyNumber, claimOf, endOf, orderFor, retryAt, soon, T0 } from "./fixture.ts";

export function describeClaims(bench: Bench): void {
  const seed = (campaignId: CampaignId, count: number, timeZone: string | null = null): Promise<LeadId[]> =>
    bench.fixture.seedList(
      campaignId,
      Array.from({ length: count }, () => ({ numbers: [{ number: anyNumber(), timeZone }] })),
    );
  const claim = (campaignId: CampaignId, change: Partial<LeadClaim>): Promise<LeadToDial[]> =>
    bench.store.claimLeads(claimOf(campaignId, anyNode(), change));
  const countIn = (leads: readonly LeadToDial[], some: readonly LeadId[]): number =>
    leads.filter(({ leadId }) => some.includes(leadId)).length;

  describe("a claim is mixed", () => {
    test("of new leads and redials as stated, however small the claims", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [fresh, tried] = [await seed(campaignId, 30), await seed(campaignId, 40)];
      await bench.fixture.waitIn("redial", tried);
      const claimed: LeadToDial[] = [];
      for (let round = 0; round < 20; round += 1) {
        claimed.push(...(await claim(campaignId, { limit: 2, newSharePercent: 30 })));
      }
      expect(claimed).toHaveLength(40);
      expect(countIn(claimed, fresh)).toBe(12);
      expect(claimed.filter(({ isFresh }) => isFresh).map(({ leadId }) => leadId)).toEqual(fresh.slice(0, 12));
    });

    test("and all of one kind where there is no other, whatever was stated", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const fresh = await seed(campaignId, 5);
      expect(countIn(await claim(campaignId, { limit: 4, newSharePercent: 0 }), fresh)).toBe(4);
      const tried = await seed(campaignId, 5);
      await bench.fixture.waitIn("redial", tried);
      const rest = await claim(campaignId, { limit: 9, newSharePercent: 100 });
      expect([countIn(rest, fresh), countIn(rest, tried)]).toEqual([1, 5]);
    });

    test("put off before never tried, both new", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [first, second] = await seed(campaignId, 2);
      await bench.fixture.waitIn("putOff", [second!]);
      expect(await claim(campaignId, { limit: 2 })).toMatchObject([
        { leadId: second, isFresh: true },
        { leadId: first, isFresh: true },
      ]);
    });

    test("over sources by their weights; none of one without weight, none of one that is loading", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [one, three, none, loading] = [
        await seed(campaignId, 20),
        await seed(campaignId, 20),
        await seed(campaignId, 2),
        await seed(campaignId, 2),
      ];
      await bench.fixture.changeSource(three[0]!, { weight: 3 });
      await bench.fixture.changeSource(none[0]!, { weight: 0 });
      await bench.fixture.changeSource(loading[0]!, { isReady: false });
      const claimed: LeadToDial[] = [];
      for (let round = 0; round < 8; round += 1) claimed.push(...(await claim(campaignId, { limit: 2 })));
      expect([one, three, none, loading].map((some) => countIn(claimed, some))).toEqual([4, 12, 0, 0]);
      await bench.fixture.changeSource(loading[0]!, { isReady: true });
      expect(countIn(await claim(campaignId, { limit: 40 }), loading)).toBe(2);
    });

    test("evenly over zones that are open; leads of the others stay where they are", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const zones = ["Europe/London", "Europe/Berlin", "Asia/Tokyo", null];
      const leads = await bench.fixture.seedList(
        campaignId,
        Array.from({ length: 40 }, (_, index) => ({
          numbers: [{ number: anyNumber(), timeZone: zones[Math.floor(index / 10)] ?? null }],
        })),
      );
      const asked = new Set<string | null>();
      const claimed = await claim(campaignId, {
        limit: 9,
        isOpen: (zone) => {
          asked.add(zone);
          return zone !== "Asia/Tokyo";
        },
      });
      const perZone = [0, 1, 2, 3].map((zone) => countIn(claimed, leads.slice(zone * 10, zone * 10 + 10)));
      expect(perZone).toEqual([3, 3, 0, 3]);
      expect([...asked].sort()).toEqual([...zones].sort());
      const closed = await bench.fixture.leadState(leads[20]!);
      expect(closed).toMatchObject({ state: "ready", because: null });
    });

    test("each by priority, also where the highest is not due", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const lead = (priority: number, ms: number) => ({
        numbers: [{ number: anyNumber() }],
        priority,
        dueAt: soon(ms),
      });
      const [late, low, high] = await bench.fixture.seedList(campaignId, [lead(9, MINUTE), lead(1, 0), lead(5, 0)]);
      await bench.fixture.waitIn("redial", [late!, low!, high!]);
      expect((await claim(campaignId, {})).map(({ leadId }) => leadId)).toEqual([high, low]);
    });
  });

  describe("a promise", () => {
    const PROMISE = { agentId: null, dueAt: T0, untilAt: soon(10 * MINUTE), fallback: "missed" } as const;
    const promised = async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const [other, lead] = await seed(campaignId, 2);
      const callbackId = await bench.fixture.promise(lead!, PROMISE);
      return { campaignId, other: other!, lead: lead!, callbackId };
    };

    test("comes before everybody else when it is due, and not before", async () => {
      const { campaignId, other, lead, callbackId } = await promised();
      expect(await claim(campaignId, { at: soon(-1), limit: 2, isOpen: () => false })).toEqual([]);
      expect(await claim(campaignId, { limit: 2 })).toMatchObject([
        { leadId: lead, isFresh: false, callback: { ...PROMISE, callbackId } },
        { leadId: other, callback: null },
      ]);
    });

    test("no more of them than asked for", async () => {
      const { campaignId, other } = await promised();
      expect(await claim(campaignId, { limit: 2, callbacksMax: 0 })).toMatchObject([{ leadId: other }]);
    });

    test("is taken by its attempt, and ends with it", async () => {
      const { campaignId, callbackId } = await promised();
      const node = await bench.holdAnyNode();
      const state = (): Promise<string> => bench.fixture.promiseState(callbackId);
      const [lead] = await bench.claim(campaignId, node, 1);
      const order = orderFor(lead!);
      expect(await state()).toBe("waiting");
      await bench.store.insertAttempts(node, [order], ANYTHING);
      expect(await state()).toBe("taken");
      const again = retryAt(soon(MINUTE), "callback", { queue: "callback", numberId: lead!.numberId });
      const verdict = { ...again, promise: { callbackId, fate: "waiting" } } as const;
      await bench.store.endAttempt(endOf(lead!, order, { outcome: "no-answer", verdict }));
      expect(await state()).toBe("waiting");
      const [next] = await bench.claim(campaignId, node, 1, soon(MINUTE));
      expect(next).toMatchObject({ leadId: lead!.leadId, callback: { callbackId }, story: { attemptsCounted: 1 } });
      const second = orderFor(next!);
      await bench.store.insertAttempts(node, [second], ANYTHING);
      const kept = { type: "done", because: "done", promise: { callbackId, fate: "kept" } } as const;
      await bench.store.endAttempt(endOf(next!, second, { verdict: kept }));
      expect(await state()).toBe("kept");
    });

    test("falls to anybody, or is missed, when its agent does not come; once settled it stays so", async () => {
      const campaignId = await bench.fixture.seedCampaign();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [campaignId] });
      const [lead] = await seed(campaignId, 1);
      const callbackId = await bench.fixture.promise(lead!, { ...PROMISE, agentId });
      const node = anyNode();
      const givenBack = async (fate: "anyone" | "missed" | "kept"): Promise<void> => {
        const verdict = { ...retryAt(T0, "callback", { queue: "callback" }), promise: { callbackId, fate } } as const;
        await bench.store.releaseLead(node, lead!, verdict, T0);
      };
      expect(await bench.claim(campaignId, node)).toMatchObject([{ callback: { agentId } }]);
      await givenBack("anyone");
      expect(await bench.claim(campaignId, node)).toMatchObject([{ callback: { agentId: null } }]);
      await givenBack("missed");
      expect(await bench.claim(campaignId, node)).toMatchObject([{ callback: null }]);
      await givenBack("kept");
      expect(await bench.fixture.promiseState(callbackId)).toBe("missed");
    });
  });

  test("who answers when is counted by kind, weekday and hour", async () => {
    const { campaignId, node, lead, order } = await bench.begin();
    const contact = { kind: "mobile", weekday: 6, hour: 10, isLive: true } as const;
    const end = endOf(lead, order, { contact, verdict: { type: "requeue" } });
    await bench.store.endAttempt(end);
    // Told twice, it was one.
    await bench.store.endAttempt(end);
    const [again] = await bench.claim(campaignId, node, 1);
    const second = orderFor(again!);
    await bench.store.insertAttempts(node, [second], ANYTHING);
    await bench.store.endAttempt(endOf(again!, second, { contact: { ...contact, isLive: false } }));
    const other = await bench.fixture.seedCampaign();
    const rates = await bench.store.contactRates([campaignId, other]);
    expect(rates.get(campaignId)).toEqual([{ kind: "mobile", weekday: 6, hour: 10, attempts: 2, liveAnswers: 1 }]);
    expect(rates.get(other)).toEqual([]);
  });

  test("the number that was chosen is the one to dial, as long as it may be", async () => {
    const campaignId = await bench.fixture.seedCampaign();
    const [first, second] = [anyNumber(), anyNumber()];
    await bench.fixture.seedList(campaignId, [{ numbers: [{ number: first }, { number: second }] }]);
    const node = anyNode();
    const [lead] = await bench.claim(campaignId, node);
    expect(lead).toMatchObject({ number: first, numbers: [{ number: first }, { number: second }] });
    const numberId = lead!.numbers[1]!.numberId;
    await bench.store.releaseLead(node, lead!.leadId, retryAt(T0, "busy", { numberId, queue: "putOff" }), T0);
    expect(await bench.claim(campaignId, node)).toMatchObject([{ number: second, numberId, isFresh: true }]);
  });
}
