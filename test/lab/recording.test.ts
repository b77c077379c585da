// Recordings on a real Asterisk: a gap in which nothing is heard, digits that are nowhere, and a file that goes.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { readSamples } from "../../scripts/lab/recording.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

// What is erased stays under a keyed hash.
process.env["FAIRDIAL_NUMBER_HASH_KEY"] = "a key for tests, of more than thirty-two bytes";

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;

beforeAll(async () => {
  lab = await startLab();
  // SIPp sends back what it hears: the agent, who talks all the time, is in every 20 ms of the conversation.
  sipp = await startSipp(lab.ground);
  campaign = await LabCampaign.open(lab, "tape");
  await campaign.add({ name: "c", trunk: "sipp", numbers: [], phones: [1001, 1002], more: ["--record", "all"] });
  await campaign.fairdial.startDaemon();
  await lab.network.phones.login(1001);
  await campaign.fairdial.must("campaign", "start", "c");
}, 240_000);

afterAll(async () => {
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

const rows = async (statement: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(statement))[0];
const spool = (): string => join(lab.pbx.folder, "spool/recording");
const nowIs = (state: string, attemptId?: string): Promise<void> =>
  until(
    async () => {
      const [row] = await rows("select attempt_id, state from crm_recording order by started_at desc limit 1");
      return row?.["state"] === state && (attemptId === undefined || row["attempt_id"] === attemptId);
    },
    20_000,
    async () =>
      `${JSON.stringify(await rows("select * from crm_recording"))}\n${campaign.fairdial.lastWords().join("\n")}`,
  );

const agentIsThere = (agent: string): Promise<void> =>
  until(async () => (await campaign.agents())[agent] === "available", 20_000);

/** Somebody who stays on the line is called, and the recording of it runs. Returns the attempt. */
const inConversation = async (nth: number): Promise<string> => {
  const number = sippNumber("ringing", "answer", nth);
  await agentIsThere("a1001");
  await until(
    async () => (await campaign.fairdial.run("dial", number, "--campaign", "c", "--agent", "a1001")).code === 0,
    30_000,
  );
  await nowIs("recording");
  const [row] = await rows("select attempt_id from crm_recording order by started_at desc limit 1");
  return String(row?.["attempt_id"]);
};

const loudest = (samples: Int16Array, fromMs: number, toMs: number): number =>
  samples.subarray(fromMs * 8, toMs * 8).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

const textsBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(wav|alaw|ulaw|db|sqlite3|gsm)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const CARD = "49291881";

let attemptId = "";

test("nothing is heard in a gap, what follows stays in its place, and the gap is on record", async () => {
  attemptId = await inConversation(1);
  await sleep(1_500);
  await campaign.fairdial.must("recording", "pause", "--agent", "a1001");
  await sleep(1_500);
  await campaign.sql.query("insert into crm_recording_command (what, attempt_id) values ('resume', ?)", [attemptId]);
  await nowIs("recording", attemptId);
  await sleep(1_500);
  await lab.network.phones.press(1001, "*5");
  await nowIs("paused", attemptId);
  // The card is typed as well as spoken: none of its digits is an agent's command, and none is written down.
  await lab.network.phones.press(1001, CARD);
  await sleep(500);
  // SIPp sends the digits back as well, after which this phone's own are not heard any more: by command, then.
  await campaign.fairdial.must("agent", "hang-up", "a1001");
  await nowIs("ended", attemptId);

  const [row] = await rows("select * from crm_recording");
  const gaps = await rows("select * from crm_recording_gap order by from_at");
  expect(gaps.map(({ made_how, ended_how }) => [made_how, ended_how])).toEqual([
    ["command", "command"],
    ["key", "end"],
  ]);
  expect(gaps.map(({ made_by, ended_by }) => [made_by === "a1001", ended_by])).toEqual([
    [false, "crm"],
    [true, "fairdial"],
  ]);
  const file = join(spool(), String(row?.["file"]));
  const bytes = readFileSync(file);
  expect(row).toMatchObject({ bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });

  const samples = readSamples(file);
  const startedAt = (row?.["started_at"] as Date).getTime();
  // The file has whole seconds of sound before, between and after; in the gaps there is not one sample that is not silence.
  const measured = gaps.map(({ from_at, until_at }) => {
    const from = (from_at as Date).getTime() - startedAt;
    const until = (until_at as Date).getTime() - startedAt;
    return {
      lastedMs: until - from,
      inside: loudest(samples, from + 150, until - 150),
      before: loudest(samples, from - 1_200, from - 300),
    };
  });
  process.stdout.write(`gaps: ${JSON.stringify(measured)}; file ${(samples.length / 8_000).toFixed(2)} s\n`);
  for (const { inside, before } of measured) {
    expect(inside).toBe(0);
    expect(before).toBeGreaterThan(1_000);
  }
  const lasted = (row?.["ended_at"] as Date).getTime() - startedAt;
  expect(Math.abs(samples.length / 8 - lasted)).toBeLessThan(1_500);
}, 90_000);

test("digits of the gap are in no log, no journal and no row", async () => {
  const texts = [...textsBelow(campaign.fairdial.folder), ...textsBelow(join(lab.pbx.folder, "log"))];
  expect(texts.length).toBeGreaterThan(2);
  const said = texts.map((file) => readFileSync(file, "utf8")).join("\n");
  expect(said).toContain("paused");
  expect(said).not.toContain(CARD);
  // Nor one by one: nothing was made of a key between the two ends of the gap.
  expect(said).not.toMatch(/"digit"|"dtmf"|DTMF (begin|end)/i);
  expect(await rows("select 1 from agent_command where command like '%dispose%'")).toEqual([]);
  expect(await rows("select disposition from crm_attempt where disposition is not null")).toEqual([]);
  const journal = readdirSync(campaign.fairdial.journalFolder)
    .map((name) => readFileSync(join(campaign.fairdial.journalFolder, name), "utf8"))
    .join("");
  expect(journal).not.toContain('"kind":"disposition"');
}, 30_000);

test("a file that cannot be written fails its recording and not the call", async () => {
  const [found] = await rows("select file from crm_recording limit 1");
  const day = join(spool(), String(found?.["file"]), "..");
  const campaigns = join(day, "..", "..");
  // Another campaign, whose folder is a file.
  await campaign.fairdial.must("campaign", "stop", "c");
  mkdirSync(campaigns, { recursive: true });
  writeFileSync(join(campaigns, "blocked"), "");
  await campaign.add({ name: "blocked", trunk: "sipp", numbers: [], phones: [], more: ["--record", "all"] });
  await campaign.fairdial.must("campaign", "set", "blocked", "--agents", "a1002");
  await campaign.fairdial.must("campaign", "start", "blocked");
  await lab.network.phones.login(1002);
  await agentIsThere("a1002");
  const number = sippNumber("ringing", "answer", 7);
  let said = "";
  await until(
    async () => {
      const { code, stderr } = await campaign.fairdial.run("dial", number, "--campaign", "blocked", "--agent", "a1002");
      said = stderr;
      return code === 0;
    },
    15_000,
    () => said,
  );
  await nowIs("failed");
  expect((await campaign.agents())["a1002"]).toBe("onCall");
  expect(await rows("select code from alarm where code = 'RECORDING-FAILED'")).toHaveLength(1);
  await campaign.fairdial.must("agent", "hang-up", "a1002");
}, 60_000);

test("whoever is erased is heard no more", async () => {
  const [row] = await rows(`select file from crm_recording where attempt_id = '${attemptId}'`);
  const file = join(spool(), String(row?.["file"]));
  expect(existsSync(file)).toBe(true);
  await until(async () => (await campaign.attempts()).every(({ outcome }) => outcome !== null), 15_000);
  const number = sippNumber("ringing", "answer", 1);
  const said = await campaign.fairdial.must("erase", "--number", number, "--because", "ticket 1");
  expect(said).toContain("1 recording removed.");
  expect(existsSync(file)).toBe(false);
  const [erased] = await rows(`select erased_at, gaps from crm_recording where attempt_id = '${attemptId}'`);
  expect(erased).toMatchObject({ erased_at: expect.any(Date), gaps: 2 });
  await campaign.fairdial.must("judge", "--database");
}, 60_000);
