/** `fairdial report outcomes`: how often each outcome happened. Counts; shares are for people only. */
import { reportOutcomes } from "../../../store/index.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { checkForm, CSV_FLAG, PERIOD_FLAGS, readPeriod } from "./period.ts";

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

export const outcomesReport = command({
  words: "outcomes",
  summary: "How often each outcome happened",
  flags: {
    campaign: { type: "string", describe: "Only this campaign" },
    ...PERIOD_FLAGS,
    ...CSV_FLAG,
  },
  examples: [["report outcomes --campaign spring --from today", "Today so far"]],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const period = readPeriod(args, session.world.now());
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const report = await reportOutcomes(database, campaign?.campaignId ?? null, period);
    if (args.csv) {
      session.world.stdout.write(csvLine(["outcome", "attempts", "leads"]));
      for (const { outcome, attempts, leads } of report.outcomes) {
        session.world.stdout.write(csvLine([outcome, attempts, leads]));
      }
      return undefined;
    }
    const document = {
      campaign: campaign?.name ?? null,
      from: iso(period.from),
      to: iso(period.to),
      ...report,
    };
    session.answer(document, () =>
      [
        report.outcomes.length === 0
          ? "No attempt has ended in this period."
          : table(
              ["outcome", "attempts", "share", "leads"],
              report.outcomes.map(({ outcome, attempts, leads }) => [
                outcome,
                attempts,
                percent(attempts, report.attempts - report.open),
                leads,
              ]),
            ),
        facts([
          ["attempts", report.attempts],
          ["in progress", report.open],
          ["answered", report.answered],
          ["connected", report.connected],
          ["talk time", formatDuration(Math.round(report.talkMs / 1_000) * 1_000)],
          [
            "answer to agent",
            report.answerToConnectMs === null
              ? null
              : `${report.answerToConnectMs.p50} ms median, ${report.answerToConnectMs.p99} ms p99, ${report.answerToConnectMs.max} ms slowest`,
          ],
        ]),
      ].join("\n\n"),
    );
    return undefined;
  },
});
