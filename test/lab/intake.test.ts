/** What a CRM hands in: each row gets its verdict, and none holds up another. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { settleAll } from "../../src/app/intake/intake-loop.ts";
import { readProfiles } from "../../src/app/profiles.ts";
import type { CampaignId } from "../../src/domain/ids.ts";
import { after } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { LeadVerdict } from "../../src/engine/ports.ts";
import { addCampaign, forgetIntake, migrate, settleIntake, SqlStore, type Database } from "../../src/store/index.ts";
import {
  ANYTHING,
  anyCampaign,
  anyNode,
  claimOf,
  endOf,
  orderFor,
  retryAt,
  T0,
  UNLESS_BARRED,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

jest.setTimeout(60_000);

let lab: StoreLab;
let db: Database;
let campaignId: CampaignId;
const errors: unknown[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_text: string, facts?: unknown) => errors.push(facts),
} as never;
const profiles = readProfiles([], T0);
const settle = () => settleAll({ database: db, clock: { now: () => T0 }, log, profiles: () => profiles });

beforeAll(async () => {
  lab = await startStoreLab();
  db = lab.open(await lab.create("intake"));
  await migrate(db);
  campaignId = await addCampaign(db, anyCampaign({ name: "spring", cliNumber: "+442079460000" as never }), {
    by: "test",
    at: T0,
  });
});
afterAll(() => lab.stop());

type Values = Readonly<Record<string, string | number | Date | null>>;
const handIn = async (values: Values): Promise<number> => {
  const names = Object.keys(values);
  const { insertId } = await db.write(
    `insert into crm_intake (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
    Object.values(values),
  );
  return insertId;
};
const verdictOf = async (id: number) => {
  const [row] = await db.rows<{ status: string; code: string; says: string; lead_id: number | null }>(
    "select status, code, says, lead_id from crm_intake where intake_id = ?",
    [id],
  );
  return row!;
};
const verdict = async (values: Values) => {
  const id = await handIn(values);
  await settle();
  return verdictOf(id);
};
const lead = async (id: number | null) =>
  (
    await db.rows<Record<string, unknown>>(
      "select state, reason, queue, name, attributes, source_id, zone_id from campaign_lead where lead_id = ?",
      [id],
    )
  )[0];
const leadRow = async (id: number) =>
  (await db.rows<Record<string, unknown>>("select * from campaign_lead where lead_id = ?", [id]))[0];
const ADD = { action: "add", campaign: "spring" };

test("a lead is added, changed, called back, and withdrawn", async () => {
  const added = await verdict({
    ...ADD,
    external_key: "A1",
    name: "Ann",
    numbers: '[{"number": "07911 150001", "kind": "mobile"}, "020 7946 0201"]',
    attributes: '{"age": 41, "town": "Leeds"}',
  });
  expect(added).toMatchObject({ status: "done", code: "added" });
  expect(await lead(added.lead_id)).toMatchObject({ state: "ready", queue: 0, name: "Ann" });
  expect((await lead(added.lead_id))?.["source_id"]).not.toBe(0);
  expect((await lead(added.lead_id))?.["zone_id"]).not.toBe(0);
  const changed = await verdict({ action: "update", campaign: "spring", external_key: "A1", attributes: '{"age":42}' });
  expect(changed).toMatchObject({ status: "done", code: "changed", lead_id: added.lead_id });
  expect(JSON.parse(String((await lead(added.lead_id))?.["attributes"]))).toEqual({ age: "42", town: "Leeds" });
  // A Monday: on the Sunday between nobody is called.
  const due = new Date(after(T0, 2 * 86_400_000));
  const promised = await verdict({
    action: "callback",
    campaign: "spring",
    external_key: "A1",
    due_at: due,
    note: "after work",
  });
  expect(promised).toMatchObject({ status: "done", code: "callback-promised" });
  expect(await lead(added.lead_id)).toMatchObject({ state: "ready", queue: 3 });
  const withdrawn = await verdict({ action: "withdraw", lead_id: added.lead_id });
  expect(withdrawn).toMatchObject({ status: "done", code: "withdrawn" });
  expect(await lead(added.lead_id)).toMatchObject({ state: "done", reason: "withdrawn" });
  expect(await db.rows("select state from callback where lead_id = ?", [added.lead_id])).toEqual([
    { state: "withdrawn" },
  ]);
});

describe("a lead that is taken back while it is in hand", () => {
  const node = anyNode();
  let serial = 200;
  /** Added by a CRM into a campaign of its own, and leased by a daemon. */
  const leased = async (store: SqlStore) => {
    serial += 1;
    const [name, key] = [`away-${serial}`, `W${serial}`];
    const campaign = await addCampaign(db, anyCampaign({ name, cliNumber: "+442079460000" as never }), {
      ...{ by: "test", at: T0 },
    });
    const numbers = `["07911150${serial}", "020 7946 0${serial}"]`;
    const { lead_id } = await verdict({ action: "add", campaign: name, external_key: key, numbers });
    const claim = async () => store.claimLeads(claimOf(campaign, node));
    const [claimed] = await claim();
    expect(claimed?.leadId).toBe(lead_id);
    const due = { due_at: new Date(after(T0, 3_600_000)) };
    return { lead: claimed!, claim, withdraw: () => verdict({ action: "withdraw", lead_id }), name, key, due };
  };
  const open = async (): Promise<SqlStore> => {
    const store = new SqlStore(db);
    await store.holdNode(node, "this test", T0, 3_600_000);
    return store;
  };
  const WITHDRAWN = { state: "done", reason: "withdrawn" };

  test.each<[string, LeadVerdict, Outcome]>([
    ["that nobody answers", retryAt(after(T0, 60_000), "no-answer"), "no-answer"],
    ["that is engaged, with a number left", { type: "done", because: "invalid" }, "unallocated"],
    ["that is given back", { type: "requeue" }, "not-placed"],
    ["that is held", { type: "held", because: "no-window" }, "no-answer"],
  ])("ends as withdrawn after a call %s, and nothing promised outlives it", async (_what, settled, outcome) => {
    const store = await open();
    const { lead, withdraw, claim, name, key, due } = await leased(store);
    const order = orderFor(lead);
    expect(await store.insertAttempts(node, [order], ANYTHING)).toEqual([]);
    expect(await verdict({ action: "callback", campaign: name, external_key: key, ...due })).toMatchObject({
      ...{ status: "done" },
    });
    expect((await withdraw()).says).toContain("the call that goes on is its last");
    // Not even by somebody who asks meanwhile.
    expect(await verdict({ action: "callback", campaign: name, external_key: key, ...due })).toMatchObject({
      ...{ status: "refused", code: "lead-done" },
    });
    await store.endAttempt(endOf(lead, order, { outcome, verdict: settled }));
    expect(await leadRow(lead.leadId)).toMatchObject(WITHDRAWN);
    expect(await claim()).toEqual([]);
    expect(await db.rows("select distinct state from callback where lead_id = ?", [lead.leadId])).toEqual([
      { state: "withdrawn" },
    ]);
  });

  test("is not dialled from the hopper, whichever way it leaves that", async () => {
    const store = await open();
    const refused = await leased(store);
    await refused.withdraw();
    const order = orderFor(refused.lead);
    expect(await store.insertAttempts(node, [order], UNLESS_BARRED)).toEqual([order.attemptId]);
    await store.releaseLead(node, refused.lead.leadId, { type: "requeue" }, T0);
    expect(await leadRow(refused.lead.leadId)).toMatchObject({ ...WITHDRAWN, lease_node: null });

    const givenBack = await leased(store);
    await givenBack.withdraw();
    await store.releaseLeases(node, null);
    expect(await givenBack.claim()).toEqual([]);
    expect(await leadRow(givenBack.lead.leadId)).toMatchObject(WITHDRAWN);
  });

  test("takes its promise with it, also the one that the call was to keep", async () => {
    const store = await open();
    const first = await leased(store);
    await store.releaseLead(node, first.lead.leadId, { type: "requeue" }, T0);
    await verdict({ action: "callback", campaign: first.name, external_key: first.key, due_at: new Date(T0) });
    const [lead] = await first.claim();
    const { callbackId } = lead!.callback!;
    const order = orderFor(lead!);
    await store.insertAttempts(node, [order], ANYTHING);
    await first.withdraw();
    const again = retryAt(after(T0, 60_000), "callback", {
      ...{ queue: "callback", promise: { callbackId, fate: "waiting" } },
    });
    await store.endAttempt(endOf(lead!, order, { outcome: "no-answer", verdict: again }));
    expect(await leadRow(lead!.leadId)).toMatchObject(WITHDRAWN);
    expect(await db.rows("select state from callback where callback_id = ?", [callbackId])).toEqual([
      { state: "withdrawn" },
    ]);
  });

  test("stays so when a later row names its numbers", async () => {
    const store = await open();
    const { lead, withdraw, name, key } = await leased(store);
    const order = orderFor(lead);
    await store.insertAttempts(node, [order], ANYTHING);
    await withdraw();
    await store.endAttempt(endOf(lead, order, { outcome: "no-answer", verdict: retryAt(T0, "no-answer") }));
    await verdict({ action: "update", campaign: name, external_key: key, numbers: lead.number });
    expect(await leadRow(lead.leadId)).toMatchObject(WITHDRAWN);
  });
});

