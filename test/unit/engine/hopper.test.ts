/** A bounded queue of leased leads for each campaign. */
import { describe, expect, test } from "@jest/globals";
import { campaignId } from "../../../src/domain/ids.ts";
import type { CampaignId } from "../../../src/domain/ids.ts";
import { Hopper } from "../../../src/engine/placing/hopper.ts";
import type { LeadToDial } from "../../../src/engine/ports.ts";
import { StoreError } from "../../../src/engine/ports.ts";
import { bench, CAMPAIGN, lead } from "./bench.ts";
import type { Bench } from "./bench.ts";

const { campaignId: ID } = CAMPAIGN;
const LEASE_MS = 600_000;

interface SetUp extends Bench {
  readonly hopper: Hopper;
  /** How many leads were asked for, each time. */
  readonly asked: number[];
  /** Campaigns whose leases were given back. */
  readonly givenBack: (CampaignId | null)[];
  readonly filled: () => number;
}

/** A store that has so many leads, and gives as many as are asked for. */
function setUp(leads: number, answer: (claim: LeadToDial[]) => Promise<LeadToDial[]> = async (each) => each): SetUp {
  const asked: number[] = [];
  const givenBack: (CampaignId | null)[] = [];
  let next = 0;
  let filled = 0;
  const parts = bench({
    store: {
      claimLeads: async ({ limit }) => {
        asked.push(limit);
        const claim = Array.from({ length: Math.min(limit, leads - next) }, () => lead(++next));
        return answer(claim);
      },
      releaseLeases: async (_node, campaign) => {
        givenBack.push(campaign);
        return 0;
      },
    },
  });
  const host = { isOpen: () => true, admit: (_campaign: unknown, each: LeadToDial) => each };
  const hopper = new Hopper(parts.context, host, () => (filled += 1));
  return { ...parts, hopper, asked, givenBack, filled: () => filled };
}

const taken = (hopper: Hopper): number[] => {
  const ids: number[] = [];
  for (let next = hopper.take(ID); next !== null; next = hopper.take(ID)) ids.push(next.leadId);
  return ids;
};

test("it is filled up to its target, tells so, and gives leads in the order in which they came", async () => {
  const { hopper, clock, asked, filled } = setUp(100);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  expect([asked, hopper.size(ID), filled()]).toEqual([[10], 10, 1]);
  expect(taken(hopper)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(hopper.take(ID)).toBeNull();
});

test("more is asked for when half is used up, not before, and only as much as is missing", async () => {
  const { hopper, clock, asked } = setUp(100);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  for (let number = 0; number < 4; number++) hopper.take(ID);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  expect(asked).toEqual([10]);
  hopper.take(ID);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  expect([asked, hopper.size(ID)]).toEqual([[10, 5], 10]);
});

test("one claim at a time", async () => {
  const { hopper, clock, asked } = setUp(100);
  for (let number = 0; number < 5; number++) hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  expect(asked).toEqual([10]);
});

test("an empty list is left alone for a second", async () => {
  const { hopper, clock, asked } = setUp(3);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(999);
  taken(hopper);
  hopper.refill(CAMPAIGN, 10);
  expect(asked).toEqual([10]);
  await clock.advance(1);
  hopper.refill(CAMPAIGN, 10);
  expect(asked).toEqual([10, 10]);
});

test("a store that does not answer is asked again after a second, and the engine goes on", async () => {
  const { hopper, clock, asked, log } = setUp(3, async () => {
    throw new StoreError("away", "no answer");
  });
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(500);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(600);
  hopper.refill(CAMPAIGN, 10);
  await clock.advance(0);
  expect(asked).toEqual([10, 10]);
  expect(log.lines("warn").map(({ message }) => message)).toEqual(Array(2).fill("leads could not be claimed"));
});

describe("a lease", () => {
  test("is not used in its last half minute: the row must be written before it ends", async () => {
    const { hopper, clock } = setUp(2);
    hopper.refill(CAMPAIGN, 2);
    await clock.advance(LEASE_MS - 30_001);
    expect(hopper.take(ID)?.leadId).toBe(1);
    await clock.advance(1);
    expect(hopper.take(ID)).toBeNull();
    expect(hopper.size(ID)).toBe(0);
  });

  test("runs from when it was asked for, not from when it came", async () => {
    let arrive: () => void = () => {};
    const { hopper, clock } = setUp(1, (claim) => new Promise((resolve) => (arrive = () => resolve(claim))));
    hopper.refill(CAMPAIGN, 1);
    await clock.advance(60_000);
    arrive();
    await clock.advance(LEASE_MS - 60_000 - 30_000);
    expect(hopper.take(ID)).toBeNull();
  });
});

describe("when the campaign places nothing any more", () => {
  test("its leads go back, once", async () => {
    const { hopper, clock, givenBack } = setUp(100);
    hopper.refill(CAMPAIGN, 10);
    await clock.advance(0);
    hopper.empty(ID);
    hopper.empty(ID);
    await clock.advance(0);
    expect([hopper.size(ID), hopper.take(ID), givenBack]).toEqual([0, null, [ID]]);
  });

  test("a claim that is on its way goes back as well when it arrives", async () => {
    let arrive: () => void = () => {};
    const { hopper, clock, givenBack, filled } = setUp(
      9,
      (claim) => new Promise((resolve) => (arrive = () => resolve(claim))),
    );
    hopper.refill(CAMPAIGN, 5);
    await clock.advance(0);
    hopper.empty(ID);
    await clock.advance(0);
    arrive();
    await clock.advance(0);
    expect([hopper.size(ID), filled(), givenBack]).toEqual([0, 0, [ID, ID]]);
  });

  test("and dials again at once after that, it has leads again at once", async () => {
    const { hopper, clock } = setUp(13);
    hopper.refill(CAMPAIGN, 10);
    await clock.advance(0);
    hopper.empty(ID);
    hopper.refill(CAMPAIGN, 3);
    await clock.advance(0);
    expect(taken(hopper)).toEqual([11, 12, 13]);
  });

  test("other campaigns keep theirs, until all are emptied", async () => {
    const other = { ...CAMPAIGN, campaignId: campaignId(2) };
    const { hopper, clock, givenBack } = setUp(100);
    hopper.refill(CAMPAIGN, 5);
    hopper.refill(other, 5);
    await clock.advance(0);
    hopper.empty(ID);
    expect([hopper.size(ID), hopper.size(other.campaignId)]).toEqual([0, 5]);
    hopper.emptyAll();
    await clock.advance(0);
    expect([hopper.size(other.campaignId), givenBack]).toEqual([0, [ID, other.campaignId]]);
  });

  test("a campaign that never dialled has nothing to give back", async () => {
    const { hopper, clock, givenBack } = setUp(100);
    hopper.empty(campaignId(9));
    hopper.emptyAll();
    await clock.advance(0);
    expect(givenBack).toEqual([]);
  });
});
