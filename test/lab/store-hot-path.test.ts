/** What is asked while somebody waits: along an index whatever lies in the tables, in either form of a number, and quickly. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { AccountScope } from "../../src/domain/account.ts";
import { campaignId, nodeId } from "../../src/domain/ids.ts";
import type { PhoneNumber } from "../../src/domain/phone-number.ts";
import { migrate, numberKeyOf, SqlStore, type Database, type DatabaseConfig } from "../../src/store/index.ts";
import type { SqlParameter } from "../../src/store/database.ts";
import { factsQuestion, numberFacts } from "../../src/store/number-facts.ts";
import { dateOf } from "../../src/store/rows.ts";
import { candidatesQuestion, highestQuestion, placesQuestion, SOURCES_QUESTION } from "../../src/store/claim-cells.ts";
import { NUMBERS_QUESTION, PROMISES_QUESTION, STORIES_QUESTION, ZONES_QUESTION } from "../../src/store/lead-to-dial.ts";
import { EXPIRED_QUESTION, LOCK_QUESTION } from "../../src/store/verbs/claim-leads.ts";
import { RATES_QUESTION } from "../../src/store/verbs/contact-rates.ts";
import { RELEASE } from "../../src/store/verbs/release-leases.ts";
import { OVERDUE_QUESTION } from "../../src/store/admin/missed-callbacks.ts";
import { SAID_QUESTION } from "../../src/store/admin/pacing-reports.ts";
import { countsQuestion, OPEN_STATES, overdialQuestion } from "../../src/store/verbs/accounts.ts";
import { SUPPRESSED_QUESTION, UNDERWAY_QUESTION } from "../../src/store/verbs/opted-out.ts";
import { LEARNED_QUESTION } from "../../src/store/verbs/pacing.ts";
import { urgentQuestion } from "../../src/store/verbs/urgent-wishes.ts";
import {
  claimOf,
  anyNode,
  anyNumber,
  ANYTHING,
  endOf,
  orderFor,
  soon,
  T0,
  type StoreFixture,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

jest.setTimeout(60_000);

const KEY = "a key of the site, thirty-two bytes and more";

let lab: StoreLab;
let config: DatabaseConfig;
let db: Database;
let fixture: StoreFixture;
beforeAll(async () => {
  lab = await startStoreLab();
  config = await lab.create("hot_path");
  db = lab.open(config);
  await migrate(db);
  fixture = sqlFixture(db, async () => undefined);
}, 60_000);
afterAll(() => lab.stop());

interface ExplainedRow {
  readonly table: string | null;
  readonly type: string | null;
  readonly key: string | null;
}

/** Tables of a few rows, which are read whole by right. */
const SMALL = new Set(["r", "o", "c", "s", "z"]);

/** Tables that the statement reads without an index, or by walking along the whole of one. */
const readWhole = async (sql: string, values: readonly SqlParameter[]): Promise<string[]> => {
  const rows = await db.rows<ExplainedRow>(`explain ${sql}`, values);
  return rows
    .filter(({ table, type }) => table !== null && !table.startsWith("<") && type !== null && !SMALL.has(table))
    .filter(({ type, key }) => key === null || type === "ALL" || type === "index")
    .map(({ table }) => String(table));
};

