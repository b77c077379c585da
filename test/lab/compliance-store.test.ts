/** Forgetting on a real database: on request, and when the records' time is over; and the key that hides numbers. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { forgetWhatIsOver } from "../../src/app/housekeeping/retention.ts";
import { nodeId, type AttemptId, type CampaignId, type LeadId } from "../../src/domain/ids.ts";
import { after, type Instant } from "../../src/domain/instant.ts";
import { phoneNumber, type PhoneNumber } from "../../src/domain/phone-number.ts";
import {
  addCampaign,
  addSuppressions,
  becauseTells,
  beginImport,
  beginRegisterImport,
  erase,
  findSuppressions,
  latestSuppressions,
  leadsWithKey,
  migrate,
  numberKeyOf,
  numberState,
  pacingSaid,
  planErasure,
  removeSuppression,
  reportAttempts,
  settleHashKey,
  SqlStore,
  type Database,
} from "../../src/store/index.ts";
import {
  claimOf,
  ANYTHING,
  alarmOf,
  anyCampaign,
  anyNode,
  anyNumber,
  endOf,
  orderFor,
  soon,
  T0,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

jest.setTimeout(60_000);

const KEY = "a key for tests, of more than thirty-two bytes";
const DAY_MS = 86_400_000;
const WHO = { by: "anna", at: soon(3_600_000) };
const CONSENT = { kind: "written", reference: "form of Zenobia Quill, CRM-77412", givenAt: T0 } as const;

let lab: StoreLab;
let db: Database;
/** The same database, and no key. */
let keyless: Database;
let store: SqlStore;
const node = anyNode();

beforeAll(async () => {
  lab = await startStoreLab();
  const config = await lab.create("compliance");
  keyless = lab.open(config);
  db = lab.open({ ...config, numberHashKey: KEY });
  await migrate(db);
  store = new SqlStore(db);
  await store.holdNode(node, "test", T0, 3_600_000);
}, 90_000);
afterAll(() => lab.stop());

interface Person {
  readonly name?: string;
  readonly key?: string;
  readonly numbers: readonly PhoneNumber[];
  readonly attributes?: Readonly<Record<string, string>>;
}

const seed = async (people: readonly Person[], change: Parameters<typeof anyCampaign>[0] = {}) => {
  const campaign = await addCampaign(db, anyCampaign(change), WHO);
  const list = await beginImport(db, {
    ...{ campaignId: campaign, name: "l", fileName: "march.csv", fileHash: null, importedBy: "anna", importedAt: T0 },
    defaultTimeZone: "Europe/London",
  });
  const rows = await list.add(
    people.map(({ name, key, numbers, attributes }, index) => ({
      ...{ line: index + 2, externalKey: key ?? null, name: name ?? null, priority: 0, attributes: attributes ?? {} },
      ...{ region: "ENG", consent: name === "Zenobia Quill" ? CONSENT : null },
      numbers: numbers.map((number) => ({ number, type: "mobile", timeZone: null })),
    })),
  );
  await list.commit({ rowsRead: people.length, rowsRejected: 0 });
  return { campaign, leads: rows.map(({ leadId }) => leadId as LeadId) };
};

/** Dials everything that is due, once; ended unless left open. */
const dial = async (campaign: CampaignId, at: Instant, isOpen = false): Promise<AttemptId[]> => {
  const leads = await store.claimLeads(claimOf(campaign, node, { limit: 100, at: at, leaseMs: 60_000 }));
  const orders = leads.map((lead) =>
    orderFor(lead, {
      decidedAt: at,
      evidence: {
        consent: lead.consent,
        heard: `told ${lead.number}${lead.consent === null ? "" : " by Zenobia Quill"}`,
        plain: 1,
      },
    }),
  );
  await store.insertAttempts(node, orders, ANYTHING);
  if (!isOpen) {
    for (const [index, lead] of leads.entries()) {
      const order = orders[index];
      if (order === undefined) throw new Error("no order");
      await store.endAttempt(endOf(lead, order, { guaranteedOnlyUntil: after(at, 3 * DAY_MS) }));
    }
  }
  return orders.map(({ attemptId }) => attemptId);
};

