// What becomes of calls when a part dies, freezes or cannot be reached? Real parts, broken at random instants of a running
// campaign. Ends with 1 when a call has no row, anybody was dialled twice or met with silence, or agents had to wait.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { runInProcess } from "../../test/support/in-process.ts";
import { inLab } from "./in-lab.ts";
import { FAULTS } from "./chaos/faults.ts";
import type { Fault } from "./chaos/faults.ts";
import { chaos } from "./chaos/run.ts";
import type { ChaosFigures } from "./chaos/run.ts";

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s chaos --")
  .usage(
    "$0 [options]\n\nBreaks a part of a running campaign at random instants, and compares what the network saw with the rows.",
  )
  .option("rounds", { type: "number", default: 3, describe: "how often each fault strikes (1 to 20)" })
  .option("fault", {
    type: "string",
    array: true,
    default: [] as string[],
    coerce: (texts: string[]) => texts.flatMap((text) => text.split(",")).filter((text) => text !== ""),
    describe: `all of them, or some of ${FAULTS.join(", ")}`,
  })
  .option("seed", { type: "number", default: 1, describe: "of the instants at which it strikes" })
  .option("people", { type: "number", default: 24, describe: "called in each round (8 to 40)" })
  .option("agents", { type: "number", default: 4, describe: "how many agents (1 to 12)" })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ rounds, fault, people, agents }) => {
    const whole = (value: number, least: number, most: number, name: string): void => {
      if (!Number.isInteger(value) || value < least || value > most) {
        throw new Error(`--${name} must be from ${String(least)} to ${String(most)}`);
      }
    };
    whole(rounds, 1, 20, "rounds");
    whole(people, 8, 40, "people");
    whole(agents, 1, 12, "agents");
    const unknown = fault.filter((each) => !(FAULTS as readonly string[]).includes(each));
    if (unknown.length > 0) throw new Error(`--fault is of ${FAULTS.join(", ")}; not ${unknown.join(", ")}`);
    return true;
  })
  .strict()
  .version(false)
  .parse();

const wanted = options.fault.length === 0 ? FAULTS : (options.fault as Fault[]);
const figures: ChaosFigures[] = [];
await inLab(
  "chaos",
  async ({ say, start }) => {
    for (const fault of wanted) {
      say(fault);
      // A lab of its own for each: what one fault leaves behind must not be taken for another's.
      const lab = await start({ cuttableTrunk: fault === "cut-network" });
      const result = await chaos(lab, { ...options, fault, say, runCommand: runInProcess });
      figures.push(result.figures);
      if (result.faults.length > 0) process.exitCode = 1;
      if (!options.json) process.stdout.write(`${JSON.stringify(result.figures)}\n`);
    }
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  },
  () => {
    process.stdout.write(`${JSON.stringify(figures)}
`);
  },
);
