// The database dies while calls live, and then the daemon as well; both come back, and every attempt is accounted for.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;
let name = "";

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
}, 300_000);

afterAll(async () => {
  await sipp.stop();
  await lab.stop();
}, 300_000);

beforeEach(async () => {
  name = `o${String(Date.now() % 100_000)}`;
  campaign = await LabCampaign.open(lab, name);
}, 300_000);

afterEach(async () => {
  await campaign.close();
}, 300_000);

/** Somebody who hangs up after so many seconds, and somebody whose phone just rings. */
const talks = (nth: number, answerS: number): string => sippNumber("ringing", { answerS }, nth);
const rings = (nth: number): string => sippNumber("ringing", 1, nth);

const agentIs = (agent: string, wanted: string): Promise<void> =>
  until(async () => (await campaign.agents())[agent] === wanted, 10_000);
const entries = (kind: string): readonly Readonly<Record<string, unknown>>[] =>
  campaign.fairdial.journal().filter((entry) => entry["kind"] === kind);
const spooled = (): string[] => {
  const folder = join(campaign.fairdial.folder, "spool", name);
  return existsSync(folder) ? readdirSync(folder) : [];
};
const metric = async (which: string): Promise<number> => {
  const { text } = await campaign.fairdial.page("/metrics");
  return Number(new RegExp(`^fairdial_${which}\\{[^}]*\\} (\\S+)$`, "m").exec(text)?.[1]);
};
const reconnect = async (): Promise<void> => {
  await campaign.sql.end().catch(() => undefined);
  campaign.sql = await lab.database.connect({ database: `fd_${name}` });
};

test("calls end while nobody can write it down, and the daemon is killed over it: each row is as it was", async () => {
  const numbers = [talks(1, 4), talks(2, 4), rings(3), talks(4, 1), talks(5, 1), rings(6)];
  await campaign.add({ name: "c", trunk: "sipp", numbers, phones: [1001, 1002], ringTimeout: 8 });
  await campaign.fairdial.startDaemon(60_000);
  for (const phone of [1001, 1002]) await lab.network.phones.login(phone);
  for (const agent of ["a1001", "a1002"]) await agentIs(agent, "available");
  await campaign.fairdial.must("campaign", "start", "c");
  for (const agent of ["a1001", "a1002"]) await agentIs(agent, "onCall");
  const lived = entries("attempt-decided").length;
  expect(lived).toBeGreaterThanOrEqual(2);

  await lab.database.kill();
  const killedAt = Date.now();
  // Both people hang up by themselves, and their agents are free again: nobody else is called for them.
  await until(() => entries("attempt-ended").length === lived, 20_000);
  await until(async () => (await metric("spool_rows")) > 4, 10_000);
  expect(await metric("store_up")).toBe(0);
  expect((await campaign.fairdial.page("/ready")).text).toContain("the database is away");
  await sleep(2_000);
  const late = entries("attempt-decided").filter(({ at }) => Number(at) > killedAt + 1_000);
  expect(late).toEqual([]);
  const told = new Map(entries("attempt-ended").map(({ attemptId, outcome }) => [attemptId, outcome]));

  await campaign.fairdial.killDaemon();
  const left = spooled();
  expect(left.filter((file) => file.startsWith("spool-")).length).toBeGreaterThan(0);
  await lab.database.start();
  await reconnect();
  // What the database knows is what it was told before it died.
  expect((await campaign.attempts()).filter(({ outcome }) => outcome !== null).length).toBeLessThan(lived);

  await campaign.fairdial.startDaemon(60_000);
  expect(campaign.fairdial.logged("rows of an earlier process are written first")).toHaveLength(1);
  const kinds = campaign.fairdial.journal().map(({ kind, what }) => `${String(kind)} ${String(what)}`);
  const replayed = kinds.lastIndexOf("spool replayed");
  expect(replayed).toBeGreaterThan(0);
  expect(replayed).toBeLessThan(kinds.lastIndexOf("engine started"));
  const rows = await campaign.attempts();
  const ended = rows.filter(({ attempt_id }) => told.has(attempt_id));
  expect(ended.map(({ attempt_id, outcome }) => [attempt_id, outcome])).toEqual(
    ended.map(({ attempt_id }) => [attempt_id, told.get(attempt_id)]),
  );
  expect(ended).toHaveLength(lived);
  // The next process notes its own rows by now, in a file of its own.
  expect(spooled().filter((file) => left.includes(file) || file.startsWith("spool-"))).toEqual([]);

  // And it goes on from there.
  for (const agent of ["a1001", "a1002"]) await agentIs(agent, "available");
  await campaign.finished(6, 60_000);
  const all = await campaign.attempts();
  expect(new Set(all.map(({ number }) => number)).size).toBe(6);
  const judged = await campaign.fairdial.run("judge", "--database");
  expect(judged.stdout + judged.stderr).not.toMatch(/rows-are-kept .*[1-9]\d*$/m);
  expect([judged.code, judged.stdout]).toEqual([0, judged.stdout]);
}, 240_000);

test("a database that hangs without a word stops placing within a second, and calls go on", async () => {
  const numbers = [talks(11, 4), talks(12, 1), talks(13, 1)];
  await campaign.add({ name: "c", trunk: "sipp", numbers, phones: [1001] });
  await campaign.fairdial.startDaemon(60_000);
  // Whoever was killed in the test before has sent nobody home.
  if (lab.network.phones.isUp(1001)) await lab.network.phones.hangup(1001);
  await lab.network.phones.login(1001);
  await agentIs("a1001", "available");
  await campaign.fairdial.must("campaign", "start", "c");
  await agentIs("a1001", "onCall");
  lab.database.pause();
  const hungAt = Date.now();
  await until(() => entries("attempt-ended").length === 1, 20_000);
  await sleep(1_500);
  expect(entries("attempt-decided").filter(({ at }) => Number(at) > hungAt + 1_000)).toEqual([]);
  expect(await metric("store_up")).toBe(0);
  expect(await metric("spool_rows")).toBeGreaterThan(0);
  lab.database.resume();
  await campaign.finished(3, 40_000);
  expect((await campaign.attempts()).filter(({ outcome }) => outcome === "connected")).toHaveLength(3);
  await until(async () => (await metric("spool_rows")) === 0, 5_000);
}, 300_000);
