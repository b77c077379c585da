// One measurement at load: the daemon as users run it, a real Asterisk, SIPp as the network, a real database; and before
// it the bare loop against the same Asterisk and network.

import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabFairdial } from "../../lab/fairdial.ts";
import type { FairdialOptions } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { allowCliNumber, approveMessage, campaignPapers } from "../../lab/papers.ts";
import { FIRST_PHONE, LAST_PHONE } from "../../lab/pbx.ts";
import { startSipp } from "../../lab/sipp.ts";
import type { LabSipp } from "../../lab/sipp.ts";
import { compare, rounded } from "./figures.ts";
import type { AttemptSeen, CallFigures, Comparison } from "./figures.ts";
import { daemonPeakMb, kindsOf, loopDelayMsP99, readProcesses, runBareLoop, StatementMeter } from "./meters.ts";
import { MEAN_TALK_S, networkCalls, networkScenario, people } from "./network.ts";

export type CallsOptions = {
  readonly cps: number;
  readonly seconds: number;
  /** Of those called, from 0 to 1. */
  readonly answerShare: number;
  /** As many as the answers keep busy, and some, when left out. */
  readonly agents?: number;
  readonly nodeOptions?: readonly string[];
  readonly runCommand?: FairdialOptions["runCommand"];
  readonly say?: (text: string) => void;
};

/** The last line of the bench. */
export type Figures = CallFigures & {
  readonly daemonCpuMsPerCall: number;
  readonly bareLoopCpuMsPerCall: number;
  readonly dbStatementsPerCall: number;
  readonly dbRoundTripsPerCall: number;
  readonly rssMbPeak: number;
  readonly eventLoopDelayMsP99: number;
  readonly asteriskCpuMsPerCall: number;
};

export type CallsResult = { readonly figures: Figures; readonly comparison: Comparison };

export const CAMPAIGN = "load";
export const PHONES_MAX = LAST_PHONE - FIRST_PHONE + 1;
/** As high as `campaign add` lets it be: few agents, and far more calls that ring than answers. */
const DIAL_LEVEL_MAX = 10;
/** Nothing has moved for so long: it never will. */
const STUCK_MS = 30_000;
/** What is asked of the database by the clock and not by the call is measured before anything is dialled. */
const IDLE_MS = 3_000;
/** On a machine that others keep busy. */
const START_MS = 90_000;
/** Numbers of the bare loop are nobody else's. */
const BARE_FROM = 500_000;

/** As many as their talks need by the mean, and half as many more. */
export const agentsFor = ({ cps, answerShare }: Pick<CallsOptions, "cps" | "answerShare">): number =>
  Math.min(PHONES_MAX, Math.max(4, Math.ceil(1.5 * cps * answerShare * MEAN_TALK_S), Math.ceil(cps / DIAL_LEVEL_MAX)));

/** Lines: everybody who rings or talks, and those who hear the message, several times over. */
const linesFor = (cps: number): number => 50 + 5 * cps;

export type Load = {
  readonly fairdial: LabFairdial;
  readonly sipp: LabSipp;
  readonly agents: number;
};

/** A database, SIPp, a campaign with agents on the phone and a running daemon; nothing is dialled yet. */
export async function prepareLoad(
  lab: Lab,
  name: string,
  options: CallsOptions,
  numbers: readonly string[],
): Promise<Load> {
  const agents = options.agents ?? agentsFor(options);
  const database = await lab.database.createDatabase(`fd_${name}`);
  const fairdial = new LabFairdial(lab, {
    database,
    ...{ node: name, linesMax: linesFor(options.cps), cpsMax: options.cps },
    // Nobody here rings for the fifteen seconds of the British profile, and nothing is to hold overdialling back.
    profile: { name: "BENCH", overdial: true, ringMinMs: 1_000 },
    ...(options.runCommand === undefined ? {} : { runCommand: options.runCommand }),
    ...(options.nodeOptions === undefined ? {} : { nodeOptions: options.nodeOptions }),
  });
  await fairdial.must("migrate");
  await approveMessage(lab, fairdial);
  await allowCliNumber(fairdial, "sipp");
  await fairdial.must(
    ...["campaign", "add", CAMPAIGN, "--trunk", "sipp", ...campaignPapers(fairdial)],
    ...["--mode", "power", "--gate", "strict", "--dial-level", String(DIAL_LEVEL_MAX), "--wrap-up", "0s"],
    ...["--attempts-max", "1", "--carrier-tries-max", "1", "--ring-timeout", "20s"],
  );
  await staff(lab, database.database, agents);
  const file = join(fairdial.folder, "people.csv");
  writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
  await fairdial.must("list", "import", file, "--campaign", CAMPAIGN, "--list", "people", "--country", "GB");
  const sipp = await startSipp(lab.ground, { scenario: networkScenario(), keepNotes: true });
  await fairdial.startDaemon(START_MS);
  for (let phone = FIRST_PHONE; phone < FIRST_PHONE + agents; phone++) await lab.network.phones.login(phone);
  return { fairdial, sipp, agents };
}

/** Hangs up whom nobody serves any more: the next measurement in this lab has agents of its own. */
export async function endLoad(lab: Lab, { fairdial, sipp, agents }: Load): Promise<void> {
  await fairdial.stopDaemon(20_000);
  await sipp.stop();
  for (let phone = FIRST_PHONE; phone < FIRST_PHONE + agents; phone++) {
    if (lab.network.phones.isUp(phone)) await lab.network.phones.hangup(phone).catch(() => undefined);
  }
}

