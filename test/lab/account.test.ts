/** Accounts and the chain of days on a real database: equal to a recount, and every change by hand found and named. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { AgentId, CampaignId } from "../../src/domain/ids.ts";
import { after } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { closeDays, proveChain, type DayStatement } from "../../src/store/index.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { closeYesterday } from "../../src/app/statement/close-days.ts";
import { AccountLab, at, type Life } from "./account-lab.ts";

jest.setTimeout(120_000);

let lab: AccountLab;
let agent: AgentId;
beforeAll(async () => {
  lab = await AccountLab.begin("account");
}, 120_000);
afterAll(() => lab.end(), 30_000);

interface RecountDocument {
  readonly equal: boolean;
  readonly campaigns: readonly {
    readonly campaign: string;
    readonly counted: number;
    readonly counts: readonly { entry: string; inTable: number; recounted: number }[];
    readonly rows: readonly { attemptId: string; inRow: unknown; recomputed: unknown }[];
    readonly rowsDifferent: number;
  }[];
}

const LIVES: readonly (readonly [Outcome, Life])[] = [
  ["connected", { rang: 2_000, answered: 9_000, connected: 9_400, ended: 60_000 }],
  ["connected-late", { rang: 2_000, answered: 9_000, connected: 11_400, ended: 60_000 }],
  ["abandoned-with-message", { rang: 2_000, answered: 9_000, message: 10_800, ended: 20_000, endedBy: "us" }],
  ["abandoned-silent", { rang: 2_000, answered: 9_000, ended: 12_000, endedBy: "us" }],
  ["abandoned-silent", { rang: 2_000, answered: 9_000, message: 11_500, ended: 20_000, endedBy: "us" }],
  ["hung-up-early", { rang: 2_000, answered: 9_000, ended: 10_000 }],
  ["no-answer", { rang: 2_000, ended: 25_000, endedBy: "us", endReason: "ringTimeout" }],
  ["cancelled-while-ringing", { rang: 2_000, ended: 8_000, endedBy: "us", endReason: "drain" }],
  ["busy", { ended: 1_500 }],
  ["not-placed", { withdrawn: true }],
];

describe("a random history", () => {
  const random = new SeededRandom(20_261_122);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
  const campaigns: CampaignId[] = [];
  const names = ["history-a", "history-b"];

  beforeAll(async () => {
    for (const name of names) campaigns.push(await lab.fixture.seedCampaign({ name }));
    agent = await lab.fixture.seedAgent({ campaignIds: campaigns });
    for (let count = 0; count < 120; count++) {
      const [outcome, life] = pick(LIVES);
      await lab.dial({
        campaignId: pick(campaigns),
        centre: pick(["main", "leeds"]),
        // Around midnight too: a call belongs to the day of its answer.
        at: after(at("2026-11-19T23:50:00Z"), Math.floor(random.next() * 26 * 3_600_000)),
        outcome,
        life,
        ...(random.next() < 0.3 ? { says: pick(["machine", "sale", "no-interest"]), sayer: agent } : {}),
      });
    }
  }, 120_000);

  const recount = () => lab.json<RecountDocument>("account", "recount", "--from", "2026-11-19", "--to", "2026-11-21");

  test("equals its recount, campaign by campaign and centre by centre", async () => {
    const { code, document } = await recount();
    expect(document.campaigns.flatMap(({ counts, rows }) => [...counts, ...rows])).toEqual([]);
    expect([code, document.equal]).toEqual([0, true]);
    const counted = document.campaigns.reduce((sum, each) => sum + each.counted, 0);
    expect(counted).toBeGreaterThan(60);
    expect((await lab.run("account", "recount", "--from", "2026-11-19")).out).toContain(
      "The account equals the recount.",
    );
  });

  test.each([
    ["a count", "update abandon_account set calls = calls + 1 where entry = 'connected' order by calls desc limit 1"],
    [
      "a whole entry",
      "insert into abandon_account (campaign_id, day, centre, node_id, entry, calls) select campaign_id, '2026-11-20', 'main', 'nobody', 'connected', 5 from campaign where name = 'history-a'",
    ],
    [
      "what a row was counted as",
      "update attempt set account_entry = 'connected' where account_entry = 'silent' order by attempt_id limit 1",
    ],
    [
      "what happened",
      "update attempt set connected_at = answered_at where account_entry = 'connectedLate' order by attempt_id limit 1",
    ],
    [
      "what the agent said",
      "update attempt set disposition_kind = 'machine-reported' where account_entry = 'connected' and disposition_kind is null order by attempt_id limit 1",
    ],
    [
      "the day",
      "update attempt set account_day = '2026-11-01' where account_entry = 'connected' order by attempt_id limit 1",
    ],
  ])("shows when somebody changes %s", async (_what, statement) => {
    await lab.db.write("drop table if exists kept_attempt");
    await lab.db.write("drop table if exists kept_account");
    await lab.db.write(
      "create table kept_attempt as select attempt_id, account_entry, account_day, connected_at, disposition_kind from attempt",
    );
    await lab.db.write("create table kept_account as select * from abandon_account");
    const { matched } = await lab.db.write(statement);
    expect(matched).toBeGreaterThan(0);
    const { code, document } = await recount();
    expect([code, document.equal]).toEqual([1, false]);
    const found = document.campaigns.flatMap(({ counts, rows }) => [...counts, ...rows]);
    expect(found.length).toBeGreaterThan(0);
    await lab.db.write(
      "update attempt a join kept_attempt k on k.attempt_id = a.attempt_id set a.account_entry = k.account_entry, a.account_day = k.account_day, a.connected_at = k.connected_at, a.disposition_kind = k.disposition_kind",
    );
    await lab.db.write("delete from abandon_account");
    await lab.db.write("insert into abandon_account select * from kept_account");
    expect((await recount()).code).toBe(0);
  });

  test("is shown with its rate, level and credit", async () => {
    lab.now = at("2026-11-20T23:00:00Z");
    const { document } = await lab.json<{
      scopes: { of: string; counts: { silent: number }; rate: { rateBasisPoints: number } }[];
      mode: string;
      credit: number;
    }>("account", "show", "--campaign", "history-a", "--centre", "leeds");
    expect(document.scopes.map(({ of }) => of)).toEqual(["campaign", "centre leeds"]);
    expect(document).toMatchObject({ mode: "reserved-only", credit: 0 });
    expect(document.scopes[0]?.rate.rateBasisPoints).toBeGreaterThan(200);
    const { out } = await lab.run("account", "show", "--campaign", "history-a");
    expect(out).toContain("3.00 %, and no safe harbour below it");
    expect(out).toContain("only calls with a reserved agent");
    lab.now = at("2026-11-21T09:00:00Z");
  });
});

describe("the chain of days", () => {
  beforeEach(async () => {
    await lab.db.write("delete from compliance_day");
  });

  const close = (day: string) =>
    lab.json<{ statements: number; written: { rowId: number; sequence: number }[] }>("account", "close", "--day", day);

  test("a day is written once for each campaign, campaign at a centre, and centre", async () => {
    const first = await close("2026-11-20");
    // Two campaigns across centres, each at two centres, and two centres.
    expect(first.document.written.map(({ sequence }) => sequence)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const again = await close("2026-11-20");
    expect(again.document).toMatchObject({ statements: 8, written: [] });
    expect(await proveChain(lab.db)).toMatchObject({ rows: 8, broken: null });
  });

  test("a day that is not over is not closed", async () => {
    expect(await lab.run("account", "close", "--day", "today")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[day-not-over]"),
    });
    expect(await lab.run("account", "close", "--day", "2026-02-30")).toMatchObject({ code: 2 });
  });

  test("a late attempt gives a further row, and leaves the first as it was", async () => {
    const own = await lab.fixture.seedCampaign({ name: "late" });
    await lab.dial({ campaignId: own, at: at("2026-11-20T10:00:00Z"), outcome: "connected", life: LIVES[0]![1] });
    const { document: before } = await close("2026-11-20");
    const [, silent] = LIVES[3]!;
    await lab.dial({ campaignId: own, at: at("2026-11-20T11:00:00Z"), outcome: "abandoned-silent", life: silent });
    const { document: after } = await close("2026-11-20");
    // The campaign, the campaign at the centre, and the centre.
    expect(after.written.map(({ sequence }) => sequence)).toEqual([1, 1, 1]);
    const rows = await lab.db.rows<{ inputs: string }>(
      "select inputs from compliance_day where campaign_id = ? and centre is null order by sequence",
      [own],
    );
    const silentCounts = rows.map(({ inputs }) => (JSON.parse(inputs) as { counts: { silent: number } }).counts.silent);
    expect(silentCounts).toEqual([0, 1]);
    expect((await proveChain(lab.db)).rows).toBe(before.written.length + 3);
    const { document } = await lab.json<{ days: { closed: { state: string; sequence: number } }[] }>(
      ...["report", "compliance", "--campaign", "late", "--day", "2026-11-20"],
    );
    expect(document.days[0]?.closed).toMatchObject({ state: "as-closed", sequence: 1 });
  });

  test("the nightly job closes yesterday and the day before", async () => {
    const closed = await closeYesterday(lab.db, new Map([["UK", lab.profile]]), lab.now, "nightly");
    expect(closed.map(({ day }) => day)).toEqual(["2026-11-19", "2026-11-20"]);
    expect(closed.every(({ written }) => written.length > 0)).toBe(true);
    const again = await closeYesterday(lab.db, new Map([["UK", lab.profile]]), lab.now, "nightly");
    expect(again.flatMap(({ written }) => written)).toEqual([]);
  });

  test("two that close at once take turns", async () => {
    await Promise.all([close("2026-11-20"), close("2026-11-20"), close("2026-11-20")]);
    const { rows, broken } = await proveChain(lab.db);
    expect(broken).toBeNull();
    const [count] = await lab.db.rows<{ scopes: number }>(
      "select count(distinct scope_key) as scopes from compliance_day",
    );
    expect(rows).toBe(count?.scopes);
  });

  const statement = (day: string, calls: number): DayStatement => ({
    campaignId: null,
    centre: "main",
    day,
    formula: "ofcom2010",
    formulaVersion: 1,
    profile: "UK",
    profileVersion: "0123456789abcdef",
    inputs: { counts: { connected: calls } },
  });

  test.each([
    [
      "changed what it says",
      "update compliance_day set inputs = replace(inputs, '4', '5') where row_id = ?",
      3,
      /changed after/,
    ],
    ["changed who wrote it", "update compliance_day set written_by = 'nobody' where row_id = ?", 3, /changed after/],
    ["changed its day", "update compliance_day set day = '2026-10-01' where row_id = ?", 3, /changed after/],
    [
      "changed its hash as well",
      "update compliance_day set hash = repeat('f', 64) where row_id = ?",
      3,
      /changed after/,
    ],
    ["removed it", "delete from compliance_day where row_id = ?", 4, /is missing/],
    ["removed the first", "delete from compliance_day where row_id = ? - 2", 2, /rows before it are missing/],
  ])("whoever %s is found, and the row named", async (_what, sql, named, says) => {
    const written = await closeDays(
      lab.db,
      [1, 2, 3, 4, 5].map((day) => statement(`2026-11-0${day}`, day + 1)),
      { by: "test", at: lab.now },
    );
    const ids = written.map(({ rowId }) => rowId);
    expect(await proveChain(lab.db)).toMatchObject({ rows: 5, broken: null, head: written[4]?.hash });
    await lab.db.write(sql, [ids[2] ?? 0]);
    const { broken } = await proveChain(lab.db);
    expect(broken).toMatchObject({ rowId: ids[named - 1], says: expect.stringMatching(says) });
    const { code, document } = await lab.json<{ chain: { broken: { rowId: number } } }>(
      ...["report", "compliance", "--campaign", "history-a", "--day", "2026-11-20", "--verify"],
    );
    expect([code, document.chain.broken.rowId]).toEqual([1, ids[named - 1]]);
  });

  test("rows cut off at the end are missed by whoever noted the head", async () => {
    const written = await closeDays(
      lab.db,
      [1, 2, 3].map((day) => statement(`2026-11-0${day}`, day)),
      { by: "test", at: lab.now },
    );
    const head = written[2]?.hash ?? "";
    await lab.db.write("delete from compliance_day where row_id = ?", [written[2]?.rowId ?? 0]);
    expect(await proveChain(lab.db)).toMatchObject({ broken: null, rows: 2 });
    expect(await proveChain(lab.db, head)).toMatchObject({ broken: null, holdsAnchor: false });
    expect(await proveChain(lab.db, written[1]?.hash)).toMatchObject({ holdsAnchor: true });
    const asked = ["report", "compliance", "--campaign", "history-a", "--day", "2026-11-20", "--anchor", head];
    expect(await lab.run(...asked)).toMatchObject({ code: 1, out: expect.stringContaining("NOT in the chain") });
  });
});
