// Rounds of one fault: a campaign runs on the lab's network, a part of it breaks at a random instant and comes back, and
// when all calls are over the network's own account is compared with the rows, the journal and what people heard.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { ChannelRecord } from "../../lab/cel.ts";
import { LabFairdial } from "../../lab/fairdial.ts";
import type { FairdialOptions } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { hearings, listenerNumber } from "../../lab/listeners.ts";
import type { Hearing } from "../../lab/listeners.ts";
import { numberFor } from "../../lab/number-plan.ts";
import type { Behaviour } from "../../lab/number-plan.ts";
import { allowCliNumber, approveMessage, campaignPapers } from "../../lab/papers.ts";
import { FIRST_PHONE } from "../../lab/pbx.ts";
import { configDir } from "../../lab/places.ts";
import { readSamples } from "../../lab/recording.ts";
import { Wire } from "../../lab/wire.ts";
import { accountOf, numberOf } from "./account.ts";
import type { RoundAccount, Row } from "./account.ts";
import { endsEveryCall, inflict, isDeaf, isUnserved, mountSmallDisk, unmountSmallDisk } from "./faults.ts";
import type { Fault, Scene, Spell } from "./faults.ts";
import { Agents, dialsIn } from "./agents.ts";

export type ChaosOptions = {
  readonly fault: Fault;
  readonly rounds: number;
  readonly seed: number;
  /** People called in each round. */
  readonly people: number;
  readonly agents: number;
  readonly say: (text: string) => void;
  readonly runCommand?: FairdialOptions["runCommand"];
};

/** The bench's last line is a list of these. */
export type ChaosFigures = Pick<RoundAccount, "originated" | "accountedFor" | "dialledTwice" | "silent"> & {
  readonly fault: Fault;
  readonly rounds: number;
  readonly recoverySecondsMax: number;
  readonly silentByFault: number;
  readonly late: number;
  readonly cutOff: number;
};

type Round = RoundAccount & { readonly recoverySeconds: number; readonly spell: Spell };

export type ChaosResult = { readonly figures: ChaosFigures; readonly faults: readonly string[] };

/** From the round's first call to the fault: in every other round while the first ring and answer, else at any time. */
const STRIKES_EARLY_MS = [500, 4_000] as const;
const STRIKES_LATE_MS = [4_000, 30_000] as const;
const RECOVERED_WITHIN_MS = 10_000;
const ROUND_MAX_MS = 240_000;
/** Who answered so long before the fault was still owed something when it struck; so long after it, news is still late. */
const OWED_MS = 2_000;
/** Nobody is called any more. */
const QUIET_MS = 10_000;
/** One in so many is somebody else than a listener. */
const OTHERS: readonly Behaviour[] = ["busy", "rings-out", "congestion", "declined"];

export async function chaos(lab: Lab, options: ChaosOptions): Promise<ChaosResult> {
  const { fault, say } = options;
  const database = await lab.database.createDatabase(`chaos_${fault.replaceAll("-", "_")}`);
  const wire =
    fault === "cut-asterisk"
      ? await Wire.open(Number(new URL(lab.pbx.ari.url).port))
      : fault === "cut-database"
        ? await Wire.open(database.port)
        : null;
  const fairdial = new LabFairdial(lab, {
    database: { ...database, port: fault === "cut-database" && wire !== null ? wire.port : database.port },
    ...(fault === "cut-asterisk" && wire !== null ? { asteriskPort: wire.port } : {}),
    ...(options.runCommand === undefined ? {} : { runCommand: options.runCommand }),
    node: fault,
    profile: { name: "CHAOS", overdial: true },
  });
  if (fault === "disk-full" && !mountSmallDisk(fairdial.journalFolder)) say("no small disk may be mounted here");
  const agents = new Agents(lab, fairdial, options.agents);
  try {
    await prepare(lab, fairdial, options);
    await fairdial.startDaemon(180_000);
    await agents.begin();
    await lab.network.recordHeard(true);
    const random = seeded(options.seed);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const scene: Scene = { lab, fairdial, wire, random, say };
      const done = await oneRound(scene, agents, options, round, database.database);
      for (const each of done.faults) say(`FAULT ${each}`);
      say(`${fault} ${String(round + 1)}/${String(options.rounds)}: ${JSON.stringify({ ...done, faults: undefined })}`);
      rounds.push(done);
    }
    const sum = (of: (each: RoundAccount) => number): number => rounds.reduce((all, each) => all + of(each), 0);
    const judged = await judgement(fairdial, isUnserved(fault) ? rounds.map(({ spell }) => spell) : []);
    for (const each of judged) say(`FAULT ${each}`);
    return {
      figures: {
        fault,
        rounds: options.rounds,
        originated: sum((each) => each.originated),
        accountedFor: sum((each) => each.accountedFor),
        dialledTwice: sum((each) => each.dialledTwice),
        silent: sum((each) => each.silent),
        recoverySecondsMax: Math.max(...rounds.map(({ recoverySeconds }) => recoverySeconds)),
        silentByFault: sum((each) => each.silentByFault),
        late: sum((each) => each.late),
        cutOff: sum((each) => each.cutOff),
      },
      faults: [...rounds.flatMap(({ faults }) => faults), ...judged],
    };
  } finally {
    wire?.heal("reset");
    lab.trunk?.heal();
    lab.database.resume();
    lab.pbx.resume();
    lab.network.resume();
    await agents.end();
    await fairdial.killDaemon();
    wire?.close();
    await lab.network.recordHeard(false);
    unmountSmallDisk(fairdial.journalFolder);
  }
}

