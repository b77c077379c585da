/** `fairdial run`: the daemon. Everything else is in daemon.ts; here it gets its configuration and its log. */
import { CliError } from "../cli-error.ts";
import { command } from "../command.ts";
import type { DaemonConfig } from "../config.ts";
import type { ClosableLog } from "../log.ts";

/** The log that this configuration asks for; it knows the secrets, so that it can keep them out. */
const openLog = async (config: DaemonConfig): Promise<ClosableLog> => {
  const { createLog } = await import("../log.ts");
  try {
    return createLog({
      level: config.log.level,
      format: config.log.format,
      file: config.log.file,
      secrets: [config.asterisk.password, config.database.password, config.database.numberHashKey].map(
        (secret) => secret?.reveal() ?? "",
      ),
      facts: { node: config.node.name },
    });
  } catch (error) {
    // A folder of the log's that cannot be made is a mistake to be told, not a riddle.
    throw new CliError("log-refused", `The log file ${config.log.file ?? ""} cannot be made.`, { cause: error });
  }
};

export const runCommand = command({
  words: "run",
  summary: "Run the daemon in the foreground, until a signal ends it",
  async run(_args, session) {
    const { config, warnings } = session.daemonConfig();
    const log = await openLog(config);
    for (const warning of warnings) log.warn("the configuration could be better", { warning });
    try {
      // Loaded here and not above: every other command would wait for half the house to be read.
      const { runDaemon } = await import("../daemon.ts");
      return await runDaemon(config, log);
    } finally {
      await log.close();
    }
  },
});