/** As `agent add` would, which takes half a minute for so many. */
async function staff(lab: Lab, database: string, agents: number): Promise<void> {
  const sql = await lab.database.connect({ database });
  try {
    const rows = Array.from({ length: agents }, (_, nth) => {
      const phone = String(FIRST_PHONE + nth);
      return [`a${phone}`, `PJSIP/${phone}`, new Date(), new Date()];
    });
    await sql.query("insert into agent (name, endpoint, added_at, changed_at) values ?", [rows]);
    await sql.query(
      `insert into agent_campaign (agent_id, campaign_id, assigned_at)
       select agent_id, campaign_id, agent.added_at from agent join campaign on campaign.name = ?`,
      [CAMPAIGN],
    );
  } finally {
    await sql.end();
  }
}

/** Measures in a running lab; the daemon and its database are made for it and gone afterwards. */
export async function measureCalls(lab: Lab, name: string, options: CallsOptions): Promise<CallsResult> {
  const say = options.say ?? ((): void => undefined);
  const count = Math.round(options.cps * options.seconds);
  const load = await prepareLoad(lab, name, options, people(count, options.answerShare));
  const sql = await lab.database.connect({ database: `fd_${name}` });
  try {
    const { fairdial, sipp } = load;
    // The daemon stands by meanwhile: its application is another, and nothing of this is told to it.
    const bare = await runBareLoop(lab, options.cps, people(count, options.answerShare, BARE_FROM));
    if (bare.over < count) say(`the bare loop saw ${String(bare.over)} of ${String(count)} calls end`);
    const notesBefore = sipp.notes().length;
    const meter = new StatementMeter(sql);
    const idle = await idleStatements(meter);

    say(`${String(count)} people, ${String(load.agents)} agents; load ${(loadavg()[0] ?? 0).toFixed(1)}`);
    await loopDelayMsP99(fairdial);
    const [processes, statements] = [readProcesses(lab, fairdial), await meter.read()];
    await startCampaign(meter);
    await recorded(meter, fairdial, count);
    const [processesAfter, statementsAfter] = [readProcesses(lab, fairdial), await meter.read()];
    const delayMs = await loopDelayMsP99(fairdial);
    const rssMbPeak = daemonPeakMb(fairdial);
    say(`load ${(loadavg()[0] ?? 0).toFixed(1)} at the end`);

    const calls = networkCalls(sipp.notes().slice(notesBefore));
    const comparison = compare(calls, lab.pbx.channels(), await attemptsOf(meter));
    const placed = Math.max(1, calls.length);
    const sent = statementsAfter.statements - statements.statements;
    const prepared = statementsAfter.prepared - statements.prepared;
    say(
      `${String(comparison.answered)} answered, ${String(comparison.connected)} joined, ${String(comparison.informed)} heard the message`,
    );
    say(`by kind, per call: ${kindsOf(statements, statementsAfter, placed)}; ${idle.toFixed(1)} a second when idle`);
    const figures = {
      ...comparison.figures,
      daemonCpuMsPerCall: rounded((processesAfter.daemonMs - processes.daemonMs) / placed),
      bareLoopCpuMsPerCall: rounded(bare.cpuMs / Math.max(1, bare.calls)),
      dbStatementsPerCall: rounded(sent / placed),
      // The daemon sends one statement at a time and no several in one packet; preparing one would be a round trip more.
      dbRoundTripsPerCall: rounded((sent + prepared) / placed),
      rssMbPeak: rounded(rssMbPeak),
      eventLoopDelayMsP99: rounded(delayMs),
      asteriskCpuMsPerCall: rounded((processesAfter.asteriskMs - processes.asteriskMs) / placed),
    };
    return { figures, comparison };
  } finally {
    await sql.end().catch(() => undefined);
    await endLoad(lab, load);
  }
}

/** Statements a second of a daemon that has nothing to dial. */
async function idleStatements(meter: StatementMeter): Promise<number> {
  const before = await meter.read();
  await sleep(IDLE_MS);
  return ((await meter.read()).statements - before.statements) / (IDLE_MS / 1000);
}

/** As `campaign start` would, without a process that takes processor time in the middle of the measurement. */
export async function startCampaign(meter: StatementMeter): Promise<void> {
  await meter.ask(
    "update campaign set desired_state = 'running', first_started_at = coalesce(first_started_at, utc_timestamp(3)) where name = ?",
    [CAMPAIGN],
  );
}

/** Until so many attempts have an outcome, or nothing moves any more. */
async function recorded(meter: StatementMeter, fairdial: LabFairdial, count: number): Promise<void> {
  let [most, since] = [-1, Date.now()];
  for (;;) {
    const [row] = await meter.ask("select count(*) as n from attempt where outcome is not null");
    const n = Number(row?.["n"]);
    if (n >= count) return;
    if (n > most) [most, since] = [n, Date.now()];
    if (!fairdial.daemonIsRunning) throw new Error(`the daemon has ended:\n${fairdial.lastWords().join("\n")}`);
    if (Date.now() - since > STUCK_MS) return;
    await sleep(1_000);
  }
}

async function attemptsOf(meter: StatementMeter): Promise<readonly AttemptSeen[]> {
  const rows = await meter.ask(
    "select attempt_id, e164, outcome, answered_at, message_at, placed_at, place_failure from attempt",
  );
  const at = (value: unknown): number | null => (value instanceof Date ? value.getTime() : null);
  return rows.map((row) => ({
    attemptId: String(row["attempt_id"]),
    number: String(row["e164"]),
    outcome: row["outcome"] === null ? null : String(row["outcome"]),
    answeredAt: at(row["answered_at"]),
    messageAt: at(row["message_at"]),
    isPlaced: row["placed_at"] !== null && row["place_failure"] === null,
  }));
}
