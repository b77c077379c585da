/** `fairdial cli-number remove`: a number that is presented no longer. People may still call it back. */
import { after } from "../../../domain/instant.ts";
import { cliNumbers, cliNumberUse, removeCliNumber } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { localTime } from "../../print.ts";
import { iso } from "../../session.ts";
import { CLI_NUMBER, COUNTRY } from "./options.ts";

/** AU-CLI-1: a number that was presented can be called back for thirty days; elsewhere it is good manners. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

export const cliNumberRemove = command({
  words: "remove <number>",
  summary: "Let a number be presented no longer; it must have rested for thirty days",
  positionals: CLI_NUMBER,
  flags: {
    trunk: { type: "string", describe: "On which trunk; needed when it is on several" },
    country: COUNTRY,
    force: { type: "boolean", default: false, describe: "Although people who were called lately may call it back" },
  },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const database = await session.database();
    const all = (await cliNumbers(database)).filter(({ cliNumber }) => cliNumber === number);
    const found = all.filter(
      ({ trunk }) => args.trunk === undefined || trunk.toLowerCase() === args.trunk.toLowerCase(),
    );
    const [entry] = found;
    if (entry === undefined) {
      const where = all.length === 0 ? "" : ` It may on ${all.map(({ trunk }) => trunk).join(", ")}.`;
      throw new CliError(
        "unknown-cli-number",
        `${number} may not be presented${args.trunk === undefined ? "" : ` on ${args.trunk}`}.${where}`,
      );
    }
    if (found.length > 1) {
      throw usageError(
        `${number} may be presented on ${found.map(({ trunk }) => trunk).join(", ")}: say which with --trunk.`,
      );
    }
    const now = session.world.now();
    const { running, lastCallAt } = await cliNumberUse(database, number, entry.trunk, after(now, -KEPT_DAYS * DAY_MS));
    if (running.length > 0) {
      throw new CliError(
        "cli-number-in-use",
        `${number} is presented by ${running.join(", ")}, which ${running.length === 1 ? "runs" : "run"}: pause or change first.`,
      );
    }
    const until = lastCallAt === null ? null : after(lastCallAt, KEPT_DAYS * DAY_MS);
    if (until !== null && until > now && !args.force) {
      throw new CliError(
        "cli-number-rests",
        `${number} was presented on ${localTime(lastCallAt)}, and people may call it back: keep it until ${localTime(until)}, or --force.`,
      );
    }
    const removed = await removeCliNumber(database, number, entry.trunk);
    session.answer({ cliNumber: number, trunk: entry.trunk, removed, lastCallAt: iso(lastCallAt) }, () =>
      removed ? `${number} may not be presented on ${entry.trunk} any more.` : "Somebody else has removed it just now.",
    );
    return undefined;
  },
});
