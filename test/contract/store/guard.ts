/** The guard: asked with what is true when the rows are written, and never by two nodes of the same number or credit at once. */
import { describe, expect, test } from "@jest/globals";
import type { AttemptOrder } from "../../../src/domain/attempt.ts";
import type { AttemptId, CampaignId, NodeId } from "../../../src/domain/ids.ts";
import type { NumberFacts } from "../../../src/domain/number-facts.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import type { AccountReading, AccountScope } from "../../../src/domain/account.ts";
import type { InsertGuard, LeadToDial } from "../../../src/engine/ports.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { ANYTHING, anyNumber, endOf, orderFor, soon, T0 } from "./fixture.ts";

const HOUR = 60 * MINUTE;
const DAY = "2026-11-21";

/** Says yes, and keeps what it was told. */
const listening = (): { readonly guard: InsertGuard; readonly heard: NumberFacts[] } => {
  const heard: NumberFacts[] = [];
  const mayDial = (_order: AttemptOrder, facts: NumberFacts): boolean => {
    heard.push(facts);
    return true;
  };
  return { guard: { mayDial, overdial: null }, heard };
};

/** No number twice within two hours. */
const GAP: InsertGuard = {
  mayDial: (order, { attemptsAt }) => attemptsAt.every((at) => order.decidedAt - at >= 2 * HOUR),
  overdial: null,
};

