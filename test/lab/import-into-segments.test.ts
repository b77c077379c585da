/** Imports into campaigns whose own sources take in every list: each lead where its segment says, and nowhere before. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { settleAll } from "../../src/app/intake/intake-loop.ts";
import { readProfiles } from "../../src/app/profiles.ts";
import { nodeId, type CampaignId } from "../../src/domain/ids.ts";
import { DATABASE_DEFAULTS, openDatabase, SqlStore, type Database } from "../../src/store/index.ts";
import { claimOf } from "../contract/store/fixture.ts";
import { CliLab } from "./cli-lab.ts";

jest.setTimeout(60_000);

const lab = new CliLab();
let db: Database;
let store: SqlStore;
const node = nodeId("segments");
beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  const { host, port, user, password } = lab.server.access;
  db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  store = new SqlStore(db);
  await store.holdNode(node, "this test", lab.now(), 3_600_000);
  await lab.must("segment", "add", "gold", 'Status = "gold"');
  await lab.must("segment", "add", "others", 'Status != "gold"');
  await lab.must("segment", "add", "tin", 'Status = "tin"');
});
afterAll(async () => {
  await db.close();
  await lab.end();
});

/** A campaign and its sources, each of all lists. */
const campaignOf = async (name: string, ...segments: readonly string[]): Promise<CampaignId> => {
  await lab.must("campaign", "add", name, "--trunk", "carrier", "--cli", "020 7946 0000", "--principal", "Acme");
  for (const segment of segments) await lab.must("source", "add", "--campaign", name, "--segment", segment);
  const [row] = await db.rows<{ campaign_id: CampaignId }>("select campaign_id from campaign where name = ?", [name]);
  return row!.campaign_id;
};

let serial = 0;
const rows = (...statuses: readonly string[]): string[] =>
  statuses.map((status) => {
    serial += 1;
    return `+4420794600${String(serial).padStart(2, "0")},${status}-${serial},${status}`;
  });
const load = (campaign: string, list: string, lines: readonly string[], ...words: readonly string[]) =>
  lab.run(
    ...["list", "import", lab.file(`${list}.csv`, ["Phone,Customer ID,Status", ...lines].join("\n"))],
    ...["--campaign", campaign, "--list", list, ...words],
  );

/** Which segment each lead is taken from, by the word that its key begins with; `none` for those that wait. */
const places = async (campaign: CampaignId): Promise<Record<string, number>> => {
  const found = await db.rows<{ place: string; leads: number }>(
    `select concat(substring_index(l.external_key, '-', 1), ' in ', coalesce(g.name, if(l.source_id = 0, 'none', 'own')))
       as place, count(*) as leads
     from campaign_lead l
     left join campaign_source s on s.source_id = l.source_id
     left join segment g on g.segment_id = s.segment_id
     where l.campaign_id = ? group by place order by place`,
    [campaign],
  );
  return Object.fromEntries(found.map(({ place, leads }) => [place, leads]));
};
const sources = (name: string) =>
  lab.json<{ isAssigning: boolean; sources: { list: string | null; segment: string | null; leads: number }[] }>(
    ...["source", "list", "--campaign", name],
  );
const claimed = async (campaign: CampaignId): Promise<number> => {
  const leads = await store.claimLeads(claimOf(campaign, node, { limit: 100, at: lab.now() }));
  await store.releaseLeases(node, campaign);
  return leads.length;
};

test("each lead is put where its segment says, and may be taken from there; the list has no source of its own", async () => {
  const campaign = await campaignOf("whole", "gold", "others");
  expect((await load("whole", "first", rows("gold", "tin", "gold", "iron"))).code).toBe(0);
  expect(await places(campaign)).toEqual({ "gold in gold": 2, "iron in others": 1, "tin in others": 1 });
  const { isAssigning, sources: all } = await sources("whole");
  expect(isAssigning).toBe(false);
  expect(all).toMatchObject([
    { list: null, segment: "gold", leads: 2 },
    { list: null, segment: "others", leads: 2 },
  ]);
  expect(await claimed(campaign)).toBe(4);
  // The second one as the first.
  expect((await load("whole", "second", rows("gold", "tin"))).code).toBe(0);
  expect(await places(campaign)).toEqual({ "gold in gold": 3, "iron in others": 1, "tin in others": 2 });
  expect((await sources("whole")).sources).toHaveLength(2);
  expect(await claimed(campaign)).toBe(6);
});

test("whoever fits no segment waits, is counted, and is placed when there is one for them", async () => {
  const campaign = await campaignOf("part", "gold");
  expect((await load("part", "part", rows("gold", "tin", "iron"))).code).toBe(0);
  expect(await places(campaign)).toEqual({ "gold in gold": 1, "iron in none": 1, "tin in none": 1 });
  expect(await claimed(campaign)).toBe(1);
  expect(await lab.must("source", "list", "--campaign", "part")).toContain("2 leads");
  await lab.must("source", "add", "--campaign", "part", "--segment", "tin");
  expect(await places(campaign)).toEqual({ "gold in gold": 1, "iron in none": 1, "tin in tin": 1 });
  expect(await claimed(campaign)).toBe(2);
});

test("nobody is taken while the import goes on, whoever changes a source meanwhile", async () => {
  const campaign = await campaignOf("torn", "gold", "others");
  expect((await load("torn", "before", rows("gold"))).code).toBe(0);
  // As it stands in the middle of an import: rows are there, their list is not ready.
  const list = (await load("torn", "middle", rows("gold", "tin"))).code;
  expect(list).toBe(0);
  await db.write("update list set state = 'loading' where name = 'middle'");
  await db.write(
    "update campaign_lead l join list s on s.list_id = l.list_id set l.source_id = 0 where s.name = 'middle'",
  );
  expect(await claimed(campaign)).toBe(1);
  await lab.must("source", "assign", "--campaign", "torn");
  await lab.must("source", "add", "--campaign", "torn", "--segment", "tin", "--position", "1");
  // Sorted anew meanwhile, by whoever changes a source: what is loading stays where it is.
  expect(await places(campaign)).toEqual({ "gold in gold": 1, "gold in none": 1, "tin in none": 1 });
  expect(await claimed(campaign)).toBe(1);
});

test("a later row may move a lead to another segment, and a CRM's lead goes where it fits", async () => {
  const campaign = await campaignOf("moved", "gold", "others");
  const [line = ""] = rows("tin");
  expect((await load("moved", "one", [line])).code).toBe(0);
  expect(await places(campaign)).toEqual({ "tin in others": 1 });
  const better = line.replace(/,tin$/, ",gold");
  expect((await load("moved", "two", [better], "--on-duplicate", "update")).code).toBe(0);
  expect(await places(campaign)).toEqual({ "tin in gold": 1 });
  await db.write(
    `insert into crm_intake (action, campaign, external_key, numbers, attributes)
     values ('add', 'moved', 'iron-crm', '020 7946 0699', '{"Status": "iron"}')`,
  );
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const profiles = readProfiles([], lab.now());
  await settleAll({ database: db, clock: { now: lab.now }, log, profiles: () => profiles });
  expect(await places(campaign)).toEqual({ "iron in others": 1, "tin in gold": 1 });
  expect((await sources("moved")).sources).toHaveLength(2);
  expect(await claimed(campaign)).toBe(2);
});
