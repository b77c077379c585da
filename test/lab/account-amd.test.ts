/** What calls dropped as machines come to in the account, a closed day, a recount and a statement, by the worked examples. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { peopleCited } from "../../src/compliance/amd-estimate.ts";
import { abandonRate } from "../../src/compliance/abandon-rate.ts";
import { NO_COUNTS } from "../../src/domain/account.ts";
import { amdTestId } from "../../src/domain/amd-label.ts";
import type { CampaignId } from "../../src/domain/ids.ts";
import { wilsonUpperPerMillion } from "../../src/domain/wilson.ts";
import { amdBuild, DEFAULT_DETECTORS } from "../../src/engine/calls/amd.ts";
import { DEFAULT_TALK } from "../../src/amd/talk-parameters.ts";
import { dateOf } from "../../src/store/rows.ts";
import { AccountLab, at, type Life } from "./account-lab.ts";

jest.setTimeout(120_000);

const CONNECTED: Life = { rang: 1_000, answered: 9_000, connected: 9_300, ended: 60_000, endedBy: "farEnd" };
const MACHINE: Life = { rang: 1_000, answered: 9_000, ended: 11_000, endedBy: "us", endReason: "amdMachine" };
const DAY = "2026-11-20";
const TESTED = at(`${DAY}T08:00:00Z`);

interface Rate {
  readonly rate: {
    readonly inputs: {
      readonly machinesDropped: number;
      readonly falsePositivesPerMillion: number | null;
      readonly testId: string | null;
    };
    readonly numerator: number;
    readonly denominator: number;
    readonly estimateMissing: boolean;
  };
}

let lab: AccountLab;
let tested: CampaignId;
let testId: string;
const BUILD = `talk ${Object.values(DEFAULT_TALK).join(",")}`;

beforeAll(async () => {
  lab = await AccountLab.begin("amd");
  tested = await lab.fixture.seedCampaign({ name: "tested" });
  await lab.db.write("update campaign set amd = 'talk' where campaign_id = ?", [tested]);
  testId = amdTestId(tested, TESTED, 200, 2);
  // As labels leave it.
  await lab.db.write(
    `insert into amd_test (campaign_id, trunk, build, samples, humans_found, upper_per_million, labelled_by, tested_at)
     values (?, 'carrier', ?, 200, 2, ?, 'review', ?)`,
    [tested, BUILD, wilsonUpperPerMillion(2, 200), dateOf(TESTED)],
  );
  const untested = await lab.fixture.seedCampaign({ name: "untested" });
  for (const [campaignId, amdTest] of [
    [tested, testId],
    [untested, null],
  ] as const) {
    const seen = { amdDrops: true, amdTest, amdBuild: BUILD };
    for (const minute of [10, 11, 12, 13]) {
      const when = at(`${DAY}T10:${minute}:00Z`);
      await lab.dial({ campaignId, at: when, outcome: "machine-hung-up", life: MACHINE, seen });
    }
    for (const minute of [20, 21]) {
      await lab.dial({ campaignId, at: at(`${DAY}T11:${minute}:00Z`), outcome: "connected", life: CONNECTED, seen });
    }
  }
}, 120_000);
afterAll(() => lab.end(), 30_000);

const counts = { ...NO_COUNTS, machineDropped: 4, connected: 2 };
const UK = { formula: "ofcom2010", lateIsAbandoned: false } as const;
const f = wilsonUpperPerMillion(2, 200);
const expected = (id: string | null) =>
  abandonRate(counts, UK, peopleCited([{ testId: id, dropped: 4, decidedAt: TESTED }], 30));

test("2 of 200 are 3.6 % at most: four machines add 0.143 to x, where they would have been four people", () => {
  expect(f).toBe(35_722);
  expect(expected(testId).numerator / expected(testId).denominator).toBeCloseTo(0.142888 / 2.142888, 6);
  expect(expected(null)).toMatchObject({ numerator: 4, denominator: 6 });
});

test.each([
  ["tested", () => testId],
  ["untested", () => null],
])("the statement, the recount and the closed day of %s say the same", async (campaign, id) => {
  const { numerator, denominator, estimateMissing } = expected(id());
  const inputs = { machinesDropped: 4, falsePositivesPerMillion: id() === null ? 1_000_000 : f, testId: id() };
  const rate = { inputs, numerator, denominator, estimateMissing };
  const words = ["--campaign", campaign, "--day", DAY];
  const statement = await lab.json<{ days: readonly Rate[] }>("report", "compliance", ...words);
  expect(statement.document.days[0]).toMatchObject({ rate });
  const recount = await lab.json<{ equal: boolean; campaigns: readonly Rate[] }>("account", "recount", ...words);
  expect(recount.document).toMatchObject({ equal: true, campaigns: [{ rate }] });
  await lab.run("account", "close", "--day", DAY);
  const [row] = await lab.db.rows<{ inputs: string }>(
    `select inputs from compliance_day d join campaign c on c.campaign_id = d.campaign_id
     where c.name = ? and day = ? and d.centre is null order by row_id desc limit 1`,
    [campaign, DAY],
  );
  expect(JSON.parse(row?.inputs ?? "{}")).toMatchObject({ rate });
});

test("the centre's account takes the worst: one campaign without a test makes every drop a person", async () => {
  const { document } = await lab.json<{ days: readonly Rate[] }>(
    ...["report", "compliance", "--centre", "main", "--profile", "UK", "--day", DAY],
  );
  expect(document.days[0]).toMatchObject({ rate: { numerator: 8, denominator: 12, estimateMissing: true } });
});

test("where the account stands now is reckoned by the test in force, as the daemon does", async () => {
  const campaign = { campaignId: tested, trunk: "carrier", amd: { kind: "talk" } } as never;
  expect(amdBuild(campaign, DEFAULT_DETECTORS)).toBe(BUILD);
  lab.now = at(`${DAY}T18:00:00Z`);
  const { document } = await lab.json<{ scopes: readonly Rate[] }>("account", "show", "--campaign", "tested");
  expect(document.scopes[0]).toMatchObject({
    rate: { inputs: { falsePositivesPerMillion: f, testId }, numerator: expected(testId).numerator },
  });
});

test("on paper every figure can be followed", async () => {
  const { out } = await lab.run("report", "compliance", "--campaign", "tested", "--day", DAY);
  expect(out).toMatch(/M × f/);
  expect(out).toContain(testId);
  expect(out).toContain("2 of 200");
  const untested = await lab.run("report", "compliance", "--campaign", "untested", "--day", DAY);
  expect(untested.out).toContain("none valid: all are taken for people");
});