export function describeGuard(bench: Bench): void {
  /** One lead with this number in a campaign of its own, claimed by a node of its own. */
  const claimed = async (
    number: PhoneNumber,
    change: { readonly principal?: string } = {},
  ): Promise<{ readonly node: NodeId; readonly lead: LeadToDial; readonly campaignId: CampaignId }> => {
    const node = await bench.holdAnyNode();
    const campaignId = await bench.fixture.seedCampaign(change);
    await bench.fixture.seedList(campaignId, [{ numbers: [{ number }] }]);
    const [lead] = await bench.claim(campaignId, node);
    return { node, lead: lead!, campaignId };
  };

  const dial = async (
    number: PhoneNumber,
    change: Partial<AttemptOrder> = {},
  ): Promise<AttemptOrder & { lead: LeadToDial }> => {
    const { node, lead } = await claimed(number, change.principal === undefined ? {} : { principal: change.principal });
    const order = orderFor(lead, change);
    await bench.store.insertAttempts(node, [order], ANYTHING);
    return { ...order, lead };
  };

  /** What the guard is told of this number, now. */
  const told = async (number: PhoneNumber, change: Partial<AttemptOrder> = {}): Promise<NumberFacts> => {
    const { node, lead } = await claimed(number);
    const { guard, heard } = listening();
    await bench.store.insertAttempts(node, [orderFor(lead, change)], guard);
    expect(heard).toHaveLength(1);
    return heard[0]!;
  };

  describe("the guard is told", () => {
    test("nothing of a number that nobody knows", async () => {
      expect(await told(anyNumber())).toEqual({
        suppressed: false,
        permanentOutcome: null,
        registers: [],
        guaranteedOnlyUntil: null,
        attemptsAt: [],
        onTheLineAt: null,
      });
    });

    test("of a suppression that came after the lead was claimed, for everybody or for this principal", async () => {
      for (const [principal, expected] of [
        [undefined, true],
        ["Acme Ltd", true],
        ["Somebody Else", false],
      ] as const) {
        const number = anyNumber();
        const { node, lead } = await claimed(number);
        expect(lead.facts.suppressed).toBe(false);
        await bench.fixture.suppress(number, principal);
        const { guard, heard } = listening();
        await bench.store.insertAttempts(node, [orderFor(lead)], guard);
        expect(heard.map(({ suppressed }) => suppressed)).toEqual([expected]);
      }
    });

    test("when the number was dialled, by every campaign of the principal and by no other, for two days, latest first", async () => {
      const number = anyNumber();
      for (const ms of [-49 * HOUR, -47 * HOUR, -HOUR, -2 * HOUR]) await dial(number, { decidedAt: soon(ms) });
      await dial(number, { decidedAt: soon(-3 * HOUR), principal: "Somebody Else" });
      await dial(anyNumber(), { decidedAt: soon(-HOUR) });
      expect((await told(number)).attemptsAt).toEqual([soon(-HOUR), soon(-2 * HOUR), soon(-47 * HOUR)]);
      const { lead } = await claimed(number);
      expect(lead.facts.attemptsAt).toEqual([T0, soon(-HOUR), soon(-2 * HOUR), soon(-47 * HOUR)]);
    });

    test("of attempts whose INVITE may have left, and of none that was taken back before", async () => {
      const number = anyNumber();
      for (const [index, placeFailure] of (
        ["withdrawn", "refused", "unavailable", "unknown", null] as const
      ).entries()) {
        const order = await dial(number, { decidedAt: soon(-index * MINUTE) });
        const end = endOf(order.lead, order, { outcome: "not-placed" });
        await bench.store.endAttempt({ ...end, facts: { ...end.facts, placeFailure } });
      }
      expect((await told(number)).attemptsAt).toEqual([2, 3, 4].map((index) => soon(-index * MINUTE)));
    });

    test("that the number is on the line until the end of that attempt is written; another principal's is none of ours", async () => {
      const [open, over, theirs] = [anyNumber(), anyNumber(), anyNumber()];
      await dial(open, { decidedAt: soon(-HOUR) });
      const ended = await dial(over, { decidedAt: soon(-HOUR) });
      await bench.store.endAttempt(endOf(ended.lead, ended, { outcome: "busy" }));
      await dial(theirs, { decidedAt: soon(-HOUR), principal: "Somebody Else" });
      expect((await claimed(open)).lead.facts.onTheLineAt).not.toBeNull();
      expect((await claimed(over)).lead.facts.onTheLineAt).toBeNull();
      const when = soon(MINUTE);
      const heard = [];
      for (const number of [open, over, theirs]) heard.push((await told(number, { decidedAt: when })).onTheLineAt);
      expect(heard).toEqual([when, null, null]);
    });

    test("until when the number is called with a guaranteed agent only: the longest, whichever came first", async () => {
      const number = anyNumber();
      for (const [hours, principal] of [
        [24, "Acme Ltd"],
        [72, "Acme Ltd"],
        [48, "Acme Ltd"],
        [96, "Somebody Else"],
      ] as const) {
        const order = await dial(number, { principal });
        const until = soon(hours * HOUR);
        const end = endOf(order.lead, order, { outcome: "abandoned-with-message", guaranteedOnlyUntil: until });
        expect(await bench.store.endAttempt(end)).toBe(true);
        expect(await bench.store.endAttempt({ ...end, guaranteedOnlyUntil: soon(999 * HOUR) })).toBe(false);
      }
      expect((await told(number)).guaranteedOnlyUntil).toBe(soon(72 * HOUR));
    });

    test("what took the number out: for everybody, or for this lead", async () => {
      const number = anyNumber();
      const first = await claimed(number);
      const second = await claimed(number);
      const order = orderFor(first.lead);
      await bench.store.insertAttempts(first.node, [order], ANYTHING);
      await bench.store.endAttempt(endOf(first.lead, order, { outcome: "unallocated" }));
      const { guard, heard } = listening();
      await bench.store.insertAttempts(second.node, [orderFor(second.lead)], guard);
      expect(heard).toMatchObject([{ permanentOutcome: "unallocated" }]);
    });

    test("that somebody else was met there, for this lead and no other", async () => {
      const number = anyNumber();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const first = await claimed(number);
      const order = orderFor(first.lead, { agentId });
      await bench.store.insertAttempts(first.node, [order], ANYTHING);
      await bench.store.endAttempt(endOf(first.lead, order, { verdict: { type: "requeue" } }));
      const [again] = await bench.claim(first.campaignId, first.node);
      await bench.store.recordDisposition(order.attemptId, agentId, "wrong-number", T0);
      const { guard, heard } = listening();
      await bench.store.insertAttempts(first.node, [orderFor(again!)], guard);
      expect(heard).toMatchObject([{ permanentOutcome: "wrong-number" }]);
      expect((await told(number)).permanentOutcome).toBeNull();
    });

    test("the registers whose file is in force, all of a file or nothing of it", async () => {
      const [number, other] = [anyNumber(), anyNumber()];
      const name = `R${number.slice(-8)}`;
      const file = { name, fileDate: soon(-HOUR), loadedAt: T0, sha256: "a".repeat(64) };
      await bench.fixture.loadRegister({ ...file, numbers: 1 }, [number]);
      expect((await told(number)).registers).toEqual([name]);
      expect((await told(other)).registers).toEqual([]);
      await bench.fixture.loadRegister({ ...file, fileDate: T0, numbers: 1 }, [other]);
      expect((await told(number)).registers).toEqual([]);
      expect((await told(other)).registers).toEqual([name]);
      const { lead } = await claimed(other);
      expect(lead.facts.registers).toEqual([name]);
      const { compliance } = await bench.store.desiredState(await bench.holdAnyNode());
      expect(compliance.registers.filter((register) => register.name === name)).toEqual([
        { ...file, fileDate: T0, numbers: 1 },
      ]);
    });
  });

  test("a register changes its file at one moment: who is in both is listed all the time", async () => {
    const number = anyNumber();
    const name = `R${number.slice(-8)}`;
    const file = { name, loadedAt: T0, numbers: 1, sha256: "b".repeat(64) };
    await bench.fixture.loadRegister({ ...file, fileDate: T0 }, [number]);
    const node = await bench.holdAnyNode();
    const campaignId = await bench.fixture.seedCampaign();
    await bench.fixture.seedList(campaignId, [{ numbers: [{ number }] }]);
    const [lead] = await bench.claim(campaignId, node);
    const heard: (readonly string[])[] = [];
    const guard: InsertGuard = {
      mayDial: (_order, { registers }) => {
        heard.push(registers);
        return false;
      },
      overdial: null,
    };
    const switching = new AbortController();
    const asking = (async () => {
      while (!switching.signal.aborted) {
        await bench.store.insertAttempts(node, [orderFor(lead!)], guard);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    // On a busy machine until somebody has asked meanwhile, too.
    for (let day = 1; day <= 15 || (heard.length <= 3 && day <= 200); day += 1) {
      await bench.fixture.loadRegister({ ...file, fileDate: soon(day) }, [number]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    switching.abort();
    await asking;
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.filter((registers) => registers.join() !== name)).toEqual([]);
  });

  describe("the guard refuses", () => {
    test("one order, and the others are written; the refused lead stays leased", async () => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(3);
      const orders = (await bench.claim(campaignId, node)).map((lead) => orderFor(lead));
      const guard: InsertGuard = { mayDial: ({ attemptId }) => attemptId !== orders[1]!.attemptId, overdial: null };
      expect(await bench.store.insertAttempts(node, orders, guard)).toEqual([orders[1]!.attemptId]);
      expect(await bench.fixture.attemptRow(orders[1]!.attemptId)).toBeNull();
      expect((await bench.fixture.leadState(orders[1]!.leadId)).state).toBe("leased");
      for (const index of [0, 2])
        expect((await bench.fixture.attemptRow(orders[index]!.attemptId))?.state).toBe("placing");
      // And the same batch again: what is there is there, what was refused is asked again.
      expect(await bench.store.insertAttempts(node, orders, guard)).toEqual([orders[1]!.attemptId]);
    });

    test("the second of two orders of one batch with one number", async () => {
      const node = await bench.holdAnyNode();
      const number = anyNumber();
      const campaignId = await bench.fixture.seedCampaign();
      const other = await bench.fixture.seedCampaign();
      for (const campaign of [campaignId, other]) {
        await bench.fixture.seedList(campaign, [{ numbers: [{ number }] }]);
      }
      const leads = [...(await bench.claim(campaignId, node)), ...(await bench.claim(other, node))];
      const orders = leads.map((lead) => orderFor(lead));
      expect(await bench.store.insertAttempts(node, orders, GAP)).toEqual([orders[1]!.attemptId]);
    });

    test("all but one of many nodes that are about to dial one number at once", async () => {
      for (let round = 0; round < 5; round += 1) {
        const numbers = [anyNumber(), anyNumber(), anyNumber()];
        const batches = await Promise.all(
          Array.from({ length: 4 }, async (_, nodeIndex) => {
            const node = await bench.holdAnyNode();
            const campaignId = await bench.fixture.seedCampaign();
            // In another order each: whoever locks as they come would lock the others out.
            const turned = numbers.map((_number, index) => numbers[(index + nodeIndex) % numbers.length]!);
            await bench.fixture.seedList(
              campaignId,
              turned.map((number) => ({ numbers: [{ number }] })),
            );
            return { node, orders: (await bench.claim(campaignId, node)).map((lead) => orderFor(lead)) };
          }),
        );
        const refused = await Promise.all(
          batches.map(({ node, orders }) => bench.store.insertAttempts(node, orders, GAP)),
        );
        const written = batches.flatMap(({ orders }, index) =>
          orders.filter(({ attemptId }) => !refused[index]!.includes(attemptId)),
        );
        expect(written.map(({ number }) => number).sort()).toEqual([...numbers].sort());
        for (const { attemptId } of written) expect(await bench.fixture.attemptRow(attemptId)).not.toBeNull();
      }
    });
  });

  describe("the strict gate", () => {
    const scopeOf = (campaignId: CampaignId, centre: string | null = null): AccountScope => ({
      campaignId,
      centre,
      fromDay: DAY,
      toDay: DAY,
    });
    /** One in ten may be abandoned; in whole numbers. */
    const creditOf = ({ counts, overdialInFlight }: AccountReading): number =>
      Math.floor(counts.connected / 9) - counts.abandonedWithMessage - overdialInFlight;
    const strict = (
      campaignId: CampaignId,
      scopes: readonly AccountScope[],
      heard: AccountReading[] = [],
    ): InsertGuard => ({
      mayDial: () => true,
      overdial: {
        campaignId,
        scopes,
        credit: (readings) => {
          heard.push(...readings);
          return Math.min(...readings.map(creditOf));
        },
      },
    });

    /** Connects so many persons, so that there is credit. */
    const connect = async (campaignId: CampaignId, node: NodeId, persons: number, centre = "main"): Promise<void> => {
      await bench.fixture.seedList(
        campaignId,
        Array.from({ length: persons }, () => ({ numbers: [{ number: anyNumber() }] })),
      );
      const leads = await bench.claim(campaignId, node, persons);
      const orders = leads.map((lead) => orderFor(lead, { centre }));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      for (const [index, order] of orders.entries()) {
        await bench.store.endAttempt(endOf(leads[index]!, order, { account: { entry: "connected", day: DAY } }));
      }
    };

    test("lets through what the accounts allow, and orders that do not overdial besides", async () => {
      const node = await bench.holdAnyNode();
      const campaignId = await bench.fixture.seedCampaign();
      await connect(campaignId, node, 18);
      const seeds = Array.from({ length: 5 }, () => ({ numbers: [{ number: anyNumber() }] }));
      await bench.fixture.seedList(campaignId, seeds);
      const leads = await bench.claim(campaignId, node, 5);
      const orders = leads.map((lead, index) => orderFor(lead, { overdial: index !== 4 }));
      const heard: AccountReading[] = [];
      const refused = await bench.store.insertAttempts(node, orders, strict(campaignId, [scopeOf(campaignId)], heard));
      expect(heard).toMatchObject([{ counts: { connected: 18, abandonedWithMessage: 0 }, overdialInFlight: 0 }]);
      expect(refused).toEqual([orders[2]!.attemptId, orders[3]!.attemptId]);
      const [reading] = await bench.store.readAccounts([scopeOf(campaignId)]);
      expect(reading).toMatchObject({ scope: scopeOf(campaignId), overdialInFlight: 2 });
    });

    test("sees a call in flight as long as it may yet be abandoned, and no longer", async () => {
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { campaignId } = await bench.campaignWith(1);
      const [lead] = await bench.claim(campaignId, node);
      const order = orderFor(lead!, { overdial: true, centre: `centre of ${campaignId}` });
      await bench.store.insertAttempts(node, [order], ANYTHING);
      const inFlight = async (): Promise<number[]> =>
        (
          await bench.store.readAccounts([
            scopeOf(campaignId),
            { ...scopeOf(campaignId), campaignId: null, centre: order.centre },
            scopeOf(campaignId, "elsewhere"),
          ])
        ).map(({ overdialInFlight }) => overdialInFlight);
      const { attemptId } = order;
      const facts = endOf(lead!, order).facts;
      const answered = {
        ...facts,
        endedAt: null,
        endedBy: null,
        cause: null,
        answeredAt: { at: soon(0), asteriskAt: null },
      };
      expect(await inFlight()).toEqual([1, 1, 0]);
      await bench.store.recordChanges([{ attemptId, state: "answered", facts: answered }]);
      expect(await inFlight()).toEqual([1, 1, 0]);
      const late = { ...answered, agentId, connectedAt: { at: soon(2_001), asteriskAt: null } };
      await bench.store.recordChanges([{ attemptId, state: "connected", facts: late }]);
      // Connected too late: some regimes count it, and the account does not have it yet.
      expect(await inFlight()).toEqual([1, 1, 0]);
      await bench.store.endAttempt(endOf(lead!, order, { facts: { ...facts, ...late, endedAt: facts.endedAt } }));
      expect(await inFlight()).toEqual([0, 0, 0]);
    });

    test("does not count a call that was connected in time", async () => {
      const node = await bench.holdAnyNode();
      const { campaignId } = await bench.campaignWith(1);
      const [lead] = await bench.claim(campaignId, node);
      const order = orderFor(lead!, { overdial: true });
      await bench.store.insertAttempts(node, [order], ANYTHING);
      const answeredAt = { at: soon(0), asteriskAt: null };
      const connectedAt = { at: soon(2_000), asteriskAt: null };
      const facts = {
        ...endOf(lead!, order).facts,
        endedAt: null,
        endedBy: null,
        cause: null,
        answeredAt,
        connectedAt,
      };
      await bench.store.recordChanges([{ attemptId: order.attemptId, state: "connected", facts }]);
      const [reading] = await bench.store.readAccounts([scopeOf(campaignId)]);
      expect(reading?.overdialInFlight).toBe(0);
    });

    test("is never passed by more than the credit, however many nodes come at once", async () => {
      for (let round = 0; round < 3; round += 1) {
        const first = await bench.holdAnyNode();
        const centre = `centre ${anyNumber()}`;
        const campaigns = [await bench.fixture.seedCampaign(), await bench.fixture.seedCampaign()];
        await connect(campaigns[0]!, first, 27, centre);
        await connect(campaigns[1]!, first, 27, centre);
        const batches = await Promise.all(
          Array.from({ length: 4 }, async (_, index) => {
            const node = await bench.holdAnyNode();
            const campaignId = campaigns[index % 2]!;
            await bench.fixture.seedList(
              campaignId,
              Array.from({ length: 3 }, () => ({ numbers: [{ number: anyNumber() }] })),
            );
            return { node, campaignId };
          }),
        );
        const claims: { node: NodeId; campaignId: CampaignId; orders: AttemptOrder[] }[] = [];
        for (const { node, campaignId } of batches) {
          const leads = await bench.claim(campaignId, node, 3);
          claims.push({ node, campaignId, orders: leads.map((lead) => orderFor(lead, { overdial: true, centre })) });
        }
        const refused = await Promise.all(
          claims.map(({ node, campaignId, orders }) => {
            const shared = { campaignId: null, centre, fromDay: DAY, toDay: DAY };
            return bench.store.insertAttempts(node, orders, strict(campaignId, [scopeOf(campaignId), shared]));
          }),
        );
        const placed = (of: CampaignId): AttemptId[] =>
          claims.flatMap(({ campaignId, orders }, index) =>
            campaignId === of
              ? orders.filter(({ attemptId }) => !refused[index]!.includes(attemptId)).map(({ attemptId }) => attemptId)
              : [],
          );
        // Three each for the campaigns, and six for the centre.
        for (const campaignId of campaigns) expect(placed(campaignId)).toHaveLength(3);
        const readings = await bench.store.readAccounts([
          ...campaigns.map((id) => scopeOf(id)),
          { ...scopeOf(campaigns[0]!), campaignId: null, centre },
        ]);
        expect(readings.map(creditOf)).toEqual([0, 0, 0]);
      }
    });

    test("keeps a shared account's credit from being spent by several campaigns at once", async () => {
      for (let round = 0; round < 5; round += 1) {
        const first = await bench.holdAnyNode();
        const centre = `centre ${anyNumber()}`;
        const claims: { node: NodeId; campaignId: CampaignId; orders: AttemptOrder[] }[] = [];
        for (let index = 0; index < 4; index += 1) {
          const node = await bench.holdAnyNode();
          const campaignId = await bench.fixture.seedCampaign();
          if (index < 2) await connect(campaignId, first, 9, centre);
          const seeds = Array.from({ length: 5 }, () => ({ numbers: [{ number: anyNumber() }] }));
          await bench.fixture.seedList(campaignId, seeds);
          const leads = await bench.claim(campaignId, node, 5);
          claims.push({ node, campaignId, orders: leads.map((lead) => orderFor(lead, { overdial: true, centre })) });
        }
        const shared = { campaignId: null, centre, fromDay: DAY, toDay: DAY };
        const refused = await Promise.all(
          claims.map(({ node, campaignId, orders }) =>
            bench.store.insertAttempts(node, orders, strict(campaignId, [shared])),
          ),
        );
        expect(20 - refused.flat().length).toBe(2);
      }
    });

    test("adds up the days, centres and campaigns that are asked for", async () => {
      const node = await bench.holdAnyNode();
      const centre = `centre ${anyNumber()}`;
      const { campaignId } = await bench.campaignWith(4);
      const leads = await bench.claim(campaignId, node);
      const places = [
        ["2026-11-20", centre],
        ["2026-11-21", centre],
        ["2026-11-21", "another"],
        ["2026-11-22", centre],
      ] as const;
      const orders = leads.map((lead, index) => orderFor(lead, { centre: places[index]![1] }));
      await bench.store.insertAttempts(node, orders, ANYTHING);
      for (const [index, order] of orders.entries()) {
        const account = { entry: "silent", day: places[index]![0] } as const;
        await bench.store.endAttempt(endOf(leads[index]!, order, { outcome: "abandoned-silent", account }));
      }
      const scopes: AccountScope[] = [
        { campaignId, centre: null, fromDay: "2026-11-20", toDay: "2026-11-22" },
        { campaignId, centre: null, fromDay: "2026-11-21", toDay: "2026-11-21" },
        { campaignId, centre, fromDay: "2026-11-21", toDay: "2026-11-22" },
        { campaignId: null, centre, fromDay: "2026-11-20", toDay: "2026-11-21" },
        { campaignId: null, centre, fromDay: "2026-11-23", toDay: "2026-11-23" },
      ];
      const readings = await bench.store.readAccounts(scopes);
      expect(readings.map(({ scope }) => scope)).toEqual(scopes);
      expect(readings.map(({ counts }) => counts.silent)).toEqual([4, 2, 2, 2, 0]);
      expect(readings[0]?.counts.connected).toBe(0);
      expect(await bench.store.readAccounts([])).toEqual([]);
    });
  });
}
