/** On a real database: users who can do what they need and no more, hostile words that stay words, secrets that stay secret. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { tollSpent } from "../../src/store/verbs/toll-spent.ts";
import { after } from "../../src/domain/instant.ts";
import { migrate, type Database, type DatabaseConfig } from "../../src/store/index.ts";
import { anyNode, ANYTHING, claimOf, endOf, orderFor, T0, type StoreFixture } from "../contract/store/fixture.ts";
import { runInProcess } from "../support/in-process.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

jest.setTimeout(60_000);

const root = join(import.meta.dirname, "../..");
const PASSWORD = "planted-Secret-7391!";
const OWNER = `owner_${process.pid}`;
const DAEMON = `daemon_${process.pid}`;
const REFUSED = { trouble: "accessDenied" };

let lab: StoreLab;
let config: DatabaseConfig;
let daemon: Database;
let fixture: StoreFixture;
let folder: string;
let env: Record<string, string>;

/** The very statements that administrators are told. */
const grants = (): string[] => {
  const [, block = ""] = /```sql\n([^]*?)```/.exec(readFileSync(join(root, "docs/security.md"), "utf8")) ?? [];
  return block
    .split("\n")
    .filter((line) => /^(create user|grant)/.test(line))
    .map((line) =>
      line
        .replaceAll("'fairdial_owner'@'localhost'", OWNER)
        .replaceAll("'fairdial'@'localhost'", DAEMON)
        .replace("fairdial.*", `${config.database}.*`)
        .replace("'…'", `'${PASSWORD}'`),
    );
};
const privilegesOf = (user: string): string[] =>
  (
    /^grant (.*) on /.exec(grants().find((line) => line.startsWith("grant") && line.includes(user)) ?? "")?.[1] ?? ""
  ).split(", ");

const run = (...words: readonly string[]) => runInProcess(words, env);

beforeAll(async () => {
  lab = await startStoreLab();
  config = await lab.create("security");
  for (const statement of grants()) await lab.admin.write(statement);
  await migrate(lab.open({ ...config, user: OWNER, password: PASSWORD }));
  daemon = lab.open({ ...config, user: DAEMON, password: PASSWORD });
  fixture = sqlFixture(daemon, async () => undefined);
  folder = mkdtempSync(join(tmpdir(), "fairdial-security-"));
  const file = join(folder, "fairdial.yaml");
  const { host, port, database } = config;
  writeFileSync(file, stringify({ database: { host, port, user: DAEMON, name: database } }), { mode: 0o600 });
  env = { FAIRDIAL_CONFIG: file, FAIRDIAL_DATABASE_PASSWORD: PASSWORD };
});
afterAll(async () => {
  for (const user of [OWNER, DAEMON]) await lab.admin.write(`drop user ${user}`);
  rmSync(folder, { recursive: true, force: true });
  await lab.stop();
});

const numbers = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe("the daemon's user", () => {
  const node = anyNode();
  test("dials: name, desired state, claim, row, end, account, cost", async () => {
    const { store } = fixture;
    await store.holdNode(node, "lab", T0, 60_000);
    const campaignId = await fixture.seedCampaign({});
    await fixture.seedList(campaignId, [
      { numbers: [{ number: "+447700900123" as never, timeZone: "Europe/London" }] },
    ]);
    expect((await store.desiredState(node)).nodeDrained).toBe(false);
    const [lead] = await store.claimLeads(claimOf(campaignId, node, { limit: 1 }));
    if (lead === undefined) throw new Error("no lead");
    const order = orderFor(lead, { decidedAt: T0, evidence: { tollRate: 20_000 } });
    expect(await store.insertAttempts(node, [order], ANYTHING)).toEqual([]);
    await daemon.write("update attempt set answered_at = ? where attempt_id = ?", [
      new Date(T0 + 5_000),
      order.attemptId,
    ]);
    const spent = await tollSpent(daemon, after(T0, -1), after(T0, 66_000));
    expect(spent).toEqual([{ campaignId, nodeId: node, spent: 40_000 }]);
    expect(await tollSpent(daemon, after(T0, 1), after(T0, 66_000))).toEqual([]);
    expect(await store.endAttempt(endOf(lead, order))).toBe(true);
    await store.releaseNode(node, "lab");
  });

  test("imports numbers, for which it needs tables of its own connection", async () => {
    const file = numbers("stop.txt", "+447700900199\n");
    expect(await run("suppress", "import", file, "--reason", "dnc")).toMatchObject({ code: 0 });
  });

  test.each([
    ["make a table", "create table mine (id int)"],
    ["remove a table", "drop table alarm"],
    ["change a table", "alter table alarm add column mine int"],
    ["make a view", "create view mine as select 1"],
    ["make a user", "create user mine"],
    ["give rights away", `grant select on alarm to ${OWNER}`],
    ["read other databases", "select * from mysql.user"],
    ["read files", "select load_file('/etc/passwd') from mysql.db"],
    ["write files", "select 1 from alarm into outfile '/tmp/fairdial-mine'"],
    ["make a routine", "create procedure mine() select 1"],
    ["make a trigger", "create trigger mine before insert on alarm for each row set @a = 1"],
  ])("cannot %s", async (_what, statement) => {
    await expect(daemon.write(statement)).rejects.toMatchObject(REFUSED);
  });

  test.each([
    ["select", "select 1 from alarm"],
    ["insert", "insert into kill_switch (id, since, set_by, because) values (1, now(3), 'x', 'x')"],
    ["update", "update alarm set times = times"],
    ["delete", "delete from kill_switch"],
    ["create temporary tables", "create temporary table mine (id int)"],
  ])("needs the right to %s", async (privilege, statement) => {
    expect(privilegesOf(DAEMON)).toContain(privilege);
    expect(privilegesOf(DAEMON)).toHaveLength(5);
    await lab.admin.write(`revoke ${privilege} on ${config.database}.* from ${DAEMON}`);
    const without = lab.open({ ...config, user: DAEMON, password: PASSWORD });
    await expect(without.write(statement)).rejects.toMatchObject(REFUSED);
    await lab.admin.write(`grant ${privilege} on ${config.database}.* to ${DAEMON}`);
    const again = lab.open({ ...config, user: DAEMON, password: PASSWORD });
    await again.write(statement);
  });
});

