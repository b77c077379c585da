/** Accounts that equal a recount whatever comes in whatever order; opt-outs under way; alarms; campaigns stopped. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ACCOUNT_ENTRIES, NO_COUNTS, type AccountEntry, type AccountScope } from "../../../src/domain/account.ts";
import type { AttemptOrder, Stamp } from "../../../src/domain/attempt.ts";
import type { AgentId, CampaignId, NodeId } from "../../../src/domain/ids.ts";
import type { LeadToDial } from "../../../src/engine/ports.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { alarmOf, anyNode, anyNumber, ANYTHING, endOf, orderFor, soon, stamp } from "./fixture.ts";

const HOUR = 60 * MINUTE;
const DAYS = ["2026-11-20", "2026-11-21", "2026-11-22"];
const CODES = ["sale", "no-interest", "machine", "machine", "gone-from-the-campaign"];

type Step =
  | { readonly type: "end"; readonly attempt: number; readonly entry: AccountEntry | null; readonly day: string }
  | { readonly type: "dispose"; readonly attempt: number; readonly code: string; readonly atMs: number };

const ATTEMPTS = 4;
const attempt = fc.nat({ max: ATTEMPTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant("end" as const),
    attempt,
    entry: fc.option(fc.constantFrom(...ACCOUNT_ENTRIES)),
    day: fc.constantFrom(...DAYS),
  }),
  fc.record({
    type: fc.constant("dispose" as const),
    attempt,
    code: fc.constantFrom(...CODES),
    atMs: fc.nat({ max: 5 }),
  }),
);

export function describeCompliance(bench: Bench): void {
  describe("the abandon account", () => {
    interface Ground {
      readonly node: NodeId;
      readonly campaignId: CampaignId;
      readonly agentId: AgentId;
      readonly centre: string;
      readonly leads: readonly LeadToDial[];
      readonly orders: readonly AttemptOrder[];
    }
    const ground = async (count: number): Promise<Ground> => {
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { campaignId } = await bench.campaignWith(count);
      const leads = await bench.claim(campaignId, node, count);
      const centre = `centre ${anyNumber()}`;
      const orders = leads.map((lead) => orderFor(lead, { centre }));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      return { node, campaignId, agentId, centre, leads, orders };
    };

    const take = async ({ leads, orders, agentId }: Ground, taken: Step): Promise<void> => {
      const order = orders[taken.attempt]!;
      if (taken.type === "dispose") {
        await bench.store.recordDisposition(order.attemptId, agentId, taken.code, soon(taken.atMs));
        return;
      }
      const account = taken.entry === null ? null : { entry: taken.entry, day: taken.day };
      await bench.store.endAttempt(endOf(leads[taken.attempt]!, order, { account }));
    };

    const expectRecount = async ({ campaignId, centre }: Ground): Promise<void> => {
      const scopes: AccountScope[] = DAYS.flatMap((day) => [
        { campaignId, centre: null, fromDay: day, toDay: day },
        { campaignId: null, centre, fromDay: day, toDay: DAYS[2]! },
      ]);
      const readings = await bench.store.readAccounts(scopes);
      for (const [index, scope] of scopes.entries()) {
        expect(readings[index]?.counts).toEqual({ ...NO_COUNTS, ...(await bench.fixture.recount(scope)) });
      }
    };

    test("equals a recount of the attempts, whatever ends and is disposed in whatever order and however often", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          const prepared = await ground(ATTEMPTS);
          for (const taken of steps) await take(prepared, taken);
          await expectRecount(prepared);
        }),
        { numRuns: bench.fixture.propertyRuns },
      );
    });

    test("equals it also when the end and the agent's word come at the same moment", async () => {
      for (let round = 0; round < 8; round += 1) {
        const prepared = await ground(ATTEMPTS);
        const steps = prepared.orders.flatMap((_, index): Step[] => [
          { type: "end", attempt: index, entry: "connected", day: DAYS[1]! },
          { type: "dispose", attempt: index, code: "machine", atMs: 1 },
          { type: "end", attempt: index, entry: "connectedLate", day: DAYS[0]! },
          { type: "dispose", attempt: index, code: "sale", atMs: round % 2 === 0 ? 0 : 2 },
        ]);
        await Promise.all(steps.map((taken) => take(prepared, taken)));
        await expectRecount(prepared);
      }
    });

    test("moves a call that an agent says was a machine, and back when they think again", async () => {
      const prepared = await ground(1);
      const { campaignId, orders, agentId } = prepared;
      const counts = async () => {
        const scope = { campaignId, centre: null, fromDay: DAYS[0]!, toDay: DAYS[2]! };
        const [reading] = await bench.store.readAccounts([scope]);
        return [reading!.counts.connected, reading!.counts.machineToAgent];
      };
      await take(prepared, { type: "end", attempt: 0, entry: "connected", day: DAYS[1]! });
      expect(await counts()).toEqual([1, 0]);
      expect((await bench.fixture.attemptRow(orders[0]!.attemptId))?.account).toEqual({
        entry: "connected",
        day: DAYS[1],
      });
      await bench.store.recordDisposition(orders[0]!.attemptId, agentId, "machine", soon(1_000));
      await bench.store.recordDisposition(orders[0]!.attemptId, agentId, "machine", soon(1_000));
      expect(await counts()).toEqual([0, 1]);
      // An older word that comes late says nothing.
      await bench.store.recordDisposition(orders[0]!.attemptId, agentId, "sale", soon(500));
      expect(await counts()).toEqual([0, 1]);
      await bench.store.recordDisposition(orders[0]!.attemptId, agentId, "sale", soon(2_000));
      expect(await counts()).toEqual([1, 0]);
    });

    test("has nothing of an attempt that counts for nothing", async () => {
      const prepared = await ground(1);
      await take(prepared, { type: "end", attempt: 0, entry: null, day: DAYS[1]! });
      await bench.store.recordDisposition(prepared.orders[0]!.attemptId, prepared.agentId, "machine", soon(1));
      const scope = { campaignId: prepared.campaignId, centre: null, fromDay: DAYS[0]!, toDay: DAYS[2]! };
      expect((await bench.store.readAccounts([scope]))[0]?.counts).toEqual(NO_COUNTS);
    });
  });

  describe("desired state", () => {
    const optedOut = async (node: NodeId) => (await bench.store.desiredState(node)).compliance.optedOut;

    test("names the attempts under way whose number was suppressed since", async () => {
      const mine = await bench.begin();
      const theirs = await bench.begin();
      expect(await optedOut(mine.node)).toEqual([]);
      await bench.fixture.suppress(theirs.lead.number);
      expect(await optedOut(mine.node)).toEqual([]);
      await bench.fixture.suppress(mine.lead.number, "Somebody Else");
      expect(await optedOut(mine.node)).toEqual([]);
      await bench.fixture.suppress(mine.lead.number, "Acme Ltd");
      expect(await optedOut(mine.node)).toEqual([mine.attemptId]);
      expect(await optedOut(theirs.node)).toEqual([theirs.attemptId]);
      await bench.store.endAttempt(endOf(mine.lead, mine.order));
      expect(await optedOut(mine.node)).toEqual([]);
    });

    test("tells that nothing may be placed, since when and why", async () => {
      const node = await bench.holdAnyNode();
      await bench.fixture.setKillSwitch(true);
      expect((await bench.store.desiredState(node)).compliance.killSwitch).toMatchObject({
        by: "anna",
        because: "a fire",
      });
      await bench.fixture.setKillSwitch(false);
      expect((await bench.store.desiredState(node)).compliance.killSwitch).toBeNull();
    });

    test("gives a campaign with all its rules", async () => {
      const rules = {
        profile: "DE",
        tightening: { ringMinMs: 20_000, attemptsPerDayMax: 1 },
        principal: "Bäcker & Söhne",
        purpose: "service",
        sector: "pensions",
        sectorAuthority: "FRN 123456",
        gate: "strict",
        mode: "power",
        dialLevelPercent: 150,
        firstStartedAt: soon(-HOUR),
      } as const;
      const campaignId = await bench.fixture.seedCampaign(rules);
      const { campaigns } = await bench.store.desiredState(anyNode());
      expect(campaigns.find((campaign) => campaign.campaignId === campaignId)).toMatchObject(rules);
    });
  });

  describe("facts of what was heard", () => {
    test("grow with the attempt, and a second message begins anew", async () => {
      const { attemptId } = await bench.begin();
      const answered = { ...endOf((await bench.begin()).lead, (await bench.begin()).order).facts };
      const facts = {
        ...answered,
        ...{ endedAt: null, endedBy: null, cause: null, answeredAt: stamp(900) },
        ...{ speechStartedAt: stamp(1_000), greetingEndedAt: stamp(1_800) },
      };
      const first = { ...facts, message: "failed", messageChoice: "campaign", messageAt: stamp(2_000) } as const;
      const second = { ...first, message: "started", messageChoice: "builtIn" } as const;
      await bench.store.recordChanges([
        { attemptId, state: "answered", facts },
        { attemptId, state: "informing", facts: first },
        { attemptId, state: "informing", facts: second },
      ]);
      expect((await bench.fixture.attemptRow(attemptId))?.facts).toEqual(second);
    });
  });

  describe("an answer that was found at a look", () => {
    test("is dated anew when Asterisk tells of it", async () => {
      const { attemptId, order, lead } = await bench.begin();
      const { facts } = endOf(lead, order);
      const open = { ...facts, endedAt: null, endedBy: null, cause: null };
      const rowAfter = async (answeredAt: Stamp | null) => {
        await bench.store.recordChanges([{ attemptId, state: "answered", facts: { ...open, answeredAt } }]);
        return (await bench.fixture.attemptRow(attemptId))?.facts.answeredAt;
      };
      const found = { at: stamp(900).at, asteriskAt: null };
      expect(await rowAfter(found)).toEqual(found);
      expect(await rowAfter(stamp(1_400))).toEqual(stamp(1_400));
    });
  });

  describe("alarms", () => {
    test("are kept once for each campaign, kind and hour, with how often they came", async () => {
      const { campaignId, attemptId } = await bench.begin();
      const start = soon(2 * HOUR - (soon(0) % HOUR));
      const raise = (ms: number, change: Parameters<typeof alarmOf>[2] = {}) =>
        bench.store.raiseAlarm(alarmOf(campaignId, (start + ms) as typeof start, change));
      await raise(0, { attemptId });
      await raise(1_000);
      // Told again, because nobody heard the answer.
      await raise(1_000);
      await raise(HOUR - 1);
      await raise(HOUR);
      await raise(5, { code: "MESSAGE-FAILED", says: "The message broke off." });
      expect(await bench.fixture.alarms(campaignId)).toEqual([
        { code: "SILENT-CALL", attemptId, says: "A person heard nothing.", times: 3 },
        { code: "SILENT-CALL", attemptId: null, says: "A person heard nothing.", times: 1 },
        { code: "MESSAGE-FAILED", attemptId: null, says: "The message broke off.", times: 1 },
      ]);
    });

    test("of no campaign are one as well", async () => {
      const code = `X-${anyNumber().slice(-9)}`;
      for (const ms of [1, 2, 3]) await bench.store.raiseAlarm(alarmOf(null, soon(ms), { code }));
      const alarms = await bench.fixture.alarms(null);
      expect(alarms.filter((alarm) => alarm.code === code)).toMatchObject([{ times: 3 }]);
    });

    test("stop a campaign, and say why", async () => {
      const { campaignId } = await bench.campaignWith(0);
      const alarm = alarmOf(campaignId, soon(1), { code: "SILENT-STOP", says: "Two silent calls today." });
      await bench.store.stopCampaign(campaignId, alarm);
      await bench.store.stopCampaign(campaignId, alarm);
      const { campaigns } = await bench.store.desiredState(anyNode());
      expect(campaigns.find((campaign) => campaign.campaignId === campaignId)?.desiredState).toBe("stopped");
      expect(await bench.fixture.alarms(campaignId)).toMatchObject([{ code: "SILENT-STOP", times: 1 }]);
    });
  });
}
