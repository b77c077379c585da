/** `fairdial run`: the daemon. Everything else is in daemon.ts; here it gets its configuration and its log. */
import { CliError } from "../cli-error.ts";
import { command } from "../command.ts";
import type { DaemonConfig } from "../config.ts";
import { runDaemon } from "../daemon.ts";
import { createLog, type ClosableLog } from "../log.ts";

/** The log that this configuration asks for; it knows the secrets, so that it can keep them out. */
export const logFor = (config: DaemonConfig): ClosableLog =>
  createLog({
    level: config.log.level,
    format: config.log.format,
    file: config.log.file,
    secrets: [config.asterisk.password.reveal(), config.database.password?.reveal() ?? ""],
    facts: { node: config.node.name },
  });

/** A folder of the log's that cannot be made is a mistake to be told, not a riddle. */
const openLog = (config: DaemonConfig): ClosableLog => {
  try {
    return logFor(config);
  } catch (error) {
    throw new CliError("log-refused", `The log file ${config.log.file ?? ""} cannot be made.`, { cause: error });
  }
};

export const runCommand = command({
  words: "run",
  summary: "Run the daemon in the foreground, until a signal ends it",
  async run(_args, session) {
    const { config, warnings } = session.daemonConfig();
    const log = openLog(config);
    for (const warning of warnings) log.warn("the configuration could be better", { warning });
    try {
      return await runDaemon(config, log);
    } finally {
      await log.close();
    }
  },
});
