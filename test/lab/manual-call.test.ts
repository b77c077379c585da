// One call by hand on a real Asterisk: from the command line and from a CRM, once each, and under every rule.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
  campaign = await LabCampaign.open(lab, "byhand");
  await campaign.add({ name: "c", trunk: "sipp", numbers: [], phones: [1001, 1002], wrapUp: 0 });
  await campaign.fairdial.startDaemon();
}, 90_000);

afterAll(async () => {
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

const stays = (nth: number): string => sippNumber("ringing", "answer", nth);
const agentIs = (agent: string, wanted: string, withinMs = 10_000): Promise<void> =>
  until(
    async () => (await campaign.agents())[agent] === wanted,
    withinMs,
    async () => `${agent} is ${String((await campaign.agents())[agent])}`,
  );
const byHand = (number: string, agent = "a1001", ...more: readonly string[]) =>
  campaign.fairdial.run("dial", number, "--campaign", "c", "--agent", agent, ...more);
const refusal = async (...words: Parameters<typeof byHand>): Promise<string> => {
  const { code, stderr } = await byHand(...words);
  expect(code).toBe(1);
  return /\[([\w-]+)\]/.exec(stderr)?.[1] ?? stderr;
};
const rows = async (statement: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(statement))[0];

test("nobody is called before there is an agent and a campaign that runs", async () => {
  expect(await refusal(stays(1))).toBe("agent-away");
  await lab.network.phones.login(1001);
  await agentIs("a1001", "available");
  expect(await refusal(stays(1))).toBe("campaign-not-running");
  await campaign.fairdial.must("campaign", "start", "c");
  expect(await campaign.attempts()).toEqual([]);
}, 60_000);

test("a new person is called for one who paused for it, and the pause goes on afterwards", async () => {
  await campaign.fairdial.must("agent", "pause", "a1001", "--reason", "manual");
  await until(async () => (await byHand(stays(2))).code === 0, 20_000);
  await agentIs("a1001", "onCall");
  const [attempt] = await campaign.attempts();
  expect(attempt).toMatchObject({ number: stays(2), agent: "a1001" });
  const [lead] = await rows(`select * from crm_lead where number = '${stays(2)}'`);
  expect(lead).toMatchObject({ list: "by-hand" });
  // Nobody else calls them now, nor are they called for anybody else.
  expect(await refusal(stays(2))).toBe("lead-in-hand");
  expect(await refusal(stays(3))).toBe("agent-not-free");
  await lab.network.phones.press(1001, "*0");
  await agentIs("a1001", "paused");
  expect(await rows("select pause_reason from crm_agent_now where agent = 'a1001'")).toEqual([
    { pause_reason: "manual" },
  ]);
  expect((await campaign.attempts()).map(({ outcome }) => outcome)).toEqual(["connected"]);
  expect(await refusal(stays(2))).toBe("lead-done");
}, 60_000);

test("who must not be called is not, by the rule's name and sentence", async () => {
  await campaign.fairdial.must("suppress", "add", stays(4));
  const { stderr } = await byHand(stays(4));
  expect(stderr).toMatch(/suppress.*\[(SUPPRESSED|number-suppressed)\]/s);
  expect(await refusal("not a number")).not.toBe("");
  expect((await campaign.attempts()).filter(({ number }) => number === stays(4))).toEqual([]);
}, 60_000);

test("a CRM asks twice at once, and the command line a third time: one call", async () => {
  await lab.network.phones.login(1002);
  await agentIs("a1002", "available");
  // Whoever was refused above is called by hand or not at all: this campaign calls by itself, and waits with a1002 for nobody.
  await sleep(2_000);
  await agentIs("a1002", "available", 0);
  const number = stays(5);
  const [, , third] = await Promise.all([
    campaign.sql.query("insert into crm_manual_call (campaign, agent, number) values ('c', 'a1002', ?)", [number]),
    campaign.sql.query("insert into crm_manual_call (campaign, agent, number) values ('c', 'a1001', ?)", [number]),
    byHand(number, "a1001"),
  ]);
  await until(
    async () =>
      (await rows(`select 1 from crm_manual_call where number = '${number}' and settled_at is null`)).length === 0,
    20_000,
  );
  const answers = await rows(`select status, code from crm_manual_call where number = '${number}' order by status`);
  expect(answers.map(({ status }) => String(status)).sort()).toEqual(["done", "refused", "refused"]);
  expect([0, 1]).toContain(third.code);
  await sleep(1_000);
  expect((await campaign.attempts()).filter((each) => each.number === number)).toHaveLength(1);
  // Not by key: the person's SIPp echoes the keys of the call before, and Asterisk then reports the next ones twice.
  await until(async () => Object.values(await campaign.agents()).includes("onCall"), 15_000);
  const [attempt] = await rows(`select agent from crm_attempt where number = '${number}'`);
  await campaign.fairdial.must("agent", "hang-up", String(attempt?.["agent"]));
  await until(async () => (await campaign.attempts()).every(({ outcome }) => outcome !== null), 15_000);
  await campaign.fairdial.must("judge", "--database");
}, 90_000);
