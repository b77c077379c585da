// One measurement of calls without agents: a flow of three questions on a real Asterisk, people who press keys, and what
// they heard and when, by the recordings of their own telephone network.

import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { LabFairdial } from "../../lab/fairdial.ts";
import type { FairdialOptions } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { hearings } from "../../lab/listeners.ts";
import type { Hearing } from "../../lab/listeners.ts";
import { allowCliNumber, approveMessage, campaignPapers } from "../../lab/papers.ts";
import { quantile } from "../silence/figures.ts";

export type AgentlessOptions = {
  /** One call to each. */
  readonly numbers: readonly string[];
  /** Calls at once. */
  readonly concurrent: number;
  readonly cpsMax?: number;
  /** Seconds for all of it. */
  readonly mostS?: number;
  readonly runCommand?: FairdialOptions["runCommand"];
  readonly say?: (text: string) => void;
};

/** The last line of the bench; times in milliseconds from the network's own answer, 0 where nothing was measured. */
export type AgentlessFigures = {
  readonly concurrent: number;
  readonly calls: number;
  readonly firstWordMsP50: number;
  readonly firstWordMsP99: number;
  readonly firstWordMsMax: number;
  /** Who heard nothing at all, though they stayed for two seconds. */
  readonly silent: number;
  /** Answers to questions that were written down. */
  readonly results: number;
};

export type FlowResult = { readonly number: string; readonly result: string; readonly value: string };

export type AgentlessResult = {
  readonly figures: AgentlessFigures;
  readonly hearings: readonly Hearing[];
  readonly results: readonly FlowResult[];
  /** By number. */
  readonly attempts: ReadonlyMap<
    string,
    { readonly outcome: string; readonly disposition: string | null; readonly message_choice: string | null }
  >;
  readonly suppressed: number;
  readonly mostAtOnce: number;
  readonly loads: readonly number[];
  /** Everything the daemon wrote down: what must not be in it is looked for there. */
  readonly journal: string;
};

const CAMPAIGN = "agentless";
const HEARD_WITHIN_MS = 2_000;

/** Three questions; 9 objects at the first two. The last answer is asked for in confidence, and kept. */
const FLOW = `
flow: three-questions
start: first
trouble: sorry
results: { first: [one, two], second: [yes, no], third: digits }
steps:
  first:
    gather: { prompt: [sound:lab/information], keys: { "1": one, "2": two, "9": objects }, tries: 2, wait: 8s, otherwise: sorry }
  one: { setResult: { first: one }, then: second }
  two: { setResult: { first: two }, then: second }
  second:
    gather: { prompt: [sound:fairdial/pounds, sound:fairdial/pence], keys: { "1": yes, "2": no, "9": objects }, wait: 8s, otherwise: sorry }
  yes: { setResult: { second: yes }, then: third }
  no: { setResult: { second: no }, then: third }
  third:
    gather:
      prompt: [sound:fairdial/euros]
      digits: { least: 1, most: 1, into: third, sensitive: true, keep: true }
      wait: 8s
      otherwise: sorry
    then: thanks
  thanks: { play: [sound:fairdial/dollar, sound:fairdial/cent], then: end }
  objects: { optOut: true, then: objected }
  objected: { play: [sound:fairdial/cents], then: end }
  sorry: { play: [sound:fairdial/penny], then: end }
  end: { hangUp: true }
`;

/** Measures in a running lab; the daemon and its database are made for it and gone afterwards. */
export async function measureAgentless(lab: Lab, name: string, options: AgentlessOptions): Promise<AgentlessResult> {
  const say = options.say ?? ((): void => undefined);
  const database = await lab.database.createDatabase(`fd_${name}`);
  const fairdial = new LabFairdial(lab, {
    database,
    node: name.replaceAll("_", "-"),
    linesMax: options.concurrent,
    cpsMax: options.cpsMax ?? 20,
    ...(options.runCommand === undefined ? {} : { runCommand: options.runCommand }),
  });
  const before = new Set(lab.network.calls().map((call) => call.uniqueId));
  const loads = [loadavg()[0] ?? 0];
  try {
    await prepare(lab, fairdial, options);
    await fairdial.startDaemon();
    await lab.network.recordHeard(true);
    const sql = await lab.database.connect({ database: database.database });
    try {
      say(`${String(options.numbers.length)} people, ${String(options.concurrent)} at once`);
      await fairdial.must("campaign", "start", CAMPAIGN);
      const mostAtOnce = await finished(sql, lab, fairdial, options);
      loads.push(loadavg()[0] ?? 0);
      await lab.network.recordHeard(false);
      const heard = await hearings(lab.network, {}, (call) => !before.has(call.uniqueId));
      const rows = await rowsOf(sql);
      const figures = { ...figuresOf(heard, options), results: rows.results.length };
      return { ...rows, figures, hearings: heard, mostAtOnce, loads, journal: JSON.stringify(fairdial.journal()) };
    } finally {
      await sql.end().catch(() => undefined);
    }
  } finally {
    await fairdial.killDaemon();
  }
}

