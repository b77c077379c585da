/** `fairdial report outcomes`: how often each outcome happened. Counts; shares are for people only. */
import { OUTCOMES_BY, outcomesBy, reportOutcomes } from "../../../store/index.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { answerBy, groupsOf } from "./outcomes-options.ts";
import { checkForm, CSV_FLAG, PERIOD_FLAGS, readPeriod } from "./period.ts";

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

export const outcomesReport = command({
  words: "outcomes",
  summary: "How often each outcome happened",
  flags: {
    campaign: { type: "string", describe: "Only this campaign" },
    by: { type: "string", choices: OUTCOMES_BY, describe: "Of each list, source, segment, or hour of the day" },
    ...PERIOD_FLAGS,
    ...CSV_FLAG,
  },
  examples: [
    ["report outcomes --campaign spring --from today", "Today so far"],
    ["report outcomes --campaign spring --by segment", "Which segment is worth what"],
  ],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const period = readPeriod(args, session.world.now());
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const by = OUTCOMES_BY.find((each) => each === args.by);
    if (by !== undefined) {
      const groups = groupsOf(await outcomesBy(database, campaign?.campaignId ?? null, period, by));
      answerBy(session, { by, groups, csv: args.csv, campaign: campaign?.name ?? null, period });
      return undefined;
    }
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
