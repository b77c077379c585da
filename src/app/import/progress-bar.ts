/** How far a file has been read. */
import cliProgress from "cli-progress";
import type { World } from "../world.ts";
import { whenInterrupted } from "./leftovers.ts";

/** On a terminal only, and beside the answer, never in it. */
export const progressBar = (world: World, silent: boolean, totalBytes: number) => {
  const isShown = !silent && world.stderr.isTTY === true;
  const bar = isShown
    ? new cliProgress.SingleBar({
        format: "{bar} {percentage} % | {eta_formatted} to go",
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      })
    : null;
  let readBytes = 0;
  let stayQuiet: () => void = () => undefined;
  return {
    begin: () => {
      bar?.start(totalBytes, readBytes);
      // The cursor is hidden meanwhile.
      stayQuiet = whenInterrupted(() => bar?.stop());
    },
    advance: (bytes: number) => {
      readBytes += bytes;
      bar?.update(readBytes);
    },
    end: () => {
      stayQuiet();
      bar?.stop();
    },
  };
};