describe("along an index", () => {
  beforeAll(async () => {
    // Enough of everything that walking through it all would be a mistake; the server may not have counted it.
    const node = anyNode();
    const store = new SqlStore(db);
    await store.holdNode(node, "hot", T0, 60_000);
    const campaign = await fixture.seedCampaign();
    const leads = await fixture.seedList(
      campaign,
      Array.from({ length: 300 }, () => ({ numbers: [{ number: anyNumber() }] })),
    );
    expect(leads).toHaveLength(300);
    const claimed = await store.claimLeads(claimOf(campaign, node, { limit: 300, at: T0, leaseMs: 60_000 }));
    const orders = claimed.map((lead) => orderFor(lead, { overdial: true }));
    await store.insertAttempts(node, orders, ANYTHING);
    for (const [index, order] of orders.entries()) {
      if (index % 10 === 0) continue;
      const account = { entry: "connected", day: `2026-11-${String(1 + (index % 28)).padStart(2, "0")}` } as const;
      await store.endAttempt(endOf(claimed[index]!, order, { account }));
    }
    const many = Array.from({ length: 4_000 }, () => anyNumber());
    await db.write("insert into suppression (e164, reason, source, added_at) values ?", [
      many.map((number) => [number, "dnc", "many", dateOf(T0)]),
    ]);
    await db.write("insert into number_status (e164, permanent_outcome, since) values ?", [
      many.map((number) => [number, "unallocated", dateOf(T0)]),
    ]);
    await db.write("insert into campaign_pacing values ?", [
      Array.from({ length: 400 }, (_, index) => [
        ...[1 + (index % 20), `node-${Math.floor(index / 20)}`, dateOf(T0), "agents", "x", "{}", null, null],
      ]),
    ]);
    const file = { name: "TPS", fileDate: T0, loadedAt: T0, numbers: 1, sha256: "a".repeat(64) };
    await fixture.loadRegister(file, many);
  });

  const days = { fromDay: "2026-11-01", toDay: "2026-11-30" };
  const scopes: AccountScope[] = [
    { campaignId: campaignId(1), centre: null, ...days },
    { campaignId: campaignId(1), centre: "main", ...days },
    { campaignId: null, centre: "main", ...days },
  ];
  const keys = Array.from({ length: 50 }, () => anyNumber() as string);
  const cells = [0, 1, 2, 3].flatMap((queue) =>
    [0, 1].map((zone) => ({ sourceId: 1, weight: 1, queue, zone, priority: 0, below: 256 })),
  );
  const leads = Array.from({ length: 50 }, (_, index) => 1 + index);
  const questions: [string, string, readonly SqlParameter[]][] = [
    ["what is known of fifty numbers", ...factsQuestion({ principal: "Acme Ltd", at: T0, hashKey: null }, keys)],
    ["what a campaign takes leads from", SOURCES_QUESTION, [1]],
    ["where its leads wait", ...placesQuestion(campaignId(1), cells)],
    ["which priorities they have", ...highestQuestion(campaignId(1), cells)],
    [
      "who comes first",
      ...candidatesQuestion(
        campaignId(1),
        cells.map((cell) => [cell, 10]),
        T0,
      ),
    ],
    ["the rows of those", LOCK_QUESTION, [leads, dateOf(T0), [1]]],
    ["their numbers", NUMBERS_QUESTION, [leads]],
    ["the zones of their lists", ZONES_QUESTION, [[1, 2]]],
    ["what became of earlier attempts", STORIES_QUESTION, [leads]],
    ["what was promised to them", PROMISES_QUESTION, [leads]],
    ["promises whose time is over", OVERDUE_QUESTION, [dateOf(T0), dateOf(T0), 10]],
    ["leases that ran out", EXPIRED_QUESTION, [1, [0, 1], dateOf(T0)]],
    ["a node's own leases", RELEASE, [1, [0, 1], "node-1"]],
    ["who answers when", RATES_QUESTION, [[1]]],
    ["what is in flight beyond the agents", ...overdialQuestion()],
    ["what must be obeyed at once", ...urgentQuestion(nodeId("node-1"))],
    ["what is under way on a node", UNDERWAY_QUESTION, ["node-1", OPEN_STATES]],
    ["whether it was suppressed", SUPPRESSED_QUESTION, [keys]],
    ["what pacing says of a campaign", SAID_QUESTION, [1]],
    ["what pacing learned", LEARNED_QUESTION, [1, "node-7"]],
    ...scopes.map((scope, index): [string, string, readonly SqlParameter[]] => [
      `an account, ${JSON.stringify(scope)}`,
      ...countsQuestion(scope, index),
    ]),
  ];

  test.each(questions)("%s", async (_name, sql, values) => {
    expect(await readWhole(sql, values)).toEqual([]);
  });

  test("and a statement that has none is found", async () => {
    expect(await readWhole("select attempt_id from attempt where trunk = ?", ["x"])).toEqual(["attempt"]);
    expect(await readWhole("select e164 from suppression where reason = ?", ["x"])).toEqual(["suppression"]);
  });
});

