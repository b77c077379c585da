// People passed on, and supervisors, on a real Asterisk: judged by tones, one for each phone, in what everybody heard.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { listenerNumber } from "../../scripts/lab/listeners.ts";
import { readSamples, type Samples } from "../../scripts/lab/recording.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

/** Samples a millisecond. */
const RATE = 8;
const FRAME_MS = 100;
const QUIET_MAX_MS = 2_000;
/** Of each phone; the lab's music is a chord on 220 Hz. */
const TONES: Readonly<Record<number, number>> = { 1001: 500, 1002: 800, 1003: 1_130 };
const MUSIC = 277;

let lab: Lab;
let campaign: LabCampaign;

beforeAll(async () => {
  lab = await startLab();
  campaign = await LabCampaign.open(lab, "transfer");
  await campaign.add({ name: "c", numbers: [], phones: [1001, 1002, 1003], more: ["--hold-max", "1m"] });
  await campaign.fairdial.startDaemon();
  await lab.network.recordHeard(true);
  await lab.network.listenersStay(true);
  for (const phone of [1001, 1002, 1003]) {
    await lab.network.phones.login(phone);
    await lab.network.phones.sing(phone, TONES[phone] ?? 0);
  }
  await agentIs("a1003", "available", 20_000);
  await campaign.fairdial.must("agent", "pause", "a1003", "--reason", "listening");
  await campaign.fairdial.must("campaign", "start", "c");
}, 540_000);

afterAll(async () => {
  await lab.network.listenersStay(false);
  await lab.network.recordHeard(false);
  await campaign.close();
  await lab.stop();
}, 60_000);

const rows = async (statement: string): Promise<RowDataPacket[]> =>
  (await campaign.sql.query<RowDataPacket[]>(statement))[0];
const agentIs = (agent: string, wanted: string, withinMs = 10_000): Promise<void> =>
  until(
    async () => (await campaign.agents())[agent] === wanted,
    withinMs,
    async () => `${JSON.stringify(await campaign.agents())} ${campaign.fairdial.lastWords().join(" ")}`,
  );
const transferHas = (column: string): Promise<void> =>
  until(
    async () =>
      ((await rows(`select ${column} as it from crm_transfer order by begun_at desc limit 1`))[0]?.["it"] ?? null) !==
      null,
    10_000,
    async () => JSON.stringify([await rows("select * from crm_transfer"), campaign.fairdial.lastWords()]),
  );

function power(window: Samples, hertz: number): number {
  let [re, im] = [0, 0];
  for (const [i, sample] of window.entries()) {
    const angle = (2 * Math.PI * hertz * i) / (RATE * 1_000);
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
  }
  return Math.sqrt(re * re + im * im) / (window.length / 2);
}

/** In which frames that tone is heard: louder than a hundredth of full scale. */
function framesWith(samples: Samples, hertz: number): boolean[] {
  const frame = FRAME_MS * RATE;
  return Array.from(
    { length: Math.floor(samples.length / frame) },
    (_, n) => power(samples.subarray(n * frame, (n + 1) * frame), hertz) > 300,
  );
}
const heardMs = (samples: Samples, hertz: number): number =>
  framesWith(samples, hertz).filter((each) => each).length * FRAME_MS;

/** What a phone hears in the next moments: of each tone, for how long, in ms. */
async function hears(phone: number): Promise<Readonly<Record<number, number>>> {
  const samples = readSamples(await lab.network.phoneHears(phone, 1_200));
  const of = Object.entries(TONES).map(([each, hertz]) => [each, heardMs(samples, hertz)] as const);
  return Object.fromEntries(of);
}

async function talking(nth: number): Promise<string> {
  const number = listenerNumber("listens", nth);
  await agentIs("a1001", "available", 20_000);
  await until(
    async () => (await campaign.fairdial.run("dial", number, "--campaign", "c", "--agent", "a1001")).code === 0,
    20_000,
  );
  await agentIs("a1001", "onCall", 20_000);
  return number;
}

async function heardBy(number: string): Promise<Samples> {
  const find = (): string | undefined => lab.network.heard().find((each) => each.number === number)?.file;
  await until(() => find() !== undefined, 10_000);
  await sleep(500);
  return readSamples(find() ?? "");
}

