/** Loading lists: whole or not at all, duplicates found, strangers' text kept as it is. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type { CampaignId } from "../../src/domain/ids.ts";
import type { PhoneNumber } from "../../src/domain/phone-number.ts";
import {
  addAgent,
  agentsNow,
  beginImport,
  findListByHash,
  listNames,
  listSummaries,
  migrate,
  SqlStore,
  type Database,
  type DatabaseConfig,
  type LeadToImport,
  type ListDraft,
} from "../../src/store/index.ts";
import {
  claimOf,
  ANYTHING,
  anyNode,
  anyNumber,
  endOf,
  orderFor,
  T0,
  type StoreFixture,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

jest.setTimeout(30_000);

let lab: StoreLab;
let db: Database;
let config: DatabaseConfig;
let fixture: StoreFixture;
beforeAll(async () => {
  lab = await startStoreLab();
  config = await lab.create("import");
  db = lab.open(config);
  await migrate(db);
  fixture = sqlFixture(db, async () => undefined);
}, 60_000);
afterAll(() => lab.stop());

let serial = 0;
const draft = (campaignId: CampaignId, change: Partial<ListDraft> = {}): ListDraft => ({
  campaignId,
  name: `list ${(serial += 1)}`,
  fileName: "leads.csv",
  fileHash: null,
  importedBy: "manager",
  importedAt: T0,
  defaultTimeZone: null,
  ...change,
});
const row = (line: number, change: Partial<LeadToImport> = {}, number: PhoneNumber = anyNumber()): LeadToImport => ({
  line,
  externalKey: null,
  name: null,
  priority: 0,
  attributes: {},
  numbers: [{ number, type: "mobile", timeZone: "Europe/London" }],
  ...change,
});
const numbered = (...numbers: PhoneNumber[]) => numbers.map((number) => ({ number, type: "mobile", timeZone: null }));
const load = async (campaignId: CampaignId, rows: readonly LeadToImport[], change: Partial<ListDraft> = {}) => {
  const list = await beginImport(db, draft(campaignId, change));
  const results = await list.add(rows);
  return { results, counts: await list.commit({ rowsRead: rows.length, rowsRejected: 0 }), listId: list.listId };
};
/** Those that somebody could be given. */
const leadsSeen = async (): Promise<number> =>
  (
    await db.rows<{ leads: number }>(
      `select count(*) as leads from campaign_lead l join campaign_source s on s.source_id = l.source_id
       where s.state = 'ready'`,
    )
  )[0]!.leads;
const leadsThere = async (): Promise<number> =>
  (await db.rows<{ leads: number }>("select count(*) as leads from campaign_lead"))[0]!.leads;
const sourcesOf = (campaignId: CampaignId) =>
  db.rows("select state, list_id from campaign_source where campaign_id = ?", [campaignId]);

