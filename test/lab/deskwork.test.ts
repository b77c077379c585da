// What an agent can do during a call, on a real Asterisk, judged by what the called person's own network recorded.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { listenerNumber } from "../../scripts/lab/listeners.ts";
import { INFORMATION_MESSAGE } from "../../scripts/lab/pbx.ts";
import { firstSoundMs, lastSoundMs, messageHeard, readSamples, type Samples } from "../../scripts/lab/recording.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { LabCampaign, until, type AttemptRow } from "../support/lab-campaign.ts";

/** Samples a millisecond. */
const RATE = 8;
const AUDIBLE = 200;
/** What nobody on hold may hear nothing for. */
const QUIET_MAX_MS = 2_000;

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;
let nth = 0;

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
  campaign = await LabCampaign.open(lab, "deskwork");
  await campaign.add({
    ...{ name: "c", numbers: [], phones: [1001], wrapUp: 30 },
    more: ["--voicemail-message", INFORMATION_MESSAGE.media, "--hold-max", "5s"],
  });
  await campaign.add({ name: "d", trunk: "sipp", numbers: [], phones: [1002], more: ["--hold-max", "1m"] });
  await campaign.fairdial.must("campaign", "start", "d");
  await campaign.fairdial.startDaemon();
  await lab.network.recordHeard(true);
  await lab.network.phones.login(1001);
  await campaign.fairdial.must("campaign", "start", "c");
}, 180_000);