/** Every text of every table that holds one of these words, as `table.column`. */
const whereFound = async (words: readonly string[]): Promise<string[]> => {
  const columns = await db.rows<{ t: string; c: string }>(
    `select table_name as t, column_name as c from information_schema.columns
     where table_schema = database() and data_type in
       ('char', 'varchar', 'text', 'tinytext', 'mediumtext', 'longtext', 'json', 'blob', 'varbinary')
       and table_name in (select table_name from information_schema.tables
                          where table_schema = database() and table_type = 'BASE TABLE')`,
  );
  expect(columns.length).toBeGreaterThan(60);
  const found: string[] = [];
  for (const { t, c } of columns) {
    for (const word of words) {
      const [row] = await db.rows<{ n: number }>(
        `select count(*) as n from \`${t}\` where lower(cast(\`${c}\` as char)) like ?`,
        [`%${word.toLowerCase()}%`],
      );
      if ((row?.n ?? 0) > 0) found.push(`${t}.${c}`);
    }
  }
  return [...new Set(found)].sort();
};

const tracesOf = (number: PhoneNumber): string => number.slice(4);

describe("erasing a person", () => {
  test("leaves nothing of number, name or key in any text of any table, and keeps what is evidence", async () => {
    const [first, second, other] = [anyNumber(), anyNumber(), anyNumber()];
    const { campaign, leads } = await seed([
      {
        name: "Zenobia Quill",
        key: "CRM-77412",
        numbers: [first, second],
        attributes: { Tel: first, Pet: "Zenobia Quill's cat" },
      },
      { name: "Somebody Else", key: "CRM-1", numbers: [other] },
    ]);
    const [attemptId] = await dial(campaign, soon(1_000));
    await addSuppressions(
      keyless,
      [{ number: second, reason: "opt-out", source: `told ${second}`, principal: "Acme Ltd" }],
      T0,
    );
    await db.write("insert into number_status (e164, permanent_outcome, since) values (?, 'unallocated', ?)", [
      ...[second, new Date(T0)],
    ]);
    // From before there was a key; the hashed one is there from dialling.
    await db.write(
      `insert into number_rule (principal, e164, guaranteed_only_until, because, changed_at)
       select principal, ?, guaranteed_only_until + interval 1 day, 'abandoned', changed_at from number_rule where e164 = ?`,
      [first, numberKeyOf(first, KEY)],
    );
    await store.raiseAlarm(
      alarmOf(campaign, T0, { attemptId: attemptId ?? null, says: `Silent: ${first}, Zenobia Quill.` }),
    );
    const register = await beginRegisterImport(keyless, {
      ...{ name: "TPS", fileName: "tps.txt", sha256: "0".repeat(64), fileDate: T0, loadedBy: "anna", loadedAt: T0 },
    });
    await register.add([first, other]);
    await register.commit();
    const words = [tracesOf(first), tracesOf(second), "Zenobia", "CRM-77412"];
    // The search itself finds things: number and name stand in all these.
    expect(await whereFound(words)).toEqual([
      ...[
        "alarm.says",
        "attempt.e164",
        "attempt.evidence",
        "campaign_lead.attributes",
        "campaign_lead.consent_reference",
      ],
      ...[
        "campaign_lead.external_key",
        "campaign_lead.name",
        "lead_number.e164",
        "number_rule.e164",
        "number_status.e164",
      ],
      ...["register_number.number_key", "suppression.e164", "suppression.source"],
    ]);

    const plan = await planErasure(db, { number: first });
    expect(plan).toMatchObject({ subject: [first], numbers: [first, second], attempts: 1, attemptsOpen: 0 });
    expect(plan.leads.map(({ leadId }) => leadId)).toEqual([leads[0]]);
    expect(becauseTells(plan, "Zenobia wrote")).toBe(true);
    expect(becauseTells(plan, `number ${first.slice(3)}`)).toBe(true);
    expect(becauseTells(plan, "letter of 3 March")).toBe(false);
    const report = await erase(db, { plan, because: "letter of 3 March", suppress: true, who: WHO });
    expect(report).toMatchObject({ leads: 1, numbers: 2, attempts: 1, suppressed: 2 });

    expect(await whereFound(words)).toEqual([]);
    const hash = numberKeyOf(first, KEY);
    const [row] = await db.rows<{ e164: string; evidence: string; outcome: string; erased_at: Date }>(
      "select e164, evidence, outcome, erased_at from attempt where attempt_id = ?",
      [attemptId ?? ""],
    );
    expect(row).toMatchObject({ e164: hash, outcome: "connected", erased_at: new Date(WHO.at) });
    expect(JSON.parse(row?.evidence ?? "")).toMatchObject({ plain: 1, consent: { kind: "written" } });
    const [lead] = await db.rows(
      "select state, reason, name, external_key, attributes from campaign_lead where lead_id = ?",
      [leads[0] ?? 0],
    );
    expect(lead).toMatchObject({ state: "done", reason: "erased", name: null, external_key: null, attributes: "{}" });
    // Known by number all the same, for as long as somebody who has it asks.
    const state = await numberState(db, first, null, soon(2_000));
    expect(state.suppressions).toMatchObject([{ numberKey: hash, principal: "", reason: "erasure" }]);
    expect(state.registers).toMatchObject([{ name: "TPS", listed: true }]);
    expect(state.guaranteedOnly).toMatchObject([{ until: after(soon(1_000), 4 * DAY_MS) }]);
    expect(state.attempts).toHaveLength(1);
    expect((await numberState(db, second, null, T0)).takenOut).toMatchObject({ outcome: "unallocated" });
    expect(await findSuppressions(db, second)).toHaveLength(2);
    expect(await reportAttempts(db, { number: first }, 10)).toMatchObject([{ number: hash, leadName: null }]);
    // Nobody else has lost anything.
    expect(await leadsWithKey(db, "CRM-1")).toHaveLength(1);
    expect((await numberState(db, other, null, T0)).suppressions).toEqual([]);
    expect(await db.rows("select asked_by, because, subject_key, leads, numbers, attempts from erasure")).toEqual([
      { asked_by: "anna", because: "letter of 3 March", subject_key: hash, leads: 1, numbers: 2, attempts: 1 },
    ]);
  });

  test("may be repeated, and writes down only what it did", async () => {
    const number = anyNumber();
    await seed([{ name: "Ulla Vane", numbers: [number] }]);
    const again = async () =>
      erase(db, { plan: await planErasure(db, { number }), because: "ticket 1", suppress: true, who: WHO });
    expect(await again()).toMatchObject({ leads: 1, suppressed: 1 });
    const count = async () => (await db.rows("select 1 from erasure")).length;
    const before = await count();
    expect(await again()).toEqual({ leads: 0, numbers: 0, attempts: 0, suppressed: 0, erasureId: null });
    expect(await count()).toBe(before);
  });

  test("by key takes every lead that has one of their numbers", async () => {
    const [one, two] = [anyNumber(), anyNumber()];
    const { leads } = await seed([{ name: "Xaver Ohm", key: "K-1", numbers: [one, two] }]);
    const elsewhere = await seed([{ name: "X. Ohm", key: "Other-9", numbers: [two] }]);
    const plan = await planErasure(db, { leads: await leadsWithKey(db, "K-1") });
    expect(plan.leads.map(({ leadId }) => leadId)).toEqual([...leads, ...elsewhere.leads]);
    await erase(db, { plan, because: "ticket 2", suppress: false, who: WHO });
    expect(await whereFound([tracesOf(one), tracesOf(two), "Ohm", "Other-9"])).toEqual([]);
    expect(await findSuppressions(db, one)).toEqual([]);
  });

  test("waits for a call that is under way, whoever began it when", async () => {
    const number = anyNumber();
    const { campaign, leads } = await seed([{ name: "Wanda Jy", numbers: [number] }]);
    const early = await planErasure(db, { number });
    await dial(campaign, soon(5_000), true);
    const plan = await planErasure(db, { number });
    expect(plan.attemptsOpen).toBe(1);
    await expect(erase(db, { plan, because: "x", suppress: true, who: WHO })).rejects.toMatchObject({
      kind: "conflict",
    });
    expect(await findSuppressions(db, number)).toEqual([]);
    // Planned before the call began: found out when the lead is locked.
    await expect(erase(db, { plan: early, because: "x", suppress: false, who: WHO })).rejects.toMatchObject({
      kind: "conflict",
    });
    const [lead] = await db.rows("select name from campaign_lead where lead_id = ?", [leads[0] ?? 0]);
    expect(lead).toEqual({ name: "Wanda Jy" });
  });

  test("nothing is erased without a key", async () => {
    const plan = await planErasure(keyless, { number: anyNumber() });
    await expect(erase(keyless, { plan, because: "x", suppress: true, who: WHO })).rejects.toThrow("numberHashKey");
  });

  test("a lead that a node has in hand is not dialled any more", async () => {
    const number = anyNumber();
    const { campaign } = await seed([{ name: "Yves Tarn", numbers: [number] }]);
    const [lead] = await store.claimLeads(claimOf(campaign, node, { limit: 1, at: soon(1_000), leaseMs: 60_000 }));
    if (lead === undefined) throw new Error("nothing was due");
    await erase(db, { plan: await planErasure(db, { number }), because: "x", suppress: false, who: WHO });
    await expect(store.insertAttempts(node, [orderFor(lead)], ANYTHING)).rejects.toMatchObject({ kind: "conflict" });
    expect(await whereFound([tracesOf(number), "Tarn"])).toEqual([]);
  });
});

