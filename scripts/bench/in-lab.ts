// What every measurement in the lab does around its own work: says how it goes, cleans up when it is interrupted or fails, and
// ends with 1 when it failed.
import { loadavg } from "node:os";
import { startLab } from "../lab/lab.ts";
import type { Lab } from "../lab/lab.ts";

export interface InLab {
  /** To standard error: the figures have the standard output to themselves. */
  readonly say: (text: string) => void;
  /** Starts a lab; the one before it, if any, is stopped first, so that what it leaves behind is nobody's. */
  readonly start: (...options: Parameters<typeof startLab>) => Promise<Lab>;
}

/**
 * Runs it, and lets go of whatever lab it has started.
 * @param name said before every line
 * @param work sets `process.exitCode` where the figures are not as they should be
 * @param whenFailed what is to be printed even then
 */
export async function inLab(
  name: string,
  work: (bench: InLab) => Promise<void>,
  whenFailed: () => void = () => undefined,
): Promise<void> {
  let lab: Lab | null = null;
  const say = (text: string): void => {
    process.stderr.write(`[${name}] ${new Date().toISOString().slice(11, 19)} ${text}\n`);
  };
  const stop = async (): Promise<void> => {
    const running = lab;
    lab = null;
    await running?.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      say("interrupted; cleaning up");
      void stop().finally(() => process.exit(130));
    });
  }
  const start: InLab["start"] = async (...options) => {
    await stop();
    say(`starting a lab; the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)}`);
    lab = await startLab(...options);
    return lab;
  };
  try {
    await work({ say, start });
  } catch (error) {
    say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    whenFailed();
    process.exitCode = 1;
  } finally {
    await stop();
  }
}
