/** What CRMs read: every column told, the words true, and nothing else to be had. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { instant } from "../../src/domain/instant.ts";
import {
  CRM_ROLE,
  expireRecordingCommands,
  forgetRecordingCommands,
  grantCrmRole,
  migrate,
  settleRecordingCommands,
  SqlStore,
  type Database,
  type DatabaseConfig,
} from "../../src/store/index.ts";
import {
  claimOf,
  ANYTHING,
  anyNode,
  anyNumber,
  endOf,
  orderFor,
  soon,
  stamp,
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
  config = await lab.create("crm");
  db = lab.open(config);
  await migrate(db);
  fixture = sqlFixture(db, async () => undefined);
}, 60_000);
afterAll(() => lab.stop());

const viewColumns = async (): Promise<string[]> => {
  const rows = await db.rows<{ view: string; name: string }>(
    `select table_name as view, column_name as name from information_schema.columns
     where table_schema = database() and table_name like 'crm\\_%' order by table_name, ordinal_position`,
  );
  return rows.map(({ view, name }) => `${view}.${name}`);
};

test("every column of every view is in the document, in order, and none that is not there", async () => {
  const documented: string[] = [];
  let view = "";
  for (const line of readFileSync(new URL("../../docs/crm-views.md", import.meta.url), "utf8").split("\n")) {
    view = /^## (crm_\w+)/.exec(line)?.[1] ?? view;
    const column = /^\| `(\w+)` \|/.exec(line)?.[1];
    if (column !== undefined) documented.push(`${view}.${column}`);
  }
  const byView = (names: string[]) => [...names].sort((a, b) => a.split(".")[0]!.localeCompare(b.split(".")[0]!));
  expect(byView(documented)).toEqual(byView(await viewColumns()));
});

describe("a conversation", () => {
  const attributes = { Fälligkeit: "2026-12-01", note: "=cmd|' /C calc'!A0" };
  const number = anyNumber();

  test("is on the screen while it lasts, and in the counts afterwards", async () => {
    const store = new SqlStore(db);
    const node = anyNode();
    await store.holdNode(node, "crm", T0, 60_000);
    const campaignId = await fixture.seedCampaign({ name: "spring" });
    const agentId = await fixture.seedAgent({ endpoint: "PJSIP/1001", campaignIds: [campaignId] });
    await fixture.seedList(campaignId, [{ numbers: [{ number, timeZone: "Europe/London" }] }]);
    await db.write("update campaign_lead set external_key = 'K-1', name = ?, attributes = ? where campaign_id = ?", [
      "Zoë 🎺 Müller",
      JSON.stringify(attributes),
      campaignId,
    ]);
    const [lead] = await store.claimLeads(claimOf(campaignId, node, { limit: 1, at: T0, leaseMs: 30_000 }));
    const order = orderFor(lead!, { agentId });
    await store.insertAttempts(node, [order], ANYTHING);
    const facts = {
      ...NOTHING_KNOWN,
      placedAt: stamp(10),
      answeredAt: stamp(5_000),
      connectedAt: stamp(5_030),
      agentId,
    };
    const { attemptId } = order;
    await store.recordChanges([{ attemptId, state: "connected", facts }]);
    const onCall = { agentId, state: "onCall", since: soon(5_030), attemptId, pauseReason: null } as const;
    await store.recordAgentState(node, { ...onCall, at: soon(5_030) });

    const [live, ...others] = await db.rows<Record<string, unknown>>("select * from crm_live_call");
    expect(others).toEqual([]);
    expect(live).toMatchObject({
      attempt_id: attemptId,
      campaign: "spring",
      agent_endpoint: "PJSIP/1001",
      external_key: "K-1",
      lead_name: "Zoë 🎺 Müller",
      number,
      since: new Date(soon(5_030)),
      node,
    });
    expect(JSON.parse(String(live!["attributes"]))).toEqual(attributes);
    const [agent] = await db.rows("select * from crm_agent_now where agent_id = ?", [agentId]);
    expect(agent).toMatchObject({ state: "onCall", campaign: "spring", lead_id: lead!.leadId, node });

    const heard = { speechStartedAt: stamp(5_010), greetingEndedAt: stamp(5_900) };
    const ended = { ...facts, ...heard, endedAt: stamp(65_030), endedBy: "farEnd", cause: 16 } as const;
    const account = { entry: "connected", day: "2026-11-21" } as const;
    await store.endAttempt(endOf(lead!, order, { outcome: "connected", facts: ended, account }));
    await store.recordDisposition(attemptId, agentId, "sale", soon(70_000));
    expect(await db.rows("select * from crm_live_call")).toEqual([]);
    const [attempt] = await db.rows("select * from crm_attempt where lead_id = ?", [lead!.leadId]);
    expect(attempt).toMatchObject({
      outcome: "connected",
      answered_by_person: 1,
      counts_as_attempt: 1,
      disposition: "sale",
      disposition_kind: "success",
      answer_to_connect_ms: 30,
      talk_ms: 60_000,
      ended_by: "farEnd",
      cause: 16,
      principal: "Acme Ltd",
      profile: "UK",
      speech_started_at: new Date(soon(5_010)),
      greeting_ended_at: new Date(soon(5_900)),
      message_choice: null,
    });
    const [row] = await db.rows("select * from crm_lead where lead_id = ?", [lead!.leadId]);
    expect(row).toMatchObject({ status: "done", last_outcome: "connected", last_disposition: "sale", number });
    const [hour] = await db.rows("select * from crm_campaign_hour where campaign_id = ?", [campaignId]);
    expect(hour).toMatchObject({
      hour: new Date("2026-11-21T10:00:00Z"),
      attempts: 1,
      answers: 1,
      live_answers: 1,
      connects: 1,
      abandons: 0,
      abandons_silent: 0,
      open_attempts: 0,
      talk_seconds: 60,
    });
    const none = { connected_late: 0, abandoned_with_message: 0, silent: 0, hung_up_early: 0, machine_dropped: 0 };
    const accounts = () => db.rows("select * from crm_abandon_account where campaign_id = ?", [campaignId]);
    expect(await accounts()).toMatchObject([{ campaign: "spring", connected: 1, machine_to_agent: 0, ...none }]);
    const [day] = await db.rows("select cast(day as char) as day from crm_abandon_account where campaign_id = ?", [
      campaignId,
    ]);
    expect(day).toEqual({ day: "2026-11-21" });
    await store.recordDisposition(attemptId, agentId, "machine", soon(80_000));
    expect(await accounts()).toMatchObject([{ connected: 0, machine_to_agent: 1, cancelled_short: 0, ...none }]);
  });

  test("shows its number's standing", async () => {
    const [row] = await db.rows("select * from crm_number where number = ?", [number]);
    expect(row).toMatchObject({ position: 1, time_zone: "Europe/London", taken_out: null, suppressed: null });
    await fixture.suppress(number);
    const [later] = await db.rows("select * from crm_number where number = ?", [number]);
    expect(later).toMatchObject({ suppressed: "dnc", suppressed_at: new Date(T0) });
    // For the principal as well, and for another one: still one row, and another's says nothing here.
    await fixture.suppress(number, "Acme Ltd");
    expect(await db.rows("select * from crm_number where number = ?", [number])).toHaveLength(1);
    const other = anyNumber();
    const campaign = await fixture.seedCampaign();
    await fixture.seedList(campaign, [{ numbers: [{ number: other }] }]);
    const standing = () => db.rows("select suppressed from crm_number where number = ?", [other]);
    await fixture.suppress(other, "Somebody Else");
    expect(await standing()).toEqual([{ suppressed: null }]);
    await fixture.suppress(other, "Acme Ltd");
    expect(await standing()).toEqual([{ suppressed: "dnc" }]);
  });
});

describe("what is asked of recordings, and cannot be", () => {
  const asked = async (row: { what: string; attempt_id?: string; agent?: string }): Promise<number> => {
    const { insertId } = await db.write(
      "insert into crm_recording_command (what, attempt_id, agent) values (?, ?, ?)",
      [row.what, row.attempt_id ?? null, row.agent ?? null],
    );
    return insertId;
  };
  const answerTo = async (id: number): Promise<{ status: string; code: string | null; says: string | null }> => {
    const [row] = await db.rows<{ status: string; code: string | null; says: string | null }>(
      "select status, code, says from crm_recording_command where command_id = ?",
      [id],
    );
    return row!;
  };

  test.each([
    ["a word we do not know", { what: "erase", agent: "anna" }, "unknown-command"],
    ["nobody", { what: "pause" }, "nobody-named"],
    ["blanks", { what: "pause", agent: "  ", attempt_id: " " }, "nobody-named"],
    ["something that is no attempt", { what: "pause", attempt_id: "1 or 1=1" }, "unknown-attempt"],
    ["somebody who does not talk", { what: " pause ", agent: "nobody" }, "not-on-a-call"],
    ["an attempt that is over", { what: "pause", attempt_id: "0192f5a0-7c1b-7000-8000-000000000001" }, "not-on-a-call"],
  ])("%s: refused with a code and a sentence, and no agent is asked", async (_, row, code) => {
    const before = await db.rows("select * from agent_command");
    const id = await asked(row);
    await settleRecordingCommands(db, T0, 100);
    const answer = await answerTo(id);
    expect(answer).toMatchObject({ status: "refused", code });
    expect(answer.says).toMatch(/^[A-Z].*\.$/);
    expect(await db.rows("select * from agent_command")).toEqual(before);
  });

  test("a daemon that does not answer within a minute is told, and answers are forgotten when they are old", async () => {
    const id = await asked({ what: "pause", agent: "anna" });
    await db.write("update crm_recording_command set status = 'asked', handed_in_at = ? where command_id = ?", [
      new Date(T0 - 60_001),
      id,
    ]);
    expect(await expireRecordingCommands(db, T0)).toBe(1);
    expect(await answerTo(id)).toMatchObject({ status: "refused", code: "no-daemon-answered" });
    expect(await forgetRecordingCommands(db, instant(T0 + 1), () => true)).toBeGreaterThan(0);
    expect(await db.rows("select * from crm_recording_command")).toEqual([]);
  });
});

describe("the role", () => {
  const user = `crm_${process.pid}`;
  let crm: Database;
  beforeAll(async () => {
    await lab.admin.write(`create user ${user} identified by 'secret-1A!'`);
    await lab.admin.write(`grant ${CRM_ROLE} to ${user}`);
    const version = await lab.admin.rows<{ version: string }>("select version() as version");
    const word = version[0]!.version.includes("MariaDB") ? "for" : "to";
    await lab.admin.write(`set default role ${CRM_ROLE} ${word} ${user}`);
    crm = lab.open({ ...config, user, password: "secret-1A!" });
  });
  afterAll(async () => {
    await lab.admin.write(`drop user ${user}`);
  });

  test("was made by migrate, and again does no harm", async () => {
    expect(await grantCrmRole(db)).toEqual({ granted: true, role: CRM_ROLE });
  });

  test("reads every view", async () => {
    const views = new Set((await viewColumns()).map((column) => column.split(".")[0]!));
    expect(views.size).toBeGreaterThan(7);
    expect(views).toContain("crm_intake");
    for (const view of views) await crm.rows(`select * from ${view} limit 1`);
  });

  test("hands in rows, and can neither write a verdict nor take anything back", async () => {
    const refused = { trouble: "accessDenied" };
    const { insertId } = await crm.write("insert into crm_intake (action, campaign, numbers) values ('add', 'x', '1')");
    expect(await crm.rows("select status, code from crm_intake where intake_id = ?", [insertId])).toEqual([
      { status: "new", code: null },
    ]);
    await expect(crm.write("insert into crm_intake (action, status) values ('add', 'done')")).rejects.toMatchObject(
      refused,
    );
    await expect(crm.write("update crm_intake set action = 'add'")).rejects.toMatchObject(refused);
    await expect(crm.write("delete from crm_intake")).rejects.toMatchObject(refused);
    await crm.write("insert into crm_manual_call (campaign, agent, number) values ('x', 'y', '1')");
    for (const forbidden of [
      "insert into crm_manual_call (status, node_id) values ('ready', 'x')",
      "delete from crm_manual_call",
    ])
      await expect(crm.write(forbidden)).rejects.toMatchObject(refused);
  });

  test("reads no table but those in which it asks for something, and writes nothing else", async () => {
    const asking = ["crm_intake", "crm_manual_call", "crm_recording_command", "crm_transfer_command"];
    const tables = await db.rows<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'",
    );
    expect(tables.length).toBeGreaterThan(10);
    const refused = { trouble: "accessDenied" };
    for (const { name } of tables) {
      if (asking.includes(name)) continue;
      await expect(crm.rows(`select * from ${name} limit 1`)).rejects.toMatchObject(refused);
      await expect(crm.write(`delete from ${name}`)).rejects.toMatchObject(refused);
    }
    await expect(crm.write("update crm_lead set priority = 1")).rejects.toMatchObject(refused);
    await expect(crm.write("delete from crm_attempt")).rejects.toMatchObject(refused);
    await expect(crm.write("create table mine (id int)")).rejects.toMatchObject(refused);
  });

  test("is left to an administrator where our user may not make it", async () => {
    const modest = `modest_${process.pid}`;
    await lab.admin.write(`create user ${modest} identified by 'secret-1A!'`);
    const own = await lab.create("modest");
    await lab.admin.write(`grant all privileges on ${own.database}.* to ${modest}`);
    const modestly = lab.open({ ...own, user: modest, password: "secret-1A!" });
    const { crmRole, applied } = await migrate(modestly);
    expect(applied.length).toBeGreaterThan(0);
    expect(crmRole).toMatchObject({ granted: false, role: CRM_ROLE });
    if (crmRole.granted) return;
    for (const statement of crmRole.statements) await lab.admin.write(statement);
    await lab.admin.write(`drop user ${modest}`);
  });
});