test("a later row tells again where a number is, of a lead from before that was known", async () => {
  const { lead_id } = await verdict({ ...ADD, external_key: "C1", numbers: "020 7946 0300" });
  const country = async () => db.rows("select country, kind from lead_number where lead_id = ?", [lead_id]);
  await db.write("update lead_number set country = null where lead_id = ?", [lead_id]);
  await verdict({ action: "update", campaign: "spring", external_key: "C1", name: "Cy", numbers: "020 7946 0300" });
  expect(await country()).toEqual([{ country: "GB", kind: "other" }]);
});

test("whoever does not want to be called is suppressed, by number or by lead, whatever the number costs", async () => {
  expect(await verdict({ action: "suppress", numbers: "09098790123" })).toMatchObject({ code: "suppressed" });
  const { lead_id } = await verdict({ ...ADD, external_key: "S1", numbers: "07911150002" });
  expect(await verdict({ action: "suppress", campaign: "spring", external_key: "S1" })).toMatchObject({
    code: "suppressed",
  });
  expect(await lead(lead_id)).toMatchObject({ state: "done", reason: "withdrawn" });
  const kept = await db.rows("select e164 from suppression order by e164");
  expect(kept).toEqual([{ e164: "+447911150002" }, { e164: "+449098790123" }]);
  expect(await verdict({ ...ADD, external_key: "S2", numbers: "09098790124" })).toMatchObject({
    code: "number-premium-rate",
  });
});