describe("the key", () => {
  test("is remembered by what it makes, and another is told from it", async () => {
    const config = await lab.create("hash_key");
    const open = (numberHashKey: string | null) => lab.open({ ...config, numberHashKey });
    await migrate(open(null));
    expect(await settleHashKey(open(null), T0)).toBe("none");
    expect(await settleHashKey(open(KEY), T0)).toBe("same");
    expect(await settleHashKey(open(KEY), soon(1))).toBe("same");
    expect(await settleHashKey(open(`${KEY}.`), T0)).toBe("different");
    expect(await settleHashKey(open(null), T0)).toBe("missing");
    const [row] = await open(null).rows<{ check_value: string }>("select check_value from number_hash_key");
    expect(row?.check_value).toMatch(/^[0-9a-f]{64}$/);
  });

  test("hides what is written, and finds what was written before it came", async () => {
    const [old, fresh] = [anyNumber(), anyNumber()];
    await addSuppressions(keyless, [{ number: old, reason: "opt-out", source: "x" }], T0);
    const added = await addSuppressions(
      db,
      [old, fresh].map((number) => ({ number, reason: "opt-out", source: "y" })),
      T0,
    );
    expect(added).toBe(1);
    expect(await findSuppressions(db, old)).toMatchObject([{ numberKey: old, source: "x" }]);
    expect(await findSuppressions(db, fresh)).toMatchObject([{ numberKey: numberKeyOf(fresh, KEY) }]);
    expect(await whereFound([tracesOf(fresh)])).toEqual([]);
    expect(await removeSuppression(db, old)).toBe(true);
    expect(await removeSuppression(db, fresh)).toBe(true);
  });
});