describe("a number in either form", () => {
  const who = (hashKey: string | null) => ({ principal: "Acme Ltd", at: soon(1), hashKey });

  /** Everything there is about a number, written by a site that has no key yet. */
  const known = async (): Promise<PhoneNumber> => {
    const number = anyNumber();
    const node = anyNode();
    const store = new SqlStore(db);
    await store.holdNode(node, "forms", T0, 60_000);
    const campaign = await fixture.seedCampaign();
    await fixture.seedList(campaign, [{ numbers: [{ number }] }]);
    const [lead] = await store.claimLeads(claimOf(campaign, node, { limit: 1, at: T0, leaseMs: 60_000 }));
    const order = orderFor(lead!);
    await store.insertAttempts(node, [order], ANYTHING);
    await store.endAttempt(endOf(lead!, order, { outcome: "unallocated", guaranteedOnlyUntil: soon(60_000) }));
    await fixture.suppress(number);
    const file = { name: "CTPS", fileDate: T0, loadedAt: T0, numbers: 1, sha256: "a".repeat(64) };
    await fixture.loadRegister(file, [number]);
    return number;
  };

  const FACTS = {
    suppressed: true,
    permanentOutcome: "unallocated",
    registers: ["CTPS"],
    guaranteedOnlyUntil: soon(60_000),
    attemptsAt: [T0],
    onTheLineAt: null,
  };

  test("is found as it was written before there was a key", async () => {
    const number = await known();
    expect((await numberFacts(db, who(null), [number])).get(number)).toEqual(FACTS);
    expect((await numberFacts(db, who(KEY), [number])).get(number)).toEqual(FACTS);
  });

  test("is found when nothing of it is readable any more", async () => {
    const number = await known();
    const key = numberKeyOf(number, KEY);
    for (const statement of [
      "update suppression set e164 = ? where e164 = ?",
      "update number_status set e164 = ? where e164 = ?",
      "update register_number set number_key = ? where number_key = ?",
      "update number_rule set e164 = ? where e164 = ?",
      "update attempt set e164 = ? where e164 = ?",
    ]) {
      expect((await db.write(statement, [key, number])).matched).toBe(1);
    }
    expect((await numberFacts(db, who(KEY), [number])).get(number)).toEqual(FACTS);
    expect((await numberFacts(db, who(null), [number])).get(number)).toEqual({
      ...{
        suppressed: false,
        permanentOutcome: null,
        registers: [],
        guaranteedOnlyUntil: null,
        attemptsAt: [],
        onTheLineAt: null,
      },
    });
  });

  test("is called by one principal, however that is spelt", async () => {
    const number = anyNumber();
    await fixture.suppress(number, "ACME LTD");
    const facts = await numberFacts(db, who(null), [number]);
    expect(facts.get(number)?.suppressed).toBe(true);
  });

  test("an opt-out while it rings is found by its hash", async () => {
    const hashing = lab.open({ ...config, numberHashKey: KEY });
    const store = new SqlStore(hashing);
    const node = anyNode();
    await store.holdNode(node, "opt-out", T0, 60_000);
    const campaign = await fixture.seedCampaign();
    const number = anyNumber();
    await fixture.seedList(campaign, [{ numbers: [{ number }] }]);
    const [lead] = await store.claimLeads(claimOf(campaign, node, { limit: 1, at: T0, leaseMs: 60_000 }));
    const order = orderFor(lead!);
    await store.insertAttempts(node, [order], ANYTHING);
    await hashing.write("insert into suppression (e164, reason, source, added_at) values (?, 'opt-out', 'letter', ?)", [
      numberKeyOf(number, KEY),
      dateOf(soon(-60_000)),
    ]);
    expect((await store.desiredState(node)).compliance.optedOut).toEqual([order.attemptId]);
  });

  test("an opt-out told to an agent leaves no number in the clear on the list", async () => {
    const hashing = lab.open({ ...config, numberHashKey: KEY });
    const store = new SqlStore(hashing);
    const node = anyNode();
    await store.holdNode(node, "told", T0, 60_000);
    const agentId = await fixture.seedAgent({ campaignIds: [] });
    const campaign = await fixture.seedCampaign();
    const number = anyNumber();
    await fixture.seedList(campaign, [{ numbers: [{ number }] }]);
    const [lead] = await store.claimLeads(claimOf(campaign, node, { limit: 1, at: T0, leaseMs: 60_000 }));
    const order = orderFor(lead!, { agentId });
    await store.insertAttempts(node, [order], ANYTHING);
    await store.recordDisposition(order.attemptId, agentId, "never-again", soon(1));
    expect(
      await db.rows("select e164, principal, reason, channel, actor from suppression where source = ?", [
        `attempt ${order.attemptId}`,
      ]),
    ).toEqual([
      { e164: numberKeyOf(number, KEY), principal: "", reason: "opt-out", channel: "call", actor: `agent ${agentId}` },
    ]);
  });
});

describe("many nodes with numbers in common", () => {
  test("wait for one another instead of locking each other out", async () => {
    const deadlocks = async (): Promise<number> => {
      const [row] = await lab.admin.rows<{ Value: string }>("show global status like 'Innodb_deadlocks'");
      return Number(row?.Value ?? 0);
    };
    const before = await deadlocks();
    const numbers = Array.from({ length: 20 }, () => anyNumber());
    for (let round = 0; round < 4; round += 1) {
      const batches = await Promise.all(
        Array.from({ length: 4 }, async (_, index) => {
          const node = anyNode();
          const store = new SqlStore(db);
          await store.holdNode(node, "locks", T0, 60_000);
          const campaign = await fixture.seedCampaign();
          const turned = index % 2 === 0 ? numbers : [...numbers].reverse();
          await fixture.seedList(
            campaign,
            turned.map((number) => ({ numbers: [{ number }] })),
          );
          const leads = await store.claimLeads(claimOf(campaign, node, { limit: 20, at: T0, leaseMs: 60_000 }));
          return { node, store, orders: leads.map((lead) => orderFor(lead)) };
        }),
      );
      await Promise.all(batches.map(({ node, store, orders }) => store.insertAttempts(node, orders, ANYTHING)));
    }
    expect((await deadlocks()) - before).toBe(0);
  });
});