afterAll(async () => {
  await lab.network.recordHeard(false);
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

const rows = async (statement: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(statement))[0];
const agentIs = (wanted: string, withinMs = 10_000, agent = "a1001"): Promise<void> =>
  until(
    async () => (await campaign.agents())[agent] === wanted,
    withinMs,
    async () => `${agent} is ${String((await campaign.agents())[agent])}`,
  );
/** Of the one call that there is. */
const onHold = (wanted: 0 | 1, withinMs = 3_000): Promise<void> =>
  until(
    async () => (await rows("select on_hold from crm_live_call"))[0]?.["on_hold"] === wanted,
    withinMs,
    async () => JSON.stringify([await campaign.attempts(), campaign.fairdial.lastWords()]),
  );

/** Somebody new, talking with the agent. */
async function talking(
  name = "c",
  agent = "a1001",
  number = listenerNumber("listens", nth++),
): Promise<{ readonly number: string }> {
  await campaign.fairdial.must("agent", "available", agent);
  await until(
    async () => (await campaign.fairdial.run("dial", number, "--campaign", name, "--agent", agent)).code === 0,
    20_000,
  );
  await agentIs("onCall", 15_000, agent);
  return { number };
}

async function ended(number: string): Promise<AttemptRow> {
  const find = async (): Promise<AttemptRow | undefined> =>
    (await campaign.attempts()).find((each) => each.number === number && each.outcome !== null);
  await until(async () => (await find()) !== undefined, 30_000);
  const row = await find();
  if (row === undefined) throw new Error("it has not ended");
  return row;
}

/** What they heard, from their answer on. */
async function heardBy(number: string): Promise<Samples> {
  const find = (): string | undefined => lab.network.heard().find((each) => each.number === number)?.file;
  await until(
    () =>
      find() !== undefined &&
      lab.network.calls().some((each) => number.endsWith(each.dialled.replace("+", "")) && each.endedAt !== null),
    10_000,
  );
  const file = find() ?? "";
  expect(basename(file)).not.toBe("");
  return readSamples(file);
}

/** The longest time without a sound between the first and the last of them, in ms. */
function longestQuietMs(samples: Samples): number {
  const [from, to] = [(firstSoundMs(samples) ?? 0) * RATE, (lastSoundMs(samples) ?? 0) * RATE];
  let [quiet, longest] = [0, 0];
  for (let i = from; i < to; i += 1) {
    quiet = Math.abs(samples[i] ?? 0) > AUDIBLE ? 0 : quiet + 1;
    longest = Math.max(longest, quiet);
  }
  return longest / RATE;
}

/** Milliseconds of the lab's music, which is a chord on 220 Hz and has nothing else: an agent's voice has. */
function musicMs(samples: Samples): number {
  const frame = 100 * RATE;
  let frames = 0;
  for (let at = 0; at + frame <= samples.length; at += frame) {
    const window = samples.subarray(at, at + frame);
    const whole = window.reduce((sum, each) => sum + each * each, 0);
    const chord = [220, 277, 330].reduce((sum, hertz) => sum + power(window, hertz), 0);
    if (whole / frame > AUDIBLE && (2 * chord) / frame / whole > 0.7) frames += 1;
  }
  return frames * 100;
}

function power(window: Samples, hertz: number): number {
  let [re, im] = [0, 0];
  for (const [i, sample] of window.entries()) {
    const angle = (2 * Math.PI * hertz * i) / (RATE * 1_000);
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
  }
  return re * re + im * im;
}

/** Whether the message is in it, whole; it begins about there. */
function hasMessage(samples: Samples, aboutMs: number): boolean {
  const message = readSamples(`${lab.ground.soundsDir}/messages/information.wav`);
  for (let at = Math.max(0, aboutMs - 1_500); at < aboutMs + 1_500; at += 20) {
    if (messageHeard(samples.subarray(at * RATE), message)?.toItsEnd === true) return true;
  }
  return false;
}

const between = (from: Date | null, to: Date | null): number => Number(to) - Number(from);

test("one press leaves the message, whole, and the agent is free before it is over, without wrap-up", async () => {
  const { number } = await talking();
  await sleep(1_500);
  await lab.network.phones.press(1001, "*7");
  await agentIs("available", 3_000);
  const meanwhile = (await campaign.attempts()).find((each) => each.number === number);
  expect(meanwhile).toMatchObject({ outcome: null });
  const row = await ended(number);
  expect(row).toMatchObject({
    ...{ outcome: "machine-message-left", message: "finished", end_reason: "voicemailLeft" },
    ...{ agent: "a1001", disposition: "machine" },
  });
  const samples = await heardBy(number);
  expect(hasMessage(samples, between(row.answered_at, row.message_at))).toBe(true);
  expect(longestQuietMs(samples)).toBeLessThan(QUIET_MAX_MS);
  expect(await rows(`select kind, asked_by, ended_as from crm_desk where attempt_id = '${row.attempt_id}'`)).toEqual([
    { kind: "voicemail", asked_by: "key", ended_as: "left" },
  ]);
}, 60_000);

test("on hold they hear music and never silence, by key and by command, and are brought back when it lasts too long", async () => {
  const { number } = await talking();
  await lab.network.phones.press(1001, "*4");
  await onHold(1);
  await agentIs("onCall", 0);
  await sleep(2_000);
  await lab.network.phones.press(1001, "*4");
  await onHold(0);
  await campaign.fairdial.must("agent", "hold", "a1001");
  expect((await campaign.fairdial.run("agent", "voicemail", "a1001")).stderr).toContain("[on-hold]");
  await campaign.fairdial.must("agent", "resume", "a1001");
  await sleep(500);
  await lab.network.phones.press(1001, "*0");
  const row = await ended(number);
  expect(row).toMatchObject({ outcome: "connected", end_reason: "agentHungUp" });
  const samples = await heardBy(number);
  expect(longestQuietMs(samples)).toBeLessThan(QUIET_MAX_MS);
  expect(musicMs(samples)).toBeGreaterThan(1_500);
  const works = await rows(
    `select kind, asked_by, ended_as, lasted_ms from crm_desk where attempt_id = '${row.attempt_id}' order by begun_at`,
  );
  expect(works).toMatchObject([
    { kind: "hold", asked_by: "key", ended_as: "resumed" },
    { kind: "hold", asked_by: "command", ended_as: "resumed" },
  ]);
  expect(Number(works[0]?.["lasted_ms"])).toBeGreaterThan(1_900);
}, 60_000);

test("an agent who is gone leaves them with the message, to its end", async () => {
  const { number } = await talking();
  await lab.network.phones.press(1001, "*4");
  await onHold(1);
  await sleep(1_000);
  await lab.network.phones.hangup(1001);
  const row = await ended(number);
  expect(row).toMatchObject({ outcome: "connected", message: "finished", end_reason: "messagePlayed" });
  const samples = await heardBy(number);
  expect(hasMessage(samples, between(row.answered_at, row.message_at))).toBe(true);
  expect(longestQuietMs(samples)).toBeLessThan(QUIET_MAX_MS);
}, 60_000);

test("a daemon that dies during a hold brings them back when it comes again; the judge finds nothing wrong", async () => {
  await lab.network.phones.login(1002);
  const { number } = await talking("d", "a1002", sippNumber("ringing", "answer", 1));
  await lab.network.phones.press(1002, "*4");
  await onHold(1);
  await campaign.fairdial.killDaemon();
  await campaign.fairdial.startDaemon();
  await onHold(0, 20_000);
  await agentIs("onCall", 5_000, "a1002");
  await lab.network.phones.press(1002, "*0");
  expect(await ended(number)).toMatchObject({ outcome: "connected", agent: "a1002", end_reason: "agentHungUp" });
  await lab.network.phones.hangup(1002);
  await campaign.fairdial.must("judge", "--database");
}, 90_000);