const HOSTILE = [
  "'; drop table campaign_lead; -- ",
  '" or ""="',
  "\\' or 1=1 #",
  "=cmd|' /C calc'!A0",
  "${jndi:ldap://x}",
  "\u001b[2Jgone",
  "a`b",
  "%s%n",
  "\u202Egnp.exe",
];

describe("hostile words", () => {
  let dialled = 0;
  beforeAll(async () => {
    await fixture.seedCampaign({ name: "dialstring" });
  });

  test.each(HOSTILE)("%j stays a word in a list and in commands", async (word) => {
    const tables = async () =>
      (
        await daemon.rows<{ n: number }>("select count(*) as n from information_schema.tables where table_schema = ?", [
          config.database,
        ])
      )[0]?.n;
    const before = await tables();
    const campaignId = await fixture.seedCampaign({ principal: "Acme Ltd" });
    await fixture.seedList(campaignId, [
      { numbers: [{ number: "+447700900124" as never, timeZone: "Europe/London" }], attributes: { town: word } },
    ]);
    const [lead] = await daemon.rows<{ attributes: string }>(
      "select attributes from campaign_lead where campaign_id = ?",
      [campaignId],
    );
    expect((JSON.parse(lead?.attributes ?? "{}") as { town?: string }).town).toBe(word);
    for (const words of [
      ["campaign", "show", word],
      ["why", "lead", word],
      ["node", "drain", word],
      ["suppress", "check", word],
      ["report", "outcomes", "--campaign", word],
      ["campaign", "add", word, "--trunk", "t", "--cli", "+442079460018"],
    ]) {
      const { code, stdout, stderr } = await run(...words);
      expect(code).not.toBe(0);
      // Nothing that steers a terminal, and nothing of the statement.
      expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u202E]|\bselect\b.*\bfrom\b|SQL syntax/i);
    }
    expect(await tables()).toBe(before);
  });

  test.each([
    "+44770090012&PJSIP/1001",
    "+4477009001/b",
    "0770 0900;ext=1",
    "sip:+447700900123@evil",
    "+44\r\n7700900123x",
  ])("%j is no number to dial", async (number) => {
    dialled += 1;
    const list = `l${dialled}`;
    const file = numbers("dial.csv", `phone\n+4477009008${10 + dialled}\n"${number}"\n`);
    await run("list", "import", file, "--campaign", "dialstring", "--list", list, "--country", "GB");
    const rows = await daemon.rows<{ e164: string }>(
      `select n.e164 from lead_number n join campaign_lead l on l.lead_id = n.lead_id join list i on i.list_id = l.list_id
       where i.name = ?`,
      [list],
    );
    expect(rows.map(({ e164 }) => e164)).toContain(`+4477009008${10 + dialled}`);
    for (const { e164 } of rows) expect(e164).toMatch(/^\+[0-9]+$/);
  });
});

describe("a secret", () => {
  const wrong = "planted-Wrong-4711-Secret!";
  test.each<[string, readonly string[]]>([
    ["a refused password", ["campaign", "list"]],
    ["check", ["check"]],
    ["check, as a document", ["check", "--json"]],
    ["the daemon", ["run"]],
  ])("is in nothing that %s says", async (_what, words) => {
    const { host, port, database } = config;
    const file = join(folder, "wrong.yaml");
    const log = join(folder, "daemon.log");
    writeFileSync(
      file,
      stringify({
        node: { name: "n1" },
        asterisk: { url: "http://127.0.0.1:1", user: "fairdial", password: `${wrong}-ari` },
        database: { host, port, user: DAEMON, name: database, password: wrong },
        journal: { folder },
        log: { file: log, level: "debug" },
        monitoring: { listen: "off" },
      }),
      { mode: 0o644 },
    );
    const before = { ...env, FAIRDIAL_CONFIG: file, FAIRDIAL_DATABASE_PASSWORD: "" };
    const { code, stdout, stderr } = await runInProcess([...words, "--verbose"], before);
    expect(code).not.toBe(0);
    let logged = "";
    try {
      logged = readFileSync(log, "utf8");
    } catch {
      // Commands keep no log.
    }
    expect(`${stdout}${stderr}${logged}`).not.toContain("planted-");
    expect(`${stdout}${stderr}${logged}`).toMatch(/refuses us|accessDenied|access denied|warning/i);
    if (words[0] === "check") expect(stdout).toContain("every user can read it");
  });
});
