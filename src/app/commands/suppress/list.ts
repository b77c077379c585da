/** `fairdial suppress list`: who is on our own list, since when, and how they asked. */
import { isHashedNumber, latestSuppressions, suppressionPages, type Suppression } from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { textOption } from "../../arguments/text.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { localTime, plural, table } from "../../print.ts";
import { iso } from "../../session.ts";

const HEADINGS = ["number", "principal", "reason", "channel", "source", "by", "since"] as const;

/** A hash is shown short: it is only there to be told from another. */
const shownNumber = ({ numberKey }: Suppression): string =>
  isHashedNumber(numberKey) ? `hashed ${numberKey.slice(2, 10)}…` : numberKey;

const documentOf = (entry: Suppression) => ({
  number: isHashedNumber(entry.numberKey) ? null : entry.numberKey,
  hashed: isHashedNumber(entry.numberKey) ? entry.numberKey : null,
  principal: entry.principal === "" ? null : entry.principal,
  reason: entry.reason,
  channel: entry.channel,
  source: entry.source,
  by: entry.actor,
  addedAt: iso(entry.addedAt),
});

export const suppressList = command({
  words: "list",
  summary: "Our own list, newest first; --csv for all of it",
  flags: {
    principal: { type: "string", describe: "Only those for this one; everybody for those that hold for all" },
    reason: { type: "string", describe: "Only those for this reason" },
    limit: { type: "string", default: "50", describe: "At most so many" },
    csv: { type: "boolean", default: false, describe: "All of them as CSV, by number" },
  },
  async run(args, session) {
    if (args.csv && session.options.json) throw usageError("--csv and --json exclude each other.");
    const limit = countOption("limit", args.limit, 1, 100_000) ?? 50;
    const principal = textOption("principal", args.principal, 100);
    const filter = {
      principal: principal?.toLowerCase() === "everybody" ? "" : principal,
      reason: textOption("reason", args.reason, 64),
    };
    const database = await session.database();
    if (args.csv) {
      session.world.stdout.write(csvLine(HEADINGS));
      for await (const page of suppressionPages(database, filter)) {
        session.world.stdout.write(
          page
            .map(({ numberKey, principal: whose, reason, channel, source, actor, addedAt }) =>
              csvLine([numberKey, whose, reason, channel ?? "", source, actor ?? "", iso(addedAt) ?? ""]),
            )
            .join(""),
        );
      }
      return undefined;
    }
    const { total, latest } = await latestSuppressions(database, filter, limit);
    session.answer({ total, latest: latest.map(documentOf) }, () => {
      if (total === 0) return "Nobody is on the list.";
      const rows = latest.map((entry) => [
        ...[shownNumber(entry), entry.principal === "" ? "everybody" : entry.principal, entry.reason, entry.channel],
        ...[entry.source, entry.actor, localTime(entry.addedAt)],
      ]);
      const more = total > latest.length ? [`${plural(total, "entry", "entries")} in all; --limit shows more.`] : [];
      return [table(HEADINGS, rows), ...more].join("\n");
    });
    return undefined;
  },
});
