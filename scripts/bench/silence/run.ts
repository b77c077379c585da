// One measurement of silence: a lab, far more answers than agents, and what the people on the other side heard.

import { renameSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { ChannelRecord } from "../../lab/cel.ts";
import { LabFairdial } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { hearings, listenerNumber } from "../../lab/listeners.ts";
import type { Hearing, Listener } from "../../lab/listeners.ts";
import { allowCliNumber, approveMessage, campaignPapers } from "../../lab/papers.ts";
import { FIRST_PHONE } from "../../lab/pbx.ts";
import { configDir } from "../../lab/places.ts";
import { readSamples } from "../../lab/recording.ts";
import { became, decisionsLateMs, isCutShort, faultsOf, figuresOf, messagesHeardMs } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { groupOf, starve } from "./stress.ts";
import type { Starved, Stress } from "./stress.ts";

export type SilenceOptions = {
  readonly answers: number;
  readonly agents: number;
  readonly stress: readonly Stress[];
  /** The campaign's own message is not there when it is wanted. */
  readonly messageMissing?: boolean;
  /** Seconds for all of it. */
  readonly mostS?: number;
  readonly say?: (text: string) => void;
};

export type SilenceResult = {
  readonly figures: Figures;
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[];
  readonly hearings: readonly Hearing[];
  /** The circumstances, to be printed beside the figures. */
  readonly circumstances: readonly string[];
};

const CAMPAIGN = "silence";
/** People ring for two seconds: at this pace the first answer comes when forty are ringing. */
const CPS = 20;
/** Everybody at once, as fast as a trunk may be configured: placed within a second, answered within a second. */
const CPS_BURST = 100;
/** As high as `campaign add` lets it be: what is left of the people is called when agents are free again. */
const DIAL_LEVEL_MAX = 10;
/** Longer than anybody listens. */
const LAST_CALL_MS = 40_000;

/** Of ten people one leaves at once and one in the middle of the message. */
const KINDS: readonly Listener[] = [
  ...(["listens", "listens", "leaves-at-once", "listens", "listens"] as const),
  ...(["listens", "leaves-in-the-middle", "listens", "listens", "listens"] as const),
];

/** Numbers of so many people of all kinds. */
function numbersOf(people: number): readonly string[] {
  const nth = new Map<Listener, number>();
  return Array.from({ length: people }, (_, index) => {
    const who = KINDS[index % KINDS.length] ?? "listens";
    const n = nth.get(who) ?? 0;
    nth.set(who, n + 1);
    return listenerNumber(who, n);
  });
}

/** Measures in a running lab; the daemon and its database are made for it and gone afterwards. */
export async function measureSilence(lab: Lab, name: string, options: SilenceOptions): Promise<SilenceResult> {
  const say = options.say ?? ((): void => undefined);
  const database = await lab.database.createDatabase(`fd_${name}`);
  const fairdial = new LabFairdial(lab, {
    database,
    // Names of nodes have no underscores, names of databases no hyphens.
    node: name.replaceAll("_", "-"),
    linesMax: options.answers + 20,
    cpsMax: options.stress.includes("burst") ? CPS_BURST : CPS,
    profile: { name: "BENCH", overdial: true },
  });
  const before = new Set(lab.network.calls().map((call) => call.uniqueId));
  let starved: Starved | null = null;
  let bringBack = (): void => undefined;
  try {
    const numbers = numbersOf(options.answers);
    await prepare(lab, fairdial, options, numbers);
    await fairdial.startDaemon();
    for (let phone = 0; phone < options.agents; phone++) await lab.network.phones.login(FIRST_PHONE + phone);
    const sql = await lab.database.connect({ database: database.database });
    await lab.network.recordHeard(true);
    try {
      if (options.stress.includes("cpu")) {
        starved = starve(groupOf(fairdial.daemonGroup));
        say(`the daemon has ${starved.how}`);
      }
      const load = [loadavg()[0]];
      say(`${String(options.answers)} people, ${String(options.agents)} agents`);
      await fairdial.must("campaign", "start", CAMPAIGN);
      if (options.messageMissing === true) bringBack = await withoutMessage(lab, before, say);
      if (options.stress.includes("database")) await withoutDatabase(lab, options, before, say);
      await finished(sql, lab, fairdial, options);
      load.push(loadavg()[0]);
      starved?.feed();
      await lab.network.recordHeard(false);
      return await resultOf(lab, fairdial, sql, before, options.answers, [
        ...(starved === null ? [] : [`the daemon had ${starved.how}`]),
        `the machine's load was ${load.map((each) => (each ?? 0).toFixed(1)).join(" at the start, ")} at the end`,
      ]);
    } finally {
      await sql.end().catch(() => undefined);
    }
  } finally {
    starved?.feed();
    bringBack();
    lab.database.resume();
    await fairdial.killDaemon();
    // Asterisk keeps the agents on the line for whoever comes next; here it is somebody else.
    for (let phone = FIRST_PHONE; phone < FIRST_PHONE + options.agents; phone++) {
      if (lab.network.phones.isUp(phone)) await lab.network.phones.hangup(phone).catch(() => undefined);
    }
  }
}

async function prepare(
  lab: Lab,
  fairdial: LabFairdial,
  options: SilenceOptions,
  numbers: readonly string[],
): Promise<void> {
  await fairdial.must("migrate");
  await approveMessage(lab, fairdial);
  await allowCliNumber(fairdial, "carrier");
  await fairdial.must(
    ...["campaign", "add", CAMPAIGN, "--trunk", "carrier", ...campaignPapers(fairdial)],
    ...[
      "--mode",
      "power",
      "--gate",
      "strict",
      "--dial-level",
      String(Math.min(DIAL_LEVEL_MAX, Math.ceil(options.answers / options.agents))),
    ],
    ...["--attempts-max", "1", "--carrier-tries-max", "1", "--ring-timeout", "20s", "--wrap-up", "0s"],
  );
  for (let phone = FIRST_PHONE; phone < FIRST_PHONE + options.agents; phone++) {
    await fairdial.must(
      ...["agent", "add", `a${String(phone)}`, "--endpoint", `PJSIP/${String(phone)}`, "--campaigns", CAMPAIGN],
    );
  }
  const file = join(fairdial.folder, "people.csv");
  writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
  await fairdial.must("list", "import", file, "--campaign", CAMPAIGN, "--list", "people", "--country", "GB");
}

/** The calls of this measurement that have come to the network so far. */
const arrived = (lab: Lab, before: ReadonlySet<string>): readonly ChannelRecord[] =>
  lab.network.calls().filter((call) => !before.has(call.uniqueId));

/** Takes the campaign's message away once the first phone rings: it was there when it was looked for. */
async function withoutMessage(lab: Lab, before: ReadonlySet<string>, say: (text: string) => void): Promise<() => void> {
  while (arrived(lab, before).length === 0) await sleep(20);
  const folder = join(lab.pbx.folder, "data/sounds/en/lab");
  const aside = join(lab.pbx.folder, "data/taken-away");
  renameSync(folder, aside);
  say("the campaign's message is gone");
  return () => {
    renameSync(aside, folder);
  };
}

/** Takes the database away in the middle of the answers, and gives it back when the messages are over. */
async function withoutDatabase(
  lab: Lab,
  options: SilenceOptions,
  before: ReadonlySet<string>,
  say: (text: string) => void,
): Promise<void> {
  const until = Date.now() + 30_000;
  const answered = (): number => arrived(lab, before).filter((call) => call.answeredAt !== null).length;
  // In the middle of the answers.
  while (answered() < Math.min(10, options.answers / 4) && Date.now() < until) await sleep(20);
  lab.database.pause();
  say(
    `the database is stopped, with ${String(arrived(lab, before).length)} people called, of whom ${String(answered())} have answered`,
  );
  await sleep(15_000);
  lab.database.resume();
  say("the database is back");
}

/** Until every lead is done and every call is over, on the network's side too. */
async function finished(sql: Connection, lab: Lab, fairdial: LabFairdial, options: SilenceOptions): Promise<void> {
  const until = Date.now() + (options.mostS ?? 600) * 1000;
  for (;;) {
    const [rows] = await sql.query<RowDataPacket[]>(
      "select (select count(*) from crm_lead where status not in ('done', 'held')) as leads, (select count(*) from crm_attempt where outcome is null) as calls",
    );
    if (Number(rows[0]?.["leads"]) === 0 && Number(rows[0]?.["calls"]) === 0) break;
    if (!fairdial.daemonIsRunning) throw new Error(`the daemon has ended:\n${fairdial.lastWords().join("\n")}`);
    if (Date.now() > until) {
      throw new Error(`${JSON.stringify(rows[0])} not done in time:\n${fairdial.lastWords().join("\n")}`);
    }
    await sleep(500);
  }
  const over = Date.now() + LAST_CALL_MS;
  while (lab.network.calls().some((call) => call.endedAt === null) && Date.now() < over) await sleep(200);
  // The recorder writes the last of what it holds after the call.
  await sleep(1_000);
}

async function resultOf(
  lab: Lab,
  fairdial: LabFairdial,
  sql: Connection,
  before: ReadonlySet<string>,
  people: number,
  circumstances: readonly string[],
): Promise<SilenceResult> {
  const heard = await hearings(
    lab.network,
    {
      campaign: readSamples(join(lab.ground.soundsDir, "messages/information.wav")),
      builtIn: readSamples(join(configDir, "sounds/fairdial/built-in-message.wav")),
    },
    (call) => !before.has(call.uniqueId),
  );
  const late = decisionsLateMs(fairdial.journal());
  const figures = figuresOf(heard, late);
  const messages = heard.flatMap(({ message }) => (message === null ? [] : [message]));
  return {
    figures,
    faults: [
      ...faultsOf(figures),
      ...heard.filter((each) => isCutShort(each) || became(each) === "silent").map((each) => JSON.stringify(each)),
      ...(await unanswered(sql, people, heard)),
      ...(await disagreements(sql, heard)),
    ],
    hearings: heard,
    circumstances: [
      ...circumstances,
      `${String(mostWithinASecond(heard.map((each) => each.answeredAt)))} answers within one second`,
      `${String(messages.filter((each) => each === "campaign").length)} heard the campaign's message, ${String(messages.filter((each) => each === "builtIn").length)} the built-in one`,
      `earliest message ${String(messagesHeardMs(heard)[0] ?? 0)} ms after the answer; ${String(late.length)} deadlines came`,
      "every level of the abandon account is at 100 %, the gate is strict: nothing holds overdialling back",
    ],
  };
}

const SAYS: Readonly<Record<string, string>> = {
  connected: "connected",
  "connected-late": "connected",
  "abandoned-with-message": "abandonedWithMessage",
  "hung-up-early": "hungUpEarly",
};

/** All of them answer; where one was not called, what the rows say about it. */
async function unanswered(sql: Connection, people: number, heard: readonly Hearing[]): Promise<readonly string[]> {
  if (heard.length >= people) return [];
  const [leads] = await sql.query<RowDataPacket[]>(
    "select status, reason, count(*) as n from crm_lead group by status, reason order by n desc limit 3",
  );
  const [calls] = await sql.query<RowDataPacket[]>("select outcome, count(*) as n from crm_attempt group by outcome");
  return [
    `only ${String(heard.length)} of ${String(people)} people were called and answered: leads ${JSON.stringify(leads)}, calls ${JSON.stringify(calls)}`,
  ];
}

/** Where the rows say something else than the ear does. */
async function disagreements(sql: Connection, heard: readonly Hearing[]): Promise<readonly string[]> {
  const [rows] = await sql.query<RowDataPacket[]>("select number, outcome, answered_at from crm_attempt");
  const outcomes = new Map(rows.map((row) => [String(row["number"]), String(row["outcome"])]));
  const answered = rows.filter((row) => row["answered_at"] !== null).length;
  return [
    ...heard.flatMap((each) => {
      const outcome = outcomes.get(each.number) ?? "no row";
      const ear = became(each);
      return SAYS[outcome] === ear ? [] : [`${each.number}: the row says ${outcome}, the ear ${ear}`];
    }),
    ...(answered === heard.length
      ? []
      : [`the rows know of ${String(answered)} answers, the network of ${String(heard.length)}`]),
  ];
}

/** The greatest number of these instants within one second. */
function mostWithinASecond(instants: readonly number[]): number {
  const sorted = [...instants].sort((a, b) => a - b);
  return sorted.reduce((most, at, index) => {
    const within = sorted.slice(index).filter((other) => other < at + 1_000).length;
    return Math.max(most, within);
  }, 0);
}