/** One who may be called by day, and one who was suppressed. */
const people = async () => {
  await verdict({ ...ADD, external_key: "B1", numbers: "020 7946 0401" });
  await verdict({ ...ADD, external_key: "B2", numbers: "020 7946 0402" });
  await verdict({ action: "suppress", numbers: "020 7946 0402" });
};

describe("a callback that a CRM asks for is promised as a manager's is", () => {
  const ask = async (due: string, until: string | null, more: Values = {}) => {
    await people();
    const values = { action: "callback", campaign: "spring", external_key: "B1", ...more };
    const id = await handIn({ ...values, due_at: new Date(due), until_at: until === null ? null : new Date(until) });
    await settle();
    const [row] = await db.rows<{ due_at: Date; until_at: Date; number_id: number | null }>(
      "select b.due_at, b.until_at, b.number_id from callback b join crm_intake i on i.callback_id = b.callback_id where i.intake_id = ?",
      [id],
    );
    return { verdict: await verdictOf(id), row };
  };

  test("at the time that was asked for, on a number that may be dialled then", async () => {
    const { verdict: told, row } = await ask("2026-11-23T18:30:00Z", null);
    expect(told).toMatchObject({ status: "done", code: "callback-promised" });
    expect(row).toMatchObject({ due_at: new Date("2026-11-23T18:30:00Z"), until_at: new Date("2026-11-23T19:30:00Z") });
    expect(row?.number_id).not.toBeNull();
  });

  test("later, when the hours open while it lasts; and that is said", async () => {
    const { verdict: told, row } = await ask("2026-11-23T05:00:00Z", "2026-11-23T12:00:00Z");
    expect(told).toMatchObject({ status: "done", code: "callback-moved" });
    expect(told.says).toMatch(/but later: .* It begins at Mon 23 Nov 2026 0[89]:00 Europe\/London\./);
    expect(row!.due_at > new Date("2026-11-23T07:59:00Z")).toBe(true);
    expect(row!.until_at).toEqual(new Date("2026-11-23T12:00:00Z"));
  });

  test("not at all, when they are closed all the while; the next moment is said and nothing is promised", async () => {
    const { verdict: told, row } = await ask("2026-11-23T22:00:00Z", "2026-11-23T23:00:00Z");
    expect(told).toMatchObject({ status: "refused", code: "callback-closed" });
    expect(told.says).toMatch(/next moment is Tue 24 Nov 2026 0[89]:00 Europe\/London\./);
    expect(row).toBeUndefined();
  });

  test("in the very batch in which the lead came", async () => {
    const key = { campaign: "spring", external_key: "B9" };
    await handIn({ action: "add", ...key, numbers: "020 7946 0409" });
    const id = await handIn({ action: "callback", ...key, due_at: new Date("2026-11-23T18:30:00Z") });
    await settle();
    expect(await verdictOf(id)).toMatchObject({ status: "done", code: "callback-promised" });
  });

  test("by the lead alone, whose campaign is known", async () => {
    await people();
    const [lead] = await db.rows<{ lead_id: number }>("select lead_id from campaign_lead where external_key = 'B1'");
    const due_at = new Date("2026-11-23T23:30:00Z");
    expect(await verdict({ action: "callback", lead_id: lead!.lead_id, due_at })).toMatchObject({
      ...{ status: "refused", code: "callback-closed" },
    });
  });
});