async function prepare(lab: Lab, fairdial: LabFairdial, options: ChaosOptions): Promise<void> {
  await fairdial.must("migrate");
  await approveMessage(lab, fairdial);
  await allowCliNumber(fairdial, "carrier");
  for (const agent of agentNames(options)) {
    await fairdial.must("agent", "add", agent.name, "--endpoint", `PJSIP/${agent.phone}`);
  }
}

/** A campaign for each round: one that has made two silent calls is stopped for the day, as it should be. */
async function begin(
  fairdial: LabFairdial,
  options: ChaosOptions,
  name: string,
  numbers: readonly string[],
): Promise<void> {
  const agents = agentNames(options).map((agent) => agent.name);
  await fairdial.must(
    ...["campaign", "add", name, "--trunk", "carrier", "--agents", agents.join(","), ...campaignPapers(fairdial)],
    ...["--mode", "power", "--gate", "strict", "--dial-level", "3", "--wrap-up", "0s"],
    ...["--attempts-max", "1", "--carrier-tries-max", "1", "--ring-timeout", "15s"],
  );
  const file = join(fairdial.folder, `${name}.csv`);
  writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
  await fairdial.must("list", "import", file, "--campaign", name, "--list", name, "--country", "GB");
  await fairdial.must("campaign", "start", name);
}

const agentNames = ({ agents }: ChaosOptions): readonly { readonly name: string; readonly phone: string }[] =>
  Array.from({ length: agents }, (_, index) => String(FIRST_PHONE + index)).map((phone) => ({
    name: `a${phone}`,
    phone,
  }));

async function oneRound(
  scene: Scene,
  agents: Agents,
  options: ChaosOptions,
  round: number,
  database: string,
): Promise<Round> {
  const { lab, fairdial, random, say } = scene;
  const { fault } = options;
  const numbers = numbersOf(lab, options.people, round);
  const wanted = new Set(numbers);
  const known = new Set(lab.network.calls().map(({ uniqueId }) => uniqueId));
  const calls = (): readonly ChannelRecord[] =>
    lab.network.calls().filter((call) => !known.has(call.uniqueId) && wanted.has(numberOf(call)));
  await begin(fairdial, options, `chaos-${String(round + 1)}`, numbers);
  const by = Date.now() + 60_000;
  while (calls().length === 0) {
    if (Date.now() > by) throw new Error(`nobody was called:\n${fairdial.lastWords().join("\n")}`);
    await sleep(50);
  }
  const [least, most] = random() < 0.5 ? STRIKES_EARLY_MS : STRIKES_LATE_MS;
  await sleep(least + (most - least) * random());
  say(`${fault}: now, with ${String(calls().length)} people called`);
  if (endsEveryCall(fault)) void dialsIn(agents);
  const spell = await inflict(fault, scene);
  const recoverySeconds = await agents.usableAgain(spell.backAt, endsEveryCall(fault) ? spell.goneAt : 0);
  // Whom a killed Asterisk had on the line nobody tells that it is over: how long they hold on is theirs to say.
  const isOurs = ({ startedAt }: ChannelRecord): boolean => !endsEveryCall(fault) || startedAt > spell.backAt;
  const living = (): number => calls().filter((call) => call.endedAt === null && isOurs(call)).length;
  await over(lab, database, fairdial, wanted, { calls, living });
  const seen = calls();
  const rows = await rowsOf(lab, database, wanted);
  const heard = await heardBy(lab, seen);
  const account = accountOf({
    ...{ calls: seen, rows, hearings: heard, spell },
    ...{ endsEveryCall: endsEveryCall(fault), isDeaf: isDeaf(fault) },
  });
  const late = recoverySeconds * 1_000 > RECOVERED_WITHIN_MS;
  const slow = late ? [`agents were usable only ${String(recoverySeconds)} s after the part was back`] : [];
  return { ...account, faults: [...account.faults, ...slow], recoverySeconds, spell };
}

/**
 * Until each attempt has an outcome, the network has no call of theirs, and nobody is left to be called: or is not called
 * any more, because the campaign was stopped for its silent calls.
 */
