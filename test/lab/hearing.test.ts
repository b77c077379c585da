// What a node that hears its calls whole makes of them, on a real Asterisk: tones before the answer and behind it, a
// switchboard that rings on, silence, and a detector outside.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { addExtension } from "../../scripts/amd/calls.ts";
import { DEFAULT_SEED, fileOf, makeClips } from "../../scripts/amd/make.ts";
import { planClips } from "../../scripts/amd/plan.ts";
import { joined, silence, tone, wavOf } from "../../scripts/amd/sound.ts";
import type { Sound } from "../../scripts/amd/sound.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { DETECTOR, startDetector } from "../../scripts/outside-detector.ts";
import { APP_AMD_IN_TIME } from "../../src/amd/app-amd.ts";
import { amdBuild, detectorsOf } from "../../src/engine/calls/amd.ts";
import { clipNumber } from "../support/clip-people.ts";
import { LabCampaign } from "../support/lab-campaign.ts";

/** From the answer to an agent: the British limit. */
const LIMIT_MS = 2_000;
const LOUD = 0.2;

const RING = joined(tone([400, 450], 400, LOUD), silence(200), tone([400, 450], 400, LOUD), silence(2_000));
/** An overtone for every hundred hertz, in syllables: nobody's voice, and no tone either. */
const SYLLABLE = joined(tone([130, 260, 390, 520, 650, 780, 1_170], 240, 0.4), silence(120));
const SOUNDS: Readonly<Record<string, Sound>> = {
  "101": joined(silence(300), tone([2_100], 3_000, LOUD), silence(4_000)),
  "102": joined(tone([985.2], 380, LOUD), tone([1_370.6], 274, LOUD), tone([1_776.7], 380, LOUD), silence(1_500)),
  "103": joined(RING, RING),
  "104": joined(RING, SYLLABLE, SYLLABLE, SYLLABLE, silence(1_500)),
  "105": silence(5_000),
};
/** Of the audio set: two people who say hello, and a machine; never close, whatever the threshold. */
const CLIPS: Readonly<Record<string, string>> = { "106": "385", "201": "296", "202": "410" };
const [FAX, VACANT, RINGS, COMES, SILENT] = ["101", "102", "103", "104", "105"].map(clipNumber) as [
  string,
  string,
  string,
  string,
  string,
];
const [HELLO, HELLO_OUTSIDE, MACHINE_OUTSIDE] = ["106", "201", "202"].map(clipNumber) as [string, string, string];

let lab: Lab;
let campaign: LabCampaign;
let detector: Server;
type Attempt = Readonly<Record<string, unknown>>;
const attempts = new Map<string, Attempt>();
const attemptTo = (number: string): Attempt => attempts.get(number) ?? {};

/** The network's part: each number plays the file that its last three digits name, one of them before any answer. */
async function addSounds(): Promise<void> {
  const folder = join(lab.ground.folder, "hearing");
  mkdirSync(folder);
  for (const [name, sound] of Object.entries(SOUNDS)) writeFileSync(join(folder, `${name}.wav`), wavOf(sound));
  const clips = planClips(DEFAULT_SEED).filter(({ id }) => Object.values(CLIPS).includes(id));
  await makeClips(folder, clips);
  for (const [name, id] of Object.entries(CLIPS)) {
    const clip = clips.find((each) => each.id === id);
    if (clip !== undefined) copyFileSync(fileOf({ folder }, clip), join(folder, `${name}.wav`));
  }
  const playback = `Playback(${lab.ground.asterisk.inside(folder)}/\${EXTEN:-3}`;
  // 480 alone would be somebody who does not come to the telephone.
  await addExtension(lab.network, "numbers", VACANT.slice(1), ["Progress()", `${playback},noanswer)`, "Hangup(19)"]);
  await addExtension(lab.network, "numbers", "_441144960[12]0X", [
    ...["Ringing()", "Wait(0.3)", "Answer()", `${playback})`, "Hangup(16)"],
  ]);
}

