/** What was spent against what may be: not knowing is a no, and reaching the bound stops. */
import { beforeEach, expect, test } from "@jest/globals";
import { campaignId, nodeId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import type { CampaignRules } from "../../../src/compliance/dial-facts.ts";
import { spendRefusal } from "../../../src/compliance/toll.ts";
import type { TollSpent } from "../../../src/engine/ports.ts";
import { UNBOUNDED } from "../../../src/engine/rules/toll-guard.ts";
import { TollWatch } from "../../../src/engine/rules/toll-watch.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import { bench, CAMPAIGN } from "./bench.ts";
import { tollOf } from "../../../src/simulation/memory-toll.ts";

const HERE = nodeId("bench");
const rules = { toll: { countries: null, spendPerHourMax: 1_000 } } as unknown as CampaignRules;
let spent: TollSpent[];
let away: boolean;
let stopped: string[];

const made = (nodeMax: number | null) => {
  const { context, clock } = bench();
  const store = { tollSpent: async () => (away ? Promise.reject(new Error("away")) : spent) };
  const toll = { ...UNBOUNDED, spendPerHourMax: nodeMax };
  const watch = new TollWatch({
    ...context,
    store: store as never,
    settings: { ...context.settings, nodeId: HERE, toll },
  });
  const read = async () => {
    watch.read(
      [CAMPAIGN],
      () => rules,
      ({ name }, sum, max) => stopped.push(`${name} ${sum} of ${max}`),
    );
    await clock.advance(100);
  };
  return { watch, read, clock };
};
const refusal = (watch: TollWatch) =>
  spendRefusal({ toll: watch.factsFor(CAMPAIGN.campaignId) } as never, rules)?.ruleId ?? null;

beforeEach(() => {
  [spent, away, stopped] = [[], false, []];
});

test("nothing is known before the first answer, and nothing may be dialled", async () => {
  const { watch, read } = made(null);
  expect(refusal(watch)).toBe("TOLL-SPD-1");
  await read();
  expect(refusal(watch)).toBeNull();
});

test("all nodes count for the campaign, all campaigns for the node", async () => {
  spent = [
    { campaignId: CAMPAIGN.campaignId, nodeId: nodeId("other"), spent: 600 },
    { campaignId: CAMPAIGN.campaignId, nodeId: HERE, spent: 399 },
    { campaignId: campaignId(99), nodeId: HERE, spent: 4_700 },
  ];
  const { watch, read, clock } = made(5_100);
  await read();
  expect(refusal(watch)).toBeNull();
  expect(stopped).toEqual([]);
  spent[2] = { campaignId: campaignId(99), nodeId: HERE, spent: 4_701 };
  await clock.advance(5_000);
  await read();
  expect(refusal(watch)).toBe("TOLL-SPD-2");
  spent[1] = { campaignId: CAMPAIGN.campaignId, nodeId: HERE, spent: 400 };
  await clock.advance(5_000);
  await read();
  expect(refusal(watch)).toBe("TOLL-SPD-1");
  expect(stopped).toEqual([`${CAMPAIGN.name} 1000 of 1000`]);
});

test("a minute without an answer is a no", async () => {
  const { watch, read, clock } = made(null);
  await read();
  away = true;
  await clock.advance(61_000);
  await read();
  expect(refusal(watch)).toBe("TOLL-SPD-1");
});

test("minutes begun are counted, of calls answered and decided within the time", () => {
  const row = (decidedMs: number, answeredMs: number | null, endedMs: number | null, tollRate: number | null) => ({
    order: { campaignId: CAMPAIGN.campaignId, decidedAt: after(MONDAY_MORNING, decidedMs), evidence: { tollRate } },
    nodeId: HERE,
    facts: {
      answeredAt: answeredMs === null ? null : { at: after(MONDAY_MORNING, answeredMs) },
      endedAt: endedMs === null ? null : { at: after(MONDAY_MORNING, endedMs) },
    },
  });
  const rows = [
    row(0, 1_000, 2_000, 10),
    row(0, 1_000, 61_001, 10),
    row(0, 60_000, null, 10),
    row(0, null, 5_000, 10),
    row(0, 1_000, 5_000, null),
    row(-1, 1_000, 5_000, 10),
  ];
  expect(tollOf(rows as never, MONDAY_MORNING, after(MONDAY_MORNING, 200_000))).toEqual([
    { campaignId: CAMPAIGN.campaignId, nodeId: HERE, spent: 10 + 20 + 30 },
  ]);
});
