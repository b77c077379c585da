// The demo: a campaign of the pretend network's numbers, dialled by fairdial as a user would run it, and judged at the end.

import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { LabFairdial } from "../fairdial.ts";
import { startLab } from "../lab.ts";
import type { Lab } from "../lab.ts";
import { campaignNumbers } from "../number-plan.ts";
import { allowCliNumber, approveMessage, campaignPapers, loadRegisters } from "../papers.ts";
import { FIRST_PHONE, LAST_PHONE } from "../pbx.ts";
import { Display } from "./display.ts";
import { progress } from "./progress.ts";
import { writeLeads } from "./leads.ts";
import { report, verdict } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

const CAMPAIGN = "demo";
const DATABASE = "fairdial_demo";

const options = await yargs(hideBin(process.argv))
  .scriptName("scripts/demo")
  .usage(
    "$0 [options]\n\nDials a campaign in the pretend telephone network and compares every outcome with its number plan.",
  )
  .option("json", { type: "boolean", default: false, describe: "print the result as one JSON object on the last line" })
  .option("keep", { type: "boolean", default: false, describe: "leave everything running until Ctrl-C" })
  .option("leads", { type: "number", default: 200, describe: "how many numbers to dial (1 to 1000)" })
  .option("agents", { type: "number", default: 8, describe: "how many agents (1 to 24)" })
  .option("most", { type: "number", default: 900, describe: "give up after so many seconds" })
  .check(({ leads, agents }) => {
    if (!Number.isInteger(leads) || leads < 1 || leads > 1000) throw new Error("--leads must be from 1 to 1000");
    if (!Number.isInteger(agents) || agents < 1 || agents > LAST_PHONE - FIRST_PHONE + 1) {
      throw new Error("--agents must be from 1 to 24");
    }
    return true;
  })
  .strict()
  .version(false)
  .parse();

const startedAt = Date.now();
const say = (text: string): void => {
  process.stderr.write(`[demo ${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)}s] ${text}\n`);
};

/** What has to be ended again. */
const started: { lab: Lab | null; fairdial: LabFairdial | null; interrupted: boolean } = {
  lab: null,
  fairdial: null,
  interrupted: false,
};

/** Everything that was started ends, whether the demo came to its end or was interrupted. */
async function cleanUp(): Promise<void> {
  await started.fairdial?.killDaemon();
  await started.lab?.stop();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (started.interrupted) process.exit(130);
    started.interrupted = true;
    say("interrupted; cleaning up");
    void cleanUp().finally(() => process.exit(130));
  });
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  if (!started.interrupted) {
    say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    for (const line of started.fairdial?.lastWords() ?? []) process.stderr.write(`  ${line}\n`);
    process.exitCode = 1;
  }
} finally {
  await cleanUp();
}

async function demo(): Promise<boolean> {
  say("starting a database, a PBX and a pretend telephone network");
  const lab = await startLab();
  started.lab = lab;
  const database = await lab.database.createDatabase(DATABASE);
  const fairdial = new LabFairdial(lab, { database });
  started.fairdial = fairdial;
  say("preparing the campaign with fairdial's own commands");
  await prepare(lab, fairdial);

  say("starting the daemon, and the agents' phones");
  await fairdial.startDaemon();
  for (let phone = 0; phone < options.agents; phone++) await lab.network.phones.login(FIRST_PHONE + phone);

  const connection = await lab.database.connect({ database: DATABASE });
  try {
    say(`dialling ${String(options.leads)} leads with ${String(options.agents)} agents`);
    const dialledAt = Date.now();
    await fairdial.must("campaign", "start", CAMPAIGN);
    await watch(connection);
    const seconds = (Date.now() - dialledAt) / 1000;
    say("stopping the daemon");
    if (options.keep) say("  (not with --keep)");
    else if ((await fairdial.stopDaemon()) !== 0) throw new Error("the daemon did not stop cleanly");
    const result = await verdict(connection, lab, fairdial, CAMPAIGN, seconds);
    finish(result);
    if (options.keep) await keep(lab, fairdial);
    return result.ok;
  } finally {
    await connection.end().catch(() => undefined);
  }
}

async function prepare(running: Lab, cli: LabFairdial): Promise<void> {
  await cli.must("migrate");
  say(
    `  an approved message, a number to present, the registers; the profile ${cli.profile} is the British one, at any hour`,
  );
  await approveMessage(running, cli);
  await allowCliNumber(cli, "carrier");
  await loadRegisters(cli);
  await cli.must(
    ...["campaign", "add", CAMPAIGN, "--trunk", "carrier", ...campaignPapers(cli, "marketing")],
    // Every lead is dialled once so that its outcome can be compared.
    ...["--attempts-max", "1", "--carrier-tries-max", "1", "--ring-timeout", "15s", "--wrap-up", "1s"],
  );
  for (let phone = FIRST_PHONE; phone < FIRST_PHONE + options.agents; phone++) {
    const name = `agent-${String(phone)}`;
    await cli.must("agent", "add", name, "--endpoint", `PJSIP/${String(phone)}`, "--campaigns", CAMPAIGN);
  }
  const file = writeLeads(cli.folder, campaignNumbers(running.network.plan, options.leads));
  await cli.must("list", "import", file, "--campaign", CAMPAIGN, "--list", "plan", "--country", "GB");
}

/** Shows the campaign until every lead is done. */
async function watch(connection: Connection): Promise<void> {
  const display = new Display(options.json ? null : process.stdout, options.leads);
  const until = Date.now() + options.most * 1000;
  try {
    for (;;) {
      const now = await progress(connection, CAMPAIGN);
      display.show(now);
      if (now.leadsDone >= options.leads && now.attemptsOpen === 0) return;
      if (started.fairdial?.daemonIsRunning !== true) throw new Error("the daemon has ended before the campaign");
      if (Date.now() > until) throw new Error(`${String(options.leads - now.leadsDone)} leads are not done in time`);
      await sleep(500);
    }
  } finally {
    display.close();
  }
}

function finish(result: Verdict): void {
  const out = options.json ? process.stderr : process.stdout;
  out.write(`${report(result)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(result.json)}\n`);
}

/** Holds everything up until somebody presses Ctrl-C. */
async function keep(running: Lab, cli: LabFairdial): Promise<void> {
  const { socketPath } = running.database.access;
  process.stderr.write(
    [
      "",
      "Everything is still running. To look at it from another terminal:",
      `  fairdial:  ${cli.shellEnvironment} node dist/src/main.js campaign show ${CAMPAIGN}`,
      `  database:  mariadb --socket=${socketPath} -u root ${DATABASE} -e 'select * from crm_attempt limit 5'`,
      `  log:       tail -f ${cli.logFile}`,
      `  journal:   ${cli.journalFolder}`,
      `  ARI:       curl -u ${running.pbx.ari.user}:${running.pbx.ari.password} ${running.pbx.ari.url}/ari/channels`,
      "Ctrl-C ends it all.",
      "",
    ].join("\n"),
  );
  for (;;) await sleep(60_000);
}