beforeAll(async () => {
  lab = await startLab();
  detector = await startDetector("127.0.0.1", 0);
  await addSounds();
  const sections = {
    hearing: { listen: `127.0.0.1:${String(lab.ground.ports.hearing)}` },
    amd: { outside: { ...DETECTOR, address: `127.0.0.1:${String((detector.address() as AddressInfo).port)}` } },
  };
  campaign = await LabCampaign.open(lab, "hearing", { sections });
  const talk = [FAX, VACANT, RINGS, COMES, SILENT, HELLO];
  await campaign.add({ name: "tones", numbers: talk, phones: [1001, 1002, 1003], more: ["--amd", "talk"] });
  const outside = [HELLO_OUTSIDE, MACHINE_OUTSIDE];
  await campaign.add({ name: "outside", numbers: outside, phones: [1004, 1005], more: ["--amd", "outside"] });
  const detectors = detectorsOf({ ...sections, amd: { ...sections.amd, asterisk: APP_AMD_IN_TIME } });
  for (const [name, kind] of [
    ["tones", "talk"],
    ["outside", "outside"],
  ] as const) {
    const build = amdBuild(
      { amd: { kind, onMachine: "hang-up", voicemailMessage: null, samplePercent: 5 } },
      detectors,
    );
    await campaign.sql.query("update campaign set amd_sample_percent = 0 where name = ?", [name]);
    // As two hundred labels leave it, two of them people's.
    await campaign.sql.query(
      `insert into amd_test (campaign_id, trunk, build, samples, humans_found, upper_per_million, labelled_by, tested_at)
       select campaign_id, trunk, ?, 200, 2, 35722, 'review', utc_timestamp(3) - interval 1 minute
       from campaign where name = ?`,
      [build, name],
    );
  }
  await campaign.fairdial.startDaemon();
  for (const phone of [1001, 1002, 1003, 1004, 1005]) await lab.network.phones.login(phone);
  for (const name of ["tones", "outside"]) await campaign.fairdial.must("campaign", "start", name);
  await campaign.finished(talk.length + outside.length, 120_000);
  const [rows] = await campaign.sql.query<RowDataPacket[]>("select * from crm_attempt");
  for (const row of rows) attempts.set(String(row["number"]), row);
}, 480_000);

afterAll(async () => {
  await campaign.close();
  await lab.stop();
  detector.close();
}, 60_000);

test("a fax is a fax, and no agent is kept for it", () => {
  expect(attemptTo(FAX)).toMatchObject({
    ...{ outcome: "fax", verdict: "fax", verdict_cause: "ced", verdict_act: "dropped", connected_at: null },
  });
});

test("a number of which the network's tones say that nobody has it is out of service, whatever code ends the call", () => {
  expect(attemptTo(VACANT)).toMatchObject({
    ...{ outcome: "not-in-service", verdict: "sit", verdict_cause: "sit-vacant", answered_at: null },
  });
});

test("a switchboard that answers and rings on is no conversation, and the agent was there in time all the same", () => {
  expect(attemptTo(RINGS)).toMatchObject({ outcome: "ringback-after-answer", verdict: "ringback" });
  expect(attemptTo(RINGS)["answer_to_connect_ms"]).toBeLessThanOrEqual(LIMIT_MS);
});

test("somebody who comes to the telephone behind a switchboard is connected", () => {
  expect(attemptTo(COMES)).toMatchObject({ outcome: "connected", verdict: "ringback" });
});

test("whoever says nothing gets an agent in time; where nobody ever spoke the row says so", () => {
  expect(attemptTo(SILENT)).toMatchObject({ outcome: "no-speech", verdict: "silence", verdict_act: "served" });
  expect(attemptTo(SILENT)["answer_to_connect_ms"]).toBeLessThanOrEqual(LIMIT_MS);
});

test("people are people still", () => {
  expect(attemptTo(HELLO)).toMatchObject({ outcome: "connected", verdict: "human", verdict_act: "served" });
});

test("the detector outside hears both, and its word counts under its name and version", () => {
  const person = attemptTo(HELLO_OUTSIDE);
  expect(person).toMatchObject({ outcome: "connected", verdict: "human" });
  expect(person["verdict_cause"]).toBe("sample 1.0: they stopped to listen");
  expect(person["answer_to_connect_ms"]).toBeLessThanOrEqual(LIMIT_MS);
  const machine = attemptTo(MACHINE_OUTSIDE);
  expect(machine).toMatchObject({ outcome: "machine-hung-up", verdict: "machine", verdict_act: "dropped" });
  expect(machine["verdict_cause"]).toMatch(/^sample 1\.0: 9\d0 ms of talk$/);
});

test("the journal, the rows and the account agree, and nothing is left open", async () => {
  await campaign.fairdial.must("judge", "--database");
  const log = readFileSync(campaign.fairdial.logFile, "utf8");
  expect(log).not.toContain('"level":"error"');
  expect(log).not.toContain("calls cannot be heard");
  expect(
    ((await (await lab.pbx.request("GET", "/channels")).json()) as { id: string }[]).filter(({ id }) =>
      id.startsWith("fd-"),
    ),
  ).toEqual([]);
});
