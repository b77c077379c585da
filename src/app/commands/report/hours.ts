/** `fairdial report hours`: when people answer, by weekday and hour of their own clock and by kind of number. */
import { NUMBER_KINDS, type NumberKind } from "../../../domain/lead.ts";
import { heatMap, type HeatCell } from "../../../lead/redial/contact-rates.ts";
import { contactRates } from "../../../store/index.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { didYouMean } from "../../nearest.ts";
import { table } from "../../print.ts";
import { checkForm, CSV_FLAG } from "./period.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
/** A rate that may be this much off, in points of a hundred, is shown as a guess. */
const GUESS_POINTS = 10;
/** From pale to full, in quarters of the greatest rate that is no guess. */
const SHADES = ["░", "▒", "▓", "█"] as const;

export const hoursReport = command({
  words: "hours",
  summary: "When people answer, by weekday and hour of their own clock: a heat map",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    kind: { type: "string", describe: "Only numbers of this kind: home, work, mobile, other" },
    ...CSV_FLAG,
  },
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const kind = kindOption(args.kind);
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const rates = await contactRates(database, [campaign.campaignId]);
    const counts = rates.get(campaign.campaignId) ?? [];
    const cells = heatMap(kind === null ? counts : counts.filter((count) => count.kind === kind));
    if (args.csv) {
      session.world.stdout.write(
        csvLine(["kind", "weekday", "hour", "attempts", "live_answers", "rate", "low", "high"]),
      );
      for (const cell of cells) session.world.stdout.write(csvLine(csvCells(cell)));
      return undefined;
    }
    session.answer(
      { campaign: campaign.name, cells: cells.map((cell) => ({ ...cell, liveAnswers: liveOf(cell) })) },
      () => (cells.length === 0 ? "Nobody has been tried yet." : text(cells)),
    );
    return undefined;
  },
});

const kindOption = (text: string | undefined): NumberKind | null => {
  if (text === undefined) return null;
  const kind = NUMBER_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw usageError(`--kind: "${text}" is not a kind of number.${didYouMean(text, [...NUMBER_KINDS])}`);
};

const liveOf = ({ attempts, rate }: HeatCell): number => Math.round(attempts * (rate ?? 0));

const csvCells = (cell: HeatCell) => [
  ...[cell.kind, cell.weekday, cell.hour, cell.attempts, liveOf(cell)],
  ...[cell.rate === null ? null : cell.rate.toFixed(4), cell.low.toFixed(4), cell.high.toFixed(4)],
];

const isGuess = ({ low, high }: HeatCell): boolean => (high - low) * 50 > GUESS_POINTS;

const text = (cells: readonly HeatCell[]): string => {
  const sure = cells.filter((cell) => !isGuess(cell)).map(({ rate }) => rate ?? 0);
  const greatest = Math.max(0, ...sure);
  const kinds = NUMBER_KINDS.filter((kind) => cells.some((cell) => cell.kind === kind));
  return [
    ...kinds.map((kind) => mapOf(kind, cells, greatest)),
    [
      "Of a hundred attempts so many were answered by a person, by the clock of the called person.",
      `${SHADES.join("")} how good an hour is beside the best; ? the true figure may be more than ${GUESS_POINTS} off: too few attempts; · none.`,
    ].join("\n"),
  ].join("\n\n");
};

const mapOf = (kind: NumberKind, cells: readonly HeatCell[], greatest: number): string => {
  const ofKind = cells.filter((cell) => cell.kind === kind);
  const hours = [...new Set(ofKind.map(({ hour }) => hour))].sort((a, b) => a - b);
  const attempts = ofKind.reduce((sum, cell) => sum + cell.attempts, 0);
  const live = ofKind.reduce((sum, cell) => sum + liveOf(cell), 0);
  const rows = hours.map((hour) => [
    `${String(hour).padStart(2, "0")}:00`,
    ...WEEKDAYS.map((_, index) => {
      const cell = ofKind.find((each) => each.hour === hour && each.weekday === index + 1);
      return cell === undefined ? "·" : shown(cell, greatest);
    }),
  ]);
  const rate = attempts === 0 ? "" : `, ${((100 * live) / attempts).toFixed(1)} % answered by a person`;
  return `${kind}: ${attempts.toLocaleString("en-GB")} attempts${rate}\n${table(["", ...WEEKDAYS], rows)}`;
};

const shown = (cell: HeatCell, greatest: number): string => {
  if (cell.rate === null) return "·";
  const points = String(Math.round(cell.rate * 100)).padStart(2);
  if (isGuess(cell)) return `${points} ?`;
  const shade = greatest === 0 ? 0 : Math.min(3, Math.floor((cell.rate / greatest) * 4));
  return `${points} ${SHADES[shade] ?? ""}`;
};
