// Does a daemon that never rests grow? 100,000 attempts of the whole engine in the pretend world, the heap after a forced
// collection at ten points. Ends with 1 when it rises with the attempts.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { measureMemory } from "./memory/run.ts";

const MODES = ["progressive", "power", "predictive"] as const;

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s bench:memory --")
  .usage("$0 [options]\n\nLooks at the heap of one process over many attempts in virtual time.")
  .option("attempts", { type: "number", default: 100_000, describe: "how many (100 to 10000000)" })
  .option("agents", { type: "number", default: 30, describe: "how many agents (1 to 500)" })
  .option("mode", {
    type: "string",
    choices: MODES,
    default: "predictive" as const,
    describe: "how they are dialled for",
  })
  .option("seed", { type: "number", default: 1, describe: "the same one replays the same shift" })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ attempts, agents, seed }) => {
    if (!Number.isInteger(attempts) || attempts < 100 || attempts > 10_000_000)
      throw new Error("--attempts must be from 100 to 10000000");
    if (!Number.isInteger(agents) || agents < 1 || agents > 500) throw new Error("--agents must be from 1 to 500");
    if (!Number.isInteger(seed)) throw new Error("--seed must be a whole number");
    return true;
  })
  .strict()
  .version(false)
  .parse();

const { attempts, agents, mode, seed } = options;
const figures = await measureMemory({
  ...{ attempts, agents, mode, seed },
  say: (text) => {
    process.stderr.write(`[memory] ${text}\n`);
  },
});
if (!options.json) {
  for (const { attempts: at, heapMb } of figures.points)
    process.stdout.write(`${String(at).padStart(10)} attempts  ${heapMb.toFixed(2)} MB\n`);
}
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = figures.flat && figures.attempts >= attempts ? 0 : 1;
