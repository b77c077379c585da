// Do people whom no agent calls hear the first word in time? A flow of three questions on a real Asterisk, with people who
// press keys, measured in the recordings of their own telephone network. Ends with 1 when anybody heard nothing, or too late.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { keysNumber } from "../lab/listeners.ts";
import { inLab } from "./in-lab.ts";
import { measureAgentless } from "./agentless/run.ts";

const FIRST_WORD_MAX_MS = 2_000;

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s bench:agentless --")
  .usage("$0 [options]\n\nLets a call flow talk to many people at once, and measures when they heard its first word.")
  .option("concurrent", { type: "number", default: 50, describe: "calls at once (1 to 200)" })
  .option("calls", {
    type: "number",
    describe: "how many people are called (three for each call at once, 729 at most)",
  })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ concurrent, calls }) => {
    if (!Number.isInteger(concurrent) || concurrent < 1 || concurrent > 200)
      throw new Error("--concurrent must be from 1 to 200");
    if (calls !== undefined && (!Number.isInteger(calls) || calls < 1 || calls > 729))
      throw new Error("--calls must be from 1 to 729");
    return true;
  })
  .strict()
  .version(false)
  .parse();

/** Different people, with all three keys pressed in every way there is. */
const people = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => {
    const [a, b, c] = [index % 9, Math.floor(index / 9) % 9, Math.floor(index / 81) % 9];
    return keysNumber(`${String(a)}${String(b)}${String(c)}`);
  });

await inLab("agentless", async ({ say, start }) => {
  const lab = await start();
  const { concurrent, calls = Math.min(729, 3 * concurrent) } = options;
  const { figures, mostAtOnce, loads } = await measureAgentless(lab, "agentless", {
    numbers: people(calls),
    concurrent,
    say,
  });
  say(
    `at most ${String(mostAtOnce)} were talked to at once; the machine's load was ${loads.map((each) => each.toFixed(1)).join(" at the start, ")} at the end`,
  );
  if (!options.json) {
    for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name.padEnd(24)}${String(figure)}\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode =
    figures.silent === 0 && figures.firstWordMsMax <= FIRST_WORD_MAX_MS && figures.calls === calls ? 0 : 1;
});
