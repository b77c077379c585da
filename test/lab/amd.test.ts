// Answering-machine detection through the whole daemon, on a real Asterisk: people and machines of the audio set answer.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { INFORMATION_MESSAGE } from "../../scripts/lab/pbx.ts";
import { hearings, type Hearing } from "../../scripts/lab/listeners.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { readSamples } from "../../scripts/lab/recording.ts";
import { amdArguments, APP_AMD_IN_TIME } from "../../src/amd/app-amd.ts";
import { DEFAULT_TALK } from "../../src/amd/talk-parameters.ts";
import { addClipPeople, addLeaver, clipNumber } from "../support/clip-people.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

/** From the answer to an agent, or to the message: the British limit. */
const LIMIT_MS = 2_000;
/** What the network's own clock and a frame or two may add to what is heard. */
const EAR_MS = 100;

/** By kind. Clips that a model of its detector judges alike with every threshold and packet lost that was tried: never close. */
const HELLO = ["385", "296", "059", "331", "023"] as const;
const MACHINE = ["295", "472", "102", "442", "329"] as const;

interface Kind {
  readonly name: string;
  readonly phone: number;
  readonly options: readonly string[];
  readonly isLicensed: boolean;
  readonly samplePercent: number;
}
const KINDS: readonly Kind[] = [
  { name: "learning", phone: 1001, options: ["--amd", "talk"], isLicensed: false, samplePercent: 5 },
  {
    name: "leaving",
    phone: 1002,
    options: ["--amd", "talk", "--on-machine", "message", "--voicemail-message", INFORMATION_MESSAGE.media],
    isLicensed: true,
    samplePercent: 0,
  },
  { name: "beside", phone: 1003, options: ["--amd", "parallel"], isLicensed: true, samplePercent: 0 },
  { name: "asking", phone: 1005, options: ["--amd", "asterisk"], isLicensed: true, samplePercent: 0 },
  { name: "sampling", phone: 1004, options: ["--amd", "talk"], isLicensed: true, samplePercent: 100 },
];

const personOf = (nth: number): string => clipNumber(`10${String(nth)}`);
const machineOf = (nth: number): string => clipNumber(`20${String(nth)}`);
/** Leaves while AMD() listens, away from our application. */
const LEAVER = clipNumber("300");
const nthOf = (name: string): number => KINDS.findIndex((each) => each.name === name);

const numbersOf = (name: string, nth: number): string[] => [
  ...[personOf(nth), machineOf(nth)],
  ...(name === "asking" ? [LEAVER] : []),
];
const CALLS = 2 * KINDS.length + 1;

let lab: Lab;
let campaign: LabCampaign;
let heard: readonly Hearing[] = [];
type Attempt = Readonly<Record<string, unknown>>;
const attempts = new Map<string, Attempt>();
const attemptTo = (number: string): Attempt => attempts.get(number) ?? {};
const heardBy = (number: string): Hearing | undefined => heard.find((each) => each.number === number);

beforeAll(async () => {
  lab = await startLab();
  await addClipPeople(
    lab,
    Object.fromEntries(KINDS.map((_, nth) => [`10${String(nth)}`, HELLO[nth] ?? ""])),
    Object.fromEntries(KINDS.map((_, nth) => [`20${String(nth)}`, MACHINE[nth] ?? ""])),
  );
  await addLeaver(lab, "300");
  await lab.network.recordHeard(true);
  campaign = await LabCampaign.open(lab, "amd");
  for (const [nth, { name, phone, options, isLicensed, samplePercent }] of KINDS.entries()) {
    await campaign.add({ name, numbers: numbersOf(name, nth), phones: [phone], more: options });
    // Nothing by chance: the command line takes one in a hundred at least.
    await campaign.sql.query("update campaign set amd_sample_percent = ? where name = ?", [samplePercent, name]);
    // As two hundred labels leave it, two of them people's.
    if (isLicensed) {
      await campaign.sql.query(
        `insert into amd_test (campaign_id, trunk, build, samples, humans_found, upper_per_million, labelled_by, tested_at)
         select campaign_id, trunk, concat(amd, ' ', if(amd = 'asterisk', ?, ?)), 200, 2, 35722, 'review', utc_timestamp(3) - interval 1 minute
         from campaign where name = ?`,
        [amdArguments(APP_AMD_IN_TIME), Object.values(DEFAULT_TALK).join(","), name],
      );
    }
  }
  await campaign.fairdial.startDaemon();
  for (const { phone } of KINDS) await lab.network.phones.login(phone);
  for (const { name } of KINDS) await campaign.fairdial.must("campaign", "start", name);
  await campaign.finished(CALLS, 120_000);
  await until(() => lab.network.calls().filter(({ endedAt }) => endedAt !== null).length >= CALLS, 10_000);
  const [rows] = await campaign.sql.query<RowDataPacket[]>("select * from crm_attempt");
  for (const row of rows) attempts.set(String(row["number"]), row);
  heard = await hearings(lab.network, { message: readSamples(join(lab.ground.soundsDir, "messages/information.wav")) });
}, 480_000);