async function over(
  lab: Lab,
  database: string,
  fairdial: LabFairdial,
  wanted: ReadonlySet<string>,
  network: { readonly calls: () => readonly ChannelRecord[]; readonly living: () => number },
): Promise<void> {
  const by = Date.now() + ROUND_MAX_MS;
  for (let quietSince = Date.now(), before = ""; ;) {
    const sql = await lab.database.connect({ database });
    const open = await openOf(sql).finally(() => sql.end());
    const living = network.living();
    const now = JSON.stringify([open, living, network.calls().length]);
    if (now !== before || open.attempts > 0 || living > 0) quietSince = Date.now();
    before = now;
    if (open.leads === 0 && open.attempts === 0 && living === 0) break;
    if (Date.now() - quietSince > QUIET_MS) break;
    if (!fairdial.daemonIsRunning) throw new Error(`the daemon has ended:\n${fairdial.lastWords().join("\n")}`);
    if (Date.now() > by) {
      const facts = JSON.stringify({ ...open, living, of: wanted.size });
      throw new Error(`not over in time: ${facts}\n${fairdial.lastWords().join("\n")}`);
    }
    await sleep(500);
  }
  // The recorder writes the last of what it holds after the call.
  await sleep(1_000);
}

async function openOf(sql: Connection): Promise<{ readonly leads: number; readonly attempts: number }> {
  const [rows] = await sql.query<RowDataPacket[]>(
    "select (select count(*) from crm_lead where status not in ('done', 'held')) as leads, (select count(*) from crm_attempt where outcome is null) as attempts",
  );
  return { leads: Number(rows[0]?.["leads"]), attempts: Number(rows[0]?.["attempts"]) };
}

async function rowsOf(lab: Lab, database: string, wanted: ReadonlySet<string>): Promise<readonly Row[]> {
  const sql = await lab.database.connect({ database });
  try {
    const [rows] = await sql.query<RowDataPacket[]>(
      "select attempt_id, number, outcome, decided_at, connected_at, ended_at, ended_by from crm_attempt",
    );
    const at = (value: unknown): number | null => (value instanceof Date ? value.getTime() : null);
    return rows
      .map((row) => ({
        attemptId: String(row["attempt_id"]),
        number: String(row["number"]),
        outcome: row["outcome"] === null ? null : String(row["outcome"]),
        decidedAt: at(row["decided_at"]) ?? 0,
        connectedAt: at(row["connected_at"]),
        endedAt: at(row["ended_at"]),
        endedBy: row["ended_by"] === null ? null : String(row["ended_by"]),
      }))
      .filter(({ number }) => wanted.has(number));
  } finally {
    await sql.end();
  }
}

async function heardBy(lab: Lab, calls: readonly ChannelRecord[]): Promise<readonly Hearing[]> {
  const ids = new Set(calls.map(({ uniqueId }) => uniqueId));
  const messages = {
    campaign: readSamples(join(lab.ground.soundsDir, "messages/information.wav")),
    builtIn: readSamples(join(configDir, "sounds/fairdial/built-in-message.wav")),
  };
  const all = await hearings(lab.network, messages, (call) => ids.has(call.uniqueId));
  return all.filter(({ number }) => LISTENERS.test(number));
}

const LISTENERS = /^\+441614960\d{3}$/;

/** People who stay and listen, one in eight who leaves at once, and one in eight who cannot be reached at all. */
function numbersOf(lab: Lab, people: number, round: number): readonly string[] {
  return Array.from({ length: people }, (_, index) => {
    const nth = round * people + index;
    if (index % 8 === 3) return listenerNumber("leaves-at-once", Math.floor(nth / 8));
    if (index % 8 === 6) {
      const kind = Math.floor(nth / 8);
      return numberFor(lab.network.plan, OTHERS[kind % OTHERS.length] ?? "busy", Math.floor(kind / OTHERS.length));
    }
    return listenerNumber("listens", nth);
  });
}

/**
 * Everything that the journal shows broken, and every row that it tells otherwise. The daemon is stopped for it.
 * @param spells in which nobody could be served in time, whatever anybody did: counted as late, and no breach
 */
async function judgement(fairdial: LabFairdial, spells: readonly Spell[]): Promise<readonly string[]> {
  const code = await fairdial.stopDaemon(60_000);
  const { stdout, stderr } = await fairdial.run("judge", "--database", "--json");
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) return [`the judge did not judge: ${stderr}${stdout}`];
  const { breaches } = JSON.parse(last) as { readonly breaches: readonly Readonly<Record<string, unknown>>[] };
  const isExcused = (breach: Readonly<Record<string, unknown>>): boolean => {
    const at = Date.parse(String(breach["at"]));
    return (
      breach["invariant"] === "served-in-time" &&
      spells.some(({ goneAt, backAt }) => goneAt - OWED_MS <= at && at <= backAt + OWED_MS)
    );
  };
  return [
    ...(code === 0 ? [] : [`the daemon ended with ${String(code)}`]),
    ...breaches.filter((breach) => !isExcused(breach)).map((breach) => `judge: ${JSON.stringify(breach)}`),
  ];
}

/** mulberry32: the same seed strikes at the same instants. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
