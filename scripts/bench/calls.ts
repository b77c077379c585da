// How many calls a second one daemon carries, and what a call costs: the real daemon, a real Asterisk, SIPp as the network
// and a real database. Ends with 1 when an outcome was lost, anybody was called twice, or anybody met silence.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { inLab } from "./in-lab.ts";
import { measureCalls, PHONES_MAX } from "./calls/run.ts";

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s bench:calls --")
  .usage(
    "$0 [options]\n\nDials at a steady pace through the real daemon and Asterisk, and compares with the network's log.",
  )
  .option("cps", { type: "number", default: 20, describe: "calls placed a second (1 to 100)" })
  .option("seconds", { type: "number", default: 30, describe: "for so long (1 to 3600)" })
  .option("answer-share", { type: "number", default: 0.2, describe: "of those called, so many answer (0 to 1)" })
  .option("agents", {
    type: "number",
    describe: `agents on the phone (1 to ${String(PHONES_MAX)}; as many as the answers keep busy, and half as many more)`,
  })
  .option("cpu-prof", { type: "string", describe: "write a profile of the daemon's processor time into this folder" })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ cps, seconds, agents, "answer-share": share }) => {
    if (!(cps >= 1 && cps <= 100)) throw new Error("--cps must be from 1 to 100");
    if (!(seconds >= 1 && seconds <= 3600)) throw new Error("--seconds must be from 1 to 3600");
    if (!(share >= 0 && share <= 1)) throw new Error("--answer-share must be from 0 to 1");
    if (agents !== undefined && (!Number.isInteger(agents) || agents < 1 || agents > PHONES_MAX))
      throw new Error(`--agents must be from 1 to ${String(PHONES_MAX)}`);
    return true;
  })
  .strict()
  .version(false)
  .parse();

const profileInto = (folder: string): readonly string[] => {
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${resolve(folder)}`];
};

await inLab("calls", async ({ say, start }) => {
  const lab = await start();
  const { cps, seconds, agents, "cpu-prof": profile } = options;
  const { figures, comparison } = await measureCalls(lab, "calls", {
    ...{ cps, seconds, answerShare: options["answer-share"], say },
    ...(agents === undefined ? {} : { agents }),
    ...(profile === undefined ? {} : { nodeOptions: profileInto(profile) }),
  });
  const { faults } = comparison;
  for (const fault of faults.slice(0, 20)) say(`FAULT ${fault}`);
  if (faults.length > 20) say(`and ${String(faults.length - 20)} more`);
  if (!options.json) {
    for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name.padEnd(24)}${String(figure)}\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
});
