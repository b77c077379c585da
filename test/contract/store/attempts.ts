/** Attempts: begun, going on, ended; each written as often as one likes and counted once. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptEnd } from "../../../src/engine/ports.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { ANYTHING, UNLESS_BARRED, anyNode, attemptIdOf, endOf, orderFor, retryAt, soon, stamp } from "./fixture.ts";

export function describeAttempts(bench: Bench): void {
  describe("an attempt begins", () => {
    test("as a row, its lead being dialled for as long as it takes", async () => {
      const { campaignId, attemptId, lead, node } = await bench.begin();
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({
        state: "placing",
        leadId: lead.leadId,
        number: lead.number,
        nodeId: node,
        outcome: null,
        facts: NOTHING_KNOWN,
      });
      expect((await bench.fixture.leadState(lead.leadId)).state).toBe("dialling");
      expect(await bench.claim(campaignId, anyNode(), 10, soon(60 * MINUTE))).toEqual([]);
    });

    test("once, however often it is written", async () => {
      const { node, order, lead, attemptId } = await bench.begin();
      await bench.store.insertAttempts(node, [order], ANYTHING);
      await bench.store.endAttempt(endOf(lead, order));
      await bench.store.insertAttempts(node, [order], ANYTHING);
      expect((await bench.fixture.attemptRow(attemptId))?.state).toBe("ended");
      expect((await bench.fixture.leadState(lead.leadId)).state).toBe("done");
    });

    test("not with a lead that somebody else has, and then none of the batch", async () => {
      const [ours, theirs] = [await bench.holdAnyNode(), await bench.holdAnyNode()];
      const { campaignId } = await bench.campaignWith(2);
      const [first] = await bench.claim(campaignId, ours, 1);
      const [second] = await bench.claim(campaignId, theirs, 1);
      const orders = [orderFor(first!), orderFor(second!)];
      await expect(bench.store.insertAttempts(ours, orders, ANYTHING)).rejects.toMatchObject({ kind: "conflict" });
      for (const { attemptId } of orders) expect(await bench.fixture.attemptRow(attemptId)).toBeNull();
      expect((await bench.fixture.leadState(first!.leadId)).state).toBe("leased");
      expect((await bench.fixture.leadState(second!.leadId)).state).toBe("leased");
    });

    test("not to a number suppressed since the lead was claimed, and the others of the batch are written", async () => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(2);
      const [first, second] = await bench.claim(campaignId, node);
      await bench.fixture.suppress(first!.number);
      const orders = [orderFor(first!), orderFor(second!)];
      expect(await bench.store.insertAttempts(node, orders, UNLESS_BARRED)).toEqual([orders[0]!.attemptId]);
      expect(await bench.fixture.attemptRow(orders[0]!.attemptId)).toBeNull();
      expect(await bench.fixture.attemptRow(orders[1]!.attemptId)).toMatchObject({ state: "placing" });
      expect((await bench.fixture.leadState(first!.leadId)).state).toBe("leased");
    });

    test("not twice for one lead", async () => {
      const { node, lead } = await bench.begin();
      const another = orderFor(lead, { attemptId: attemptIdOf() });
      await expect(bench.store.insertAttempts(node, [another], ANYTHING)).rejects.toMatchObject({ kind: "conflict" });
      expect(await bench.fixture.attemptRow(another.attemptId)).toBeNull();
    });

    test("with a reserved agent, when one is", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId } = await bench.begin(agentId);
      expect((await bench.fixture.attemptRow(attemptId))?.facts.agentId).toBe(agentId);
    });
  });

  describe("an attempt goes on", () => {
    const placed = { ...NOTHING_KNOWN, placedAt: stamp(10), sipCallId: "a1b2@pbx" };
    const ringing = { ...placed, ringing: "ringing" as const, ringingAt: stamp(900) };
    const answered = { ...ringing, answeredAt: stamp(5_000) };

    test("with both clocks of every instant", async () => {
      const { attemptId } = await bench.begin();
      const unfit = await bench.store.recordChanges([
        { attemptId, state: "dialling", facts: placed },
        { attemptId, state: "ringing", facts: ringing },
        { attemptId, state: "answered", facts: answered },
      ]);
      expect(unfit).toBe(0);
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ state: "answered", facts: answered });
    });

    test("an instant whose second clock is not known stays so", async () => {
      const { attemptId } = await bench.begin();
      const facts = { ...NOTHING_KNOWN, placedAt: { at: soon(3), asteriskAt: null } };
      await bench.store.recordChanges([{ attemptId, state: "dialling", facts }]);
      expect((await bench.fixture.attemptRow(attemptId))?.facts.placedAt).toEqual({ at: soon(3), asteriskAt: null });
    });

    test("changes that come twice or late do no harm, and are counted", async () => {
      const { attemptId } = await bench.begin();
      const changes = [
        { attemptId, state: "dialling", facts: placed },
        { attemptId, state: "answered", facts: answered },
      ] as const;
      expect(await bench.store.recordChanges(changes)).toBe(0);
      expect(await bench.store.recordChanges(changes)).toBe(1);
      expect(await bench.store.recordChanges([{ attemptId, state: "ringing", facts: ringing }])).toBe(1);
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ state: "answered", facts: answered });
    });

    test("back from connecting to answered when the bridge failed", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId } = await bench.begin();
      const promised = { ...answered, agentId };
      const failed = { ...promised, agentLegFailed: true };
      const unfit = await bench.store.recordChanges([
        { attemptId, state: "answered", facts: answered },
        { attemptId, state: "connecting", facts: promised },
        { attemptId, state: "answered", facts: failed },
      ]);
      expect(unfit).toBe(0);
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ state: "answered", facts: failed });
    });

    test("a change to an attempt nobody knows is counted, and the others are written", async () => {
      const { attemptId } = await bench.begin();
      const unfit = await bench.store.recordChanges([
        { attemptId: attemptIdOf(), state: "dialling", facts: placed },
        { attemptId, state: "dialling", facts: placed },
      ]);
      expect(unfit).toBe(1);
      expect((await bench.fixture.attemptRow(attemptId))?.state).toBe("dialling");
    });

    test("until it is ended; then nothing changes any more", async () => {
      const { attemptId, lead, order } = await bench.begin();
      await bench.store.endAttempt(endOf(lead, order, { outcome: "busy" }));
      expect(await bench.store.recordChanges([{ attemptId, state: "answered", facts: answered }])).toBe(1);
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ state: "ended", outcome: "busy" });
    });
  });

  describe("an attempt ends", () => {
    test("once, with all its facts", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId, lead, order } = await bench.begin();
      const facts = {
        placedAt: stamp(10),
        ringing: "early",
        progressAt: stamp(400),
        ringingAt: null,
        answeredAt: stamp(5_000),
        speechStartedAt: stamp(5_300),
        greetingEndedAt: stamp(6_100),
        connectedAt: stamp(5_012),
        messageAt: stamp(9_000),
        message: "finished",
        messageChoice: "builtIn",
        endedAt: stamp(60_000),
        endedBy: "us",
        endReason: "lengthLimit",
        placeFailure: null,
        cause: 16,
        sip: 486,
        sipCallId: "a1b2@pbx",
        agentId,
        agentLegFailed: true,
        verdict: "machine",
        verdictAt: stamp(6_300),
        verdictCause: "long-talk",
        verdictAct: "dropped",
        voiceAt: stamp(6_400),
        machineReportedAt: stamp(7_000),
        agentWaitedMs: 4_321,
      } as const;
      const end = endOf(lead, order, { outcome: "connected", facts });
      expect(await bench.store.endAttempt(end)).toBe(true);
      expect(await bench.store.endAttempt({ ...end, outcome: "lost" })).toBe(false);
      expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ state: "ended", outcome: "connected", facts });
    });

    test("and its lead is settled with it", async () => {
      const { campaignId, lead, order } = await bench.begin();
      const { numberId } = lead;
      const verdict = retryAt(soon(5 * MINUTE), "busy", { numberId });
      await bench.store.endAttempt(endOf(lead, order, { outcome: "busy", verdict }));
      expect(await bench.fixture.leadState(lead.leadId)).toMatchObject({ state: "ready", dueAt: soon(5 * MINUTE) });
      const [again] = await bench.claim(campaignId, anyNode(), 1, soon(5 * MINUTE));
      const tried = { attemptsCounted: 1, lastAttemptAt: order.decidedAt, lastOutcome: "busy" };
      expect(again).toMatchObject({
        isFresh: false,
        numberId,
        story: {
          ...{ attemptsCounted: 1, carrierTries: 0, numbers: [{ numberId, ...tried }] },
          attempts: [{ numberId, at: order.decidedAt, outcome: "busy" }],
        },
      });
    });

    test("and a requeued lead is offered again at once", async () => {
      const { campaignId, lead, order } = await bench.begin();
      await bench.store.endAttempt(endOf(lead, order, { outcome: "not-placed", verdict: { type: "requeue" } }));
      expect(await bench.claim(campaignId, anyNode())).toMatchObject([
        { leadId: lead.leadId, story: { attemptsCounted: 0 } },
      ]);
    });

    test("and an end told again does not touch a lead that went on", async () => {
      const { campaignId, node, lead, order } = await bench.begin();
      const end = endOf(lead, order, { outcome: "not-placed", verdict: { type: "requeue" } });
      await bench.store.endAttempt(end);
      await bench.claim(campaignId, node);
      expect(await bench.store.endAttempt(end)).toBe(false);
      expect((await bench.fixture.leadState(lead.leadId)).state).toBe("leased");
    });

    test("at the same time from two sides: one of them did it", async () => {
      const { lead, order } = await bench.begin();
      const end = endOf(lead, order);
      const results = await Promise.all([
        bench.store.endAttempt(end),
        bench.store.endAttempt(end),
        bench.store.endAttempt(end),
      ]);
      expect(results.filter(Boolean)).toHaveLength(1);
    });

    test("an end without a beginning touches nothing", async () => {
      const { lead, order } = await bench.begin();
      const nobody = { ...endOf(lead, order), attemptId: attemptIdOf() };
      expect(await bench.store.endAttempt(nobody)).toBe(false);
      expect((await bench.fixture.leadState(lead.leadId)).state).toBe("dialling");
    });

    test("a permanent outcome takes the number out everywhere, and importing it again does not help", async () => {
      const { lead, order } = await bench.begin();
      const elsewhere = await bench.fixture.seedCampaign();
      await bench.fixture.seedList(elsewhere, [{ numbers: [{ number: lead.number }] }]);
      const verdict = { type: "done", because: "invalid" } as const;
      await bench.store.endAttempt(endOf(lead, order, { outcome: "unallocated", verdict }));
      expect(await bench.fixture.permanentOutcome(lead.number)).toBe("unallocated");
      expect(await bench.claim(elsewhere, anyNode())).toEqual([]);

      const later = await bench.fixture.seedCampaign();
      const [leadId] = await bench.fixture.seedList(later, [{ numbers: [{ number: lead.number }] }]);
      expect(await bench.claim(later, anyNode())).toEqual([]);
      expect(await bench.fixture.leadState(leadId!)).toMatchObject({ state: "done", because: "invalid" });
    });

    test("an ordinary outcome leaves the number alone", async () => {
      const { lead, order } = await bench.begin();
      await bench.store.endAttempt(endOf(lead, order, { outcome: "no-answer" }));
      expect(await bench.fixture.permanentOutcome(lead.number)).toBeNull();
    });
  });

  describe("many attempts end together", () => {
    test("each as it would alone, with its lead and its number", async () => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(4);
      const leads = await bench.claim(campaignId, node);
      const orders = leads.map((lead) => orderFor(lead));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      const [first, second, third, fourth] = leads.map((lead, index) => [lead, orders[index]!] as const);
      const verdict = retryAt(soon(5 * MINUTE), "busy", { numberId: second![0].numberId });
      const ends = [
        endOf(...first!, { outcome: "connected", contact: { kind: "other", weekday: 1, hour: 9, isLive: true } }),
        endOf(...second!, { outcome: "busy", verdict, contact: { kind: "other", weekday: 1, hour: 9, isLive: false } }),
        endOf(...third!, { outcome: "not-placed", verdict: { type: "requeue" } }),
        endOf(...fourth!, { outcome: "unallocated", verdict: { type: "done", because: "invalid" } }),
      ];
      expect(await bench.store.endAttempts(ends)).toEqual([true, true, true, true]);

      const rows = await Promise.all(orders.map(({ attemptId }) => bench.fixture.attemptRow(attemptId)));
      expect(rows.map((row) => row?.outcome)).toEqual(["connected", "busy", "not-placed", "unallocated"]);
      const states = await Promise.all(leads.map(({ leadId }) => bench.fixture.leadState(leadId)));
      expect(states.map(({ state }) => state)).toEqual(["done", "ready", "ready", "done"]);
      expect(states[1]).toMatchObject({ dueAt: soon(5 * MINUTE), because: "busy" });
      expect(await bench.fixture.permanentOutcome(leads[3]!.number)).toBe("unallocated");
      expect(await bench.fixture.permanentOutcome(leads[0]!.number)).toBeNull();
      const rates = await bench.store.contactRates([campaignId]);
      expect(rates.get(campaignId)).toMatchObject([{ weekday: 1, hour: 9, attempts: 2, liveAnswers: 1 }]);

      const again = await bench.claim(campaignId, node, 4, soon(5 * MINUTE));
      const told = new Map(again.map(({ leadId, story }) => [leadId, story]));
      expect([...told.keys()].sort()).toEqual([leads[1]!.leadId, leads[2]!.leadId].sort());
      expect(told.get(leads[1]!.leadId)).toMatchObject({ attemptsCounted: 1, attempts: [{ outcome: "busy" }] });
      expect(told.get(leads[2]!.leadId)).toMatchObject({ attemptsCounted: 0 });
    });

    test("and those that had ended, are not there, or come twice, touch nothing", async () => {
      const [one, two, three] = [await bench.begin(), await bench.begin(), await bench.begin()];
      const end = endOf(one.lead, one.order, { outcome: "busy" });
      await bench.store.endAttempt(end);
      const twice = endOf(two.lead, two.order, { outcome: "busy" });
      const nobody = { ...endOf(three.lead, three.order), attemptId: attemptIdOf() };
      const ends = [{ ...end, outcome: "lost" as const }, twice, nobody, { ...twice, outcome: "lost" as const }];
      expect(await bench.store.endAttempts(ends)).toEqual([false, true, false, false]);
      for (const { attemptId } of [one, two])
        expect(await bench.fixture.attemptRow(attemptId)).toMatchObject({ outcome: "busy" });
      expect(await bench.fixture.attemptRow(three.attemptId)).toMatchObject({ state: "placing" });
      expect(await bench.store.endAttempts([])).toEqual([]);
    });

    test("even in two calls of one lead, one after the other", async () => {
      const { campaignId, node, lead, order } = await bench.begin();
      await bench.store.endAttempt(endOf(lead, order, { outcome: "not-placed", verdict: { type: "requeue" } }));
      const [again] = await bench.claim(campaignId, node);
      const next = orderFor(again!, { attemptId: attemptIdOf() });
      await bench.store.insertAttempts(node, [next], ANYTHING);
      const late = endOf(lead, order, { outcome: "lost" });
      expect(await bench.store.endAttempts([late, endOf(again!, next, { outcome: "busy" })])).toEqual([false, true]);
      expect(await bench.fixture.attemptRow(next.attemptId)).toMatchObject({ outcome: "busy" });
    });

    test("and what counts for the account counts once for each", async () => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(2);
      const leads = await bench.claim(campaignId, node);
      const orders = leads.map((lead) => orderFor(lead));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      const account = { entry: "connected", day: "2026-11-02" } as NonNullable<AttemptEnd["account"]>;
      const ends = leads.map((lead, index) => endOf(lead, orders[index]!, { outcome: "connected", account }));
      await bench.store.endAttempts(ends);
      await bench.store.endAttempts(ends);
      const { day } = account;
      const [reading] = await bench.store.readAccounts([{ campaignId, centre: null, fromDay: day, toDay: day }]);
      expect(reading?.counts.connected).toBe(2);
    });
  });
}
