// Preview dialling on a real Asterisk: an agent reads, presses, skips, or is not there; by keys, by commands, by the clock.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;
let serial = 0;

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
}, 60_000);

afterAll(async () => {
  await sipp.stop();
  await lab.stop();
}, 60_000);

beforeEach(async () => {
  serial += 1;
  campaign = await LabCampaign.open(lab, `preview${String(serial)}`);
}, 60_000);

afterEach(async () => {
  await campaign.close();
  await lab.pbx.cli("channel request hangup all");
  await until(async () => /^0 active channels/m.test(await lab.pbx.cli("core show channels count")), 20_000);
}, 60_000);

const stays = (nth: number): string => sippNumber("ringing", "answer", nth);
const agentIs = (agent: string, wanted: string, withinMs = 10_000): Promise<void> =>
  until(
    async () => (await campaign.agents())[agent] === wanted,
    withinMs,
    async () => `${agent} is ${String((await campaign.agents())[agent])}`,
  );

async function begin(numbers: readonly string[], preview: readonly string[]): Promise<void> {
  await campaign.add({
    ...{ name: "c", trunk: "sipp", numbers, phones: [1001], wrapUp: 0 },
    more: ["--mode", "preview", ...preview],
  });
  await campaign.fairdial.startDaemon();
  await lab.network.phones.login(1001);
  await agentIs("a1001", "available");
  await campaign.fairdial.must("campaign", "start", "c");
  await agentIs("a1001", "previewing");
}

const rows = async (view: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(`select * from ${view}`))[0];
const screen = async (): Promise<RowDataPacket | undefined> => (await rows("crm_screen"))[0];
const previews = async (): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>("select * from crm_preview order by shown_at"))[0];
/** Past the moment in which nobody can have read it. */
const read = (): Promise<void> => sleep(1_000);

test("nobody is called while the agent reads; a key that is pressed twice makes one call, and the next lead is read after it", async () => {
  await begin([stays(1), stays(2)], ["--preview-time", "60s"]);
  const shown = await screen();
  expect(shown).toMatchObject({ agent: "a1001", stage: "preview", dials_itself: 1, history: null });
  await read();
  expect(await campaign.attempts()).toEqual([]);
  await lab.network.phones.press(1001, "##");
  await agentIs("a1001", "onCall");
  expect(await screen()).toMatchObject({ stage: "talking", attempt_id: shown?.["attempt_id"] as string });
  await lab.network.phones.press(1001, "*0");
  await agentIs("a1001", "previewing");
  const attempts = await campaign.attempts();
  expect(attempts).toMatchObject([
    { attempt_id: shown?.["attempt_id"] as string, number: shown?.["number"] as string, outcome: "connected" },
  ]);
  expect((await screen())?.["number"]).not.toBe(shown?.["number"]);
  expect(await previews()).toMatchObject([{ outcome: "dialled", pressed_by: "key" }, { outcome: null }]);
}, 60_000);

test("a lead is skipped by a key and by a command, closed for good, and the time calls the last one", async () => {
  await begin([stays(1), stays(2), stays(3)], ["--preview-time", "5s"]);
  const first = await screen();
  await read();
  await lab.network.phones.press(1001, "*1");
  await until(async () => ((await screen())?.["number"] ?? first?.["number"]) !== first?.["number"], 5_000);
  await read();
  expect((await campaign.fairdial.run("agent", "skip", "a1001", "never-heard-of")).stderr).toContain(
    "[unknown-reason]",
  );
  await campaign.fairdial.must("agent", "skip", "a1001", "not-for-us");
  // Nobody presses: five seconds later it is called by itself.
  await agentIs("a1001", "onCall", 15_000);
  const ends = (await previews()).map(({ outcome, reason, pressed_by }) => [outcome, reason, pressed_by] as unknown[]);
  expect(ends).toEqual([
    ["preview-rejected", "not-now", null],
    ["preview-closed", "not-for-us", null],
    ["dialled", null, "time"],
  ]);
  const leads = await rows("crm_lead");
  expect(leads.filter(({ reason }) => reason === "preview-closed")).toHaveLength(1);
  expect(await campaign.attempts()).toHaveLength(1);
  await campaign.fairdial.must("judge", "--database");
}, 90_000);

test("what is forbidden meanwhile is not called, and the agent is told; whoever lets the time run out is paused", async () => {
  await begin([stays(1), stays(2)], ["--preview-time", "8s", "--preview-auto", "off"]);
  const first = await screen();
  await campaign.fairdial.must("suppress", "add", String(first?.["number"]));
  await read();
  await campaign.fairdial.must("agent", "dial", "a1001");
  await until(async () => (await previews()).length === 2, 10_000);
  // Written a moment after the next one is shown.
  await until(async () => (await previews())[0]?.["outcome"] !== null, 5_000);
  expect((await previews())[0]).toMatchObject({ outcome: "refused", reason: "SUPPRESSED", pressed_by: "command" });
  await agentIs("a1001", "paused", 15_000);
  expect((await previews())[1]).toMatchObject({ outcome: "preview-timed-out", attempt_id: null });
  expect((await rows("crm_agent_now"))[0]).toMatchObject({ pause_reason: "preview-timed-out" });
  expect(await campaign.attempts()).toEqual([]);
  expect((await campaign.fairdial.run("agent", "dial", "a1001")).stderr).toContain("[no-preview]");
}, 60_000);

test("a pause, and a campaign that is stopped, take the lead off the screen as it was", async () => {
  await begin([stays(1)], ["--preview-time", "60s"]);
  await campaign.fairdial.must("agent", "pause", "a1001");
  await agentIs("a1001", "paused");
  await until(
    async () => (await rows("crm_lead"))[0]?.["status"] !== "leased" || (await screen()) === undefined,
    5_000,
  );
  await lab.network.phones.press(1001, "#");
  await agentIs("a1001", "previewing");
  await campaign.fairdial.must("campaign", "stop", "c");
  await agentIs("a1001", "available");
  await until(async () => (await rows("crm_lead"))[0]?.["status"] === "ready", 5_000);
  expect((await previews()).map(({ outcome, reason }) => [outcome, reason] as unknown[])).toEqual([
    ["withdrawn", "agent-paused"],
    ["withdrawn", "campaign-stopped"],
  ]);
  expect(await campaign.attempts()).toEqual([]);
}, 60_000);