async function prepare(lab: Lab, fairdial: LabFairdial, { numbers }: AgentlessOptions): Promise<void> {
  await fairdial.must("migrate");
  await approveMessage(lab, fairdial);
  await allowCliNumber(fairdial, "carrier");
  const flow = join(fairdial.folder, "three-questions.yaml");
  writeFileSync(flow, FLOW);
  await fairdial.must("flow", "add", "three-questions", flow, "--profile", fairdial.profile);
  await fairdial.must(
    ...["campaign", "add", CAMPAIGN, "--trunk", "carrier", ...campaignPapers(fairdial)],
    ...["--mode", "agentless", "--flow", "three-questions"],
    ...["--attempts-max", "1", "--carrier-tries-max", "1", "--ring-timeout", "20s"],
  );
  const file = join(fairdial.folder, "people.csv");
  writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
  await fairdial.must("list", "import", file, "--campaign", CAMPAIGN, "--list", "people", "--country", "GB");
}

/** Until every lead is done and every call is over, on the network's side too. The most calls that were seen at once. */
async function finished(sql: Connection, lab: Lab, fairdial: LabFairdial, options: AgentlessOptions): Promise<number> {
  const until = Date.now() + (options.mostS ?? 600) * 1000;
  let mostAtOnce = 0;
  for (;;) {
    const [rows] = await sql.query<RowDataPacket[]>(
      `select (select count(*) from crm_lead where status not in ('done', 'held')) as leads,
         (select count(*) from crm_attempt where outcome is null) as calls,
         (select count(*) from crm_attempt where state = 'inFlow') as talking`,
    );
    mostAtOnce = Math.max(mostAtOnce, Number(rows[0]?.["talking"]));
    if (Number(rows[0]?.["leads"]) === 0 && Number(rows[0]?.["calls"]) === 0) break;
    if (!fairdial.daemonIsRunning) throw new Error(`the daemon has ended:\n${fairdial.lastWords().join("\n")}`);
    if (Date.now() > until)
      throw new Error(`${JSON.stringify(rows[0])} not done in time:\n${fairdial.lastWords().join("\n")}`);
    await sleep(250);
  }
  while (lab.network.calls().some((call) => call.endedAt === null) && Date.now() < until) await sleep(200);
  // The recorder writes the last of what it holds after the call.
  await sleep(1_000);
  return mostAtOnce;
}

interface AttemptRow {
  readonly number: string;
  readonly outcome: string;
  readonly disposition: string | null;
  readonly message_choice: string | null;
}

async function rowsOf(sql: Connection): Promise<Pick<AgentlessResult, "results" | "attempts" | "suppressed">> {
  const [results] = await sql.query<(FlowResult & RowDataPacket)[]>(
    "select number, result, value from crm_flow_result order by number, result",
  );
  const [attempts] = await sql.query<(AttemptRow & RowDataPacket)[]>(
    "select number, outcome, disposition_kind as disposition, message_choice from crm_attempt",
  );
  const [suppressed] = await sql.query<RowDataPacket[]>(
    "select count(*) as n from suppression where reason = 'opt-out'",
  );
  return {
    results: results.map(({ number, result, value }) => ({ number, result, value })),
    attempts: new Map(
      attempts.map(({ number, outcome, disposition, message_choice }) => [
        number,
        { outcome, disposition, message_choice },
      ]),
    ),
    suppressed: Number(suppressed[0]?.["n"]),
  };
}

const figuresOf = (heard: readonly Hearing[], { concurrent }: AgentlessOptions): Omit<AgentlessFigures, "results"> => {
  const firstMs = heard.flatMap(({ firstSoundAfterMs }) => firstSoundAfterMs ?? []).sort((a, b) => a - b);
  const isSilent = ({ firstSoundAfterMs, stayedMs }: Hearing): boolean =>
    firstSoundAfterMs === null && stayedMs >= HEARD_WITHIN_MS;
  return {
    concurrent,
    calls: heard.length,
    firstWordMsP50: quantile(firstMs, 0.5),
    firstWordMsP99: quantile(firstMs, 0.99),
    firstWordMsMax: quantile(firstMs, 1),
    silent: heard.filter(isSilent).length,
  };
};
