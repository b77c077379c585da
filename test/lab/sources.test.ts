/** Sources on the database: every lead in the first that takes it, whatever happens on the way. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { fits } from "../../src/lead/segment/evaluate.ts";
import { asksClock, asksHistory } from "../../src/lead/segment/filter.ts";
import { readFilter } from "../../src/lead/segment/parse.ts";
import { turnOf, type SourceOrder } from "../../src/lead/segment/turn.ts";
import { leadId, type CampaignId, type ListId } from "../../src/domain/ids.ts";
import { after, instant } from "../../src/domain/instant.ts";
import {
  addSegment,
  addSource,
  assignLeads,
  assignmentState,
  changeSegment,
  changeSource,
  countSources,
  findSegment,
  migrate,
  openListSource,
  pendingAssignments,
  reassignAfterAttempt,
  removeSegment,
  removeSource,
  requestAssignment,
  runAssignment,
  segments,
  sourcesOf,
  type Database,
} from "../../src/store/index.ts";
import { T0 } from "../contract/store/fixture.ts";
import { someLead, type LeadSeed } from "../support/segment-samples.ts";
import { seedCampaign, seedEmptyList, seedLeads } from "./segment-seeds.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

jest.setTimeout(60_000);

let lab: StoreLab;
let db: Database;
beforeAll(async () => {
  lab = await startStoreLab();
  db = lab.open(await lab.create("sources"));
  await migrate(db);
});
afterAll(() => lab.stop());

const AT = instant(T0 + 10 * 86_400_000);
const WHO = { by: "ann", at: AT };
const IMPORTED: SourceOrder = { by: "imported" };
const run = { now: () => AT };

let serial = 0;
const read = (text: string) => {
  const result = readFilter(text);
  if ("refusal" in result) throw new Error(result.refusal.sentence);
  return { text, filter: result.filter, asksHistory: asksHistory(result.filter), asksClock: asksClock(result.filter) };
};
const segment = async (text: string): Promise<{ name: string; id: number }> => {
  const name = `s${(serial += 1)}`;
  return { name, id: await addSegment(db, { name, ...read(text) }, WHO) };
};
const source = (
  campaignId: CampaignId,
  segmentId: number | null = null,
  listId: ListId | null = null,
  more: { weight?: number; order?: SourceOrder; position?: number } = {},
) => addSource(db, { campaignId, listId, segmentId, weight: 1, order: IMPORTED, position: null, ...more }, WHO);

const plain = fc.sample(someLead, { numRuns: 1, seed: 1 })[0]!.facts;
const seedOf = (attributes: Record<string, string>, list = "March"): LeadSeed => ({
  facts: { ...plain, attributes, list, state: "open", attempts: 0, lastAttemptAt: null, lastOutcome: null },
});
const placesOf = async (ids: readonly number[]) => {
  const rows = await db.rows<{ source_id: number; turn: number }>(
    "select source_id, turn from campaign_lead where lead_id in (?) order by lead_id",
    [ids],
  );
  return rows.map(({ source_id, turn }) => [source_id, turn]);
};
const sourceIdsOf = async (ids: readonly number[]) => (await placesOf(ids)).map(([place]) => place);
const listIdOf = async (campaign: CampaignId, name: string): Promise<ListId> => {
  const [row] = await db.rows<{ list_id: ListId }>("select list_id from list where campaign_id = ? and name = ?", [
    campaign,
    name,
  ]);
  return row!.list_id;
};

describe("leads", () => {
  test("go to the first source by position whose list and segment they fit, and to none where none fits", async () => {
    const campaign = await seedCampaign(db);
    const ids = await seedLeads(
      db,
      [
        seedOf({ status: "gold" }),
        seedOf({ status: "gold" }, "April"),
        seedOf({ status: "tin" }),
        seedOf({ status: "tin" }, "April"),
      ],
      campaign,
    );
    expect(await sourceIdsOf(ids)).toEqual([0, 0, 0, 0]);
    const gold = await segment('status = "gold"');
    const april = await source(campaign, null, await listIdOf(campaign, "April"));
    const golden = await source(campaign, gold.id);
    expect(await pendingAssignments(db)).toContain(campaign);
    expect(await runAssignment(db, campaign, run)).toEqual({ leadsSeen: 4, leadsMoved: 3, isDone: true });
    expect(await sourceIdsOf(ids)).toEqual([golden, april, 0, april]);
    expect(await pendingAssignments(db)).not.toContain(campaign);

    await changeSource(db, golden, { position: 1 }, WHO);
    await runAssignment(db, campaign, run);
    expect(await sourceIdsOf(ids)).toEqual([golden, golden, 0, april]);
    expect((await sourcesOf(db, campaign)).map(({ sourceId, position }) => [sourceId, position])).toEqual([
      [golden, 1],
      [april, 2],
    ]);

    await removeSource(db, april, WHO);
    await runAssignment(db, campaign, run);
    expect(await sourceIdsOf(ids)).toEqual([golden, golden, 0, 0]);
    expect((await countSources(db, campaign, AT)).get(golden)).toMatchObject({ leads: 2, fresh: 2, due: 2, done: 0 });
  });

  test("are where the evaluator says, whatever the sources are", async () => {
    const campaign = await seedCampaign(db);
    const seeds = fc.sample(someLead, { numRuns: 150, seed: 21 });
    const ids = await seedLeads(db, seeds, campaign);
    const filters = [
      'status in ("gold","silver")',
      "income > 5 or attempts = 0",
      'not (region: "SW")',
      "score is present",
    ];
    const orders: SourceOrder[] = [
      { by: "random" },
      { by: "attribute", attribute: "score", descending: true },
      IMPORTED,
      { by: "attribute", attribute: "post code", descending: false },
    ];
    const made: { sourceId: number; text: string; order: SourceOrder }[] = [];
    for (const [index, text] of filters.entries()) {
      const order = orders[index]!;
      made.push({ sourceId: await source(campaign, (await segment(text)).id, null, { order }), text, order });
    }
    await runAssignment(db, campaign, run);
    const expected = seeds.map(({ facts }, index) => {
      const first = made.find(({ text }) => fits(read(text).filter, facts, AT));
      if (first === undefined) return [0, 0];
      const lead = { leadId: leadId(ids[index]!), attributes: facts.attributes };
      return [first.sourceId, turnOf(first.order, first.sourceId, lead)];
    });
    expect(await placesOf(ids)).toEqual(expected);
    expect(new Set(expected.map(([place]) => place)).size).toBeGreaterThan(3);
  });

  test("that were tried before have no turn: they go by when they are due", async () => {
    const campaign = await seedCampaign(db);
    const [first, second] = await seedLeads(db, [seedOf({ n: "1" }), seedOf({ n: "2" })], campaign);
    await db.write("update campaign_lead set queue = 2 where lead_id = ?", [second!]);
    const order: SourceOrder = { by: "attribute", attribute: "n", descending: false };
    const id = await source(campaign, null, null, { order });
    await runAssignment(db, campaign, run);
    expect(await placesOf([first!, second!])).toEqual([
      [id, 2 ** 31 + 100],
      [id, 0],
    ]);
  });
});

describe("sorting", () => {
  const many = async (count: number) => {
    const campaign = await seedCampaign(db);
    const list = await seedEmptyList(db, campaign, "many");
    for (let line = 0; line < count; line += 3_000) {
      const rows = Array.from({ length: Math.min(3_000, count - line) }, (_, index) => line + index + 1).map((n) => [
        ...[list, campaign, n, JSON.stringify({ n: String(n) }), "ready", new Date(T0), new Date(T0)],
      ]);
      await db.write(
        "insert into campaign_lead (list_id, campaign_id, line, attributes, state, due_at, changed_at) values ?",
        [rows],
      );
    }
    await db.write("update list set leads_loaded = ? where list_id = ?", [count, list]);
    return { campaign, list };
  };
  const countsOf = async (campaign: CampaignId) =>
    Object.fromEntries([...(await countSources(db, campaign, AT))].map(([id, { leads }]) => [id, leads]));

  test("goes on where it was stopped, and ends as if it never had been", async () => {
    const { campaign } = await many(9_000);
    const low = await source(campaign, (await segment("n <= 3000")).id);
    let asked = 0;
    const seen: number[] = [];
    const first = await runAssignment(db, campaign, {
      ...run,
      goOn: () => (asked += 1) <= 2,
      onProgress: (done) => seen.push(done),
    });
    expect(first).toEqual({ leadsSeen: 4_000, leadsMoved: 3_000, isDone: false });
    expect(seen).toEqual([2_000, 4_000]);
    expect(await assignmentState(db, campaign)).toMatchObject({ isPending: true, line: 4_000 });
    expect(await runAssignment(db, campaign, run)).toEqual({ leadsSeen: 5_000, leadsMoved: 0, isDone: true });
    expect(await countsOf(campaign)).toEqual({ 0: 6_000, [low]: 3_000 });
    // And once more, with nothing to do.
    await requestAssignment(db, campaign, AT);
    expect(await runAssignment(db, campaign, run)).toEqual({ leadsSeen: 9_000, leadsMoved: 0, isDone: true });
  });

  test("begins anew when the sources change under it", async () => {
    const { campaign } = await many(5_000);
    const { id, name } = await segment("n <= 3000");
    const low = await source(campaign, id);
    let changed = false;
    const report = await runAssignment(db, campaign, {
      ...run,
      onProgress: () => {
        if (changed) return;
        changed = true;
        // Not waited for: it comes in between, as another manager's would.
        void changeSegment(db, { name, ...read("n > 4000") }, WHO);
      },
    });
    // However the two met, whoever comes last finds it pending, or everything done.
    await runAssignment(db, campaign, run);
    expect(report).not.toBeNull();
    expect(await countsOf(campaign)).toEqual({ 0: 4_000, [low]: 1_000 });
  });

  test("is done by one at a time", async () => {
    const { campaign } = await many(5_000);
    await source(campaign);
    let other: unknown = "not asked";
    const report = await runAssignment(db, campaign, {
      ...run,
      onProgress: () => {
        if (other === "not asked") other = runAssignment(db, campaign, run);
      },
    });
    expect(report).toMatchObject({ isDone: true, leadsMoved: 5_000 });
    expect(await other).toBeNull();
  });

  test("leaves locked leads to whoever locked them, and sees what they wrote", async () => {
    const { campaign } = await many(10);
    const id = await source(campaign, (await segment("attempts = 0")).id);
    const holder = await db.hold();
    await holder.write("start transaction");
    await holder.write("update campaign_lead set attempts_counted = 1, queue = 2 where campaign_id = ? and line = 4", [
      campaign,
    ]);
    const sorted = runAssignment(db, campaign, run);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await holder.write("commit");
    holder.release();
    expect(await sorted).toMatchObject({ leadsMoved: 9, isDone: true });
    expect(await countsOf(campaign)).toEqual({ 0: 1, [id]: 9 });
  });

  test("looks along an index at its own list only", async () => {
    const { campaign, list } = await many(3_000);
    const [plan] = await db.rows<{ key: string | null; type: string }>(
      `explain select l.line from campaign_lead l force index (lead_of_list)
       where l.list_id = ? and l.campaign_id = ? and l.line > ? order by l.line limit 2000`,
      [list, campaign, 5],
    );
    expect(plan).toMatchObject({ key: "lead_of_list", type: "range" });
  });
});

describe("after an attempt", () => {
  test("a lead is sorted anew where a segment asks for history, and left alone where none does", async () => {
    const campaign = await seedCampaign(db);
    const [id] = await seedLeads(db, [seedOf({ n: "1" })], campaign);
    const never = await source(campaign, (await segment("attempts = 0")).id);
    const rest = await source(campaign);
    await runAssignment(db, campaign, run);
    expect(await sourceIdsOf([id!])).toEqual([never]);
    await db.transaction(async (tx) => {
      await tx.write("update campaign_lead set attempts_counted = 1, queue = 2 where lead_id = ?", [id!]);
      await reassignAfterAttempt(tx, campaign, leadId(id!), AT);
    });
    expect(await sourceIdsOf([id!])).toEqual([rest]);

    const other = await seedCampaign(db);
    const [lone] = await seedLeads(db, [seedOf({ n: "1" })], other);
    await source(other, (await segment("n = 1")).id);
    await db.transaction((tx) => reassignAfterAttempt(tx, other, leadId(lone!), AT));
    expect(await sourceIdsOf([lone!])).toEqual([0]);
  });
});

describe("an import", () => {
  test("has a source, from which nothing is taken before it is open", async () => {
    const campaign = await seedCampaign(db);
    const list = await seedEmptyList(db, campaign, "new");
    await db.write("update list set state = 'loading' where list_id = ?", [list]);
    const gold = await source(campaign, (await segment('status = "gold"')).id);
    const own = await source(campaign, null, list);
    await db.write("update campaign_source set state = 'loading' where source_id = ?", [own]);
    const ids = await seedLeads(db, [seedOf({ status: "gold" }, "x"), seedOf({ status: "tin" }, "x")], campaign);
    await db.write("update campaign_lead set list_id = ?, line = line + 100 where lead_id in (?)", [list, ids]);
    await db.transaction((tx) => assignLeads(tx, campaign, ids.map(leadId), AT));
    // One belongs to a source that is open, and may not be dialled yet.
    expect(await sourceIdsOf(ids)).toEqual([0, own]);
    expect((await sourcesOf(db, campaign)).map(({ isLoading }) => isLoading)).toEqual([false, true]);
    await expect(removeSource(db, own, WHO)).rejects.toMatchObject({ kind: "conflict" });
    await runAssignment(db, campaign, run);
    expect(await sourceIdsOf(ids)).toEqual([0, own]);
    const sorts = await db.transaction(async (tx) => {
      const more = await openListSource(tx, campaign, list, AT);
      await tx.write("update list set state = 'ready' where list_id = ?", [list]);
      return more;
    });
    expect(sorts).toBe(true);
    expect(await assignmentState(db, campaign)).toMatchObject({ isPending: true, listId: list, line: 0 });
    await runAssignment(db, campaign, run);
    expect(await sourceIdsOf(ids)).toEqual([gold, own]);
  });

  test("that no other source can take from asks for nothing", async () => {
    const campaign = await seedCampaign(db);
    const list = await seedEmptyList(db, campaign, "lone");
    await source(campaign, null, list);
    await source(campaign, (await segment("n = 1")).id, await seedEmptyList(db, campaign, "other"));
    await runAssignment(db, campaign, run);
    expect(await openListSource(db, campaign, list, AT)).toBe(false);
    expect(await assignmentState(db, campaign)).toMatchObject({ isPending: false });
  });

  test("asks for its own list to be sorted and keeps what is pending before it", async () => {
    const campaign = await seedCampaign(db);
    const [one, two] = [await seedEmptyList(db, campaign, "one"), await seedEmptyList(db, campaign, "two")];
    await requestAssignment(db, campaign, AT, two);
    expect(await assignmentState(db, campaign)).toMatchObject({ listId: two, line: 0, version: 1 });
    await requestAssignment(db, campaign, AT, one);
    expect(await assignmentState(db, campaign)).toMatchObject({ listId: one, line: 0, version: 2 });
    await db.write("update campaign_assignment set line = 7 where campaign_id = ?", [campaign]);
    await requestAssignment(db, campaign, AT, two);
    expect(await assignmentState(db, campaign)).toMatchObject({ listId: one, line: 7, version: 3 });
    await requestAssignment(db, campaign, AT);
    expect(await assignmentState(db, campaign)).toMatchObject({ listId: 0, line: 0, version: 4 });
  });
});

describe("segments and sources", () => {
  test("have one name, one use, and go when nobody uses them", async () => {
    const campaign = await seedCampaign(db);
    const { name, id } = await segment("n > 1");
    await expect(addSegment(db, { name: name.toUpperCase(), ...read("n > 2") }, WHO)).rejects.toMatchObject({
      kind: "conflict",
    });
    const made = await source(campaign, id);
    await expect(source(campaign, id)).rejects.toMatchObject({ kind: "conflict" });
    expect(await removeSegment(db, name)).toBe("used");
    expect(await removeSegment(db, "nobody")).toBe("unknown");
    expect(await changeSegment(db, { name: "nobody", ...read("n > 2") }, WHO)).toBeNull();
    const later = { by: "bob", at: after(AT, 5) };
    expect(await changeSegment(db, { name, ...read("attempts > 2 and days-since-import > 1") }, later)).toEqual([
      campaign,
    ]);
    expect(await findSegment(db, name.toUpperCase())).toMatchObject({
      ...{ name, text: "attempts > 2 and days-since-import > 1", asksHistory: true, asksClock: true },
      ...{ changedBy: "bob", changedAt: later.at },
    });
    expect((await segments(db)).find((each) => each.name === name)?.campaigns).toHaveLength(1);
    await removeSource(db, made, WHO);
    expect(await removeSegment(db, name)).toBe("removed");
    expect(await findSegment(db, name)).toBeNull();
    expect(await removeSource(db, made, WHO)).toBeNull();
    expect(await changeSource(db, made, { weight: 2 }, WHO)).toBeNull();
    await expect(source(campaign, id)).rejects.toMatchObject({ kind: "conflict" });
  });

  test("a weight alone asks for no sorting", async () => {
    const campaign = await seedCampaign(db);
    const made = await source(campaign);
    await runAssignment(db, campaign, run);
    expect(await changeSource(db, made, { weight: 7 }, WHO)).toEqual({ campaignId: campaign, sorts: false });
    expect(await assignmentState(db, campaign)).toMatchObject({ isPending: false });
    expect(await changeSource(db, made, { order: { by: "random" } }, WHO)).toMatchObject({ sorts: true });
    expect((await sourcesOf(db, campaign))[0]).toMatchObject({ weight: 7, order: { by: "random" } });
  });
});
