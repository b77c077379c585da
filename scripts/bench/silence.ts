// Are there silent calls? Many more answers than agents on a real Asterisk, and what the called people heard, measured in
// the recordings of their own telephone network. Ends with 1 when anybody heard nothing, too late, or not to the end.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { FIRST_PHONE, LAST_PHONE } from "../lab/pbx.ts";
import { inLab } from "./in-lab.ts";
import { measureSilence } from "./silence/run.ts";
import { STRESSES } from "./silence/stress.ts";

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s bench:silence --")
  .usage("$0 [options]\n\nLets far more people answer than there are agents, and measures what they heard and when.")
  .option("answers", {
    type: "number",
    default: 60,
    describe: "how many people are called, all of whom answer (1 to 500)",
  })
  .option("agents", { type: "number", default: 5, describe: "how many agents (1 to 24)" })
  .option("stress", {
    type: "string",
    array: true,
    default: [] as string[],
    coerce: (texts: string[]) => texts.flatMap((text) => text.split(",")).filter((text) => text !== ""),
    describe: `${STRESSES.join(", ")}: a tenth of a processor for the daemon, no database, all answers within a second`,
  })
  .option("message-missing", {
    type: "boolean",
    default: false,
    describe: "take the campaign's message away after it was test-played",
  })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ answers, agents, stress }) => {
    if (!Number.isInteger(answers) || answers < 1 || answers > 500) throw new Error("--answers must be from 1 to 500");
    if (!Number.isInteger(agents) || agents < 1 || agents > LAST_PHONE - FIRST_PHONE + 1) {
      throw new Error("--agents must be from 1 to 24");
    }
    const unknown = stress.filter((each) => !(STRESSES as readonly string[]).includes(each));
    if (unknown.length > 0) throw new Error(`--stress is of ${STRESSES.join(", ")}; not ${unknown.join(", ")}`);
    return true;
  })
  .strict()
  .version(false)
  .parse();

await inLab("silence", async ({ say, start }) => {
  const lab = await start();
  const { figures, faults, circumstances } = await measureSilence(lab, "silence", {
    answers: options.answers,
    agents: options.agents,
    stress: STRESSES.filter((each) => options.stress.includes(each)),
    messageMissing: options.messageMissing,
    say,
  });
  for (const each of circumstances) say(each);
  for (const fault of faults) say(`FAULT ${fault}`);
  if (!options.json) {
    for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name.padEnd(24)}${String(figure)}\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
});
