/** `fairdial report redial`: how often people were tried, at which attempt and hour they answered, and why it ended. */
import { penetration, redialAttempts, type Penetration } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { byAttempt, byBand, type BandOfDay, type NthAttempt, type Tally } from "../../redialled.ts";
import { checkForm, CSV_FLAG } from "./period.ts";

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

interface Answer {
  readonly leads: number;
  readonly untried: number;
  readonly attempts: readonly NthAttempt[];
  readonly bands: readonly BandOfDay[];
  /** Those that are at an end or held, by reason. */
  readonly ended: Penetration["reasons"];
}

export const redialReport = command({
  words: "redial",
  summary: "How redialling goes: attempts per lead, who answers at which attempt and hour, and why it ended",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    ...CSV_FLAG,
  },
  examples: [["report redial --campaign spring", "Whether a fifth attempt still reaches anybody"]],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const rows = await redialAttempts(database, campaign.campaignId);
    const [stand] = await penetration(database, campaign.campaignId, "campaign");
    const attempts = byAttempt(rows);
    const leads = stand?.leads ?? 0;
    const answer: Answer = {
      leads,
      // Counted from attempts that were placed, as the lines above are.
      untried: Math.max(0, leads - (attempts[0]?.attempts ?? 0)),
      attempts,
      bands: byBand(rows, campaign.redial),
      ended: stand?.reasons ?? [],
    };
    if (args.csv) {
      session.world.stdout.write(csvLine(CSV_HEADINGS));
      for (const cells of csvRows(answer)) session.world.stdout.write(csvLine(cells));
      return undefined;
    }
    session.answer({ campaign: campaign.name, ...answer }, () => text(answer));
    return undefined;
  },
});

const CSV_HEADINGS = ["part", "name", "leads", "attempts", "live_answers", "connects", "rate", "low", "high"];

type CsvCell = string | number | null;

/** A line of each table; what a line does not say is empty. */
const csvRows = ({ attempts, bands, ended }: Answer): CsvCell[][] => [
  ...attempts.map((each) => ["attempt", each.attempt, each.leads, ...cellsOf(each)]),
  ...bands.flatMap(({ band, first, redials }) => [
    ["band-first", band, null, ...cellsOf(first)],
    ["band-redial", band, null, ...cellsOf(redials)],
  ]),
  ...ended.map(({ state, reason, leads }) => [state, reason, leads, ...Array.from({ length: 6 }, () => null)]),
];

const cellsOf = ({ attempts, liveAnswers, connects, rate, low, high }: Tally): CsvCell[] => [
  ...[attempts, liveAnswers, connects, rate?.toFixed(4) ?? null, low.toFixed(4), high.toFixed(4)],
];

const text = ({ leads, untried, attempts, bands, ended }: Answer): string => {
  if (leads === 0) return "The campaign has no lead.";
  const made = attempts.reduce((sum, each) => sum + each.attempts, 0);
  const stand = facts([
    ["leads", `${leads}, ${untried} of them never tried`],
    ["attempts", `${made}, ${leads === untried ? "-" : (made / (leads - untried)).toFixed(2)} to each that was tried`],
  ]);
  if (attempts.length === 0) return `${stand}\n\nNobody has been tried yet.`;
  return [
    stand,
    table(
      ["attempt", "attempts", "answered", "", "95 %", "connected", "leads tried so often"],
      attempts.map((each) => [
        ...[each.attempt, each.attempts, each.liveAnswers, percent(each.liveAnswers, each.attempts), span(each)],
        ...[each.connects, each.leads],
      ]),
    ),
    table(
      ["band of the day", "first attempts", "answered", "redials", "answered", "95 %"],
      bands.map(({ band, first, redials }) => [
        ...[band ?? "time unknown", first.attempts, percent(first.liveAnswers, first.attempts)],
        ...[redials.attempts, percent(redials.liveAnswers, redials.attempts), span(redials)],
      ]),
    ),
    ended.length === 0
      ? "No lead is at an end, or held."
      : table(
          ["at an end", "because", "leads"],
          ended.map(({ state, reason, leads: some }) => [state, reason ?? "no reason", some]),
        ),
  ].join("\n\n");
};

const span = ({ attempts, low, high }: Tally): string =>
  attempts === 0 ? "-" : `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`;