test.each<[string, Values, string]>([
  ["an action nobody knows", { action: "ad", campaign: "spring" }, "unknown-action"],
  ["a campaign nobody knows", { action: "add", campaign: "sprung", numbers: "07911150003" }, "unknown-campaign"],
  ["no campaign", { action: "add", numbers: "07911150003" }, "campaign-missing"],
  ["no number", ADD, "number-missing"],
  ["a number that is none", { ...ADD, numbers: "hello" }, "number-unreadable"],
  ["numbers that are an object of nothing", { ...ADD, numbers: '{"a":1}' }, "numbers-unreadable"],
  ["numbers that are half of JSON", { ...ADD, numbers: '["0791' }, "numbers-unreadable"],
  ["a kind nobody knows", { ...ADD, numbers: '[{"number":"07911150003","kind":"boat"}]' }, "numbers-unreadable"],
  ["another country", { ...ADD, numbers: "+1 213 373 4253" }, "number-country-refused"],
  ["a megabyte of numbers", { ...ADD, numbers: `["${"0".repeat(1_000_000)}"]` }, "numbers-unreadable"],
  ["attributes that are a list", { ...ADD, numbers: "07911150003", attributes: "[1]" }, "attributes-unreadable"],
  [
    "a megabyte of attributes",
    { ...ADD, numbers: "07911150003", attributes: `{"a":"${"x".repeat(1_000_000)}"}` },
    "row-too-long",
  ],
  [
    "attributes without bottom",
    { ...ADD, numbers: "07911150003", attributes: "[".repeat(60_000) },
    "attributes-unreadable",
  ],
  ["a key without end", { ...ADD, numbers: "07911150003", external_key: "k".repeat(400) }, "key-too-long"],
  ["a name without end", { ...ADD, numbers: "07911150003", name: "n".repeat(900) }, "name-too-long"],
  ["a zone that is none", { ...ADD, numbers: "07911150003", time_zone: "Moon/Crater" }, "time-zone-unknown"],
  ["a priority that is none", { ...ADD, numbers: "07911150003", priority: "high" }, "priority-unreadable"],
  ["no lead", { action: "update", campaign: "spring" }, "lead-missing"],
  ["a lead nobody knows", { action: "withdraw", campaign: "spring", external_key: "nobody" }, "unknown-lead"],
  ["a callback without its time", { action: "callback", campaign: "spring", external_key: "A1" }, "due-missing"],
  [
    "a callback in the night",
    { action: "callback", campaign: "spring", external_key: "B1", due_at: new Date("2026-11-23T23:30:00Z") },
    "callback-closed",
  ],
  [
    "a callback to nobody who may be called",
    { action: "callback", campaign: "spring", external_key: "B2", due_at: new Date("2026-11-23T12:00:00Z") },
    "callback-barred",
  ],
  ["SQL in every place", { action: "add'; drop table agent; --", campaign: "x' or 1=1" }, "unknown-action"],
])("%s gets a verdict", async (_name, values, code) => {
  await people();
  const told = await verdict(values);
  expect(told).toMatchObject({ status: "refused", code });
  expect(told.says).toMatch(/^[A-Z].*[.?]$/);
});

