/**
 * npm run -s bench:shift -- --agents 20 --leads 10000 --mode predictive --weather "everything at once" --seed 1 --json
 *
 * How fast the real engine is in the pretend world: a whole shift with its journal, then the judge over it, in attempts
 * per second of processor time, start-up not counted. Ends with 1 when a promise is broken that the weather lets keep.
 */
import { parseArgs } from "node:util";
import { msBetween } from "../../src/domain/instant.ts";
import { didYouMean } from "../../src/app/nearest.ts";
import type { ShiftOptions, ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { judgementOf, type Weather, type WeatherName, WEATHERS } from "../../test/support/weather.ts";

const MODES = ["progressive", "power", "predictive"] as const;
const HOUR_MS = 3_600_000;
const USAGE = `usage: bench:shift [--agents N] [--leads L] [--seed S] [--mode ${MODES.join("|")}] [--weather NAME] [--json]
weathers: ${Object.keys(WEATHERS).join("; ")}`;

const OPTIONS = {
  agents: { type: "string", default: "20" },
  leads: { type: "string", default: "5000" },
  seed: { type: "string", default: "1" },
  mode: { type: "string", default: "progressive" },
  weather: { type: "string", default: "a clear day" },
  json: { type: "boolean", default: false },
} as const;

/** A working day; the list may be done before. */
const SHIFT_MS = 8 * HOUR_MS;

type Mode = (typeof MODES)[number];

interface Row {
  readonly mode: Mode;
  readonly agents: number;
  readonly leads: number;
  readonly weather: string;
  readonly seed: number;
  readonly attempts: number;
  readonly connected: number;
  readonly abandoned: number;
  readonly simulatedHours: number;
  /** Of the shift and of the judge, garbage collection and all. */
  readonly cpuSeconds: number;
  readonly attemptsPerCpuSecond: number;
  readonly breaches: number;
  readonly findings: number;
}

class UsageError extends Error {}

function countIn(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name}: ${text} will not do; a whole number from 1`);
  return value;
}

function oneOf<Name extends string>(text: string, name: string, known: readonly Name[]): Name {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new UsageError(`--${name}: there is no "${text}".${didYouMean(text, known)}`);
  return found;
}

/** The weather's own team and list are too small to measure anything by, and its trunk too narrow. */
function optionsOf(
  weather: Weather,
  { mode, agents, leads, seed }: Pick<Row, "mode" | "agents" | "leads" | "seed">,
): ShiftOptions {
  const campaign = { ...weather.options?.campaign, mode, dialLevelPercent: mode === "power" ? 150 : 100 };
  const trunk = { linesMax: Math.max(30, 10 * agents), cpsMax: Math.max(5, agents), codecs: ["alaw"] };
  return { trunk, ...weather.options, seed, agents, leads, campaign, endAfterMs: SHIFT_MS };
}

async function measured(args: readonly string[]): Promise<{ row: Row; asJson: boolean }> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
  const name = oneOf(values.weather, "weather", Object.keys(WEATHERS) as WeatherName[]);
  const weather: Weather = WEATHERS[name];
  const asked = {
    mode: oneOf(values.mode, "mode", MODES),
    agents: countIn(values.agents, "agents"),
    leads: countIn(values.leads, "leads"),
    seed: countIn(values.seed, "seed"),
  };
  const options = optionsOf(weather, asked);
  const before = process.cpuUsage();
  const result = await runShift(options);
  const { breaches, findings } = judgementOf(result, weather);
  const { user, system } = process.cpuUsage(before);
  for (const breach of breaches.slice(0, 5)) console.error(breach);
  return {
    row: rowOf(result, { ...asked, weather: name }, (user + system) / 1e6, breaches.length, findings.length),
    asJson: values.json,
  };
}

function rowOf(
  { tables, startedAt, endedAt }: ShiftResult,
  asked: Pick<Row, "mode" | "agents" | "leads" | "seed" | "weather">,
  cpuSeconds: number,
  breaches: number,
  findings: number,
): Row {
  const attempts = tables.attempts.size;
  const counted = { connected: 0, abandoned: 0 };
  for (const { entry, calls } of tables.accounts.rows) {
    if (entry === "connected") counted.connected += calls;
    else if (ABANDONS.has(entry)) counted.abandoned += calls;
  }
  return {
    ...asked,
    attempts,
    ...counted,
    simulatedHours: rounded(msBetween(startedAt, endedAt) / HOUR_MS),
    cpuSeconds: rounded(cpuSeconds),
    attemptsPerCpuSecond: Math.round(attempts / cpuSeconds),
    breaches,
    findings,
  };
}

const ABANDONS: ReadonlySet<string> = new Set(["abandonedWithMessage", "silent", "connectedLate"]);
const rounded = (value: number): number => Math.round(value * 100) / 100;

try {
  const { row, asJson } = await measured(process.argv.slice(2));
  if (asJson) console.log(JSON.stringify(row));
  else console.table(row);
  process.exitCode = row.breaches > 0 ? 1 : 0;
} catch (error) {
  // Whoever mistypes an option wants to read the options; anything else is our mistake, with its trace.
  const isTheirs = error instanceof UsageError || (error instanceof TypeError && error.message.includes("option"));
  if (!isTheirs) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
