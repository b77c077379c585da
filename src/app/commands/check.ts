/** `fairdial check`: says in plain words what is wrong, and what to do. Safe while the daemon dials. */
import picocolors from "picocolors";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../../store/index.ts";
import { checkDaemon, checkDatabase } from "../check/check-database.ts";
import { checkRecordings } from "../check/check-recordings.ts";
import { checkSpool } from "../check/check-spool.ts";
import { checkMachine } from "../check/check-machine.ts";
import type { Finding } from "../check/finding.ts";
import { EXIT_FAILED } from "../cli-error.ts";
import { command } from "../command.ts";
import type { DaemonConfig } from "../config.ts";
import { plural, printable } from "../print.ts";
import type { World } from "../world.ts";

export const checkCommand = command({
  words: "check",
  summary: "Look at configuration, database and Asterisk, and say what to do",
  flags: {
    daemon: { type: "boolean", default: false, describe: "Only whether this node's daemon lives (for health checks)" },
  },
  async run(args, session) {
    const { config, warnings } = session.daemonConfig();
    const { world } = session;
    const now = () => world.now();
    const all = args.daemon
      ? await checkDaemon(config, session.rawDatabase(), now)
      : await checkEverything(config, warnings, session.rawDatabase(), now);
    const failed = all.filter(({ status }) => status === "fail").length;
    const warned = all.filter(({ status }) => status === "warn").length;
    session.answer({ ok: failed === 0, failed, warned, findings: all }, () =>
      [
        ...all.map((finding) => line(finding, world)),
        "",
        failed > 0
          ? `${plural(failed, "thing")} must be put right${warned > 0 ? `, ${warned} could be better` : ""}.`
          : `All is well${warned > 0 ? `; ${plural(warned, "thing")} could be better` : ""}.`,
      ].join("\n"),
    );
    return failed > 0 ? EXIT_FAILED : undefined;
  },
});

const checkEverything = async (
  config: DaemonConfig,
  warnings: readonly string[],
  database: Database,
  now: () => Instant,
): Promise<readonly Finding[]> => {
  const { checkAsterisk } = await import("../check/check-asterisk.ts");
  const { findings, campaigns } = await checkDatabase(config, database, now);
  return [
    ...checkMachine(config, warnings),
    ...checkSpool(config),
    ...checkRecordings(config.asterisk.recordingFolder, campaigns),
    ...findings,
    ...(await checkAsterisk(config, campaigns)),
  ];
};

const line = ({ status, subject, sentence, advice }: Finding, { stdout, env }: World): string => {
  const colours = picocolors.createColors(stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "");
  const paint = { ok: colours.green, warn: colours.yellow, fail: colours.red }[status];
  const told = `${paint(status.padEnd(4))}  ${printable(subject)}: ${printable(sentence)}`;
  return advice === null ? told : `${told}\n      ${colours.dim("→")} ${printable(advice)}`;
};