test("bad rows hold up no good one, and nothing waits", async () => {
  const good: number[] = [];
  for (let at = 0; at < 40; at += 1) {
    if (at % 3 === 0) await handIn({ action: "?", numbers: "x".repeat(100_000) });
    good.push(await handIn({ ...ADD, external_key: `G${at}`, numbers: `079111600${String(at).padStart(2, "0")}` }));
  }
  await settle();
  for (const id of good) expect((await verdictOf(id)).code).toBe("added");
  expect(await db.rows("select 1 from crm_intake where status = 'new'")).toEqual([]);
});

test("a row that breaks us is refused alone", async () => {
  const [bad, fine] = [
    await handIn({ ...ADD, external_key: "boom" }),
    await handIn({ ...ADD, numbers: "07911170001" }),
  ];
  const failed: number[] = [];
  await settleIntake(
    db,
    10,
    () => T0,
    async (tx, row) => {
      if (row.externalKey === "boom") {
        await tx.write("insert into import_gate (campaign_id) values (4000000)");
        throw new Error("a mistake of ours");
      }
      return { status: "done", code: "added", says: "Yes.", leadId: null, callbackId: null };
    },
    (id) => failed.push(id),
  );
  expect(failed).toEqual([bad]);
  expect(await verdictOf(bad)).toMatchObject({ status: "refused", code: "intake-failed" });
  expect(await verdictOf(fine)).toMatchObject({ status: "done", code: "added" });
  expect(await db.rows("select 1 from import_gate where campaign_id = 4000000")).toEqual([]);
});

test("two daemons share the rows, and each is carried out once", async () => {
  const ids: number[] = [];
  for (let at = 0; at < 120; at += 1) {
    ids.push(await handIn({ ...ADD, external_key: `T${at}`, numbers: `07911180${String(at).padStart(3, "0")}` }));
  }
  await Promise.all([settle(), settle(), settle()]);
  for (const id of ids) expect((await verdictOf(id)).code).toBe("added");
  const [count] = await db.rows<{ leads: number }>(
    "select count(*) as leads from campaign_lead where campaign_id = ? and external_key like 'T%'",
    [campaignId],
  );
  expect(count?.leads).toBe(120);
  expect(errors).toEqual([]);
});

test("old verdicts are forgotten, and what waits is not", async () => {
  const waiting = await handIn({ ...ADD, numbers: "07911190001" });
  await db.write("update crm_intake set settled_at = ? where status <> 'new'", [new Date(after(T0, -86_400_000))]);
  expect(await forgetIntake(db, T0, () => true)).toBeGreaterThan(100);
  expect(await db.rows("select intake_id from crm_intake")).toEqual([{ intake_id: waiting }]);
});
