/** People who call back: known by their number and the one they ring, not dialled meanwhile, and let go of as they should be. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { legId } from "../../../src/domain/ids.ts";
import { instant, type Instant } from "../../../src/domain/instant.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { ReturnEnd, ReturnMatch, ReturnRow } from "../../../src/domain/return-call.ts";
import { MINUTE, type Bench, type Begun } from "./bench.ts";
import { anyNode, anyNumber, attemptIdOf, endOf, retryAt, soon, stamp, T0 } from "./fixture.ts";

const CLI = phoneNumber("+441632960000");
const ANOTHER_CLI = phoneNumber("+441632960001");
const LONG_AGO = instant(T0 - 86_400_000);
const HOURS = 60 * MINUTE;

const ended = (row: ReturnRow, change: Partial<ReturnEnd> = {}): ReturnEnd => ({
  ...{ returnId: row.returnId, endedAt: soon(10 * MINUTE), outcome: "left-waiting", endedBy: "caller", agentId: null },
  ...{ waitedMs: null, connectedAt: null, message: null, optedOut: false, notBefore: soon(12 * MINUTE) },
  ...change,
});

export function describeReturns(bench: Bench): void {
  describe("somebody who calls back", () => {
    const store = () => bench.store.returnCalls;
    /** Called in vain, and due again in half an hour. */
    const calledInVain = async (dueAt: Instant = soon(30 * MINUTE)): Promise<Begun> => {
      const begun = await bench.begin();
      const verdict = retryAt(dueAt, "no-answer");
      await bench.store.endAttempt(endOf(begun.lead, begun.order, { outcome: "no-answer", verdict }));
      return begun;
    };
    const rowOf = (begun: Begun, match: ReturnMatch | null): ReturnRow => ({
      ...{ returnId: attemptIdOf(), legId: legId("pbx-1.1"), at: soon(5 * MINUTE), cliNumber: CLI },
      ...{ caller: begun.order.number, campaignId: begun.campaignId, match },
    });
    const begunBy = async (begun: Begun): Promise<ReturnRow> => {
      const match = await store().match(begun.order.number, CLI, LONG_AGO);
      const row = rowOf(begun, match);
      await store().begin(begun.node, row);
      return row;
    };

    test("is whoever was called from the number that they ring, and nobody else", async () => {
      const { order, campaignId, attemptId } = await calledInVain();
      expect(await store().match(order.number, CLI, LONG_AGO)).toEqual({
        ...{ attemptId, campaignId, leadId: order.leadId, lastAgentId: null },
      });
      expect(await store().match(order.number, ANOTHER_CLI, LONG_AGO)).toBeNull();
      expect(await store().match(order.number, CLI, soon(1))).toBeNull();
      expect(await store().match(anyNumber(), CLI, LONG_AGO)).toBeNull();
    });

    test("belongs to the agent who talked with them", async () => {
      const begun = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [begun.campaignId] });
      const facts = { ...NOTHING_KNOWN, agentId, answeredAt: stamp(10), connectedAt: stamp(20), endedAt: stamp(9_000) };
      await bench.store.endAttempt(endOf(begun.lead, begun.order, { facts }));
      expect(await store().match(begun.order.number, CLI, LONG_AGO)).toMatchObject({ lastAgentId: agentId });
    });

    test("is dialled by nobody while they are on the line, whoever had leased them", async () => {
      const begun = await calledInVain(soon(1 * MINUTE));
      const other = anyNode();
      expect(await bench.claim(begun.campaignId, other, 1, soon(4 * MINUTE))).toHaveLength(1);
      const row = await begunBy(begun);
      await store().begin(begun.node, row);
      expect(await bench.store.keepLeases(other, [begun.order.leadId], soon(2 * HOURS))).toEqual([]);
      expect(await bench.claim(begun.campaignId, other, 1, soon(60 * MINUTE))).toEqual([]);
      expect((await store().open(begun.node)).map(({ row: { returnId } }) => returnId)).toEqual([row.returnId]);
      await store().end(ended(row));
      expect(await store().open(begun.node)).toEqual([]);
      // Not within the gap, and then as before.
      expect(await bench.fixture.leadState(begun.order.leadId)).toMatchObject({
        ...{ state: "ready", dueAt: soon(12 * MINUTE), because: "no-answer" },
      });
    });

    test("has a row before anybody knows whose call it is, and is not dialled from when it is known", async () => {
      const begun = await calledInVain(soon(1 * MINUTE));
      const { campaignId } = begun;
      const match = await store().match(begun.order.number, CLI, LONG_AGO);
      const known = rowOf(begun, match);
      const unknown = { ...known, campaignId: null, match: null };
      // Where numbers are hashed the caller's is not to be had again.
      const rows = async () => (await store().open(begun.node)).map(({ row }) => ({ ...row, caller: known.caller }));
      await store().begin(begun.node, unknown);
      await store().begin(begun.node, unknown);
      expect(await rows()).toEqual([unknown]);
      expect((await bench.fixture.leadState(begun.order.leadId)).dueAt).toBe(soon(1 * MINUTE));
      await store().begin(begun.node, known);
      expect(await rows()).toEqual([known]);
      expect(await bench.claim(campaignId, anyNode(), 1, soon(60 * MINUTE))).toEqual([]);
      // Told again, by whoever did not hear that it was written.
      await store().begin(begun.node, known);
      await store().end(ended(known));
      await store().begin(begun.node, known);
      expect(await rows()).toEqual([]);
      expect((await bench.fixture.leadState(begun.order.leadId)).dueAt).toBe(soon(12 * MINUTE));
    });

    test("keeps what they were due at, where that is later", async () => {
      const begun = await calledInVain();
      await store().end(ended(await begunBy(begun)));
      expect(await bench.fixture.leadState(begun.order.leadId)).toMatchObject({ dueAt: soon(30 * MINUTE) });
    });

    test("is done when they talked, once, and unless they were promised a call", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const talked = { outcome: "talked", agentId, connectedAt: soon(6 * MINUTE), waitedMs: 2_000 } as const;
      const begun = await calledInVain();
      const row = await begunBy(begun);
      await store().end(ended(row, talked));
      await store().end(ended(row, { endedAt: soon(99 * MINUTE) }));
      expect(await bench.fixture.leadState(begun.order.leadId)).toMatchObject({
        state: "done",
        because: "called-back",
      });

      const promised = await calledInVain();
      const promise = { dueAt: soon(3 * HOURS), untilAt: soon(4 * HOURS), numberId: null, agentId: null };
      const theirs = await begunBy(promised);
      await bench.fixture.promise(promised.order.leadId, { ...promise, fallback: "anyone" });
      await store().end(ended(theirs, talked));
      expect(await bench.fixture.leadState(promised.order.leadId)).toMatchObject({ state: "ready" });
    });

    test("is suppressed for everybody by the key, and by an agent's word", async () => {
      const suppressed = async ({ lead, campaignId, node }: Begun): Promise<boolean | undefined> => {
        const [claimed] = await bench.claim(campaignId, node, 1, soon(2 * HOURS));
        expect(claimed?.leadId).toBe(lead.leadId);
        return claimed?.facts.suppressed;
      };
      const begun = await calledInVain();
      const row = await begunBy(begun);
      await store().optOut(row, soon(6 * MINUTE));
      await store().optOut(row, soon(7 * MINUTE));
      await store().end(ended(row, { outcome: "opted-out", optedOut: true }));
      expect(await suppressed(begun)).toBe(true);

      const other = await calledInVain();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [other.campaignId] });
      const theirs = await begunBy(other);
      await bench.store.recordDisposition(theirs.returnId, agentId, "never-again", soon(6 * MINUTE));
      await store().end(ended(theirs));
      expect(await suppressed(other)).toBe(true);
    });

    test("may be a stranger, or withhold their number", async () => {
      const begun = await bench.begin();
      const row = { ...rowOf(begun, null), caller: null, campaignId: null };
      await store().begin(begun.node, row);
      await store().optOut(row, soon(1));
      await store().end(ended(row, { outcome: "informed", message: "builtIn", notBefore: null }));
      expect(await store().open(begun.node)).toEqual([]);
    });
  });
}