test("a word with the other, all three, back, a word again and away; then at once back to the first", async () => {
  const number = await talking(0);
  await campaign.fairdial.must("agent", "transfer", "a1001", "--to-agent", "a1002", "--consult");
  await transferHas("met_at");
  expect((await hears(1002))[1001]).toBeGreaterThan(500);
  await campaign.fairdial.must("agent", "three-way", "a1001");
  await transferHas("together_at");
  await sleep(700);
  await campaign.fairdial.must("agent", "take-back", "a1001");
  await agentIs("a1002", "available");
  await sleep(500);
  await campaign.fairdial.must("agent", "transfer", "a1001", "--to-agent", "a1002", "--consult");
  await transferHas("met_at");
  await campaign.fairdial.must("agent", "complete", "a1001");
  await agentIs("a1001", "available");
  await agentIs("a1002", "onCall");
  await sleep(700);
  await campaign.fairdial.must("agent", "transfer", "a1002", "--to-agent", "a1001");
  await agentIs("a1002", "available");
  await agentIs("a1001", "onCall");
  await sleep(700);
  await campaign.fairdial.must("agent", "hang-up", "a1001");
  await agentIs("a1001", "available");

  const samples = await heardBy(number);
  const [first, second, music] = [500, 800, MUSIC].map((hertz) => framesWith(samples, hertz)) as [
    boolean[],
    boolean[],
    boolean[],
  ];
  const together = first.filter((each, n) => each && second[n] === true).length * FRAME_MS;
  const from = first.indexOf(true);
  let [quiet, longest] = [0, 0];
  for (let n = from; n < first.lastIndexOf(true); n += 1) {
    quiet = first[n] === true || second[n] === true || music[n] === true ? 0 : quiet + FRAME_MS;
    longest = Math.max(longest, quiet);
  }
  process.stdout.write(`together ${String(together)} ms, longest quiet ${String(longest)} ms\n`);
  expect(together).toBeGreaterThan(400);
  expect(music.filter((each) => each).length * FRAME_MS).toBeGreaterThan(800);
  expect(longest).toBeLessThan(QUIET_MAX_MS);
  expect(
    (await rows("select agent, to_agent, kind, ended_as from crm_transfer order by begun_at")).map((row) => ({
      ...row,
    })),
  ).toEqual([
    { agent: "a1001", to_agent: "a1002", kind: "consulted", ended_as: "taken-back" },
    { agent: "a1001", to_agent: "a1002", kind: "consulted", ended_as: "handed-over" },
    { agent: "a1002", to_agent: "a1001", kind: "blind", ended_as: "handed-over" },
  ]);
  expect((await campaign.attempts()).at(-1)).toMatchObject({ outcome: "connected", agent: "a1001" });
}, 120_000);

test("who listens hears and is not heard; who whispers is heard by the agent; who joins, by both", async () => {
  const number = await talking(1);
  await campaign.fairdial.must("supervise", "a1001", "--as", "1003", "--mode", "listen");
  await sleep(300);
  const [supervisor, agent] = await Promise.all([hears(1003), hears(1001)]);
  expect(supervisor[1001]).toBeGreaterThan(500);
  expect(agent[1003]).toBe(0);
  await campaign.fairdial.must("supervise", "a1001", "--as", "1003", "--mode", "whisper");
  await sleep(300);
  expect((await hears(1001))[1003]).toBeGreaterThan(500);
  expect(heardMs(await heardBy(number), 1_130)).toBe(0);
  await campaign.fairdial.must("supervise", "a1001", "--as", "1003", "--mode", "join");
  await sleep(1_500);
  await campaign.fairdial.must("agent", "hang-up", "a1001");
  await agentIs("a1001", "available");
  expect(heardMs(await heardBy(number), 1_130)).toBeGreaterThan(500);
  await until(
    async () => (await rows("select ended_as from crm_supervision where ended_as = 'call-over'")).length === 1,
    10_000,
  );
  expect(
    (await rows("select mode, ended_as from crm_supervision order by begun_at")).map((row) => ({ ...row })),
  ).toEqual([
    { mode: "listen", ended_as: "mode-changed" },
    { mode: "whisper", ended_as: "mode-changed" },
    { mode: "join", ended_as: "call-over" },
  ]);
  await campaign.fairdial.must("judge", "--database");
}, 90_000);
