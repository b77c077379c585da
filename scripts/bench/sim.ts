/**
 * npm run -s sim -- --seeds 2000 --from 1 --json
 * npm run -s sim -- --seed 4711 [--weather NAME] [--trace FILE]
 *
 * The real engine in the pretend world, once for each seed, each in the weather of its turn, with the judge over every
 * journal. Ends with 1 when a promise was broken that the weather lets keep; `--seed` replays one, with its journal.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { didYouMean } from "../../src/app/nearest.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { leftLying } from "../../test/support/left-lying.ts";
import { judgementOf, type Weather, type WeatherName, WEATHERS } from "../../test/support/weather.ts";

const NAMES = Object.keys(WEATHERS) as WeatherName[];
const SEEDS_MAX = 1_000_000;
const SHOWN_MAX = 20;
const USAGE = `usage: sim [--seeds N] [--from S] [--weather NAME] [--json]
       sim --seed S [--weather NAME] [--trace FILE]
weathers: ${NAMES.join("; ")}`;

const OPTIONS = {
  seeds: { type: "string", default: "100" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  weather: { type: "string" },
  trace: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

class UsageError extends Error {}

function countIn(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > SEEDS_MAX)
    throw new UsageError(`--${name}: ${text} will not do; a whole number from 1 to ${String(SEEDS_MAX)}`);
  return value;
}

function weatherIn(text: string | undefined): WeatherName | null {
  if (text === undefined) return null;
  const found = NAMES.find((name) => name === text);
  if (found === undefined) throw new UsageError(`--weather: there is no "${text}".${didYouMean(text, NAMES)}`);
  return found;
}

/** Every weather has its turn, and a seed always the same one. */
const weatherOf = (seed: number): WeatherName => NAMES[seed % NAMES.length] ?? "a clear day";

interface Sailed {
  readonly result: ShiftResult;
  readonly attempts: number;
  readonly faults: number;
  readonly breaches: readonly string[];
}

async function sailed(seed: number, name: WeatherName): Promise<Sailed> {
  const weather: Weather = WEATHERS[name];
  const result = await runShift({ ...weather.options, seed });
  const breaches = judgementOf(result, weather).breaches.map((breach) => JSON.stringify(breach));
  const unfinished = leftLying(result, weather);
  return {
    result,
    attempts: result.tables.attempts.size,
    faults: faultsOf(result),
    breaches: unfinished > 0 ? [...breaches, `${String(unfinished)} leads were left lying that were due`] : breaches,
  };
}

/** What went wrong around the engine and can be seen from outside: lost news, cut connections, dead processes, complaints. */
function faultsOf({ journal, log, lostEvents }: ShiftResult): number {
  const starts = journal.filter(({ kind, what }) => kind === "engine" && what === "started").length;
  const cuts = journal.filter(({ kind, state }) => kind === "connection" && state === "down").length;
  const complaints = log.filter(({ level }) => level === "warn" || level === "error").length;
  return lostEvents + cuts + Math.max(0, starts - 1) + complaints;
}

async function all(first: number, count: number, weather: WeatherName | null, asJson: boolean): Promise<number> {
  const before = process.cpuUsage();
  let attempts = 0;
  let faults = 0;
  const broken: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const name = weather ?? weatherOf(seed);
    const one = await sailed(seed, name);
    attempts += one.attempts;
    faults += one.faults;
    for (const breach of one.breaches) broken.push(`seed ${String(seed)}, ${name}: ${breach}`);
    const done = seed - first + 1;
    if (process.stderr.isTTY)
      process.stderr.write(`\r${String(done)} of ${String(count)} seeds, ${String(attempts)} attempts `);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  const { user, system } = process.cpuUsage(before);
  for (const line of broken.slice(0, SHOWN_MAX)) console.error(line);
  const row = {
    seeds: count,
    attempts,
    faults,
    breaches: broken.length,
    seconds: Math.round((user + system) / 1e5) / 10,
  };
  if (asJson) console.log(JSON.stringify(row));
  else console.table(row);
  return broken.length > 0 ? 1 : 0;
}

async function one(seed: number, name: WeatherName, trace: string | undefined): Promise<number> {
  const { result, attempts, faults, breaches } = await sailed(seed, name);
  if (trace !== undefined) writeFileSync(trace, result.journal.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  for (const breach of breaches) console.error(breach);
  console.log(JSON.stringify({ seed, weather: name, attempts, faults, breaches: breaches.length }));
  return breaches.length > 0 ? 1 : 0;
}

try {
  const { values } = parseArgs({ args: process.argv.slice(2), options: OPTIONS, strict: true });
  const weather = weatherIn(values.weather);
  if (values.trace !== undefined && values.seed === undefined) throw new UsageError("--trace needs --seed");
  if (values.seed === undefined) {
    process.exitCode = await all(countIn(values.from, "from"), countIn(values.seeds, "seeds"), weather, values.json);
  } else {
    const seed = countIn(values.seed, "seed");
    process.exitCode = await one(seed, weather ?? weatherOf(seed), values.trace);
  }
} catch (error) {
  // Whoever mistypes an option wants to read the options; anything else is our mistake, with its trace.
  const isTheirs = error instanceof UsageError || (error instanceof TypeError && error.message.includes("option"));
  if (!isTheirs) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
