/** How far a file has been read. */
import cliProgress from "cli-progress";
import type { World } from "../world.ts";
import { whenInterrupted } from "./leftovers.ts";

/** On a terminal only, and beside the answer, never in it. */
export const progressBar = (world: World, silent: boolean, totalBytes: number) => {
  const isShown = !silent && world.stderr.isTTY === true;
  const bar = isShown
    ? new cliProgress.SingleBar({
        format: "{bar} {percentage} %{rate} | {eta_formatted} to go",
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      })
    : null;
  let readBytes = 0;
  let begunAt = 0;
  let rate = "";
  let stayQuiet: () => void = () => undefined;
  return {
    begin: () => {
      bar?.start(totalBytes, readBytes, { rate });
      begunAt = performance.now();
      // The cursor is hidden meanwhile.
      stayQuiet = whenInterrupted(() => bar?.stop());
    },
    advance: (bytes: number) => {
      readBytes += bytes;
      bar?.update(readBytes, { rate });
    },
    /** So many rows since the beginning. */
    counted: (rows: number) => {
      const perSecond = Math.round(rows / Math.max(0.001, (performance.now() - begunAt) / 1_000));
      rate = ` | ${perSecond.toLocaleString("en-GB")} rows/s`;
    },
    end: () => {
      stayQuiet();
      bar?.stop();
    },
  };
};
