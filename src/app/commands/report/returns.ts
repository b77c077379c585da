/** `fairdial report returns`: what became of people who called back. Counts; shares are for people only. */
import { reportReturns, type ReturnsReport } from "../../../store/index.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { checkForm, CSV_FLAG, PERIOD_FLAGS, readPeriod } from "./period.ts";

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

export const returnsReport = command({
  words: "returns",
  summary: "What became of people who called back",
  flags: {
    campaign: { type: "string", describe: "Only this campaign" },
    ...PERIOD_FLAGS,
    ...CSV_FLAG,
  },
  examples: [["report returns --campaign spring --from today", "Today so far"]],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const period = readPeriod(args, session.world.now());
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const report = await reportReturns(database, campaign?.campaignId ?? null, period);
    if (args.csv) {
      session.world.stdout.write(csvLine(["outcome", "calls"]));
      for (const { outcome, calls } of report.outcomes) session.world.stdout.write(csvLine([outcome, calls]));
      return undefined;
    }
    const document = { campaign: campaign?.name ?? null, from: iso(period.from), to: iso(period.to), ...report };
    session.answer(document, () => text(report));
    return undefined;
  },
});

const text = (report: ReturnsReport): string => {
  const { calls, open, outcomes, known, talked, withLastAgent, talkMs, waitedMs } = report;
  if (calls === 0) return "Nobody has called back in this period.";
  return [
    table(
      ["outcome", "calls", "share"],
      outcomes.map((row) => [row.outcome, row.calls, percent(row.calls, calls - open)]),
    ),
    facts([
      ["calls", calls],
      ["on the line now", open],
      ["lead known", `${known} (${percent(known, calls)})`],
      ["with their last agent", `${withLastAgent} of ${talked}`],
      ["talk time", formatDuration(Math.round(talkMs / 1_000) * 1_000)],
      [
        "wait for an agent",
        waitedMs === null
          ? null
          : `${formatDuration(waitedMs.mean)} in the mean, ${formatDuration(waitedMs.max)} longest`,
      ],
    ]),
  ].join("\n\n");
};
