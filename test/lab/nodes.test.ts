// Two nodes, each a daemon beside an Asterisk of its own, on one database and one list: shared, drained, killed, taken over.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { LabFairdial } from "../../scripts/lab/fairdial.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { LabPbx, prepareGround, type LabGround } from "../../scripts/lab/pbx.ts";
import type { LabPhones } from "../../scripts/lab/phones.ts";
import { runInProcess } from "../support/in-process.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let ground: LabGround;
let otherPbx: LabPbx;
let otherPhones: LabPhones;
let campaign: LabCampaign;
let one: LabFairdial;
let two: LabFairdial;

const PHONES = { one: [1001, 1002], two: [1003, 1004] } as const;
const number = (last: number): string => `+447700900${String(last).padStart(3, "0")}`;
const range = (from: number, count: number): string[] => Array.from({ length: count }, (_, nth) => number(from + nth));
/** People who talk for some seconds, lines that are busy, numbers that nobody has. */
const NUMBERS = [...range(0, 10), ...range(680, 8), ...range(750, 6)];
const ALL = NUMBERS.length;
/** People who are called when one of the nodes is killed. */
const MORE = 8;

beforeAll(async () => {
  lab = await startLab();
  const own = await prepareGround();
  // The same telephone network, and phones with the same password.
  const { phonePassword } = lab.ground;
  ground = { ...own, phonePassword, ports: { ...own.ports, networkSip: lab.ground.ports.networkSip } };
  otherPbx = new LabPbx(ground);
  await otherPbx.start();
  otherPhones = lab.network.phonesAt(ground.ports.pbxSip);
  campaign = await LabCampaign.open(lab, "one");
  one = campaign.fairdial;
  const database = await databaseOf();
  two = new LabFairdial({ ...lab, pbx: otherPbx, ground }, { database, node: "two", runCommand: runInProcess });
  await campaign.add({ name: "c", numbers: NUMBERS, phones: [...PHONES.one, ...PHONES.two] });
}, 300_000);

afterAll(async () => {
  await two.killDaemon();
  await campaign.close();
  await otherPbx.stop();
  ground.release();
  await lab.stop();
}, 60_000);

const databaseOf = async () => {
  const [rows] = await campaign.sql.query<RowDataPacket[]>("select database() as name");
  return { ...lab.database.access, database: String(rows[0]?.["name"]) };
};

const attemptsOf = async (node: string, where = "true"): Promise<number> => {
  const [rows] = await campaign.sql.query<RowDataPacket[]>(
    `select count(*) as n from attempt where node_id = ? and ${where}`,
    [node],
  );
  return Number(rows[0]?.["n"]);
};

/** Whom a node meant to call as it was killed, in the order of their numbers. */
const lostBy = async (node: string): Promise<string[]> => {
  const [rows] = await campaign.sql.query<RowDataPacket[]>(
    "select e164 from attempt where node_id = ? and outcome = 'lost' order by e164",
    [node],
  );
  return rows.map(({ e164 }) => String(e164));
};

interface NodeLine {
  readonly node: string;
  readonly version: string;
  readonly daemon: string;
  readonly placing: string;
  readonly calls: number;
  readonly agents: number;
  readonly clockOffsetMs: number;
}
const nodes = async (): Promise<Record<string, NodeLine>> =>
  Object.fromEntries((await one.json<NodeLine[]>("node", "list")).map((each) => [each.node, each]));

const logInAll = async (phones: LabPhones, which: readonly number[]): Promise<void> => {
  for (const phone of which) if (!phones.isUp(phone)) await phones.login(phone);
};
const importMore = async (list: string, numbers: readonly string[]): Promise<void> => {
  const file = join(one.folder, `${list}.csv`);
  writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
  await one.must("list", "import", file, "--campaign", "c", "--list", list, "--country", "GB");
};
const journals = (fairdial: LabFairdial): string[] =>
  readdirSync(fairdial.journalFolder).map((name) => join(fairdial.journalFolder, name));

