// Two teams of twelve side by side on one real Asterisk, on the same kind of list: one dialled predictively, the other
// one call for each free agent. Predictive keeps its agents busier, nobody meets silence, and the account holds.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { crowd, crowdScenario } from "../../scripts/lab/sipp-crowd.ts";
import { startSipp, type LabSipp } from "../../scripts/lab/sipp.ts";
import type { AccountCounts } from "../../src/domain/account.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

const TEAM = 12;
const TEAMS = [
  { name: "predictive", mode: "predictive", firstPhone: 1001 },
  { name: "progressive", mode: "progressive", firstPhone: 1013 },
] as const;
type Team = (typeof TEAMS)[number]["name"];

/** Of a hundred. */
const ANSWERING = 38;
/** Until then predictive is one to one as well; see LEARNING in src/pacing/predictive.ts. */
const LEARNED = { answers: 30, attempts: 100 };
const MEASURED_MS = 45_000;
/** By the account's own formula, in hundredths of a percent: what the British profile names as never to be passed. */
const CEILING = 300;

let lab: Lab;
let sipp: LabSipp;
let on: LabCampaign;

const phonesOf = (firstPhone: number): readonly number[] => Array.from({ length: TEAM }, (_, nth) => firstPhone + nth);

beforeAll(async () => {
  lab = await startLab();
  const network = crowdScenario({ ringMs: [1_000, 4_000], talkMs: [4_000, 8_000] });
  sipp = await startSipp(lab.ground, { scenario: network });
  // The least ring of the British profile is longer than anybody here rings.
  on = await LabCampaign.open(lab, "predictive", {
    linesMax: 120,
    cpsMax: 30,
    profile: { name: "LAB", ringMinMs: 1_000 },
  });
  for (const [index, { name, mode, firstPhone }] of TEAMS.entries()) {
    await on.add({
      ...{ name, trunk: "sipp", phones: [], ringTimeout: 6, wrapUp: 1 },
      numbers: crowd(800, ANSWERING, index * 1_000),
      more: ["--mode", mode],
    });
    await staff(name, phonesOf(firstPhone));
  }
  await on.fairdial.startDaemon();
  for (const { firstPhone } of TEAMS) {
    for (const phone of phonesOf(firstPhone)) await lab.network.phones.login(phone);
  }
}, 120_000);

afterAll(async () => {
  await on.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

/** As `agent add` would, which takes half a minute for so many. */
async function staff(team: Team, phones: readonly number[]): Promise<void> {
  const rows = phones.map((phone) => [`a${String(phone)}`, `PJSIP/${String(phone)}`, new Date(), new Date()]);
  await on.sql.query("insert into agent (name, endpoint, added_at, changed_at) values ?", [rows]);
  await on.sql.query(
    `insert into agent_campaign (agent_id, campaign_id, assigned_at)
     select agent_id, campaign_id, agent.added_at from agent join campaign on campaign.name = ? where agent.name in (?)`,
    [team, rows.map(([name]) => name)],
  );
}

interface Account {
  readonly scopes: readonly {
    readonly of: string;
    readonly counts: AccountCounts;
    readonly rate: { readonly rateBasisPoints: number | null };
  }[];
}

interface Tally {
  readonly attempts: number;
  readonly ended: number;
  readonly answers: number;
  readonly silent: number;
}

async function tally(team: Team): Promise<Tally> {
  const [rows] = await on.sql.query<(Tally & RowDataPacket)[]>(
    `select count(*) as attempts, count(ended_at) as ended, count(answered_at) as answers,
            count(case when outcome in ('abandoned-silent', 'hung-up-waiting', 'agent-leg-failed') then 1 end) as silent
     from crm_attempt where campaign = ?`,
    [team],
  );
  return rows[0] ?? { attempts: 0, ended: 0, answers: 0, silent: 0 };
}

interface StateRow extends RowDataPacket {
  readonly name: string;
  readonly state: string;
  readonly entered_at: Date;
}

/** Talking and wrapping up, over all the time that the team was logged in. */
async function utilisation(phones: readonly number[], from: Date, to: Date): Promise<number> {
  const [rows] = await on.sql.query<StateRow[]>(
    `select agent.name, log.state, log.entered_at from agent_state_log log join agent using (agent_id)
     where log.entered_at < ? order by agent.name, log.entered_at, log.log_id`,
    [to],
  );
  const names = new Set(phones.map((phone) => `a${String(phone)}`));
  let [busyMs, loggedInMs] = [0, 0];
  for (const [index, { name, state, entered_at: since }] of rows.entries()) {
    const next = rows[index + 1];
    const until = next?.name === name ? next.entered_at : to;
    const ms = until.getTime() - Math.max(since.getTime(), from.getTime());
    if (!names.has(name) || ms <= 0 || state === "loggedOut") continue;
    loggedInMs += ms;
    if (state === "onCall" || state === "wrapUp") busyMs += ms;
  }
  // Everybody is there all the time, or the comparison means nothing.
  expect(loggedInMs / (to.getTime() - from.getTime())).toBeCloseTo(TEAM, 1);
  return busyMs / loggedInMs;
}

test("a predictive team is busier than a progressive one, and nobody meets silence", async () => {
  for (const { name } of TEAMS) await on.fairdial.must("campaign", "start", name);
  await until(
    async () => {
      const { answers, ended } = await tally("predictive");
      return answers >= LEARNED.answers && ended >= LEARNED.attempts;
    },
    90_000,
    async () => JSON.stringify(await tally("predictive")),
  );
  const from = new Date();
  await sleep(MEASURED_MS);
  const to = new Date();
  for (const { name } of TEAMS) await on.fairdial.must("campaign", "pause", name);
  await until(async () => (await on.attempts()).every(({ outcome }) => outcome !== null), 30_000);

  const busy = new Map<Team, number>();
  for (const { name, firstPhone } of TEAMS) busy.set(name, await utilisation(phonesOf(firstPhone), from, to));
  const [predictive = 0, progressive = 1] = TEAMS.map(({ name }) => busy.get(name));
  expect(predictive).toBeGreaterThan(progressive);

  for (const { name } of TEAMS) {
    expect(await tally(name)).toMatchObject({ silent: 0 });
    const { scopes } = await on.fairdial.json<Account>("account", "show", "--campaign", name);
    for (const { counts, rate } of scopes) {
      expect(counts).toMatchObject({ silent: 0, connectedLate: 0, cancelledShort: 0 });
      expect(rate.rateBasisPoints).toBeLessThanOrEqual(CEILING);
    }
  }
  // Every promise, decision by decision, and the rows against the journal: it ends with 1 when any is broken.
  await on.fairdial.must("judge", "--database");
}, 240_000);
