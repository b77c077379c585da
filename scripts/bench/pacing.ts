/**
 * npm run -s bench:pacing -- --policy predictive,vicidial --agents 5,20 --answer-rate 0.15,0.3 --days 10 --seed 1 --json
 *
 * What a pacing policy makes of pretend working days: each policy gets the same calls, runs cold and without hindsight,
 * unless --hindsight tunes its knob on the very days it is measured on. Progress goes to the error stream.
 */
import { parseArgs } from "node:util";
import type { Course } from "../../src/simulation/pacing/fates.ts";
import { COURSES } from "../../src/simulation/pacing/fates.ts";
import type { RunReport, RunSettings } from "../../src/simulation/pacing/run.ts";
import type { Logout } from "../../src/simulation/pacing/day.ts";
import { simulateDays, USUAL } from "../../src/simulation/pacing/run.ts";
import { tuned } from "./pacing-hindsight.ts";
import type { BenchPolicy } from "./pacing-policies.ts";
import { POLICIES } from "./pacing-policies.ts";

const USAGE = `usage: bench:pacing --policy P[,P…] --agents N[,N…] --answer-rate p[,p…] --days D --seed S
  [--recourse] [--hindsight] [--course ${COURSES.join("|")}] [--target PERCENT] [--hours H]
  [--logout AGENTS@MINUTE[,AGENTS@MINUTE…]] [--json]
policies: ${Object.keys(POLICIES).join(", ")}`;

const OPTIONS = {
  policy: { type: "string", default: "progressive,predictive" },
  agents: { type: "string", default: "20" },
  "answer-rate": { type: "string", default: "0.3" },
  days: { type: "string", default: "10" },
  seed: { type: "string", default: "1" },
  course: { type: "string", default: "constant" },
  target: { type: "string", default: "3" },
  hours: { type: "string", default: "8" },
  logout: { type: "string", default: "" },
  recourse: { type: "boolean", default: false },
  hindsight: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

interface Row extends RunReport {
  readonly policy: string;
  readonly agents: number;
  readonly answerRate: number;
  readonly recourse: boolean;
  readonly course: Course;
  readonly knob: string;
  readonly hindsight: boolean;
}

class UsageError extends Error {}

function numbersIn(text: string, name: string, isFine: (value: number) => boolean): number[] {
  return text.split(",").map((each) => {
    const value = Number(each);
    if (each.trim() === "" || !isFine(value)) throw new UsageError(`--${name}: ${each} will not do`);
    return value;
  });
}

const oneNumberIn = (text: string, name: string, isFine: (value: number) => boolean): number =>
  numbersIn(text, name, isFine)[0] ?? Number.NaN;

const MINUTE_MS = 60_000;

/** Agents who leave at a minute of the day, the quarter of an hour of warm-up included: 25@45 or 10@60,10@90. */
function logoutsIn(text: string): Logout[] {
  if (text === "") return [];
  return text.split(",").map((each) => {
    const [, agents, minute] = /^(\d+)@(\d+(?:\.\d+)?)$/.exec(each.trim()) ?? [];
    if (agents === undefined || !isCount(Number(agents))) throw new UsageError(`--logout: ${each} will not do`);
    return { agents: Number(agents), atMs: Number(minute) * MINUTE_MS };
  });
}

const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;

function policyNamed(name: string): BenchPolicy {
  const policy = POLICIES[name];
  if (policy === undefined) throw new UsageError(`--policy: there is no ${name}`);
  return policy;
}

function benchmark(args: readonly string[]): { rows: Row[]; asJson: boolean } {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
  const names = values.policy.split(",");
  const policies = names.map((name) => [name, policyNamed(name)] as const);
  const course = COURSES.find((each) => each === values.course);
  if (course === undefined) throw new UsageError(`--course: there is no ${values.course}`);
  const common = {
    ...USUAL,
    course,
    recourse: values.recourse,
    targetBasisPoints: Math.round(100 * oneNumberIn(values.target, "target", (each) => each >= 0 && each <= 3)),
    measuredMs: Math.round(60 * MINUTE_MS * oneNumberIn(values.hours, "hours", (each) => each > 0 && each <= 24)),
    logouts: logoutsIn(values.logout),
    days: oneNumberIn(values.days, "days", isCount),
    seed: oneNumberIn(values.seed, "seed", Number.isInteger),
    stopwatch: () => performance.now(),
  };
  const teams = numbersIn(values.agents, "agents", isCount);
  const rates = numbersIn(values["answer-rate"], "answer-rate", (each) => each > 0 && each < 1);
  const rows: Row[] = [];
  for (const agents of teams) {
    for (const answerRate of rates) {
      for (const [name, policy] of policies) {
        rows.push(rowOf(name, policy, { ...common, agents, answerRate }, values.hindsight));
      }
    }
  }
  return { rows, asJson: values.json };
}

function rowOf(name: string, policy: BenchPolicy, run: RunSettings, hindsight: boolean): Row {
  const title = `${name}, ${run.agents} agents, answer rate ${run.answerRate}`;
  let day = 0;
  const progress = (): void => showProgress(`${title}: day ${++day} of ${run.days}`);
  const { candidate, report } =
    hindsight && policy.hindsight.kind !== "none"
      ? (showProgress(`${title}: tuning`), tuned(policy, run))
      : { candidate: policy.cold, report: simulateDays(run, policy.cold.make, progress) };
  showProgress("");
  return {
    policy: name,
    agents: run.agents,
    answerRate: run.answerRate,
    recourse: run.recourse,
    course: run.course,
    knob: candidate.knob,
    hindsight,
    ...report,
  };
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const percent = (share: number): string => (100 * share).toFixed(2);

const COLUMNS: readonly (readonly [title: string, of: (row: Row) => string])[] = [
  ["policy", (row) => row.policy],
  ["agents", (row) => String(row.agents)],
  ["answer rate", (row) => String(row.answerRate)],
  ["utilisation %", (row) => `${percent(row.utilisation)} ± ${percent(row.utilisationCi95)}`],
  ["abandons %", (row) => percent(row.abandonRate)],
  ["worst day", (row) => percent(row.dayRateMax)],
  ["worst hour", (row) => percent(row.worstHourRate)],
  ["days over", (row) => `${row.daysOverLimit}/${row.days}`],
  ["wait s", (row) => row.agentWaitMeanS.toFixed(1)],
  ["attempts/day", (row) => row.attempts.toFixed(0)],
  ["lines", (row) => String(row.linesPeak)],
  ["µs p50/p99", (row) => `${row.decisionMicrosP50}/${row.decisionMicrosP99}`],
  ["knob", (row) => row.knob],
];

function table(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, of]) => of(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

try {
  const { rows, asJson } = benchmark(process.argv.slice(2));
  console.log(asJson ? JSON.stringify(rows, null, 2) : table(rows));
} catch (error) {
  // Whoever mistypes an option wants to read the options; anything else is our mistake, with its trace.
  const isTheirs = error instanceof UsageError || (error instanceof TypeError && error.message.includes("option"));
  if (!isTheirs) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
