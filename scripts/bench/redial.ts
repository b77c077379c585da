/**
 * npm run -s bench:redial -- --leads 20000 --days 14 --seed 1 --json
 *
 * A campaign's fortnight in a made-up town, twice with the same people, lines, agents and hours: redialled by our rules,
 * and by the fixed interval that diallers come with. Pure code only, no store and no engine. Ends with 1 when a rule is
 * broken, or when the list was not reached to its end before third attempts took more than the share left to redials.
 */
import { parseArgs } from "node:util";
import { FixedInterval, OurRules } from "./redial-policies.ts";
import { fortnight } from "./redial-world.ts";
import type { Figures } from "./redial-world.ts";

const USAGE =
  "usage: bench:redial [--leads N] [--days D] [--seed S] [--capacity PER_HOUR] [--new-share PERCENT] [--json]";

class UsageError extends Error {}

const whole = (text: string, name: string, most: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
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
      /** Attempts an hour: what agents and lines allow; by default enough for some four attempts a lead. */
      capacity: { type: "string" },
      "new-share": { type: "string", default: "50" },
      json: { type: "boolean", default: false },
    },
    strict: true,
  });
  const leads = whole(values.leads, "leads", 1_000_000);
  const days = whole(values.days, "days", 60);
  return {
    ...{ leads, days, seed: whole(values.seed, "seed", 2 ** 31), asJson: values.json },
    capacityPerHour:
      values.capacity === undefined ? Math.ceil(leads / 55) : whole(values.capacity, "capacity", 1_000_000),
    newSharePercent: whole(values["new-share"], "new-share", 100),
  };
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

function print(rows: readonly Figures[]): void {
  for (const row of rows) {
    console.log(
      `${row.policy}: ${row.attempts} attempts, contact rate ${percent(row.contactRate)} (redials ${percent(row.redialContactRate)}),` +
        ` ${percent(row.reachedShare)} of leads reached; penetration ${percent(row.penetration)} on day ${row.penetratedOnDay ?? "none"},` +
        ` third attempts by then ${percent(row.thirdShareAtPenetration ?? 0)}; put off ${row.putOff}; idle ${percent(row.idleShare)};` +
        ` breaches ${row.breaches.length}; ${row.seconds} s`,
    );
  }
}

const main = (): void => {
  const options = asked(process.argv.slice(2));
  const ours = fortnight(options, new OurRules());
  const others = [
    new FixedInterval(4, false),
    new FixedInterval(24, false),
    new FixedInterval(4, true),
    new FixedInterval(24, true),
  ];
  const rows = [ours, ...others.map((policy) => fortnight(options, policy))];
  const findings = ours.breaches.slice(0, 5);
  const leftToRedials = 1 - options.newSharePercent / 100;
  if (ours.penetration < 1) findings.push(`penetration is ${percent(ours.penetration)}`);
  if ((ours.thirdShareAtPenetration ?? 0) > leftToRedials) {
    findings.push("third attempts took more than the share left to redials");
  }
  for (const { policy, contactRate } of rows.slice(1)) {
    if (ours.contactRate <= contactRate) findings.push(`no better than ${policy}`);
  }
  const { asJson, ...world } = options;
  if (asJson) console.log(JSON.stringify({ ...world, rows, findings }));
  else print(rows);
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
};

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