describe("an import", () => {
  test("is seen by nobody before it is committed, then by everybody", async () => {
    const campaignId = await fixture.seedCampaign();
    const store = new SqlStore(db);
    const before = await leadsSeen();
    const list = await beginImport(db, draft(campaignId));
    await list.add(Array.from({ length: 1_200 }, (_, index) => row(index + 2)));
    expect(await leadsSeen()).toBe(before);
    expect(await sourcesOf(campaignId)).toEqual([{ state: "loading", list_id: list.listId }]);
    expect(await listSummaries(db, T0, campaignId)).toEqual([]);
    expect(await store.claimLeads(claimOf(campaignId, anyNode(), { limit: 10, at: T0, leaseMs: 1_000 }))).toEqual([]);
    expect(await list.commit({ rowsRead: 1_203, rowsRejected: 3 })).toMatchObject({ leadsLoaded: 1_200 });
    expect(await sourcesOf(campaignId)).toEqual([{ state: "ready", list_id: list.listId }]);
    expect(await store.claimLeads(claimOf(campaignId, anyNode(), { limit: 10, at: T0, leaseMs: 1_000 }))).toHaveLength(
      10,
    );
    const [summary] = await listSummaries(db, T0, campaignId);
    expect(summary).toMatchObject({
      rowsRead: 1_203,
      rowsRejected: 3,
      rowsDuplicate: 0,
      leadsLoaded: 1_200,
      numbersLoaded: 1_200,
      leads: { ready: 1_190, due: 1_190, leased: 10, dialling: 0, held: 0, done: 0 },
    });
  });

  test("that is given up leaves nothing, and the name is free again", async () => {
    const campaignId = await fixture.seedCampaign();
    const before = await leadsThere();
    const list = await beginImport(db, draft(campaignId, { name: "again" }));
    await list.add([row(2), row(3)]);
    expect(await leadsThere()).toBe(before + 2);
    await list.abort();
    await list.abort();
    await expect(list.add([row(4)])).rejects.toMatchObject({ kind: "broken" });
    expect(await leadsThere()).toBe(before);
    expect(await sourcesOf(campaignId)).toEqual([]);
    await load(campaignId, [row(2)], { name: "again" });
    expect(await listNames(db, campaignId)).toEqual(["again"]);
  });

  test("whose program died leaves nothing that anybody sees, and the next one clears up", async () => {
    const campaignId = await fixture.seedCampaign();
    const dying = lab.open(config);
    const before = await leadsSeen();
    const there = await leadsThere();
    const list = await beginImport(dying, draft(campaignId, { name: "half" }));
    await list.add([row(2), row(3)]);
    // As if the process were gone: its connections are cut without a word.
    const open = await db.rows<{ id: number }>(
      "select id from information_schema.processlist where db = database() and command = 'Sleep' and id <> connection_id()",
    );
    for (const { id } of open) await db.write("kill ?", [id]);
    await expect(list.commit({ rowsRead: 2, rowsRejected: 0 })).rejects.toMatchObject({ kind: "away" });
    expect(await leadsSeen()).toBe(before);
    expect(await listNames(db, campaignId)).toEqual([]);
    expect(await leadsThere()).toBe(there + 2);
    await load(campaignId, [row(2)], { name: "half" });
    expect(await leadsThere()).toBe(there + 1);
    expect(await listNames(db, campaignId)).toEqual(["half"]);
  });

  test("does not keep a manager waiting who pauses the campaign meanwhile", async () => {
    const campaignId = await fixture.seedCampaign();
    const list = await beginImport(db, draft(campaignId));
    await list.add([row(2)]);
    const began = Date.now();
    await db.write("update campaign set desired_state = 'paused' where campaign_id = ?", [campaignId]);
    expect(Date.now() - began).toBeLessThan(1_000);
    await list.commit({ rowsRead: 1, rowsRejected: 0 });
  });

  test("waits for no other into the same campaign, and lets others go on", async () => {
    const one = await fixture.seedCampaign();
    const two = await fixture.seedCampaign();
    const first = await beginImport(db, draft(one));
    const other = await beginImport(db, draft(two));
    await expect(beginImport(db, draft(one))).rejects.toMatchObject({ kind: "conflict" });
    await first.abort();
    await other.abort();
    await (await beginImport(db, draft(one))).abort();
  }, 20_000);

  test("refuses a list's name that the campaign has, and knows a file again", async () => {
    const campaignId = await fixture.seedCampaign();
    const fileHash = "a".repeat(64);
    const { listId } = await load(campaignId, [row(2)], { name: "march", fileHash });
    await expect(beginImport(db, draft(campaignId, { name: "march" }))).rejects.toMatchObject({ kind: "conflict" });
    expect(await findListByHash(db, campaignId, fileHash)).toMatchObject({ listId, name: "march" });
    expect(await findListByHash(db, campaignId, "b".repeat(64))).toBeNull();
    expect(await findListByHash(db, await fixture.seedCampaign(), fileHash)).toBeNull();
  });
});

describe("duplicates", () => {
  test("by number: within the file, and within the campaign", async () => {
    const campaignId = await fixture.seedCampaign();
    const [known, twice, fresh] = [anyNumber(), anyNumber(), anyNumber()];
    await load(campaignId, [row(2, {}, known)]);
    const { results, counts } = await load(campaignId, [
      row(2, {}, known),
      row(3, {}, twice),
      row(4, {}, twice),
      row(5, { numbers: numbered(known, fresh) }),
    ]);
    expect(results.map(({ refused }) => refused)).toEqual([
      "duplicate-number-in-campaign",
      null,
      "duplicate-number-in-file",
      null,
    ]);
    expect(results[3]?.notices).toEqual([{ number: known, code: "duplicate-number-in-campaign" }]);
    expect(counts).toMatchObject({ leadsLoaded: 2, numbersLoaded: 2, rowsDuplicate: 2 });
  });

  test("by key", async () => {
    const campaignId = await fixture.seedCampaign();
    await load(campaignId, [row(2, { externalKey: "K1" })]);
    const { results } = await load(campaignId, [
      row(2, { externalKey: "K1" }),
      row(3, { externalKey: "K2" }),
      row(4, { externalKey: "K2" }),
      // Keys are the CRM's: another case is another key.
      row(5, { externalKey: "k2" }),
    ]);
    expect(results.map(({ refused }) => refused)).toEqual([
      "duplicate-key-in-campaign",
      null,
      "duplicate-key-in-file",
      null,
    ]);
  });

  test("not across campaigns", async () => {
    const number = anyNumber();
    await load(await fixture.seedCampaign(), [row(2, {}, number)]);
    const { counts } = await load(await fixture.seedCampaign(), [row(2, {}, number)]);
    expect(counts).toMatchObject({ leadsLoaded: 1, rowsDuplicate: 0 });
  });
});