describe("two nodes and one list", () => {
  test("a drained node places nothing, also after a restart; the other goes on", async () => {
    await Promise.all([one.startDaemon(), two.startDaemon()]);
    await logInAll(lab.network.phones, PHONES.one);
    await logInAll(otherPhones, PHONES.two);
    await one.must("node", "drain", "two", "--because", "new disk");
    expect((await one.run("node", "drain", "three")).stderr).toContain("[unknown-node]");
    await two.stopDaemon();
    await two.startDaemon();
    await logInAll(otherPhones, PHONES.two);
    await one.must("campaign", "start", "c");
    await until(async () => (await attemptsOf("one")) >= 2, 10_000);
    expect(await attemptsOf("two")).toBe(0);
    expect(await nodes()).toMatchObject({
      one: { daemon: "running", placing: "yes", agents: 2, version: expect.stringMatching(/^\d/) },
      two: { daemon: "running", placing: "drained", calls: 0 },
    });
    expect(Math.abs((await nodes())["two"]?.clockOffsetMs ?? Infinity)).toBeLessThan(1_000);
    await one.must("node", "resume", "two");
    await until(async () => (await attemptsOf("two")) >= 1, 10_000);
  }, 60_000);

  test("one is killed in the middle and comes back at once: nobody is called twice, every row and journal agrees", async () => {
    // Else the other node takes them all into its hopper.
    await one.must("node", "drain", "one");
    await importMore("middle", range(30, MORE));
    await until(async () => (await attemptsOf("two", "state <> 'ended'")) >= 1, 20_000);
    await one.must("node", "resume", "one");
    await two.killDaemon();
    await two.startDaemon(30_000);
    await logInAll(otherPhones, PHONES.two);
    await campaign.finished(ALL + MORE, 60_000);
    const called = lab.network.callsByNumber();
    expect([...called.values()].filter((calls) => calls !== 1)).toEqual([]);
    // Whose row was written, and who had not been rung when the process was killed: nobody can know that they were not.
    const neverRung = [...NUMBERS, ...range(30, MORE)].filter((each) => !called.has(each)).sort();
    expect((await lostBy("two")).filter((each) => neverRung.includes(each))).toEqual(neverRung);
    expect(neverRung.length).toBeLessThan(MORE);
    expect(await attemptsOf("one")).toBeGreaterThan(0);
    expect((await one.run("account", "recount", "--from", "yesterday")).code).toBe(0);
    const { code, stdout } = await one.run("judge", ...journals(one), ...journals(two), "--database", "--json");
    const judged = JSON.parse(stdout) as { breaches: unknown[]; nodes: string[]; invariants: unknown[] };
    expect(judged.breaches).toEqual([]);
    expect([code, judged.nodes]).toEqual([0, ["one", "two"]]);
    expect(judged.invariants).toContainEqual(
      expect.objectContaining({ invariant: "lead-on-one-node", looked: ALL + MORE, breaches: 0 }),
    );
  }, 90_000);

  test("what a dead node left is settled by hand, once it is certain, and marked", async () => {
    await one.must("node", "drain", "one");
    await importMore("last", range(20, 6));
    await until(async () => (await attemptsOf("two", "state = 'connected'")) >= 1, 20_000);
    await two.killDaemon();
    await otherPbx.kill();
    const refused = await one.run("node", "settle", "two", "--calls-are-over");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("[node-alive]") });
    expect((await one.run("node", "settle", "two")).code).toBe(2);
    // Two minutes go by.
    await campaign.sql.query("update node set held_until = held_until - interval 2 minute where node_id = 'two'");
    await one.must("node", "settle", "two", "--calls-are-over");
    const [settled] = await campaign.sql.query<RowDataPacket[]>(
      "select outcome, state, settled_by, ended_at from attempt where settled_by is not null",
    );
    expect(settled.length).toBeGreaterThan(0);
    for (const row of settled) expect(row).toMatchObject({ state: "ended", settled_by: "tester" });
    expect(await attemptsOf("two", "state <> 'ended'")).toBe(0);
    const [held] = await campaign.sql.query<RowDataPacket[]>(
      "select lead_id from campaign_lead where lease_node = 'two' or state = 'dialling'",
    );
    expect(held).toEqual([]);
    expect((await nodes())["two"]).toMatchObject({ daemon: "stopped", calls: 0, agents: 0 });
    expect([...lab.network.callsByNumber().values()].filter((calls) => calls !== 1)).toEqual([]);
    expect((await one.run("account", "recount", "--from", "yesterday")).code).toBe(0);
    const judged = await one.run("judge", ...journals(one), ...journals(two), "--database");
    expect(judged).toMatchObject({ code: 0 });
  }, 60_000);

  test("who takes the application over is obeyed: the first daemon stands down, with an exit code of its own", async () => {
    const database = await databaseOf();
    const rival = new LabFairdial(lab, { database, node: "rival", runCommand: runInProcess });
    await rival.startDaemon();
    expect(await one.daemonEnded()).toBe(3);
    expect(
      one.logged("another process uses our application in Asterisk, and hears our calls now; this daemon stands down"),
    ).toHaveLength(1);
    // The name is free again, so a second daemon of a name that is held is refused by the one that lives.
    const same = new LabFairdial(lab, { database, node: "rival", runCommand: runInProcess });
    const second = await same.run("run");
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/another daemon (?:of this machine has|runs under) this node's name/),
    });
    expect(rival.daemonIsRunning).toBe(true);
    expect(await rival.stopDaemon()).toBe(0);
  }, 60_000);
});
