// Asterisk opens the event socket to us, as the samples say, and keeps what happens while we are away.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab } from "../../scripts/lab/lab.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { numberFor } from "../../scripts/lab/number-plan.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";
import type { AttemptRow } from "../support/lab-campaign.ts";

let lab: Lab;
let campaign: LabCampaign;

beforeAll(async () => {
  lab = await startLab();
  await lab.pbx.openEventSocket();
  campaign = await LabCampaign.open(lab, "kept");
}, 90_000);

afterAll(async () => {
  await campaign.close();
  await lab.stop();
}, 30_000);

const person = (index: number): string => numberFor(lab.network.plan, "person", index);

const lead = async (number: string): Promise<void> => {
  const file = join(campaign.fairdial.folder, "lead.csv");
  writeFileSync(file, `phone\n${number}\n`);
  const where = ["--campaign", "c", "--list", `of-${number.slice(1)}`, "--country", "GB"];
  await campaign.fairdial.must("list", "import", file, ...where);
};

const attempt = async (number: string): Promise<AttemptRow | undefined> =>
  (await campaign.attempts()).find((row) => row.number === number);

const dialled = async (number: string, isSo: (row: AttemptRow) => boolean): Promise<AttemptRow> => {
  let found: AttemptRow | undefined;
  await until(
    async () => {
      found = await attempt(number);
      return found !== undefined && isSo(found);
    },
    30_000,
    () => campaign.fairdial.lastWords().join("\n"),
  );
  if (found === undefined) throw new Error(`nobody dialled ${number}`);
  return found;
};

const ended = (number: string): Promise<AttemptRow> => dialled(number, ({ outcome }) => outcome !== null);

test("calls go as ever, and check is content", async () => {
  const { fairdial } = campaign;
  await campaign.add({ name: "c", numbers: [], phones: [1001], ringTimeout: 30 });
  await fairdial.startDaemon();
  await lab.network.phones.login(1001);
  await fairdial.must("campaign", "start", "c");
  await lead(person(1));
  expect(await ended(person(1))).toMatchObject({ outcome: "connected", ended_by: "farEnd" });
  expect((await fairdial.run("check")).stdout).toContain("Asterisk keeps events for fairdial");
}, 90_000);

test("somebody hangs up while the daemon is dead: who ended the call, why and when is known afterwards", async () => {
  const { fairdial } = campaign;
  await lead(person(2));
  const before = await dialled(person(2), ({ connected_at }) => connected_at !== null);
  await fairdial.killDaemon();
  // People talk for three to five seconds.
  await sleep(7_000);
  const backAt = Date.now();
  await fairdial.startDaemon();
  const row = await ended(person(2));
  expect(row).toMatchObject({ outcome: "connected", agent: "a1001", ended_by: "farEnd", cause: 16 });
  expect(row.answered_at).toEqual(before.answered_at);
  expect(row.ended_at?.getTime()).toBeLessThan(backAt - 1_000);
}, 90_000);

test("a phone that rings out while the daemon is dead is no riddle either", async () => {
  const { fairdial } = campaign;
  const busy = numberFor(lab.network.plan, "rings-out");
  await lead(busy);
  const { attempt_id } = await dialled(busy, ({ ringing_at }) => ringing_at !== null);
  await fairdial.killDaemon();
  // Until Asterisk has noticed that nobody is there, it sends into the void.
  await sleep(1_000);
  const channels = (await (await lab.pbx.request("GET", "/channels")).json()) as { id: string }[];
  const leg = channels.find(({ id }) => id.includes(attempt_id));
  if (leg === undefined) throw new Error(`no leg of ${attempt_id} in ${JSON.stringify(channels)}`);
  // As the network would say it.
  await lab.pbx.request("DELETE", `/channels/${leg.id}?reason_code=17`);
  const backAt = Date.now();
  await sleep(1_500);
  await fairdial.startDaemon();
  const row = await ended(busy);
  expect(row).toMatchObject({ outcome: "busy", cause: 17 });
  expect(Math.abs((row.ended_at?.getTime() ?? 0) - backAt)).toBeLessThan(1_000);
  await fairdial.must("judge", "--database");
}, 90_000);