describe("numbers that are known", () => {
  test("suppressed ones are loaded and said; those taken out stay out", async () => {
    const store = new SqlStore(db);
    const node = anyNode();
    await store.holdNode(node, "import", T0, 60_000);
    const [suppressed, dead, alive] = [anyNumber(), anyNumber(), anyNumber()];
    await fixture.suppress(suppressed);
    const first = await fixture.seedCampaign();
    await load(first, [row(2, {}, dead)]);
    const [lead] = await store.claimLeads(claimOf(first, node, { limit: 1, at: T0, leaseMs: 1_000 }));
    const order = orderFor(lead!);
    await store.insertAttempts(node, [order], ANYTHING);
    await store.endAttempt(endOf(lead!, order, { outcome: "number-changed" }));

    const campaignId = await fixture.seedCampaign();
    const { results, counts } = await load(campaignId, [
      row(2, {}, suppressed),
      row(3, {}, dead),
      row(4, { numbers: numbered(anyNumber(), alive) }),
    ]);
    expect(results.map(({ refused }) => refused)).toEqual([null, null, null]);
    expect(results[0]?.notices).toEqual([{ number: suppressed, code: "number-suppressed" }]);
    expect(results[1]?.notices).toEqual([{ number: dead, code: "number-taken-out" }]);
    expect(counts).toMatchObject({ leadsLoaded: 3, numbersLoaded: 4, numbersSuppressed: 1, numbersTakenOut: 1 });
    expect(await fixture.leadState(results[1]!.leadId!)).toMatchObject({ state: "done", because: "invalid" });
  });
});

describe("strangers' text", () => {
  const nasty = [
    '=HYPERLINK("http://x","y")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; drop table campaign_lead; --",
    "\\'; drop table agent; --",
    "Ünïcödé 🎺 漢字 \u202Ertl",
    "nul\u0000, tab\t, line\nfeed",
    "%_\\%",
    "${1+1} `x` {{y}}",
  ];

  test("is kept letter for letter", async () => {
    const campaignId = await fixture.seedCampaign();
    const rows = nasty.map((text, index) =>
      row(index + 2, { name: text, externalKey: text, attributes: { [text]: text } }),
    );
    const { results } = await load(campaignId, rows);
    const kept = await db.rows<{ name: string; external_key: string; attributes: string }>(
      "select name, external_key, attributes from campaign_lead where lead_id in (?) order by line",
      [results.map(({ leadId }) => leadId)],
    );
    expect(kept.map(({ name }) => name)).toEqual(nasty);
    expect(kept.map(({ external_key }) => external_key)).toEqual(nasty);
    expect(kept.map(({ attributes }) => JSON.parse(attributes))).toEqual(nasty.map((text) => ({ [text]: text })));
  });

  test("of any kind goes in and comes out of names, keys, attributes and reasons", async () => {
    const campaignId = await fixture.seedCampaign();
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
    let line = 2;
    await fc.assert(
      fc.asyncProperty(text, fc.dictionary(text, text, { maxKeys: 4 }), async (name, attributes) => {
        line += 1;
        const { results } = await load(campaignId, [row(line, { name, externalKey: `${line} ${name}`, attributes })]);
        const [kept] = await db.rows<{ name: string; external_key: string; attributes: string }>(
          "select name, external_key, attributes from campaign_lead where lead_id = ?",
          [results[0]!.leadId],
        );
        expect(kept).toMatchObject({ name, external_key: `${line} ${name}` });
        expect(JSON.parse(kept!.attributes)).toEqual(attributes);
      }),
      { numRuns: 40 },
    );
  });

  test("also in the names of agents", async () => {
    const name = 'O\'Brien \\ 🎺 "x"';
    const agentId = await addAgent(db, { name, endpoint: "PJSIP/o'brien", pin: null }, T0);
    expect((await agentsNow(db)).find((agent) => agent.agentId === agentId)).toMatchObject({
      name,
      endpoint: "PJSIP/o'brien",
      state: "loggedOut",
      since: null,
    });
  });

  test("however long the attributes are", async () => {
    const campaignId = await fixture.seedCampaign();
    const long = "é".repeat(60_000);
    const { counts } = await load(
      campaignId,
      Array.from({ length: 60 }, (_, index) => row(index + 2, { attributes: { long } })),
    );
    expect(counts.leadsLoaded).toBe(60);
  });
});
