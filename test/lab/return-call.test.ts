// People who call back, on a real Asterisk: the network's Asterisk rings the number that they were called from.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { CLI_NUMBER } from "../../scripts/lab/papers.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let campaign: LabCampaign;

/** A person of the number plan: rings, says hello, talks for a few seconds and hangs up. */
const PERSON = "+447700900100";
const BARE = CLI_NUMBER.slice(1);

beforeAll(async () => {
  lab = await startLab();
  campaign = await LabCampaign.open(lab, "returns");
  await campaign.add({ name: "c", numbers: [PERSON], phones: [1001, 1002], more: ["--return-wait", "20s"] });
  await campaign.fairdial.startDaemon();
}, 240_000);

afterAll(async () => {
  await campaign.close();
  await lab.stop();
}, 60_000);

const agentIs = (agent: string, ...wanted: readonly string[]): Promise<void> =>
  until(
    async () => wanted.includes((await campaign.agents())[agent] ?? ""),
    20_000,
    async () => `${agent} is ${String((await campaign.agents())[agent])}`,
  );
const rows = async (statement: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(statement))[0];
const returns = (): Promise<RowDataPacket[]> => rows("select * from crm_return_call order by arrived_at");
const ended = (count: number): Promise<void> =>
  until(
    async () => (await returns()).filter(({ outcome }) => outcome !== null).length === count,
    40_000,
    async () => JSON.stringify(await returns()),
  );

test("whoever was called gets the agent who talked with them, with their record on the screen", async () => {
  const { phones } = lab.network;
  await phones.login(1001);
  await agentIs("a1001", "available");
  await campaign.fairdial.must("campaign", "start", "c");
  await agentIs("a1001", "onCall");
  // Idle for longer by the time they call back, and still the second choice.
  await phones.login(1002);
  await until(async () => (await campaign.attempts()).some(({ outcome }) => outcome === "connected"), 30_000);
  await agentIs("a1001", "available");
  await agentIs("a1002", "available");

  await phones.ring(1, { from: PERSON, to: BARE });
  await agentIs("a1001", "onCall");
  expect((await campaign.agents())["a1002"]).toBe("available");
  expect(await rows("select agent, stage, campaign, number from crm_screen where agent = 'a1001'")).toEqual([
    { agent: "a1001", stage: "talking", campaign: "c", number: PERSON },
  ]);
  // Music stops and keys work as after a call of ours.
  await phones.press(1001, "1");
  await phones.hangup(1);
  await ended(1);
  await agentIs("a1001", "available", "wrapUp");
  expect(await returns()).toMatchObject([
    ...[{ number: PERSON, cli_number: CLI_NUMBER, agent: "a1001", last_agent: "a1001", outcome: "talked" }],
  ]);
  expect(await returns()).toMatchObject([{ ended_by: "caller", disposition: "success" }]);
}, 120_000);

test("nobody is free: the message that says who called, and nine means never again", async () => {
  const { phones } = lab.network;
  for (const agent of ["a1001", "a1002"]) {
    await campaign.fairdial.must("agent", "pause", agent, "--reason", "meeting");
    await agentIs(agent, "paused");
  }
  await phones.ring(2, { from: PERSON.slice(1), to: CLI_NUMBER });
  await until(() => Promise.resolve(phones.isUp(2)), 20_000);
  await phones.press(2, "9");
  await until(async () => (await rows("select 1 from suppression")).length === 1, 10_000);
  await ended(2);
  const [, second] = await returns();
  expect(second).toMatchObject({
    number: PERSON,
    outcome: "opted-out",
    opted_out: 1,
    message: "campaign",
    agent: null,
  });
  const [suppressed] = await rows("select e164, principal, reason, channel from suppression");
  expect(suppressed).toEqual({ e164: PERSON, principal: "", reason: "opt-out", channel: "call" });
}, 90_000);

test("strangers hear the message, and what is left to the dialplan is not lost", async () => {
  const { phones } = lab.network;
  await phones.ring(3, { from: null, to: BARE });
  await ended(3);
  expect((await returns())[2]).toMatchObject({ number: null, outcome: "informed", ended_by: "us", lead_id: null });

  await campaign.fairdial.must("campaign", "set", "c", "--return-calls", "off");
  await until(async () => JSON.stringify(await rows("select return_calls from campaign")).includes("off"), 5_000);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await phones.ring(4, { from: PERSON, to: BARE });
  await ended(4);
  expect((await returns())[3]).toMatchObject({ outcome: "handed-back" });
  // The sample's own message answers them.
  await until(() => Promise.resolve(phones.isUp(4) || phones.isOver(4)), 20_000);

  const { outcomes, calls, withLastAgent } = JSON.parse(
    await campaign.fairdial.must("report", "returns", "--json"),
  ) as { outcomes: { outcome: string; calls: number }[]; calls: number; withLastAgent: number };
  expect(calls).toBe(4);
  expect(withLastAgent).toBe(1);
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["handed-back", "informed", "opted-out", "talked"]);
  await campaign.fairdial.must("judge", "--database");
}, 90_000);
