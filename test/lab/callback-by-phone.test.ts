/** Somebody asks to be called back: the agent's key, the promise, the call that keeps it. On real Asterisk and a real database. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
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
  campaign = await LabCampaign.open(lab, "callback-key");
}, 90_000);
afterAll(async () => {
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

const PHONE = 1001;
const agentIs = (wanted: string): Promise<void> =>
  until(
    async () => (await campaign.agents())[`a${String(PHONE)}`] === wanted,
    20_000,
    async () => `the agent is ${String((await campaign.agents())[`a${String(PHONE)}`])}`,
  );
const press = (keys: string): Promise<void> => lab.network.phones.press(PHONE, keys);

interface Callback extends RowDataPacket {
  readonly callback_id: number;
  readonly status: string;
  readonly asked_by: string;
  readonly due_at: Date;
  readonly until_at: Date;
  readonly attempt_id: string | null;
}
const callbacks = async (): Promise<Callback[]> =>
  (await campaign.sql.query<Callback[]>("select * from crm_callback order by callback_id"))[0];
const lead = async (): Promise<RowDataPacket | undefined> =>
  (await campaign.sql.query<RowDataPacket[]>("select status, queue, next_attempt_at, callback_at from crm_lead"))[0][0];

test("key 3 promises the next day, another key takes that back, and a promise that is due is kept before all else", async () => {
  await campaign.add({
    ...{ name: "c", trunk: "sipp", numbers: [sippNumber("ringing", "answer", 1)], phones: [PHONE], wrapUp: 120 },
    // The day that passes here takes a second.
    more: ["--redial-limit", "gap=none"],
  });
  await campaign.fairdial.startDaemon();
  await lab.network.phones.login(PHONE);
  await agentIs("available");
  await campaign.fairdial.must("campaign", "start", "c");

  await agentIs("onCall");
  await press("*0");
  await agentIs("wrapUp");
  await press("3");
  await until(async () => (await callbacks()).length === 1, 10_000);
  await until(async () => (await lead())?.["queue"] === "callback", 10_000);
  const [promised] = await callbacks();
  expect(promised).toMatchObject({ status: "waiting", asked_by: expect.stringMatching(/^agent \d+$/) });
  const [first] = await campaign.attempts();
  expect(first).toMatchObject({ outcome: "connected", disposition: "callback" });
  // The next day at which this campaign calls, at this time of day; clocks change by an hour at most.
  const aheadMs = promised!.due_at.getTime() - first!.answered_at!.getTime();
  expect(aheadMs).toBeGreaterThan(22 * 3_600_000);
  expect(Math.abs(((aheadMs + 43_200_000) % 86_400_000) - 43_200_000)).toBeLessThan(3_700_000);
  expect(await lead()).toMatchObject({ status: "ready", next_attempt_at: promised!.due_at });

  // Not so: they are not interested.
  await press("2");
  await until(async () => (await callbacks())[0]?.status === "withdrawn", 10_000);
  expect((await campaign.attempts())[0]).toMatchObject({ disposition: "refusal" });
  // But yes.
  await press("3");
  await until(async () => (await callbacks()).at(-1)?.status === "waiting", 10_000);
  expect((await callbacks()).map(({ status }) => status)).toEqual(["withdrawn", "waiting"]);

  // A day later.
  const { callback_id: id } = (await callbacks())[1]!;
  await campaign.sql.query(
    "update callback set due_at = utc_timestamp(3), until_at = utc_timestamp(3) + interval 1 hour where callback_id = ?",
    [id],
  );
  await campaign.sql.query("update campaign_lead set due_at = utc_timestamp(3)");
  expect(await campaign.attempts()).toHaveLength(1);
  await press("#");
  await agentIs("onCall");
  const [, second] = await campaign.attempts();
  expect(second).toMatchObject({ number: first!.number, agent: `a${String(PHONE)}` });
  expect((await callbacks())[1]).toMatchObject({ status: "taken", attempt_id: second!.attempt_id });
  await press("*0");
  await until(async () => (await callbacks())[1]?.status === "kept", 10_000);
  expect(await lead()).toMatchObject({ status: "done", callback_at: null });
  await lab.network.phones.hangup(PHONE);
  await agentIs("loggedOut");
}, 120_000);
