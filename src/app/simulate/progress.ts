/** How far a simulation is. It computes without a pause, so the bar draws itself when it is told, and needs no clean-up. */
import cliProgress from "cli-progress";
import type { World } from "../world.ts";

/** On a terminal only, and beside the answer, never in it. Work is in seconds, as estimated. */
export const simulationBar = (world: World, silent: boolean, totalS: number) => {
  const isShown = !silent && world.stderr.isTTY === true;
  const bar = isShown
    ? new cliProgress.SingleBar({
        format: "{bar} {percentage} % | {what} | {eta_formatted} to go",
        stream: process.stderr,
        clearOnComplete: true,
        // Nothing can run while a day is computed: a signal must find nobody who listens, and a visible cursor.
        hideCursor: false,
        gracefulExit: false,
      })
    : null;
  let doneS = 0;
  bar?.start(totalS, 0, { what: "" });
  return {
    advance: (workS: number, what: string): void => {
      doneS += workS;
      bar?.update(doneS, { what });
    },
    end: (): void => {
      bar?.stop();
    },
  };
};