afterAll(async () => {
  await campaign.close();
  await lab.stop();
}, 60_000);

test("no person meets silence: every one of them talks to an agent within the limit", () => {
  for (const nth of KINDS.keys()) {
    expect(attemptTo(personOf(nth))).toMatchObject({ outcome: "connected", verdict_act: "served" });
    expect(attemptTo(personOf(nth))["answer_to_connect_ms"]).toBeLessThanOrEqual(LIMIT_MS);
    expect(heardBy(personOf(nth))?.firstSoundAfterMs).toBeLessThanOrEqual(LIMIT_MS + EAR_MS);
  }
  // Whoever is recognised is not kept waiting to the deadline, and beside the conversation nobody waits at all.
  expect(attemptTo(personOf(nthOf("leaving")))).toMatchObject({ verdict: "human", verdict_cause: "short-greeting" });
  expect(attemptTo(personOf(nthOf("beside")))["answer_to_connect_ms"]).toBeLessThan(500);
});

test("a machine goes to an agent while no test says how often that is wrong, and waits to be listened to", async () => {
  const machine = attemptTo(machineOf(nthOf("learning")));
  expect(machine).toMatchObject({ verdict: "machine", verdict_act: "learning", outcome: "connected" });
  expect(machine["answer_to_connect_ms"]).toBeLessThanOrEqual(LIMIT_MS);
  expect(await campaign.fairdial.must("amd", "review", "learning")).toContain(String(machine["attempt_id"]));
});

test("of those that may be dropped an agent hears a sample, which waits to be listened to and becomes part of the test", async () => {
  const machine = attemptTo(machineOf(nthOf("sampling")));
  expect(machine).toMatchObject({ verdict: "machine", verdict_act: "sampled", outcome: "connected" });
  const attemptId = String(machine["attempt_id"]);
  expect(await campaign.fairdial.must("amd", "review", "sampling")).toContain(attemptId);
  await campaign.fairdial.must("amd", "review", "sampling", "--attempt", attemptId, "--heard", "machine");
  expect(await campaign.fairdial.must("amd", "review", "sampling")).toContain("Nothing of sampling waits");
});

test("a message is left on a machine after its greeting, whole, and no agent is kept for it", () => {
  const number = machineOf(nthOf("leaving"));
  expect(attemptTo(number)).toMatchObject({
    ...{ verdict: "machine", verdict_act: "dropped", outcome: "machine-message-left", connected_at: null },
    ...{ message: "finished", message_choice: "voicemail" },
  });
  const its = heardBy(number);
  expect(its).toMatchObject({ message: "message", toItsEnd: true });
  // Its greeting and its beep are over by then.
  expect(its?.firstSoundAfterMs).toBeGreaterThan(4_000);
});

test("beside a conversation a machine loses its agent as soon as it is recognised", () => {
  expect(attemptTo(machineOf(nthOf("beside")))).toMatchObject({
    ...{ verdict: "machine", verdict_act: "dropped", outcome: "machine-hung-up", end_reason: "amdMachine" },
  });
});

test("Asterisk's own AMD() is asked by way of the dialplan: people come back to an agent in time, machines are dropped", () => {
  const nth = nthOf("asking");
  expect(attemptTo(personOf(nth))).toMatchObject({ verdict: "human", verdict_cause: "HUMAN", outcome: "connected" });
  const machine = { verdict: "machine", verdict_act: "dropped", outcome: "machine-hung-up", connected_at: null };
  expect(attemptTo(machineOf(nth))).toMatchObject(machine);
});

test("the end of a call that is away with AMD() is heard of all the same", () => {
  expect(attemptTo(LEAVER)).toMatchObject({ outcome: "hung-up-early", ended_by: "farEnd" });
});

test("the account, the rows and the journal agree, and the estimate is what the tests say", async () => {
  await campaign.fairdial.must("judge", "--database");
  const recount = await campaign.fairdial.json<{
    campaigns: readonly {
      campaign: string;
      rate: { inputs: { machinesDropped: number; falsePositivesPerMillion: number | null } };
    }[];
  }>("account", "recount");
  const inputs = Object.fromEntries(recount.campaigns.map((each) => [each.campaign, each.rate.inputs]));
  expect(inputs).toMatchObject({
    leaving: { machinesDropped: 1, falsePositivesPerMillion: 35_722 },
    asking: { machinesDropped: 1, falsePositivesPerMillion: 35_722 },
    beside: { machinesDropped: 1, falsePositivesPerMillion: 35_722 },
    learning: { machinesDropped: 0 },
  });
  expect(readFileSync(campaign.fairdial.logFile, "utf8")).not.toContain('"level":"error"');
});
