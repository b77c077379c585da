/**
 * npm run -s bench:fortnight -- --leads 20000 --days 14 --seed 1 --json
 *
 * A campaign's fortnight through the real engine in virtual time, journal and judge on, in the made-up town of
 * bench:redial: once with our redial rules and once with a fixed interval, for the same people. Ends with 1 when a promise
 * is broken, a lead is lost from the funnel or excluded without a reason, the list is not reached to its end in time, or
 * the fixed interval reaches as many people. A bar on a terminal says how far it is.
 */
import { parseArgs } from "node:util";
import cliProgress from "cli-progress";
import { ALL_DAY, type Figures, findingsOf, fixedInterval, fortnight, OUR_RULES, percent } from "./fortnight/run.ts";

const USAGE = `usage: bench:fortnight [--leads N] [--days D] [--seed S] [--agents A] [--new-share PERCENT]
  [--interval HOURS[,HOURS…]] [--json]`;

/** So many leads an agent works in a fortnight, three to four attempts for each: fewer agents would not get round. */
const LEADS_PER_AGENT = 3_500;

class UsageError extends Error {}

const whole = (text: string, name: string, most: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`--${name}: ${text} will not do; a whole number from 1 to ${most}`);
  }
  return value;
};

function asked(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      leads: { type: "string", default: "20000" },
      days: { type: "string", default: "14" },
      seed: { type: "string", default: "1" },
      agents: { type: "string" },
      "new-share": { type: "string", default: "50" },
      interval: { type: "string", default: "24" },
      json: { type: "boolean", default: false },
    },
    strict: true,
  });
  const leads = whole(values.leads, "leads", 200_000);
  return {
    world: {
      ...{ leads, days: whole(values.days, "days", 60), seed: whole(values.seed, "seed", 2 ** 31) },
      agents: values.agents === undefined ? Math.ceil(leads / LEADS_PER_AGENT) : whole(values.agents, "agents", 500),
      newSharePercent: whole(values["new-share"], "new-share", 100),
    },
    intervals: values.interval.split(",").map((each) => whole(each.trim(), "interval", 336)),
    asJson: values.json,
  };
}

function print(rows: readonly Figures[]): void {
  for (const row of rows) {
    const { exclusions, funnel, afterClockChange } = row;
    const counts = (all: Readonly<Record<string, number>>): string =>
      Object.entries(all)
        .map(([what, count]) => `${what} ${count}`)
        .join(", ");
    console.log(
      `${row.policy}: ${row.attempts} attempts, contact rate ${percent(row.contactRate)} (redials ${percent(row.redialContactRate)}),` +
        ` ${percent(row.reachedShare)} of leads reached; penetration ${percent(row.penetration)} on day ${row.penetratedOnDay ?? "none"},` +
        ` third attempts by then ${percent(row.thirdShareAtPenetration)}; ${row.problems.length} problems in ${row.casesJudged} cases;` +
        ` ${row.cpuSeconds} s of processor time\n  given back: ${counts(exclusions)}\n  funnel: ${counts(funnel)}\n` +
        `  after the clocks changed: ${counts(afterClockChange)}`,
    );
  }
}

/** On a terminal only, and beside the answer. */
const barFor = (total: number) => {
  if (!process.stderr.isTTY) return null;
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage} % | {what} | {eta_formatted} to go",
    ...{ stream: process.stderr, clearOnComplete: true, hideCursor: false, gracefulExit: false },
  });
  bar.start(total, 0, { what: "" });
  return bar;
};

const main = async (): Promise<void> => {
  const { world, intervals, asJson } = asked(process.argv.slice(2));
  const policies = [
    { policy: "these rules", redial: OUR_RULES },
    ...intervals.map((hours) => ({ policy: `every ${hours} h`, redial: fixedInterval(hours) })),
  ];
  const bar = barFor(policies.length * world.days);
  const rows: Figures[] = [];
  for (const each of policies) {
    let evenings = 0;
    rows.push(
      await fortnight({
        ...{ ...world, ...each, times: ALL_DAY },
        onNight: ({ attempts }) => {
          evenings += 1;
          bar?.update(rows.length * world.days + Math.min(world.days, evenings), {
            what: `${each.policy}, evening ${evenings}, ${attempts} attempts`,
          });
        },
      }),
    );
  }
  bar?.stop();
  const [ours, ...others] = rows;
  if (ours === undefined) throw new Error("no policy was run");
  const findings = findingsOf(ours, others, world);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1_000);
  const told = rows.map((row) => ({ ...row, problems: row.problems.slice(0, 20) }));
  if (asJson) console.log(JSON.stringify({ ...world, rssMb, rows: told, findings }));
  else print(rows);
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
};

try {
  await main();
} catch (error) {
  // Whoever mistypes an option wants to read the options; anything else is our mistake, with its trace.
  const isTheirs = error instanceof UsageError || (error instanceof TypeError && error.message.includes("option"));
  if (!isTheirs) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