describe("when the records' time is over", () => {
  const profiles = new Map([
    ["UK", { recordsMonths: 12 }],
    ["US", { recordsMonths: 60 }],
  ]);

  test("attempts lose the number and leads the person, each by their own regime; counts stay", async () => {
    const [uk, us, gone] = [anyNumber(), anyNumber(), anyNumber()];
    const british = await seed([{ name: "Ada Nine", key: "Nine-Key-Q1", numbers: [uk] }]);
    const american = await seed([{ name: "Bea Ten", key: "Ten-Key-Q2", numbers: [us] }], { profile: "US" });
    const unknown = await seed([{ name: "Cy Eleven", numbers: [gone] }], { profile: "ZZ" });
    for (const { campaign, profile } of [
      { campaign: british.campaign, profile: "UK" },
      { campaign: american.campaign, profile: "US" },
      { campaign: unknown.campaign, profile: "ZZ" },
    ]) {
      const ids = await dial(campaign, soon(9_000));
      expect(ids).toHaveLength(1);
      await db.write("update attempt set profile = ?, sip_call_id = 'x@y' where attempt_id in (?)", [profile, ids]);
    }
    await addSuppressions(keyless, [{ number: uk, reason: "opt-out", source: "z", channel: "call" }], T0);
    const run = (at: Instant) => forgetWhatIsOver(db, profiles, () => at);

    expect(await run(after(T0, 360 * DAY_MS))).toMatchObject({ attempts: 0, leads: 0 });
    expect(await whereFound([tracesOf(uk)])).toEqual(["attempt.e164", "attempt.evidence", "lead_number.e164"]);
    // What else this database's tests have left is of the same age.
    const year = await run(after(T0, 400 * DAY_MS));
    expect(year?.attempts).toBeGreaterThan(0);
    expect(await whereFound([tracesOf(uk), "Ada Nine", "Nine-Key-Q1"])).toEqual([]);
    expect(await whereFound([tracesOf(us)])).toEqual(["attempt.e164", "attempt.evidence", "lead_number.e164"]);
    expect(await whereFound([tracesOf(gone)])).toEqual(["attempt.e164", "attempt.evidence", "lead_number.e164"]);
    const [row] = await db.rows(
      "select e164, evidence, sip_call_id, outcome, trunk from attempt where campaign_id = ?",
      [british.campaign],
    );
    expect(row).toEqual({ e164: "", evidence: "{}", sip_call_id: null, outcome: "connected", trunk: "carrier" });
    expect(await findSuppressions(db, uk)).toMatchObject([
      { numberKey: numberKeyOf(uk, KEY), source: "z", channel: "call" },
    ]);
    expect(await db.rows("select 1 from number_rule")).toEqual([]);

    expect((await run(after(T0, 6 * 366 * DAY_MS)))?.attempts).toBe(2);
    expect(await whereFound([tracesOf(us), tracesOf(gone), "Bea Ten", "Cy Eleven"])).toEqual([]);
    expect(await run(after(T0, 6 * 366 * DAY_MS))).toMatchObject({ attempts: 0, leads: 0, suppressionsHashed: 0 });
    expect(await reportAttempts(db, {}, 100)).not.toHaveLength(0);
  });

  test("numbers that rest go on resting, and one machine is enough", async () => {
    const number = anyNumber();
    const { campaign } = await seed([{ numbers: [number] }]);
    const at = soon(100_000);
    await dial(campaign, at);
    const held = await db.hold();
    const name = `fairdial retention ${db.name}`;
    await held.rows("select get_lock(?, 0)", [name]);
    expect(await forgetWhatIsOver(db, profiles, () => after(at, DAY_MS))).toBeNull();
    await held.rows("select release_lock(?)", [name]);
    held.release();
    await forgetWhatIsOver(db, profiles, () => after(at, 2 * DAY_MS));
    expect((await numberState(db, number, null, after(at, 2 * DAY_MS))).guaranteedOnly).toHaveLength(1);
    const later = await forgetWhatIsOver(db, profiles, () => after(at, 7 * DAY_MS));
    expect(later).toMatchObject({ numberRules: 1 });
  });

  test("what pacing said and learned goes when its node has been silent for a season", async () => {
    const { campaign } = await seed([]);
    const report = { campaignId: campaign, because: "agents", says: "x", facts: {}, memory: { learned: 1 } };
    await store.reportPacing(node, [{ ...report, at: T0 }]);
    await store.reportPacing(nodeId("silent"), [{ ...report, at: after(T0, -DAY_MS) }]);
    const at = after(T0, 90 * DAY_MS);
    expect(await forgetWhatIsOver(db, profiles, () => at)).toMatchObject({ pacingReports: 1 });
    expect((await pacingSaid(db, campaign)).map((said) => said.nodeId)).toEqual([node]);
    expect(await store.pacingMemories(nodeId("silent"))).toMatchObject([{ memory: { learned: 1 } }]);
    expect(await forgetWhatIsOver(db, profiles, () => after(at, 1))).toMatchObject({ pacingReports: 1 });
    expect(await store.pacingMemories(node)).toEqual([]);
  });

  test("many entries are hashed in many steps", async () => {
    const many = Array.from({ length: 1_300 }, () => anyNumber());
    await addSuppressions(
      keyless,
      many.map((number) => ({ number, reason: "dnc", source: "file" })),
      T0,
    );
    expect(await forgetWhatIsOver(db, profiles, () => T0)).toMatchObject({ suppressionsHashed: 1_300 });
    const { latest } = await latestSuppressions(db, { reason: "dnc" }, 2_000);
    expect(latest).toHaveLength(1_300);
    expect(latest.filter(({ numberKey }) => numberKey.startsWith("+"))).toEqual([]);
    expect(await findSuppressions(db, many[700] ?? phoneNumber("+4400000000"))).toHaveLength(1);
  });
});
