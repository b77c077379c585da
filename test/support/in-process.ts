// fairdial's commands in this process: a tenth of the time that a process takes to start. That a process does the same is
// shown by the tests of the command line.

import type { CommandResult } from "../../scripts/lab/fairdial.ts";
import { runCli } from "../../src/app/cli.ts";
import { systemClock } from "../../src/app/clock.ts";
import { databaseOf } from "../../src/app/open-store.ts";

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty input.
}

export async function runInProcess(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommandResult> {
  let stdout = "";
  let stderr = "";
  const code = await runCli(words, {
    env,
    stdin: nothing(),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    userName: "tester",
    now: () => systemClock.now(),
    openDatabase: databaseOf,
  });
  return { code, stdout, stderr };
}
