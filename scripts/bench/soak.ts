// Does anything grow while the daemon works for a long time? The real daemon, a real Asterisk, SIPp and a real database at a
// steady pace; memory, handles, threads, channels, bridges and rows are looked at all the while. Ends with 1 when one rises.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { inLab } from "./in-lab.ts";
import { soak } from "./soak/run.ts";

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s soak --")
  .usage("$0 [options]\n\nKeeps the real daemon busy for a long time, and looks whether anything grows.")
  .option("minutes", { type: "number", default: 20, describe: "for so long (0.2 to 1440)" })
  .option("cps", { type: "number", default: 10, describe: "calls placed a second (1 to 100)" })
  .option("answer-share", { type: "number", default: 0.2, describe: "of those called, so many answer (0 to 1)" })
  .option("json", {
    type: "boolean",
    default: false,
    describe: "print nothing but the figures, as JSON on the last line",
  })
  .check(({ minutes, cps, "answer-share": share }) => {
    if (!(minutes >= 0.2 && minutes <= 1440)) throw new Error("--minutes must be from 0.2 to 1440");
    if (!(cps >= 1 && cps <= 100)) throw new Error("--cps must be from 1 to 100");
    if (!(share >= 0 && share <= 1)) throw new Error("--answer-share must be from 0 to 1");
    return true;
  })
  .strict()
  .version(false)
  .parse();

await inLab("soak", async ({ say, start }) => {
  const lab = await start();
  const { minutes, cps } = options;
  const figures = await soak(lab, "soak", { minutes, cps, answerShare: options["answer-share"], say });
  if (!options.json) {
    for (const [name, { perHour, mostPerHour }] of Object.entries(figures.slopes))
      process.stdout.write(
        `${name.padEnd(20)}${perHour.toFixed(2).padStart(12)} an hour, at most ${String(mostPerHour)}\n`,
      );
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = figures.flat && figures.isDrained ? 0 : 1;
});
